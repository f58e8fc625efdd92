//! Discovery and questions to entities (XEP-0030, 0092, 0199, 0202, 0077).

use crate::model::{Form, Jid, Token};

/// What to ask.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// disco#info.
    Info {
        /// The address that is asked.
        jid: Jid,
        /// Which node.
        node: Option<String>,
        /// Pairs the answer.
        token: Token,
    },
    /// One page of disco#items.
    Items {
        /// The address that is asked.
        jid: Jid,
        /// Which node.
        node: Option<String>,
        /// The `next` of the page before; `None` for the first.
        after: Option<String>,
        /// Pairs the answer.
        token: Token,
    },
    /// Its software (XEP-0092).
    Version {
        /// The address that is asked.
        jid: Jid,
        /// Pairs the answer.
        token: Token,
    },
    /// Its card (XEP-0054).
    Card {
        /// Whom: a bare address, or somebody in a room.
        jid: Jid,
        /// Pairs the answer.
        token: Token,
    },
    /// Ping it (XEP-0199).
    Ping {
        /// Whom; `None` for the server.
        jid: Option<Jid>,
        /// Pairs the answer.
        token: Token,
    },
    /// Its clock (XEP-0202).
    Time {
        /// The address that is asked.
        jid: Jid,
        /// Pairs the answer.
        token: Token,
    },
    /// Ask a service for its registration form (XEP-0077).
    RegisterForm {
        /// The address that is asked.
        jid: Jid,
        /// Pairs the answer.
        token: Token,
    },
    /// Send the filled-in registration form to a service.
    RegisterSubmit {
        /// The address that is asked.
        jid: Jid,
        /// The form.
        form: Form,
        /// Pairs the answer.
        token: Token,
    },
}
