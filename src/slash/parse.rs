//! A line into an action, or into an error that marks the word.
//!
//! A line that looks like a command is never sent as text by mistake: an unknown word is an error that
//! offers a near one, a space before the slash is an error that says so, and `//` sends a slash.

use super::lex::{self, Piece};
use super::spec::{Arg, ArgKind, Slash};
use super::table;
use crate::action::near::nearest;
use crate::action::{Action, RoomName, Target};
use crate::model::{Availability, BareJid, Jid};
use std::{fmt, ops::Range};

/// Why a line is no command.
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

/// Reads what the user typed. Text that is no command becomes [`Action::Say`].
///
/// # Errors
/// See [`SlashError`]; nothing may be sent then.
pub fn parse(line: &str) -> Result<Action, SlashError> {
    let Some(after) = line.strip_prefix('/') else { return guard(line) };
    if after.starts_with('/') {
        return Ok(Action::Say(after.to_owned()));
    }
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    let name = &line[1..end];
    let Some(slash) = table::find(name) else { return Err(unknown(name, end)) };
    let args = read_args(slash, line, end)?;
    (slash.run)(&Parsed { slash, line, args })
}

/// Text, unless it is a command after spaces: that is a slip of the fingers.
fn guard(line: &str) -> Result<Action, SlashError> {
    let start = lex::skip_spaces(line, 0);
    let name = line[start..].strip_prefix('/').and_then(|r| r.split(char::is_whitespace).next());
    match name.and_then(table::find) {
        Some(slash) if start > 0 => Err(SlashError {
            span: 0..start,
            words: format!("not sent: there is a space before /{}; /say sends it as it is", slash.name),
            usage: slash.usage(),
            near: Some(slash.name),
        }),
        Some(_) | None => Ok(Action::Say(line.to_owned())),
    }
}

fn unknown(name: &str, end: usize) -> SlashError {
    let near = nearest(name, table::all().flat_map(Slash::words)).and_then(table::find).map(|s| s.name);
    let words = match (name, near) {
        ("", _) => "a command is missing after the /; // sends a slash".to_owned(),
        (_, Some(near)) => format!("there is no command /{name}; did you mean /{near}? (// sends it as text)"),
        (_, None) => format!("there is no command /{name}; // at the start sends it as text"),
    };
    SlashError { span: 0..end, words, usage: String::new(), near }
}

fn read_args(slash: &'static Slash, line: &str, mut at: usize) -> Result<Vec<Option<Piece>>, SlashError> {
    let fail = |span, words| SlashError { span, words, usage: slash.usage(), near: None };
    let mut args = Vec::new();
    for (i, arg) in slash.args.iter().enumerate() {
        let piece = read_arg(slash, arg, i + 1 == slash.args.len(), line, at);
        match &piece {
            Some(p) if p.is_open => return Err(fail(p.span.clone(), "the quote is not closed".into())),
            Some(p) => at = p.span.end,
            None if arg.is_required => {
                return Err(fail(line.len()..line.len(), format!("{} is missing", arg.usage())));
            }
            None => {}
        }
        args.push(piece);
    }
    match lex::rest(line, at) {
        Some(extra) => Err(fail(extra.span, "that is more than the command takes".into())),
        None => Ok(args),
    }
}

fn read_arg(slash: &Slash, arg: &Arg, is_last: bool, line: &str, at: usize) -> Option<Piece> {
    if let ArgKind::Flag(flag) = arg.kind {
        return lex::word(line, at).filter(|p| p.text == flag);
    }
    if arg.kind.takes_rest() {
        return lex::rest(line, at);
    }
    let piece = lex::word(line, at)?;
    let is_bare = !line[piece.span.clone()].starts_with('"');
    if is_last && is_bare && arg.kind.may_have_spaces() && slash.args.len() <= 2 {
        return lex::rest(line, at);
    }
    Some(piece)
}

impl Parsed<'_> {
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
        self.error(i, format!("{name} is missing"))
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

/// An address.
pub fn jid(text: &str) -> Result<Jid, String> {
    Jid::parse(text).map_err(|e| format!("not a valid address: {e}"))
}

/// An address without a resource.
pub fn bare(text: &str) -> Result<BareJid, String> {
    BareJid::parse(text).map_err(|e| format!("not a valid address: {e}"))
}

/// An account or contact: an address with a part before the `@`.
pub fn user(text: &str) -> Result<BareJid, String> {
    let jid = bare(text)?;
    if jid.local().is_some() { Ok(jid) } else { Err("not a valid address: name@server is meant".into()) }
}

/// Somebody: an address where there is an `@` or a `/`, else a name.
pub fn person(text: &str) -> Result<Target, String> {
    if text.contains(['@', '/']) {
        jid(text).map(Target::Address)
    } else if text.is_empty() {
        Err("a name is missing".into())
    } else {
        Ok(Target::Name(text.to_owned()))
    }
}

/// A room: an address where there is an `@`, else its name; `#` in front and `xmpp:` are left out.
pub fn room(text: &str) -> Result<RoomName, String> {
    let text = text.strip_prefix("xmpp:").unwrap_or(text);
    let text = text.strip_suffix("?join").unwrap_or(text).trim_start_matches('#');
    if text.contains('@') {
        return bare(text).map(RoomName::Address);
    }
    // The name is checked as the address's first part that it will be.
    match BareJid::parse(&format!("{text}@rooms.invalid")) {
        Ok(jid) => Ok(RoomName::Local(jid.local().unwrap_or(text).to_owned())),
        Err(e) => Err(format!("not a valid address: {e}")),
    }
}

/// A nickname.
pub fn nick(text: &str) -> Result<String, String> {
    let fits = !text.trim().is_empty() && text.len() <= 1023 && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err("not a nickname: it is empty, too long or has control characters".into())
    }
}

/// How to be there.
pub fn availability(text: &str) -> Result<Availability, String> {
    let found = Availability::ALL.into_iter().find(|a| a.word().eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("must be one of {}", Availability::ALL.map(Availability::word).join(", ")))
}

/// A number from 1.
pub fn number(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "must be a number from 1".to_owned())
}

#[cfg(test)]
mod tests;
