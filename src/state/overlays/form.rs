//! A data form (XEP-0004) while it is filled in.

use crate::model::{AccountId, BareJid, Form, Jid, Token, Untrusted};
use crate::state::composer::TextBox;

/// Where a filled-in form goes.
#[derive(Debug, Clone, PartialEq)]
pub enum FormPurpose {
    /// Registration of an account (the session's own road).
    Account(AccountId),
    /// Registration with a service.
    Register(AccountId, Jid),
    /// A room's configuration.
    Room(AccountId, BareJid),
}

impl FormPurpose {
    /// Whether filling it in changes settings that are there already, so that the button says "Save".
    #[must_use]
    pub fn is_saved(&self) -> bool {
        match self {
            Self::Room(..) => true,
            Self::Account(_) | Self::Register(..) => false,
        }
    }
}

/// A form being filled in.
#[derive(Debug, Clone)]
pub struct FormView {
    /// Where it goes.
    pub purpose: FormPurpose,
    /// The form as it came.
    pub original: Form,
    /// The form as it is now.
    pub form: Form,
    /// The field that the keys are at: an index into `form.fields`; the number of fields is the button
    /// that sends, one more the button that gives up.
    pub focused: usize,
    /// The editor of the focused text field.
    pub editor: TextBox,
    /// The option that the keys are at, in list fields.
    pub option: usize,
    /// Errors: (field's index, words).
    pub errors: Vec<(usize, Untrusted)>,
    /// An error of the whole form.
    pub error: Option<Untrusted>,
    /// Whether raw names are shown.
    pub is_raw: bool,
    /// Whether secret fields are shown.
    pub is_revealed: bool,
    /// The first line on the screen.
    pub top: usize,
    /// Sent; awaits the answer with this token.
    pub waiting: Option<Token>,
}

impl FormView {
    /// How many fields the user changed.
    #[must_use]
    pub fn changed(&self) -> usize {
        let pairs = self.form.fields.iter().zip(&self.original.fields);
        pairs.filter(|(now, before)| now.values != before.values).count()
    }
}
