//! Pages of an archive (XEP-0313) that was asked: `{q}` in the input is the query's id, `{i}` the question's, `{a}`
//! and `{b}` those of the archive asked before and after.
//!
//! However the pages are: what is asked next is asked of somebody, and never without end.

use super::{NOW, kinds, router, shape, stanzas};
use parlour::xmpp::router::Outputs;
use parlour::xmpp::stanza::{Kind, Stanza};
use std::time::Duration;

pub const WORDS: &[&str] = &[
    "<message from='me@sec.test'>",
    "</message>",
    "<result xmlns='urn:xmpp:mam:2' queryid='{q}' id='",
    "</result>",
    "<forwarded xmlns='urn:xmpp:forward:0'>",
    "</forwarded>",
    "<delay xmlns='urn:xmpp:delay' stamp='2026-11-20T12:00:00Z'/>",
    "<delay xmlns='urn:xmpp:delay' stamp='1900-01-01T00:00:00Z'/>",
    "<delay xmlns='urn:xmpp:delay' stamp='9999-12-31T23:59:59Z'/>",
    "<message xmlns='jabber:client' type='chat' from='bob@sec.test/a' to='me@sec.test' id='m1'><body>hello</body></message>",
    "<message xmlns='jabber:client' type='groupchat' from='r@muc.sec.test/eve'><body>x</body></message>",
    "<iq type='result' id='{i}' from='me@sec.test'>",
    "</iq>",
    "<fin xmlns='urn:xmpp:mam:2' complete='true'>",
    "<fin xmlns='urn:xmpp:mam:2'>",
    "</fin>",
    "<set xmlns='http://jabber.org/protocol/rsm'>",
    "</set>",
    "<first index='0'>1</first>",
    "<last>9</last>",
    "<count>100000</count>",
    "{q}",
    "{i}",
    "id='1'",
    "id='2'",
    "id='3'",
    "<iq type='error' id='{i}' from='me@sec.test'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
];

/// A server that has an archive, up to the first question for a page.
const LOGIN: &[(&str, &str)] = &[
    ("jabber:iq:roster", "<query xmlns='jabber:iq:roster'/>"),
    (
        "http://jabber.org/protocol/disco#info",
        "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='account' type='registered'/>\
         <feature var='urn:xmpp:mam:2'/><feature var='urn:xmpp:mam:2#extended'/><feature var='urn:xmpp:sid:0'/></query>",
    ),
    ("http://jabber.org/protocol/disco#items", "<query xmlns='http://jabber.org/protocol/disco#items'/>"),
];

fn asks<'o>(out: &'o Outputs, ns: &'o str) -> impl Iterator<Item = &'o Stanza> {
    out.stanzas.iter().filter(move |s| s.kind == Kind::Iq && s.children.iter().any(|c| c.ns() == ns))
}

pub fn run(data: &[u8]) -> u64 {
    let mut said = Vec::new();
    let mut router = router(&mut said);
    let mut at = 0;
    while at < said.len() && at < 40 {
        let answers: Vec<String> = LOGIN
            .iter()
            .flat_map(|(ns, payload)| {
                asks(&said[at], ns).map(|s| (s.id.clone(), s.to.clone(), *payload)).collect::<Vec<_>>()
            })
            .map(|(id, to, payload)| {
                let from = to.map(|to| format!(" from='{to}'")).unwrap_or_default();
                format!("<iq type='result' id='{}'{from}>{payload}</iq>", id.unwrap_or_default())
            })
            .collect();
        for stanza in answers.iter().flat_map(|xml| stanzas(xml.as_bytes())) {
            said.push(router.on_stanza(NOW, stanza));
        }
        at += 1;
    }
    let mut seen = Vec::new();
    let mut asked = 0;
    let mut pages = said.iter().flat_map(|out| asks(out, "urn:xmpp:mam:2").cloned().collect::<Vec<_>>()).last();
    let first = pages.clone().expect("the archive is asked after the login");
    // The same bytes answer each question that follows: a server that never comes to an end.
    while let Some(question) = pages.take() {
        asked += 1;
        if asked > 6 {
            break;
        }
        let id = question.id.clone().unwrap_or_default();
        let query = question.children[0].attr("queryid").unwrap_or_default().to_owned();
        let text = String::from_utf8_lossy(data).replace("{q}", &query).replace("{i}", &id);
        for stanza in stanzas(text.as_bytes()) {
            let out = router.on_stanza(NOW, stanza);
            let next: Vec<Stanza> = asks(&out, "urn:xmpp:mam:2").cloned().collect();
            assert!(next.len() <= 3, "one page asks for {}", next.len());
            for stanza in &next {
                assert_eq!(stanza.to, first.to, "asked of the archive itself");
                assert_ne!(stanza.id, question.id, "a question of its own");
            }
            pages = next.into_iter().last().or(pages);
            seen.extend(kinds(&out));
        }
    }
    let out = router.on_timer(NOW.plus(Duration::from_mins(5)));
    seen.extend(kinds(&out));
    seen.dedup();
    seen.truncate(30);
    shape((seen, asked))
}
