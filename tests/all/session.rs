//! The whole engine over an in-memory pipe with the scripted server.

mod addresses;
mod engine;
pub mod fake;
mod outage;
mod quiet;
mod restart;
mod sasl;
mod sasl2;
mod stuck;
mod turns;
