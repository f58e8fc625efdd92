//! Wire scripts through the router: what the server says, what we must answer, what the app must be told.

mod archive;
mod closed_world;
mod harness;
mod messages;
mod outbox;
mod people;
mod rooms;
mod services;
