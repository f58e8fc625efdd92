//! Every format that there was becomes the newest, and a kill in the middle costs nothing.
//!
//! The program that is killed is this very test binary, started again for [`upgrades`] alone.

use super::*;
use std::process::{Command, Stdio};

#[path = "../../tests/shared/figures.rs"]
mod figures;

/// A step that takes a while: many rows, each from one that was there.
const SLOW: &str = "CREATE TABLE later (x INTEGER) STRICT;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
    INSERT INTO later SELECT i FROM n;";
const ROWS: i64 = 300_000;

fn count(conn: &Connection, sql: &str) -> i64 {
    conn.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// A profile of an old format, with something in it.
fn old(path: &Path, format: usize) {
    let conn = open_with(path, &MIGRATIONS[..format]).unwrap();
    conn.execute_batch(
        "INSERT INTO accounts (id, jid) VALUES (1, 'me@home.test');
         INSERT INTO chats (id, account, address, kind, is_open, is_accepted, draft) VALUES (1, 1, 'bob@b', 0, 1, 1, 'dear');",
    )
    .unwrap();
    for n in 0..500 {
        conn.execute(
            "INSERT INTO messages (id, chat, sender, kind, body, time, is_delayed, delivery, is_mention, weight)
             VALUES (?1, 1, 'bob@b/a', 0, 'words ' || ?1, ?1, 0, 0, 1, 1)",
            [n],
        )
        .unwrap();
    }
}

fn assert_whole(conn: &Connection) {
    assert_eq!(count(conn, "SELECT count(*) FROM messages WHERE body = 'words ' || id"), 500);
    assert_eq!(count(conn, "SELECT count(*) FROM chats WHERE draft = 'dear'"), 1);
    let sound: String = conn.query_row("PRAGMA quick_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}

#[test]
fn r30_every_format_becomes_the_newest() {
    for format in 1..=MIGRATIONS.len() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        old(&path, format);
        let (conn, told) = open(&path).unwrap();
        assert_eq!(told, None);
        assert_eq!(count(&conn, "SELECT user_version FROM pragma_user_version"), MIGRATIONS.len().cast_signed() as i64);
        assert_whole(&conn);
        let copy = dir.path().join(format!("db.format-{format}"));
        assert_eq!(copy.exists(), format < MIGRATIONS.len());
        if copy.exists() {
            assert_whole(&open_reader(&copy).unwrap());
        }
    }
}

fn with_slow() -> Vec<&'static str> {
    MIGRATIONS.iter().copied().chain([SLOW]).collect()
}

/// Not a test by itself: the program of the next one.
#[test]
#[ignore = "killed on purpose"]
fn upgrades() {
    let path = std::env::var("PARLOUR_UPGRADES").unwrap();
    open_with(Path::new(&path), &with_slow()).unwrap();
}

#[test]
fn r30_a_kill_in_the_middle_costs_nothing() {
    let mut kills = figures::scale(4, 20);
    let mut dice = figures::seed();
    println!("PARLOUR_SEED={dice}");
    let (mut before, mut after) = (0, 0);
    // A machine that is busy may be late with each kill: some more, then.
    let mut round = 0;
    while round < kills {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        old(&path, 1 + round % MIGRATIONS.len());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "store::schema::upgrade_tests::upgrades"])
            .env("PARLOUR_UPGRADES", &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The log grows while the step is under way; the kill falls somewhere into that.
        let wal = profile::with_end(&path, "-wal");
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wanted = (dice >> 33) % 5_000_000;
        while fs::metadata(&wal).map_or(0, |m| m.len()) < wanted && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let _gone = child.kill();
        child.wait().unwrap();
        let found = version_untouched(&path).unwrap();
        if found as usize > MIGRATIONS.len() {
            after += 1;
        } else {
            before += 1;
        }
        let conn = open_with(&path, &with_slow()).unwrap();
        assert_whole(&conn);
        assert_eq!(count(&conn, "SELECT count(*) FROM later"), ROWS);
        let copies = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path());
        let copies =
            copies.filter(|p| p.to_string_lossy().contains(".format-") && !p.to_string_lossy().ends_with(".part"));
        let copies: Vec<_> = copies.collect();
        assert!(!copies.is_empty(), "the old file is kept");
        for copy in copies {
            assert_whole(&open_reader(&copy).unwrap());
        }
        round += 1;
        if round == kills && before == 0 && kills < 40 {
            kills += 1;
        }
    }
    assert!(before > 0, "no kill fell into the middle");
    let formats = MIGRATIONS.len();
    figures::figure(
        "R-30",
        "",
        &format!(
            "{formats} formats to the newest; {kills} kills -9 in the middle ({after} after the last step): 0 lost, copy kept"
        ),
    );
}
