//! S-36: texts that cost time. What is drawn of any message is bounded, and the time for it grows with its length.

use super::BUILD;
use super::stage::Stage;
use super::strangers::rss;
use crate::figures::figure;
use parlour::ui::message::Laid;
use std::time::Duration;

fn say(n: usize, body: &str) -> String {
    let body = body.replace('&', "&amp;").replace('<', "&lt;");
    format!("<message from='bob@a.test/a' type='chat' id='t{n}'><body>{body}</body></message>")
}

/// Texts of about this many bytes.
fn texts(length: usize) -> Vec<(&'static str, String)> {
    let fill = |part: &str| part.repeat(length / part.len());
    vec![
        ("directives", fill("*_~[(")),
        ("open spans", fill("*a ")),
        ("nested spans", fill("*_~`")),
        ("code fences", fill("```\n")),
        ("quotes", fill(">")),
        ("quotes in lines", fill("> > > x\n")),
        ("brackets", fill("[](")),
        ("a link", format!("https://example.org/{}", "a".repeat(length.min(100_000)))),
        ("links", fill("https://a.b ")),
        ("half links", fill("http://")),
        ("points", fill("a.b.")),
        ("at signs", fill("a@")),
        ("marks on one letter", format!("e{}", "\u{301}".repeat(length / 2))),
        ("marks alone", fill("\u{489}")),
        ("joiners", fill("👩\u{200d}")),
        ("flags", fill("🇩🇪")),
        ("line ends", fill("\n")),
        ("one word", fill("x")),
        ("wide letters", fill("宽")),
        ("bidi", fill("\u{202e}\u{202c}")),
        ("controls", fill("\u{9b}\u{7f}")),
        ("tabs", fill("\t")),
        ("own name", fill("me ")),
        ("spaces", fill(" ")),
        ("actions", format!("/me {}", fill("*x* "))),
        ("right to left", fill("שלום ")),
    ]
}

/// The least of three, since the machine does other things as well.
fn frame(stage: &mut Stage) -> Duration {
    (0..3).map(|_| stage.frame()).min().unwrap()
}

#[tokio::test]
async fn s36_texts_of_a_megabyte() {
    let mut stage = Stage::new().await;
    let before = rss();
    let mut slowest = (Duration::ZERO, "");
    for (n, (what, body)) in texts(1_000_000).into_iter().enumerate() {
        stage.says(&say(n, &body)).await;
        assert_eq!(stage.stored(), n + 1, "{what} is stored");
        slowest = slowest.max((stage.frame(), what));
        stage.screen();
    }
    assert_eq!((stage.unread(), stage.dials), (0, 1));
    assert!(slowest.0 < Duration::from_secs(10), "{slowest:?}");
    let grown = rss().saturating_sub(before);
    let words = format!(
        "26 texts of 1 MB on one screen: a frame takes {:.1?} at most ({}; {BUILD}, nothing remembered), memory +{} MB",
        slowest.0,
        slowest.1,
        grown >> 20
    );
    figure("S-36", "scripted server", &words);
}

/// What this thread has computed so far: what else the machine does is no part of it.
fn cpu_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.try_into().unwrap(), now.tv_nsec.try_into().unwrap())
}

/// Four times the text takes about four times the time, not sixteen times.
#[test]
fn s36_time_grows_with_length() {
    let laid = |text: &str| {
        let once = || {
            let begin = cpu_time();
            std::hint::black_box(Laid::new(text, Some("me"), 60));
            cpu_time().saturating_sub(begin)
        };
        (0..5).map(|_| once()).min().unwrap()
    };
    let mut wrong = Vec::new();
    for ((what, short), (_, long)) in texts(15_000).into_iter().zip(texts(60_000)) {
        let (first, second) = (laid(&short), laid(&long));
        if second > first * 10 + Duration::from_millis(50) {
            wrong.push(format!("{what}: {first:?}, then {second:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn s36_a_long_text_is_cut_and_can_be_read_whole() {
    let mut stage = Stage::new().await;
    let body = format!("{}\n# the end", "word ".repeat(100_000));
    stage.says(&say(1, &body)).await;
    let screen = stage.screen();
    assert!(screen.contains("(cut) /whole shows all") && !screen.contains("the end"), "{screen}");
    stage.enters("/whole").await;
    assert!(stage.screen().contains("What Bob wrote"), "{}", stage.screen());
    let first = frame(&mut stage);
    for _ in 0..20 {
        stage.key("end");
    }
    let screen = stage.screen();
    assert!(screen.contains("# the end"), "{screen}");
    stage.key("esc");
    // Marks: eight on one letter, whatever came.
    stage.says(&say(2, &format!("zalgo e{}", "\u{301}".repeat(100_000)))).await;
    let screen = stage.screen();
    let line = screen.lines().find(|l| l.contains("zalgo")).unwrap();
    assert_eq!(line.matches('\u{301}').count(), 8, "{line}");
    figure("S-36", "scripted server, whole", &format!("500 kB read whole: a frame takes {first:.1?} ({BUILD})"));
}
