//! What the user writes: on the ladder, through lost links, past forged errors.

use super::harness::{Script, T0, chat_id};
use super::messages::with;
use super::people::{contact, online};
use parlour::contract::Bootstrap;
use parlour::model::{ChatKind, Delivery, Jid, Message, Order, RowId, StanzaId};

const MAM: &str = "urn:xmpp:mam:2";

/// A message as it stands on the wire, after the decorations.
fn wire(id: &str, to: &str, body: &str) -> String {
    format!(
        "<message type='chat' to='{to}' id='{id}'><body>{body}</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>
         <request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>"
    )
}

fn room_wire(id: &str, body: &str) -> String {
    format!(
        "<message type='groupchat' to='r@muc.sec.test' id='{id}'><body>{body}</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>
         <active xmlns='http://jabber.org/protocol/chatstates'/></message>"
    )
}

pub(super) fn row(id: &str, delivery: Delivery) -> Message {
    let (chat, from) = (chat_id("bob@sec.test"), Jid::parse("me@sec.test/tui").unwrap());
    let mut row = Message::new(chat, ChatKind::Contact, from, format!("text of {id}"), T0).sent(delivery);
    (row.row, row.order) = (RowId(1), Order(1));
    (row.ids.stanza, row.ids.origin) = (Some(StanzaId::from(id)), Some(id.into()));
    row
}

#[test]
fn r31_the_ladder() {
    online().play(&format!(
        r#"
        * send bob@sec.test a1 hi
        > {}
        ! Write(Message(Message {{ … address: "bob@sec.test" }}, chat_kind: Contact, from: "me@sec.test/tui", kind: Chat, body: "hi" … delivery: Pending, is_mention: false, ids: MessageIds {{ stanza: Some("a1"), origin: Some("a1")
        * handed a1
        ! Write(Addition(Delivery {{ … id: "a1", delivery: Sent
        * acked a1
        ! Write(Addition(Delivery {{ … id: "a1", delivery: Acked
        * acked a1
        "#,
        wire("a1", "bob@sec.test", "hi")
    ));
}

#[test]
fn what_is_written_offline_goes_out_in_order() {
    let mut script = online();
    script.play(
        r#"
        * down
        ! Event(Presence(AllGone))
        * send bob@sec.test a1 one
        ! Write(Message(Message { … body: "one" … delivery: Pending
        * send bob@sec.test a2 two
        ! Write(Message(Message { … body: "two" … delivery: Pending
        "#,
    );
    script.play(&format!(
        "* resumed
         > {}
         > {}",
        wire("a1", "bob@sec.test", "one"),
        wire("a2", "bob@sec.test", "two")
    ));
    // A second resume sends nothing twice: the session still has them.
    script.play("* handed a1 a2\n! …\n* down\n! …\n* resumed");
}

#[test]
fn what_the_session_did_not_hand_over_waits_again() {
    online().play(&format!(
        "* send bob@sec.test a1 one
         > {0}
         ! …
         * down
         ! …
         * resumed
         > {0}",
        wire("a1", "bob@sec.test", "one")
    ));
}

#[test]
fn after_a_lost_session_the_archive_decides() {
    let mut script = with(&[]);
    script.play(&format!(
        "* send bob@sec.test a1 one
         > {}
         ! …
         * handed a1
         ! …
         * down
         ! …
         # The session is lost, and no archive can tell.
         * bound
         > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
         ! Write(Addition(Delivery {{ … id: \"a1\", delivery: Unknown",
        wire("a1", "bob@sec.test", "one")
    ));
    script.play(&format!(
        "* retry bob@sec.test a1 one
         > {}
         ! Write(Addition(Delivery {{ … id: \"a1\", delivery: Pending",
        wire("a1", "bob@sec.test", "one")
    ));
}

#[test]
fn rows_of_the_last_run_are_sent_again_unless_the_archive_has_them() {
    let stored = Bootstrap {
        contacts: vec![contact("bob@sec.test")],
        outbox: vec![
            row("a1", Delivery::Sent),
            row("a2", Delivery::Sent),
            row("a3", Delivery::Pending),
            row("old", Delivery::Acked),
        ],
        ..Bootstrap::default()
    };
    let mut script = Script::new(&[MAM], stored);
    script.play(&format!(
        r#"
        * bound
        > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
        > <iq type='set' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='$n'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>
        ! Write(Intervals {{ … last: ""
        ! Event(History(CatchUpStarted("me@sec.test"))
        # Nothing overtakes: what is written now waits behind what is in doubt.
        * send bob@sec.test a4 four
        ! Write(Message(Message {{ … body: "four"
        < <message from='me@sec.test'><result xmlns='urn:xmpp:mam:2' queryid='{{n}}' id='x1'><forwarded xmlns='urn:xmpp:forward:0'>
            <delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:59:00Z'/>
            <message xmlns='jabber:client' from='me@sec.test/tui' to='bob@sec.test' type='chat' id='a1'><body>text of a1</body>
            <origin-id xmlns='urn:xmpp:sid:0' id='a1'/></message></forwarded></result></message>
        < <iq type='result' id='{{q}}'><fin xmlns='urn:xmpp:mam:2' complete='true'><set xmlns='http://jabber.org/protocol/rsm'><first>x1</first><last>x1</last></set></fin></iq>
        ! Write(Page {{ archive: "me@sec.test", messages: [Message {{ … delivery: Acked … archive: Some(ArchiveId {{ by: "me@sec.test", id: "x1" }})
        ! Write(FirstRead {{ archive: "me@sec.test"
        ! Write(Intervals {{ archive: "me@sec.test", intervals: [Interval {{ first: "x1", last: "x1" … is_start: true
        ! Event(History(CatchUpDone("me@sec.test"))
        ! Write(Addition(Delivery {{ … id: "a1", delivery: Acked
        # What others say now must not hide from the second look what a dead connection still held.
        < <message from='bob@sec.test/a' to='me@sec.test/tui' type='chat' id='b1'><body>hey</body><active xmlns='http://jabber.org/protocol/chatstates'/>
            <stanza-id xmlns='urn:xmpp:sid:0' by='me@sec.test' id='x3'/></message>
        ! …
        * wait 1
        * wait 1
        > <iq type='set' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='$n'><set xmlns='http://jabber.org/protocol/rsm'><max>250</max><after>x1</after></set></query></iq>
        < <message from='me@sec.test'><result xmlns='urn:xmpp:mam:2' queryid='{{n}}' id='x2'><forwarded xmlns='urn:xmpp:forward:0'>
            <delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:59:30Z'/>
            <message xmlns='jabber:client' from='me@sec.test/tui' to='bob@sec.test' type='chat' id='a2'><body>text of a2</body>
            <origin-id xmlns='urn:xmpp:sid:0' id='a2'/></message></forwarded></result></message>
        < <iq type='result' id='{{q}}'><fin xmlns='urn:xmpp:mam:2' complete='true'><set xmlns='http://jabber.org/protocol/rsm'><first>x2</first><last>x2</last></set></fin></iq>
        # Only what neither look found.
        > {}
        > {}
        ! …
        "#,
        // To the device that has written meanwhile.
        wire("a3", "bob@sec.test/a", "text of a3"),
        wire("a4", "bob@sec.test/a", "four"),
    ));
}

#[test]
fn r06_an_archive_that_does_not_answer_keeps_nothing_back() {
    let stored = Bootstrap {
        contacts: vec![contact("bob@sec.test")],
        outbox: vec![row("a1", Delivery::Sent)],
        ..Bootstrap::default()
    };
    let question = "<iq type='set' id='?'><query xmlns='urn:xmpp:mam:2' queryid='?'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>";
    Script::new(&[MAM], stored).play(&format!(
        r#"
        * bound
        > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
        > {question}
        ! Write(Intervals {{ … last: ""
        ! Event(History(CatchUpStarted("me@sec.test"))
        * send bob@sec.test a2 two
        ! Write(Message(Message {{ … body: "two"
        * wait 30
        > <presence/>
        ! Event(Session(Noticed("the contact list
        ! Event(Roster(Loaded
        ! Event(History(Failed {{ archive: "me@sec.test", chat: None, reason: "no answer within 30 seconds; it is asked again in 5 s
        ! Event(Presence(OwnChanged
        * wait 5
        > {question}
        ! Event(History(CatchUpStarted("me@sec.test"))
        * wait 30
        ! Event(History(Failed {{ … reason: "no answer within 30 seconds; it is asked again in 10 s
        * wait 10
        > {question}
        ! Event(History(CatchUpStarted("me@sec.test"))
        # Nobody waits for ever.
        * wait 30
        > {}
        ! Event(History(Failed {{ … reason: "no answer within 30 seconds; it is asked again in 20 s
        ! Write(Addition(Delivery {{ … id: "a1", delivery: Unknown
        "#,
        wire("a2", "bob@sec.test", "two")
    ));
}

/// What a login asks the server first.
const QUESTIONS: &str = "
    > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
    > <iq type='get' id='$s' to='sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
    > <iq type='get' id='$a' to='me@sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
    > <iq type='get' id='?' to='sec.test'><query xmlns='http://jabber.org/protocol/disco#items'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max></set></query></iq>
";

#[test]
fn r01_the_patience_of_an_earlier_login_gives_up_nothing_in_this_one() {
    let stored = Bootstrap { outbox: vec![row("a1", Delivery::Sent)], ..Bootstrap::default() };
    // The row stays in doubt, since the server may still answer.
    Script::unknowing(stored).play(&format!("* bound{QUESTIONS}* wait 25\n* down\n* bound{QUESTIONS}* wait 16"));
}

#[test]
fn r01_what_comes_before_the_server_has_told_again_what_it_can_has_its_archive_id() {
    Script::unknowing(Bootstrap::default()).play(&format!(
        r#"
        * bound{QUESTIONS}
        # Nobody has said yet that it is to be believed.
        < <message from='bob@sec.test/a' to='me@sec.test/tui' type='chat' id='b0'><body>early</body>
            <stanza-id xmlns='urn:xmpp:sid:0' by='me@sec.test' id='x0'/></message>
        ! Write(Message(Message {{ … body: "early" … archive: None
        ! …
        < <iq type='result' id='{{s}}' from='sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
        ! …
        < <iq type='result' id='{{a}}' from='me@sec.test'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:sid:0'/></query></iq>
        ! …
        * down
        ! …
        * bound{QUESTIONS}
        < <message from='bob@sec.test/a' to='me@sec.test/tui' type='chat' id='b1'><body>held back</body>
            <stanza-id xmlns='urn:xmpp:sid:0' by='me@sec.test' id='x1'/></message>
        ! Write(Message(Message {{ … body: "held back" … archive: Some(ArchiveId {{ by: "me@sec.test", id: "x1"
        ! …
        < <iq type='result' id='{{s}}' from='sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
        ! …
        < <iq type='result' id='{{a}}' from='me@sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
        ! …
        # It has changed its mind.
        < <message from='bob@sec.test/a' to='me@sec.test/tui' type='chat' id='b2'><body>late</body>
            <stanza-id xmlns='urn:xmpp:sid:0' by='me@sec.test' id='x2'/></message>
        ! Write(Message(Message {{ … body: "late" … archive: None
        ! …
        "#
    ));
}

#[test]
fn a_copy_of_what_is_in_doubt_settles_it() {
    let stored = Bootstrap {
        contacts: vec![contact("bob@sec.test")],
        outbox: vec![row("a1", Delivery::Sent)],
        ..Bootstrap::default()
    };
    let mut script = Script::new(&[MAM], stored);
    script.play(
        r#"
        * bound
        > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
        > <iq type='set' id='?'><query xmlns='urn:xmpp:mam:2' queryid='?'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>
        ! …
        < <message from='me@sec.test'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
            <message xmlns='jabber:client' from='me@sec.test/tui' to='bob@sec.test' type='chat' id='a1'><body>text of a1</body></message>
            </forwarded></sent></message>
        ! Write(Addition(Delivery { … id: "a1", delivery: Acked
        ! …
        "#,
    );
}

#[test]
fn r31_a_room_message_waits_for_the_room_and_its_echo_is_the_proof() {
    let mut script = online();
    script.play(&format!(
        r#"
        * send r@muc.sec.test g1 hello
        ! Write(Message(Message {{ … address: "r@muc.sec.test" }}, chat_kind: Room, from: "r@muc.sec.test/me", kind: Groupchat
        * join r@muc.sec.test me
        > {}
        * handed g1
        ! Write(Addition(Delivery {{ … id: "g1", delivery: Sent
        # Our own server's ack does not mean that the room has it.
        * acked g1
        * leave r@muc.sec.test
        * join r@muc.sec.test me
        ! Write(Addition(Delivery {{ … id: "g1", delivery: Unknown
        "#,
        room_wire("g1", "hello")
    ));
    script.play(&format!(
        r#"
        * send r@muc.sec.test g2 again
        > {}
        ! …
        * handed g2
        ! …
        < <message from='r@muc.sec.test/me' type='groupchat' id='g2'><body>again</body><origin-id xmlns='urn:xmpp:sid:0' id='g2'/></message>
        * leave r@muc.sec.test
        * join r@muc.sec.test me
        "#,
        room_wire("g2", "again")
    ));
}

#[test]
fn s12_only_the_peer_can_refuse() {
    let mut script = online();
    script.play(&format!(
        r#"
        * send bob@sec.test a1 hi
        > {0}
        ! …
        * handed a1
        ! …
        < <message from='eve@evil.test/x' type='error' id='a1'><error type='cancel'/></message>
        ! Write(Addition(Delivery {{ chat: ChatId {{ account: "me@sec.test", address: "eve@evil.test" }}, id: "a1"
        # Still on the ladder.
        * acked a1
        ! Write(Addition(Delivery {{ chat: ChatId {{ account: "me@sec.test", address: "bob@sec.test" }}, id: "a1", delivery: Acked
        < <message from='bob@sec.test' type='error' id='a1'><body>hi</body><error type='cancel'>
            <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
        ! Write(Addition(Delivery {{ chat: ChatId {{ account: "me@sec.test", address: "bob@sec.test" }}, id: "a1", delivery: Failed("nobody takes messages at this address; perhaps there is no such account")
        "#,
        wire("a1", "bob@sec.test", "hi")
    ));
}

#[test]
fn a_dropped_message_is_not_sent() {
    online().play(
        r#"
        * down
        ! …
        * send bob@sec.test a1 hi
        ! …
        * drop bob@sec.test a1
        ! Write(DropMessage { … id: "a1"
        * resumed
        "#,
    );
}

#[test]
fn asked_twice_for_another_try_it_goes_once() {
    online().play(&format!(
        r#"
        * retry bob@sec.test a1 hi
        > {}
        ! Write(Addition(Delivery {{ … id: "a1", delivery: Pending
        * retry bob@sec.test a1 hi
        * handed a1
        ! Write(Addition(Delivery {{ … id: "a1", delivery: Sent
        * retry bob@sec.test a1 hi
        * acked a1
        ! Write(Addition(Delivery {{ … id: "a1", delivery: Acked
        "#,
        wire("a1", "bob@sec.test", "hi")
    ));
}

#[test]
fn what_is_on_its_way_is_not_dropped_and_keeps_its_place_on_the_ladder() {
    let mut script = online();
    script.play(&format!(
        r#"
        * send bob@sec.test a1 hi
        > {0}
        ! …
        # The session waits for the disk with it.
        * drop bob@sec.test a1
        ! Event(Session(Noticed("the message to bob@sec.test is not dropped: it is on its way already")))
        * down
        ! …
        # It never left, and waits; so it is the user's again.
        * drop bob@sec.test a1
        ! Write(DropMessage {{ … id: "a1"
        * resumed
        * send bob@sec.test a2 two
        > {1}
        ! …
        * handed a2
        ! …
        * drop bob@sec.test a2
        ! Event(Session(Noticed("the message to bob@sec.test is not dropped: it is on its way already")))
        * acked a2
        ! Write(Addition(Delivery {{ … id: "a2", delivery: Acked
        "#,
        wire("a1", "bob@sec.test", "hi"),
        wire("a2", "bob@sec.test", "two"),
    ));
}

#[test]
fn what_may_have_arrived_before_a_cut_is_not_dropped() {
    let stored = Bootstrap {
        contacts: vec![contact("bob@sec.test")],
        outbox: vec![row("a1", Delivery::Sent), row("a2", Delivery::Pending)],
        ..Bootstrap::default()
    };
    Script::new(&[MAM], stored).play(
        r#"
        * drop bob@sec.test a1
        ! Event(Session(Noticed("the message to bob@sec.test is not dropped: it was on its way when the connection broke, and is being looked for")))
        * drop bob@sec.test a2
        ! Write(DropMessage { … id: "a2"
        "#,
    );
}

fn private_wire(id: &str) -> String {
    format!(
        "<message type='chat' to='r@muc.sec.test/bob' id='{id}'><x xmlns='http://jabber.org/protocol/muc#user'/><body>psst</body>
         <origin-id xmlns='urn:xmpp:sid:0' id='{id}'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>"
    )
}

/// A nickname is nobody's for ever: after a new login R/bob may be another person.
#[test]
fn a_private_message_never_goes_to_the_next_owner_of_the_nickname() {
    let login = "* bound\n> <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>\n";
    let mut script = online();
    script.play(&format!(
        "* join r@muc.sec.test me
         * send r@muc.sec.test/bob p1 psst
         > {}
         ! …
         * handed p1
         ! …
         * down
         ! …
         * send r@muc.sec.test/bob p2 psst
         ! Write(Message(Message {{ … delivery: Pending
         # The same session goes on: first comes what the room told meanwhile, then the server's answer.
         * resumed
         > <iq type='get' id='$h'><ping xmlns='urn:xmpp:ping'/></iq>
         < <presence type='unavailable' from='r@muc.sec.test/carol'/>
         < <iq type='result' id='{{h}}'/>
         > {}
         * down
         ! …
         * send r@muc.sec.test/bob p3 psst
         ! Write(Message(Message {{ … delivery: Pending
         {login}
         ! Write(Addition(Delivery {{ … id: \"p2\", delivery: Failed(\"you were out of the room
         ! Write(Addition(Delivery {{ … id: \"p3\", delivery: Failed(\"you were out of the room
         ! Write(Addition(Delivery {{ … id: \"p1\", delivery: Unknown
         * join r@muc.sec.test me
         # The user sends it again, knowing who is there.
         * retry r@muc.sec.test/bob p1 psst
         > {}
         ! …
         * leave r@muc.sec.test
         * send r@muc.sec.test/bob p4 psst
         ! Write(Message(Message {{ … delivery: Pending
         ! Write(Addition(Delivery {{ … id: \"p4\", delivery: Failed(\"you are not in the room
         * join r@muc.sec.test me",
        private_wire("p1"),
        private_wire("p2"),
        private_wire("p1"),
    ));
}

#[test]
fn a_private_message_waits_for_who_bears_the_nickname() {
    for answered in ["< <iq type='result' id='{h}'/>", "* wait 31"] {
        online().play(&format!(
            "* join r@muc.sec.test me
             * down
             ! …
             * send r@muc.sec.test/bob p1 psst
             ! …
             * send r@muc.sec.test/carol p2 psst
             ! …
             * resumed
             > <iq type='get' id='?'><ping xmlns='urn:xmpp:ping'/></iq>
             # The link breaks again before the answer.
             * down
             ! …
             * resumed
             > <iq type='get' id='$h'><ping xmlns='urn:xmpp:ping'/></iq>
             * send r@muc.sec.test/dave p3 psst
             ! …
             < <presence type='unavailable' from='r@muc.sec.test/bob'><x xmlns='http://jabber.org/protocol/muc#user'/></presence>
             ! Write(Addition(Delivery {{ … id: \"p1\", delivery: Failed(\"nobody of this name
             < <presence from='r@muc.sec.test/bob'><x xmlns='http://jabber.org/protocol/muc#user'/></presence>
             {answered}
             > {}
             > {}",
            private_wire("p2").replace("/bob", "/carol"),
            private_wire("p3").replace("/bob", "/dave"),
        ));
    }
}

/// What is written between the resumption and what the server held is for who was there before the link broke.
#[test]
fn a_private_message_that_is_written_just_after_a_resumption_waits_too() {
    online().play(
        "* join r@muc.sec.test me
         * down
         ! …
         * resumed
         * send r@muc.sec.test/bob p1 psst
         > <iq type='get' id='?'><ping xmlns='urn:xmpp:ping'/></iq>
         ! Write(Message(Message { … delivery: Pending
         < <presence type='unavailable' from='r@muc.sec.test/bob'><x xmlns='http://jabber.org/protocol/muc#user'/></presence>
         ! Write(Addition(Delivery { … id: \"p1\", delivery: Failed(\"nobody of this name",
    );
}

#[test]
fn a_private_message_of_the_last_run_goes_to_nobody_by_itself() {
    for delivery in [Delivery::Sent, Delivery::Pending] {
        let mut old = row("p1", delivery);
        old.chat = chat_id("r@muc.sec.test/bob");
        old.chat_kind = ChatKind::Occupant;
        let stored = Bootstrap { outbox: vec![old], ..Bootstrap::default() };
        let mut script = Script::new(&[MAM], stored);
        let page = |floor: &str| {
            format!(
                "> <iq type='set' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='?'>
                 <set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>
                 ! …
                 < <iq type='result' id='{{q}}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>
                 {floor}"
            )
        };
        script.play(&format!(
            "* bound
             > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
             {}
             * join r@muc.sec.test me
             * wait 2
             {}",
            page("! …"),
            page("! Event(History(CatchUpDone(\n! Write(Addition(Delivery { … id: \"p1\", delivery: Unknown")
        ));
    }
}
