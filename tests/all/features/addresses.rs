//! Addresses that the server has in another form than the user typed: known as one only where the server says so.

use super::rooms::online;
use parlour::contract::Command;
use parlour::contract::command::muc::Command as Ask;
use parlour::model::BareJid;

const MUC: &str = "http://jabber.org/protocol/muc";

fn join(typed: &str) -> Command {
    Command::Muc(Ask::Join { room: BareJid::parse(typed).unwrap(), nick: Some("me".into()), password: None })
}

fn asks(room: &str) -> String {
    format!("> <iq type='get' id='$info' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
}

fn says(room: &str) -> String {
    format!(
        "< <iq type='result' id='{{info}}' from='{room}'><query xmlns='http://jabber.org/protocol/disco#info'>
         <identity category='conference' type='text'/><feature var='{MUC}'/></query></iq>"
    )
}

fn there(room: &str, nick: &str, more: &str) -> String {
    format!(
        "< <presence from='{room}/{nick}'><x xmlns='{MUC}#user'><item affiliation='none' role='participant'/>{more}</x></presence>"
    )
}

fn enters(room: &str) -> String {
    format!("> <presence to='{room}/me'><x xmlns='{MUC}'><history maxstanzas='50'/></x></presence>")
}

/// What was typed, and what the servers of today make of it.
const PAIRS: [(&str, &str); 4] = [
    ("straße@muc.sec.test", "strasse@muc.sec.test"),
    ("ca\u{ad}fe@muc.sec.test", "cafe@muc.sec.test"),
    ("ca\u{200d}fé@muc.sec.test", "café@muc.sec.test"),
    ("groß@muc.sec.test", "gross@muc.sec.test"),
];

#[test]
fn a_room_that_answers_under_another_address_is_entered_under_that() {
    for (typed, real) in PAIRS {
        online().ask(
            join(typed),
            &format!(
                "{}
                 ! Event(Muc(Joining {{
                 {}
                 {}
                 ! Write(AddressLearned {{ typed: ChatId {{ … real: ChatId {{ … address: \"{real}\"
                 ! Event(Muc(Joining {{ room: \"{real}\"
                 {}
                 {}
                 ! …
                 {}
                 {}
                 ! Write(Chat {{ chat: ChatId {{ … address: \"{real}\"
                 ! Event(Muc(Joined {{ room: \"{real}\" … nick: \"bob\" … nick: \"me\"
                 ! …",
                asks(typed),
                says(real),
                asks(real),
                says(real),
                enters(real),
                there(real, "bob", ""),
                there(real, "me", "<status code='110'/>"),
            ),
        );
    }
}

#[test]
fn a_service_that_says_nothing_of_the_room_names_it_in_our_own_presence() {
    for (typed, real) in PAIRS {
        online().ask(
            join(typed),
            &format!(
                "{}
                 ! …
                 * wait 5
                 {}
                 {}
                 {}
                 ! Write(Chat {{ chat: ChatId {{ … address: \"{real}\"
                 ! Event(Muc(Joined {{ room: \"{real}\" … nick: \"bob\" … nick: \"me\"
                 ! …
                 < <message type='groupchat' from='{real}/bob' id='m'><body>hello</body></message>
                 ! Write(Message(Message {{ … address: \"{real}\" … body: \"hello\"",
                asks(typed),
                enters(typed),
                there(real, "bob", ""),
                there(real, "me", "<status code='110'/>"),
            ),
        );
    }
}

#[test]
fn a_refusal_under_the_other_address_is_heard() {
    let (typed, real) = PAIRS[0];
    online().ask(
        join(typed),
        &format!(
            "{}
             ! …
             * wait 5
             {}
             < <presence type='error' from='{real}/me'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
             ! Event(Muc(JoinFailed {{ … reason: Banned",
            asks(typed),
            enters(typed),
        ),
    );
}

#[test]
fn a_service_that_keeps_two_addresses_apart_has_two_rooms() {
    let (one, other) = PAIRS[0];
    let mut script = online();
    for room in [one, other] {
        script.ask(
            join(room),
            &format!(
                "{}
                 ! …
                 {}
                 {}
                 ! …
                 {}
                 ! Write(Chat {{
                 ! Event(Muc(Joined {{ room: \"{room}\"
                 ! …",
                asks(room),
                says(room),
                enters(room),
                there(room, "me", "<status code='110'/>"),
            ),
        );
    }
    script.play(&format!(
        "< <message type='groupchat' from='{one}/bob' id='m1'><body>here</body></message>
         ! Write(Message(Message {{ … address: \"{one}\" … body: \"here\"
         < <message type='groupchat' from='{other}/bob' id='m2'><body>there</body></message>
         ! Write(Message(Message {{ … address: \"{other}\" … body: \"there\"",
    ));
}

#[test]
fn a_contact_is_known_under_the_address_that_the_server_has() {
    online().play(
        "* send straße@b.test m1 hello
         > <iq type='get' id='$info' to='straße@b.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         > <message type='chat' to='straße@b.test' id='m1'><body>hello</body><origin-id xmlns='urn:xmpp:sid:0' id='m1'/><request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>
         ! …
         * handed m1
         ! …
         # Nobody but the asked one knows the question.
         < <iq type='error' id='guess' from='strasse@b.test'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         < <iq type='error' id='{info}' from='strasse@b.test'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         ! Write(AddressLearned { typed: ChatId { … address: \"straße@b.test\" … real: ChatId { … address: \"strasse@b.test\"
         # What is under way, and what is written from now on, is theirs.
         * acked m1
         ! Write(Addition(Delivery { chat: ChatId { … address: \"strasse@b.test\"
         < <message type='chat' from='strasse@b.test/x' id='a1'><body>hi</body></message>
         ! Write(Message(Message { … address: \"strasse@b.test\" … body: \"hi\"",
    );
}

#[test]
fn a_contact_whose_server_keeps_the_address_stays_who_it_is() {
    online().play(
        "* send straße@b.test m1 hello
         > <iq type='get' id='$info' to='straße@b.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         > <message type='chat' to='straße@b.test' id='m1'><body>hello</body><origin-id xmlns='urn:xmpp:sid:0' id='m1'/><request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>
         ! …
         < <iq type='error' id='{info}' from='straße@b.test'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         < <message type='chat' from='strasse@b.test/x' id='a1'><body>I am somebody else</body></message>
         ! Write(Message(Message { … address: \"strasse@b.test\"
         < <message type='chat' from='straße@b.test/x' id='a2'><body>and this is me</body></message>
         ! Write(Message(Message { … address: \"straße@b.test\"",
    );
}

#[test]
fn the_roster_says_whom_the_server_put_into_it() {
    online().play(
        "* add straße@b.test Street
         > <iq type='set' id='$set'><query xmlns='jabber:iq:roster'><item jid='straße@b.test' name='Street'/></query></iq>
         > <presence type='subscribe' to='straße@b.test'/>
         < <iq type='set' id='p1'><query xmlns='jabber:iq:roster'><item jid='strasse@b.test' name='Street' subscription='none'/></query></iq>
         > <iq type='result' id='p1'/>
         ! Write(Contact
         ! Event(Roster(Changed(
         ! Write(AddressLearned { typed: ChatId { … address: \"straße@b.test\" … real: ChatId { … address: \"strasse@b.test\"
         # Another contact that only looks so is nobody's other address.
         < <iq type='set' id='p2'><query xmlns='jabber:iq:roster'><item jid='gross@b.test' subscription='none'/></query></iq>
         > <iq type='result' id='p2'/>
         ! Write(Contact
         ! Event(Roster(Changed(",
    );
}

#[test]
fn one_name_in_two_forms_is_one_conversation() {
    online().play(
        "* send franc\u{327}ois@b.test m1 hello
         > <message type='chat' to='françois@b.test' id='m1'><body>hello</body><origin-id xmlns='urn:xmpp:sid:0' id='m1'/><request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>
         ! …
         < <message type='chat' from='françois@b.test/x' id='a1'><body>hi</body></message>
         ! Write(Message(Message { … address: \"françois@b.test\"
         < <message type='chat' from='franc\u{327}ois@b.test/x' id='a2'><body>hi again</body></message>
         ! Write(Message(Message { … address: \"françois@b.test\"
         < <message type='chat' from='ＦＲＡＮÇＯＩＳ@b.test/x' id='a3'><body>wide</body></message>
         ! Write(Message(Message { … address: \"françois@b.test\"",
    );
}
