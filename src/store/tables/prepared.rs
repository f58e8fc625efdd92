//! Brings the addresses that an older version stored into the form in which they are compared now (RFC 7622).
//!
//! Until format 4 a localpart was stored in lower case only. So one person may stand there under two forms, such as `é` as
//! one character and as two: what is stored of both becomes one. It runs once, as a step of the schema, in its transaction.

use super::chats::Chat;
use super::{Sql, merge};
use crate::model::{AccountId, BareJid, ChatId, Jid};
use rusqlite::{Connection, OptionalExtension, params};

/// Does so for everything.
pub(in crate::store) fn all(conn: &Connection) -> Sql<()> {
    let accounts: Vec<(i64, String)> =
        texts(conn, "SELECT id, jid FROM accounts WHERE NOT is_forgotten ORDER BY id", None)?;
    for (row, text) in accounts {
        let Ok(jid) = BareJid::parse(&text) else { continue };
        let id = AccountId(jid);
        // Its parts first, so that a merge of two accounts finds them in one form.
        chats(conn, row, &id)?;
        archives(conn, row)?;
        contacts(conn, row)?;
        if id.jid().as_str() == text {
            continue;
        }
        let same = "SELECT id FROM accounts WHERE jid = ?1";
        match conn.query_row(same, [id.jid().as_str()], |row| row.get(0)).optional()? {
            Some(kept) => {
                // The other one may come later in the list.
                chats(conn, kept, &id)?;
                archives(conn, kept)?;
                contacts(conn, kept)?;
                merge::account(conn, (row, kept), &id)?;
            }
            None => drop(conn.execute("UPDATE accounts SET jid = ?2 WHERE id = ?1", params![row, id.jid().as_str()])?),
        }
    }
    Ok(())
}

fn texts(conn: &Connection, sql: &str, of: Option<i64>) -> Sql<Vec<(i64, String)>> {
    let mut statement = conn.prepare(sql)?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    match of {
        Some(of) => statement.query_map([of], read)?.collect(),
        None => statement.query_map([], read)?.collect(),
    }
}

fn chats(conn: &Connection, account: i64, id: &AccountId) -> Sql<()> {
    let all = texts(conn, "SELECT id, address FROM chats WHERE account = ?1 ORDER BY id", Some(account))?;
    // Nothing of ASCII changes; who is whom among the others is found by comparing, since there are few.
    let mut seen: Vec<(i64, Jid)> = Vec::new();
    for (row, text) in all.into_iter().filter(|(_, text)| !text.is_ascii()) {
        let Ok(address) = Jid::parse(&text) else { continue };
        let chat_id = ChatId::new(id.clone(), address.clone());
        if let Some((kept, address)) = seen.iter().find(|(_, other)| *other == address) {
            let kept = Chat { id: *kept, account, last_row: 0, is_accepted: true };
            merge::chat(conn, &ChatId::new(id.clone(), address.clone()), row, &kept)?;
            continue;
        }
        if address.as_str() != text {
            // A row of the true form may come later in the list: it is the one that stays.
            let same = "SELECT id FROM chats WHERE account = ?1 AND address = ?2";
            let later = conn.query_row(same, params![account, address.as_str()], |row| row.get(0)).optional()?;
            if let Some(kept) = later {
                merge::chat(conn, &chat_id, row, &Chat { id: kept, account, last_row: 0, is_accepted: true })?;
                continue;
            }
            conn.execute("UPDATE chats SET address = ?2 WHERE id = ?1", params![row, address.as_str()])?;
            merge::move_messages(
                conn,
                &chat_id,
                row,
                &Chat { id: row, account, last_row: 0, is_accepted: true },
                None,
            )?;
        }
        seen.push((row, address));
    }
    Ok(())
}

fn archives(conn: &Connection, account: i64) -> Sql<()> {
    for (row, text) in texts(conn, "SELECT id, jid FROM archives WHERE account = ?1 ORDER BY id", Some(account))? {
        let Some(jid) = BareJid::parse(&text).ok().filter(|jid| jid.as_str() != text) else { continue };
        let same = "SELECT id FROM archives WHERE account = ?1 AND jid = ?2";
        match conn.query_row(same, params![account, jid.as_str()], |row| row.get(0)).optional()? {
            Some(kept) => merge::archive(conn, row, kept)?,
            None => drop(conn.execute("UPDATE archives SET jid = ?2 WHERE id = ?1", params![row, jid.as_str()])?),
        }
    }
    Ok(())
}

/// The row of the true form stays where there are two; the server is asked for its own list anyway.
fn contacts(conn: &Connection, account: i64) -> Sql<()> {
    let all: Vec<String> = conn
        .prepare("SELECT jid FROM contacts WHERE account = ?1")?
        .query_map([account], |row| row.get(0))?
        .collect::<Sql<_>>()?;
    for text in all {
        let Some(jid) = BareJid::parse(&text).ok().filter(|jid| jid.as_str() != text) else { continue };
        conn.execute(
            "UPDATE OR IGNORE contacts SET jid = ?3 WHERE account = ?1 AND jid = ?2",
            params![account, text, jid.as_str()],
        )?;
        conn.execute("DELETE FROM contacts WHERE account = ?1 AND jid = ?2", params![account, text])?;
        conn.execute("UPDATE accounts SET roster_version = NULL WHERE id = ?1", [account])?;
    }
    Ok(())
}
