//! The server's certificate, and the key that alone is accepted.

use crate::model::AccountId;

/// Why a certificate is good.
pub fn by_authority() -> String {
    tr!("accepted: signed by an authority that this machine trusts")
}

/// The same.
pub fn pinned_and_by_authority() -> String {
    tr!("accepted: its key is the pinned one, and it is signed by an authority")
}

/// The same.
pub fn pinned_only(why: &str) -> String {
    tr!("accepted: its key is the pinned one. Without the pin it would be refused: {why}")
}

/// Why a certificate is not good.
pub fn refused(why: &str) -> String {
    tr!("refused: {why}")
}

/// A certificate of the future.
pub fn not_valid_yet() -> String {
    tr!("not valid yet")
}

/// The certificate ends today.
pub fn last_day() -> String {
    tr!("its last day")
}

/// The certificate has ended.
pub fn expired() -> String {
    tr!("expired")
}

/// When a certificate is valid.
pub fn valid(from: &str, to: &str, left: &str) -> String {
    tr!("{from} to {to} ({left})")
}

/// What is pinned for an account.
pub fn no_pin() -> String {
    tr!("no key: any certificate is accepted that is signed by an authority")
}

/// /cert before the first connection.
pub fn none_shown() -> String {
    tr!("The server has shown no certificate since parlour started: /reconnect signs in.")
}

/// A pinned key has changed.
pub fn ask_operator() -> String {
    tr!("Nothing was sent. Ask the server's operator, by another way, why the key changed.")
}

/// Heading of how a key is pinned.
pub fn to_pin() -> String {
    tr!("To accept this key and no other, whatever an authority says")
}

/// How a key is pinned.
pub fn compare() -> String {
    tr!("Compare it with what the server's operator tells you by another way: a letter, the telephone, a web \
         page. Then type")
}

/// The command that pins a key.
pub fn pin_command(digits: &str) -> String {
    tr!("  /cert pin {digits} (or more of it)")
}

/// The command that removes a pin.
pub fn forget_command() -> String {
    tr!("  /cert forget    asks the authorities again")
}

/// The title of /cert.
pub fn title() -> String {
    tr!("The server's certificate")
}

/// /cert pin before the first connection.
pub fn none_shown_yet() -> String {
    tr!("the server has shown no certificate yet: /reconnect first")
}

/// /cert pin with other digits.
pub fn other_key() -> String {
    tr!("this is not the key that the server showed: /cert shows that one. Nothing is changed")
}

/// A key was pinned.
pub fn pinned(account: &AccountId) -> String {
    tr!("{account}: only this key is accepted from now on")
}

/// /cert forget without a pin.
pub fn nothing_pinned(account: &AccountId) -> String {
    tr!("no key is pinned for {account}")
}

/// A pin was removed.
pub fn unpinned(account: &AccountId) -> String {
    tr!("{account}: the pin is removed, authorities decide again")
}

/// How long a certificate is valid.
pub fn days_left(days: i64) -> String {
    trn!(days, "1 day left", "{days} days left")
}

/// Heading and label of a certificate.
pub fn certificate() -> String {
    tr!("Certificate")
}

/// Label: whether a certificate is accepted.
pub fn verdict() -> String {
    tr!("Verdict")
}

/// Label: the names that a certificate is for.
pub fn names() -> String {
    tr!("For")
}

/// A certificate without a name.
pub fn no_names() -> String {
    tr!("nobody by name")
}

/// Label: who signed a certificate.
pub fn signed_by() -> String {
    tr!("Signed by")
}

/// A certificate that nobody else signed.
pub fn itself() -> String {
    tr!("itself")
}

/// Label: from when to when a certificate is valid.
pub fn validity() -> String {
    tr!("Valid")
}

/// Label: the fingerprint of the key.
pub fn key() -> String {
    tr!("Key")
}

/// Label: the keys that alone are accepted.
pub fn pins() -> String {
    tr!("Pinned")
}

/// Between two pinned keys.
pub fn or() -> String {
    tr!("or")
}

/// Label: the server that a certificate is of.
pub fn server_of() -> String {
    tr!("Server of")
}
