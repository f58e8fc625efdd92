//! Every text that a person reads, one function each, named after its meaning and grouped by domain. A leaf: whoever says
//! something asks here for the words, and gives the values that belong into them.
//!
//! The form is gettext's. The English text stands in [`tr!`] and is its own key: a catalogue of another language has its
//! texts under these. So a text is whole (never glued together from pieces, whose order other languages change), names what
//! it is about (`{room}`, not `{}`), and counts with [`trn!`].
//!
//! How texts are written: news, reasons and hints are one clause that begins with a small letter and has no full stop
//! (`no such room: /join asks whether to create it`); what stands alone in a pane or a box is a sentence; titles, labels and
//! buttons begin with a capital, and only their first word does. Same thing, same word, and the word that everybody uses:
//! kick, ban, retry, request, unread.
//!
//! Commands, actions and settings have their texts in their tables (`slash/table`, `action/actions.rs`,
//! `model/options.rs`), which are homes like this one.

/// A text, by its English words; `{name}` is a value of this name in the function. A catalogue of another language will be
/// looked up here, by this literal.
macro_rules! tr {
    ($text:literal) => {
        std::fmt::format(format_args!($text))
    };
}

/// A text that counts: the words for one, and those for any other number, as gettext's `ngettext`.
macro_rules! trn {
    ($count:expr, $one:literal, $many:literal) => {
        if $count == 1 { tr!($one) } else { tr!($many) }
    };
}

/// A text that a table holds: it is made when it is shown, in the language of then.
pub type Text = fn() -> String;

pub mod address;
pub mod blocking;
pub mod card;
pub mod certificate;
pub mod chat;
pub mod command;
pub mod config;
pub mod connection;
pub mod consent;
pub mod console;
pub mod fatal;
pub mod feature;
pub mod first_run;
pub mod form;
pub mod help;
pub mod hint;
pub mod history;
pub mod message;
pub mod muc;
pub mod notify;
pub mod outage;
pub mod outside;
pub mod presence;
pub mod program;
pub mod prompt;
pub mod question;
pub mod relation;
pub mod request;
pub mod room;
pub mod roster;
pub mod screen;
pub mod search;
pub mod secret;
pub mod service;
pub mod session;
pub mod store;
pub mod switcher;
