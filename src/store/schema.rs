//! Opening the database: its settings, its format, and what to do with a file that is damaged or too new.
//!
//! Each migration is one transaction, and the file is copied before the first one. So neither a kill in the middle nor
//! a faulty migration loses anything. What SQL cannot do is a task, done after the last one, in a transaction of its own.

use super::error::{StoreError, is_damage};
use super::profile;
use super::tables::{indexing, prepared, purge};
use crate::words;
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::{fs, path::Path, time::Duration};

/// The formats, oldest first; number one is the first.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
    include_str!("schema/0008.sql"),
    include_str!("schema/0009.sql"),
];

/// What tells a format from the one before it: its number, a table, and a column of it. The number alone proves nothing
/// since it is four bytes that a disk can turn like any others.
const MARKS: &[(usize, &str, &str)] = &[
    (1, "accounts", "jid"),
    (2, "resumable", "session"),
    (3, "messages", "sum"),
    (4, "status_places", "addresses"),
    (5, "tasks", "name"),
    (6, "answered_invites", "room"),
    (7, "unfolded", "node"),
    (8, "indexing", "held"),
    (9, "acts", "target"),
];

/// Opens, or makes, the database for writing; a damaged one is put aside. With a line for the user where
/// that happened.
pub(super) fn open(path: &Path) -> Result<(Connection, Option<String>), StoreError> {
    let was_marked = profile::damage_mark(path).exists();
    let damage = if was_marked && path.exists() {
        words::store::damaged_in_use()
    } else {
        match open_with(path, MIGRATIONS) {
            Err(StoreError::Sql(error)) if is_damage(&error) => error.to_string(),
            Err(StoreError::Foreign) => words::store::not_ours(),
            Err(StoreError::Misnumbered(found)) => words::store::wrong_format(found),
            Err(error) => return Err(error),
            Ok(conn) => return Ok((conn, None)),
        }
    };
    let aside = profile::put_aside(path)?;
    let told = words::store::was_damaged(damage, aside.display());
    Ok((open_with(path, MIGRATIONS)?, Some(told)))
}

/// Opens the database and brings it to the newest of `migrations`.
fn open_with(path: &Path, migrations: &[&str]) -> Result<Connection, StoreError> {
    let known = migrations.len() as u32;
    let is_old = fs::metadata(path).is_ok_and(|m| m.len() > 0);
    if is_old {
        // SQLite would not say why.
        drop(fs::OpenOptions::new().read(true).write(true).open(path).map_err(StoreError::io(path))?);
    }
    let found = if is_old { version_untouched(path)? } else { 0 };
    let found = u32::try_from(found).map_err(|_| StoreError::Misnumbered(found))?;
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    profile::make_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags)?;
    tune(&conn)?;
    conn.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "NORMAL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    if is_old && !is_ours(&conn, found)? {
        return Err(StoreError::Foreign);
    }
    if found > 0 && !is_of_format(&conn, found)? {
        return Err(StoreError::Misnumbered(found.into()));
    }
    if found < known {
        if found > 0 {
            keep_copy(&conn, path, found)?;
        }
        migrate(&mut conn, migrations, found)?;
    }
    finish(&mut conn)?;
    // Damage in the tables' definitions shows here at the latest.
    conn.query_row("SELECT count(*) FROM accounts", [], |_| Ok(()))?;
    Ok(conn)
}

/// Whether a file can have been made by a parlour of this format. One whose making was broken off is empty still.
fn is_ours(conn: &Connection, found: u32) -> Result<bool, StoreError> {
    let count = |sql| conn.query_row(sql, [], |row| row.get::<_, u32>(0));
    if found == 0 {
        return Ok(count("SELECT count(*) FROM sqlite_master")? == 0);
    }
    let sql = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('accounts', 'chats', 'messages')";
    Ok(count(sql)? == 3)
}

/// Whether a file holds what this format made, and nothing that a later one made.
fn is_of_format(conn: &Connection, found: u32) -> Result<bool, StoreError> {
    let mut statement = conn.prepare("SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2")?;
    for (format, table, column) in MARKS {
        if statement.exists([table, column])? != (*format <= found as usize) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Opens the database for reading only.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    tune(&conn)?;
    Ok(conn)
}

fn tune(conn: &Connection) -> Result<(), StoreError> {
    conn.busy_timeout(Duration::from_secs(5))?;
    conn.set_prepared_statement_cache_capacity(128);
    // A plan that depends on the values that are bound is made anew whenever they change: for each message.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    purge::usually(conn)?;
    conn.pragma_update_and_check(None, "journal_size_limit", 16 << 20, |_| Ok(()))?;
    Ok(())
}

/// The format of a file, read without changing a byte of it.
fn version_untouched(path: &Path) -> Result<i64, StoreError> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    Ok(conn.query_row("SELECT user_version FROM pragma_user_version", [], |row| row.get(0))?)
}

fn keep_copy(conn: &Connection, path: &Path, found: u32) -> Result<(), StoreError> {
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let copy = profile::with_end(path, &format!(".format-{found}"));
    let part = profile::with_end(path, &format!(".format-{found}.part"));
    fs::copy(path, &part).map_err(StoreError::io(&part))?;
    profile::restrict(&part, 0o600)?;
    fs::rename(&part, &copy).map_err(StoreError::io(copy))
}

fn migrate(conn: &mut Connection, migrations: &[&str], found: u32) -> Result<(), StoreError> {
    for (at, sql) in migrations.iter().enumerate().skip(found as usize) {
        let step = conn.transaction()?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", at as u32 + 1)?;
        step.commit()?;
    }
    Ok(())
}

/// Does what the steps could not do in SQL. It uses the tables as they are now, so it waits for the last step.
fn finish(conn: &mut Connection) -> Result<(), StoreError> {
    let has_tasks = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'tasks'";
    let due = "SELECT 1 FROM tasks WHERE name = 'prepare addresses'";
    if conn.prepare(has_tasks)?.exists([])? && conn.prepare(due)?.exists([])? {
        let step = conn.transaction()?;
        prepared::all(&step)?;
        step.execute("DELETE FROM tasks WHERE name = 'prepare addresses'", [])?;
        step.commit()?;
    }
    if conn.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'indexing'")?.exists([])? {
        indexing::begin(conn)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: &str = "CREATE TABLE later (x INTEGER) STRICT;";

    #[test]
    fn a_migration_keeps_a_copy_of_the_old_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        let conn = open_with(&path, &MIGRATIONS[..1]).unwrap();
        conn.execute("INSERT INTO accounts (jid) VALUES ('a@b')", []).unwrap();
        drop(conn);
        let conn = open_with(&path, &[MIGRATIONS[0], SECOND]).unwrap();
        assert_eq!(conn.query_row("SELECT count(*) FROM accounts", [], |r| r.get::<_, i64>(0)).unwrap(), 1);
        conn.execute("INSERT INTO later VALUES (1)", []).unwrap();
        let copy = open_reader(&dir.path().join("db.format-1")).unwrap();
        assert_eq!(copy.query_row("SELECT jid FROM accounts", [], |r| r.get::<_, String>(0)).unwrap(), "a@b");
        assert!(copy.prepare("SELECT * FROM later").is_err());
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        drop(open_with(&path, &MIGRATIONS[..1]).unwrap());
        let broken = "CREATE TABLE half (x INTEGER) STRICT; CREATE TABLE accounts (x);";
        assert!(matches!(open_with(&path, &[MIGRATIONS[0], broken]), Err(StoreError::Sql(_))));
        let conn = open_with(&path, MIGRATIONS).unwrap();
        assert!(conn.prepare("SELECT * FROM half").is_err());
    }

    #[test]
    fn r11_a_database_of_another_program_is_put_aside() {
        for version in [0, 1, MIGRATIONS.len() as u32] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("db");
            let theirs = Connection::open(&path).unwrap();
            theirs.execute_batch("CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('x')").unwrap();
            theirs.pragma_update(None, "user_version", version).unwrap();
            drop(theirs);
            let (_conn, told) = open(&path).unwrap();
            assert!(told.unwrap().contains("not a message history of parlour"), "{version}");
            let aside = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path());
            let aside = aside.filter(|p| p.to_string_lossy().contains(".corrupt-")).min().unwrap();
            let kept = Connection::open(aside).unwrap();
            assert_eq!(kept.query_row("SELECT url FROM bookmarks", [], |r| r.get::<_, String>(0)).unwrap(), "x");
            assert!(kept.prepare("SELECT * FROM messages").is_err(), "nothing of ours was put into it");
        }
    }

    #[test]
    fn a_newer_file_is_left_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        let later: Vec<&str> = MIGRATIONS.iter().copied().chain([SECOND]).collect();
        drop(open_with(&path, &later).unwrap());
        let known = MIGRATIONS.len() as u32;
        let before = fs::read(&path).unwrap();
        assert!(
            matches!(open(&path), Err(StoreError::Newer { found, known: k, .. }) if (found, k) == (known + 1, known))
        );
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn every_format_has_its_mark() {
        let marks = |format: usize| {
            let conn = Connection::open_in_memory().unwrap();
            for sql in &MIGRATIONS[..format] {
                conn.execute_batch(sql).unwrap();
            }
            let columns = "SELECT count(*) FROM sqlite_master m, pragma_table_info(m.name) WHERE m.type = 'table'";
            let columns: i64 = conn.query_row(columns, [], |row| row.get(0)).unwrap();
            let fits: Vec<usize> = (1..=MIGRATIONS.len()).filter(|n| is_of_format(&conn, *n as u32).unwrap()).collect();
            (columns, fits)
        };
        for format in 1..=MIGRATIONS.len() {
            let (columns, fits) = marks(format);
            assert!(fits.contains(&format), "format {format}");
            // A format that changes no table, but what stands in them, is made again without harm.
            let alike: Vec<usize> = (1..=MIGRATIONS.len()).filter(|n| marks(*n).0 == columns).collect();
            assert_eq!(fits, alike, "format {format} lacks a mark");
        }
    }

    #[test]
    fn r11_a_damaged_format_number_puts_the_file_aside() {
        let known = i64::from(MIGRATIONS.len() as u32);
        // Each number in a file of each format, where it is not its own.
        for (format, number) in (1..=known).flat_map(|f| (-1..=known).chain([i32::MIN.into(), -7]).map(move |n| (f, n)))
        {
            if number == format {
                continue;
            }
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("db");
            let conn = open_with(&path, &MIGRATIONS[..format as usize]).unwrap();
            conn.execute("INSERT INTO accounts (jid) VALUES ('a@b')", []).unwrap();
            conn.pragma_update(None, "user_version", number).unwrap();
            conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
            drop(conn);
            let before = fs::read(&path).unwrap();
            let (conn, told) = open(&path).unwrap();
            assert!(told.is_some_and(|t| t.contains(".corrupt-")), "{number} in a file of {format}");
            assert_eq!(conn.query_row("SELECT count(*) FROM accounts", [], |r| r.get::<_, i64>(0)).unwrap(), 0);
            let aside = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path());
            let aside = aside.filter(|p| p.to_string_lossy().contains(".corrupt-")).min().unwrap();
            assert_eq!(fs::read(aside).unwrap(), before, "{number} in a file of {format}: kept as it was");
        }
    }

    #[test]
    fn damaged_files_are_put_aside_and_kept() {
        for bytes in [b"this is no database, and it is long enough to be read as one".repeat(40), {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("db");
            drop(open_with(&path, MIGRATIONS).unwrap());
            let mut whole = fs::read(&path).unwrap();
            whole[..4096].fill(0);
            whole
        }] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("db");
            fs::write(&path, &bytes).unwrap();
            let (_conn, told) = open(&path).unwrap();
            assert!(told.unwrap().contains(".corrupt-"));
            let aside = fs::read_dir(dir.path())
                .unwrap()
                .map(|e| e.unwrap().path())
                .find(|p| p.to_string_lossy().contains(".corrupt-"))
                .unwrap();
            assert_eq!(fs::read(aside).unwrap(), bytes);
        }
    }

    #[test]
    fn damage_that_was_noted_is_put_aside() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        drop(open(&path).unwrap());
        profile::mark_damaged(&path);
        assert!(open(&path).unwrap().1.is_some());
        assert!(open(&path).unwrap().1.is_none());
    }
}

#[cfg(test)]
#[path = "schema_upgrade_tests.rs"]
mod upgrade_tests;
