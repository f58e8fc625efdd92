//! What a key or a slash command means.

pub mod key;

pub use key::{Key, KeyCode};
