//! The known archives, and which intervals of each are stored without gaps.

use super::Sql;
use crate::contract::Interval;
use crate::model::{BareJid, Time};
use rusqlite::{Connection, OptionalExtension, params};

/// The archive's row.
pub(in crate::store) fn find(conn: &Connection, account: i64, jid: &BareJid) -> Sql<Option<i64>> {
    conn.prepare_cached("SELECT id FROM archives WHERE account = ?1 AND jid = ?2")?
        .query_row(params![account, jid.as_str()], |row| row.get(0))
        .optional()
}

/// The archive's row, made where it is not there.
pub(in crate::store) fn ensure(conn: &Connection, account: i64, jid: &BareJid) -> Sql<i64> {
    if let Some(id) = find(conn, account, jid)? {
        return Ok(id);
    }
    conn.prepare_cached("INSERT INTO archives (account, jid) VALUES (?1, ?2)")?
        .execute(params![account, jid.as_str()])?;
    Ok(conn.last_insert_rowid())
}

/// Replaces what is known to be stored of an archive.
pub(in crate::store) fn set_intervals(conn: &Connection, account: i64, jid: &BareJid, all: &[Interval]) -> Sql<()> {
    let archive = ensure(conn, account, jid)?;
    conn.prepare_cached("DELETE FROM intervals WHERE archive = ?1")?.execute([archive])?;
    let mut put = conn.prepare_cached("INSERT INTO intervals VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for (place, i) in all.iter().enumerate() {
        put.execute(params![archive, place as u32, i.first, i.last, i.first_time.0, i.last_time.0, i.is_start])?;
    }
    Ok(())
}

/// All archives of an account with their intervals, oldest first.
pub(in crate::store) fn all(conn: &Connection, account: i64) -> Sql<Vec<(BareJid, Vec<Interval>)>> {
    let mut all: Vec<(BareJid, Vec<Interval>)> = Vec::new();
    let mut statement = conn.prepare(
        "SELECT a.jid, i.first_id, i.last_id, i.first_time, i.last_time, i.is_start
         FROM archives a JOIN intervals i ON i.archive = a.id WHERE a.account = ?1 ORDER BY a.id, i.place",
    )?;
    let mut rows = statement.query([account])?;
    while let Some(row) = rows.next()? {
        let Ok(jid) = BareJid::parse(row.get_ref(0)?.as_str()?) else { continue };
        let interval = Interval {
            first: row.get(1)?,
            last: row.get(2)?,
            first_time: Time(row.get(3)?),
            last_time: Time(row.get(4)?),
            is_start: row.get(5)?,
        };
        match all.last_mut() {
            Some((last, intervals)) if *last == jid => intervals.push(interval),
            Some(_) | None => all.push((jid, vec![interval])),
        }
    }
    Ok(all)
}
