//! The config file, the folders, and where passwords come from.
//!
//! Reading is pure: a text in, a [`Config`] or an error with line and caret out. What is wrong with
//! a *value* stops the start (exit code 3); a *name* that nobody knows is a warning with the nearest
//! name, because a config may be newer or older than the program.

pub mod device;
pub mod dirs;
pub mod example;
pub mod file;
pub mod place;
pub mod secret;
pub mod strengths;

pub use dirs::{Dirs, DirsError};
pub use file::{AccountConfig, Config};
pub use place::{ConfigError, Warning};
pub use secret::PasswordSource;
