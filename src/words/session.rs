//! Accounts and their connections: signing in, signing out, removing.

use crate::model::AccountId;

/// /connect when it is.
pub fn is_connected(account: &AccountId) -> String {
    tr!("{account} is already connected")
}

/// /reconnect ends a slow login and begins another.
pub fn new_attempt(account: &AccountId) -> String {
    tr!("{account}: trying again now")
}

/// /reconnect right after a login began.
pub fn attempt_runs(account: &AccountId) -> String {
    tr!("{account}: already connecting")
}

/// /outage asks what the operators say.
pub fn checking_status(domain: &str) -> String {
    tr!("checking the status page of {domain}")
}

/// The list of accounts is empty.
pub fn no_account_sentence() -> String {
    tr!("No account yet: /account add signs in.")
}

/// Asks before an account is removed.
pub fn ask_remove(account: &AccountId) -> String {
    tr!("Remove {account}: its settings, its password and all its history on this machine?")
}

/// An account was removed.
pub fn removed(account: &AccountId) -> String {
    tr!("removed {account}")
}

/// /account use, while a chat of another account is open.
pub fn is_current_elsewhere(account: &AccountId) -> String {
    tr!("{account} is now the current account; in a chat, commands are for the chat's account")
}

/// /account use.
pub fn is_current(account: &AccountId) -> String {
    tr!("{account} is now the current account")
}

/// The account is gone meanwhile.
pub fn no_such_account() -> String {
    tr!("no such account")
}

/// Something that needs an account.
pub fn no_account() -> String {
    tr!("no account yet: /account add signs in")
}

/// Something that needs a connection.
pub fn not_connected(account: &AccountId) -> String {
    tr!("{account} is not connected: /reconnect, then try again")
}

/// An account by its address.
pub fn not_yours(account: &AccountId) -> String {
    tr!("{account} is not one of your accounts: /account lists them")
}

/// Heading in the list of accounts.
pub fn current(account: &AccountId) -> String {
    tr!("{account} (current)")
}

/// The title of the list of accounts.
pub fn accounts_title() -> String {
    tr!("Accounts")
}
