//! Live messages that the server had held: they wait for the archive, which has them in order.

use super::archive::{MAM, ask, bound, live, page, stored};
use super::harness::Script;

/// A message that the server had held, with its stamp, and what becomes of it.
fn held(id: &str, then: &str) -> String {
    live(id)
        .replace("<body>", "<delay xmlns='urn:xmpp:delay' from='sec.test' stamp='2026-11-21T07:59:30Z'/><body>")
        .replace("! …\n", then)
}

/// Prosody lets what is newer overtake what it held: the archive's pages have the order.
#[test]
fn what_the_server_held_comes_with_its_page() {
    let mut script = Script::new(&[MAM], stored("1", "3"));
    script.play(
        &(bound(&ask("<before/>"))
            + &live("8").replace("! …", "! Write(Message")
            // Neither is stored by itself.
            + &held("6", "")
            + &held("7", "")
            + &page(&["8"], false)
            + &ask("<before>8</before>")
            + "! …\n"
            + &page(&["3", "5", "6", "7"], false)
            + r#"! Write(Page { … id: "5" … id: "6" … id: "7" … after: Some("3"), before: Some("8")
                 ! Write(Intervals { archive: "me@sec.test", intervals: [Interval { first: "1", last: "8" … }] }
                 ! Event(History(CatchUpDone("me@sec.test"))
                 "#
            // The reading is over: nothing waits.
            + &held("9", "! Write(Message\n")),
    );
}

/// What no page brought is stored in the order in which it came.
#[test]
fn what_no_page_brought_is_stored_when_the_reading_ends() {
    let ends: [(&str, String); 2] = [
        ("read", page(&["3", "5"], true)),
        (
            "refused",
            "< <iq type='error' id='{q}'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>\n".into(),
        ),
    ];
    for (what, end) in ends {
        let mut script = Script::new(&[MAM], stored("1", "3"));
        let text = bound(&ask("<before/>")) + &held("8", "") + &held("9", "") + &end;
        let before = if what == "read" {
            "! Write(Page\n! Write(Intervals\n! Event(History(CatchUpDone\n"
        } else {
            "! Event(History(Failed\n"
        };
        script
            .play(&(text + before + "! Write(Message(Message { … id: \"8\"\n! Write(Message(Message { … id: \"9\"\n"));
    }
}

/// An archive that does not answer keeps nobody waiting for long; a lost link does not end the wait.
#[test]
fn what_waits_is_stored_after_a_minute() {
    let mut script = Script::new(&[MAM], stored("1", "3"));
    script.play(&(bound(&ask("<before/>")) + &held("8", "") + "* down\n! …\n"));
    script.play("* wait 61\n! Write(Message(Message { … id: \"8\"\n");
}
