//! parlour against real Prosody and ejabberd servers. Behind the feature `servers`; a missing server is a failure.
#![cfg(feature = "servers")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers fail and print like the tests that they serve, where clippy allows it by itself"
)]
#![allow(clippy::wildcard_enum_match_arm, reason = "tests pick one event of many")]

mod addresses;
mod blocking;
mod bookmarks;
mod component;
mod disk;
mod far;
mod faults;
mod federation;
#[path = "../shared/figures.rs"]
mod figures;
mod harness;
mod held;
mod kills;
mod load;
mod login;
mod peer;
mod people;
mod proxy;
mod relations;
mod restart;
mod rooms;
mod sasl;
mod sasl2;
mod spoof;
mod terminal;
mod third;
mod truth;
mod unread;
mod wire;
