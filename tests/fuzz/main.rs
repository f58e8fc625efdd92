//! Whatever bytes come, nothing panics, hangs or gets through.
//!
//! Each target in `targets/` is a plain function of bytes, `fn(&[u8]) -> u64`: it panics where an invariant does not
//! hold, and gives back a number for the shape of what happened. `driver` makes inputs from the corpus in
//! `tests/fuzz/corpus/<target>` (cut, spliced, repeated, with words of the target's dictionary), keeps those whose
//! shape is new as parents of others, and holds each input to its time. It is deterministic: the seed is printed.
//!
//! | how | what |
//! | --- | --- |
//! | `cargo test --test fuzz` | some thousand inputs for each target, on every push |
//! | `PARLOUR_FUZZ=1000000 cargo test --profile fuzz --test fuzz` | the whole row (`tests/run --full`) |
//! | `PARLOUR_SEED=7 …` | the same inputs again |
//!
//! An input that fails is left in `target/fuzz-failures/`, and belongs into the corpus once it is mended. Under libFuzzer a
//! target is one line: `fuzz_target!(|data: &[u8]| { targets::wire::run(data); });`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers fail and print like the tests that they serve, where clippy allows it by itself"
)]
#![allow(clippy::cast_possible_wrap, reason = "counts and places in a test are small")]

mod driver;
#[path = "../shared/figures.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod figures;
mod targets;

use driver::{Target, fuzz};
use targets::{address, archive, certificate, composer, config, screen, slash, stanza, url, wire};

#[test]
fn r20_wire() {
    fuzz(&Target { name: "wire", run: wire::run, words: wire::WORDS, cost: 1 });
}

#[test]
fn r20_stanza() {
    fuzz(&Target { name: "stanza", run: stanza::run, words: stanza::WORDS, cost: 2 });
}

#[test]
fn r20_screen() {
    fuzz(&Target { name: "screen", run: screen::run, words: stanza::WORDS, cost: 8 });
    screen::nothing_was_written_elsewhere();
}

#[test]
fn r20_archive() {
    fuzz(&Target { name: "archive", run: archive::run, words: archive::WORDS, cost: 2 });
}

#[test]
fn r20_config() {
    fuzz(&Target { name: "config", run: config::run, words: config::WORDS, cost: 1 });
}

#[test]
fn r20_composer() {
    fuzz(&Target { name: "composer", run: composer::run, words: composer::WORDS, cost: 8 });
}

#[test]
fn r20_slash() {
    fuzz(&Target { name: "slash", run: slash::run, words: slash::WORDS, cost: 2 });
}

#[test]
fn r20_url() {
    fuzz(&Target { name: "url", run: url::run, words: url::WORDS, cost: 1 });
}

#[test]
fn r20_jid() {
    fuzz(&Target { name: "jid", run: address::run, words: address::WORDS, cost: 1 });
}

#[test]
fn r20_certificate() {
    fuzz(&Target { name: "certificate", run: certificate::run, words: certificate::WORDS, cost: 1 });
}
