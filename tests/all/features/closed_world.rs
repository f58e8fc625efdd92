//! What holds for all features together.

use super::harness::{Script, T0, account};
use parlour::contract::command::muc;
use parlour::contract::{Bootstrap, Command};
use parlour::model::{AccountSettings, BareJid, Jid};
use parlour::xmpp::kit::element::to_stanza;
use parlour::xmpp::registry;
use parlour::xmpp::router::Router;
use parlour::xmpp::stanza::Kind;
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

#[test]
fn each_namespace_is_announced_by_one_feature() {
    let mut owners: HashMap<&str, &str> = HashMap::new();
    for feature in registry::all() {
        for spec in std::iter::once(feature.spec()).chain(feature.also()) {
            assert!(!spec.name.is_empty() && !spec.title.is_empty() && !spec.version.is_empty());
            for ns in spec.disco {
                if let Some(other) = owners.insert(ns, spec.name) {
                    panic!("{ns} is announced by {other} and by {}", spec.name);
                }
            }
        }
    }
}

#[test]
fn unknown_questions_are_answered_and_answers_never_are() {
    let mut script = Script::with(&[], Bootstrap::default(), Vec::new());
    script.play(
        r#"
        < <iq type='get' id='1' from='eve@evil.test/x'><query xmlns='jabber:iq:last'/></iq>
        > <iq type='error' id='1' to='eve@evil.test/x'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        < <iq type='set' id='2' from='eve@evil.test/x'/>
        > <iq type='error' id='2' to='eve@evil.test/x'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        < <iq type='get' id='3'><a xmlns='x'/><b xmlns='x'/></iq>
        > <iq type='error' id='3'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        < <iq type='odd' id='4'/>
        > <iq type='error' id='4'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        < <iq type='result' id='5' from='eve@evil.test/x'/>
        < <iq type='error' id='6' from='eve@evil.test/x'/>
        < <iq type='get' from='eve@evil.test/x'><query xmlns='jabber:iq:last'/></iq>
        # A sender that is no address: one line for many.
        < <message from='@@@'><body>x</body></message>
        ! Event(Session(Noticed("passed over a stanza
        < <message from='@@@'><body>x</body></message>
        "#,
    );
}

/// All features together, as in the program: after the login the server is asked what it can do, and what it can
/// do is used, copies of messages before the archive.
#[test]
fn a_login_with_every_feature() {
    let settings = AccountSettings::new(account(), "tui".into());
    let mut made = 0;
    let ids = Box::new(move || {
        made += 1;
        format!("id{made}")
    });
    let mut router = Router::new(settings, Bootstrap::default(), registry::all(), ids);
    let me = Jid::parse("me@sec.test/tui").unwrap();
    let mut waiting: Vec<_> = router.on_bound(T0, me, false, HashSet::new()).stanzas;
    let mut said = Vec::new();
    while let Some(stanza) = waiting.pop() {
        let Some(payload) = stanza.children.first().filter(|_| stanza.kind == Kind::Iq) else { continue };
        said.push(payload.ns());
        let features = "<feature var='urn:xmpp:mam:2'/><feature var='urn:xmpp:carbons:2'/>";
        let payload = match payload.ns().as_str() {
            "http://jabber.org/protocol/disco#info" => {
                format!("<query xmlns='http://jabber.org/protocol/disco#info'>{features}</query>")
            }
            "urn:xmpp:mam:2" => "<fin xmlns='urn:xmpp:mam:2' complete='true'/>".to_owned(),
            "jabber:iq:roster" => "<query xmlns='jabber:iq:roster'/>".to_owned(),
            _ => String::new(),
        };
        let (id, from) = (stanza.id.unwrap(), stanza.to.unwrap_or_else(|| "me@sec.test".into()));
        let answer = format!("<iq xmlns='jabber:client' type='result' id='{id}' from='{from}'>{payload}</iq>");
        let out = router.on_stanza(T0, to_stanza(answer.parse().unwrap()).unwrap());
        waiting.extend(out.stanzas.into_iter().rev());
    }
    let place = |ns: &str| said.iter().position(|s| s == ns).unwrap_or_else(|| panic!("{ns} was not asked: {said:?}"));
    assert!(place("urn:xmpp:carbons:2") < place("urn:xmpp:mam:2"), "{said:?}");
    place("jabber:iq:roster");
}

#[test]
fn what_a_lost_link_left_unanswered_is_asked_again() {
    let settings = AccountSettings::new(account(), "tui".into());
    let mut made = 0;
    let ids = Box::new(move || {
        made += 1;
        format!("id{made}")
    });
    let mut router = Router::new(settings, Bootstrap::default(), registry::all(), ids);
    let me = Jid::parse("me@sec.test/tui").unwrap();
    let asked = |out: parlour::xmpp::router::Outputs| {
        let mut asked: Vec<_> = out.stanzas.iter().flat_map(|s| &s.children).map(minidom::Element::ns).collect();
        asked.sort();
        asked
    };
    let first = asked(router.on_bound(T0, me.clone(), false, HashSet::new()));
    assert!(first.iter().any(|ns| ns == "jabber:iq:roster") && first.len() >= 4, "{first:?}");
    router.on_down(T0);
    assert_eq!(asked(router.on_bound(T0, me, true, HashSet::new())), first);
}

fn any_element() -> impl Strategy<Value = String> {
    let names = "body|subject|received|sent|result|forwarded|delay|stanza-id|x|item|query|set|fin|error|c|event|show|items|nick";
    let spaces = "jabber:client|urn:xmpp:carbons:2|urn:xmpp:mam:2|urn:xmpp:forward:0|urn:xmpp:delay|urn:xmpp:sid:0|\
                  jabber:iq:roster|jabber:x:data|http://jabber.org/protocol/muc#user|http://jabber.org/protocol/disco#info|\
                  urn:xmpp:receipts|http://jabber.org/protocol/chatstates|http://jabber.org/protocol/pubsub#event|jabber:x:conference";
    let values = "id1|id2|id3|me@sec.test|bob@sec.test/a|r@muc.sec.test/eve|2026-01-01T00:00:00Z|@|both|remove|110|";
    let pick = |words: &'static str| proptest::sample::select(words.split('|').collect::<Vec<_>>());
    let attrs = proptest::collection::vec(
        (pick("id|by|from|to|jid|stamp|queryid|var|type|node|ver|code|subscription"), pick(values)),
        0..4,
    );
    let leaf = (pick(names), pick(spaces), attrs).prop_map(|(name, ns, attrs)| (name, ns, attrs));
    proptest::collection::vec(leaf, 1..6).prop_map(|nested| {
        nested.into_iter().rev().fold(String::from("text"), |inner, (name, ns, attrs)| {
            let unique: HashMap<_, _> = attrs.into_iter().collect();
            let attrs = unique.into_iter().fold(String::new(), |all, (k, v)| format!("{all} {k}='{v}'"));
            format!("<{name} xmlns='{ns}'{attrs}>{inner}</{name}>")
        })
    })
}

proptest! {
    #[test]
    fn no_stanza_makes_any_feature_panic(
        stanzas in proptest::collection::vec(
            (
                proptest::sample::select(vec!["message", "presence", "iq"]),
                proptest::sample::select(vec!["", "chat", "groupchat", "error", "get", "set", "result", "unavailable", "subscribe"]),
                proptest::sample::select(vec!["", "me@sec.test", "sec.test", "bob@sec.test/a", "r@muc.sec.test/eve", "r@muc.sec.test", "@"]),
                proptest::collection::vec(any_element(), 0..3),
            ),
            1..20,
        )
    ) {
        let settings = AccountSettings::new(account(), "tui".into());
        let mut made = 0;
        let ids = Box::new(move || { made += 1; format!("id{made}") });
        let mut router = Router::new(settings, Bootstrap::default(), registry::all(), ids);
        router.on_bound(T0, Jid::parse("me@sec.test/tui").unwrap(), false, HashSet::new());
        let room = BareJid::parse("r@muc.sec.test").unwrap();
        router.on_command(T0, Command::Muc(muc::Command::Join { room, nick: None, password: None }));
        for (kind, type_, from, children) in stanzas {
            let attr = |name: &str, value: &str| if value.is_empty() { String::new() } else { format!(" {name}='{value}'") };
            let (type_, from, inner) = (attr("type", type_), attr("from", from), children.concat());
            let xml = format!("<{kind} xmlns='jabber:client' id='id2'{type_}{from}>{inner}</{kind}>");
            router.on_stanza(T0, to_stanza(xml.parse().unwrap()).unwrap());
        }
        router.on_timer(T0.plus(Duration::from_mins(1)));
        router.on_down(T0);
    }
}

mod the_harness_itself {
    use crate::features::people::online;

    #[test]
    #[should_panic(expected = "nothing more was sent")]
    fn an_unused_stanza_line_fails() {
        online().play("* presence away\n> <presence><show>away</show></presence>\n> <presence/>\n! …");
    }

    #[test]
    #[should_panic(expected = "sent, but not in the script")]
    fn an_unmatched_stanza_fails() {
        online().play("* presence away\n! …");
    }

    #[test]
    #[should_panic(expected = "in the batch, but not in the script")]
    fn an_unmatched_entry_fails() {
        online().play("* presence away\n> <presence><show>away</show></presence>");
    }

    #[test]
    #[should_panic(expected = "says \"away\"")]
    fn another_text_fails() {
        online().play("* presence away\n> <presence><show>xa</show></presence>\n! …");
    }
}
