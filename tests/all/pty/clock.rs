//! The system's clock is set while parlour runs, to all places that a clock can go wrong by (R-08): nothing is disordered
//! and nothing spins. The clock that the program sees is libfaketime's; the steady ones go on as they are.

use super::harness::{Home, Plan, Term, lacks};
use crate::figures::figure;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const ACCOUNT: &str = "[accounts.\"romeo@montague.example\"]\nhost = \"127.0.0.1\"\nport = 9\n\
                       password_command = [\"printf\", \"x\"]\n";
const DAY: i64 = 86_400;

fn library() -> PathBuf {
    let places = ["/usr/lib", "/usr/local/lib", "/usr/lib64"];
    let deeper = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|e| e.path());
    let all = places.iter().map(PathBuf::from).chain(deeper);
    all.map(|p| p.join("faketime/libfaketime.so.1"))
        .find(|p| p.exists())
        .expect("libfaketime is missing: install the package faketime, or run tests/run")
}

/// Sets the program's clock so many seconds off.
fn set(file: &Path, offset: i64) {
    // Whole or not at all: it is read at each look at the clock.
    let new = file.with_extension("new");
    std::fs::write(&new, format!("{offset:+}\n")).unwrap();
    std::fs::rename(new, file).unwrap();
}

fn started(home: &Home, file: &Path, zone: &str) -> Term {
    set(file, 0);
    let library = library();
    let env = [
        ("LD_PRELOAD", library.to_str().unwrap()),
        ("FAKETIME_TIMESTAMP_FILE", file.to_str().unwrap()),
        ("FAKETIME_NO_CACHE", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("TZ", zone),
    ];
    let mut term = Term::start(home, &Plan { env: &env, size: (120, 36), ..Plan::default() });
    term.wait_until("the screen", |s| s.alternate_screen() && s.contents().contains("cannot reach"));
    term.send("/msg juliet@capulet.example\r");
    term.wait_for("juliet@capulet.example");
    term
}

/// What was written, in the order in which it is kept.
fn bodies(home: &Home) -> Vec<String> {
    let db = rusqlite::Connection::open(home.database()).unwrap();
    let mut rows = db.prepare("SELECT body FROM messages ORDER BY id").unwrap();
    rows.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Writes a message after each jump, and looks at what the program costs meanwhile.
fn jumps(zone: &str, offsets: &[i64]) -> u128 {
    let home = Home::new().with_config(ACCOUNT);
    let file = home.path().join("clock");
    let mut term = started(&home, &file, zone);
    let (mut took, mut busy) = (Duration::ZERO, Duration::ZERO);
    let mut written = Vec::new();
    for (n, offset) in offsets.iter().enumerate() {
        set(&file, *offset);
        let text = format!("word-{n}");
        term.send(&format!("{text}\r"));
        term.wait_for(&text);
        written.push(text);
        // A second in which nothing happens but the clock's own doings.
        let (began, before) = (Instant::now(), term.cpu());
        std::thread::sleep(Duration::from_secs(1));
        took += began.elapsed();
        busy += term.cpu().saturating_sub(before);
    }
    let share = busy.as_millis() * 100 / took.as_millis();
    assert!(share < 5, "{busy:?} of work in {took:?}");
    term.send("a draft");
    term.wait_for("a draft");
    term.send("\x11");
    term.wait_for("Quit?");
    term.send("y");
    assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
    term.assert_restored();
    assert_eq!(bodies(&home), written, "{zone} {offsets:?}");
    share
}

#[test]
fn r08_days_and_years_forth_and_back() {
    if lacks(&["faketime"]) {
        return;
    }
    let share = jumps("UTC", &[DAY, 0, -DAY, 0, 3_650 * DAY, 0, -3_650 * DAY, DAY]);
    figure("R-08", "jumps", &format!("±1 day and ±10 years, forth and back: order kept, {share} % of a processor"));
}

#[test]
fn r08_summer_and_winter_time() {
    if lacks(&["faketime"]) {
        return;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let now = i64::try_from(now).unwrap();
    // Around both changes of 2026 in Berlin (29 March and 25 October, 01:00 UTC), and a zone with half an hour.
    let share =
        jumps("Europe/Berlin", &[1_774_745_998 - now, 1_774_746_001 - now, 1_792_889_998 - now, 1_792_890_001 - now]);
    let other = jumps("Australia/Lord_Howe", &[1_775_314_798 - now, 1_775_314_802 - now]);
    figure(
        "R-08",
        "summer time",
        &format!("changes of 2026 in two zones: order kept, {} % of a processor", share.max(other)),
    );
}
