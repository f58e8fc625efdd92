//! The cached roster with its version (RFC 6121 §2.6).

use super::Sql;
use crate::model::{BareJid, Contact, Subscription, Untrusted};
use rusqlite::{Connection, params};

/// Between group names in their column; XML cannot carry it, so no name holds one.
const BETWEEN: char = '\u{1f}';

/// Replaces the roster. Whoever stands in it is no stranger.
pub(in crate::store) fn replace(conn: &Connection, account: i64, version: Option<&str>, all: &[Contact]) -> Sql<()> {
    conn.execute("DELETE FROM contacts WHERE account = ?1", [account])?;
    for contact in all {
        put(conn, account, contact)?;
    }
    set_version(conn, account, version)?;
    conn.execute(
        "UPDATE chats SET is_accepted = 1 WHERE account = ?1 AND kind = 0 AND is_accepted = 0
         AND address IN (SELECT jid FROM contacts WHERE account = ?1)",
        [account],
    )?;
    Ok(())
}

/// Adds, changes or removes one contact.
pub(in crate::store) fn change(
    conn: &Connection,
    account: i64,
    version: Option<&str>,
    change: &Result<Contact, BareJid>,
) -> Sql<()> {
    match change {
        Ok(contact) => {
            put(conn, account, contact)?;
            conn.execute(
                "UPDATE chats SET is_accepted = 1 WHERE account = ?1 AND address = ?2 AND kind = 0",
                params![account, contact.jid.as_str()],
            )?;
        }
        Err(gone) => {
            conn.execute("DELETE FROM contacts WHERE account = ?1 AND jid = ?2", params![account, gone.as_str()])?;
        }
    }
    set_version(conn, account, version)
}

fn set_version(conn: &Connection, account: i64, version: Option<&str>) -> Sql<()> {
    conn.execute("UPDATE accounts SET roster_version = ?2 WHERE id = ?1", params![account, version])?;
    Ok(())
}

fn put(conn: &Connection, account: i64, contact: &Contact) -> Sql<()> {
    let mut groups = String::new();
    for group in &contact.groups {
        groups.extend(group.raw().chars().filter(|c| *c != BETWEEN));
        groups.push(BETWEEN);
    }
    let subscription = match contact.subscription {
        Subscription::None => 0,
        Subscription::To => 1,
        Subscription::From => 2,
        Subscription::Both => 3,
    };
    conn.prepare_cached("INSERT OR REPLACE INTO contacts VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(params![
        account,
        contact.jid.as_str(),
        contact.name.as_ref().map(Untrusted::raw),
        groups,
        subscription,
        contact.is_asked,
    ])?;
    Ok(())
}

/// All contacts, by address.
pub(in crate::store) fn all(conn: &Connection, account: i64) -> Sql<Vec<Contact>> {
    let mut all = Vec::new();
    let mut statement = conn.prepare_cached(
        "SELECT jid, name, groups, subscription, is_asked FROM contacts WHERE account = ?1 ORDER BY jid",
    )?;
    let mut rows = statement.query([account])?;
    while let Some(row) = rows.next()? {
        // An address that we no longer take for one is left out; the next roster replaces the cache.
        let Ok(jid) = BareJid::parse(row.get_ref(0)?.as_str()?) else { continue };
        let groups: String = row.get(2)?;
        all.push(Contact {
            jid,
            name: row.get::<_, Option<String>>(1)?.map(Untrusted::from),
            groups: groups.split_terminator(BETWEEN).map(Untrusted::from).collect(),
            subscription: match row.get::<_, i64>(3)? {
                1 => Subscription::To,
                2 => Subscription::From,
                3 => Subscription::Both,
                _ => Subscription::None,
            },
            is_asked: row.get(4)?,
        });
    }
    Ok(all)
}
