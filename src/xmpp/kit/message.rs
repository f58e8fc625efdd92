//! What a stanza says, as a message of its chat.
//!
//! Live messages, carbons and archived ones are all read here, so that the same message always gives the same row.

use super::element::stanza_text;
use crate::model::{ArchiveId, ChatKind, Delivery, Jid, Message, MessageKind, Time, Untrusted};
use crate::text::styling;
use crate::xmpp::feature::{Facts, Inbound, Origin};

/// Reads the message that a stanza carries: `None` where it has no conversation, or nothing to show.
#[must_use]
pub fn read(facts: &Facts, now: Time, inbound: &Inbound) -> Option<Message> {
    let stanza = &inbound.stanza;
    let body = stanza_text(stanza, "body").filter(|b| !b.is_empty());
    let subject = stanza_text(stanza, "subject").filter(|s| !s.is_empty());
    let (kind, subject) = match stanza.type_.as_deref() {
        Some("groupchat") => (MessageKind::Groupchat, None),
        Some("chat") => (MessageKind::Chat, None),
        Some("headline") => (MessageKind::Headline, subject),
        // What has no subject is a chat message of a client that leaves the type out.
        Some(_) | None if subject.is_some() => (MessageKind::Normal, subject),
        Some(_) | None => (MessageKind::Chat, None),
    };
    if body.is_none() && subject.is_none() {
        return None;
    }
    make(facts, now, inbound, kind, subject, body.unwrap_or_default())
}

/// The message of a stanza with another text than its own, such as "encrypted with OMEMO".
#[must_use]
pub fn instead(facts: &Facts, now: Time, inbound: &Inbound, kind: MessageKind, body: String) -> Option<Message> {
    make(facts, now, inbound, kind, None, body)
}

fn make(
    facts: &Facts,
    now: Time,
    inbound: &Inbound,
    kind: MessageKind,
    subject: Option<String>,
    body: String,
) -> Option<Message> {
    let (chat, chat_kind) = inbound.chat.clone()?;
    let is_own = is_own(facts, inbound, chat_kind);
    let (time, is_delayed) = time(now, inbound);
    let is_mention = !is_own
        && kind != MessageKind::Headline
        && match chat_kind {
            ChatKind::Contact | ChatKind::Occupant => true,
            ChatKind::Room => {
                facts.rooms.get(&inbound.from.bare()).is_some_and(|r| styling::is_mention(&body, &r.nick))
            }
        };
    let mut message = Message::new(chat, chat_kind, inbound.from.clone(), body, time);
    message.kind = kind;
    message.is_delayed = is_delayed;
    message.is_mention = is_mention;
    message.ids = inbound.ids.clone();
    message.extra.subject = subject.map(Untrusted::from);
    Some(if is_own { message.sent(Delivery::Acked) } else { message })
}

/// Whether the user wrote it: from the own account, or, in a room and live, under the nickname that is the user's
/// now. A nickname in an archive proves nothing, since it may have been another's then.
#[must_use]
pub fn is_own(facts: &Facts, inbound: &Inbound, kind: ChatKind) -> bool {
    match kind {
        ChatKind::Contact | ChatKind::Occupant => inbound.from.bare() == facts.own_bare(),
        ChatKind::Room => inbound.origin == Origin::Live && is_own_occupant(facts, &inbound.from),
    }
}

/// Whether this is the user's own occupant JID in a room.
#[must_use]
pub fn is_own_occupant(facts: &Facts, from: &Jid) -> bool {
    facts.rooms.get(&from.bare()).is_some_and(|room| from.resource() == Some(room.nick.as_str()))
}

/// When it was written, and whether that is not simply now. An archive knows; a believed delay stamp is next.
fn time(now: Time, inbound: &Inbound) -> (Time, bool) {
    match (&inbound.origin, inbound.delay) {
        (Origin::Archive { time, .. }, _) => ((*time).min(now), true),
        (Origin::Live | Origin::Carbon { .. }, Some(delay)) => (delay.min(now), true),
        (Origin::Live | Origin::Carbon { .. }, None) => (now, false),
    }
}

/// The archive id of an archived message.
#[must_use]
pub fn archive_id(origin: &Origin) -> Option<ArchiveId> {
    match origin {
        Origin::Archive { by, id, .. } => Some(ArchiveId { by: by.clone(), id: id.clone() }),
        Origin::Live | Origin::Carbon { .. } => None,
    }
}
