//! How an account came online, step by step.

use crate::model::AccountId;
use std::fmt::Display;

/// The title of /connection.
pub fn title(account: &AccountId) -> String {
    tr!("Connection of {account}")
}

/// Heading: the server's status page.
pub fn operators() -> String {
    tr!("What the operators of the server say")
}

/// The state of a connection: never begun.
pub fn idle() -> String {
    tr!("not started")
}

/// The same: on the way.
pub fn connecting() -> String {
    tr!("connecting")
}

/// The same: signed in.
pub fn online(tls: impl Display) -> String {
    tr!("online, {tls}")
}

/// The same: until the next attempt.
pub fn waiting(why: &str) -> String {
    tr!("down, retrying automatically: {why}")
}

/// The same: for good.
pub fn stopped(why: &str) -> String {
    tr!("down: {why} · /reconnect retries")
}

/// Heading: the steps of the login.
pub fn timeline() -> String {
    tr!("Timeline, in milliseconds")
}

/// No step was taken yet.
pub fn nothing_yet() -> String {
    tr!("Nothing yet: /reconnect signs in.")
}

/// A step that is not done.
pub fn under_way() -> String {
    tr!("in progress")
}

/// How long a step took.
pub fn took(ms: u128) -> String {
    tr!("{ms} ms")
}

/// How long a step took that failed.
pub fn failed_after(ms: u128) -> String {
    tr!("failed after {ms} ms")
}

/// What a step is for.
pub fn about_find() -> String {
    tr!("(which hosts serve the part after the @: DNS says it, by SRV records, RFC 6120 §3.2 and XEP-0368, \
         unless you set a host or a proxy)")
}

/// The same.
pub fn about_connect() -> String {
    tr!("(a TCP connection; if a host has several addresses, the first that answers wins)")
}

/// The same.
pub fn about_secure() -> String {
    tr!("(TLS: from the first byte, or asked for by STARTTLS; the server shows its certificate)")
}

/// The same.
pub fn about_sign_in() -> String {
    tr!("(SASL: we prove that we know the password, and the server that it knows it, too)")
}

/// The same.
pub fn about_bind() -> String {
    tr!("(the server gives this device its full address, or the old session is resumed, XEP-0198)")
}

/// The same.
pub fn about_load() -> String {
    tr!("(contacts, rooms, and the messages that you missed)")
}

/// Heading: TLS.
pub fn encryption() -> String {
    tr!("Encryption")
}

/// How TLS began.
pub fn direct_tls() -> String {
    tr!("from the first byte (direct TLS)")
}

/// The same.
pub fn starttls() -> String {
    tr!("after STARTTLS")
}

/// What TLS protects from, and what not.
pub fn who_can_read() -> String {
    tr!("Nobody between here and the server can read or change what is sent; the server itself can.")
}

/// Heading: SASL.
pub fn signing_in() -> String {
    tr!("Sign-in")
}

/// What a mechanism does.
pub fn scram() -> String {
    tr!("the password is proved in both directions and never sent")
}

/// The same.
pub fn token() -> String {
    tr!("a token from an earlier login is used instead of the password")
}

/// The same.
pub fn plain() -> String {
    tr!("the password itself is sent, inside TLS")
}

/// The same.
pub fn external() -> String {
    tr!("your certificate is used instead of the password")
}

/// The same.
pub fn anonymous() -> String {
    tr!("without an account (anonymous)")
}

/// The same.
pub fn other_mechanism() -> String {
    tr!("as the server asked")
}

/// Heading: the session.
pub fn session() -> String {
    tr!("Session")
}

/// How a session began.
pub fn resumed() -> String {
    tr!("resumed: the earlier session goes on, nothing was lost (XEP-0198)")
}

/// The same.
pub fn anew() -> String {
    tr!("new: contacts, rooms and missed messages are loaded")
}

/// Label: how the user proved who they are.
pub fn mechanism() -> String {
    tr!("Mechanism")
}

/// Label: whether the login is bound to the TLS connection.
pub fn bound() -> String {
    tr!("Bound")
}

/// Channel binding was used.
pub fn bound_by(binding: &str) -> String {
    tr!("by {binding}: the login holds for this TLS connection alone, so nobody can sit in between, not even with a \
         false certificate")
}

/// Channel binding was not used.
pub fn not_bound() -> String {
    tr!("no: the login is not tied to this TLS connection (channel binding)")
}

/// Label: how the session began.
pub fn begun() -> String {
    tr!("Begun")
}
