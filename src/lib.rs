//! parlour: a terminal chat client for XMPP.
//!
//! # The map of the house
//!
//! One ring, one direction: **app → Command → engine → Batch → store → Event → app**. The middle is
//! pure: `update(&mut State, Stamp, Msg) -> Effects` decides, `ui` draws, and neither knows of tokio,
//! SQLite or XML.
//!
//! | folder | is |
//! | --- | --- |
//! | [`model`] | facts: plain values that all share |
//! | [`text`] | graphemes, width, wrapping, cleaning |
//! | `words` | every text that a person reads |
//! | [`clock`] | the boot-time clock and its alarm |
//! | [`contract`] | the vocabulary between the actors |
//! | [`state`] | what lies before the user: chats, rosters, rooms, overlays |
//! | [`config`] | the config file, directories, secrets |
//! | [`action`] | actions and keys |
//! | [`slash`] | slash commands |
//! | [`update`] | what the program does about anything that happens |
//! | [`ui`] | the screen |
//! | [`xmpp`] | the engine |
//! | [`store`] | SQLite |
//! | [`playground`] | the server inside the program, behind `parlour demo` and the session tests |
//! | [`run`] | the shell: terminal, channels, effects |
//! | [`cli`], [`error`] | the command line; the few errors that end the program |
//! | [`standards`] | the list of standards that the docs are made from |
//!
//! `tests/all/house` checks who may import whom. `ARCHITECTURE.md` has the picture and three walks through the code,
//! `CONTRIBUTING.md` how to change it.

pub mod action;
pub mod cli;
pub mod clock;
pub mod config;
pub mod contract;
pub mod error;
pub mod model;
pub mod playground;
pub mod run;
pub mod slash;
pub mod standards;
pub mod state;
pub mod store;
pub mod text;
pub mod ui;
pub mod update;
pub(crate) mod words;
pub mod xmpp;

pub use run::run;
