//! Attention (XEP-0352) and idle time (XEP-0319) on the wire.

use super::harness::Script;
use parlour::contract::Bootstrap;
use parlour::model::{BareJid, Contact, Subscription};
use parlour::xmpp::features;

const CSI: &str = "urn:xmpp:csi:0";

fn attentive() -> Script {
    Script::with(&[], Bootstrap::default(), features::session::all())
}

#[test]
fn the_server_is_told_once_that_nobody_looks_and_at_once_that_somebody_does() {
    attentive().stream_feature(CSI).play(
        "
        * bound
        * looks on
        * looks off
        > <inactive xmlns='urn:xmpp:csi:0'/>
        * looks off
        * looks on
        > <active xmlns='urn:xmpp:csi:0'/>
        ",
    );
}

#[test]
fn each_stream_begins_active_also_a_resumed_one() {
    attentive().stream_feature(CSI).play(
        "
        * looks off
        * bound
        > <inactive xmlns='urn:xmpp:csi:0'/>
        * down
        * resumed
        > <inactive xmlns='urn:xmpp:csi:0'/>
        * down
        * looks on
        * resumed
        * down
        * looks off
        * bound
        > <inactive xmlns='urn:xmpp:csi:0'/>
        ",
    );
}

#[test]
fn a_server_that_does_not_offer_it_hears_nothing() {
    attentive().play("* bound\n* looks off\n* looks on\n");
}

fn contact() -> Contact {
    let jid = BareJid::parse("bob@sec.test").unwrap();
    Contact { jid, name: None, groups: Vec::new(), subscription: Subscription::Both, is_asked: false }
}

fn with_bob() -> Script {
    let stored = Bootstrap { contacts: vec![contact()], roster_version: Some("v1".to_owned()), ..Bootstrap::default() };
    let all = features::roster::all().into_iter().chain(features::presence::all()).collect();
    let mut script = Script::with(&[], stored, all).stream_feature("urn:xmpp:features:rosterver");
    script.play(
        "
        * bound
        > <iq type='get' id='$r'><query xmlns='jabber:iq:roster' ver='v1'/></iq>
        < <iq type='result' id='{r}'/>
        > <presence/>
        ! …
        ",
    );
    script
}

#[test]
fn idle_time_goes_with_the_presence_and_ends_with_it() {
    with_bob().play(
        "
        * idle
        > <presence><show>away</show><idle xmlns='urn:xmpp:idle:1' since='2026-11-21T08:00:00.000Z'/></presence>
        ! …
        * presence online
        > <presence/>
        ! …
        ",
    );
}

#[test]
fn the_idle_time_of_a_contact_is_told_and_never_later_than_now() {
    with_bob().play(
        "
        < <presence from='bob@sec.test/desk'><show>away</show>
            <idle xmlns='urn:xmpp:idle:1' since='2026-11-21T07:18:00Z'/></presence>
        ! Event(Presence(Changed(ResourcePresence { jid: \"bob@sec.test/desk\", availability: Away … idle_since: Some(Time(1795245480000))
        < <presence from='bob@sec.test/desk'><idle xmlns='urn:xmpp:idle:1' since='2031-01-01T00:00:00Z'/></presence>
        ! Event(Presence(Changed(ResourcePresence { jid: \"bob@sec.test/desk\" … idle_since: Some(Time(1795248000000))
        < <presence from='bob@sec.test/desk'><idle xmlns='urn:xmpp:idle:1' since='a while ago'/></presence>
        ! Event(Presence(Changed(ResourcePresence { jid: \"bob@sec.test/desk\" … idle_since: None
        ",
    );
}

#[test]
fn presences_that_the_server_kept_back_keep_their_time() {
    // XEP-0352 §5: what was kept comes with a delay stamp when the client is active again.
    with_bob().play(
        "
        < <presence from='bob@sec.test/desk'><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:30:00Z'/></presence>
        ! Event(Presence(Changed(ResourcePresence { jid: \"bob@sec.test/desk\" … since: Time(1795246200000)
        ",
    );
}
