//! S-30, S-31, S-34, S-35, S-37, S-38: stanzas and answers that would cost a client its stack, memory or time.
//! Times and memory are noted; only loose bounds are asserted, since other tests run at the same time.

use super::BUILD;
use super::server::{MAM, Server, answer, occupant};
use super::stage::{BOB, EVE, Stage};
use super::strangers::rss;
use crate::figures::{figure, scale};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

const ROOM: &str = "r@muc.a.test";
/// What stands on the page that is asked for the nth time.
type Pages = Box<dyn Fn(usize) -> Option<usize>>;
/// A stanza with something in it.
type Path = Box<dyn Fn(&str) -> String>;
/// Far above what any of this takes, far below what a fault would take.
const SLOW: Duration = Duration::from_secs(20);

/// Elements in elements.
fn nest(depth: usize) -> String {
    "<a>".repeat(depth) + &"</a>".repeat(depth)
}

#[tokio::test]
async fn s30_nested_kill() {
    let mut stage = Stage::signed_in(true, Server::default()).await;
    stage.opens(BOB).await;
    stage.joins(ROOM, &["bob", "eve"]).await;
    stage.opens(BOB).await;
    let pep = |inner: &str| {
        format!(
            "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:bookmarks:1'><item \
            id='x@muc.a.test'><conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'>{inner}</conference></item></items></event>"
        )
    };
    let paths: [(&str, Path); 7] = [
        (
            "live",
            Box::new(|n| {
                format!("<message type='headline' from='{EVE}'><no-store xmlns='urn:xmpp:hints'/>{n}</message>")
            }),
        ),
        (
            "archive",
            Box::new(|n| {
                format!(
                    "<message from='me@a.test'><result xmlns='{MAM}' queryid='q' id='1'><forwarded \
                    xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'>{n}</message></forwarded></result></message>"
                )
            }),
        ),
        ("PEP", Box::new(move |n| format!("<message from='me@a.test'>{}</message>", pep(n)))),
        (
            "disco",
            Box::new(|n| {
                format!(
                    "<iq type='result' id='d' from='a.test'><query xmlns='http://jabber.org/protocol/disco#info'>{n}</query></iq>"
                )
            }),
        ),
        (
            "subject",
            Box::new(|n| format!("<message type='groupchat' from='{ROOM}/eve'><subject>{n}</subject></message>")),
        ),
        (
            "roster",
            Box::new(|n| {
                format!(
                    "<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item jid='x@a.test'>{n}</item></query></iq>"
                )
            }),
        ),
        ("presence", Box::new(|n| format!("<presence from='bob@a.test/a'><status>{n}</status></presence>"))),
    ];
    let depths: &[usize] = scale(&[3_000, 36_000, 74_000], &[3_000, 36_000, 74_000, 500_000]);
    let mut slowest = Duration::ZERO;
    stage.says("<presence from='bob@a.test/a'/>").await;
    for (what, path) in &paths {
        for depth in depths {
            let before = stage.confirmed().await - stage.marks;
            let begin = Instant::now();
            stage.ignores(what, &path(&nest(*depth))).await;
            slowest = slowest.max(begin.elapsed());
            let after = stage.confirmed().await - stage.marks;
            assert_eq!(after, before + 1, "{what} of {depth} is counted (XEP-0198)");
        }
    }
    assert_eq!(stage.dials, 1);
    assert!(stage.toasts().iter().any(|t| t.contains("nested too deeply")), "{:?}", stage.toasts());
    assert!(slowest < SLOW, "{slowest:?}");
    figure(
        "S-30",
        "scripted server",
        &format!("7 paths, up to {} levels: 0 ends, slowest {slowest:.1?} ({BUILD})", depths.last().unwrap()),
    );
}

/// An answer that was nested too deeply is no answer: the login goes on without it.
#[tokio::test]
async fn s30_nested_answers() {
    for ns in
        ["jabber:iq:roster", "http://jabber.org/protocol/disco#info", MAM, "urn:xmpp:carbons:2", "jabber:iq:private"]
    {
        let mut server = Server::default();
        server.hook(move |stanza| {
            let is_asked =
                stanza.children.first().is_some_and(|c| c.ns() == ns) && stanza.type_.as_deref() != Some("result");
            let nested = format!("<query xmlns='{ns}'>{}</query>", nest(36_000));
            is_asked.then(|| answer(stanza.to.as_deref(), stanza.id.as_deref().unwrap(), &nested))
        });
        let mut stage = Stage::signed_in(false, server).await;
        stage.says("<message from='bob@a.test/a' type='chat' id='1'><body>alive</body></message>").await;
        assert_eq!((stage.bodies(BOB).await, stage.dials), (vec!["alive".to_owned()], 1), "{ns}");
    }
}

#[tokio::test]
async fn s31_long_attribute() {
    let mut stage = Stage::new().await;
    let begin = Instant::now();
    let mut tried = 0;
    for length in [9_000, 100_000, 1_000_000, 2_000_000] {
        let long = "x".repeat(length);
        for xml in [
            format!("<message from='bob@a.test/a' type='chat' id='{long}'><body>lost</body></message>"),
            format!("<message from='bob@a.test/{long}' type='chat' id='1'><body>lost</body></message>"),
            format!("<message from='bob@a.test/a' type='chat' id='1'><body a='{long}'>lost</body></message>"),
            format!("<presence from='bob@a.test/a' id='{long}'/>"),
            format!("<iq from='bob@a.test/a' type='get' id='{long}'><ping xmlns='urn:xmpp:ping'/></iq>"),
            format!("<message from='bob@a.test/a' type='chat' id='1'><x{long}/><body>lost</body></message>"),
            format!(
                "<message from='bob@a.test/a' type='chat' id='1'><x xmlns='urn:{long}'/><body>lost</body></message>"
            ),
        ] {
            tried += 1;
            stage.says(&xml).await;
            let body = format!("later {tried}");
            stage
                .says(&format!("<message from='bob@a.test/a' type='chat' id='n{tried}'><body>{body}</body></message>"))
                .await;
            assert_eq!(stage.bodies(BOB).await.last(), Some(&body));
            assert!(stage.screen().contains(&body));
        }
    }
    assert_eq!((stage.stored(), stage.dials, stage.unread()), (tried, 1, 0));
    assert!(begin.elapsed() < SLOW * 3, "{:?}", begin.elapsed());
    figure("S-31", "scripted server", &format!("{tried} stanzas with 9 kB to 2 MB in one attribute: 0 reconnects"));
}

/// The same as the last message of an archive's page.
#[tokio::test]
async fn s31_long_attribute_in_the_archive() {
    let mut server = Server::default();
    let mut is_done = false;
    server.hook(move |stanza| {
        let query = stanza.child("query", MAM).filter(|_| stanza.to.is_none())?;
        if std::mem::replace(&mut is_done, true) {
            return None;
        }
        let id = query.attr("queryid").unwrap();
        let result = |n: usize, inner_id: &str| {
            format!(
                "<message><result xmlns='{MAM}' queryid='{id}' id='a{n}'><forwarded xmlns='urn:xmpp:forward:0'><delay \
                xmlns='urn:xmpp:delay' stamp='2026-11-01T10:00:0{n}Z'/><message xmlns='jabber:client' from='bob@a.test/a' \
                to='me@a.test' type='chat' id='{inner_id}'><body>archived {n}</body></message></forwarded></result></message>"
            )
        };
        let page = result(1, "i1") + &result(2, &"x".repeat(9_000)) + &result(3, "i3") + &result(4, &"x".repeat(900_000));
        Some(page + &answer(None, stanza.id.as_deref().unwrap(), &format!("<fin xmlns='{MAM}' complete='true'/>")))
    });
    let mut stage = Stage::signed_in(false, server).await;
    assert_eq!(stage.bodies(BOB).await, ["archived 1", "archived 3"]);
    stage.says("<message from='bob@a.test/a' type='chat' id='n'><body>live</body></message>").await;
    assert_eq!((stage.bodies(BOB).await.len(), stage.dials), (3, 1));
}

#[tokio::test]
async fn s34_wide_stanza() {
    let mut stage = Stage::new().await;
    let say =
        |inner: &str| format!("<message from='bob@a.test/a' type='chat' id='w'><body>wide</body>{inner}</message>");
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=''")).collect();
    let reactions = |n: usize| {
        let all: String = (0..n).map(|n| format!("<reaction>{n}</reaction>")).collect();
        format!("<reactions xmlns='urn:xmpp:reactions:0' id='x'>{all}</reactions>")
    };
    let mut slowest = Duration::ZERO;
    // Over a bound: nothing of it is taken.
    for (what, xml) in [
        ("300,000 children", say(&"<a/>".repeat(260_000))),
        ("300,000 children, over the size too", say(&"<a/>".repeat(300_000))),
        ("100,000 attributes", say(&format!("<x{attributes}/>"))),
        (
            "100,000 attributes of the message",
            format!("<message from='bob@a.test/a'{attributes}><body>wide</body></message>"),
        ),
        ("50,000 reactions", say(&reactions(50_000))),
        ("a tree of 60,000", say(&format!("<a>{}</a>", "<b/>".repeat(9_000)).repeat(7))),
    ] {
        let begin = Instant::now();
        stage.ignores(what, &xml).await;
        slowest = slowest.max(begin.elapsed());
        assert!(stage.frame() < SLOW, "{what}");
    }
    // Just below: taken, without harm.
    for xml in
        [say(&reactions(9_990)), say(&"<body/>".repeat(9_990)), say(&"<delay xmlns='urn:xmpp:delay'/>".repeat(9_000))]
    {
        let begin = Instant::now();
        stage.says(&xml.replace("id='w'", &format!("id='w{}'", stage.marks))).await;
        slowest = slowest.max(begin.elapsed());
    }
    assert_eq!((stage.stored(), stage.dials), (3, 1));
    assert!(slowest < SLOW, "{slowest:?}");
    figure(
        "S-34",
        "scripted server",
        &format!("260,000 children, 100,000 attributes, 50,000 reactions left out; slowest {slowest:.1?} ({BUILD})"),
    );
}

/// A form of nearly ten thousand fields, which a server may send, can be looked at, gone through and left.
#[tokio::test]
async fn s34_wide_form() {
    let mut stage = Stage::new().await;
    stage.joins(ROOM, &["bob"]).await;
    let owner = "affiliation='owner' role='moderator'";
    let own = occupant(ROOM, "me", "id-of-me", "<status code='110'/>");
    stage.send(&own.replace("affiliation='none' role='participant'", owner));
    stage.settle().await;
    let fields: String = (0..9_990)
        .map(|n| format!("<field var='f{n}' type='text-single' label='Field {n}'><value>{n}</value></field>"))
        .collect();
    stage.server.hook(move |stanza| {
        stanza.child("query", "http://jabber.org/protocol/muc#owner")?;
        let form = format!(
            "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'><title>Wide</title>\
            {fields}</x></query>"
        );
        Some(answer(stanza.to.as_deref(), stanza.id.as_deref().unwrap(), &form))
    });
    stage.enters("/config").await;
    assert!(stage.screen().contains("Field 0"), "{}", stage.screen());
    let mut slowest = Duration::ZERO;
    for key in ["tab", "down", "end", "pagedown", "tab"] {
        let begin = Instant::now();
        stage.key(key);
        slowest = slowest.max(begin.elapsed()).max(stage.frame());
    }
    stage.key("esc");
    stage.settle().await;
    assert!(slowest < SLOW, "{slowest:?}");
    figure(
        "S-34",
        "scripted server",
        &format!("a form of 9,990 fields: a key or a frame takes {slowest:.1?} at most ({BUILD})"),
    );
}

/// A server that asks for more rounds of PBKDF2 than anybody needs is refused before the first.
#[tokio::test]
async fn s35_pbkdf2_bomb() {
    use super::super::session::fake::{How, Rig, SASL, mechanisms};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;
    let mut slowest = Duration::ZERO;
    let rounds = [
        "2000000000",
        "1000001",
        "4294967295",
        "4294967296",
        "18446744073709551616",
        "99999999999999999999999999",
        "-1",
        "0",
        "1",
        "4095",
        "1e9",
        "0x1000",
        "",
    ];
    for i in rounds {
        let mut rig = Rig::start(How::Tls);
        let mut fake = rig.accept().await;
        fake.features(&mechanisms(&["SCRAM-SHA-256"])).await;
        fake.expect("<auth").await;
        fake.expect(">").await;
        let first = fake.expect("</auth>").await;
        let first = String::from_utf8(BASE64.decode(first.trim_end_matches("</auth>")).unwrap()).unwrap();
        let nonce = first.split("r=").nth(1).unwrap();
        let challenge = format!("r={nonce}more,s={},i={i}", BASE64.encode("salt"));
        let begin = Instant::now();
        fake.send(&format!("<challenge xmlns='{SASL}'>{}</challenge>", BASE64.encode(challenge))).await;
        let reason = rig.reason().await;
        slowest = slowest.max(begin.elapsed());
        assert!(matches!(reason, parlour::model::DownReason::ServerProof(_)), "i={i}: {reason:?}");
        assert!(!rig.during(fake.rest()).await.contains("<response"), "i={i}");
    }
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    figure(
        "S-35",
        "scripted server",
        &format!("{} counts of rounds refused, the slowest after {slowest:?}", rounds.len()),
    );
}

#[tokio::test]
async fn s37_caps_bomb() {
    let open: Rc<RefCell<Vec<(String, String)>>> = Rc::default();
    let asked = open.clone();
    let mut server = Server::default();
    server.hook(move |stanza| {
        let to = stanza.to.clone().filter(|to| to.starts_with("bob@a.test/"))?;
        stanza.child("query", "http://jabber.org/protocol/disco#info")?;
        asked.borrow_mut().push((stanza.id.clone().unwrap(), to));
        Some(String::new())
    });
    let mut stage = Stage::signed_in(false, server).await;
    let (before, begin) = (rss(), Instant::now());
    let come = |who: &str, n: usize, ver: &str| {
        format!(
            "<presence from='{who}/{n}'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:n{n}' ver='{ver}'/></presence>"
        )
    };
    let count = scale(5_000, 5_000);
    for n in 0..count {
        stage.send(&come(BOB, n, &format!("bm9ib2R5IGtub3dz{n:08}AAAA=")));
        stage.send(&come("eve@evil.test", n, &format!("c3RyYW5nZXI{n:08}AAAA=")));
    }
    stage.settle().await;
    assert_eq!(open.borrow().len(), 4, "questions in flight");
    assert!(
        stage.server.sent.iter().all(|s| !s.to.as_deref().unwrap_or_default().contains("evil.test")),
        "strangers are not asked"
    );
    // Answers that do not yield the hash: taken for nobody else, and never more than four open.
    let info = "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='client' type='pc' name='Forged'/>\
        <feature var='urn:forged'/></query>";
    for _ in 0..200 {
        let all: Vec<(String, String)> = open.borrow_mut().drain(..).collect();
        assert!(all.len() <= 4, "{} in flight", all.len());
        if all.is_empty() {
            break;
        }
        for (id, to) in all {
            stage.send(&answer(Some(&to), &id, info));
        }
        stage.settle().await;
    }
    assert_eq!(stage.count("SELECT count(*) FROM caps"), 0, "a hash that proves nothing is not kept");
    let grown = rss().saturating_sub(before);
    assert!(grown < 150 << 20, "{} MB more", grown >> 20);
    let words = format!(
        "{count} new hashes in {:?}: 4 questions in flight, 0 kept, memory +{} MB",
        begin.elapsed(),
        grown >> 20
    );
    figure("S-37", "scripted server", &words);
}

#[tokio::test]
async fn s38_endless_paging() {
    let page = |id: &str, n: usize| {
        format!(
            "<message><result xmlns='{MAM}' queryid='{id}' id='a{n}'><forwarded xmlns='urn:xmpp:forward:0'><delay \
            xmlns='urn:xmpp:delay' stamp='2026-11-01T10:00:00Z'/><message xmlns='jabber:client' from='bob@a.test/a' \
            to='me@a.test' type='chat' id='i{n}'><body>archived {n}</body></message></forwarded></result></message>"
        )
    };
    let fin = |n: usize| {
        let set = format!("<set xmlns='http://jabber.org/protocol/rsm'><first>a{n}</first><last>a{n}</last></set>");
        format!("<fin xmlns='{MAM}' complete='false'>{set}</fin>")
    };
    // What, the number of the message on the page that is asked for the nth time, or none, and how often a user who
    // asks three times for all there is may make it be asked.
    let lies: [(&str, Pages, usize, usize); 5] = [
        ("the same page for ever", Box::new(|_| Some(1)), 7, 3),
        ("two pages in turns", Box::new(|n| Some(n % 2)), 10, 4),
        ("a circle of five", Box::new(|n| Some(n % 5)), 20, 7),
        ("empty pages", Box::new(|_| None), 10, 3),
        ("always something new", Box::new(Some), 160, 1_001),
    ];
    let mut told = Vec::new();
    for (what, number, most_older, most_sync) in lies {
        let asked = Rc::new(Cell::new(0));
        let is_lying = Rc::new(Cell::new(false));
        let (count, lying) = (asked.clone(), is_lying.clone());
        let mut server = Server::default();
        server.hook(move |stanza| {
            let query = stanza.child("query", MAM).filter(|_| stanza.to.is_none())?;
            let id = query.attr("queryid").unwrap();
            let n = count.replace(count.get() + 1);
            let number = if lying.get() { number(n) } else { Some(7_777_777) };
            let message = number.map_or(String::new(), |n| page(id, n));
            Some(message + &answer(None, stanza.id.as_deref().unwrap(), &fin(number.unwrap_or(1))))
        });
        // The first login reads one honest page; the user goes on to the beginning.
        let mut stage = Stage::signed_in(false, server).await;
        is_lying.set(true);
        asked.set(0);
        stage.opens(BOB).await;
        for _ in 0..3 {
            stage.enters("/history 5000").await;
        }
        let older = asked.replace(0);
        assert!(older <= most_older, "{what}: {older} pages for three wishes");
        // The next login looks for what came since, and never finds where it was.
        stage.cut();
        stage.reconnects(true).await;
        let sync = asked.get();
        assert!((1..=most_sync).contains(&sync), "{what}: {sync} pages for one catch-up");
        stage.says("<message from='bob@a.test/a' type='chat' id='n'><body>live</body></message>").await;
        assert_eq!(stage.bodies(BOB).await.last().map(String::as_str), Some("live"), "{what}");
        told.push(format!("{what}: {older} and {sync}"));
    }
    figure("S-38", "scripted server", &format!("pages asked for by a user and by a catch-up: {}", told.join("; ")));
}
