//! Rows that turn out to be of one address: what hangs on one goes to the other, and nothing is lost.
//!
//! The messages of both stand in one chat, each once; a draft, the newer one where both have one; what was unread in its
//! own chat is unread, and nothing else. The caller has one transaction around it.

use super::again::{self, Old};
use super::chats::{self, Chat};
use super::rows::{self, columns};
use super::{Sql, archives};
use crate::model::{AccountId, BareJid, ChatId, Delivery, Message};
use crate::store::facts::{self, archive_ids};
use crate::store::{ladder, order};
use rusqlite::{Connection, OptionalExtension, params};

/// So many messages are read at a time.
const STEP: i64 = 500;

/// What is merged of a chat's row.
struct Row {
    is_open: bool,
    is_accepted: bool,
    read_up_to: i64,
    last_activity: i64,
    draft: String,
    name: Option<String>,
    has_unread: bool,
}

/// Puts all of the chat `from` into `into`, the chat `id`. `from` may be of another account.
pub(in crate::store) fn chat(conn: &Connection, id: &ChatId, from: i64, into: &Chat) -> Sql<()> {
    let (gone, kept) = (read(conn, from)?, read(conn, into.id)?);
    let read_up_to = settle_unread(conn, (from, &gone), (into.id, &kept))?;
    let is_newer = gone.last_activity > kept.last_activity;
    let draft = match (gone.draft.trim().is_empty(), kept.draft.trim().is_empty()) {
        (false, true) => &gone.draft,
        (false, false) if is_newer => &gone.draft,
        (true | false, _) => &kept.draft,
    };
    conn.execute(
        "UPDATE chats SET is_open = ?2, is_accepted = ?3, read_up_to = ?4, last_activity = ?5, draft = ?6, name = ?7
         WHERE id = ?1",
        params![
            into.id,
            gone.is_open || kept.is_open,
            gone.is_accepted || kept.is_accepted,
            read_up_to,
            gone.last_activity.max(kept.last_activity),
            draft,
            kept.name.as_ref().or(gone.name.as_ref()),
        ],
    )?;
    // Where one was open on the screen, the other is; its place is no place of the two together.
    let is_current = "UPDATE chats SET is_current = 1, bottom = NULL
         WHERE id = ?1 AND EXISTS (SELECT 1 FROM chats gone WHERE gone.id = ?2 AND gone.is_current)";
    conn.execute(is_current, [into.id, from])?;
    move_messages(conn, id, from, into, None)?;
    conn.execute("DELETE FROM chats WHERE id = ?1", [from])?;
    chats::refresh_last(conn, into.id)
}

fn read(conn: &Connection, chat: i64) -> Sql<Row> {
    conn.query_row(
        "SELECT is_open, is_accepted, read_up_to, last_activity, draft, name, EXISTS (SELECT 1 FROM messages m
             WHERE m.chat = chats.id AND m.weight > 0 AND m.id > (read_up_to << 10 | 1023)) FROM chats WHERE id = ?1",
        [chat],
        |row| {
            Ok(Row {
                is_open: row.get(0)?,
                is_accepted: row.get(1)?,
                read_up_to: row.get(2)?,
                last_activity: row.get(3)?,
                draft: row.get(4)?,
                name: row.get(5)?,
                has_unread: row.get(6)?,
            })
        },
    )
}

/// Where the merged chat is read to: where the one that has something unread is. What had been read of the other beyond
/// that counts no more.
fn settle_unread(conn: &Connection, a: (i64, &Row), b: (i64, &Row)) -> Sql<i64> {
    let unread = [a, b].into_iter().filter(|(_, chat)| chat.has_unread).map(|(_, chat)| chat.read_up_to).min();
    let Some(read_up_to) = unread else { return Ok(a.1.read_up_to.max(b.1.read_up_to)) };
    for (id, chat) in [a, b] {
        conn.execute(
            "UPDATE messages SET weight = 0 WHERE chat = ?1 AND weight > 0 AND id > ?2 AND id <= ?3",
            params![id, order::last_id(read_up_to), order::last_id(chat.read_up_to)],
        )?;
    }
    Ok(read_up_to)
}

/// Gives the messages of `from` to `into`, the chat `id`. It may be the same row: then only what stands there of chat and
/// sender is written anew. A copy of one that is there already is merged into it. With `renamed`, a sender under the
/// first address is one under the second.
pub(in crate::store) fn move_messages(
    conn: &Connection,
    id: &ChatId,
    from: i64,
    into: &Chat,
    renamed: Option<(&BareJid, &BareJid)>,
) -> Sql<()> {
    let kind = conn.query_row("SELECT kind FROM chats WHERE id = ?1", [into.id], |row| row.get(0))?;
    let kind = rows::chat_from(kind);
    let mut after = -1;
    loop {
        let step: Vec<(i64, String, Result<Message, String>)> = conn
            .prepare_cached(concat!(
                "SELECT ",
                columns!(),
                " FROM messages m WHERE m.chat = ?1 AND m.id > ?2 ORDER BY m.id LIMIT ?3"
            ))?
            .query_map([from, after, STEP], |row| Ok((row.get(0)?, row.get(1)?, rows::sound(row, id, kind)?)))?
            .collect::<Sql<_>>()?;
        let Some((last, ..)) = step.last() else { return Ok(()) };
        after = *last;
        for (row, sender, message) in step {
            let Ok(mut message) = message else {
                // What the disk damaged stays damaged: its checksum is that of no chat.
                facts::deleted(conn, row)?;
                conn.execute("UPDATE messages SET chat = ?2 WHERE id = ?1", [row, into.id])?;
                continue;
            };
            if let Some((old, new)) = renamed
                && message.from.bare() == *old
            {
                let resource = message.from.resource();
                let address = resource.map_or_else(|| Ok(new.to_jid()), |resource| new.with_resource(resource));
                message.from = address.unwrap_or_else(|_| new.to_jid());
            }
            // Of what the row says, before a correction takes its place.
            let sum = rows::sum(row, into.id, &message);
            facts::load(conn, [&mut message])?;
            move_message(conn, (from, into), (row, &sender, sum), &message)?;
        }
    }
}

fn move_message(
    conn: &Connection,
    (from, into): (i64, &Chat),
    (row, sender, sum): (i64, &str, i64),
    m: &Message,
) -> Sql<()> {
    let copy = if from == into.id { None } else { again::find(conn, into, None, m)? };
    if let Some(old) = copy {
        return take_copy(conn, &old, row, m);
    }
    conn.prepare_cached("UPDATE messages SET chat = ?2, sum = ?3 WHERE id = ?1")?.execute([row, into.id, sum])?;
    if m.from.as_str() != sender {
        // The number by which copies find each other. What has no id had the room's stamp in it, which is not kept.
        let number = m.ids.stanza.as_ref().and_then(|_| again::key(m));
        conn.prepare_cached("UPDATE messages SET sender = ?2, again = ?3 WHERE id = ?1")?.execute(params![
            row,
            m.from.as_str(),
            number
        ])?;
    }
    facts::deleted(conn, row)?;
    // What is told of the merged chat is all that there is.
    drop(facts::inserted(conn, into, row, m)?);
    Ok(())
}

/// The message `row` is stored in the other chat already: that row learns what it lacks.
fn take_copy(conn: &Connection, old: &Old, row: i64, m: &Message) -> Sql<()> {
    let archive = conn
        .query_row("SELECT archive, archive_id FROM messages WHERE id = ?1 AND archive_id IS NOT NULL", [row], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    delete(conn, row)?;
    if let Some((archive, id)) = archive {
        archive_ids::learn(conn, old.id, (archive, &id))?;
    }
    advance(conn, old.id, &old.delivery, &m.delivery)
}

fn delete(conn: &Connection, row: i64) -> Sql<()> {
    facts::deleted(conn, row)?;
    conn.execute("DELETE FROM messages WHERE id = ?1", [row])?;
    Ok(())
}

fn advance(conn: &Connection, row: i64, old: &Delivery, new: &Delivery) -> Sql<()> {
    if ladder::may_follow(old, new) {
        let (code, failure) = ladder::to_code(new);
        conn.execute("UPDATE messages SET delivery = ?2, failure = ?3 WHERE id = ?1", params![row, code, failure])?;
    }
    Ok(())
}

/// Puts all of the archive `from` into the archive `into`.
pub(in crate::store) fn archive(conn: &Connection, from: i64, into: i64) -> Sql<()> {
    let twice: Vec<(i64, i64, i64)> = conn
        .prepare(
            "SELECT f.id, f.chat, i.id FROM messages f JOIN messages i ON i.archive = ?2 AND i.archive_id = f.archive_id
             WHERE f.archive = ?1",
        )?
        .query_map([from, into], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Sql<_>>()?;
    let delivery = |row: i64| {
        conn.query_row("SELECT delivery, failure FROM messages WHERE id = ?1", [row], |row| {
            Ok(ladder::from_code(row.get(0)?, row.get(1)?))
        })
    };
    for (gone, chat, kept) in twice {
        advance(conn, kept, &delivery(kept)?, &delivery(gone)?)?;
        delete(conn, gone)?;
        chats::refresh_last(conn, chat)?;
    }
    conn.execute("UPDATE messages SET archive = ?2 WHERE archive = ?1", [from, into])?;
    // What is stored of one without gaps says nothing of the gaps of the other: what is there is asked for again.
    if !conn.prepare("SELECT 1 FROM intervals WHERE archive = ?1")?.exists([into])? {
        conn.execute("UPDATE intervals SET archive = ?2 WHERE archive = ?1", [from, into])?;
    }
    conn.execute("DELETE FROM archives WHERE id = ?1", [from])?;
    Ok(())
}

/// The server says that two addresses are one: all that is stored of `from` goes to `into`, its true one. Gives the row
/// of that chat.
pub(in crate::store) fn address(conn: &Connection, account: i64, from: &ChatId, into: &ChatId) -> Sql<Option<i64>> {
    let (old, new) = (from.address.bare(), into.address.bare());
    if let Some(gone) = archives::find(conn, account, &old)? {
        let kept = archives::ensure(conn, account, &new)?;
        archive(conn, gone, kept)?;
    }
    let kept = chats::find(conn, account, &into.address)?;
    let Some(gone) = chats::find(conn, account, &from.address)? else { return Ok(kept.map(|kept| kept.id)) };
    move_messages(conn, into, gone.id, &gone, Some((&old, &new)))?;
    if let Some(kept) = kept {
        chat(conn, into, gone.id, &kept)?;
        return Ok(Some(kept.id));
    }
    conn.execute("UPDATE chats SET address = ?2 WHERE id = ?1", params![gone.id, into.address.as_str()])?;
    Ok(Some(gone.id))
}

/// Puts all that is stored of one account under another, with which it turned out to be one.
pub(in crate::store) fn account(conn: &Connection, (from, into): (i64, i64), id: &AccountId) -> Sql<()> {
    let archives: Vec<(i64, String)> = pairs(conn, "SELECT id, jid FROM archives WHERE account = ?1", from)?;
    for (row, jid) in archives {
        let same = "SELECT id FROM archives WHERE account = ?1 AND jid = ?2";
        match conn.query_row(same, params![into, jid], |row| row.get(0)).optional()? {
            Some(kept) => archive(conn, row, kept)?,
            None => drop(conn.execute("UPDATE archives SET account = ?2 WHERE id = ?1", [row, into])?),
        }
    }
    let chats: Vec<(i64, String)> = pairs(conn, "SELECT id, address FROM chats WHERE account = ?1", from)?;
    for (row, address) in chats {
        let Ok(address) = crate::model::Jid::parse(&address) else { continue };
        let chat_id = ChatId::new(id.clone(), address);
        if let Some(kept) = chats::find(conn, into, &chat_id.address)? {
            chat(conn, &chat_id, row, &kept)?;
        } else {
            conn.execute("UPDATE chats SET account = ?2 WHERE id = ?1", [row, into])?;
            let moved = Chat { id: row, account: into, last_row: 0, is_accepted: true };
            move_messages(conn, &chat_id, row, &moved, None)?;
        }
    }
    for table in [
        "UPDATE OR IGNORE contacts SET account = ?2 WHERE account = ?1",
        "UPDATE OR IGNORE resumable SET account = ?2 WHERE account = ?1",
        "UPDATE OR IGNORE status_places SET account = ?2 WHERE account = ?1",
        "UPDATE OR IGNORE unfolded SET account = ?2 WHERE account = ?1",
    ] {
        conn.execute(table, [from, into])?;
    }
    // The contacts of both stand together now: the server is asked for its own list.
    conn.execute("UPDATE accounts SET roster_version = NULL WHERE id = ?1", [into])?;
    conn.execute("DELETE FROM accounts WHERE id = ?1", [from])?;
    Ok(())
}

fn pairs(conn: &Connection, sql: &str, of: i64) -> Sql<Vec<(i64, String)>> {
    conn.prepare(sql)?.query_map([of], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
