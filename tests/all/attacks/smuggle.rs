//! S-20, S-32, S-33: bytes on which parsers disagree, document types, compression.

use super::stage::{BOB, Stage};
use crate::figures::figure;

const POISON: &[u8] = b"<message from='bob@a.test/a' type='chat'><body>smuggled</body></message>";

/// Parts of a body, a name or a value that no sound server lets through.
fn broken() -> Vec<(&'static str, Vec<u8>)> {
    let body = |bytes: &[u8]| [b"<message from='eve@evil.test/x'><body>", bytes, b"</body></message>"].concat();
    vec![
        ("a lead byte that swallows a tag", body(b"\xe0<x/>")),
        ("two of them", body(b"\xf0</body></message><message from='bob@a.test/a'><body>smuggled")),
        ("an overlong <", body(b"\xc0\xbcmessage/\xc0\xbe")),
        ("an overlong < of three bytes", body(b"\xe0\x80\xbcb/>")),
        ("a lone continuation", body(b"a\x80b")),
        ("a surrogate", body(b"\xed\xa0\x80\xed\xb0\x80")),
        ("above the last character", body(b"\xf4\x90\x80\x80")),
        ("no such byte", body(b"\xff")),
        ("a character without its end", body(b"\xe2\x82")),
        ("UTF-16", body(b"\xff\xfe<\0/\0b\0")),
        ("a NUL", body(b"a\0b")),
        ("in a value", b"<message from='eve@evil.test/\xc3'><body>x</body></message>".to_vec()),
        ("in a name", b"<message from='eve@evil.test/x'><a\xe0></a\xe0></message>".to_vec()),
        ("in a namespace", b"<message from='eve@evil.test/x'><a xmlns='urn:\xe0\x80'/></message>".to_vec()),
        ("between stanzas", b" \xc0\xaf ".to_vec()),
        ("in a stanza that is too big", body(&[&[b'x'; 1_100_000][..], b"\xe0<x/>"].concat())),
        ("the end of the stream in a text", body(b"</stream:stream>")),
        ("an end tag too many", b"<message from='eve@evil.test/x'></message></message>".to_vec()),
        ("a wrong end tag", body(b"</message>")),
        ("an end tag in small letters", b"<message from='eve@evil.test/x'><A></a></message>".to_vec()),
        ("text between stanzas", b"smuggled".to_vec()),
        ("a value without quotes", b"<message from=eve@evil.test/x><body>x</body></message>".to_vec()),
        ("a tag in a value", b"<message from='<message/>'/>".to_vec()),
        ("a document type", b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><message/>".to_vec()),
        ("a document type in a stanza", body(b"<!DOCTYPE x>")),
        ("an entity's declaration", body(b"<!ENTITY a SYSTEM 'file:///etc/passwd'>")),
        ("a conditional section", body(b"<![INCLUDE[x]]>")),
    ]
}

#[tokio::test]
async fn s20_smuggling() {
    let mut stage = Stage::new().await;
    let broken = broken();
    for (at, (what, bytes)) in broken.iter().enumerate() {
        // Reconnecting by hand is free a few times only; after that it would be waited for.
        let n = at % 3;
        if n == 0 {
            stage = Stage::new().await;
        }
        let dials = stage.dials;
        let before = format!("<message from='bob@a.test/a' type='chat' id='s{n}'><body>before {n}</body></message>");
        stage.server.say(before.as_bytes());
        stage.server.say(bytes);
        stage.server.say(POISON);
        stage.server.errors.clear();
        stage.server.is_client_done = false;
        stage.reconnects(at > 0).await;
        assert_eq!(stage.server.errors, ["not-well-formed"], "{what}");
        assert!(stage.server.is_client_done, "{what}: the stream was not closed");
        assert_eq!(stage.dials, dials + 1, "{what}: one connection more");
        // What was whole before it is there, what came after it is not, nor is the odd stanza.
        let wanted: Vec<String> = (0..=n).map(|n| format!("before {n}")).collect();
        assert_eq!(stage.bodies(BOB).await, wanted, "{what}");
        assert_eq!(stage.stored(), n + 1, "{what}");
    }
    figure(
        "S-20",
        "scripted server",
        &format!("{} broken streams: closed, 0 smuggled, 1 reconnect each", broken.len()),
    );
}

/// What only looks like the end of a stanza is text; what no name or character may be costs its stanza alone.
#[tokio::test]
async fn s20_what_is_only_text() {
    let mut stage = Stage::new().await;
    let end = "</body></message><message from='bob@a.test/a'><body>smuggled";
    let escaped = end.replace('<', "&lt;");
    let cases = [
        (format!("<![CDATA[{end}]]>"), Some(end)),
        ("<![CDATA[</stream:stream>]]>".to_owned(), Some("</stream:stream>")),
        (escaped.replace("&lt;", "&#60;"), Some(end)),
        (escaped, Some(end)),
        (format!("a<!-- {end} -->b"), Some("ab")),
        (format!("a<?x {end} ?>b"), Some("ab")),
        ("a<![CDATA[]]]]><![CDATA[>]]>b".to_owned(), Some("a]]>b")),
        ("a<a xmlns='urn:x&#10;urn:y'/>b".to_owned(), Some("ab")),
        ("a<a xmlns='jabber:client&#x20;body'/>b".to_owned(), Some("ab")),
        ("&#0;".to_owned(), None),
        ("&#12;".to_owned(), None),
        ("&#xd800;".to_owned(), None),
        ("&#x110000;".to_owned(), None),
        ("&nbsp;&lol9;".to_owned(), None),
        ("<x:a xmlns:x='http://www.w3.org/XML/1998/namespace'/>".to_owned(), None),
        ("<a xmlns:xml='urn:x'/>".to_owned(), None),
        ("<q:a/>".to_owned(), None),
        ("<a b='1' b='2'/>".to_owned(), None),
    ];
    let mut wanted: Vec<String> = Vec::new();
    for (inner, body) in &cases {
        stage.says(&format!("<message from='bob@a.test/a' type='chat'><body>{inner}</body></message>")).await;
        wanted.extend(body.map(str::to_owned));
        assert_eq!(stage.bodies(BOB).await, wanted, "{inner}");
    }
    assert_eq!((stage.dials, stage.unread()), (1, 0));
}

/// A document type costs nothing before it ends the stream, however much it declares.
#[tokio::test]
async fn s32_entity_bomb() {
    let mut stage = Stage::new().await;
    let mut bomb = "<!DOCTYPE lolz [<!ENTITY l0 'lol'>".to_owned();
    for n in 1..=30 {
        bomb += &format!("<!ENTITY l{n} '{}'>", format!("&l{};", n - 1).repeat(10));
    }
    bomb += "]><message from='bob@a.test/a' type='chat'><body>&l30;</body></message>";
    for (what, xml) in [
        ("live", bomb.clone()),
        ("in a stanza", format!("<message from='bob@a.test/a'><body>{bomb}</body></message>")),
        ("from outside", "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'><message/>".to_owned()),
    ] {
        let (dials, before) = (stage.dials, super::strangers::rss());
        stage.send(&xml);
        stage.reconnects(true).await;
        assert_eq!((stage.dials, stage.stored()), (dials + 1, 0), "{what}");
        let grown = super::strangers::rss().saturating_sub(before);
        assert!(grown < 100 << 20, "{what}: {} MB more", grown >> 20);
    }
    // Entities that nobody declared cost their stanza alone; comments and instructions cost nothing.
    let dials = stage.dials;
    stage.send("<?xml version='1.0'?><!-- a --><?php system('id') ?>");
    stage.says("<message from='bob@a.test/a' type='chat'><body>&l30;</body></message>").await;
    stage.says("<message from='bob@a.test/a' type='chat'><body>fine</body></message>").await;
    assert_eq!((stage.bodies(BOB).await, stage.dials), (vec!["fine".to_owned()], dials));
    figure("S-32", "scripted server", "3 document types: 1 reconnect each, nothing expanded");
}

/// XEP-0138 is not spoken: whatever is offered, nothing is compressed.
#[tokio::test]
async fn s33_compression() {
    use super::super::session::fake::{BIND, Fake, How, Lie, Rig, mechanisms};
    let offer = "<compression xmlns='http://jabber.org/features/compress'><method>zlib</method><method>lzw</method></compression>";
    let mut rig = Rig::start(How::Tls);
    let mut fake: Fake = rig.accept().await;
    fake.features(&format!("{offer}{}", mechanisms(&["SCRAM-SHA-256"]))).await;
    let before = fake.expect("<auth").await;
    assert!(!before.contains("<compress"), "{before}");
    drop(fake);
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.accept().await;
    fake.scram(Lie::None).await;
    fake.features(&format!("{offer}{BIND}")).await;
    // The next thing said is the bind, and after it the session's own questions.
    fake.bind(false).await;
    fake.send("<compressed xmlns='http://jabber.org/protocol/compress'/>").await;
    rig.state("online", parlour::model::ConnState::is_online).await;
    fake.send("<iq type='get' id='still-plain' from='a.test'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    let said = rig.during(fake.expect("id='still-plain'")).await;
    assert!(!said.contains("<compress"), "{said}");
}
