//! Accounts and their connections: signing in, signing out, removing.

use crate::model::{AccountId, Jid};
use std::fmt::Display;

/// /connect when it is.
pub fn is_connected(account: &AccountId) -> String {
    tr!("{account} is already connected")
}

/// /reconnect ends a slow login and begins another.
pub fn new_attempt(account: &AccountId) -> String {
    tr!("{account}: retrying now")
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
    tr!("{account} is not connected: /reconnect, then retry")
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

/// For the log.
pub fn signed_in(jid: &Jid) -> String {
    tr!("signed in as {jid}")
}

/// An account was registered.
pub fn account_created(username: &str, domain: &str) -> String {
    tr!("account created: {username}@{domain}")
}

/// /raw.
pub fn raw_refused(why: &str) -> String {
    tr!("not sent: {why}")
}

/// For the log.
pub fn signed_out_of(account: &AccountId) -> String {
    tr!("signed out of {account}")
}

/// What a server's status page says.
pub fn no_outage() -> String {
    tr!("its operators report no outage")
}

/// The same, with whose it is.
pub fn status_is(domain: &str, status: &str) -> String {
    tr!("{domain}: {status}")
}

/// A server's status page could not be read.
pub fn status_unknown(domain: &str, why: &str) -> String {
    tr!("{domain}: cannot find out whether there is an outage: {why}")
}

/// For the log: the session was resumed.
pub fn connected_again() -> String {
    tr!("connected again")
}

/// For the log: what became of a connection.
pub fn state_for_log(account: &AccountId, how: &str, tls: &str) -> String {
    tr!("{account}: {how}, {tls}")
}

/// A connection is lost, or not made yet.
pub fn retries(account: &AccountId, why: &str) -> String {
    tr!("{account}: {why} · retrying automatically, /reconnect retries now")
}

/// For the log.
pub fn signed_out(account: &AccountId) -> String {
    tr!("{account}: signed out · /reconnect signs in again")
}

/// Why an account is not signed in.
pub fn stopped_for(account: &AccountId, why: &str) -> String {
    tr!("{account}: {why}")
}

/// What to do about a refused certificate.
pub fn advice_certificate() -> String {
    tr!("nothing was sent. /cert shows it; if it is the right one, pin its key there, or set ca_file for this \
         account")
}

/// What to do about a CA file that cannot be read.
pub fn advice_ca_file() -> String {
    tr!("correct ca_file of this account in the config, then /reconnect")
}

/// What to do about a server without TLS.
pub fn advice_tls() -> String {
    tr!("parlour never signs in without TLS. Check host, port and direct_tls, then /reconnect")
}

/// What to do about a server that offers no way to sign in.
pub fn advice_mechanism() -> String {
    tr!("only the server's administrator can change that; /reconnect retries")
}

/// What to do about a server that does not know the password.
pub fn advice_server_proof() -> String {
    tr!("somebody may be between you and the server; /reconnect retries")
}

/// What to do about a resource conflict.
pub fn advice_conflict() -> String {
    tr!("another program uses the same resource; /reconnect takes it back")
}

/// What to do about a refused registration.
pub fn advice_registration() -> String {
    tr!("change your answers and retry")
}

/// What to do about anything else.
pub fn advice_retry() -> String {
    tr!("/reconnect retries")
}

/// Why an account is not signed in, and what to do.
pub fn stopped(account: &AccountId, why: &str, advice: &str) -> String {
    tr!("{account}: {why} · {advice}")
}

/// For the log: the server spells an address otherwise.
pub fn is_to_server(typed: impl Display, real: impl Display) -> String {
    tr!("{typed} is {real} to the server")
}

/// An account has stopped by a fault.
pub fn task_ended() -> String {
    tr!("its task ended; /reconnect starts it again")
}

/// An account cannot begin without its history.
pub fn history_unreadable() -> String {
    tr!("its history could not be read; /reconnect retries")
}

/// The message store has stopped.
pub fn store_stopped() -> String {
    tr!("it stopped")
}
