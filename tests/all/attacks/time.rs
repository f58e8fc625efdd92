//! S-13: stamps that would move messages about in time.

use super::server::MAM;
use super::stage::{BOB, EVE, Stage};
use crate::figures::figure;
use parlour::model::Time;

const ROOM: &str = "r@muc.a.test";

fn delay(by: &str, stamp: &str) -> String {
    let by = if by.is_empty() { String::new() } else { format!(" from='{by}'") };
    format!("<delay xmlns='urn:xmpp:delay'{by} stamp='{stamp}'/>")
}

/// Stamps that are far off, that no calendar has, or that are none.
const STAMPS: [&str; 22] = [
    "2038-01-19T03:14:08Z",
    "9999-12-31T23:59:59Z",
    "+262142-12-31T23:59:59Z",
    "99999999-01-01T00:00:00Z",
    "2999-02-30T10:00:00Z",
    "0000-00-00T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "-9999-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00Z",
    "1601-01-01T00:00:00Z",
    "2016-12-31T23:59:60Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T10:00:00+99:99",
    "2026-01-01T10:00:00.999999999999999999999Z",
    "20260101T10:00:00",
    "2026-01-01",
    "٢٠٢٦-٠١-٠١T00:00:00Z",
    "2026-01-01T10:00:00Z\u{202e}",
    "now",
    "",
];

/// A message that was just sent stands last, whatever came before it claimed to be.
async fn is_last(stage: &mut Stage, chat: &str, xml: &str, body: &str, what: &str) {
    stage.says(xml).await;
    let rows = stage.rows(chat).await;
    let last = rows.last().unwrap();
    assert_eq!(last.body.raw(), body, "{what}: {:?}", rows.iter().map(|m| (m.body.raw(), m.time)).collect::<Vec<_>>());
    let now = Time::now();
    assert!(rows.iter().all(|m| m.time <= now), "{what}: a message from the future");
    let screen = stage.screen();
    let shown: Vec<&str> = screen.lines().filter(|l| l.contains(body)).collect();
    assert!(!shown.is_empty(), "{what}\n{screen}");
}

#[tokio::test]
async fn s13_delay_stamps() {
    let mut stage = Stage::new().await;
    let mut tried = 0;
    for stamp in STAMPS {
        for by in ["", "evil.test", "bob@a.test", "me@a.test", "a.test"] {
            tried += 1;
            let odd = delay(by, stamp);
            let xml = format!(
                "<message from='bob@a.test/a' type='chat' id='p{tried}'><body>old {tried}</body>{odd}</message>"
            );
            stage.says(&xml).await;
            let rows = stage.rows(BOB).await;
            let row = rows.iter().find(|m| m.body.raw() == format!("old {tried}")).expect("nothing is lost");
            let is_believed = matches!(by, "me@a.test" | "a.test");
            assert!(is_believed || !row.is_delayed, "{by:?} is nobody to say {stamp}");
            // Whose clock is ahead is told to be late, and stands at now.
            if is_believed && stamp.starts_with("9999-") {
                assert!(row.is_delayed && Time::now().since(row.time).as_secs() < 60, "{stamp}: {row:?}");
            }
            let body = format!("new {tried}");
            let xml = format!("<message from='bob@a.test/a' type='chat' id='n{tried}'><body>{body}</body></message>");
            is_last(&mut stage, BOB, &xml, &body, &format!("{by} {stamp}")).await;
        }
    }
    assert_eq!(stage.unread(), 0);
    figure("S-13", "scripted server", &format!("{tried} odd stamps, the newest message always last"));
}

#[tokio::test]
async fn s13_stamps_in_rooms_and_copies() {
    let mut stage = Stage::new().await;
    stage.joins(ROOM, &["bob", "eve"]).await;
    let far = "9999-12-31T23:59:59Z";
    for (n, (by, stamp)) in [
        ("r@muc.a.test", far),
        ("r@muc.a.test/eve", far),
        ("eve@evil.test", far),
        ("", far),
        (ROOM, "1999-01-01T00:00:00Z"),
    ]
    .into_iter()
    .enumerate()
    {
        stage
            .says(&format!(
                "<message from='{ROOM}/eve' type='groupchat' id='e{n}'><body>odd {n}</body>{}</message>",
                delay(by, stamp)
            ))
            .await;
        let body = format!("true {n}");
        let xml = format!("<message from='{ROOM}/bob' type='groupchat' id='b{n}'><body>{body}</body></message>");
        is_last(&mut stage, ROOM, &xml, &body, by).await;
    }
    // Two stamps, a copy's inner stamp, and the older kind.
    stage.opens(BOB).await;
    let two = delay("a.test", far) + &delay("a.test", "2001-01-01T00:00:00Z");
    let inner = format!(
        "<message from='me@a.test'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>{}<message \
        xmlns='jabber:client' from='bob@a.test/b' to='me@a.test' type='chat' id='i'><body>copied</body>{}</message>\
        </forwarded></received></message>",
        delay("", far),
        delay("evil.test", far)
    );
    let old = "<x xmlns='jabber:x:delay' from='a.test' stamp='99991231T23:59:59'/>";
    let odd = [
        format!("<message from='bob@a.test/a' type='chat' id='k1'><body>two</body>{two}</message>"),
        inner,
        format!("<message from='bob@a.test/a' type='chat' id='k2'><body>older</body>{old}</message>"),
        format!("<message from='{EVE}' type='chat' id='k3'><body>eve</body>{two}</message>"),
    ];
    for (n, xml) in odd.iter().enumerate() {
        stage.says(xml).await;
        let body = format!("after {n}");
        let xml = format!("<message from='bob@a.test/a' type='chat' id='m{n}'><body>{body}</body></message>");
        is_last(&mut stage, BOB, &xml, &body, &body).await;
    }
}

/// An archive that stamps its messages with the future, or with nothing, cannot put them below what comes later.
#[tokio::test]
async fn s13_stamps_in_an_archive() {
    let mut server = super::server::Server::default();
    let mut is_done = false;
    server.hook(move |stanza| {
        let query = stanza.child("query", MAM)?;
        if stanza.to.is_some() || std::mem::replace(&mut is_done, true) {
            return None;
        }
        let id = query.attr("queryid").unwrap();
        let mut xml = String::new();
        for (n, stamp) in STAMPS.iter().enumerate() {
            xml += &format!(
                "<message><result xmlns='{MAM}' queryid='{id}' id='a{n}'><forwarded xmlns='urn:xmpp:forward:0'>{}<message \
                xmlns='jabber:client' from='bob@a.test/a' to='me@a.test' type='chat' id='s{n}'><body>archived {n}</body>\
                </message></forwarded></result></message>",
                delay("", stamp)
            );
        }
        let fin = format!("<fin xmlns='{MAM}' complete='true'/>");
        Some(xml + &super::server::answer(None, stanza.id.as_deref().unwrap(), &fin))
    });
    let mut stage = Stage::signed_in(false, server).await;
    stage.opens(BOB).await;
    assert_eq!(stage.rows(BOB).await.len(), STAMPS.len());
    // The archive's order is the order, whatever the stamps say.
    let order: Vec<String> = (0..STAMPS.len()).map(|n| format!("archived {n}")).collect();
    assert_eq!(stage.bodies(BOB).await, order);
    let xml = "<message from='bob@a.test/a' type='chat' id='n'><body>newest</body></message>";
    is_last(&mut stage, BOB, xml, "newest", "archive").await;
}
