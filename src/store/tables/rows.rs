//! A message as a row, and back.

use super::Sql;
use crate::model::{
    AccountId, ArchiveId, BareJid, ChatId, ChatKind, Delivery, Jid, Message, MessageIds, MessageKind, Time, Untrusted,
};
use crate::store::{ladder, order};
use rusqlite::{Row, types::Type};

/// The columns that [`message`] reads, in its order; `m` is the message, `r` its archive.
macro_rules! columns {
    () => {
        "m.id, m.sender, m.kind, m.subject, m.body, m.time, m.is_delayed, m.delivery, m.failure, m.is_mention,
         m.stanza_id, m.origin_id, m.occupant, r.jid, m.archive_id"
    };
}
pub(in crate::store) use columns;

/// How many columns that are.
pub(in crate::store) const COLUMNS: usize = 15;

/// Reads a message of this chat.
pub(in crate::store) fn message(row: &Row<'_>, chat: &ChatId, chat_kind: ChatKind) -> Sql<Message> {
    let (id, order) = order::row(row.get(0)?);
    let archive = match (row.get_ref(13)?.as_str_or_null()?, row.get::<_, Option<String>>(14)?) {
        (Some(by), Some(id)) => BareJid::parse(by).ok().map(|by| ArchiveId { by, id }),
        (None | Some(_), None) | (None, Some(_)) => None,
    };
    Ok(Message {
        row: id,
        order,
        chat: chat.clone(),
        chat_kind,
        from: jid(row, 1)?,
        kind: kind_from(row.get(2)?),
        subject: row.get_ref(3)?.as_str_or_null()?.map(Untrusted::from),
        body: row.get_ref(4)?.as_str()?.into(),
        time: Time(row.get(5)?),
        is_delayed: row.get(6)?,
        delivery: ladder::from_code(row.get(7)?, row.get(8)?),
        is_mention: row.get(9)?,
        ids: MessageIds {
            stanza: row.get_ref(10)?.as_str_or_null()?.map(Into::into),
            origin: row.get(11)?,
            archive,
            occupant: row.get(12)?,
        },
    })
}

/// Reads a JID; one that is none is damage.
pub(in crate::store) fn jid(row: &Row<'_>, column: usize) -> Sql<Jid> {
    Jid::parse(row.get_ref(column)?.as_str()?)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
}

/// Reads an account.
pub(in crate::store) fn account(row: &Row<'_>, column: usize) -> Sql<AccountId> {
    Ok(AccountId(jid(row, column)?.bare()))
}

/// The number of a kind of message.
pub(in crate::store) fn kind_code(kind: MessageKind) -> i64 {
    match kind {
        MessageKind::Chat => 0,
        MessageKind::Groupchat => 1,
        MessageKind::Normal => 2,
        MessageKind::Headline => 3,
        MessageKind::Subject => 4,
        MessageKind::Notice => 5,
        MessageKind::Unreadable => 6,
    }
}

fn kind_from(code: i64) -> MessageKind {
    match code {
        1 => MessageKind::Groupchat,
        2 => MessageKind::Normal,
        3 => MessageKind::Headline,
        4 => MessageKind::Subject,
        5 => MessageKind::Notice,
        6 => MessageKind::Unreadable,
        _ => MessageKind::Chat,
    }
}

/// The number of a kind of chat.
pub(in crate::store) fn chat_code(kind: ChatKind) -> i64 {
    match kind {
        ChatKind::Contact => 0,
        ChatKind::Room => 1,
        ChatKind::Occupant => 2,
    }
}

/// The reverse of [`chat_code`].
pub(in crate::store) fn chat_from(code: i64) -> ChatKind {
    match code {
        1 => ChatKind::Room,
        2 => ChatKind::Occupant,
        _ => ChatKind::Contact,
    }
}

/// What a message counts as while it is unread: nothing, a message, or a mention in a room.
pub(in crate::store) fn weight(m: &Message) -> i64 {
    let counts = match m.kind {
        MessageKind::Chat | MessageKind::Groupchat | MessageKind::Normal | MessageKind::Unreadable => true,
        MessageKind::Headline | MessageKind::Subject | MessageKind::Notice => false,
    };
    match (counts && m.delivery == Delivery::Incoming, m.is_mention && m.chat_kind == ChatKind::Room) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        use MessageKind::{Chat, Groupchat, Headline, Normal, Notice, Subject, Unreadable};
        for kind in [Chat, Groupchat, Normal, Headline, Subject, Notice, Unreadable] {
            assert_eq!(kind_from(kind_code(kind)), kind);
        }
        for kind in [ChatKind::Contact, ChatKind::Room, ChatKind::Occupant] {
            assert_eq!(chat_from(chat_code(kind)), kind);
        }
    }
}
