//! What a stanza says, as a message of its chat.
//!
//! Live messages, carbons and archived ones are all read here, so that the same message always gives the same row.

use super::element::stanza_text_in;
use super::relation;
use crate::model::{ArchiveId, ChatKind, Delivery, Jid, Message, MessageKind, Placing, Time, Untrusted};
use crate::text::styling;
use crate::xmpp::feature::{Facts, Inbound, Origin};

/// Reads the message that a stanza carries: `None` where it has no conversation, or nothing to show.
#[must_use]
pub fn read(facts: &Facts, now: Time, inbound: &Inbound) -> Option<Message> {
    let stanza = &inbound.stanza;
    let languages = &facts.settings.languages;
    let body = stanza_text_in(stanza, "body", languages).filter(|b| !b.is_empty());
    let body = body.map(|body| relation::without(&body, &inbound.fallback));
    let subject = stanza_text_in(stanza, "subject", languages).filter(|s| !s.is_empty());
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

/// The message of a stanza that does something to another one and has nothing to show by itself. `body` is what is done
/// it with, such as reactions.
#[must_use]
pub fn acting(facts: &Facts, now: Time, inbound: &Inbound, body: String) -> Option<Message> {
    let kind = match inbound.chat.as_ref()?.1 {
        ChatKind::Room => MessageKind::Groupchat,
        ChatKind::Contact | ChatKind::Occupant => MessageKind::Chat,
    };
    let mut message = make(facts, now, inbound, kind, None, body)?;
    message.is_mention = false;
    Some(message)
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
    let (time, is_delayed, placing) = time(now, inbound);
    let is_mention = !is_own
        && kind != MessageKind::Headline
        && match chat_kind {
            ChatKind::Contact | ChatKind::Occupant => true,
            ChatKind::Room => {
                let room = facts.rooms.get(&inbound.from.bare());
                // An answer to what the user said is meant for the user.
                let answered = inbound.relation.reply.as_ref().and_then(|reply| reply.to.as_ref());
                room.is_some_and(|room| styling::is_mention(&body, &room.nick))
                    || answered.is_some_and(|to| is_own_occupant(facts, to))
            }
        };
    let mut message = Message::new(chat, chat_kind, inbound.from.clone(), body, time);
    message.kind = kind;
    message.is_delayed = is_delayed;
    message.placing = placing;
    message.is_mention = is_mention;
    message.ids = inbound.ids.clone();
    message.extra.subject = subject.map(Untrusted::from);
    message.extra.relation = inbound.relation.clone();
    if is_own && chat_kind == ChatKind::Contact {
        message.ids.occupant = addressee(facts, inbound);
    }
    Some(if is_own { message.sent(Delivery::Acked) } else { message })
}

/// To which resource another device of the user's wrote, where nobody knows whose address it is.
fn addressee(facts: &Facts, inbound: &Inbound) -> Option<String> {
    let to = Jid::parse(inbound.stanza.to.as_deref()?).ok()?;
    let is_known = facts.roster.contains_key(&to.bare()) || facts.is_own(&to.bare());
    to.resource().filter(|_| !is_known).map(str::to_owned)
}

/// Whether the user wrote it: from the own account, or as the room proves (`muc::proof`).
fn is_own(facts: &Facts, inbound: &Inbound, kind: ChatKind) -> bool {
    match kind {
        ChatKind::Contact | ChatKind::Occupant => facts.is_own(&inbound.from.bare()),
        ChatKind::Room => inbound.is_own_in_room.unwrap_or(false),
    }
}

/// Whether this is the user's own occupant JID in a room now. In an archive and in what a room repeats that proves
/// nothing: the nickname may have been another's then.
#[must_use]
pub fn is_own_occupant(facts: &Facts, from: &Jid) -> bool {
    facts.rooms.get(&from.bare()).is_some_and(|room| from.resource() == Some(room.nick.as_str()))
}

/// When it was written, whether that is not simply now, and what follows for its place.
fn time(now: Time, inbound: &Inbound) -> (Time, bool, Placing) {
    match (&inbound.origin, inbound.delay) {
        (Origin::Archive { time, .. }, _) => ((*time).min(now), true, Placing::Time),
        (Origin::Live | Origin::Carbon { .. }, Some(delay)) => (delay.stamp.min(now), true, delay.placing),
        (Origin::Live | Origin::Carbon { .. }, None) => (now, false, Placing::Time),
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
