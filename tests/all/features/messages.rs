//! Messages that come in: who may say what, and where it lands.

use super::harness::Script;
use super::people::{contact, online};
use parlour::contract::Bootstrap;

const CARBONS: &str = "urn:xmpp:carbons:2";

/// Signed in to a server with these namespaces, bob a contact; nothing in the outbox.
pub fn with(server: &[&'static str]) -> Script {
    let stored = Bootstrap { contacts: vec![contact("bob@sec.test")], ..Bootstrap::default() };
    let mut script = Script::new(server, stored);
    let carbons = if server.contains(&CARBONS) {
        "> <iq type='set' id='?'><enable xmlns='urn:xmpp:carbons:2'/></iq>"
    } else {
        ""
    };
    script.play(&format!(
        r#"
        * bound
        > <iq type='get' id='$r'><query xmlns='jabber:iq:roster'/></iq>
        {carbons}
        < <iq type='result' id='{{r}}'/>
        > <presence/>
        ! …
        "#
    ));
    script
}

#[test]
fn kinds_of_messages() {
    online().play(
        r#"
        < <message from='bob@sec.test/a' type='chat' id='m1'><body>hi 小明</body></message>
        ! Write(Message(Message { … chat: ChatId { account: "me@sec.test", address: "bob@sec.test" }, chat_kind: Contact, from: "bob@sec.test/a", kind: Chat, body: "hi 小明", time: Time(1795248000000), is_delayed: false, delivery: Incoming, is_mention: true, ids: MessageIds { stanza: Some("m1"), origin: None, archive: None
        < <message from='bob@sec.test/a'><body>no type</body></message>
        ! Write(Message(Message { … kind: Chat … subject: None
        < <message from='news@sec.test' type='normal'><subject>Hello</subject><body>long</body></message>
        ! Write(Message(Message { … kind: Normal, body: "long" … subject: Some("Hello")
        < <message from='sec.test' type='headline'><subject>Down at 8</subject></message>
        ! Write(Message(Message { … kind: Headline, body: "" … is_mention: false … subject: Some("Down at 8")
        < <message type='headline'><body>from the server itself</body></message>
        ! Write(Message(Message { … address: "sec.test" }
        < <message from='bob@sec.test/a' type='chat' id='m2'/>
        < <message from='r@muc.sec.test/eve' type='groupchat'><body>a room that we are not in</body></message>
        "#,
    );
}

#[test]
fn s01_carbons_spoof() {
    let mut script = with(&[CARBONS]);
    let mut shown = 0;
    for name in ["received", "sent"] {
        let froms = [
            "eve@evil.test/x",
            "me@sec.test/tui",
            "me@sec.test/other",
            "sec.test",
            "me@sec.test.evil.test",
            "me@evil.test",
        ];
        for outer in froms.map(|f| format!(" from='{f}'")).into_iter().chain([String::new()]) {
            let inner = if name == "sent" { "me@sec.test/other" } else { "bob@sec.test/a" };
            script.play(&format!(
                "< <message{outer} to='me@sec.test/tui'><{name} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
                   <message xmlns='jabber:client' from='{inner}' to='bob@sec.test' type='chat'><body>pay</body></message>
                   </forwarded></{name}><body>outer</body></message>"
            ));
            shown += 1;
        }
    }
    assert_eq!(shown, 14, "each of them would have failed on an unmatched batch");
    // A copy of a "sent" message that somebody else sent, and one in groupchat.
    script.play(
        "< <message from='me@sec.test'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
           <message xmlns='jabber:client' from='eve@evil.test/x' to='bob@sec.test' type='chat'><body>x</body></message></forwarded></sent></message>
         < <message from='me@sec.test'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
           <message xmlns='jabber:client' from='r@muc.sec.test/eve' type='groupchat'><body>x</body></message></forwarded></received></message>",
    );
}

#[test]
fn carbons_both_ways() {
    with(&[CARBONS]).play(
        r#"
        < <message from='me@sec.test'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
            <message xmlns='jabber:client' from='bob@sec.test/🌙' to='me@sec.test/other' type='chat' id='c1'><body>in</body></message></forwarded></received></message>
        ! Write(Message(Message { … address: "bob@sec.test" } … from: "bob@sec.test/🌙" … body: "in" … delivery: Incoming
        < <message from='me@sec.test'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
            <message xmlns='jabber:client' from='me@sec.test/other' to='bob@sec.test/x' type='chat' id='c2'><body>out</body></message></forwarded></sent></message>
        ! Write(Message(Message { … address: "bob@sec.test" } … from: "me@sec.test/other" … body: "out" … delivery: Acked, is_mention: false
        "#,
    );
}

#[test]
fn s15_a_private_message_in_a_room_keeps_to_its_occupant() {
    with(&[CARBONS]).play(
        r#"
        # Sent by another client of ours, in a room that this one is not in.
        < <message from='me@sec.test'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
            <message xmlns='jabber:client' from='me@sec.test/other' to='r@muc.sec.test/eve' type='chat'><body>psst</body>
            <x xmlns='http://jabber.org/protocol/muc#user'/></message></forwarded></sent></message>
        ! Write(Message(Message { … address: "r@muc.sec.test/eve" }, chat_kind: Occupant
        * join r@muc.sec.test me
        < <message from='r@muc.sec.test/eve' type='chat'><body>hm?</body></message>
        ! Write(Message(Message { … address: "r@muc.sec.test/eve" }, chat_kind: Occupant
        * send r@muc.sec.test/eve p1 yes
        > <message type='chat' to='r@muc.sec.test/eve' id='p1'><x xmlns='http://jabber.org/protocol/muc#user'/><body>yes</body>
            <origin-id xmlns='urn:xmpp:sid:0' id='p1'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>
        ! Write(Message(Message { … address: "r@muc.sec.test/eve" }, chat_kind: Occupant
        "#,
    );
}

#[test]
fn s07_only_ids_that_cannot_be_forged_count() {
    const ID: &str = "<stanza-id xmlns='urn:xmpp:sid:0' by='me@sec.test' id='future'/>";
    let cases = [
        (vec![], ID, "the server does not say that it strips forged ids"),
        (vec!["urn:xmpp:sid:0"], "<stanza-id xmlns='urn:xmpp:sid:0' by='eve@evil.test' id='future'/>", "by eve"),
        (vec!["urn:xmpp:sid:0"], "<stanza-id xmlns='urn:xmpp:sid:0' by='sec.test' id='future'/>", "by the server"),
        (
            vec!["urn:xmpp:sid:0"],
            "<stanza-id xmlns='urn:xmpp:sid:0' by='me@sec.test/tui' id='future'/>",
            "by a resource",
        ),
        (vec!["urn:xmpp:sid:0"], "<stanza-id xmlns='urn:xmpp:sid:0' id='future'/>", "by nobody"),
        (vec!["urn:xmpp:sid:0"], "<stanza-id xmlns='urn:xmpp:sid:0' by='me@sec.test' id=''/>", "an empty one"),
        (
            vec!["urn:xmpp:sid:0"],
            "<stanza-id xmlns='urn:xmpp:sid:0' by='me@sec.test' id='a'/><stanza-id xmlns='urn:xmpp:sid:0' by='ME@sec.test' id='future'/>",
            "two of them",
        ),
        (
            vec!["urn:xmpp:sid:0"],
            "<x xmlns='x'><stanza-id xmlns='urn:xmpp:sid:0' by='me@sec.test' id='future'/></x>",
            "nested",
        ),
        (
            vec!["urn:xmpp:sid:0"],
            "<stanza-id xmlns='urn:xmpp:sid:1' by='me@sec.test' id='future'/>",
            "another namespace",
        ),
    ];
    for (server, ids, why) in cases {
        println!("{why}");
        with(&server).play(&format!(
            "< <message from='eve@evil.test/x' type='chat'><body>x</body>{ids}</message>
             ! Write(Message(Message {{ … archive: None"
        ));
    }
    with(&["urn:xmpp:sid:0"]).play(&format!(
        "< <message from='bob@sec.test/a' type='chat'><body>x</body>{ID}</message>
         ! Write(Message(Message {{ … archive: Some(ArchiveId {{ by: \"me@sec.test\", id: \"future\" }})"
    ));
}

#[test]
fn s09_a_forwarded_message_is_not_shown_as_real() {
    online().play(
        "< <message from='eve@evil.test/x' type='chat'><forwarded xmlns='urn:xmpp:forward:0'>
           <message xmlns='jabber:client' from='bob@sec.test/a' type='chat'><body>pay</body></message></forwarded></message>",
    );
}

#[test]
fn s11_receipts_move_only_the_senders_own_conversation() {
    online().play(
        r#"
        * send bob@sec.test a1 hi
        > <message type='chat' to='bob@sec.test' id='a1'><body>hi</body><origin-id xmlns='urn:xmpp:sid:0' id='a1'/>
            <request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>
        ! …
        # From eve: whatever she names, only her own conversation is meant, and there the store has no such row.
        < <message from='eve@evil.test/x'><received xmlns='urn:xmpp:receipts' id='a1'/></message>
        ! Write(Addition(Delivery { chat: ChatId { account: "me@sec.test", address: "eve@evil.test" }, id: "a1", delivery: Delivered
        < <message from='bob@sec.test.evil.test/x'><received xmlns='urn:xmpp:receipts' id='a1'/></message>
        ! Write(Addition(Delivery { chat: ChatId { … address: "bob@sec.test.evil.test" }
        < <message from='r@muc.sec.test/bob' type='groupchat'><received xmlns='urn:xmpp:receipts' id='a1'/></message>
        < <message from='bob@sec.test/a' type='error' id='z'><received xmlns='urn:xmpp:receipts' id='a1'/></message>
        ! Write(Addition(Delivery { … id: "z", delivery: Failed(
        < <message from='me@sec.test/other'><received xmlns='urn:xmpp:receipts' id='a1'/></message>
        < <message from='bob@sec.test/a'><received xmlns='urn:xmpp:receipts' id=''/></message>
        < <message from='bob@sec.test/a'><received xmlns='urn:xmpp:receipts'/></message>
        < <message from='bob@sec.test/a'><received xmlns='urn:xmpp:receipts' id='a1'/></message>
        ! Write(Addition(Delivery { chat: ChatId { account: "me@sec.test", address: "bob@sec.test" }, id: "a1", delivery: Delivered
        "#,
    );
}

#[test]
fn receipts_are_given_to_people_we_know_alone() {
    online().play(
        r#"
        < <message from='bob@sec.test/a' type='chat' id='m1'><body>x</body><request xmlns='urn:xmpp:receipts'/></message>
        > <message to='bob@sec.test/a' type='chat' id='?'><received xmlns='urn:xmpp:receipts' id='m1'/><store xmlns='urn:xmpp:hints'/></message>
        ! Write(Message
        < <message from='eve@evil.test/x' type='chat' id='m2'><body>x</body><request xmlns='urn:xmpp:receipts'/></message>
        ! Write(Message
        * receipts off
        < <message from='bob@sec.test/a' type='chat' id='m1'><body>x</body><request xmlns='urn:xmpp:receipts'/></message>
        ! Write(Message
        * receipts on
        # Once the user answers her, eve may know.
        * send eve@evil.test e1 who?
        > <message type='chat' to='eve@evil.test' id='e1'><body>who?</body><origin-id xmlns='urn:xmpp:sid:0' id='e1'/>
            <request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>
        ! …
        < <message from='eve@evil.test/x' type='chat' id='m3'><body>x</body><request xmlns='urn:xmpp:receipts'/></message>
        > <message to='eve@evil.test/x' type='chat' id='?'><received xmlns='urn:xmpp:receipts' id='m3'/><store xmlns='urn:xmpp:hints'/></message>
        ! Write(Message
        "#,
    );
}

#[test]
fn chat_states_follow_the_peers_lead() {
    online().play(
        r#"
        # Nobody knows yet whether bob understands: nothing is told.
        * state bob@sec.test composing
        < <message from='bob@sec.test/a' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>
        ! Event(Chat(StateChanged { chat: ChatId { … address: "bob@sec.test" }, from: "bob@sec.test/a", state: Composing
        * state bob@sec.test composing
        > <message type='chat' to='bob@sec.test' id='?'><composing xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/></message>
        * state bob@sec.test composing
        * state bob@sec.test paused
        > <message type='chat' to='bob@sec.test' id='?'><paused xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/></message>
        # He answers without one: no more of it.
        < <message from='bob@sec.test/old' type='chat'><body>x</body></message>
        ! Write(Message
        * state bob@sec.test composing
        # A stranger's typing is not shown.
        < <message from='eve@evil.test/x' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>
        "#,
    );
}

/// A message of ours to bob, or a device of his, with a chat state or without.
fn to_bob(to: &str, id: &str, has_state: bool) -> String {
    let active = if has_state { "<active xmlns='http://jabber.org/protocol/chatstates'/>" } else { "" };
    format!(
        "<message type='chat' to='{to}' id='{id}'><body>hi</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>
         <request xmlns='urn:xmpp:receipts'/>{active}</message>"
    )
}

#[test]
fn two_clients_that_both_wait_begin() {
    // Bob writes first and without a state, as clients do that wait for ours.
    online().play(&format!(
        "< <message from='bob@sec.test/a' type='chat'><body>hello</body></message>
         ! Write(Message
         * send bob@sec.test a1 hi
         > {}
         ! Write(Message
         < <message from='bob@sec.test/a' type='chat'><body>oh</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>
         ! Event(Chat(StateChanged
         ! Write(Message
         * state bob@sec.test composing
         > <message type='chat' to='bob@sec.test/a' id='?'><composing xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/></message>",
        to_bob("bob@sec.test/a", "a1", true)
    ));
}

#[test]
fn who_answers_without_a_state_gets_no_more_of_them() {
    online().play(&format!(
        "* send bob@sec.test a1 hi
         > {}
         ! Write(Message
         < <message from='bob@sec.test/a' type='chat'><body>hello</body></message>
         ! Write(Message
         * send bob@sec.test a2 hi
         > {}
         ! Write(Message
         * state bob@sec.test composing
         # He has another client now, which begins.
         < <message from='bob@sec.test/b' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>
         ! Event(Chat(StateChanged
         * send bob@sec.test a3 hi
         > {}
         ! Write(Message",
        to_bob("bob@sec.test", "a1", true),
        to_bob("bob@sec.test/a", "a2", false),
        to_bob("bob@sec.test", "a3", true)
    ));
}

#[test]
fn s13_delay_stamps() {
    online().play(
        r#"
        < <message from='bob@sec.test/a' type='chat'><body>x</body><delay xmlns='urn:xmpp:delay' from='sec.test' stamp='2026-11-20T08:00:00Z'/></message>
        ! Write(Message(Message { … time: Time(1795161600000), is_delayed: true
        < <message from='eve@evil.test/x' type='chat'><body>x</body><delay xmlns='urn:xmpp:delay' from='eve@evil.test' stamp='2001-01-01T00:00:00Z'/></message>
        ! Write(Message(Message { … time: Time(1795248000000), is_delayed: false
        < <message from='eve@evil.test/x' type='chat'><body>x</body><delay xmlns='urn:xmpp:delay' stamp='2001-01-01T00:00:00Z'/></message>
        ! Write(Message(Message { … time: Time(1795248000000), is_delayed: false
        < <message from='eve@evil.test/x' type='chat'><body>x</body><delay xmlns='urn:xmpp:delay' from='sec.test' stamp='2099-01-01T00:00:00Z'/></message>
        ! Write(Message(Message { … time: Time(1795248000000), is_delayed: true
        < <message from='eve@evil.test/x' type='chat'><body>x</body><delay xmlns='urn:xmpp:delay' from='sec.test' stamp='0001-01-01T00:00:00Z'/></message>
        ! Write(Message(Message { … time: Time(1795248000000), is_delayed: false
        < <message from='eve@evil.test/x' type='chat'><body>x</body><delay xmlns='urn:xmpp:delay' from='sec.test' stamp='soon'/></message>
        ! Write(Message(Message { … is_delayed: false
        "#,
    );
}

#[test]
fn s13_stamps_count_only_while_the_server_hands_over_what_it_held() {
    const STAMP: &str = "! Write(Message(Message { … time: Time(1795161600000), is_delayed: true … placing:";
    const NOW: &str = "is_delayed: false … placing: Time";
    let mut script = online();
    let said = |from: &str, old: &str| {
        format!(
            "< <message from='bob@sec.test/a' type='chat'><body>x</body><delay xmlns='urn:xmpp:delay' from='{from}' stamp='2026-11-20T08:00:00Z'/>{old}</message>"
        )
    };
    script.play(&format!(
        "{}
         {STAMP} Unread
         # The server, or the account, by its exact address.
         {}
         {STAMP} Unread
         {}
         ! Write(Message(Message {{ … {NOW}
         {}
         ! Write(Message(Message {{ … {NOW}
         # Of two, one is older than the server's.
         {}
         {STAMP} Unread
         < <message from='bob@sec.test/a' type='chat'><body>x</body><x xmlns='jabber:x:delay' from='sec.test' stamp='20261120T08:00:00'/></message>
         {STAMP} Unread
         * wait 60
         {}
         {STAMP} Arrival(Time(1795248060000))
         * down
         ! …
         * resumed
         ! …
         {}
         {STAMP} Unread
         # It goes on as long as they come.
         * wait 55
         {}
         {STAMP} Unread
         * wait 9
         {}
         {STAMP} Unread
         * wait 10
         {}
         {STAMP} Arrival(",
        said("sec.test", ""),
        said("me@sec.test", ""),
        said("me@sec.test/tui", ""),
        said("bob@sec.test", ""),
        said("sec.test", "").replace("<body>", "<delay xmlns='urn:xmpp:delay' from='sec.test' stamp='2026-11-19T08:00:00Z'/><body>"),
        said("sec.test", ""),
        said("sec.test", ""),
        said("sec.test", ""),
        said("sec.test", ""),
        said("sec.test", ""),
    ));
}

#[test]
fn s13_in_a_copy_the_servers_own_stamp_counts_alone() {
    let copied = |outer: &str, inner: &str| {
        format!(
            "< <message from='me@sec.test'>{outer}<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
             <message xmlns='jabber:client' from='bob@sec.test/a' to='me@sec.test/other' type='chat'><body>x</body>{inner}</message></forwarded></received></message>"
        )
    };
    let stamp = "<delay xmlns='urn:xmpp:delay' from='sec.test' stamp='2026-11-20T08:00:00Z'/>";
    with(&[CARBONS]).play(&format!(
        "{}
         ! Write(Message(Message {{ … is_delayed: false
         {}
         ! Write(Message(Message {{ … time: Time(1795161600000), is_delayed: true … placing: Unread",
        copied("", stamp),
        copied(stamp, ""),
    ));
}

#[test]
fn an_encrypted_message_says_so() {
    online().play(
        r#"
        < <message from='bob@sec.test/a' type='chat'><body>I sent you an OMEMO message</body>
            <encrypted xmlns='eu.siacs.conversations.axolotl'><header/><payload>x</payload></encrypted>
            <encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl' name='Nonsense'/></message>
        ! Write(Message(Message { … kind: Unreadable, body: "OMEMO" … subject: None
        < <message from='bob@sec.test/a' type='chat'><x xmlns='jabber:x:encrypted'>hQ</x></message>
        ! Write(Message(Message { … kind: Unreadable, body: "Legacy OpenPGP" … subject: None
        < <message from='bob@sec.test/a' type='chat'><encryption xmlns='urn:xmpp:eme:0' namespace='urn:x:new' name='NewCrypt'/></message>
        ! Write(Message(Message { … kind: Unreadable, body: "NewCrypt" … subject: None
        # Keys alone are no message.
        < <message from='bob@sec.test/a' type='chat'><encrypted xmlns='eu.siacs.conversations.axolotl'><header/></encrypted></message>
        "#,
    );
}
