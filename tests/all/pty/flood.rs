//! R-16: more messages than anybody can take, from a server that is never busy. The full run of an optimised program has
//! the whole counts (`cargo test --release`).

use super::harness::{DEADLINE, Plan, Term, p99};
use super::rogue::Rogue;
use crate::figures::{figure, is_full};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

const ROOM: &str = "loud@muc.a.test";
/// Between two portions.
const PORTION: Duration = Duration::from_millis(10);

/// Says `rate` messages a second for so many seconds, from twenty people in a room and a hundred elsewhere in turn.
fn flood(voice: &UnboundedSender<String>, mark: &str, rate: usize, seconds: usize) {
    let began = Instant::now();
    let of_portion = rate / 100;
    for portion in 0..seconds * 100 {
        let text = (portion * of_portion..(portion + 1) * of_portion).map(|i| {
            let (from, kind) = match i % 2 {
                0 => (format!("{ROOM}/n{}", i / 2 % 20), "groupchat"),
                _ => (format!("u{}@a.test/x", i / 2 % 100), "chat"),
            };
            format!("<message from='{from}' to='me@a.test/here' type='{kind}' id='{mark}{i}'><body>{mark} {i}</body></message>")
        });
        // The program may have ended.
        let _gone = voice.send(text.collect());
        let due = PORTION * u32::try_from(portion + 1).unwrap();
        std::thread::sleep(due.saturating_sub(began.elapsed()));
    }
}

#[test]
fn r16_ten_thousand_a_second() {
    let is_whole = is_full() && !cfg!(debug_assertions);
    let (rate, seconds) = if is_whole { (10_000, 60) } else { (1_000, 2) };
    let count = rate * seconds;
    let mut rogue = Rogue::start();
    let home = rogue.home();
    let mut term = Term::start(&home, &Plan { size: (100, 30), ..Plan::default() });
    term.wait_for("online");
    term.send(&format!("/join {ROOM}\r"));
    rogue.admit(ROOM, "");
    term.wait_for("first topic");
    let (voice, began) = (rogue.voice(), Instant::now());
    let (times, offered) = std::thread::scope(|scope| {
        let flooding = scope.spawn(|| {
            flood(&voice, "fl", rate, seconds);
            began.elapsed()
        });
        let times = term.key_times(Duration::from_millis(20), |_| !flooding.is_finished());
        (times, flooding.join().unwrap())
    });
    rogue.say(&format!(
        "<message from='{ROOM}/n0' to='me@a.test/here' type='groupchat' id='end'><body>alldone</body></message>"
    ));
    term.wait_within(DEADLINE + 10 * offered, "the end", |screen| screen.contents().contains("alldone"));
    let took = began.elapsed();
    let ((all, different), peak) = (home.stored("fl "), term.peak());
    // The key that quits is heard while it goes on.
    let (heard, ended) = std::thread::scope(|scope| {
        scope.spawn(|| flood(&voice, "fq", rate, seconds.min(5)));
        term.wait_for("fq ");
        let pressed = Instant::now();
        term.send("\x11");
        term.wait_until("the screen given back", |screen| !screen.alternate_screen());
        let heard = pressed.elapsed();
        assert_eq!(term.wait_exit(), 0);
        (heard, pressed.elapsed())
    });
    let words = format!(
        "{count} messages offered at {:.0}/s, taken at {:.0}/s: {} lost, {} doubled; key to paint p99 {:.0} ms, slowest {:.0} ms; at most {} MB; quit key heard in {:.0} ms, ended in {:.0} ms",
        count as f64 / offered.as_secs_f64(),
        count as f64 / took.as_secs_f64(),
        count - different,
        all - different,
        p99(&times).as_secs_f64() * 1e3,
        times.last().unwrap().as_secs_f64() * 1e3,
        peak,
        heard.as_secs_f64() * 1e3,
        ended.as_secs_f64() * 1e3,
    );
    figure("R-16", "script", &words);
    assert_eq!((all, different), (count, count), "{words}");
    assert!(peak <= 300, "{words}");
    assert!(p99(&times) <= Duration::from_millis(if is_whole { 200 } else { 2_000 }), "{words}");
}
