//! Blocking people (XEP-0191).

use std::fmt::Display;

/// The server cannot block.
pub fn not_here() -> String {
    tr!("your server cannot block anybody, or has not said yet whether it can (XEP-0191)")
}

/// Somebody in a room was to be blocked.
pub fn not_in_rooms() -> String {
    tr!("people in a room are not blocked by their nickname: block the address, where the room shows it")
}

/// An address is blocked already.
pub fn already(who: impl Display) -> String {
    tr!("{who} is blocked already")
}

/// An address that was to be unblocked is not blocked.
pub fn is_not(who: impl Display) -> String {
    tr!("{who} is not blocked: /blocklist shows who is")
}

/// The question before somebody is blocked.
pub fn ask(who: impl Display) -> String {
    tr!("Block {who}? They can neither write to you nor see when you are online. /unblock takes it back.")
}

/// Nobody is blocked.
pub fn nobody() -> String {
    tr!("you block nobody")
}

/// The title of the list.
pub fn title() -> String {
    tr!("Blocked")
}

/// A text for somebody who is blocked.
pub fn is_blocked(who: impl Display) -> String {
    tr!("not sent: you block {who}; /unblock first")
}

/// Somebody was blocked, here or on another device.
pub fn blocked(who: impl Display) -> String {
    tr!("{who} is blocked now")
}

/// Somebody was unblocked.
pub fn unblocked(who: impl Display) -> String {
    tr!("{who} is no longer blocked")
}

/// All were unblocked, on another device.
pub fn all_unblocked() -> String {
    tr!("nobody is blocked any more")
}

/// The server refused.
pub fn refused(who: impl Display, why: &str) -> String {
    tr!("the server did not change whether {who} is blocked: {why}")
}

/// In the header of a chat, in the place of the presence.
pub fn sign() -> String {
    tr!("blocked")
}
