//! S-05 to S-09, S-11, S-12: words of one person that would change, hide, confirm or fail the words of another.

use super::server::occupant;
use super::stage::{BOB, EVE, Stage};
use crate::figures::figure;
use parlour::model::Delivery;

const ROOM: &str = "r@muc.a.test";

fn message(from: &str, id: &str, body: &str, more: &str) -> String {
    format!("<message from='{from}' to='me@a.test' type='chat' id='{id}'><body>{body}</body>{more}</message>")
}

fn spoken(nick: &str, id: &str, body: &str, more: &str) -> String {
    message(&format!("{ROOM}/{nick}"), id, body, more).replace("type='chat'", "type='groupchat'")
}

fn replace(id: &str) -> String {
    format!("<replace xmlns='urn:xmpp:message-correct:0' id='{id}'/>")
}

/// In the room with bob and eve, who have said `said`; the chat with bob is there too.
async fn in_room() -> Stage {
    let mut stage = Stage::new().await;
    stage.joins(ROOM, &["bob", "eve"]).await;
    stage
}

#[tokio::test]
async fn s05_correction_spoof() {
    let mut stage = in_room().await;
    stage.says(&message("bob@a.test/a", "A", "I owe you 10", "")).await;
    stage.says(&spoken("bob", "R", "I agree", "")).await;
    stage.opens(BOB).await;
    stage.enters("mine").await;
    let mine = stage.sent_to(BOB).last().unwrap().id.clone().unwrap();
    let at_first = (stage.bodies(BOB).await, stage.bodies(ROOM).await);
    let variants = [
        ("a stranger, the id alone", message(EVE, "x1", "I owe you 1000", &replace("A"))),
        ("a name that ends the same", message("bob@a.test.evil.test/a", "x2", "I owe you 1000", &replace("A"))),
        ("another contact", message("carol@a.test/a", "x3", "I owe you 1000", &replace("A"))),
        ("the contact, my own words", message("bob@a.test/a", "x4", "I owe you 1000", &replace(&mine))),
        ("itself", message("bob@a.test/a", "x5", "round", &replace("x5"))),
        ("a circle, one half", message("bob@a.test/a", "x6", "round", &replace("x7"))),
        ("a circle, the other", message("bob@a.test/a", "x7", "round", &replace("x6"))),
        ("nothing", message("bob@a.test/a", "x8", "nothing", &replace(""))),
        ("what never was", message("bob@a.test/a", "x9", "never", &replace("no-such-id"))),
        ("two at once", message(EVE, "x10", "both", &(replace("A") + &replace("R")))),
        ("another occupant", spoken("eve", "y1", "I refuse", &replace("R"))),
        ("an occupant, of a private message", spoken("eve", "y2", "I refuse", &replace("A"))),
        ("a private message on the room", message(&format!("{ROOM}/eve"), "y3", "I refuse", &replace("R"))),
        ("a stranger on the room", message(EVE, "y4", "I refuse", &replace("R"))),
    ];
    for (what, xml) in &variants {
        let before = stage.stored();
        stage.says(xml).await;
        assert_eq!(stage.stored(), before + 1, "{what}: it is a message of its own");
        let now = (stage.bodies(BOB).await, stage.bodies(ROOM).await);
        assert!(now.0.starts_with(&at_first.0) && now.1.starts_with(&at_first.1), "{what}: {now:?}");
    }
    // Bob leaves and eve takes his name: she is not the one who said it.
    let gone = occupant(ROOM, "bob", "id-of-bob", "").replace("<presence", "<presence type='unavailable'");
    stage.send(&gone);
    stage.send(&occupant(ROOM, "bob", "id-of-eve", ""));
    stage.says(&spoken("bob", "y5", "I refuse", &replace("R"))).await;
    let said: Vec<String> = stage.bodies(ROOM).await.into_iter().filter(|b| b.starts_with("I ")).collect();
    assert_eq!(said, ["I agree", "I refuse", "I refuse", "I refuse"]);
    figure("S-05", "scripted server", &format!("{} forged corrections, 0 edits", variants.len() + 1));
}

#[tokio::test]
async fn s06_retraction_spoof() {
    let mut stage = in_room().await;
    let id = "<stanza-id xmlns='urn:xmpp:sid:0' by='r@muc.a.test' id='S1'/>";
    stage.says(&spoken("bob", "R", "still here", id)).await;
    stage.says(&message("bob@a.test/a", "A", "here too", "")).await;
    let retract = |id: &str| format!("<retract xmlns='urn:xmpp:message-retract:1' id='{id}'/>");
    let by = "<moderated xmlns='urn:xmpp:message-moderate:1' by='r@muc.a.test/mod'/>";
    let moderated =
        |id: &str| format!("<retract xmlns='urn:xmpp:message-retract:1' id='{id}'>{by}<reason>spam</reason></retract>");
    let old = |id: &str| {
        format!(
            "<apply-to xmlns='urn:xmpp:fasten:0' id='{id}'><moderated xmlns='urn:xmpp:message-moderate:0' \
            by='r@muc.a.test/mod'><retract xmlns='urn:xmpp:message-retract:0'/></moderated></apply-to>"
        )
    };
    let empty =
        |from: &str, kind: &str, more: &str| format!("<message from='{from}' type='{kind}' id='z'>{more}</message>");
    let eve = "r@muc.a.test/eve";
    let variants = [
        ("an occupant", empty(eve, "groupchat", &retract("S1"))),
        ("an occupant, by the sender's id", empty(eve, "groupchat", &retract("R"))),
        ("an occupant as a moderator", empty(eve, "groupchat", &moderated("S1"))),
        ("an occupant, the older way", empty(eve, "groupchat", &old("S1"))),
        ("in private", empty(eve, "chat", &moderated("S1"))),
        ("a stranger", empty(EVE, "chat", &retract("A"))),
        ("a stranger, of the room", empty(EVE, "groupchat", &moderated("S1"))),
        ("another room", empty("s@muc.a.test", "groupchat", &moderated("S1"))),
        ("the service", empty("muc.a.test", "groupchat", &moderated("S1"))),
        ("itself", empty("bob@a.test/a", "chat", &retract("z"))),
    ];
    for (what, xml) in &variants {
        stage.ignores(what, xml).await;
        assert_eq!(stage.bodies(BOB).await, ["here too"], "{what}");
        assert!(stage.bodies(ROOM).await.contains(&"still here".to_owned()), "{what}");
    }
    figure("S-06", "scripted server", &format!("{} forged retractions, 0 removed", variants.len()));
}

fn sid(by: &str, id: &str) -> String {
    format!("<stanza-id xmlns='urn:xmpp:sid:0' by='{by}' id='{id}'/>")
}

#[tokio::test]
async fn s07_stanza_id_spoof() {
    let mut stage = in_room().await;
    let variants = [
        ("by the forger", sid("eve@evil.test", "$")),
        ("by the true sender", sid(BOB, "$")),
        ("by the server", sid("a.test", "$")),
        ("by a room", sid(ROOM, "$")),
        ("by a device of ours", sid("me@a.test/here", "$")),
        ("by nobody", "<stanza-id xmlns='urn:xmpp:sid:0' id='$'/>".to_owned()),
        ("two of them", sid("me@a.test", "$") + &sid("me@a.test", "other")),
        ("of another namespace", sid("me@a.test", "$").replace("sid:0", "sid:1")),
        ("in a wrapper", format!("<x xmlns='urn:x'>{}</x>", sid("me@a.test", "$"))),
        ("as an origin-id", "<origin-id xmlns='urn:xmpp:sid:0' id='$'/>".to_owned()),
        ("as the stanza's id", String::new()),
        ("too long", sid("me@a.test", &"$".repeat(1200))),
    ];
    for (n, (what, forged)) in variants.iter().enumerate() {
        let id = format!("f{n}");
        for from in [EVE, "r@muc.a.test/eve", "bob@a.test/a"] {
            stage.says(&message(from, &id, "poison", &forged.replace('$', &id))).await;
        }
        // A room that announces `sid:0` strips what is forged in its own name (XEP-0359 §6).
        if !forged.contains(ROOM) {
            stage.says(&spoken("eve", &id, "poison", &forged.replace('$', &id).replace("me@a.test", EVE))).await;
        }
        stage.says(&message("bob@a.test/a", &format!("t{n}"), &format!("true {n}"), &sid("me@a.test", &id))).await;
        stage.says(&spoken("bob", &format!("t{n}"), &format!("true {n}"), &sid(ROOM, &id))).await;
        let words = format!("true {n}");
        assert!(stage.bodies(BOB).await.contains(&words), "{what}: one to one");
        assert!(stage.bodies(ROOM).await.contains(&words), "{what}: in the room");
    }
    figure("S-07", "scripted server", &format!("{} forged ids, 0 later messages lost", variants.len() * 4));
}

/// Where nobody strips forged ids, none is believed: neither the account's nor the room's.
#[tokio::test]
async fn s07_ids_that_nobody_vouches_for() {
    let mut server = super::server::Server::default();
    server.hook(|stanza| {
        let query = stanza.child("query", "http://jabber.org/protocol/disco#info")?;
        let info = "<identity category='conference' type='text'/><feature var='http://jabber.org/protocol/muc'/>";
        let to = stanza.to.as_deref();
        let is_get = stanza.type_.as_deref() == Some("get") && query.attr("node").is_none();
        is_get.then(|| {
            let info = format!("<query xmlns='http://jabber.org/protocol/disco#info'>{info}</query>");
            super::server::answer(to, stanza.id.as_deref().unwrap(), &info)
        })
    });
    let mut stage = Stage::signed_in(false, server).await;
    stage.opens(BOB).await;
    stage.joins(ROOM, &["bob", "eve"]).await;
    stage.says(&message(EVE, "1", "poison", &sid("me@a.test", "F"))).await;
    stage.says(&message("bob@a.test/a", "2", "true", &sid("me@a.test", "F"))).await;
    stage.says(&spoken("eve", "3", "poison", &sid(ROOM, "G"))).await;
    stage.says(&spoken("bob", "4", "true", &sid(ROOM, "G"))).await;
    assert_eq!(stage.bodies(BOB).await, ["true"]);
    assert!(stage.bodies(ROOM).await.ends_with(&["poison".to_owned(), "true".to_owned()]));
}

#[tokio::test]
async fn s08_id_collision() {
    let mut stage = in_room().await;
    stage.opens(BOB).await;
    stage.enters("mine").await;
    let mine = stage.sent_to(BOB).last().unwrap().id.clone().unwrap();
    let origin = |id: &str| format!("<origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>");
    let pm = "r@muc.a.test/bob";
    // Two messages each: whatever their ids say, both are shown.
    let variants = [
        ("one id, two texts", message("bob@a.test/a", "c1", "1a", ""), message("bob@a.test/a", "c1", "1b", "")),
        ("one id, two devices", message("bob@a.test/a", "c2", "2", ""), message("bob@a.test/b", "c2", "2", "")),
        ("one id, two people", message("bob@a.test/a", "c3", "3a", ""), message("carol@a.test/a", "c3", "3b", "")),
        (
            "one origin-id, two ids",
            message("bob@a.test/a", "c4", "4a", &origin("o4")),
            message("bob@a.test/a", "c5", "4b", &origin("o4")),
        ),
        (
            "one origin-id, a stranger first",
            message(EVE, "c6", "5", &origin("o5")),
            message("bob@a.test/a", "c6", "5", &origin("o5")),
        ),
        (
            "the id of the one is the origin-id of the other",
            message("bob@a.test/a", "c7", "6a", &origin("c8")),
            message("bob@a.test/a", "c8", "6b", &origin("c7")),
        ),
        ("the id of a message of ours", message("bob@a.test/a", &mine, "7a", ""), message(EVE, &mine, "7b", "")),
        (
            "our origin-id",
            message("bob@a.test/a", "c9", "8a", &origin(&mine)),
            message("bob@a.test/b", &mine, "8b", ""),
        ),
        ("no id at all", message("bob@a.test/a", "", "9", ""), message("bob@a.test/a", "", "9", "")),
        ("two occupants", spoken("bob", "d1", "10a", ""), spoken("eve", "d1", "10b", "")),
        ("two occupants, the same words", spoken("bob", "d2", "11", ""), spoken("eve", "d2", "11", "")),
        ("one occupant, two texts", spoken("bob", "d3", "12a", ""), spoken("bob", "d3", "12b", "")),
        ("in the room and in private", spoken("bob", "d4", "13", ""), message(pm, "d4", "13", "")),
        ("in private and one to one", message(pm, "d5", "14", ""), message("bob@a.test/a", "d5", "14", "")),
        (
            "one archive id, two archives",
            spoken("bob", "d6", "15", &sid(ROOM, "S")),
            message("bob@a.test/a", "d6", "15", &sid("me@a.test", "S")),
        ),
    ];
    for (what, one, other) in &variants {
        let before = stage.stored();
        stage.says(one).await;
        stage.says(other).await;
        assert_eq!(stage.stored(), before + 2, "{what}");
    }
    // The user's own message is still the user's own.
    let rows = stage.rows(BOB).await;
    assert_eq!(rows.iter().filter(|m| m.is_own()).map(|m| m.body.raw()).collect::<Vec<_>>(), ["mine"]);
    // And what is truly the same message twice is one row.
    let same = message("bob@a.test/a", "e1", "once", &(origin("e1") + &sid("me@a.test", "T")));
    stage.says(&same).await;
    stage.says(&same).await;
    assert_eq!(stage.bodies(BOB).await.iter().filter(|b| *b == "once").count(), 1);
    figure("S-08", "scripted server", &format!("{} pairs with ids that collide, both shown each time", variants.len()));
}

#[tokio::test]
async fn s09_forwarded_is_not_said() {
    let mut stage = in_room().await;
    stage.opens(BOB).await;
    let inner =
        "<message xmlns='jabber:client' from='bob@a.test/a' to='me@a.test' type='chat'><body>pay</body></message>";
    let forwarded = format!(
        "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-01T10:00:00Z'/>{inner}</forwarded>"
    );
    let bare = |from: &str, kind: &str, inner: &str| format!("<message from='{from}' type='{kind}'>{inner}</message>");
    for (what, xml) in [
        ("alone", bare(EVE, "chat", &forwarded)),
        ("as a headline", bare(EVE, "headline", &forwarded)),
        ("by bob himself", bare("bob@a.test/a", "chat", &forwarded)),
        ("by the account", bare("me@a.test", "chat", &forwarded)),
        ("by the server", bare("a.test", "normal", &forwarded)),
        ("in a room", bare("r@muc.a.test/eve", "groupchat", &forwarded)),
        ("in private", bare("r@muc.a.test/eve", "chat", &forwarded)),
        ("without a wrapper", bare(EVE, "chat", inner)),
        ("twice wrapped", bare(EVE, "chat", &format!("<forwarded xmlns='urn:xmpp:forward:0'>{forwarded}</forwarded>"))),
        (
            "an older carbon",
            bare("me@a.test", "chat", &format!("<received xmlns='urn:xmpp:carbons:1'>{forwarded}</received>")),
        ),
    ] {
        stage.ignores(what, &xml).await;
    }
    // With words of her own it is she who says them, in her own chat.
    stage.says(&message(EVE, "1", "look what bob says", &forwarded)).await;
    assert_eq!(stage.bodies("eve@evil.test").await, ["look what bob says"]);
    assert!(stage.bodies(BOB).await.is_empty());
    figure("S-09", "scripted server", "10 forwarded messages, 0 shown as said");
}

/// What became of the one message that was sent to bob.
async fn delivery(stage: &mut Stage) -> Delivery {
    stage.rows(BOB).await.into_iter().find(|m| m.body.raw() == "to bob").unwrap().delivery
}

async fn with_sent() -> (Stage, String) {
    let mut stage = in_room().await;
    stage.opens(BOB).await;
    stage.enters("to bob").await;
    let id = stage.sent_to(BOB).last().unwrap().id.clone().unwrap();
    assert_eq!(delivery(&mut stage).await, Delivery::Sent);
    (stage, id)
}

#[tokio::test]
async fn s11_receipts_forged() {
    let (mut stage, id) = with_sent().await;
    let received = format!("<received xmlns='urn:xmpp:receipts' id='{id}'/>");
    let displayed = format!("<displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/>");
    let bare =
        |from: &str, kind: &str, inner: &str| format!("<message from='{from}' type='{kind}' id='f'>{inner}</message>");
    let copy = format!(
        "<message from='eve@evil.test'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>{}\
        </forwarded></received></message>",
        bare("bob@a.test/a", "chat", &received).replace("<message ", "<message xmlns='jabber:client' ")
    );
    let variants = [
        ("a stranger", bare(EVE, "chat", &received)),
        ("a name that ends the same", bare("bob@a.test.evil.test/a", "chat", &received)),
        ("another contact", bare("carol@a.test/a", "chat", &received)),
        ("an occupant of his name", bare("r@muc.a.test/bob", "chat", &received)),
        ("an occupant, to all", bare("r@muc.a.test/bob", "groupchat", &received)),
        ("the server", bare("a.test", "chat", &received)),
        ("another device of ours", bare("me@a.test/there", "chat", &received)),
        ("as an error", bare(EVE, "error", &received)),
        ("in a forged copy", copy),
        ("forwarded", bare(EVE, "chat", &format!("<forwarded xmlns='urn:xmpp:forward:0'>{received}</forwarded>"))),
        ("a marker of a stranger", bare(EVE, "chat", &displayed)),
        ("a marker of another contact", bare("carol@a.test/a", "chat", &displayed)),
        ("a marker in a room", bare("r@muc.a.test/bob", "groupchat", &displayed)),
        ("bob, for another message", bare("bob@a.test/a", "chat", "<received xmlns='urn:xmpp:receipts' id='other'/>")),
        ("bob, for none", bare("bob@a.test/a", "chat", "<received xmlns='urn:xmpp:receipts'/>")),
    ];
    for (what, xml) in &variants {
        stage.ignores(what, xml).await;
        assert_eq!(delivery(&mut stage).await, Delivery::Sent, "{what}");
    }
    stage.says(&bare("bob@a.test/a", "chat", &received)).await;
    assert_eq!(delivery(&mut stage).await, Delivery::Delivered);
    figure("S-11", "scripted server", &format!("{} forged receipts and markers, no tick moved", variants.len()));
}

#[tokio::test]
async fn s12_error_forged() {
    let (mut stage, id) = with_sent().await;
    let bounce = |from: &str| {
        format!(
            "<message from='{from}' to='me@a.test/here' type='error' id='{id}'><body>to bob</body><error type='cancel'>\
            <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text \
            xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>gone</text></error></message>"
        )
    };
    let forgers = [
        EVE,
        "eve@evil.test",
        "bob@a.test.evil.test",
        "carol@a.test/a",
        "r@muc.a.test/bob",
        "r@muc.a.test",
        "muc.a.test",
        "a.test",
        "evil.test",
        "me@a.test/there",
    ];
    for from in forgers {
        stage.ignores(from, &bounce(from)).await;
        assert_eq!(delivery(&mut stage).await, Delivery::Sent, "{from}");
    }
    // An error after a receipt undoes nothing.
    stage
        .says(&format!("<message from='bob@a.test/a' id='r'><received xmlns='urn:xmpp:receipts' id='{id}'/></message>"))
        .await;
    stage.says(&bounce("bob@a.test/a")).await;
    assert_eq!(delivery(&mut stage).await, Delivery::Delivered);
    // The true one counts.
    stage.enters("again").await;
    let id = stage.sent_to(BOB).last().unwrap().id.clone().unwrap();
    stage
        .says(&format!(
            "<message from='bob@a.test' type='error' id='{id}'><error type='cancel'><item-not-found \
        xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        ))
        .await;
    let last = stage.rows(BOB).await.pop().unwrap();
    assert!(matches!(last.delivery, Delivery::Failed(_)), "{:?}", last.delivery);
    figure("S-12", "scripted server", &format!("{} forged errors, 0 messages failed", forgers.len()));
}
