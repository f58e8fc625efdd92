//! Requests: of contacts, of strangers who wrote, and invitations.

use crate::model::{BareJid, Jid};
use std::fmt::Display;

/// There is no request to answer.
pub fn none_waiting() -> String {
    tr!("there are no requests")
}

/// A key that answers requests, elsewhere in the sidebar.
pub fn row_is_none() -> String {
    tr!("this row is not a request")
}

/// A request by the name of who sent it.
pub fn no_such(who: &str) -> String {
    tr!("there is no request from {who}: Alt-R lists them all")
}

/// The keys that answer the request in the open chat, elsewhere.
pub fn chat_is_none() -> String {
    tr!("this chat is not a request: Alt-R lists them all")
}

/// Another client, or another window, was faster.
pub fn answered_already() -> String {
    tr!("this request was already answered")
}

/// A message request was accepted from the list.
pub fn accepted_stranger(who: &Jid) -> String {
    tr!("accepted {who}: the chat is now under CHATS")
}

/// What a contact request means.
pub fn asks_presence(jid: &BareJid) -> String {
    tr!("{jid} asks to see when you are online. If you accept, you ask the same of them.")
}

/// What an invitation means.
pub fn accept_enters() -> String {
    tr!("If you accept, you enter the room.")
}

/// The keys for a request that is read.
pub fn keys_here(yes: &str, no: &str) -> String {
    tr!("Esc goes back; there {yes} accepts and {no} denies.")
}

/// A contact request was denied.
pub fn denied_contact(jid: &BareJid) -> String {
    tr!("denied the contact request from {jid}")
}

/// A message request was denied.
pub fn denied_stranger(who: &Jid) -> String {
    tr!("denied the message request from {who}; the messages stay in the history")
}

/// Adding somebody answers their own request.
pub fn accepted_contact_too(jid: &BareJid) -> String {
    tr!("accepted the contact request from {jid}, too")
}

/// A contact request was accepted.
pub fn accepted_contact(jid: &BareJid) -> String {
    tr!("accepted the contact request from {jid}: they see when you are online")
}

/// An invitation was declined.
pub fn declined(room: &BareJid) -> String {
    tr!("declined the invitation to {room}")
}

/// News of several requests.
pub fn new(count: u64, hint: &str) -> String {
    trn!(count, "1 new request: {hint}", "{count} new requests: {hint}")
}

/// Who invites: nobody is named.
pub fn room_invites(room: &BareJid) -> String {
    tr!("{room} invites you")
}

/// The same: an occupant of the room.
pub fn occupant_invites_here(nick: &str, room: &BareJid) -> String {
    tr!("{nick} in {room} invites you there, says the room")
}

/// The same: whom the room names.
pub fn room_invites_for(room: &BareJid, who: &BareJid) -> String {
    tr!("{room} invites you, and says that {who} asked it to")
}

/// The same: an occupant of another room.
pub fn occupant_invites(nick: &str, of: &BareJid, room: &BareJid) -> String {
    tr!("{nick} in {of} invites you to {room}")
}

/// The same: a person.
pub fn person_invites(who: &BareJid, room: &BareJid) -> String {
    tr!("{who} invites you to {room}")
}

/// A contact request.
pub fn wants_presence(jid: &BareJid) -> String {
    tr!("{jid} asks to see when you are online")
}

/// A message request.
pub fn wrote(who: impl Display) -> String {
    tr!("{who} wrote to you")
}

/// How the news of a request ends: what to do.
pub fn hint() -> String {
    tr!("/accept or /deny, or look at REQUESTS")
}

/// News of one request.
pub fn new_one(what: &str, hint: &str) -> String {
    tr!("{what}: {hint}")
}

/// A request from an address that may be taken for another one.
pub fn with_warning(what: &str, why: &str) -> String {
    tr!("{what} ({why})")
}

/// A contact request in words.
pub fn contact_from(who: &str) -> String {
    tr!("contact request from {who}")
}

/// An invitation in words.
pub fn invitation_to(room: &str) -> String {
    tr!("invitation to {room}")
}

/// A message request in words.
pub fn message_from(who: &str) -> String {
    tr!("message request from {who}")
}

/// What a stranger is; the address stands before it.
pub fn not_a_contact() -> String {
    tr!("is not in your contacts")
}

/// What a contact request is; the address stands before it.
pub fn asks_to_see() -> String {
    tr!("asks to see when you are online")
}

/// What an invitation is; the address stands before it.
pub fn invites_to(room: &BareJid) -> String {
    tr!("invites you to {room}")
}

/// What a key does, in the line about the open chat's request.
pub fn accepts() -> String {
    tr!("accepts")
}

/// The same.
pub fn denies() -> String {
    tr!("denies")
}

/// What kind of request it is, the same wherever it is named.
pub fn contact() -> String {
    tr!("contact request")
}

/// The same.
pub fn invitation() -> String {
    tr!("invitation")
}

/// The same.
pub fn message() -> String {
    tr!("message request")
}
