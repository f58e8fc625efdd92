//! Answers of entities and services to what the user asked.

use crate::model::{DiscoInfo, DiscoItems, EntityAnswer, Form, Jid, Token, Untrusted};

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// disco#info.
    InfoArrived {
        /// Pairs the question.
        token: Token,
        /// The answer, or why there is none, in words.
        answer: Result<DiscoInfo, Untrusted>,
    },
    /// disco#items.
    ItemsArrived {
        /// Pairs the question.
        token: Token,
        /// The answer, or why there is none, in words.
        answer: Result<DiscoItems, Untrusted>,
    },
    /// Version, ping, time.
    EntityAnswered {
        /// Pairs the question.
        token: Token,
        /// Who was asked.
        jid: Jid,
        /// The answer.
        answer: EntityAnswer,
    },
    /// A form to fill in, or why there is none.
    FormArrived {
        /// Pairs the question.
        token: Token,
        /// Who wants it filled in.
        jid: Jid,
        /// The form, or why there is none, in words.
        form: Result<Form, Untrusted>,
    },
    /// A form that was sent is taken, or why not.
    FormAnswered {
        /// Pairs the question.
        token: Token,
        /// In words, where it was refused.
        answer: Result<(), Untrusted>,
    },
    /// What is known of the account's server so far: told when it has answered, and whole again with each of its
    /// services that answers later.
    ServerKnown {
        /// What the server can do.
        info: DiscoInfo,
        /// Services among its items that matter to the app: (kind, address), such as (`rooms`, …).
        services: Vec<(String, Jid)>,
    },
}
