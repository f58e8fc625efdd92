//! The user's own messages to a room, from the sending until the room has said them.
//!
//! A room's echo is the proof that everybody got the message. Most rooms keep the message's id in it. Some give it another
//! id or none, and gateways to IRC say a long message in pieces, line by line. So an echo is also known by its words: live,
//! under the user's own nickname, the same text or the next piece of it, in the order of sending and soon after it.
//!
//! Security: only a line under the nickname that is the user's now is asked about here, so nobody else's words can be
//! taken for an echo. Another client of the user's may say the same words under the same nickname: where an id proves
//! later that the line was not ours, both are shown.

use crate::model::Time;
use std::collections::VecDeque;
use std::time::Duration;

/// So many own messages per room are known when they come back.
const SENT_MAX: usize = 256;
/// An echo that is known by its words alone comes within this time.
const SOON: Duration = Duration::from_mins(1);
/// A piece of a text that ends within a line is at least so long, in bytes: an IRC line holds 512 with its head.
const CUT: usize = 200;

/// One own message.
#[derive(Debug)]
struct Sent {
    id: String,
    /// What of its text has not been said yet.
    rest: String,
    /// When it went out, or when the last piece of it was said.
    at: Time,
    stage: Stage,
}

#[derive(Debug, PartialEq)]
enum Stage {
    /// Nothing of it was said yet.
    Out,
    /// A piece of it was said.
    Begun,
    /// It was said, as far as the words tell.
    SaidByWords,
}

/// What an echo is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Echo {
    /// The own message with this id has been said.
    First(String),
    /// One more piece of a message that was told already.
    Piece,
    /// An own message, and its words alone had been taken for an echo before: that was another client's line, and this
    /// one is a line of its own.
    Second,
}

/// The own messages of one room that have not come back.
#[derive(Debug, Default)]
pub(super) struct Sending {
    sent: VecDeque<Sent>,
    /// Whether the room keeps ids, so that words need not be asked.
    keeps_ids: bool,
}

impl Sending {
    /// Remembers an own message that goes out.
    pub(super) fn note(&mut self, id: &str, text: &str, now: Time) {
        if self.sent.iter().any(|s| s.id == id) {
            return;
        }
        if self.sent.len() == SENT_MAX {
            self.sent.pop_front();
        }
        self.sent.push_back(Sent { id: id.to_owned(), rest: lines(text), at: now, stage: Stage::Out });
    }

    /// The room says that it keeps ids, or has shown it.
    pub(super) fn keeps_ids(&mut self) {
        self.keeps_ids = true;
    }

    /// These messages left only now.
    pub(super) fn handed_over<'a>(&mut self, ids: impl Iterator<Item = &'a str>, now: Time) {
        if self.sent.is_empty() {
            return;
        }
        for id in ids {
            if let Some(sent) = self.sent.iter_mut().find(|s| s.id == id) {
                sent.at = now;
            }
        }
    }

    /// An own line with these ids: what it is the echo of.
    pub(super) fn by_id<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>, said: &str, now: Time) -> Option<Echo> {
        let at = ids.into_iter().find_map(|id| self.sent.iter().position(|s| s.id == id))?;
        let sent = self.sent.get_mut(at)?;
        self.keeps_ids = true;
        let id = sent.id.clone();
        let rest = cut(&sent.rest, &flat(said), 1).filter(|rest| !rest.is_empty());
        match (&sent.stage, rest) {
            (Stage::Out, Some(rest)) => {
                (sent.rest, sent.at, sent.stage) = (rest, now, Stage::Begun);
                Some(Echo::First(id))
            }
            (Stage::Out, None) => {
                self.sent.remove(at);
                Some(Echo::First(id))
            }
            (Stage::Begun, _) => self.piece(at, said, now),
            (Stage::SaidByWords, _) => {
                self.sent.remove(at);
                Some(Echo::Second)
            }
        }
    }

    /// An own line that no id tells of, live: what it is the echo of by its words.
    pub(super) fn by_words(&mut self, said: &str, now: Time) -> Option<Echo> {
        self.sent.retain(|s| s.stage == Stage::Out || now.since(s.at) < SOON);
        let said = flat(said);
        let keeps_ids = self.keeps_ids;
        let fits = |s: &Sent| match s.stage {
            Stage::Begun => cut(&s.rest, &said, 1),
            Stage::Out if !keeps_ids && now.since(s.at) < SOON => cut(&s.rest, &said, CUT),
            Stage::Out | Stage::SaidByWords => None,
        };
        let (at, rest) = self.sent.iter().enumerate().find_map(|(at, s)| Some((at, fits(s)?)))?;
        let sent = self.sent.get_mut(at)?;
        let is_first = sent.stage == Stage::Out;
        sent.at = now;
        if !rest.is_empty() {
            (sent.rest, sent.stage) = (rest, Stage::Begun);
        } else if keeps_ids {
            self.sent.remove(at);
            return Some(Echo::Piece);
        } else {
            sent.stage = Stage::SaidByWords;
        }
        Some(if is_first { Echo::First(self.sent.get(at)?.id.clone()) } else { Echo::Piece })
    }

    fn piece(&mut self, at: usize, said: &str, now: Time) -> Option<Echo> {
        let sent = self.sent.get_mut(at)?;
        match cut(&sent.rest, &flat(said), 1).filter(|rest| !rest.is_empty()) {
            Some(rest) => (sent.rest, sent.at) = (rest, now),
            None => {
                self.sent.remove(at);
            }
        }
        Some(Echo::Piece)
    }
}

/// A text's lines without empty ones, each with single spaces.
fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(flat).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// A text in one line, with single spaces.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is left of a text after this piece of it: all of it, its next line, or a beginning of at least so many bytes.
fn cut(rest: &str, said: &str, least: usize) -> Option<String> {
    let whole = rest.replace('\n', " ");
    if said.is_empty() {
        return None;
    }
    if whole == said {
        return Some(String::new());
    }
    match rest.split_once('\n') {
        Some((line, more)) if line == said => Some(more.to_owned()),
        Some(_) | None if said.len() >= least => {
            // Line ends and spaces are one byte each: the place is the same in both.
            let more = whole.starts_with(said).then(|| rest.get(said.len()..)).flatten()?;
            Some(more.trim_start().to_owned())
        }
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_000_000);

    fn sending(texts: &[(&str, &str)]) -> Sending {
        let mut sending = Sending::default();
        for (id, text) in texts {
            sending.note(id, text, NOW);
        }
        sending
    }

    fn first(id: &str) -> Echo {
        Echo::First(id.to_owned())
    }

    #[test]
    fn what_was_sent_is_known_once_and_never_without_bound() {
        let mut sending = Sending::default();
        for i in 0..1_000 {
            sending.note(&i.to_string(), "x", NOW);
        }
        assert_eq!(sending.sent.len(), SENT_MAX);
        assert_eq!(sending.by_id(["x", "999"], "x", NOW), Some(first("999")));
        assert_eq!(sending.by_id(["999"], "x", NOW), None);
        assert_eq!(sending.by_id(["1"], "x", NOW), None, "long forgotten");
    }

    #[test]
    fn words_tell_where_ids_do_not() {
        let mut sending = sending(&[("a", "ok"), ("b", "ok"), ("c", " two  words ")]);
        assert_eq!(sending.by_words("okay", NOW), None);
        assert_eq!(sending.by_words("ok", NOW), Some(first("a")));
        assert_eq!(sending.by_words("two words", NOW), Some(first("c")));
        assert_eq!(sending.by_words("ok", NOW), Some(first("b")), "two equal lines are two");
        assert_eq!(sending.by_words("ok", NOW), None, "and no third");
    }

    #[test]
    fn words_count_for_a_short_time_only() {
        let mut sending = sending(&[("a", "ok")]);
        assert_eq!(sending.by_words("ok", NOW.plus(SOON)), None);
        sending.handed_over(["a"].into_iter(), NOW.plus(SOON));
        assert_eq!(sending.by_words("ok", NOW.plus(SOON)), Some(first("a")), "it left later");
    }

    #[test]
    fn a_room_that_keeps_ids_is_asked_for_no_words() {
        let mut sending = sending(&[("a", "one"), ("b", "ok")]);
        assert_eq!(sending.by_id(["a"], "one", NOW), Some(first("a")));
        assert_eq!(sending.by_words("ok", NOW), None, "another client said so");
        assert_eq!(sending.by_id(["b"], "ok", NOW), Some(first("b")));
    }

    #[test]
    fn an_id_that_comes_late_makes_two_lines_of_it() {
        let mut sending = sending(&[("a", "ok")]);
        assert_eq!(sending.by_words("ok", NOW), Some(first("a")));
        assert_eq!(sending.by_id(["a"], "ok", NOW), Some(Echo::Second));
    }

    #[test]
    fn pieces_belong_to_one_message() {
        for is_by_id in [true, false] {
            let mut sending = sending(&[("a", "multi\n\nline  here\nend"), ("b", "line here")]);
            let begun = if is_by_id { sending.by_id(["a"], "multi", NOW) } else { sending.by_words("multi", NOW) };
            assert_eq!(begun, Some(first("a")));
            assert_eq!(sending.by_words("line here", NOW), Some(Echo::Piece));
            assert_eq!(sending.by_words("end", NOW), Some(Echo::Piece));
            assert_eq!(sending.by_words("end", NOW), None);
            let last =
                if is_by_id { sending.by_id(["b"], "line here", NOW) } else { sending.by_words("line here", NOW) };
            assert_eq!(last, Some(first("b")));
        }
    }

    #[test]
    fn a_long_line_may_be_cut_anywhere() {
        let text = format!("{}é{}", "a".repeat(299), "b".repeat(300));
        let mut sending = sending(&[("a", &text)]);
        assert_eq!(sending.by_words("aaa", NOW), None, "too short to be a piece of it");
        assert_eq!(sending.by_words(&text[..301], NOW), Some(first("a")));
        assert_eq!(sending.by_words(&text[301..500], NOW), Some(Echo::Piece));
        assert_eq!(sending.by_words(&text[500..], NOW), Some(Echo::Piece));
    }
}
