//! Stanzas → every feature → events and answers.
//!
//! Whatever comes: each question is answered once, what goes out is XML, and few words make few words.

use super::{NOW, kinds, router, shape, stanzas};
use parlour::contract::Command;
use parlour::contract::command::muc;
use parlour::model::{BareJid, Jid};
use parlour::xmpp::router::Outputs;
use parlour::xmpp::stanza::{Kind, Stanza};
use parlour::xmpp::stream::codec::{Decoder, Top, encode_stanza};
use std::collections::HashSet;
use std::time::Duration;

pub const WORDS: &[&str] = &[
    "<message",
    "<presence",
    "<iq",
    "</message>",
    "<body>",
    "</body>",
    "<subject>",
    "</subject>",
    "<error",
    "type='error'",
    "type='get'",
    "type='set'",
    "type='result'",
    "type='groupchat'",
    "type='chat'",
    "type='unavailable'",
    "type='subscribe'",
    "type='subscribed'",
    " from='bob@sec.test/a'",
    " from='me@sec.test'",
    " from='me@sec.test/tui'",
    " from='sec.test'",
    " from='r@muc.sec.test/eve'",
    " from='r@muc.sec.test'",
    " from='eve@evil.test/x'",
    " to='me@sec.test/tui'",
    " id='id1'",
    " id='id2'",
    " id='id3'",
    " id='id4'",
    " id='id5'",
    "<sent xmlns='urn:xmpp:carbons:2'>",
    "<received xmlns='urn:xmpp:carbons:2'>",
    "</sent>",
    "</received>",
    "<forwarded xmlns='urn:xmpp:forward:0'>",
    "</forwarded>",
    "<message xmlns='jabber:client'",
    "<delay xmlns='urn:xmpp:delay' stamp='2026-11-20T12:00:00Z'/>",
    "<result xmlns='urn:xmpp:mam:2' id='1' queryid='id9'>",
    "<stanza-id xmlns='urn:xmpp:sid:0' id='a' by='me@sec.test'/>",
    "<origin-id xmlns='urn:xmpp:sid:0' id='o'/>",
    "<x xmlns='http://jabber.org/protocol/muc#user'>",
    "</x>",
    "<status code='110'/>",
    "<status code='201'/>",
    "<status code='303'/>",
    "<status code='307'/>",
    "<status code='332'/>",
    "<item affiliation='owner' role='moderator' jid='bob@sec.test/a' nick='n'/>",
    "<destroy jid='s@muc.sec.test'/>",
    "<invite from='eve@evil.test'/>",
    "<query xmlns='jabber:iq:roster'>",
    "<item jid='bob@sec.test' subscription='both'/>",
    "<item jid='bob@sec.test' subscription='remove'/>",
    "</query>",
    "<request xmlns='urn:xmpp:receipts'/>",
    "<received xmlns='urn:xmpp:receipts' id='a1'/>",
    "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
    "<gone xmlns='http://jabber.org/protocol/chatstates'/>",
    "<x xmlns='jabber:x:conference' jid='s@muc.sec.test'/>",
    "<query xmlns='http://jabber.org/protocol/disco#info'>",
    "<feature var='urn:xmpp:mam:2'/>",
    "<identity category='server' type='im'/>",
    "<x xmlns='jabber:x:data' type='form'>",
    "<field var='FORM_TYPE' type='hidden'><value>x</value></field>",
    "<idle xmlns='urn:xmpp:idle:1' since='2026-01-01T00:00:00Z'/>",
    "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/>",
    "<show>away</show>",
    "<priority>5</priority>",
    "<ping xmlns='urn:xmpp:ping'/>",
    "<query xmlns='jabber:iq:version'/>",
    "<time xmlns='urn:xmpp:time'/>",
    "<event xmlns='http://jabber.org/protocol/pubsub#event'>",
    "<items node='urn:xmpp:bookmarks:1'>",
    "<item id='s@muc.sec.test'>",
    "<conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'><nick>n</nick></conference>",
    "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='o'/>",
    "<encryption xmlns='urn:xmpp:eme:0' namespace='x'/>",
    "<vCard xmlns='vcard-temp'>",
    "<fin xmlns='urn:xmpp:mam:2' complete='true'/>",
];

/// Plays stanzas through a session's life; gives all that came out.
pub fn play(data: &[u8]) -> Vec<Outputs> {
    let mut said = Vec::new();
    let mut router = router(&mut said);
    let room = BareJid::parse("r@muc.sec.test").unwrap();
    said.push(
        router.on_command(NOW, Command::Muc(muc::Command::Join { room, nick: Some("tui".into()), password: None })),
    );
    let heard = stanzas(data);
    for (i, stanza) in heard.iter().enumerate() {
        let now = NOW.plus(Duration::from_secs(i as u64));
        let question = question(stanza);
        let out = router.on_stanza(now, stanza.clone());
        if let Some(id) = question {
            let answers = out.stanzas.iter().filter(|s| is_answer(s, &id, stanza.from.as_deref()));
            assert_eq!(answers.count(), 1, "one answer to {id}");
        }
        let size = out.stanzas.len() + out.durable.len();
        assert!(size <= 80 + children(stanza), "{size} stanzas for one");
        said.push(out);
    }
    said.push(router.on_timer(NOW.plus(Duration::from_mins(2))));
    said.push(router.on_down(NOW));
    said.push(router.on_bound(NOW, Jid::parse("me@sec.test/tui").unwrap(), true, HashSet::new()));
    said
}

fn children(stanza: &Stanza) -> usize {
    fn all(element: &minidom::Element) -> usize {
        1 + element.children().map(all).sum::<usize>()
    }
    stanza.children.iter().map(all).sum()
}

/// The id of a question that must be answered (RFC 6120 §8.2.3): one from an address that can be answered.
fn question(stanza: &Stanza) -> Option<String> {
    let is_question = stanza.kind == Kind::Iq && matches!(stanza.type_.as_deref(), Some("get" | "set"));
    let is_from = stanza.from.as_deref().is_none_or(|from| Jid::parse(from).is_ok());
    stanza.id.clone().filter(|_| is_question && is_from)
}

fn is_answer(said: &Stanza, id: &str, asker: Option<&str>) -> bool {
    let to = said.to.as_deref().and_then(|t| Jid::parse(t).ok());
    let asker = asker.and_then(|a| Jid::parse(a).ok());
    let is_same = to == asker || (to.is_none() && asker.as_ref().is_some_and(|a| a.bare_str() == "me@sec.test"));
    said.kind == Kind::Iq
        && matches!(said.type_.as_deref(), Some("result" | "error"))
        && said.id.as_deref() == Some(id)
        && is_same
}

pub fn run(data: &[u8]) -> u64 {
    let said = play(data);
    let mut decoder = Decoder::client().unwrap();
    for stanza in said.iter().flat_map(|out| out.stanzas.iter().chain(&out.durable)) {
        let bytes = encode_stanza(stanza).expect("what we say is XML");
        assert!(matches!(decoder.decode(&bytes), Ok(Top::Stanza(_))), "{}", String::from_utf8_lossy(&bytes));
    }
    let mut seen: Vec<String> = said.iter().flat_map(kinds).collect();
    seen.dedup();
    seen.truncate(30);
    shape(seen)
}
