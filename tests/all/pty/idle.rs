//! A parlour that nobody touches sleeps: how often anything in the real binary wakes, seen from outside by its system
//! calls. What may wake it is the clock on the screen, once a minute, and the look after the link, twice.
//!
//! In the first three quarters of a minute after a login some things are still due once. So on each push it is only made
//! sure that nothing ticks; the full run measures the rest that follows.

use super::harness::{Plan, Term, lacks};
use super::rogue::Rogue;
use crate::figures::{figure, scale};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Calls in which a thread waits.
const WAITS: &str =
    "epoll_wait,epoll_pwait,epoll_pwait2,futex,poll,ppoll,select,pselect6,nanosleep,clock_nanosleep,read";

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

/// When a thread that had waited for more than some milliseconds woke.
fn wakings(trace: &str) -> Vec<f64> {
    let woke = |line: &str| {
        let mut words = line.split_whitespace();
        let at: f64 = words.nth(1)?.parse().ok()?;
        let took: f64 = line.rsplit_once('<')?.1.strip_suffix('>')?.parse().ok()?;
        // A line of its own for the end of a call has the time of that end, a whole one that of the beginning.
        let end = if line.contains(" resumed>") { at } else { at + took };
        (took > 0.005).then_some(end)
    };
    let mut all: Vec<f64> = trace.lines().filter_map(woke).collect();
    all.sort_by(f64::total_cmp);
    all
}

/// So many seconds in which nobody does anything.
fn rest(term: &mut Term, seconds: f64) {
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        term.pump(left);
    }
}

#[test]
fn an_idle_parlour_sleeps() {
    if lacks(&["strace"]) {
        return;
    }
    let rogue = Rogue::start();
    let home = rogue.home();
    let calls = format!("trace={WAITS}");
    let parlour = env!("CARGO_BIN_EXE_parlour");
    let args = ["-f", "-qq", "-ttt", "-T", "-e", &calls, "-e", "signal=none", "-o", "trace", parlour];
    let mut term = Term::start(&home, &Plan { program: "strace", args: &args, size: (120, 36), ..Plan::default() });
    term.wait_for("● online");
    rest(&mut term, scale(8.0, 50.0));
    let (window, most) = scale((20.0, 8), (120.0, 12));
    let from = now();
    rest(&mut term, window);
    let until = now();
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0);
    let trace = std::fs::read_to_string(home.path().join("trace")).unwrap();
    let all = wakings(&trace);
    assert!(all.iter().any(|at| *at < from), "the trace is read");
    let within: Vec<f64> = all.into_iter().filter(|at| (from..until).contains(at)).collect();
    // One cause wakes several threads in turn, and the answer of the server one of them again.
    let mut moments: Vec<f64> = Vec::new();
    for at in &within {
        if moments.last().is_none_or(|last| at - last > 0.1) {
            moments.push(*at);
        }
    }
    let shown: Vec<String> = moments.iter().map(|at| format!("{:.1}", at - from)).collect();
    assert!(moments.len() <= most, "{} in {window} s, at {}", moments.len(), shown.join(", "));
    let per_minute = |count: usize| count as f64 * 60.0 / window;
    figure(
        "idle",
        "pty",
        &format!(
            "woken {:.1} times a minute ({:.1} wakings of a thread), at most 6",
            per_minute(moments.len()),
            per_minute(within.len())
        ),
    );
}
