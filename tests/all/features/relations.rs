//! What messages say of others: corrections, retractions, moderations, reactions, answers.

use super::people::online;
use super::rooms::{inside, room};
use parlour::contract::Command;
use parlour::contract::command::muc::Command as Ask;

#[test]
fn what_others_do_to_messages() {
    online().play(
        r#"
        < <message from='bob@sec.test/a' type='chat' id='m2'><body>hello</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/></message>
        ! Write(Message(Message { … body: "hello" … relation: Relation { reply: None, act: Some(Act { id: "m1", deed: Correct, since: None }) }
        < <message from='bob@sec.test/a' type='chat' id='m3'><retract xmlns='urn:xmpp:message-retract:1' id='m1'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/><body>This person attempted to retract</body><store xmlns='urn:xmpp:hints'/></message>
        ! Write(Message(Message { … body: "" … is_mention: false … act: Some(Act { id: "m1", deed: Retract
        < <message from='bob@sec.test/a' type='chat' id='m3'><apply-to xmlns='urn:xmpp:fasten:0' id='m1'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to></message>
        ! Write(Message(Message { … body: "" … act: Some(Act { id: "m1", deed: Retract
        < <message from='bob@sec.test/a' type='chat' id='m4'><reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction><reaction>👍</reaction><reaction>no</reaction><reaction>🎉</reaction></reactions><store xmlns='urn:xmpp:hints'/></message>
        ! Write(Message(Message { … body: "👍 🎉" … is_mention: false … act: Some(Act { id: "m1", deed: React
        < <message from='bob@sec.test/a' type='chat' id='m5'><active xmlns='http://jabber.org/protocol/chatstates'/><reactions xmlns='urn:xmpp:reactions:0' id='m1'/></message>
        ! Event(Chat(StateChanged
        ! Write(Message(Message { … body: "" … deed: React
        "#,
    );
}

#[test]
fn s05_what_does_nothing() {
    // Without an id, with an empty one, an error, a moderation that is nobody's to do in a chat with one person.
    online().play(
        r#"
        < <message from='bob@sec.test/a' type='chat' id='m1'><body>hello</body><replace xmlns='urn:xmpp:message-correct:0'/></message>
        ! Write(Message(Message { … body: "hello" … relation: Relation { reply: None, act: None }
        < <message from='bob@sec.test/a' type='chat' id='m2'><retract xmlns='urn:xmpp:message-retract:1' id=''/></message>
        < <message from='bob@sec.test/a' type='error' id='m3'><retract xmlns='urn:xmpp:message-retract:1' id='m1'/><error type='cancel'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
        ! …
        < <message from='bob@sec.test/a' type='chat' id='m4'><retract xmlns='urn:xmpp:message-retract:1' id='m1'><moderated xmlns='urn:xmpp:message-moderate:1'/></retract></message>
        < <message from='bob@sec.test' type='chat' id='m5'><apply-to xmlns='urn:xmpp:fasten:0' id='m1'><moderated xmlns='urn:xmpp:message-moderate:0'><retract xmlns='urn:xmpp:message-retract:0'/></moderated></apply-to></message>
        < <message from='bob@sec.test/a' type='chat' id='m6'><reactions xmlns='urn:xmpp:reactions:0'><reaction>👍</reaction></reactions></message>
        "#,
    );
}

#[test]
fn answers_lose_the_quotation_for_others_and_nothing_more() {
    let answer = |range: &str, body: &str| {
        format!(
            "<message from='bob@sec.test/a' type='chat' id='m2'><body>{body}</body>\
             <reply xmlns='urn:xmpp:reply:0' to='me@sec.test' id='m1'/>\
             <fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'>{range}</fallback></message>"
        )
    };
    let cases = [
        ("<body start='0' end='5'/>", "&gt; 你好&#10;ja", "ja"),
        // Nothing would be left, or it reaches beyond the text, or it is no range.
        ("<body/>", "&gt; 你好&#10;ja", "> 你好\\nja"),
        ("<body start='0' end='99999'/>", "all of it", "all of it"),
        ("<body start='4' end='99999'/>", "all of it", "all "),
        ("<body start='-1' end='x'/>", "all of it", "all of it"),
        ("<body start='5' end='2'/>", "all of it", "all of it"),
    ];
    for (range, body, shown) in cases {
        online().play(&format!(
            "< {}\n! Write(Message(Message {{ … body: \"{shown}\" … relation: Relation {{ reply: Some(Reply {{ id: \"m1\", to: Some(\"me@sec.test\"), original: None }}), act: None }}",
            answer(range, body)
        ));
    }
}

#[test]
fn in_rooms_moderators_speak_through_the_room_and_answers_mention() {
    inside().play(
        r#"
        < <message from='r@muc.sec.test/bob' type='groupchat' id='m1'><body>spam</body></message>
        ! Write(Message(
        < <message from='r@muc.sec.test/eve' type='groupchat' id='f1'><retract xmlns='urn:xmpp:message-retract:1' id='s1'><moderated xmlns='urn:xmpp:message-moderate:1'/></retract></message>
        < <message from='r@muc.sec.test' type='groupchat' id='t1'><retract xmlns='urn:xmpp:message-retract:1' id='s1'><moderated xmlns='urn:xmpp:message-moderate:1'/><reason>off topic</reason></retract></message>
        ! Write(Message(Message { … from: "r@muc.sec.test" … body: "off topic" … act: Some(Act { id: "s1", deed: Moderate
        < <message from='r@muc.sec.test' type='groupchat' id='t2'><apply-to xmlns='urn:xmpp:fasten:0' id='s1'><moderated xmlns='urn:xmpp:message-moderate:0' by='r@muc.sec.test/mod'><retract xmlns='urn:xmpp:message-retract:0'/><reason>spam</reason></moderated></apply-to></message>
        ! Write(Message(Message { … body: "spam" … act: Some(Act { id: "s1", deed: Moderate
        "#,
    );
}

#[test]
fn a_moderator_asks_the_room_in_the_form_that_it_knows() {
    let ask = |reason: Option<&str>| {
        let (id, reason) = ("s1".to_owned(), reason.map(str::to_owned));
        Command::Muc(Ask::Moderate { room: room(), id, reason })
    };
    let mut script = inside();
    script.ask(
        ask(Some("spam")),
        r#"
        > <iq type='set' id='$m' to='r@muc.sec.test'><moderate xmlns='urn:xmpp:message-moderate:1' id='s1'><retract xmlns='urn:xmpp:message-retract:1'/><reason>spam</reason></moderate></iq>
        < <iq type='result' id='{m}' from='r@muc.sec.test'/>
        "#,
    );
    script.ask(
        ask(None),
        r#"
        > <iq type='set' id='$m' to='r@muc.sec.test'><moderate xmlns='urn:xmpp:message-moderate:1' id='s1'><retract xmlns='urn:xmpp:message-retract:1'/></moderate></iq>
        < <iq type='error' id='{m}' from='r@muc.sec.test'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        ! Event(Muc(Refused { room: "r@muc.sec.test", what: "moderate"
        "#,
    );
}
