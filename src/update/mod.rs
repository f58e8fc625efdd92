//! `update(&mut State, Stamp, Msg) -> Effects`: what the program does about anything that happens.

pub mod composer;
pub mod effect;
pub mod msg;

pub use effect::{Effect, Effects};
pub use msg::{Msg, Stamp, Told};
