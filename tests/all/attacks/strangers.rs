//! S-10, S-16, S-17, S-18, S-19: what anybody may send, and what must not follow from it.

use super::server::MUC_USER;
use super::stage::{BOB, EVE, Stage};
use crate::figures::figure;
use parlour::state::sidebar::{Row, Section};
use parlour::xmpp::stanza::{Kind, Stanza};

fn bookmark(from: &str, room: &str) -> String {
    format!(
        "<message from='{from}' type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'><items \
        node='urn:xmpp:bookmarks:1'><item id='{room}'><conference xmlns='urn:xmpp:bookmarks:1' autojoin='true' \
        name='Free money'/></item></items></event></message>"
    )
}

#[tokio::test]
async fn s10_bookmark_spoof() {
    let mut stage = Stage::new().await;
    let others = [
        EVE,
        "eve@evil.test",
        "evil.test",
        BOB,
        "bob@a.test/a",
        "me@a.test/here",
        "me@a.test/there",
        "a.test",
        "pubsub.a.test",
        "me@a.test.evil.test",
        "muc.a.test",
    ];
    let purge = "<purge node='urn:xmpp:bookmarks:1'/>";
    for from in others {
        stage.ignores(from, &bookmark(from, "evil@muc.evil.test")).await;
        let empty = format!(
            "<message from='{from}'><event xmlns='http://jabber.org/protocol/pubsub#event'>{purge}</event></message>"
        );
        stage.ignores(from, &empty).await;
    }
    // Nor by the older way, nor in a forged copy.
    let old = "<message from='eve@evil.test'><event xmlns='http://jabber.org/protocol/pubsub#event'><items \
        node='storage:bookmarks'><item><storage xmlns='storage:bookmarks'><conference jid='evil@muc.evil.test' \
        autojoin='1'/></storage></item></items></event></message>";
    stage.ignores("the older way", old).await;
    let copy = format!(
        "<message from='me@a.test'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>{}</forwarded>\
        </received></message>",
        bookmark("me@a.test", "evil@muc.evil.test").replace("<message ", "<message xmlns='jabber:client' ")
    );
    stage.ignores("in a copy", &copy).await;
    assert!(stage.sent_to("evil@muc.evil.test").is_empty(), "it went there");
    // The account's own word counts.
    stage.server.room("r@muc.a.test", &["bob"]);
    stage.says(&bookmark("me@a.test", "r@muc.a.test")).await;
    assert!(!stage.sent_to("r@muc.a.test").is_empty());
    figure("S-10", "scripted server", &format!("{} forged bookmarks, 0 rooms entered", others.len() * 2 + 2));
}

/// A server that does not promise to keep them private is not given any.
#[tokio::test]
async fn s10_bookmarks_stay_private() {
    let mut stage = Stage::new().await;
    stage.joins("r@muc.a.test", &["bob"]).await;
    let is_publish = |s: &&Stanza| {
        s.child("pubsub", "http://jabber.org/protocol/pubsub")
            .is_some_and(|p| p.children().any(|c| c.name() == "publish"))
    };
    assert_eq!(stage.server.sent.iter().filter(is_publish).count(), 0);
    let mut server = super::server::Server::default();
    server.hook(|stanza| {
        if stanza.child("pubsub", "http://jabber.org/protocol/pubsub#owner").is_some() {
            let node = "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='urn:xmpp:bookmarks:1'>\
                <x xmlns='jabber:x:data' type='form'><field var='pubsub#access_model'><value>whitelist</value></field></x>\
                </configure></pubsub>";
            return Some(super::server::answer(stanza.to.as_deref(), stanza.id.as_deref().unwrap(), node));
        }
        stanza
            .child("query", "http://jabber.org/protocol/disco#info")
            .filter(|_| stanza.to.as_deref() == Some("me@a.test"))?;
        let info = "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='pubsub' type='pep'/>\
            <feature var='http://jabber.org/protocol/pubsub#publish-options'/></query>";
        Some(super::server::answer(Some("me@a.test"), stanza.id.as_deref().unwrap(), info))
    });
    let mut stage = Stage::signed_in(false, server).await;
    stage.joins("r@muc.a.test", &["bob"]).await;
    stage.settle().await;
    let published: Vec<String> =
        stage.server.sent.iter().filter(is_publish).map(|s| s.children.iter().map(String::from).collect()).collect();
    assert!(!published.is_empty(), "with the promise they are kept");
    assert!(published.iter().all(|p| p.contains("access_model") && p.contains("whitelist")), "{published:?}");
}

/// Ten thousand strangers and more want something: one line of news, no noise, no answer, no room entered.
#[tokio::test]
async fn s16_request_flood() {
    let mut stage = Stage::new().await;
    let before = rss();
    let begin = std::time::Instant::now();
    for n in 0..5_000 {
        let mut xml = format!(
            "<presence from='s{n}@evil.test' type='subscribe'><nick xmlns='http://jabber.org/protocol/nick'>Friend {n}</nick>\
            <status>let me in</status></presence>"
        );
        xml += &format!(
            "<message from='i{n}@evil.test/x'><x xmlns='jabber:x:conference' jid='d{n}@muc.evil.test' reason='come'/></message>"
        );
        // A room may say anything about who invites: also that it is a friend.
        xml += &format!(
            "<message from='m{n}@muc.evil.test'><x xmlns='{MUC_USER}'><invite from='bob@a.test/a'><reason>come</reason>\
            </invite></x></message>"
        );
        stage.send(&xml);
        if n % 500 == 0 {
            stage.settle().await;
        }
    }
    stage.settle().await;
    let grown = rss().saturating_sub(before);
    let toasts = stage.toasts();
    assert!(toasts.iter().filter(|t| t.contains("/accept")).count() <= 1, "{toasts:?}");
    assert!(toasts.len() <= 2, "{toasts:?}");
    assert_eq!((stage.noises(), stage.unread(), stage.stored()), (0, 0, 0));
    assert!(stage.state.requests.list.len() <= 200);
    let sent: Vec<_> =
        stage.server.sent.iter().filter(|s| s.to.as_deref().is_some_and(|t| t.contains("evil.test"))).collect();
    assert!(sent.is_empty(), "{} answers to strangers", sent.len());
    let invites = stage
        .state
        .requests
        .list
        .iter()
        .filter(|r| matches!(r, parlour::state::requests::Request::Invite { .. }))
        .count();
    assert!(invites <= 10, "{invites} invitations got through: strangers get ten a minute");
    stage.rests().await;
    let screen = stage.screen();
    // The list shows where the open chat is, far below the first request: the heading stays, with the count.
    assert!(screen.contains("REQUESTS"), "{screen}");
    let is_heading = |row: &Row| matches!(row, Row::Section { section: Section::Requests, .. });
    assert!(stage.state.sidebar.rows.iter().any(is_heading), "{screen}");
    assert!(grown < 100 << 20, "{} MB more", grown >> 20);
    let words = format!(
        "15,000 requests in {:.1} s: 1 line, 0 noises, {} requests kept, memory +{} MB",
        begin.elapsed().as_secs_f32(),
        stage.state.requests.list.len(),
        grown >> 20
    );
    figure("S-16", "scripted server", &words);
}

/// Resident memory of this process, in bytes; other tests run in it at the same time.
pub fn rss() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|p| p.parse::<usize>().ok()).unwrap_or_default() * 4096
}

/// The condition of the error that answered an iq; `None` where there was no error.
fn refusal(stage: &Stage, id: &str) -> Option<String> {
    let answers: Vec<&Stanza> =
        stage.server.sent.iter().filter(|s| s.kind == Kind::Iq && s.id.as_deref() == Some(id)).collect();
    assert_eq!(answers.len(), 1, "{id} is answered once");
    let error = answers[0].child("error", "jabber:client")?;
    error.children().next().map(|c| c.name().to_owned())
}

#[tokio::test]
async fn s17_remote_control() {
    let mut stage = Stage::new().await;
    let nodes = ["forward", "set-status", "leave-groupchats", "set-options", "logout"];
    let mut tried = 0;
    for from in [EVE, "bob@a.test/a", "me@a.test/there", "me@a.test", "a.test"] {
        for node in nodes {
            for action in ["execute", "complete", "next"] {
                tried += 1;
                let id = format!("c{tried}");
                let xml = format!(
                    "<iq type='set' id='{id}' from='{from}'><command xmlns='http://jabber.org/protocol/commands' \
                    node='http://jabber.org/protocol/rc#{node}' action='{action}'><x xmlns='jabber:x:data' type='submit'>\
                    <field var='messages'><value>1</value></field></x></command></iq>"
                );
                stage.says(&xml).await;
                assert_eq!(refusal(&stage, &id).as_deref(), Some("service-unavailable"), "{from} {node} {action}");
            }
        }
        // Nothing of the kind is on show either.
        let id = format!("i{tried}");
        let items =
            "<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'/>";
        stage.says(&format!("<iq type='get' id='{id}' from='{from}'>{items}</iq>")).await;
        let shown = stage.server.sent.iter().find(|s| s.id.as_deref() == Some(&id)).unwrap();
        assert!(shown.children.iter().all(|c| !String::from(c).contains("<item ")), "{from}");
    }
    let own = stage.state.accounts.list[0].presence.clone();
    assert!(stage.is_online() && own.availability == parlour::model::Availability::Online);
    figure("S-17", "scripted server", &format!("{tried} remote commands, 0 served"));
}

#[tokio::test]
async fn s18_presence_leak() {
    let mut stage = Stage::new().await;
    let questions = [
        ("last", "<query xmlns='jabber:iq:last'/>"),
        ("version", "<query xmlns='jabber:iq:version'/>"),
        ("time", "<time xmlns='urn:xmpp:time'/>"),
        ("old-time", "<query xmlns='jabber:iq:time'/>"),
        ("info", "<query xmlns='http://jabber.org/protocol/disco#info'/>"),
        ("items", "<query xmlns='http://jabber.org/protocol/disco#items'/>"),
        ("ping", "<ping xmlns='urn:xmpp:ping'/>"),
        ("vcard", "<vCard xmlns='vcard-temp'/>"),
        ("caps", "<query xmlns='http://jabber.org/protocol/disco#info' node='urn:parlour#x'/>"),
        ("jingle", "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='1'/>"),
        ("ibb", "<open xmlns='http://jabber.org/protocol/ibb' sid='1' block-size='4096'/>"),
        ("si", "<si xmlns='http://jabber.org/protocol/si' id='1'/>"),
    ];
    let strangers = [EVE, "eve@evil.test", "evil.test", "x@muc.evil.test/eve", "bob@a.test.evil.test/a"];
    for (n, from) in strangers.iter().enumerate() {
        for (what, payload) in questions {
            let kind = if matches!(what, "jingle" | "ibb" | "si") { "set" } else { "get" };
            let id = format!("{what}-{n}");
            stage.says(&format!("<iq type='{kind}' id='{id}' from='{from}' to='me@a.test/here'>{payload}</iq>")).await;
            assert_eq!(refusal(&stage, &id).as_deref(), Some("service-unavailable"), "{what} of {from}");
        }
        // What wants no iq: a probe, a receipt, a chat state, a marker, an attention.
        for more in [
            "<request xmlns='urn:xmpp:receipts'/>",
            "<markable xmlns='urn:xmpp:chat-markers:0'/>",
            "<active xmlns='http://jabber.org/protocol/chatstates'/>",
            "<attention xmlns='urn:xmpp:attention:0'/>",
            "<x xmlns='jabber:x:event'><delivered/><displayed/></x>",
        ] {
            stage.send(&format!("<message from='{from}' type='chat' id='q{n}'><body>psst</body>{more}</message>"));
        }
        stage.send(&format!("<presence from='{from}' type='probe'/>"));
        stage.says(&format!("<presence from='{from}'/>")).await;
    }
    let is_told = |s: &&Stanza| s.kind != Kind::Iq && s.to.as_deref().is_some_and(|t| t.contains("evil.test"));
    assert_eq!(stage.server.sent.iter().filter(is_told).count(), 0);
    // A contact may ask, and is not told the system.
    stage.says("<iq type='get' id='v' from='bob@a.test/a'><query xmlns='jabber:iq:version'/></iq>").await;
    let version = stage.server.sent.iter().find(|s| s.id.as_deref() == Some("v")).unwrap();
    let names: Vec<&str> = version.children[0].children().map(minidom::Element::name).collect();
    assert_eq!((version.type_.as_deref(), names), (Some("result"), vec!["name", "version"]));
    let tried = strangers.len() * (questions.len() + 7);
    figure("S-18", "scripted server", &format!("{tried} questions of strangers, 0 leaks"));
}

/// One stanza is one message at most, and always the same one.
#[tokio::test]
async fn s19_two_bodies() {
    let mut stage = Stage::new().await;
    let inner = "<message xmlns='jabber:server' from='carol@a.test/a' type='chat'><body>smuggled</body></message>";
    let many: String = (0..100).map(|n| format!("<body xml:lang='x-{n}'>n{n}</body>")).collect();
    let cases: Vec<(&str, String, Option<&str>)> = vec![
        ("two bodies", "<body>one</body><body>two</body>".into(), Some("one")),
        ("the plain one is taken", "<body xml:lang='de'>eins</body><body>one</body>".into(), Some("one")),
        ("the stanza's language", "<body xml:lang='de'>eins</body><body xml:lang='en'>one</body>".into(), Some("one")),
        (
            "no such language: the first",
            "<body xml:lang='fr'>un</body><body xml:lang='de'>eins</body>".into(),
            Some("un"),
        ),
        ("one language twice", "<body xml:lang='en'>one</body><body xml:lang='en'>two</body>".into(), Some("one")),
        ("a hundred languages", many, Some("n0")),
        ("a body of another namespace", "<body xmlns='urn:x'>no</body><body>yes</body>".into(), Some("yes")),
        ("only of another namespace", "<body xmlns='jabber:server'>no</body>".into(), None),
        ("an empty one", "<body/>".into(), None),
        ("a message in a message", format!("<body>outer</body>{inner}"), Some("outer")),
        ("a message alone in a message", inner.to_owned(), None),
        ("the same namespace, inside", inner.replace("jabber:server", "jabber:client"), None),
        ("elements in a body", "<body>a<b xmlns='urn:x'>hidden</b>c</body>".into(), Some("ac")),
        (
            "markup as text",
            "<body><![CDATA[<body>x</body></message>]]></body>".into(),
            Some("<body>x</body></message>"),
        ),
        ("a comment in it", "<body>a<!-- </body> -->b</body>".into(), Some("ab")),
        ("an older event", "<body>hi</body><x xmlns='jabber:x:event'><composing/></x>".into(), Some("hi")),
        ("an event alone", "<x xmlns='jabber:x:event'><composing/><id>1</id></x>".into(), None),
        ("CPIM", "<x xmlns='jabber:x:cpim'>From: &lt;im:bob@a.test&gt;&#10;&#10;hi</x>".into(), None),
        (
            "a session negotiation",
            "<feature xmlns='http://jabber.org/protocol/feature-neg'><x xmlns='jabber:x:data' type='form'><field \
            var='otr'><value>true</value></field></x></feature>"
                .into(),
            None,
        ),
        (
            "another text in XHTML",
            "<body>plain</body><html xmlns='http://jabber.org/protocol/xhtml-im'><body \
            xmlns='http://www.w3.org/1999/xhtml'><p>forged</p><script>x()</script></body></html>"
                .into(),
            Some("plain"),
        ),
        ("a thread and a body", "<thread>t</thread><body>threaded</body>".into(), Some("threaded")),
        ("spaces", "<body>  spaced  </body>".into(), Some("  spaced  ")),
    ];
    let mut wanted: Vec<String> = Vec::new();
    for (n, (what, inner, body)) in cases.iter().enumerate() {
        let xml = format!("<message from='bob@a.test/a' type='chat' xml:lang='en' id='b{n}'>{inner}</message>");
        stage.says(&xml).await;
        wanted.extend(body.map(str::to_owned));
        assert_eq!(stage.bodies(BOB).await, wanted, "{what}");
        assert_eq!(stage.stored(), wanted.len(), "{what}: elsewhere");
    }
    figure("S-19", "scripted server", &format!("{} odd stanzas, one message each at most", cases.len()));
}
