//! Reads a message from its row, and the numbers that stand for kinds in the database.

use super::Sql;
use crate::model::{AccountId, ChatId, ChatKind, Delivery, Jid, Message, MessageKind, Time, Untrusted};
use crate::store::{ladder, order};
use crate::words;
use rusqlite::{Connection, OptionalExtension, Row, types::Type};

/// The columns that [`message`] reads, in its order; `m` is the message. What is stored beside it is added by
/// [`facts::load`](crate::store::facts::load).
macro_rules! columns {
    () => {
        "m.id, m.sender, m.kind, m.subject, m.body, m.time, m.is_delayed, m.delivery, m.failure, m.is_mention,
         m.stanza_id, m.origin_id, m.occupant, m.chat, m.sum"
    };
}
pub(in crate::store) use columns;

/// How many columns that are.
pub(in crate::store) const COLUMNS: usize = 15;

/// What never changes in a message: the row's id and its chat's, and what was said, by whom and when.
pub(in crate::store) fn sum(id: i64, chat: i64, m: &Message) -> i64 {
    sum_as(id, chat, m.from.as_str(), m)
}

/// The same with the sender as it is written in the row.
fn sum_as(id: i64, chat: i64, sender: &str, m: &Message) -> i64 {
    let subject = m.extra.subject.as_ref().map_or("", Untrusted::raw);
    sum_of([id, chat, kind_code(m.kind), m.time.0], [sender, subject, m.body.raw()])
}

/// The same of columns: id, chat, kind, time; sender, subject, body.
pub(in crate::store) fn sum_of(numbers: [i64; 4], texts: [&str; 3]) -> i64 {
    let bytes = numbers.iter().flat_map(|n| n.to_le_bytes());
    let text = texts.into_iter().flat_map(|t| t.bytes().chain([0xff]));
    fnv(bytes.chain(text))
}

/// FNV-1a: stable over versions, and no single byte can change without it.
pub(in crate::store) fn fnv(bytes: impl Iterator<Item = u8>) -> i64 {
    bytes.fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)).cast_signed()
}

/// Reads a message of this chat. One that the disk has changed is a line that says so: nobody said what is there now.
pub(in crate::store) fn message(row: &Row<'_>, chat: &ChatId, chat_kind: ChatKind) -> Sql<Message> {
    let is_broken = match sound(row, chat, chat_kind)? {
        Ok(message) => return Ok(message),
        Err(why) => why,
    };
    let (id, order) = order::row(row.get(0)?);
    tracing::error!(row = id.0, "a message is damaged on the disk: {is_broken}");
    let text = words::store::message_damaged();
    let mut notice = Message::notice(chat.clone(), chat_kind, text, Time(order.0 / 1000));
    (notice.row, notice.order) = (id, order);
    Ok(notice)
}

/// The message of a row, which may be hidden; without its facts.
pub(in crate::store) fn any(conn: &Connection, row: i64, chat: &ChatId, kind: ChatKind) -> Sql<Option<Message>> {
    conn.prepare_cached(concat!("SELECT ", columns!(), " FROM messages m WHERE m.id = ?1"))?
        .query_row([row], |row| message(row, chat, kind))
        .optional()
}

/// Reads a message of this chat, or why it is not what was written.
pub(in crate::store) fn sound(row: &Row<'_>, chat: &ChatId, chat_kind: ChatKind) -> Sql<Result<Message, String>> {
    match read(row, chat, chat_kind) {
        Ok(message) => match row.get::<_, Option<i64>>(14)? {
            Some(kept) if kept != sum_as(message.row.0, row.get(13)?, row.get_ref(1)?.as_str()?, &message) => {
                Ok(Err("checksum".to_owned()))
            }
            Some(_) | None => Ok(Ok(message)),
        },
        Err(error) if error.sqlite_error_code().is_none() => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}

fn read(row: &Row<'_>, chat: &ChatId, chat_kind: ChatKind) -> Sql<Message> {
    let (id, order) = order::row(row.get(0)?);
    let mut message = Message::new(chat.clone(), chat_kind, jid(row, 1)?, row.get_ref(4)?.as_str()?, Time(row.get(5)?));
    (message.row, message.order) = (id, order);
    message.kind = kind_from(row.get(2)?);
    message.extra.subject = row.get_ref(3)?.as_str_or_null()?.map(Untrusted::from);
    message.is_delayed = row.get(6)?;
    message.delivery = ladder::from_code(row.get(7)?, row.get(8)?);
    message.is_mention = row.get(9)?;
    message.ids.stanza = row.get_ref(10)?.as_str_or_null()?.map(Into::into);
    (message.ids.origin, message.ids.occupant) = (row.get(11)?, row.get(12)?);
    Ok(message)
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
