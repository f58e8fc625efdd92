//! What is asked before a weaker login.

use crate::model::AccountId;

/// Asks before the password itself is sent.
pub fn plain(account: &AccountId) -> String {
    tr!("{account}: the server accepts nothing but the password itself (PLAIN). Type yes to send it for this \
         account. It goes through TLS, but whoever runs the server, or poses as it, then has it. Nothing was \
         sent so far; Esc stays signed out.")
}

/// Asks before signing in to a server that was stronger before.
pub fn weaker(account: &AccountId, what: &str) -> String {
    tr!("{account}: the server is weaker than before: {what}. Type yes to sign in anyway. It may be a change \
         on the server, which its administrator can explain, or somebody in between who wants to read along. \
         Nothing was sent so far; Esc stays signed out.")
}

/// What else was typed than yes.
pub fn type_yes() -> String {
    tr!("only yes, the whole word, signs in; Esc closes this")
}
