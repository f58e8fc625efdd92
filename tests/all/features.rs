//! Wire scripts through the router: what the server says, what we must answer, what the app must be told.
#![allow(clippy::needless_raw_string_hashes, reason = "every script is a raw string of the same kind")]

mod addresses;
mod archive;
mod archive_late;
mod blocking;
mod bookmarks;
mod closed_world;
mod devices;
mod entering;
mod harness;
mod markers;
mod messages;
mod outage;
mod outbox;
mod people;
mod private;
mod quiet;
mod relations;
mod rooms;
mod self_ping;
mod services;
mod stays;
mod truth;
