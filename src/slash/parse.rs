//! Parses a line into an action, or into an error that marks the wrong word.
//!
//! A line that looks like a command is never sent as text by mistake: an unknown word is an error that offers a similar
//! one, a space before the slash is an error, a command on a later line is one, and `//` sends a slash.

use super::lex::{self, Piece};
use super::spec::{Arg, ArgKind, Parsed, Slash, SlashError};
use super::table;
use crate::action::Action;
use crate::action::near::nearest;
use crate::words;

/// The command that sends its text as it is.
const SAY: &str = "say";

/// Reads what the user typed. Text that is no command becomes [`Action::Say`].
///
/// # Errors
/// See [`SlashError`]; nothing may be sent then.
pub fn parse(line: &str) -> Result<Action, SlashError> {
    let Some(after) = line.strip_prefix('/') else {
        later(line)?;
        return guard(line);
    };
    if after.starts_with('/') {
        later(line)?;
        return Ok(Action::Say(after.to_owned()));
    }
    if let Some(rest) = line.strip_prefix("/s/") {
        return substitute(rest);
    }
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    let name = &line[1..end];
    let Some(slash) = table::find(name) else { return Err(unknown(name, end)) };
    if slash.name != SAY {
        later(line)?;
    }
    let args = read_args(slash, line, end)?;
    (slash.run)(&Parsed::new(slash, line, args))
}

/// `/s/old/new/`, as in many other programs. The last slash may be left out; a `g` after it means everywhere, and `\/` a
/// slash.
fn substitute(rest: &str) -> Result<Action, SlashError> {
    let mut parts = vec![String::new()];
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'/') => parts.last_mut().into_iter().for_each(|part| part.push('/')),
            '/' if parts.len() < 3 => {
                parts.push(String::new());
                continue;
            }
            other => {
                parts.last_mut().into_iter().for_each(|part| part.push(other));
                continue;
            }
        }
        chars.next();
    }
    let flags = parts.get(2).map_or("", String::as_str);
    match parts.as_slice() {
        [from, to, ..] if !from.is_empty() && matches!(flags, "" | "g") => {
            Ok(Action::Substitute { from: from.clone(), to: to.clone(), is_everywhere: flags == "g" })
        }
        _ => Err(SlashError {
            span: 0..rest.len() + 3,
            words: crate::words::relation::how_to_substitute(),
            usage: "/s/old/new/".to_owned(),
            near: None,
        }),
    }
}

/// A command on a later line, such as one that was typed below a quote, would be sent as text. Lines of a code block
/// are text.
fn later(text: &str) -> Result<(), SlashError> {
    let mut at = 0;
    let mut is_code = false;
    for line in text.split_inclusive('\n') {
        let start = lex::skip_spaces(line, 0);
        is_code ^= line.starts_with("```");
        let name = line[start..].strip_prefix('/').and_then(|r| r.split(char::is_whitespace).next());
        if let Some(slash) = name.and_then(table::find).filter(|_| at > 0 && !is_code) {
            let name = slash.name;
            return Err(SlashError {
                span: at + start..at + line.trim_end().len(),
                words: words::command::not_first_line(name),
                usage: String::new(),
                near: Some(name),
            });
        }
        at += line.len();
    }
    Ok(())
}

/// Text, unless it is a command after spaces: that is a slip of the fingers.
fn guard(line: &str) -> Result<Action, SlashError> {
    let start = lex::skip_spaces(line, 0);
    let name = line[start..].strip_prefix('/').and_then(|r| r.split(char::is_whitespace).next());
    match name.and_then(table::find) {
        Some(slash) if start > 0 => Err(SlashError {
            span: 0..start,
            words: words::command::space_before(slash.name),
            usage: slash.usage(),
            near: Some(slash.name),
        }),
        Some(_) | None => Ok(Action::Say(line.to_owned())),
    }
}

fn unknown(name: &str, end: usize) -> SlashError {
    let near = nearest(name, table::all().flat_map(Slash::words)).and_then(table::find).map(|s| s.name);
    let words = match (name, near) {
        ("", _) => words::command::missing(),
        (_, Some(near)) => words::command::unknown_but(name, near),
        (_, None) => words::command::unknown(name),
    };
    SlashError { span: 0..end, words, usage: String::new(), near }
}

fn read_args(slash: &'static Slash, line: &str, mut at: usize) -> Result<Vec<Option<Piece>>, SlashError> {
    let fail = |span, words| SlashError { span, words, usage: slash.usage(), near: None };
    let mut args = Vec::new();
    for (i, arg) in slash.args.iter().enumerate() {
        let piece = read_arg(slash, arg, i + 1 == slash.args.len(), line, at);
        match &piece {
            Some(p) if p.is_open => return Err(fail(p.span.clone(), words::command::quote_open())),
            Some(p) => at = p.span.end,
            None if arg.is_required => {
                return Err(fail(line.len()..line.len(), words::command::argument_missing(&arg.usage())));
            }
            None => {}
        }
        args.push(piece);
    }
    match lex::rest(line, at) {
        Some(extra) => Err(fail(extra.span, words::command::too_much())),
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

#[cfg(test)]
mod tests;
