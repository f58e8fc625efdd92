//! The config file, the folders, and the sources of passwords.
//!
//! Reading is pure: it takes a text and returns a [`Config`] or an error with line and caret. A wrong *value* stops the
//! start (exit code 3). An unknown *name* is only a warning with the nearest known name, because a config may be newer
//! or older than the program.

pub mod device;
pub mod dirs;
pub mod example;
pub mod file;
pub mod own_file;
pub mod place;
pub mod secret;
pub mod strengths;

pub use dirs::{Dirs, DirsError};
pub use file::{AccountConfig, Config};
pub use place::{ConfigError, Warning};
pub use secret::PasswordSource;
