//! The whole engine over an in-memory pipe with the scripted server.
// Tests pick one event of many.
#![allow(clippy::wildcard_enum_match_arm)]

mod engine;
pub mod fake;
mod outage;
mod quiet;
mod restart;
mod sasl;
mod sasl2;
mod stuck;
mod turns;
