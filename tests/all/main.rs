//! All tests that need no server, in one binary: each binary links the world again.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
#![allow(clippy::wildcard_enum_match_arm, clippy::cast_possible_wrap)]

mod attacks;
mod docs;
mod features;
#[allow(dead_code)]
#[path = "../shared/figures.rs"]
mod figures;
mod house;
mod playground;
mod pty;
mod screens;
mod session;
mod store;
mod supply;
mod transport;
mod update;
