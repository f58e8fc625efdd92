//! Services: what they answer, what they offer.

use crate::model::AccountId;
use std::fmt::Display;

/// Registering with a service.
pub fn no_form(jid: impl Display, why: &str) -> String {
    tr!("{jid} has no form to fill in: {why}")
}

/// /ping.
pub fn answered_in(who: &str, ms: u128) -> String {
    tr!("{who} answered in {ms} ms")
}

/// /time.
pub fn local_time(who: &str, clock: &str) -> String {
    tr!("where {who} is, it is {clock}")
}

/// A question about somebody's program was refused.
pub fn does_not_tell(who: &str, why: &str) -> String {
    tr!("{who} does not tell: {why}")
}

/// A question about somebody's program was not answered.
pub fn no_answer(who: &str) -> String {
    tr!("{who}: no answer in time")
}

/// Service discovery without a connection.
pub fn explore_needs_connection(account: &AccountId) -> String {
    tr!("{account} is not connected: /reconnect, then retry")
}

/// Heading: stream features before the login.
pub fn offered_before() -> String {
    tr!("What the server offered before the login")
}

/// Heading: stream features after the login.
pub fn offered_now() -> String {
    tr!("What it offers now")
}

/// A stream feature.
pub fn unknown_feature(ns: &str) -> String {
    tr!("{ns}: parlour does not know it")
}

/// /version.
pub fn uses(who: &str, program: &str, version: &str, os: Option<&str>) -> String {
    match os {
        None => tr!("{who} uses {program} {version}"),
        Some(os) => tr!("{who} uses {program} {version} on {os}"),
    }
}

/// Which account explores.
pub fn as_account(account: &AccountId) -> String {
    tr!("as {account}")
}

/// The title of service discovery.
pub fn title() -> String {
    tr!("Service discovery")
}

/// Label of the address line.
pub fn address() -> String {
    tr!("Address")
}

/// Label of the filter line.
pub fn filter() -> String {
    tr!("Filter")
}

/// Nothing is explored yet.
pub fn type_address() -> String {
    tr!("Type an address above and press Enter.")
}

/// What went wrong with a row, and the key.
pub fn retry_after(why: impl Display, dot: &str) -> String {
    tr!("{why} {dot} r retry")
}

/// How many rows are loaded.
pub fn of_count(loaded: usize, count: u64) -> String {
    tr!("{loaded} of {count}")
}

/// How many rows are loaded.
pub fn and_more(loaded: usize) -> String {
    tr!("{loaded} and more")
}

/// Label of a node.
pub fn node() -> String {
    tr!("Node")
}

/// Nothing is known of a row.
pub fn enter_asks() -> String {
    tr!("Enter asks what it is.")
}

/// A row is asked.
pub fn asking() -> String {
    tr!("Asking")
}

/// A row could not be asked.
pub fn asks_again() -> String {
    tr!("r retries")
}

/// Heading: what it is.
pub fn identity() -> String {
    tr!("Identity")
}

/// Heading: its features.
pub fn can_do() -> String {
    tr!("What it can do")
}

/// Heading: what else it says of itself.
pub fn details() -> String {
    tr!("Details")
}
