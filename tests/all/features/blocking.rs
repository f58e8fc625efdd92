//! Blocking people (XEP-0191): the list, pushes and who may send them, commands.

use super::harness::Script;
use super::people::contact;
use parlour::contract::command::roster::Command as Ask;
use parlour::contract::{Bootstrap, Command};
use parlour::model::Jid;

const BLOCKING: &str = "urn:xmpp:blocking";

/// Signed in to a server that can block, or cannot; the server's features are known.
fn online(server: &[&'static str]) -> Script {
    let stored = Bootstrap { contacts: vec![contact("bob@sec.test")], ..Bootstrap::default() };
    let mut script = Script::new(server, stored);
    let asked = if server.contains(&BLOCKING) {
        "> <iq type='get' id='$list'><blocklist xmlns='urn:xmpp:blocking'/></iq>"
    } else {
        ""
    };
    script.play(&format!(
        "* bound
         > <iq type='get' id='$r'><query xmlns='jabber:iq:roster'/></iq>
         {asked}
         < <iq type='result' id='{{r}}'/>
         > <presence/>
         ! …"
    ));
    script
}

#[test]
fn the_list_is_read_and_pushes_change_it() {
    let mut script = online(&[BLOCKING]);
    script.play(
        r#"
        < <iq type='result' id='{list}'><blocklist xmlns='urn:xmpp:blocking'><item jid='eve@evil.test'/><item jid='@@'/><item/><item jid='spam.test'/></blocklist></iq>
        ! Event(Roster(BlockListLoaded(["eve@evil.test", "spam.test"])))
        < <iq type='set' id='p1' from='me@sec.test'><block xmlns='urn:xmpp:blocking'><item jid='mallory@evil.test/x'/></block></iq>
        > <iq type='result' id='p1' to='me@sec.test'/>
        ! Event(Roster(BlockListChanged { who: ["mallory@evil.test/x"], is_blocked: true }))
        < <iq type='set' id='p2'><unblock xmlns='urn:xmpp:blocking'/></iq>
        > <iq type='result' id='p2'/>
        ! Event(Roster(BlockListChanged { who: [], is_blocked: false }))
        "#,
    );
}

#[test]
fn forged_pushes_change_nothing() {
    for from in
        ["eve@evil.test", "bob@sec.test", "bob@sec.test/a", "me@sec.test.evil.test", "evil.test", "muc.sec.test"]
    {
        for push in [
            "<block xmlns='urn:xmpp:blocking'><item jid='bob@sec.test'/></block>",
            "<unblock xmlns='urn:xmpp:blocking'/>",
        ] {
            let mut script = online(&[BLOCKING]);
            script.play(&format!(
                "< <iq type='set' id='f' from='{from}'>{push}</iq>
                 > <iq type='error' id='f' to='{from}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
            ));
        }
    }
}

#[test]
fn commands_are_asked_of_the_server_and_a_refusal_is_told() {
    let mut script = online(&[BLOCKING]);
    let eve = || Jid::parse("eve@evil.test").unwrap();
    script.ask(
        Command::Roster(Ask::Block { who: eve(), is_blocked: true }),
        r#"
        > <iq type='set' id='$b'><block xmlns='urn:xmpp:blocking'><item jid='eve@evil.test'/></block></iq>
        < <iq type='result' id='{b}'/>
        ! Event(Roster(BlockListChanged { who: ["eve@evil.test"], is_blocked: true }))
        "#,
    );
    script.ask(
        Command::Roster(Ask::Block { who: eve(), is_blocked: false }),
        r#"
        > <iq type='set' id='$b'><unblock xmlns='urn:xmpp:blocking'><item jid='eve@evil.test'/></unblock></iq>
        < <iq type='error' id='{b}'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        ! Event(Roster(BlockRefused { who: "eve@evil.test", is_blocked: false, reason
        "#,
    );
}

#[test]
fn a_server_that_cannot_block_is_known() {
    online(&[]);
}
