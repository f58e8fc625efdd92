//! Which answer belongs to which question (RFC 6120 §8.2.3).
//!
//! An id alone proves nothing: anybody may send `<iq type='result'/>` with a guessed id. An answer counts only
//! when it comes from the entity that was asked, and only once; everything else is passed over in silence, and the
//! question stays open for the true answer.

use super::feature::QuestionId;
use crate::model::{BareJid, Jid, Time};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// How long an answer may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A question that is not answered yet.
#[derive(Debug)]
struct Open {
    feature: usize,
    question: QuestionId,
    to: Option<Jid>,
    deadline: Time,
}

/// A question that an answer came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Answered {
    /// Whose question it is.
    pub feature: usize,
    /// Which.
    pub question: QuestionId,
    /// The address that was asked, and the one that the server has for it.
    pub learned: Option<(BareJid, BareJid)>,
}

/// The open questions of one session.
#[derive(Debug, Default)]
pub struct Tracker {
    open: HashMap<String, Open>,
    by_deadline: BTreeSet<(Time, String)>,
}

impl Tracker {
    /// Notes a question: the id is the iq's, `to` is whom it asks (our own server where it names nobody).
    pub fn asked(&mut self, now: Time, id: String, to: Option<&str>, feature: usize, question: QuestionId) {
        let deadline = now.plus(PATIENCE);
        let to = to.and_then(|t| Jid::parse(t).ok());
        self.by_deadline.insert((deadline, id.clone()));
        self.open.insert(id, Open { feature, question, to, deadline });
    }

    /// The question that an answer belongs to, if its sender is the one that was asked; it is closed then.
    pub fn answered(&mut self, id: &str, from: Option<&Jid>, account: &BareJid) -> Option<Answered> {
        let open = self.open.get(id)?;
        let learned = open.to.as_ref().zip(from).and_then(|(to, from)| learned(to, from));
        if learned.is_none() && !is_from_asked(open.to.as_ref(), from, account) {
            return None;
        }
        let open = self.open.remove(id)?;
        self.by_deadline.remove(&(open.deadline, id.to_owned()));
        Some(Answered { feature: open.feature, question: open.question, learned })
    }

    /// The questions whose time is over; they are closed.
    pub fn expired(&mut self, now: Time) -> Vec<(usize, QuestionId)> {
        let mut out = Vec::new();
        while self.by_deadline.first().is_some_and(|(t, _)| *t <= now) {
            let Some((_, id)) = self.by_deadline.pop_first() else { break };
            out.extend(self.open.remove(&id).map(|o| (o.feature, o.question)));
        }
        out
    }

    /// All open questions, in the order of their deadlines; they are closed.
    pub fn drain(&mut self) -> Vec<(usize, QuestionId)> {
        let ids = std::mem::take(&mut self.by_deadline);
        let mut open = std::mem::take(&mut self.open);
        ids.into_iter().filter_map(|(_, id)| open.remove(&id).map(|o| (o.feature, o.question))).collect()
    }

    /// The clock was set by so many milliseconds; patience does not change.
    pub fn clock_moved(&mut self, by: i64) {
        let moved = |time: Time| Time(time.0.saturating_add(by));
        self.by_deadline = std::mem::take(&mut self.by_deadline).into_iter().map(|(t, id)| (moved(t), id)).collect();
        for open in self.open.values_mut() {
            open.deadline = moved(open.deadline);
        }
    }

    /// When the next question's time is over.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Time> {
        self.by_deadline.first().map(|(t, _)| *t)
    }
}

/// The address that was asked and the one that answers, where the second is what a server makes of the first by RFC 6122.
/// The id was sent to nobody but whom the server takes for the asked one, so it is an answer, and it says who that is.
fn learned(to: &Jid, from: &Jid) -> Option<(BareJid, BareJid)> {
    let (typed, real) = (to.bare(), from.bare());
    let is_one = typed != real && to.resource() == from.resource() && typed.may_be(&real);
    is_one.then_some((typed, real))
}

/// RFC 6120 §8.1.2.1 and §10.3.3: our server answers for the account and for itself, and may leave `from` out
/// or name the account. Nobody else can: a server stamps the true sender on what others send.
fn is_from_asked(to: Option<&Jid>, from: Option<&Jid>, account: &BareJid) -> bool {
    let is_home = |jid: &Jid| jid == account || (jid.is_bare() && jid.as_str() == account.domain());
    match (to, from) {
        (None, None) => true,
        (Some(to), None) => is_home(to),
        (None, Some(from)) => is_home(from) || from.bare_str() == account.as_str(),
        (Some(to), Some(from)) => to == from || (is_home(to) && is_home(from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Time = Time(1_000);

    fn jid(text: &str) -> Jid {
        Jid::parse(text).unwrap()
    }

    fn me() -> BareJid {
        BareJid::parse("me@sec.test").unwrap()
    }

    #[test]
    fn r08_a_clock_that_is_set_ends_no_patience() {
        let mut tracker = Tracker::default();
        tracker.asked(T0, "a".into(), None, 1, QuestionId(1));
        let day = 86_400_000;
        tracker.clock_moved(day);
        assert!(tracker.expired(Time(T0.0 + day)).is_empty(), "it has been no day");
        tracker.clock_moved(-2 * day);
        let due = Time(T0.0 - day).plus(PATIENCE);
        assert_eq!(tracker.next_deadline(), Some(due));
        assert_eq!(tracker.expired(due).len(), 1, "and no longer either");
    }

    #[test]
    fn s04_only_the_asked_one_answers() {
        let cases: &[(Option<&str>, Option<&str>, bool)] = &[
            (None, None, true),
            (None, Some("sec.test"), true),
            (None, Some("me@sec.test"), true),
            (None, Some("eve@evil.test/x"), false),
            (None, Some("sec.test.evil.test"), false),
            (None, Some("sec.test/x"), false),
            (Some("sec.test"), None, true),
            (Some("me@sec.test"), None, true),
            (Some("me@sec.test"), Some("me@sec.test"), true),
            (Some("bob@sec.test/a"), Some("bob@sec.test/a"), true),
            (Some("bob@sec.test/a"), Some("bob@sec.test/b"), false),
            (Some("bob@sec.test/a"), None, false),
            (Some("bob@sec.test"), Some("sec.test"), false),
            (Some("r@muc.sec.test"), Some("muc.sec.test"), false),
            (Some("zoe\u{301}@sec.test"), Some("zoé@sec.test"), true),
            (Some("straße@sec.test/a"), Some("strasse@sec.test/a"), true),
            (Some("straße@sec.test/a"), Some("strasse@sec.test/b"), false),
            (Some("strasse@sec.test"), Some("straße@sec.test"), false),
            (Some("straße@sec.test"), Some("strasse@evil.test"), false),
        ];
        for (to, from, want) in cases {
            let mut tracker = Tracker::default();
            tracker.asked(T0, "i".into(), *to, 3, QuestionId(3));
            let from = from.map(jid);
            let got = tracker.answered("i", from.as_ref(), &me()).is_some();
            assert_eq!(got, *want, "asked {to:?}, answer from {from:?}");
            assert_eq!(tracker.next_deadline().is_none(), *want, "a forged answer closes nothing");
        }
    }

    #[test]
    fn an_answer_counts_once_and_silence_ends() {
        let mut tracker = Tracker::default();
        tracker.asked(T0, "a".into(), None, 0, QuestionId(1));
        tracker.asked(T0.plus(Duration::from_secs(1)), "b".into(), None, 1, QuestionId(2));
        assert!(tracker.answered("a", None, &me()).is_some());
        assert!(tracker.answered("a", None, &me()).is_none());
        assert!(tracker.expired(T0.plus(PATIENCE)).is_empty());
        let late = tracker.expired(T0.plus(PATIENCE).plus(Duration::from_secs(1)));
        assert_eq!(late, [(1, QuestionId(2))]);
        assert_eq!(tracker.next_deadline(), None);
    }
}
