//! The attacks of the acceptance list (S-01 to S-39; the rest is in `pty`), over the wire: a scripted server and hostile contacts, the whole
//! engine, a real store, `update` and the screen's cells. Each row of the list has tests that begin with its id.
//!
//! Rows that do not apply yet, and why; they arrive with what they attack:
//!
//! - S-05, S-06: corrections, retractions and moderation are not built. That none of them edits anything today is
//!   tested here (`s05_…`, `s06_…`); the rules for true ones come with the features.
//! - S-11, half: read markers (XEP-0333) are not built; forged ones are tested to move nothing.
//! - S-60, S-62, S-63: files are neither sent nor received: there is no download folder and no upload slot. The one page
//!   that is fetched, the operators' word on outages, has tests of its own (`transport/outage.rs`: `s61_…`, `s62_…`); that
//!   nothing else is fetched is tested in the real binary (`s61_…`, `s67_…`).
//! - S-65: no editor and no pager is started. Password commands are K-03, links S-64.
//! - S-68: pictures, avatars and BoB are not built; cards are read without them.
//! - S-34, in part: reactions are not built; 50,000 of them are tested as elements that mean nothing.
#![allow(clippy::format_collect, reason = "bombs are built once, and are plainest so")]
#![allow(clippy::large_futures, reason = "a stage is large, and a test has few")]

mod bombs;
mod forge;
mod growth;
mod names;
mod odd;
mod private;
mod server;
mod smuggle;
mod spoof;
mod stage;
mod strangers;
mod text;
mod time;

/// What a time was measured with: the goals hold for a release build.
const BUILD: &str = if cfg!(debug_assertions) { "debug build" } else { "release build" };
