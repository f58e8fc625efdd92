//! However parlour ends, the terminal is the user's again and what was typed is kept (R-21, R-22, R-23).
//!
//! What a real program cannot be made to do (a panic, an abort) is done by this very test binary, started again as
//! the program of a terminal, with the same guard, keeper and screen; [`ends_badly`] is that program.

use super::harness::{DEADLINE, Home, Plan, Term, ends_within};
use crate::figures::{figure, scale};
use rustix::process::{Signal, kill_process};
use std::time::{Duration, Instant};

const WELCOME: &str = "Welcome. This is a chat client";
/// An account on a port where nobody listens, with its password, so that nothing is asked.
const ACCOUNT: &str = "[accounts.\"romeo@montague.example\"]\nhost = \"127.0.0.1\"\nport = 9\n\
                       password_command = [\"printf\", \"x\"]\n";

/// A terminal with an open chat.
fn chatting(home: &Home) -> Term {
    let mut term = Term::start(home, &Plan::default());
    term.wait_until("the screen", |s| s.alternate_screen() && s.contents().contains("cannot reach"));
    term.send("/msg juliet@capulet.example\r");
    term.wait_for("juliet@capulet.example");
    term
}

fn draft(home: &Home) -> String {
    let db = rusqlite::Connection::open(home.database()).unwrap();
    let sound: String = db.query_row("PRAGMA quick_check", [], |r| r.get(0)).unwrap();
    assert_eq!(sound, "ok");
    db.query_row("SELECT draft FROM chats WHERE address = 'juliet@capulet.example'", [], |r| r.get(0)).unwrap()
}

#[test]
fn r21_every_signal_gives_the_terminal_back() {
    // With a shell above, as in a user's terminal: when the leader of a session dies, the terminal goes with it.
    let shell = ["-c", "\"$PARLOUR\"; echo ended with $?; until read line; do sleep 0.01; done"];
    let env = [("PARLOUR", env!("CARGO_BIN_EXE_parlour"))];
    let ways: [&[Signal]; 8] = [
        &[Signal::TERM],
        &[Signal::HUP],
        &[Signal::INT],
        &[Signal::QUIT],
        &[Signal::ABORT],
        &[Signal::INT, Signal::INT],
        &[Signal::TERM, Signal::TERM, Signal::TERM],
        &[Signal::KILL],
    ];
    let rounds = scale(1, 100);
    for _ in 0..rounds {
        for way in ways {
            let home = Home::new();
            let mut term = Term::start(&home, &Plan { program: "sh", args: &shell, env: &env, ..Plan::default() });
            term.wait_for(WELCOME);
            let parlour = term.child();
            for signal in way {
                // It may be gone before the second.
                let _ = kill_process(parlour, *signal);
            }
            let code = if way == [Signal::KILL] { 137 } else { 0 };
            term.wait_for_bytes(0, format!("ended with {code}").as_bytes());
            // After a kill the keeper is a moment behind the shell.
            term.wait_until("the screen is left", |s| !s.alternate_screen());
            term.wait_restored();
            term.send("\r");
            assert_eq!(term.wait_exit(), 0, "{way:?}");
        }
    }
    figure(
        "R-21",
        "signals",
        &format!("{rounds} of {rounds} for each of 8 ways, kill -9 among them: terminal restored"),
    );
}

/// Not a test by itself: the program of the next ones.
#[test]
#[ignore = "ends badly on purpose, in a terminal of its own"]
fn ends_badly() {
    use parlour::run::terminal::{Screen, guard, keeper};
    struct PanicsAgain;
    impl Drop for PanicsAgain {
        fn drop(&mut self) {
            panic!("a second time");
        }
    }
    #[allow(unconditional_recursion, reason = "the overflow of the stack is what is wanted")]
    fn overflow(n: u64) -> u64 {
        std::hint::black_box(overflow(n + 1)) + n
    }
    let how = std::env::var("PARLOUR_ENDS").unwrap();
    if how == "worker" {
        let home = std::path::PathBuf::from(std::env::var("HOME").unwrap());
        std::thread::spawn(move || {
            while !home.join("panic-now").exists() {
                std::thread::sleep(Duration::from_millis(5));
            }
            panic!("on purpose, in a worker");
        });
        parlour::run(parlour::cli::parse(["parlour".into()]).unwrap()).unwrap();
        return;
    }
    keeper::start(&guard::leaving()).wait();
    guard::restore_on_panic(std::path::Path::new("/nowhere/parlour.log"));
    guard::enter().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _context = runtime.enter();
    let mut screen = Screen::open().unwrap();
    // A frame is on its way to the terminal while the end comes.
    let _drawn = screen.draw(|buffer| {
        for y in 0..buffer.area.height {
            buffer.set_string(0, y, "drawn ".repeat(20), ratatui::style::Style::default());
        }
        parlour::ui::Painted::default()
    });
    runtime.block_on(screen.free());
    match how.as_str() {
        "panic" => drop(screen.draw(|_| panic!("on purpose, while drawing"))),
        "twice" => {
            let _again = PanicsAgain;
            panic!("on purpose, the first time");
        }
        "abort" => std::thread::spawn(|| std::process::abort()).join().unwrap(),
        "overflow" => println!("{}", overflow(0)),
        other => panic!("{other}?"),
    }
}

fn started_badly(home: &Home, how: &str) -> Term {
    let program = std::env::current_exe().unwrap();
    let script = "\"$PROGRAM\" --ignored --exact --nocapture pty::ends::ends_badly; echo ended with $?; until read line; do sleep 0.01; done";
    let env = [("PARLOUR_ENDS", how), ("PROGRAM", program.to_str().unwrap())];
    Term::start(home, &Plan { program: "sh", args: &["-c", script], env: &env, ..Plan::default() })
}

#[test]
fn r21_panics_and_aborts_give_the_terminal_back() {
    let rounds = scale(2, 100);
    for _ in 0..rounds {
        for how in ["panic", "twice", "abort", "overflow"] {
            let home = Home::new();
            let mut term = started_badly(&home, how);
            term.wait_for_bytes(0, b"ended with 1");
            term.wait_until("the screen is left", |s| !s.alternate_screen());
            term.wait_restored();
            term.send("\r");
            assert_eq!(term.wait_exit(), 0, "{how}");
            let text = String::from_utf8_lossy(&term.raw).into_owned();
            let left = text.rfind("\x1b[?1049l").unwrap();
            assert!(text.rfind("drawn").is_none_or(|at| at < left), "{how}: no frame comes after the end");
            if how == "panic" || how == "twice" {
                let told = text.find("on purpose").unwrap();
                assert!(text.find("\x1b[?1049l").unwrap() < told, "{how}: told on the user's own screen: {text:?}");
                assert!(text.contains("/nowhere/parlour.log"), "{how}: {text:?}");
            }
        }
    }
    figure(
        "R-21",
        "faults",
        &format!("{rounds} of {rounds} each of panic, double panic, abort, stack overflow: terminal restored"),
    );
}

#[test]
fn r21_a_panic_in_a_worker_ends_nothing() {
    let home = Home::new();
    let mut term = started_badly(&home, "worker");
    term.wait_for(WELCOME);
    std::fs::write(home.path().join("panic-now"), "").unwrap();
    let log = home.path().join("state/parlour/parlour.log");
    let deadline = Instant::now() + DEADLINE;
    while !std::fs::read_to_string(&log).unwrap_or_default().contains("panic at tests/all/pty/ends.rs") {
        assert!(Instant::now() < deadline, "the panic is not in the log");
        term.pump(Duration::from_millis(5));
    }
    term.send("romeo@montague.example");
    term.wait_for("romeo@montague.example");
    assert!(!String::from_utf8_lossy(&term.raw).contains("on purpose"), "nothing is told on the screen");
    term.send("\x11");
    term.wait_for("ended with 0");
    term.assert_restored();
    term.send("\r");
    assert_eq!(term.wait_exit(), 0);
}

#[test]
fn r22_a_lost_terminal_keeps_the_draft_and_ends() {
    let rounds = scale(1, 20);
    let mut longest = Duration::ZERO;
    for _ in 0..rounds {
        let home = Home::new().with_config(ACCOUNT);
        let mut term = chatting(&home);
        term.send("half a thought");
        term.wait_for("half a thought");
        let began = Instant::now();
        ends_within(term.hang_up(), Duration::from_secs(3));
        longest = longest.max(began.elapsed());
        // The terminal's end here sends a line break of its own as it closes.
        assert_eq!(draft(&home).trim_end(), "half a thought");
    }
    figure("R-22", "", &format!("{rounds} closed terminals: draft kept, ended within {} ms", longest.as_millis()));
}

#[test]
fn r22_every_end_keeps_the_draft() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let home = Home::new().with_config(ACCOUNT);
        let mut term = chatting(&home);
        term.send("half a thought");
        term.wait_for("half a thought");
        term.signal(signal);
        assert_eq!(term.wait_exit(), 0, "{signal:?}");
        assert_eq!(draft(&home), "half a thought", "{signal:?}");
    }
}

#[test]
fn r02_who_types_without_a_pause_loses_a_second_at_most() {
    let home = Home::new().with_config(ACCOUNT);
    let mut term = chatting(&home);
    let mut typed = String::new();
    let began = Instant::now();
    // A key every 100 ms for 2.5 s, then the kill.
    for n in 0..25u32 {
        let next = char::from(b'a' + u8::try_from(n % 26).unwrap());
        term.send(&next.to_string());
        typed.push(next);
        let due = began + Duration::from_millis(100) * (n + 1);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    term.signal(Signal::KILL);
    term.wait_exit();
    let kept = draft(&home);
    assert!(typed.starts_with(&kept) && kept.len() >= 8, "{kept:?} of {typed:?}");
}

#[test]
fn r23_stopped_and_gone_on_in_another_size() {
    let home = Home::new();
    let script = "set -m; n=0; \"$PARLOUR\"; code=$?; while [ $code -gt 128 ]; do n=$((n+1)); stty -a | head -1; \
                  echo stopped $n; read line; fg >/dev/null; code=$?; done; echo ended with $code";
    let parlour = env!("CARGO_BIN_EXE_parlour");
    let plan = Plan { program: "sh", args: &["-c", script], env: &[("PARLOUR", parlour)], ..Plan::default() };
    let mut term = Term::start(&home, &plan);
    term.wait_for(WELCOME);
    let rounds = scale(4, 50);
    for n in 1..=rounds {
        let told = format!("stopped {n}\n");
        term.send("\x1a");
        term.wait_until("the shell", |s| !s.alternate_screen() && (s.contents() + "\n").contains(&told));
        assert!(!term.screen().bracketed_paste() && !term.screen().hide_cursor());
        // The window changes while nobody of ours looks.
        let (width, height) = (80 + n % 7 * 10, 24 + n % 5);
        term.resize((width, height));
        term.send("\r");
        let corner = usize::from((width - 80) / 2);
        let is_centred = |line: &str| line.find("┌ parlour").is_some_and(|at| at == corner);
        term.wait_until("the whole screen in the new size", |s| {
            s.alternate_screen() && s.contents().lines().any(is_centred)
        });
    }
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0);
    assert!(term.screen().contents().contains("ended with 0"), "{}", term.screen().contents());
    term.assert_restored();
    figure("R-23", "", &format!("{rounds} of {rounds} stops and returns, each in another size"));
}
