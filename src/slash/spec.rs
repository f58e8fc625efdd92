//! The types of the command table: what a row says, what its `run` gets, and the error that it returns.

use super::lex::Piece;
use crate::action::Action;
use crate::words;
use std::{fmt, ops::Range};

/// Where help puts a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Conversations and messages.
    Chat,
    /// Rooms.
    Rooms,
    /// Contacts and requests.
    Contacts,
    /// The user's presence.
    Presence,
    /// History and search.
    History,
    /// Services and questions to others.
    Services,
    /// Accounts and connections.
    Accounts,
    /// The program itself.
    Program,
}

impl Domain {
    /// All of them, in the order of help.
    pub const ALL: [Self; 8] = [
        Self::Chat,
        Self::Rooms,
        Self::Contacts,
        Self::Presence,
        Self::History,
        Self::Services,
        Self::Accounts,
        Self::Program,
    ];

    /// The heading in help.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Chat => "Talking",
            Self::Rooms => "Rooms",
            Self::Contacts => "Contacts and requests",
            Self::Presence => "Your presence",
            Self::History => "History and search",
            Self::Services => "Services",
            Self::Accounts => "Accounts",
            Self::Program => "The program",
        }
    }
}

/// What an argument is: how it is read and what completion offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgKind {
    /// The rest of the line as it is.
    Text,
    /// A word.
    Word,
    /// A whole number.
    Number,
    /// A number of messages, or a day such as 2026-11-20.
    Since,
    /// A slash command, without the slash.
    Command,
    /// A room: its address, or its name at the account's own service.
    Room,
    /// The nickname of somebody in the open room.
    Nick,
    /// Somebody: a nickname, a contact's name, or an address.
    Person,
    /// An address without a resource.
    Address,
    /// An address, with or without a resource.
    Jid,
    /// A service's address.
    Service,
    /// One of the user's accounts.
    Account,
    /// A conversation: its number or name.
    Chat,
    /// How to be there.
    Availability,
    /// Groups of contacts, with commas between: the rest of the line.
    Groups,
    /// A key's fingerprint, in groups or not: the rest of the line. It is never completed, since it must be typed.
    Fingerprint,
    /// A setting's key.
    Setting,
    /// A setting's value.
    Value,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// This word or nothing, before the others.
    Flag(&'static str),
}

impl ArgKind {
    /// Whether it takes all that is left of the line.
    #[must_use]
    pub fn takes_rest(self) -> bool {
        matches!(self, Self::Text | Self::Groups | Self::Fingerprint)
    }

    /// Whether it may hold spaces; as the last argument it needs no quotes.
    #[must_use]
    pub fn may_have_spaces(self) -> bool {
        matches!(self, Self::Nick | Self::Person | Self::Chat)
    }
}

/// An argument.
#[derive(Debug, Clone, Copy)]
pub struct Arg {
    /// What help calls it.
    pub name: &'static str,
    /// What it is.
    pub kind: ArgKind,
    /// Whether it must be given.
    pub is_required: bool,
    /// What it means; one phrase.
    pub doc: &'static str,
}

impl Arg {
    /// An argument that must be given.
    #[must_use]
    pub const fn need(name: &'static str, kind: ArgKind, doc: &'static str) -> Self {
        Self { name, kind, is_required: true, doc }
    }

    /// An argument that may be left out.
    #[must_use]
    pub const fn may(name: &'static str, kind: ArgKind, doc: &'static str) -> Self {
        Self { name, kind, is_required: false, doc }
    }

    /// As the usage line shows it: `<room>`, `[nick]`, `[-a]`, `list|add`.
    #[must_use]
    pub fn usage(&self) -> String {
        let name = match self.kind {
            ArgKind::Flag(flag) => flag.to_owned(),
            ArgKind::OneOf(words) => words.join("|"),
            ArgKind::Text
            | ArgKind::Word
            | ArgKind::Number
            | ArgKind::Since
            | ArgKind::Command
            | ArgKind::Room
            | ArgKind::Nick
            | ArgKind::Person
            | ArgKind::Address
            | ArgKind::Jid
            | ArgKind::Service
            | ArgKind::Account
            | ArgKind::Chat
            | ArgKind::Availability
            | ArgKind::Groups
            | ArgKind::Fingerprint
            | ArgKind::Setting
            | ArgKind::Value => self.name.to_owned(),
        };
        if self.is_required { format!("<{name}>") } else { format!("[{name}]") }
    }
}

/// A slash command.
#[derive(Debug)]
pub struct Slash {
    /// The word, without the slash.
    pub name: &'static str,
    /// Other words for it, from other programs.
    pub aliases: &'static [&'static str],
    /// Where help puts it.
    pub domain: Domain,
    /// The arguments in order.
    pub args: &'static [Arg],
    /// What it does: a short phrase that begins with a verb.
    pub summary: &'static str,
    /// More about it; may be empty.
    pub detail: &'static str,
    /// Lines that work.
    pub examples: &'static [&'static str],
    /// The XEPs behind it, by number.
    pub xeps: &'static [u16],
    /// From arguments to an action.
    pub run: fn(&Parsed<'_>) -> Result<Action, SlashError>,
}

impl Slash {
    /// The usage line: `/join <room> [nick] [password]`.
    #[must_use]
    pub fn usage(&self) -> String {
        let words = std::iter::once(format!("/{}", self.name)).chain(self.args.iter().map(Arg::usage));
        words.collect::<Vec<_>>().join(" ")
    }

    /// Its name and its aliases.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

/// Why a line is not a valid command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlashError {
    /// The bytes of the line to mark; empty at the end where something is missing.
    pub span: Range<usize>,
    /// What is wrong.
    pub words: String,
    /// The usage line; empty where the command is not known.
    pub usage: String,
    /// What was probably meant, with its slash left out.
    pub near: Option<&'static str>,
}

impl fmt::Display for SlashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)?;
        if !self.usage.is_empty() {
            write!(f, " · {}", self.usage)?;
        }
        Ok(())
    }
}

impl std::error::Error for SlashError {}

/// The arguments of a command, checked for number but not for kind.
#[derive(Debug)]
pub struct Parsed<'a> {
    slash: &'static Slash,
    line: &'a str,
    args: Vec<Option<Piece>>,
}

impl<'a> Parsed<'a> {
    /// One piece for each argument of the command, `None` where it was left out.
    pub(super) fn new(slash: &'static Slash, line: &'a str, args: Vec<Option<Piece>>) -> Self {
        Self { slash, line, args }
    }

    fn piece(&self, i: usize) -> Option<&Piece> {
        self.args.get(i).and_then(Option::as_ref)
    }

    /// An error that marks this argument.
    pub fn error(&self, i: usize, words: impl Into<String>) -> SlashError {
        let end = self.line.len();
        let span = self.piece(i).map_or(end..end, |p| p.span.clone());
        SlashError { span, words: words.into(), usage: self.slash.usage(), near: None }
    }

    fn missing(&self, i: usize) -> SlashError {
        let name = self.slash.args.get(i).map_or_else(String::new, Arg::usage);
        self.error(i, words::command::argument_missing(&name))
    }

    /// Whether this argument was given.
    pub fn has(&self, i: usize) -> bool {
        self.piece(i).is_some()
    }

    /// This argument as text.
    pub fn text(&self, i: usize) -> Option<String> {
        self.piece(i).map(|p| p.text.clone())
    }

    /// This argument as text; it must be there.
    pub fn need_text(&self, i: usize) -> Result<String, SlashError> {
        self.text(i).ok_or_else(|| self.missing(i))
    }

    /// This argument, read by `read`, whose error is the words.
    pub fn read<T, E: fmt::Display>(
        &self,
        i: usize,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, SlashError> {
        let value = self.piece(i).map(|p| read(&p.text)).transpose();
        value.map_err(|e| self.error(i, e.to_string()))
    }

    /// This argument, read by `read`; it must be there.
    pub fn need<T, E: fmt::Display>(&self, i: usize, read: impl FnOnce(&str) -> Result<T, E>) -> Result<T, SlashError> {
        self.read(i, read)?.ok_or_else(|| self.missing(i))
    }
}
