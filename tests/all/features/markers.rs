//! XEP-0333: what another device of the user's has shown is read here, and nobody else's word counts for that.

use super::archive::{MAM, ask, fin, result, stored};
use super::harness::Script;

const CARBONS: &str = "urn:xmpp:carbons:2";

fn online() -> Script {
    let mut script = Script::new(&[CARBONS], stored("1", "3"));
    script.play(
        "* bound
         > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
         > <iq type='set' id='?'><enable xmlns='urn:xmpp:carbons:2'/></iq>
         ! …",
    );
    script
}

/// A marker as it goes over the wire.
fn marker(from: &str, to: &str, id: &str) -> String {
    format!(
        "<message xmlns='jabber:client' from='{from}' to='{to}' type='chat' id='k'>
         <displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/></message>"
    )
}

fn copy(by: &str, direction: &str, inner: &str) -> String {
    format!(
        "< <message from='{by}' to='me@sec.test/tui'><{direction} xmlns='urn:xmpp:carbons:2'>
         <forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></{direction}></message>"
    )
}

#[test]
fn a_marker_of_another_device_is_told() {
    let sent = copy("me@sec.test", "sent", &marker("me@sec.test/phone", "bob@sec.test/a", "m7"));
    online().play(&format!(
        "{sent}
         ! Write(Displayed {{ chat: ChatId {{ … address: \"bob@sec.test\" }}, id: \"m7\" }}"
    ));
}

#[test]
fn s11_markers_of_others_read_nothing() {
    let mut script = online();
    let own = ["me@sec.test/phone", "me@sec.test"];
    let others = ["bob@sec.test/a", "eve@evil.test/x", "sec.test", "me@sec.test.evil.test/x"];
    for from in others {
        // Live, and as the copy of what came in.
        script.play(&format!("< {}", marker(from, "me@sec.test/tui", "m7")));
        script.play(&copy("me@sec.test", "received", &marker(from, "me@sec.test/phone", "m7")));
        // A copy that somebody else made, or of what somebody else sent.
        for sender in own.into_iter().chain(others) {
            script.play(&copy(from, "sent", &marker(sender, "bob@sec.test", "m7")));
        }
        script.play(&copy("me@sec.test", "sent", &marker(from, "bob@sec.test", "m7")));
    }
    // An error that gives the user's own back.
    let error = marker("me@sec.test/phone", "bob@sec.test/a", "m7").replace("type='chat'", "type='error'");
    script.play(&copy("me@sec.test", "sent", &error));
    for id in ["", &"x".repeat(2_000)] {
        script.play(&copy("me@sec.test", "sent", &marker("me@sec.test/phone", "bob@sec.test/a", id)));
    }
}

fn archived(id: &str, inner: &str) -> String {
    format!(
        "< <message from='me@sec.test'><result xmlns='urn:xmpp:mam:2' queryid='{{n}}' id='{id}'>
         <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:59:00Z'/>{inner}
         </forwarded></result></message>\n"
    )
}

/// The newest of each chat counts, after the page that may hold what it names; what others displayed is passed over.
#[test]
fn markers_in_the_archive_go_after_their_page() {
    let mut script = Script::new(&[MAM], stored("1", "3"));
    let text = "* bound\n> <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>\n".to_owned()
        + &ask("<before/>")
        + "! Event(History(CatchUpStarted(\n"
        + &result("7", "x")
        + &archived("8", &marker("me@sec.test/phone", "bob@sec.test/a", "m7"))
        + &archived("9", &marker("bob@sec.test/a", "me@sec.test/phone", "own"))
        + &archived("10", &marker("me@sec.test/phone", "bob@sec.test", "m5"))
        + &fin(false)
        + &ask("<before>7</before>")
        + r#"! Write(Page { … id: "7"
             ! Write(Displayed { chat: ChatId { … address: "bob@sec.test" }, id: "m5" }
             ! Write(Intervals {
            "#
        + &result("3", "x")
        + &archived("4", &marker("me@sec.test/phone", "bob@sec.test", "m3"))
        + &result("5", "x")
        + &fin(false)
        // What the marker names may have come with this page.
        + r#"! Write(Page { … id: "5"
             ! Write(Intervals {
             ! Write(Displayed { … id: "m5" }
             ! Event(History(CatchUpDone("me@sec.test"))"#;
    script.play(&text);
}
