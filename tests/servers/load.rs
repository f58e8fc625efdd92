//! Load: a huge room (R-13), a long absence (R-14), huge stanzas (R-15), a flood (R-16). The real program on a
//! pseudo-terminal, a real Prosody, and a component behind it that plays rooms and strangers of any number.
//!
//! Bounds in time hold for an optimised program, so that only the full run (`cargo test --release`) asserts them whole;
//! the small run has counts of its own and ten times the time.

use super::component::{Component, message};
use super::figures::{figure, is_full};
use super::harness::{PATIENCE, Server};
use super::peer::{Peer, assert_ordered};
use super::terminal::pty::{Home, Plan, Term, p99};
use super::terminal::{config, quit};
use parlour::contract::Event;
use parlour::contract::event::history::Event as HistoryEvent;
use rusqlite::{Connection, params};
use std::collections::HashSet;
use std::time::{Duration, Instant};

const WIDE: Plan<'static> = Plan { program: env!("CARGO_BIN_EXE_parlour"), args: &[], env: &[], size: (100, 30) };

/// How much more time the program may take than the goal.
fn patience(goal: Duration) -> Duration {
    if cfg!(debug_assertions) { goal * 10 } else { goal }
}

/// A count: whole in the full run of an optimised program.
fn size<T>(small: T, full: T) -> T {
    if is_full() && !cfg!(debug_assertions) { full } else { small }
}

/// A server that logs what servers log for their users: at "debug" the log is what is measured.
fn quiet(kind: &str) -> Server {
    Server::start_with(kind, &["--log", "warning"])
}

/// A signed-in program.
fn program(server: &Server, home: &Home) -> Term {
    config(home, server, "alice");
    let mut term = Term::start(home, &WIDE);
    term.wait_for("online");
    term
}

#[test]
fn r13_a_room_of_thousands() {
    let people = size(1_000, 10_000);
    let server = quiet("prosody");
    let mut component = Component::start(&server);
    let home = Home::new();
    let mut term = program(&server, &home);
    let room = format!("big@{}", component.host);
    let began = Instant::now();
    term.send(&format!("/join {room}\r"));
    let me = component.joined(&room, "alice", people);
    component.send(&message(&format!("{room}/n0"), &me, "groupchat", "joinmark"));
    term.wait_for("joinmark");
    let join = began.elapsed();
    // Twenty messages a second, while a person types.
    let chatter = component.chatter(&room, &me, Duration::from_millis(50));
    let times = term.key_times(Duration::from_millis(25), |pressed| pressed < size(40, 400));
    drop(chatter);
    let (p99, peak) = (p99(&times), term.peak());
    quit(term);
    let words = format!(
        "{people} occupants, joined in {:.2} s; 20 messages/s: key to paint p99 {:.1} ms; at most {peak} MB",
        join.as_secs_f64(),
        p99.as_secs_f64() * 1e3
    );
    figure("R-13", "prosody", &words);
    assert!(join <= patience(Duration::from_secs(5)), "{words}");
    assert!(p99 < patience(Duration::from_millis(50)), "{words}");
    assert!(peak <= 150, "{words}");
}

#[test]
fn r15_huge_stanzas_cost_a_notice() {
    let server =
        Server::start_with("prosody", &["--stanza-limit", "20000000", "--opt", "component_stanza_size_limit=20000000"]);
    let mut component = Component::start(&server);
    let home = Home::new();
    let mut term = program(&server, &home);
    let me = format!("alice@{}", server.host());
    let bob = format!("bob@{}", component.host);
    term.send(&format!("/msg {bob} hello\r"));
    component.wait_for("<body>hello</body>");
    let before = term.peak();
    let mut words = Vec::new();
    for (what, payload) in [
        ("1 MB", format!("<body>{}</body>", "x".repeat(1_000_000))),
        ("4 MB", format!("<body>{}</body>", "x".repeat(4_000_000))),
        ("10 MB", format!("<body>{}</body>", "x".repeat(10_000_000))),
        ("30,000 children", format!("<body>k</body><x xmlns='urn:x'>{}</x>", "<a/>".repeat(30_000))),
    ] {
        component.send(&format!("<message from='{bob}/x' to='{me}' type='chat' id='h'>{payload}</message>"));
        let mark = format!("mark{}", words.len());
        component.send(&message(&format!("{bob}/x"), &me, "chat", &mark));
        term.wait_for(&mark);
        words.push(what);
    }
    let times = term.key_times(Duration::from_millis(5), |pressed| pressed < 20);
    let grown = term.peak().saturating_sub(before);
    assert!(term.screen().contents().contains("online"), "{}", term.screen().contents());
    quit(term);
    let words = format!(
        "{}: the stream lives, key p99 {:.1} ms, +{grown} MB",
        words.join(", "),
        p99(&times).as_secs_f64() * 1e3
    );
    figure("R-15", "prosody", &words);
    assert!(p99(&times) < patience(Duration::from_millis(100)), "{words}");
    assert!(grown <= 40, "{words}");
}

#[test]
fn r16_a_flood() {
    let count = size(3_000, 300_000);
    let server = quiet("prosody");
    let mut component = Component::start(&server);
    let home = Home::new();
    let mut term = program(&server, &home);
    let me = format!("alice@{}", server.host());
    let room = format!("loud@{}", component.host);
    term.send(&format!("/join {room}\r"));
    let at = component.joined(&room, "alice", 20);
    component.send(&message(&format!("{room}/n0"), &at, "groupchat", "inside"));
    term.wait_for("inside");
    let began = Instant::now();
    // From one room, then from a hundred people; a person types meanwhile.
    let in_room = |name: &'static str| {
        let (room, at) = (room.clone(), at.clone());
        move |i: usize| message(&format!("{room}/n{}", i % 20), &at, "groupchat", &format!("{name} {i}"))
    };
    let pump = component.pump((0..count).map(in_room("fr")));
    let times = term.key_times(Duration::from_millis(20), |pressed| pressed < size(20, 200));
    pump.join();
    component.send(&message(&format!("{room}/n0"), &at, "groupchat", "roomdone"));
    term.wait_within(Duration::from_mins(5), "the room's end", |s| s.contents().contains("roomdone"));
    let host = component.host.clone();
    let of_person = move |i: usize| message(&format!("u{}@{host}/x", i % 100), &me, "chat", &format!("fu {i}"));
    let pump = component.pump((0..count).map(of_person));
    pump.join();
    component.send(&message(&format!("{room}/n0"), &at, "groupchat", "alldone"));
    term.wait_within(Duration::from_mins(5), "the end", |s| s.contents().contains("alldone"));
    let took = began.elapsed();
    let (of_room, of_people) = (home.stored("fr "), home.stored("fu "));
    let peak = term.peak();
    // And the key that quits is heard while it goes on.
    let pump = component.pump((0..count * 3).map(in_room("fq")));
    term.wait_for("fq ");
    let pressed = Instant::now();
    term.send("\x11");
    term.wait_until("the screen given back", |s| !s.alternate_screen());
    let heard = pressed.elapsed();
    assert_eq!(term.wait_exit(), 0);
    let ended = pressed.elapsed();
    drop(pump);
    let rate = (2 * count) as f64 / took.as_secs_f64();
    let words = format!(
        "{} messages from a room and 100 people, {rate:.0}/s taken: {} lost, {} doubled; key to paint p99 {:.0} ms; at most {peak} MB; quit key heard in {:.0} ms, ended in {:.0} ms",
        2 * count,
        2 * count - of_room.1 - of_people.1,
        of_room.0 + of_people.0 - of_room.1 - of_people.1,
        p99(&times).as_secs_f64() * 1e3,
        heard.as_secs_f64() * 1e3,
        ended.as_secs_f64() * 1e3
    );
    figure("R-16", "prosody", &words);
    assert_eq!((of_room, of_people), ((count, count), (count, count)), "{words}");
    assert!(peak <= 300, "{words}");
    assert!(heard <= patience(Duration::from_millis(200)), "{words}");
}

/// Fills alice's archive: `chats` conversations with `each` messages, all at the same times.
fn fill(server: &Server, kind: &str, (chats, each): (usize, usize), hours_ago: usize) {
    let mut db = Connection::open(server.info["sqlite"].as_str().unwrap()).unwrap();
    db.busy_timeout(Duration::from_secs(20)).unwrap();
    let (table, sql) = match kind {
        "prosody" => (
            "SELECT 1 FROM prosodyarchive",
            "INSERT INTO prosodyarchive (host, user, store, key, \"when\", \"with\", type, value)
             VALUES (?1, 'alice', 'archive', ?2, ?3 / 1000000, ?4, 'xml', ?5)",
        ),
        _ => (
            "SELECT 1 FROM archive",
            "INSERT INTO archive (username, timestamp, peer, bare_peer, xml, txt, kind, nick)
             VALUES ('alice', ?3, ?4 || '/x', ?4, ?5, ?2 || ?1, 'chat', '')",
        ),
    };
    let deadline = Instant::now() + PATIENCE;
    while let Err(e) = db.prepare(table) {
        // Prosody makes it when it first needs it.
        assert!(Instant::now() < deadline, "no table: {e}");
        std::thread::sleep(Duration::from_millis(50));
    }
    let host = server.host();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().cast_signed();
    let began = now - (3_600 * hours_ago).cast_signed() as i64;
    let all = db.transaction().unwrap();
    for i in 0..each {
        for chat in 0..chats {
            let with = format!("peer{chat}@{host}");
            let body = format!(
                "<message type='chat' id='s{hours_ago}-{chat}-{i}' from='{with}/x' to='alice@{host}'><body>m{hours_ago}-{chat}-{i}</body></message>"
            );
            let second = began + (i * 3_600 * 20 / each).cast_signed() as i64;
            // ejabberd's ids are times; the messages of one time differ in the last figures.
            let when = second * 1_000_000 + ((i % 1_000) * 1_000 + chat).cast_signed() as i64;
            let key = format!("k{hours_ago}-{i:06}-{chat:02}");
            all.execute(sql, params![host, key, when, with, body]).unwrap();
        }
    }
    all.commit().unwrap();
}

/// How long the server's process has been at work, in seconds of a processor.
fn cpu_time(server: &Server) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.info["pid"])).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|n| n.parse::<u64>().unwrap()).sum();
    // A tick is a hundredth of a second wherever Linux shows it (USER_HZ).
    Duration::from_millis(ticks * 10)
}

#[tokio::test(flavor = "multi_thread")]
async fn r14_a_long_absence_prosody() {
    a_long_absence("prosody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r14_a_long_absence_ejabberd() {
    a_long_absence("ejabberd").await;
}

async fn a_long_absence(kind: &str) {
    let (chats, each) = size((10, 100), (50, 2_000));
    let server = quiet(kind);
    // The table is there once somebody has asked; what alice has seen before is where her absence begins.
    let mut before = server.client("alice", false);
    before.online().await;
    fill(&server, kind, (1, 1), 48);
    drop(before);
    let home = tempfile::tempdir().unwrap();
    let is_done = |event: &Event| matches!(event, Event::History(HistoryEvent::CatchUpDone(_)));
    let mut alice = Peer::start(home.path(), server.settings("alice", false), "pw-alice");
    alice.wait("the first catch-up", |event| is_done(event).then_some(())).await;
    alice.close().await;
    fill(&server, kind, (chats, each), 24);
    let (began, worked) = (Instant::now(), cpu_time(&server));
    let mut alice = Peer::start(home.path(), server.settings("alice", false), "pw-alice");
    let (mut first, mut pages) = (None, 0);
    let catch_up = async {
        loop {
            let committed = alice.outputs.committed.recv().await.expect("the store lives");
            for event in &committed.events {
                if let Event::History(HistoryEvent::PageStored { chats, .. }) = event {
                    first.get_or_insert_with(|| (began.elapsed(), format!("{chats:?}")));
                    pages += 1;
                }
            }
            if committed.events.iter().any(is_done) {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(5), catch_up).await.expect("the catch-up ends");
    let took = began.elapsed();
    // Of one processor: Prosody has one thread.
    let at_work = cpu_time(&server).saturating_sub(worked).as_secs_f64() / took.as_secs_f64();
    let (mut all, mut different) = (0, HashSet::new());
    for chat in 0..chats {
        let with = parlour::model::BareJid::parse(&format!("peer{chat}@{}", server.host())).unwrap();
        let messages = alice.stored(&alice.chat(&with)).await;
        assert_ordered(&messages);
        let messages: Vec<_> = messages.iter().filter(|m| m.body.raw().starts_with("m24-")).collect();
        all += messages.len();
        different.extend(messages.iter().map(|m| m.body.raw().to_owned()));
    }
    alice.close().await;
    let (first, newest) = first.expect("a page");
    assert!(newest.contains(&format!("-{}\"", each - 1)), "the newest come first: {newest}");
    let rate = all as f64 / took.as_secs_f64();
    let words = format!(
        "{} messages in {chats} chats, {pages} pages: first page after {:.2} s, all in {:.1} s ({rate:.0}/s, the server busy for {:.0} % of it); {} lost, {} doubled",
        chats * each,
        first.as_secs_f64(),
        took.as_secs_f64(),
        at_work * 100.0,
        chats * each - different.len(),
        all - different.len()
    );
    figure("R-14", kind, &words);
    assert_eq!((all, different.len()), (chats * each, chats * each), "{words}");
    assert!(first <= patience(Duration::from_secs(2)), "{words}");
    if is_full() && !cfg!(debug_assertions) {
        // What the server does not hand over faster nobody can store faster. It rests between a page and the next question.
        assert!(rate >= 3_000.0 || at_work >= 0.7, "{words}");
    }
}
