//! Forgeries through real servers, which may rewrite, strip or refuse what a stranger sends (S-01, S-02, S-03, S-04,
//! S-07, S-09, S-10, S-12): whatever is left of them reaches a whole parlour, and nothing of it is believed.

use crate::harness::Server;
use crate::peer::{Peer, send};
use crate::wire::raw_login;
use parlour::contract::Event;
use parlour::contract::event::{chat, muc, roster};
use parlour::model::{BareJid, Delivery};
use tokio::io::AsyncWriteExt;

/// What carol, a stranger, says to alice in bob's name.
fn forgeries(alice: &str, full: &str, bob: &str, sent: &str) -> Vec<String> {
    let inner = format!(
        "<message xmlns='jabber:client' from='{bob}/a' to='{alice}' type='chat' id='i'><body>pay</body></message>"
    );
    let forwarded = format!("<forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded>");
    let to_all = |payload: &str| {
        [full, alice].map(|to| {
            format!("<message to='{to}' type='chat' id='f'>{payload}<store xmlns='urn:xmpp:hints'/></message>")
        })
    };
    let mut all = Vec::new();
    for payload in [
        format!("<received xmlns='urn:xmpp:carbons:2'>{forwarded}</received>"),
        format!("<sent xmlns='urn:xmpp:carbons:2'>{forwarded}</sent>"),
        format!("<result xmlns='urn:xmpp:mam:2' queryid='q' id='1'>{forwarded}</result>"),
        forwarded,
        "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:bookmarks:1'><item \
         id='evil@muc.evil.test'><conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'/></item></items></event>"
            .to_owned(),
        format!("<received xmlns='urn:xmpp:receipts' id='{sent}'/>"),
        format!("<displayed xmlns='urn:xmpp:chat-markers:0' id='{sent}'/>"),
    ] {
        all.extend(to_all(&payload));
    }
    all.push(format!(
        "<message to='{full}' type='error' id='{sent}'><error type='cancel'><service-unavailable \
         xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    ));
    let item = "<query xmlns='jabber:iq:roster'><item jid='evil@evil.test' name='Mum' subscription='both'/></query>";
    for kind in ["set", "result"] {
        all.push(format!("<iq to='{full}' type='{kind}' id='r1'>{item}</iq>"));
    }
    all
}

async fn forged_stanzas(kind: &str) {
    let mut server = Server::start(kind);
    let host = server.host().to_owned();
    let dir = tempfile::tempdir().unwrap();
    let mut alice = Peer::start(dir.path(), server.settings("alice", true), "pw-alice");
    alice.online().await;
    // A message to bob whose id the forger knows; it stays as it is.
    let with = |user: &str| BareJid::parse(&format!("{user}@{host}")).unwrap();
    let (bob, carol) = (alice.chat(&with("bob")), alice.chat(&with("carol")));
    alice.engine.commands.send(send(&bob, "mine")).await.unwrap();
    let is_acked = |e: &Event| {
        matches!(e, Event::Chat(chat::Event::DeliveryChanged { delivery: Delivery::Acked, .. })).then_some(())
    };
    alice.wait("the server's confirmation", is_acked).await;
    let mut eve = raw_login(&server, "carol").await;
    let full = format!("alice@{host}/parlour-alice");
    let id = "id-mine-alice";
    let mut said = forgeries(&format!("alice@{host}"), &full, &format!("bob@{host}"), id);
    // An id in the account's name, which the server strips or replaces.
    said.push(format!(
        "<message to='{full}' type='chat' id='p'><body>poison</body><stanza-id xmlns='urn:xmpp:sid:0' by='alice@{host}' id='F'/></message>"
    ));
    said.push(format!("<message to='{full}' type='chat' id='e'><body>the end</body></message>"));
    for xml in &said {
        eve.write_all(xml.as_bytes()).await.unwrap();
    }
    eve.flush().await.unwrap();
    let mut is_believed = Vec::new();
    alice
        .wait("the end", |event| match event {
            Event::Chat(chat::Event::MessageArrived(m)) if m.body.raw() == "the end" => Some(()),
            Event::Roster(roster::Event::Changed(_) | roster::Event::Loaded(_)) => {
                is_believed.extend(format!("{event:?}").contains("Mum").then(|| format!("{event:?}")));
                None
            }
            Event::Muc(muc::Event::Joining { .. } | muc::Event::BookmarksLoaded(_)) => {
                is_believed.extend(format!("{event:?}").contains("evil").then(|| format!("{event:?}")));
                None
            }
            _ => None,
        })
        .await;
    assert!(is_believed.is_empty(), "{kind}: {is_believed:?}");
    let to_bob = alice.stored(&bob).await;
    assert_eq!(to_bob.iter().map(|m| m.body.raw()).collect::<Vec<_>>(), ["mine"], "{kind}");
    assert_eq!(to_bob[0].delivery, Delivery::Acked, "{kind}: somebody else's receipt or error moved it");
    let from_carol = alice.stored(&carol).await;
    assert_eq!(from_carol.iter().map(|m| m.body.raw()).collect::<Vec<_>>(), ["poison", "the end"], "{kind}");
    assert!(
        from_carol.iter().all(|m| m.ids.archive.as_ref().is_none_or(|a| a.id != "F")),
        "{kind}: the forged id counts"
    );
    crate::figures::figure("S-01", kind, &format!("{} forgeries through the server, 0 believed", said.len() - 1));
    alice.close().await;
    server.command("stop");
}

#[tokio::test(flavor = "multi_thread")]
async fn s01_forgeries_through_prosody() {
    forged_stanzas("prosody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s01_forgeries_through_ejabberd() {
    forged_stanzas("ejabberd").await;
}
