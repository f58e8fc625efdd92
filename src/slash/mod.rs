//! Slash commands: one table, from which parser, completion, help, manual page and reference are made.
//!
//! A new command is one row in `table/{domain}.rs`.

pub mod complete;
pub mod lex;
pub mod manual;
pub mod parse;
pub mod read;
pub mod spec;
pub mod table;
pub mod usage;

pub use complete::{Offer, complete};
pub use parse::parse;
pub use spec::{Arg, ArgKind, Domain, Parsed, Slash, SlashError};
pub use table::{all, find};
pub use usage::usage;
