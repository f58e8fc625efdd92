//! Roster, subscriptions, presence.

use super::harness::Script;
use parlour::contract::Bootstrap;
use parlour::model::{BareJid, Contact, Subscription};

const ROSTERVER: &str = "urn:xmpp:features:rosterver";

pub fn contact(jid: &str) -> Contact {
    Contact {
        jid: BareJid::parse(jid).unwrap(),
        name: None,
        groups: Vec::new(),
        subscription: Subscription::Both,
        is_asked: false,
    }
}

fn stored() -> Bootstrap {
    Bootstrap { roster_version: Some("v1".into()), contacts: vec![contact("bob@sec.test")], ..Bootstrap::default() }
}

#[test]
fn a_whole_roster_with_one_bad_item() {
    Script::new(&[], Bootstrap::default()).play(
        r#"
        * bound
        > <iq type='get' id='$r'><query xmlns='jabber:iq:roster'/></iq>
        < <iq type='result' id='{r}' to='me@sec.test/tui'><query xmlns='jabber:iq:roster' ver='v7'>
            <item jid='bob@sec.test' name='Bob' subscription='both'><group>Friends</group></item>
            <item jid='@@@' subscription='both'/>
            <item jid='小明@sec.test' subscription='sideways'/></query></iq>
        > <presence/>
        ! Write(Roster { version: Some("v7"), contacts: [Contact { jid: "bob@sec.test", name: Some("Bob"), groups: ["Friends"], subscription: Both … "小明@sec.test" … subscription: None
        ! Event(Roster(Loaded([Contact { jid: "bob@sec.test" … "小明@sec.test"
        ! Event(Presence(OwnChanged(OwnPresence { availability: Online
        "#,
    );
}

#[test]
fn a_version_is_only_named_where_the_server_knows_versions() {
    Script::new(&[], stored()).stream_feature(ROSTERVER).play(
        r#"
        * bound
        > <iq type='get' id='$r'><query xmlns='jabber:iq:roster' ver='v1'/></iq>
        # Nothing changed: the cached list stands, and is not written again.
        < <iq type='result' id='{r}'/>
        > <presence/>
        ! Event(Roster(Loaded([Contact { jid: "bob@sec.test"
        ! Event(Presence(OwnChanged
        < <iq type='set' id='p1'><query xmlns='jabber:iq:roster' ver='v2'><item jid='carol@sec.test' ask='subscribe'/></query></iq>
        > <iq type='result' id='p1'/>
        ! Write(Contact { version: Some("v2"), change: Ok(Contact { jid: "carol@sec.test" … is_asked: true
        ! Event(Roster(Changed([Contact { jid: "carol@sec.test"
        < <iq type='set' id='p2' from='me@sec.test'><query xmlns='jabber:iq:roster' ver='v3'><item jid='bob@sec.test' subscription='remove'/></query></iq>
        > <iq type='result' id='p2' to='me@sec.test'/>
        ! Write(Contact { version: Some("v3"), change: Err("bob@sec.test")
        ! Event(Roster(Removed("bob@sec.test")
        "#,
    );
    Script::new(&[], stored()).play(
        "* bound
         > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>",
    );
}

#[test]
fn s03_a_roster_push_from_anybody_else_changes_nothing() {
    for from in
        ["eve@evil.test/x", "eve@evil.test", "sec.test", "me@sec.test/other", "bob@sec.test", "me@sec.test.evil.test"]
    {
        let mut script = Script::new(&[], stored());
        script.play(&format!(
            "< <iq type='set' id='1' from='{from}'><query xmlns='jabber:iq:roster'>
                 <item jid='eve@evil.test' name='Mum' subscription='both'/></query></iq>
             > <iq type='error' id='1' to='{from}'><error type='cancel'>
                 <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ));
    }
}

#[test]
fn s04_a_forged_answer_is_not_the_answer() {
    Script::new(&[], Bootstrap::default()).play(
        r#"
        * bound
        > <iq type='get' id='$r'><query xmlns='jabber:iq:roster'/></iq>
        < <iq type='result' id='{r}' from='eve@evil.test/x'><query xmlns='jabber:iq:roster'>
            <item jid='eve@evil.test' subscription='both'/></query></iq>
        < <iq type='error' id='{r}' from='eve@evil.test/x'><error type='cancel'/></iq>
        < <iq type='result' id='{r}' from='me@sec.test'><query xmlns='jabber:iq:roster'/></iq>
        > <presence/>
        ! Write(Roster { version: None, contacts: [] }
        ! Event(Roster(Loaded([]))
        ! Event(Presence(OwnChanged
        # And it counts once.
        < <iq type='result' id='{r}'><query xmlns='jabber:iq:roster'><item jid='eve@evil.test'/></query></iq>
        "#,
    );
}

#[test]
fn r06_a_roster_that_does_not_come_does_not_keep_the_user_invisible() {
    Script::new(&[], stored()).play(
        r#"
        * bound
        > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
        * wait 30
        > <presence/>
        ! Event(Session(Noticed("the contact list could not be loaded: no answer within 30 seconds"
        ! Event(Roster(Loaded([Contact { jid: "bob@sec.test"
        ! Event(Presence(OwnChanged
        "#,
    );
}

#[test]
fn the_roster_is_asked_again_when_the_session_resumes_before_it_came() {
    Script::new(&[], Bootstrap::default()).play(
        r#"
        * bound
        > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
        * down
        ! Event(Presence(AllGone))
        * resumed
        > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
        "#,
    );
}

#[test]
fn adding_and_removing_a_contact() {
    let mut script = online();
    script.play(
        r#"
        * add carol@sec.test Carol
        > <iq type='set' id='$s'><query xmlns='jabber:iq:roster'><item jid='carol@sec.test' name='Carol'/></query></iq>
        > <presence type='subscribe' to='carol@sec.test'/>
        < <iq type='error' id='{s}'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
            <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>No more contacts</text></error></iq>
        ! Event(Roster(Refused { jid: "carol@sec.test", reason: "nobody is allowed to do that: No more contacts"
        * remove bob@sec.test
        > <iq type='set' id='?'><query xmlns='jabber:iq:roster'><item jid='bob@sec.test' subscription='remove'/></query></iq>
        "#,
    );
}

#[test]
fn subscription_requests_are_shown_once_and_never_approved_by_themselves() {
    online().play(
        r#"
        < <presence type='subscribe' from='eve@evil.test'><nick xmlns='http://jabber.org/protocol/nick'>Eve</nick>
            <status>let me in</status></presence>
        ! Event(Roster(SubscriptionAsked { jid: "eve@evil.test", text: Some("Eve")
        < <presence type='subscribe' from='eve@evil.test'/>
        * deny eve@evil.test
        > <presence type='unsubscribed' to='eve@evil.test'/>
        ! Event(Roster(SubscriptionSettled("eve@evil.test"))
        < <presence type='subscribed' from='mallory@evil.test'/>
        < <presence type='subscribed' from='bob@sec.test'/>
        ! Event(Roster(SubscriptionAnswered { jid: "bob@sec.test", is_allowed: true
        "#,
    );
}

/// The answer to whom the user asked first is known; to nobody else, whatever they have been to the user before.
#[test]
fn a_contact_whom_the_user_asked_first_is_allowed() {
    let contacts = [
        ("asked@sec.test", Subscription::None, true),
        ("seen@sec.test", Subscription::To, false),
        ("known@sec.test", Subscription::None, false),
    ];
    let contacts = contacts.map(|(jid, subscription, is_asked)| Contact { subscription, is_asked, ..contact(jid) });
    let bootstrap = Bootstrap { contacts: contacts.into(), ..stored() };
    Script::new(&[], bootstrap).stream_feature(ROSTERVER).play(
        r#"
        * bound
        > <iq type='get' id='$r'><query xmlns='jabber:iq:roster' ver='v1'/></iq>
        < <iq type='result' id='{r}'/>
        > <presence/>
        ! Event(Roster(Loaded(
        ! Event(Presence(OwnChanged
        < <presence type='subscribe' from='asked@sec.test'/>
        > <presence type='subscribed' to='asked@sec.test'/>
        ! Event(Roster(AllowedInReturn("asked@sec.test")
        < <presence type='subscribe' from='seen@sec.test/phone'/>
        > <presence type='subscribed' to='seen@sec.test'/>
        ! Event(Roster(AllowedInReturn("seen@sec.test")
        < <presence type='subscribe' from='known@sec.test'/>
        ! Event(Roster(SubscriptionAsked { jid: "known@sec.test"
        < <presence type='subscribe' from='asked@evil.test'/>
        ! Event(Roster(SubscriptionAsked { jid: "asked@evil.test"
        # Who was denied since is asked about.
        * deny seen@sec.test
        > <presence type='unsubscribed' to='seen@sec.test'/>
        ! Event(Roster(SubscriptionSettled("seen@sec.test"))
        < <presence type='subscribe' from='seen@sec.test'/>
        ! Event(Roster(SubscriptionAsked { jid: "seen@sec.test"
        "#,
    );
}

/// A hundred strangers do not stand before the answer to somebody whom the user asked.
#[test]
fn a_flood_of_requests_hides_no_answer() {
    let mut script = online();
    let mut wanted = String::from(
        "< <iq type='set' id='p1'><query xmlns='jabber:iq:roster'><item jid='carol@sec.test' ask='subscribe'/></query></iq>
         > <iq type='result' id='p1'/>
         ! Write(Contact
         ! Event(Roster(Changed(
",
    );
    for i in 0..100 {
        wanted += &format!("< <presence type='subscribe' from='u{i}@evil.test'/>\n! Event(Roster(SubscriptionAsked\n");
    }
    wanted += "< <presence type='subscribe' from='more@evil.test'/>\n! Event(Session(Noticed(\"more than 100 people\n";
    wanted += "< <presence type='subscribe' from='carol@sec.test'/>
               > <presence type='subscribed' to='carol@sec.test'/>
               ! Event(Roster(AllowedInReturn(\"carol@sec.test\"\n";
    script.play(&wanted);
}

#[test]
fn s16_five_thousand_requests_are_a_hundred_lines_and_a_notice() {
    let mut script = online();
    let mut wanted = String::new();
    for i in 0..100 {
        wanted += &format!("< <presence type='subscribe' from='u{i}@evil.test'/>\n! Event(Roster(SubscriptionAsked\n");
    }
    wanted += "< <presence type='subscribe' from='more@evil.test'/>\n! Event(Session(Noticed(\"more than 100 people\n";
    for i in 0..5_000 {
        wanted += &format!("< <presence type='subscribe' from='v{i}@evil.test'/>\n");
    }
    script.play(&wanted);
}

#[test]
fn presence_of_contacts_every_resource() {
    online().play(
        r#"
        < <presence from='bob@sec.test/desk'><show>dnd</show><status>busy 🌙</status><priority>5</priority></presence>
        ! Event(Presence(Changed(ResourcePresence { jid: "bob@sec.test/desk", availability: DoNotDisturb, status: Some("busy 🌙"), priority: 5
        < <presence from='bob@sec.test/手机'><show>sleeping</show><priority>999</priority></presence>
        ! Event(Presence(Changed(ResourcePresence { jid: "bob@sec.test/手机", availability: Online, status: None, priority: 0
        < <presence from='bob@sec.test/desk' type='unavailable'><status>bye</status></presence>
        ! Event(Presence(Gone { jid: "bob@sec.test/desk", status: Some("bye")
        # A stranger's presence is nobody's business.
        < <presence from='eve@evil.test/x'/>
        * down
        ! Event(Presence(AllGone))
        * resumed
        ! Event(Presence(Changed(ResourcePresence { jid: "bob@sec.test/手机"
        "#,
    );
}

#[test]
fn own_presence_is_kept_and_directed_presence_is_taken_back() {
    online().play(
        r#"
        * presence away lunch
        > <presence><show>away</show><status>lunch</status></presence>
        ! Event(Presence(OwnChanged(OwnPresence { availability: Away, status: "lunch"
        * direct eve@evil.test/x online
        > <presence to='eve@evil.test/x'/>
        * presence offline
        > <presence type='unavailable' to='eve@evil.test/x'/>
        > <presence type='unavailable'/>
        ! Event(Presence(OwnChanged(OwnPresence { availability: Offline
        * down
        ! Event(Presence(AllGone))
        * presence dnd
        ! Event(Presence(OwnChanged
        * resumed
        > <presence><show>dnd</show></presence>
        "#,
    );
}

/// Signed in, with bob as a contact, on a server without an archive.
pub fn online() -> Script {
    let mut script = Script::new(&[], stored());
    script.play(
        r#"
        * bound
        > <iq type='get' id='$r'><query xmlns='jabber:iq:roster'/></iq>
        < <iq type='result' id='{r}'/>
        > <presence/>
        ! …
        "#,
    );
    script
}
