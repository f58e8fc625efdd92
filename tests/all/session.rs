//! The whole engine over an in-memory pipe with the scripted server.

mod engine;
mod fake;
