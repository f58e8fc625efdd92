//! What a feature still waits for: its questions and its timers, each with what it is about.
//!
//! Every question is answered exactly once (by its answer, by silence, or because the link went down) and every timer
//! rings once, so taking the entry out then keeps these maps as small as what is really open.

use crate::model::Time;
use crate::xmpp::feature::{Cx, QuestionId, TimerId};
use crate::xmpp::stanza::Stanza;
use std::collections::HashMap;
use std::hash::Hash;

/// Open questions, and what each is about.
pub type Questions<Q> = Open<QuestionId, Q>;

/// Timers that have not rung, and what each is for.
pub type Timers<T> = Open<TimerId, T>;

/// What is open, by its id.
#[derive(Debug)]
pub struct Open<Id, What>(HashMap<Id, What>);

impl<Id, What> Default for Open<Id, What> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<Id: Eq + Hash, What> Open<Id, What> {
    /// What an answer or a ring is about. It is no longer open then.
    pub fn take(&mut self, id: Id) -> Option<What> {
        self.0.remove(&id)
    }

    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl<Q> Questions<Q> {
    /// Asks, and remembers what about.
    pub fn ask(&mut self, cx: &mut Cx<'_>, iq: Stanza, question: Q) {
        self.0.insert(cx.ask(iq), question);
    }
}

impl<T> Timers<T> {
    /// Has the feature woken, and remembers what for.
    pub fn wake_at(&mut self, cx: &mut Cx<'_>, at: Time, what: T) {
        self.0.insert(cx.wake_at(at), what);
    }
}
