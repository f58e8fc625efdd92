//! Where a server's operators tell of outages (XEP-0455), for when the server itself cannot be asked.

use super::Sql;
use crate::model::{Reach, StatusPlaces};
use rusqlite::{Connection, OptionalExtension, params};

/// Each with its number in the file.
const REACHES: [(i64, Reach); 5] =
    [(0, Reach::Public), (1, Reach::Private), (2, Reach::Link), (3, Reach::Loopback), (4, Reach::Nobody)];

/// Notes where; none of them forgets it.
pub(in crate::store) fn set(conn: &Connection, account: i64, places: &StatusPlaces) -> Sql<()> {
    if places.addresses.is_empty() {
        conn.prepare_cached("DELETE FROM status_places WHERE account = ?1")?.execute([account])?;
        return Ok(());
    }
    let reach = REACHES.iter().find(|(_, reach)| *reach == places.reach).map_or(0, |(number, _)| *number);
    conn.prepare_cached("INSERT OR REPLACE INTO status_places (account, addresses, reach) VALUES (?1, ?2, ?3)")?
        .execute(params![account, places.addresses.join("\n"), reach])?;
    Ok(())
}

/// What was noted.
pub(in crate::store) fn get(conn: &Connection, account: i64) -> Sql<StatusPlaces> {
    let row = conn
        .query_row("SELECT addresses, reach FROM status_places WHERE account = ?1", [account], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    let Some((addresses, number)) = row else { return Ok(StatusPlaces::default()) };
    let reach = REACHES.iter().find(|(known, _)| *known == number).map_or(Reach::Public, |(_, reach)| *reach);
    Ok(StatusPlaces { addresses: addresses.lines().map(str::to_owned).collect(), reach })
}
