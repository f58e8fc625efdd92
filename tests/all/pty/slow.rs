//! A slow link: what was sent lies in buffers on the way. The terminal here takes so many bytes a second, and answers what
//! it is asked when it comes to the question.

use super::harness::{DEADLINE, Home, Plan, Term};
use std::time::{Duration, Instant};

/// What passes the link in one step.
const STEP: Duration = Duration::from_millis(10);
const PORTION: usize = 100;

/// The far end of the link.
#[derive(Default)]
struct Link {
    /// How many bytes have passed.
    passed: usize,
    answered: usize,
    /// The most bytes that were on the way at once.
    backlog: usize,
}

impl Link {
    fn pass(&mut self, term: &mut Term, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until {
            term.pump(STEP);
            self.backlog = self.backlog.max(term.raw.len() - self.passed);
            self.passed = (self.passed + PORTION).min(term.raw.len());
            let asked = term.raw[..self.passed].windows(4).filter(|w| *w == b"\x1b[5n").count();
            for _ in self.answered..asked {
                term.send("\x1b[0n");
            }
            self.answered = asked;
        }
    }
}

/// The bytes of the longest frame.
fn longest_frame(raw: &[u8]) -> usize {
    let begun: Vec<usize> =
        raw.windows(8).enumerate().filter(|(_, w)| *w == b"\x1b[?2026h").map(|(at, _)| at).collect();
    begun.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap()
}

#[test]
fn at_most_one_frame_is_on_its_way() {
    let home = Home::new();
    let mut term = Term::start(&home, &Plan { args: &["demo"], size: (120, 36), ..Plan::default() });
    term.wait_for("● online");
    let answers = "\x1b]11;rgb:0000/2b2b/3636\x1b\\\x1b]10;rgb:8383/9494/9696\x1b\\";
    term.send(answers);
    term.wait_for_bytes(0, b"\x1b[5n");
    let mut link = Link { passed: term.raw.len(), ..Link::default() };
    term.send("\x1b[0n");
    link.answered = 1;
    link.pass(&mut term, Duration::from_millis(500));
    link.backlog = 0;
    let began = term.raw.len();
    // Help over the whole screen, and away again.
    for _ in 0..12 {
        term.send("\x1bOP");
        link.pass(&mut term, 4 * STEP);
        term.send("\x07");
        link.pass(&mut term, 8 * STEP);
    }
    term.send("done");
    let deadline = Instant::now() + DEADLINE;
    while !term.screen().contents().contains("> done") {
        assert!(Instant::now() < deadline, "{}", term.screen().contents());
        link.pass(&mut term, STEP);
    }
    let frame = longest_frame(&term.raw[began..]);
    assert!(frame > 1_500, "{frame}");
    assert!(link.backlog < frame + 1_500, "{} bytes on the way, the longest frame has {frame}", link.backlog);
    term.send("\x15");
    link.pass(&mut term, 20 * STEP);
    term.quit();
}
