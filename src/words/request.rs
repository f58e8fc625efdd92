//! Requests: of contacts, of strangers who wrote, and invitations.

use crate::model::{BareJid, Jid};

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
