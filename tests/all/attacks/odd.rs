//! S-39: unusual but legal stanzas, made from parts: every one is handled, whatever it means.

use super::stage::{BOB, Stage};
use crate::figures::figure;
use std::fmt::Write;

/// What a stanza may hold: the payloads of many extensions, empty, doubled, with odd values, in odd places.
fn payloads() -> Vec<&'static str> {
    vec![
        "",
        "<body/>",
        "<body xml:lang=''>x</body>",
        "<body>\u{1f4a9}\u{10fffd}\u{fdd0}</body>",
        "<body>&#xfffd;&#x85;&#x2028;&#9;</body>",
        "<subject/><body/>",
        "<subject>s</subject><subject>s</subject>",
        "<subject>\n\n</subject><body>\n\n</body>",
        "<thread parent='p'/>",
        "<error/>",
        "<error type='cancel'/>",
        "<error type='nonsense' code='-1'><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
        "<error code='99999999999999999999'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:x?join</gone></error>",
        "<status/><show/><priority/>",
        "<show>nonsense</show><priority>99999999999999999999</priority>",
        "<show>xa</show><show>dnd</show><priority>-128</priority><priority>127</priority><status>a</status><status>b</status>",
        "<priority>+0x7f</priority>",
        "<c xmlns='http://jabber.org/protocol/caps'/>",
        "<c xmlns='http://jabber.org/protocol/caps' hash='' node='' ver=''/>",
        "<c xmlns='http://jabber.org/protocol/caps' hash='md5 md5' node='#' ver='# #'/>",
        "<c xmlns='http://jabber.org/protocol/caps' node='x' ver='y' ext='z'/>",
        "<x xmlns='http://jabber.org/protocol/muc'/>",
        "<x xmlns='http://jabber.org/protocol/muc#user'/>",
        "<x xmlns='http://jabber.org/protocol/muc#user'><item/></x>",
        "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='x' role='y' jid='@' nick=''/><status code='x'/></x>",
        "<x xmlns='http://jabber.org/protocol/muc#user'><status code='110'/><status code='303'/><item nick='a/b'/></x>",
        "<x xmlns='http://jabber.org/protocol/muc#user'><status code='99999'/><status/><destroy jid='//'/></x>",
        "<x xmlns='http://jabber.org/protocol/muc#user'><invite/><decline/><password/></x>",
        "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='' to=''><reason/><continue/></invite></x>",
        "<x xmlns='jabber:x:conference'/>",
        "<x xmlns='jabber:x:conference' jid='' password='' reason=''/>",
        "<x xmlns='jabber:x:conference' jid='a@b/c'/>",
        "<x xmlns='vcard-temp:x:update'><photo/></x>",
        "<x xmlns='jabber:x:data'/>",
        "<x xmlns='jabber:x:data' type='form'><field/><field var=''/><reported/><item/></x>",
        "<x xmlns='jabber:x:data' type='form'><field type='list-single'><option/><value/><value/></field></x>",
        "<x xmlns='jabber:x:oob'/><x xmlns='jabber:x:oob'><url>::</url></x>",
        "<x xmlns='jabber:x:delay' stamp='x'/>",
        "<delay xmlns='urn:xmpp:delay'/><delay xmlns='urn:xmpp:delay' from='@' stamp=''/>",
        "<received xmlns='urn:xmpp:receipts'/><request xmlns='urn:xmpp:receipts'/>",
        "<received xmlns='urn:xmpp:receipts' id=''/>",
        "<received xmlns='urn:xmpp:carbons:2'/><sent xmlns='urn:xmpp:carbons:2'/>",
        "<private xmlns='urn:xmpp:carbons:2'/><no-copy xmlns='urn:xmpp:hints'/><store xmlns='urn:xmpp:hints'/>",
        "<forwarded xmlns='urn:xmpp:forward:0'/>",
        "<forwarded xmlns='urn:xmpp:forward:0'><iq/><presence/><message/></forwarded>",
        "<result xmlns='urn:xmpp:mam:2'/><fin xmlns='urn:xmpp:mam:2'/>",
        "<stanza-id xmlns='urn:xmpp:sid:0'/><origin-id xmlns='urn:xmpp:sid:0'/>",
        "<stanza-id xmlns='urn:xmpp:sid:0' by='//' id=''/><origin-id xmlns='urn:xmpp:sid:0' id=''/>",
        "<occupant-id xmlns='urn:xmpp:occupant-id:0'/><occupant-id xmlns='urn:xmpp:occupant-id:0' id=''/>",
        "<composing xmlns='http://jabber.org/protocol/chatstates'/><gone xmlns='http://jabber.org/protocol/chatstates'/>",
        "<nonsense xmlns='http://jabber.org/protocol/chatstates'/>",
        "<nick xmlns='http://jabber.org/protocol/nick'/>",
        "<replace xmlns='urn:xmpp:message-correct:0'/>",
        "<reply xmlns='urn:xmpp:reply:0' to='@' id=''/><fallback xmlns='urn:xmpp:fallback:0'><body start='9' end='-1'/></fallback>",
        "<reactions xmlns='urn:xmpp:reactions:0' id=''><reaction/></reactions>",
        "<retract xmlns='urn:xmpp:message-retract:1'/><moderated xmlns='urn:xmpp:message-moderate:1'/>",
        "<displayed xmlns='urn:xmpp:chat-markers:0'/><markable xmlns='urn:xmpp:chat-markers:0'/>",
        "<encrypted xmlns='eu.siacs.conversations.axolotl'/><encryption xmlns='urn:xmpp:eme:0'/>",
        "<encrypted xmlns='urn:xmpp:omemo:2'><payload/></encrypted><encryption xmlns='urn:xmpp:eme:0' namespace='' name=''/>",
        "<event xmlns='http://jabber.org/protocol/pubsub#event'/>",
        "<event xmlns='http://jabber.org/protocol/pubsub#event'><items/><items node=''><item/><retract/></items></event>",
        "<event xmlns='http://jabber.org/protocol/pubsub#event'><purge/><delete node='urn:xmpp:bookmarks:1'/></event>",
        "<event xmlns='http://jabber.org/protocol/pubsub#event'><configuration node='n'/><subscription/></event>",
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'/>",
        "<query xmlns='jabber:iq:roster'/>",
        "<query xmlns='jabber:iq:roster' ver=''><item/></query>",
        "<query xmlns='jabber:iq:roster'><item jid='@' subscription='x' ask='y'><group/><group/></item></query>",
        "<query xmlns='jabber:iq:roster'><item jid='z@a.test/r' subscription='remove' name=''/></query>",
        "<query xmlns='jabber:iq:version'><name/><os/></query>",
        "<query xmlns='jabber:iq:last' seconds='-1'/>",
        "<query xmlns='jabber:iq:private'/><query xmlns='jabber:iq:auth'/>",
        "<query xmlns='jabber:iq:register'><registered/><remove/></query>",
        "<query xmlns='http://jabber.org/protocol/disco#info' node=''/>",
        "<query xmlns='http://jabber.org/protocol/disco#info'><identity/><feature/><x xmlns='jabber:x:data'/></query>",
        "<query xmlns='http://jabber.org/protocol/disco#items' node='x'><item/><set xmlns='http://jabber.org/protocol/rsm'/></query>",
        "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query>",
        "<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='' role=''/></query>",
        "<query xmlns='urn:xmpp:mam:2' queryid=''/><set xmlns='http://jabber.org/protocol/rsm'><max>-1</max></set>",
        "<vCard xmlns='vcard-temp'><PHOTO><BINVAL>!!!</BINVAL></PHOTO><FN/></vCard>",
        "<ping xmlns='urn:xmpp:ping'><ping xmlns='urn:xmpp:ping'/></ping>",
        "<time xmlns='urn:xmpp:time'><tzo/><utc>x</utc></time>",
        "<block xmlns='urn:xmpp:blocking'/><unblock xmlns='urn:xmpp:blocking'><item jid='@'/></unblock>",
        "<command xmlns='http://jabber.org/protocol/commands' status='' node=''/>",
        "<jingle xmlns='urn:xmpp:jingle:1'/><propose xmlns='urn:xmpp:jingle-message:0' id=''/>",
        "<data xmlns='urn:xmpp:bob' cid='x' max-age='-1'>!!</data>",
        "<a xmlns=''/>",
        "<a xmlns='urn:x' xml:lang='not a language' xml:space='preserve'> </a>",
        "<b:a xmlns:b='urn:b' b:c='d' c='e'><b:a/></b:a>",
        "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'/></html>",
        "<stream:features xmlns:stream='http://etherx.jabber.org/streams'/>",
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/><proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
    ]
}

/// The attributes that a stanza may have: senders near and far, types that fit and that do not.
fn heads() -> Vec<(&'static str, &'static str)> {
    vec![
        ("message", " from='bob@a.test/a' type='chat' id='1'"),
        ("message", " from='r@muc.a.test/bob' type='groupchat' id=''"),
        ("message", " from='r@muc.a.test' type='groupchat'"),
        ("message", " from='r@muc.a.test/bob' id='1' xml:lang='x-y'"),
        ("message", " from='me@a.test' type='headline' id='1'"),
        ("message", ""),
        ("message", " from='a.test' type='error' id='1'"),
        ("message", " from='bob@a.test' type='nonsense' id='\u{1f4a9}' to='' foo='bar'"),
        ("presence", " from='bob@a.test/a'"),
        ("presence", " from='r@muc.a.test/bob'"),
        ("presence", " from='r@muc.a.test/new \u{1f4a9}' id='1'"),
        ("presence", " from='r@muc.a.test' type='error'"),
        ("presence", " from='bob@a.test/a' type='unavailable'"),
        ("presence", " from='x@y.test' type='nonsense'"),
        ("presence", ""),
        ("iq", " from='bob@a.test/a' type='get' id='1'"),
        ("iq", " from='a.test' type='set' id='1'"),
        ("iq", " from='me@a.test' type='result' id='1'"),
        ("iq", " type='error' id=''"),
        ("iq", " from='r@muc.a.test/bob' type='nonsense' id='1'"),
        ("iq", " type='get'"),
    ]
}

/// Top-level elements that are none of the three.
const TOPS: [&str; 10] = [
    "<features xmlns='http://etherx.jabber.org/streams'/>",
    "<a xmlns='urn:x'/>",
    "<message xmlns='jabber:server'><body>x</body></message>",
    "<r xmlns='urn:xmpp:sm:2'/>",
    "<enabled xmlns='urn:xmpp:sm:3'/>",
    "<resumed xmlns='urn:xmpp:sm:3' h='99'/>",
    "<failed xmlns='urn:xmpp:sm:3'/>",
    "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>=</success>",
    "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
    "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
];

#[tokio::test]
async fn s39_unusual_but_legal() {
    let mut stage = Stage::new().await;
    stage.joins("r@muc.a.test", &["bob", "eve"]).await;
    stage.opens(BOB).await;
    let (heads, payloads) = (heads(), payloads());
    let mut count = 0;
    for payload in &payloads {
        let mut xml = String::new();
        for (name, attributes) in &heads {
            // Once as it is, once twice, once inside of something else.
            for inner in [(*payload).to_owned(), payload.repeat(2), format!("<w xmlns='urn:w'>{payload}</w>")] {
                write!(xml, "<{name}{attributes}>{inner}</{name}>").unwrap();
                count += 1;
            }
        }
        stage.says(&xml).await;
        stage.screen();
        assert_eq!(stage.dials, 1, "{payload}");
    }
    for xml in TOPS {
        stage.says(xml).await;
        count += 1;
    }
    // It is all there and works: a word from bob is seen, and one to him leaves.
    stage.opens(BOB).await;
    stage.says("<message from='bob@a.test/z' type='chat' id='last'><body>still here?</body></message>").await;
    assert!(stage.screen().contains("still here?"), "{}", stage.screen());
    stage.enters("still here").await;
    let last = stage.sent_to(BOB).last().unwrap().child("body", "jabber:client").unwrap().text();
    assert_eq!((last.as_str(), stage.dials), ("still here", 1));
    assert!(stage.state.roster.by_account.values().all(|r| r.keys().all(|j| j.domain() == "a.test")));
    figure("S-39", "scripted server", &format!("{count} unusual stanzas, 0 panics, 0 reconnects"));
}
