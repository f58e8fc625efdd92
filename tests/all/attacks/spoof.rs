//! S-01, S-02, S-03, S-04: stanzas that pretend to come from the account, its archive or its server.

use super::server::{MAM, Server, answer};
use super::stage::{BOB, EVE, Stage, account};
use crate::figures::{figure, scale};
use parlour::model::BareJid;
use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

fn copy(from: &str, kind: &str, inner: &str) -> String {
    format!(
        "<message{from} to='me@a.test/here'><{kind} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>\
        {inner}</forwarded></{kind}></message>"
    )
}

#[tokio::test]
async fn s01_carbons_spoof() {
    let mut stage = Stage::new().await;
    let inner =
        "<message xmlns='jabber:client' from='bob@a.test/a' to='me@a.test' type='chat'><body>pay</body></message>";
    let own =
        "<message xmlns='jabber:client' from='me@a.test/there' to='bob@a.test' type='chat'><body>pay</body></message>";
    let senders = [
        " from='eve@evil.test/x'",
        " from='eve@evil.test'",
        " from='bob@a.test/a'",
        // Its own full address and that of another client: nobody but the account forwards (XEP-0280 §11).
        " from='me@a.test/here'",
        " from='me@a.test/there'",
        " from='a.test'",
        "",
        " from='me@a.test.evil.test'",
        " from='me@a.test@evil.test'",
        " from='me\u{200b}@a.test'",
        " from='mе@a.test'",
        " from='me@a.test/'",
    ];
    let mut tried = 0;
    for sender in senders {
        for (kind, inner) in [("received", inner), ("sent", own)] {
            tried += 1;
            stage.ignores(&format!("{kind}{sender}"), &copy(sender, kind, inner)).await;
        }
    }
    assert!(stage.logged("a carbon from somebody else") >= 12);
    // What the account forwards may still be nonsense: a sent copy of somebody else's words, a room's, none.
    let me = " from='me@a.test'";
    stage.ignores("sent by bob", &copy(me, "sent", inner)).await;
    stage.ignores("of a room", &copy(me, "received", &inner.replace("'chat'", "'groupchat'"))).await;
    stage.ignores("empty", &copy(me, "received", "")).await;
    let twice =
        copy("", "received", inner).replace("<message to", "<message xmlns='jabber:client' from='bob@a.test/a' to");
    stage.ignores("a copy in a copy", &copy(me, "received", &twice)).await;
    // Case is no difference (RFC 7622): this is the account. And the honest copy comes through.
    stage.says(&copy(" from='ME@a.test'", "received", inner)).await;
    stage.says(&copy(me, "sent", own)).await;
    assert_eq!(stage.bodies(BOB).await, ["pay", "pay"]);
    figure("S-01", "scripted server", &format!("{} forged copies, 0 shown", tried + 4));
}

/// What was asked and is not answered yet: the iq's id and what the test needs of it.
type Asked = Rc<RefCell<Vec<(String, Option<String>, String)>>>;

/// A server that leaves questions with this payload open.
fn holding(name: &'static str, ns: &'static str) -> (Server, Asked) {
    let asked = Asked::default();
    let noted = asked.clone();
    let mut server = Server::default();
    server.hook(move |stanza| {
        let payload = stanza.child(name, ns).filter(|_| stanza.type_.as_deref() != Some("result"))?;
        let query = payload.attr("queryid").unwrap_or_default().to_owned();
        noted.borrow_mut().push((stanza.id.clone().unwrap(), stanza.to.clone(), query));
        Some(String::new())
    });
    (server, asked)
}

fn result(from: &str, query: &str, id: &str, inner_from: &str, body: &str) -> String {
    format!(
        "<message{from} to='me@a.test/here'><result xmlns='{MAM}' queryid='{query}' id='{id}'>\
        <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-01T10:00:00Z'/>\
        <message xmlns='jabber:client' from='{inner_from}' to='me@a.test' type='chat' id='m-{id}'><body>{body}</body>\
        </message></forwarded></result></message>"
    )
}

#[tokio::test]
async fn s02_archive_spoof() {
    let (server, asked) = holding("query", MAM);
    let mut stage = Stage::signed_in(false, server).await;
    stage.opens(BOB).await;
    let (iq, to, live) = asked.borrow()[0].clone();
    assert!(to.is_none() && live.len() >= 16, "{live}");
    let bob = "bob@a.test/a";
    let mut tried = 0;
    for from in [
        "eve@evil.test/x",
        "eve@evil.test",
        "bob@a.test",
        "me@a.test/here",
        "me@a.test/there",
        "a.test",
        "r@muc.a.test",
    ] {
        for query in [live.as_str(), "", "Q", "mark-1"] {
            tried += 1;
            stage.ignores(from, &result(&format!(" from='{from}'"), query, "1", bob, "pay")).await;
        }
    }
    // From the account itself, but for no question that is open; and in a copy of the account's.
    for query in ["", "Q", &live.to_uppercase()] {
        tried += 1;
        stage.ignores(query, &result(" from='me@a.test'", query, "1", bob, "pay")).await;
    }
    let copied = format!(
        "<message from='me@a.test'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>{}\
        </forwarded></received></message>",
        result(" xmlns='jabber:client' from='me@a.test'", &live, "1", bob, "pay")
    );
    stage.ignores("in a copy", &copied).await;
    // A room's archive tells of that room alone, and nobody else tells of it.
    stage.server.room("r@muc.a.test", &["bob"]);
    stage.enters("/join r@muc.a.test").await;
    let (room_iq, _, room_query) =
        asked.borrow().iter().find(|a| a.1.as_deref() == Some("r@muc.a.test")).unwrap().clone();
    stage.opens(BOB).await;
    let spoken = |from: &str, inner: &str| {
        result(from, &room_query, "2", inner, "pay").replace("type='chat'", "type='groupchat'")
    };
    let room = " from='r@muc.a.test'";
    stage.ignores("a room on bob", &result(room, &room_query, "2", bob, "pay")).await;
    stage.ignores("a room on bob, as a room", &spoken(room, bob)).await;
    stage.ignores("a room on another room", &spoken(room, "s@muc.a.test/bob")).await;
    stage.ignores("eve on the room", &spoken(" from='eve@evil.test'", "r@muc.a.test/bob")).await;
    stage.ignores("an occupant on the room", &spoken(" from='r@muc.a.test/eve'", "r@muc.a.test/bob")).await;
    stage.ignores("the account on the room", &spoken(" from='me@a.test'", "r@muc.a.test/bob")).await;
    // The true answers come through, and then the question is closed.
    let fin = format!("<fin xmlns='{MAM}' complete='true'/>");
    stage.send(&result("", &live, "3", bob, "true"));
    stage.says(&answer(None, &iq, &fin)).await;
    stage.send(&spoken(room, "r@muc.a.test/bob"));
    stage.says(&answer(Some("r@muc.a.test"), &room_iq, &fin)).await;
    assert_eq!(stage.bodies(BOB).await, ["true"]);
    assert_eq!(stage.bodies("r@muc.a.test").await, ["pay"]);
    stage.ignores("late", &result("", &live, "4", bob, "late")).await;
    figure("S-02", "scripted server", &format!("{} forged results, 0 stored", tried + 8));
}

#[tokio::test]
async fn s03_roster_push_spoof() {
    let mut stage = Stage::new().await;
    let item = "<item jid='eve@evil.test' name='Mum' subscription='both'/>";
    let gone = "<item jid='bob@a.test' subscription='remove'/>";
    let renamed = "<item jid='bob@a.test' name='Mallory' subscription='none'/>";
    let push = |from: &str, item: &str| {
        format!("<iq type='set' id='p1' from='{from}'><query xmlns='jabber:iq:roster'>{item}</query></iq>")
    };
    let known = stage.state.roster.by_account.clone();
    for from in
        [EVE, "eve@evil.test", "evil.test", "bob@a.test", "me@a.test.evil.test", "a.test.evil.test", "muc.a.test"]
    {
        for item in [item, gone, renamed] {
            let before = stage.server.sent.len();
            stage.ignores(from, &push(from, item)).await;
            assert_eq!(stage.state.roster.by_account, known, "{from}: {item}");
            let answer = stage.server.sent[before..].iter().find(|s| s.id.as_deref() == Some("p1")).unwrap();
            assert_eq!((answer.type_.as_deref(), answer.to.as_deref()), (Some("error"), Some(from)));
            let error = answer.child("error", "jabber:client").unwrap();
            assert!(error.children().any(|c| c.name() == "service-unavailable"), "{from}");
        }
    }
    // The server's own push, without a sender and from the account, counts.
    stage.says(&push("me@a.test", renamed)).await;
    stage.says(&push("me@a.test", item).replace(" from='me@a.test'", "")).await;
    let roster = &stage.state.roster.by_account[&account()];
    assert_eq!(roster[&BareJid::parse(BOB).unwrap()].name.as_ref().unwrap().raw(), "Mallory");
    assert!(roster.contains_key(&BareJid::parse("eve@evil.test").unwrap()));
    figure("S-03", "scripted server", "21 forged pushes, 0 changes, all refused");
}

#[tokio::test]
async fn s04_answer_spoof() {
    let (server, asked) = holding("query", "jabber:iq:roster");
    let mut stage = Stage::signed_in(false, server).await;
    let (id, _, _) = asked.borrow()[0].clone();
    let payload = "<query xmlns='jabber:iq:roster'><item jid='eve@evil.test' name='Mum' subscription='both'/></query>";
    let tries = scale(1_000, 1_000);
    for n in 0..tries {
        let from = match n % 5 {
            0 => EVE.to_owned(),
            1 => "eve@evil.test".to_owned(),
            2 => BOB.to_owned(),
            3 => "me@a.test.evil.test".to_owned(),
            _ => format!("e{n}@evil.test/x"),
        };
        let kind = if n % 7 == 0 { "error" } else { "result" };
        stage.send(&format!("<iq type='{kind}' id='{id}' from='{from}'>{payload}</iq>"));
    }
    stage.settle().await;
    let eve = BareJid::parse("eve@evil.test").unwrap();
    let is_known = |stage: &Stage| stage.state.roster.by_account.get(&account()).is_some_and(|r| r.contains_key(&eve));
    assert!(!is_known(&stage));
    // The question is still open for the true answer, which counts once.
    let honest = payload.replace("eve@evil.test", BOB).replace("Mum", "Bob");
    stage.says(&answer(None, &id, &honest)).await;
    stage.says(&answer(None, &id, payload)).await;
    assert!(!is_known(&stage));
    assert!(stage.state.roster.by_account[&account()].contains_key(&BareJid::parse(BOB).unwrap()));
    // Ids cannot be guessed: 16 characters of 64 and more random bits, none twice.
    let ids: Vec<&str> = stage.server.sent.iter().filter_map(|s| s.id.as_deref()).filter(|i| *i != id).collect();
    let different: HashSet<&str> = ids.iter().copied().collect();
    assert!(ids.len() >= 5 && different.len() == ids.len() && ids.iter().all(|i| i.len() >= 11), "{ids:?}");
    figure("S-04", "scripted server", &format!("{tries} forged answers with the true id, 0 taken"));
}
