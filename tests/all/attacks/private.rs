//! S-15: private messages in rooms, live, copied and archived. What is answered to one must never reach the room.

use super::server::MUC_USER;
use super::stage::{BOB, Stage};
use crate::figures::figure;
use parlour::model::ChatKind;

const ROOM: &str = "r@muc.a.test";
const EVE: &str = "r@muc.a.test/eve";
const MARK: &str = "<x xmlns='http://jabber.org/protocol/muc#user'/>";

fn live(from: &str, kind: &str, body: &str, more: &str) -> String {
    format!(
        "<message from='{from}' to='me@a.test/here' type='{kind}' id='p-{body}'><body>{body}</body>{more}</message>"
    )
}

fn received(from: &str, kind: &str, body: &str, more: &str) -> String {
    copy("received", &live(from, kind, body, more))
}

fn sent(to: &str, body: &str, more: &str) -> String {
    copy("sent", &live("me@a.test/there", "chat", body, more).replace("to='me@a.test/here'", &format!("to='{to}'")))
}

fn copy(which: &str, inner: &str) -> String {
    let inner = inner.replace("<message ", "<message xmlns='jabber:client' ");
    format!(
        "<message from='me@a.test' to='me@a.test/here'><{which} xmlns='urn:xmpp:carbons:2'><forwarded \
        xmlns='urn:xmpp:forward:0'>{inner}</forwarded></{which}></message>"
    )
}

#[tokio::test]
async fn s15_private_messages_stay_private() {
    let mut stage = Stage::new().await;
    stage.joins(ROOM, &["bob", "eve"]).await;
    let other = "s@muc.a.test/eve";
    let (far, far_room) = ("q@conference.far.test/eve", "q@conference.far.test");
    // What comes, in which chat it must stand, and of which kind.
    let cases = [
        ("live", live(EVE, "chat", "a", MARK), EVE, ChatKind::Occupant),
        ("live, without the mark", live(EVE, "chat", "b", ""), EVE, ChatKind::Occupant),
        ("live, of no type", live(EVE, "normal", "c", ""), EVE, ChatKind::Occupant),
        ("a copy of one received", received(EVE, "chat", "d", MARK), EVE, ChatKind::Occupant),
        ("a copy of one received, without the mark", received(EVE, "chat", "e", ""), EVE, ChatKind::Occupant),
        ("a copy of one sent", sent(EVE, "f", MARK), EVE, ChatKind::Occupant),
        ("a copy of one sent, without the mark", sent(EVE, "g", ""), EVE, ChatKind::Occupant),
        (
            "a copy, of a room that only the other device is in",
            received(other, "chat", "h", MARK),
            other,
            ChatKind::Occupant,
        ),
        ("the same without the mark", received(other, "chat", "i", ""), other, ChatKind::Occupant),
        ("one sent there, without the mark", sent(other, "j", ""), other, ChatKind::Occupant),
        // The mark of others proves no room: it is a stranger, until a device of the user's own writes there with it.
        ("of a service that is not known", received(far, "chat", "k", MARK), far_room, ChatKind::Contact),
        ("one sent there, with the mark", sent(far, "n", MARK), far, ChatKind::Occupant),
        ("of a service that is known by that", received(far, "chat", "o", MARK), far, ChatKind::Occupant),
        // The mark is no proof: bob stays bob, and what he says is said by him.
        ("a contact who marks his own", live("bob@a.test/a", "chat", "l", MARK), BOB, ChatKind::Contact),
        ("the room itself, in private", live(ROOM, "chat", "m", ""), ROOM, ChatKind::Room),
    ];
    for (what, xml, chat, kind) in &cases {
        let before = stage.stored();
        stage.says(xml).await;
        assert_eq!(stage.stored(), before + 1, "{what}");
        let row = stage.rows(chat).await.pop().unwrap_or_else(|| panic!("{what}: not in {chat}"));
        assert!(xml.contains(&format!("<body>{}</body>", row.body.raw())), "{what}: it stands elsewhere");
        assert_eq!((row.chat_kind, row.chat.address.to_string().as_str()), (*kind, *chat), "{what}");
    }
    assert!(stage.bodies(ROOM).await.iter().all(|b| b.len() != 1 || b == "m"), "nothing private stands in the room");
    let forged = copy("received", &live(EVE, "groupchat", "n", MARK));
    stage.ignores("a copy of what was said to all", &forged).await;
    stage.ignores("to all, of a room that nobody entered", &live(other, "groupchat", "o", "")).await;
    // Answers go to the occupant, or are refused: never to the room, and never to the room's address.
    for chat in [EVE, other, far] {
        stage.opens(chat).await;
        stage.enters("for you alone").await;
        if chat == EVE {
            assert_eq!(stage.bodies(chat).await.last().map(String::as_str), Some("for you alone"));
        } else {
            // The text stays where it was typed, with the reason.
            assert!(stage.screen().contains("you are not in"), "{}", stage.screen());
        }
    }
    // She leaves, and another comes with her name; then the user leaves. It is still not for all.
    let gone =
        super::server::occupant(ROOM, "eve", "id-of-eve", "").replace("<presence", "<presence type='unavailable'");
    stage.says(&gone).await;
    stage.opens(EVE).await;
    stage.enters("after she left").await;
    stage.opens(ROOM).await;
    stage.enters("/part").await;
    stage.opens(EVE).await;
    stage.enters("after I left").await;
    let messages: Vec<_> = stage.server.sent.iter().filter(|s| s.child("body", "jabber:client").is_some()).collect();
    assert!(messages.iter().all(|s| s.type_.as_deref() == Some("chat")), "something was said to all");
    assert!(
        messages.iter().all(|s| s.to.as_deref() == Some(EVE)),
        "{:?}",
        messages.iter().map(|s| &s.to).collect::<Vec<_>>()
    );
    assert!(messages.iter().all(|s| s.child("x", MUC_USER).is_some()));
    assert!(messages.len() >= 2);
    figure("S-15", "scripted server", &format!("{} private messages and 5 answers, 0 public leaks", cases.len()));
}
