//! Where the server's operators tell of outages (XEP-0455): what is taken of the server's answer, and what is kept.

use super::harness::Script;
use parlour::contract::Bootstrap;
use parlour::model::{Reach, StatusPlaces};
use parlour::xmpp::feature::Feature;
use parlour::xmpp::features;

/// Online, with these addresses kept from before; what the server is asked is open.
fn online(kept: &[&str]) -> Script {
    let mut all: Vec<Box<dyn Feature>> = features::session::all();
    all.extend(features::service::all());
    let addresses = kept.iter().map(|a| (*a).to_owned()).collect();
    let stored = Bootstrap { status_places: StatusPlaces { addresses, reach: Reach::Public }, ..Bootstrap::default() };
    let mut script = Script::over(stored, all);
    script.play(
        "* bound
         > <iq type='get' id='$server' to='sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         > <iq type='get' id='$account' to='me@sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         > <iq type='get' id='$items' to='sec.test'><query xmlns='http://jabber.org/protocol/disco#items'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max></set></query></iq>",
    );
    script
}

/// The server's answer with such a form, and what must be written.
fn answers(script: &mut Script, form_type: &str, field: &str, values: &[&str], wanted: &str) {
    let values = values.iter().fold(String::new(), |out, v| out + "<value>" + v + "</value>");
    script.play(&format!(
        "< <iq type='result' id='{{server}}' from='sec.test'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/>
            <x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/network/serverinfo</value></field><field var='{field}'><value>https://not.this/</value></field></x>
            <x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>{form_type}</value></field><field var='{field}'>{values}</field></x></query></iq>
         ! Event(Service(ServerKnown
         < <iq type='error' id='{{account}}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         {wanted}"
    ));
}

const SOS: &str = "urn:xmpp:sos:0";
const FIELD: &str = "external-status-addresses";

#[test]
fn addresses_are_kept_where_they_are_news() {
    let two = ["https://a.example/s.json", "http://b.example/"];
    let wanted = "! Write(StatusPlaces(StatusPlaces { addresses: [\"https://a.example/s.json\", \"http://b.example/\"], reach: Public }";
    answers(&mut online(&[]), SOS, FIELD, &two, wanted);
    answers(&mut online(&["https://old.example/"]), SOS, FIELD, &two, wanted);
    answers(&mut online(&two), SOS, FIELD, &two, "");
    answers(&mut online(&two), SOS, FIELD, &[], "! Write(StatusPlaces(StatusPlaces { addresses: []");
    answers(&mut online(&[]), SOS, FIELD, &[], "");
    answers(&mut online(&[]), "urn:xmpp:sos:1", FIELD, &two, "");
    answers(&mut online(&[]), SOS, "other", &two, "");
}

#[test]
fn addresses_are_bounded_and_of_one_line() {
    let long = format!("https://a.example/{}", "x".repeat(3_000));
    let odd =
        [" https://a.example/ ", "", "https://a.example/&#10;x", "https://a.example/ x", &long, "https://b.example/"];
    let wanted = "! Write(StatusPlaces(StatusPlaces { addresses: [\"https://a.example/\", \"https://b.example/\"]";
    answers(&mut online(&[]), SOS, FIELD, &odd, wanted);
    let many: Vec<String> = (0..50).map(|n| format!("https://a.example/{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    answers(
        &mut online(&[]),
        SOS,
        FIELD,
        &many,
        "! Write(StatusPlaces(StatusPlaces { addresses: [\"https://a.example/0\", … \"https://a.example/4\"], reach",
    );
}

#[test]
fn a_server_that_cannot_be_asked_takes_nothing_away() {
    online(&["https://a.example/"]).play(
        "< <iq type='error' id='{server}' from='sec.test'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         ! Event(Service(ServerKnown
         < <iq type='error' id='{account}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
    );
}
