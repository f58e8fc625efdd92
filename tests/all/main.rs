//! All tests that need no server, in one binary: each binary links the world again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers fail and print like the tests that they serve, where clippy allows it by itself"
)]
#![allow(clippy::wildcard_enum_match_arm, reason = "tests pick one event of many")]
#![allow(clippy::cast_possible_wrap, reason = "counts and places in a test are small")]

mod attacks;
mod docs;
mod features;
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
#[path = "../shared/uncertain.rs"]
mod uncertain;
mod update;
