//! Discovery, capabilities, and who is told what we are.

use super::harness::Script;
use super::people::contact;
use parlour::contract::command::service::Command as Ask;
use parlour::contract::{Bootstrap, Command};
use parlour::model::{Jid, Token};
use parlour::xmpp::feature::Feature;
use parlour::xmpp::features;

/// Online, with roster, presence and the services' features.
fn online() -> Script {
    let mut all: Vec<Box<dyn Feature>> = Vec::new();
    all.extend(features::roster::all());
    all.extend(features::service::all());
    let stored = Bootstrap { contacts: vec![contact("bob@sec.test")], ..Bootstrap::default() };
    let mut script = Script::with(&[], stored, all);
    script.play(
        "* bound
         > <iq type='get' id='$roster'><query xmlns='jabber:iq:roster'/></iq>
         > <iq type='get' id='$server' to='sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         > <iq type='get' id='$account' to='me@sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         > <iq type='get' id='$items' to='sec.test'><query xmlns='http://jabber.org/protocol/disco#items'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max></set></query></iq>
         ! …
         < <iq type='result' id='{roster}'><query xmlns='jabber:iq:roster'><item jid='bob@sec.test' subscription='both'/></query></iq>
         ! …",
    );
    script
}

#[test]
fn the_server_and_what_it_offers() {
    online().play(
        "< <iq type='result' id='{items}' from='sec.test'><query xmlns='http://jabber.org/protocol/disco#items'><item jid='muc.sec.test'/><item jid='@@'/></query></iq>
         > <iq type='get' id='$muc' to='muc.sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         < <iq type='result' id='{server}' from='eve@evil.test'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='forged'/></query></iq>
         < <iq type='result' id='{server}' from='sec.test'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/><feature var='a'/></query></iq>
         ! Event(Service(ServerKnown { … features: [\"a\"] … services: []
         < <iq type='error' id='{account}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         < <iq type='result' id='{muc}' from='muc.sec.test'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/></query></iq>
         ! Event(Service(ServerKnown { … features: [\"a\"] … services: [(\"rooms\", \"muc.sec.test\")]",
    );
}

#[test]
fn a_service_is_known_as_soon_as_it_answers() {
    online().play(
        "< <iq type='result' id='{items}' from='sec.test'><query xmlns='http://jabber.org/protocol/disco#items'><item jid='stats.sec.test'/><item jid='muc.sec.test'/><item jid='up.sec.test'/></query></iq>
         > <iq type='get' id='$stats' to='stats.sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         > <iq type='get' id='$muc' to='muc.sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         > <iq type='get' id='$up' to='up.sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         # Earlier than the server itself: told with it.
         < <iq type='result' id='{muc}' from='muc.sec.test'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/></query></iq>
         < <iq type='result' id='{server}' from='sec.test'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/><feature var='a'/></query></iq>
         ! Event(Service(ServerKnown { … features: [\"a\"] … services: [(\"rooms\", \"muc.sec.test\")]
         < <iq type='result' id='{up}' from='up.sec.test'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:http:upload:0'/></query></iq>
         ! Event(Service(ServerKnown { … services: [(\"rooms\", \"muc.sec.test\"), (\"upload\", \"up.sec.test\")]
         # The one that never answers adds nothing, and takes nothing away.
         * wait 30",
    );
}

#[test]
fn items_come_in_pages() {
    let jid = Jid::parse("muc.sec.test").unwrap();
    let mut script = online();
    let page = |after: &str| {
        format!(
            "> <iq type='get' id='$q' to='muc.sec.test'><query xmlns='http://jabber.org/protocol/disco#items'><set xmlns='http://jabber.org/protocol/rsm'><max>20</max>{after}</set></query></iq>"
        )
    };
    let items: String =
        (0..20).map(|i| format!("<item jid='r{i}@muc.sec.test' name='R{i}'/>")).collect::<Vec<_>>().concat();
    script.ask(
        Command::Service(Ask::Items { jid: jid.clone(), node: None, after: None, token: Token(1) }),
        &format!(
            "{}
             < <iq type='result' id='{{q}}' from='muc.sec.test'><query xmlns='http://jabber.org/protocol/disco#items'>{items}<set xmlns='http://jabber.org/protocol/rsm'><last>r19</last><count>21</count></set></query></iq>
             ! Event(Service(ItemsArrived {{ token: Token(1) … count: Some(21), next: Some(\"r19\")",
            page("")
        ),
    );
    script.ask(
        Command::Service(Ask::Items { jid, node: None, after: Some("r19".into()), token: Token(2) }),
        &format!(
            "{}
             < <iq type='error' id='{{q}}' from='muc.sec.test'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>gone</text></error></iq>
             ! Event(Service(ItemsArrived {{ token: Token(2), answer: Err(\"there is no such thing at that address: gone\")",
            page("<after>r19</after>")
        ),
    );
}

const CAPS: &str = "http://jabber.org/protocol/caps";

fn presence(resource: &str, ver: &str) -> String {
    format!(
        "< <presence from='bob@sec.test/{resource}'><c xmlns='{CAPS}' hash='sha-1' node='x' ver='{ver}'/></presence>"
    )
}

fn question(resource: &str, ver: &str, var: &str) -> String {
    format!(
        "> <iq type='get' id='${var}' to='bob@sec.test/{resource}'><query xmlns='http://jabber.org/protocol/disco#info' node='x#{ver}'/></iq>"
    )
}

/// XEP-0115 §5.2.
const EXODUS: &str = "QgayPKawpkPSDYmwT/WM94uAlu0=";
const ANSWER: &str =
    "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='client' type='pc' name='Exodus 0.9.1'/>
    <feature var='http://jabber.org/protocol/muc'/><feature var='http://jabber.org/protocol/disco#items'/>
    <feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/></query>";

#[test]
fn one_answer_explains_a_hash_for_everybody_and_is_kept() {
    online().play(&format!(
        "{}\n{}\n{}
         < <iq type='result' id='{{q}}' from='bob@sec.test/a'>{ANSWER}</iq>
         ! Write(Caps(CapsEntry {{ hash: \"sha-1\", ver: \"{EXODUS}\"
         ! Event(Presence(ClientKnown {{ jid: \"bob@sec.test/b\", client: \"Exodus 0.9.1\"
         ! Event(Presence(ClientKnown {{ jid: \"bob@sec.test/a\"
         {}
         ! Event(Presence(ClientKnown {{ jid: \"bob@sec.test/c\"",
        presence("a", EXODUS),
        question("a", EXODUS, "q"),
        presence("b", EXODUS),
        presence("c", EXODUS),
    ));
}

#[test]
fn a_presence_whose_hash_is_known_says_which_client_it_is() {
    let mut all: Vec<Box<dyn Feature>> = Vec::new();
    all.extend(features::roster::all());
    all.extend(features::presence::all());
    all.push(Box::<features::service::xep0115_caps::Caps>::default());
    let stored = Bootstrap { contacts: vec![contact("bob@sec.test")], ..Bootstrap::default() };
    let mut script = Script::with(&[], stored, all);
    script.play(&format!(
        "* bound
         > <iq type='get' id='$roster'><query xmlns='jabber:iq:roster'/></iq>
         ! …
         < <iq type='result' id='{{roster}}'><query xmlns='jabber:iq:roster'><item jid='bob@sec.test' subscription='both'/></query></iq>
         > <presence><c xmlns='{CAPS}' hash='sha-1' node='urn:parlour' ver='?'/></presence>
         ! …
         {}
         {}
         ! Event(Presence(Changed(ResourcePresence {{ jid: \"bob@sec.test/a\" … client: None
         < <iq type='result' id='{{q}}' from='bob@sec.test/a'>{ANSWER}</iq>
         ! Write(Caps(
         ! Event(Presence(ClientKnown {{ jid: \"bob@sec.test/a\"
         {}
         ! Event(Presence(ClientKnown {{ jid: \"bob@sec.test/b\"
         ! Event(Presence(Changed(ResourcePresence {{ jid: \"bob@sec.test/b\" … client: Some(\"Exodus 0.9.1\")",
        presence("a", EXODUS),
        question("a", EXODUS, "q"),
        presence("b", EXODUS),
    ));
}

#[test]
fn s37_a_hash_that_is_not_the_answers_is_never_kept() {
    // The answer counts for the one who gave it; the next one who uses the hash is asked.
    online().play(&format!(
        "{}\n{}\n{}
         < <iq type='result' id='{{q}}' from='bob@sec.test/a'>{ANSWER}</iq>
         {}
         ! Event(Presence(ClientKnown {{ jid: \"bob@sec.test/a\"",
        presence("a", "forged"),
        question("a", "forged", "q"),
        presence("b", "forged"),
        question("b", "forged", "r"),
    ));
}

#[test]
fn s37_five_thousand_hashes_are_four_questions() {
    let mut script = online();
    for i in 0..4 {
        let (resource, ver) = (format!("r{i}"), format!("v{i}"));
        script.play(&format!("{}\n{}", presence(&resource, &ver), question(&resource, &ver, "q")));
    }
    for i in 4..5_000 {
        script.play(&presence(&format!("r{i}"), &format!("v{i}")));
    }
    // Strangers are not asked at all.
    script.play(&presence("r", "w").replace("bob@sec.test", "eve@evil.test"));
}

fn refused(from: &str, question: &str, type_: &str) -> String {
    format!(
        "< <iq type='{type_}' id='1' from='{from}'>{question}</iq>
         > <iq type='error' id='1' to='{from}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    )
}

#[test]
fn s17_nobody_controls_us_from_afar() {
    for from in ["eve@evil.test/x", "bob@sec.test/x", "me@sec.test/other"] {
        let command = "<command xmlns='http://jabber.org/protocol/commands' node='http://jabber.org/protocol/rc#forward' action='execute'/>";
        online().play(&refused(from, command, "set"));
    }
}

#[test]
fn s18_strangers_learn_nothing() {
    for question in [
        "<query xmlns='jabber:iq:version'/>",
        "<query xmlns='jabber:iq:last'/>",
        "<time xmlns='urn:xmpp:time'/>",
        "<ping xmlns='urn:xmpp:ping'/>",
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        "<query xmlns='http://jabber.org/protocol/disco#items'/>",
    ] {
        online().play(&refused("eve@evil.test/x", question, "get"));
    }
}

#[test]
fn contacts_learn_name_and_version_but_no_system() {
    let version = env!("CARGO_PKG_VERSION");
    online().play(&format!(
        "< <iq type='get' id='1' from='bob@sec.test/x'><query xmlns='jabber:iq:version'/></iq>
         > <iq type='result' id='1' to='bob@sec.test/x'><query xmlns='jabber:iq:version'><name>parlour</name><version>{version}</version></query></iq>
         < <iq type='get' id='2' from='sec.test'><ping xmlns='urn:xmpp:ping'/></iq>
         > <iq type='result' id='2' to='sec.test'/>
         < <iq type='get' id='3' from='bob@sec.test/x'><time xmlns='urn:xmpp:time'/></iq>
         > <iq type='result' id='3' to='bob@sec.test/x'><time xmlns='urn:xmpp:time'><tzo>+00:00</tzo><utc>2026-11-21T08:00:00.000Z</utc></time></iq>"
    ));
}

#[test]
fn version_ping_and_time_of_others() {
    let mut script = online();
    let jid = Jid::parse("bob@sec.test/貓🐈").unwrap();
    script.ask(
        Command::Service(Ask::Ping { jid: None, token: Token(1) }),
        "> <iq type='get' id='$p' to='sec.test'><ping xmlns='urn:xmpp:ping'/></iq>
         * wait 2
         < <iq type='result' id='{p}' from='sec.test'/>
         ! Event(Service(EntityAnswered { token: Token(1), jid: \"sec.test\", answer: Ping(2s)",
    );
    script.ask(
        Command::Service(Ask::Version { jid: jid.clone(), token: Token(2) }),
        "> <iq type='get' id='$v' to='bob@sec.test/貓🐈'><query xmlns='jabber:iq:version'/></iq>
         < <iq type='result' id='{v}' from='bob@sec.test/貓🐈'><query xmlns='jabber:iq:version'><name>x</name></query></iq>
         ! Event(Service(EntityAnswered { token: Token(2), jid: \"bob@sec.test/貓🐈\", answer: Version { name: \"x\", version: \"\", os: None",
    );
    script.ask(
        Command::Service(Ask::Card { jid: jid.bare().to_jid(), token: Token(4) }),
        "> <iq type='get' id='$c' to='bob@sec.test'><vCard xmlns='vcard-temp'/></iq>
         < <iq type='result' id='{c}' from='bob@sec.test'><vCard xmlns='vcard-temp'><FN>Bob</FN></vCard></iq>
         ! Event(Service(EntityAnswered { token: Token(4), jid: \"bob@sec.test\", answer: Card([(\"Full name\", \"Bob\")",
    );
    script.ask(
        Command::Service(Ask::Time { jid, token: Token(3) }),
        "> <iq type='get' id='?' to='bob@sec.test/貓🐈'><time xmlns='urn:xmpp:time'/></iq>
         * wait 30
         # The questions of the login are over as well.
         ! Event(Service(ServerKnown
         ! Event(Service(EntityAnswered { token: Token(3) … answer: Timeout",
    );
}
