//! How the command under the cursor is used: its arguments, the one that is being typed, what may stand there.

use super::complete::{argument, complete};
use super::spec::{Arg, ArgKind};
use super::table;
use crate::state::State;
use crate::state::composer::Usage;

/// So many candidates are named.
const NAMED: usize = 3;
/// In a room with more people, candidates are not looked for with every key.
const PEOPLE: usize = 5_000;

/// The usage of the command that is typed here; `None` where none is.
#[must_use]
pub fn usage(state: &State, text: &str, cursor: usize) -> Option<Usage> {
    let head = text.get(..cursor)?;
    if !head.starts_with('/') || head.starts_with("//") || head.contains('\n') {
        return None;
    }
    let candidates = candidates(state, text, cursor);
    let Some(end) = head.find(char::is_whitespace) else {
        // Once the name is whole, what follows it is of more use than names that begin so.
        let whole = table::find(text.trim_end().get(1..)?);
        return Some(match whole {
            Some(slash) => Usage { parts: parts(slash), at: Some(0), candidates: vec![slash.summary.to_owned()] },
            None => Usage { parts: Vec::new(), at: None, candidates },
        });
    };
    let slash = table::find(head.get(1..end)?)?;
    let at = argument(slash, head, end).map(|(index, word, _)| {
        let is_skipped =
            |kind| matches!(kind, ArgKind::Flag(flag) if !flag.starts_with(&word.text) || word.text.is_empty());
        let skips = slash.args.get(index).is_some_and(|arg| is_skipped(arg.kind)) && index + 1 < slash.args.len();
        index + 1 + usize::from(skips)
    });
    Some(Usage { parts: parts(slash), at, candidates })
}

fn parts(slash: &super::Slash) -> Vec<String> {
    std::iter::once(format!("/{}", slash.name)).chain(slash.args.iter().map(Arg::usage)).collect()
}

/// The first candidates, and how many more there are.
fn candidates(state: &State, text: &str, cursor: usize) -> Vec<String> {
    let people = state.current_room().and_then(|(account, room)| state.rooms.get(account, &room));
    if people.is_some_and(|room| room.occupants.len() > PEOPLE) {
        return Vec::new();
    }
    let items = complete(state, text, cursor).map(|offer| offer.items).unwrap_or_default();
    items.into_iter().take(NAMED).map(|(insert, _)| insert.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<(String, Option<String>, usize)> {
        let found = usage(&State::default(), text, text.len())?;
        let marked = found.at.and_then(|at| found.parts.get(at).cloned());
        Some((found.parts.join(" "), marked, found.candidates.len()))
    }

    #[test]
    fn the_present_argument_is_marked() {
        for (text, marked) in [
            ("/join", "/join"),
            ("/join ", "[room]"),
            ("/join ver", "[room]"),
            ("/join verona ", "[nick]"),
            ("/join \"a b\" r", "[nick]"),
            ("/j x y ", "[password]"),
            ("/search ", "<words>"),
            ("/search -", "[-a]"),
            ("/search -a po", "<words>"),
            ("/topic one two three", "[text]"),
        ] {
            let found = shown(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.1.as_deref(), Some(marked), "{text}");
        }
        assert_eq!(shown("/ping a b c").unwrap().1, None, "more than it takes");
    }

    #[test]
    fn names_are_offered_while_they_are_typed() {
        assert_eq!(shown("/").unwrap(), (String::new(), None, 3));
        assert!(shown("/jo").unwrap().2 >= 1);
        for text in ["", "hello", "//join", "/nosuch x", " /join", "/me a\nb"] {
            assert_eq!(shown(text), None, "{text:?}");
        }
    }
}
