//! With which device of a contact a conversation is held (RFC 6121 §5.1, XEP-0296), and who may ask what we are.

use super::harness::Script;
use super::people::contact;
use parlour::contract::{Bootstrap, Command, command};
use parlour::model::Jid;

fn online() -> Script {
    let stored = Bootstrap { contacts: vec![contact("bob@sec.test")], ..Bootstrap::default() };
    let mut script = Script::new(&[], stored).hearing_devices();
    script.play(
        "* bound
         > <iq type='get' id='$roster'><query xmlns='jabber:iq:roster'/></iq>
         ! …
         < <iq type='result' id='{roster}'><query xmlns='jabber:iq:roster'><item jid='bob@sec.test' subscription='both'/></query></iq>
         > <presence/>
         ! …",
    );
    script
}

fn sends(to: &str, id: &str) -> String {
    format!(
        "* send bob@sec.test {id} words
         > <message type='chat' to='{to}' id='{id}'><body>words</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>
            <request xmlns='urn:xmpp:receipts'/>{}</message>
         ! …",
        "<active xmlns='http://jabber.org/protocol/chatstates'/>"
    )
}

const STATE: &str = "<active xmlns='http://jabber.org/protocol/chatstates'/>";

fn writes(from: &str, id: &str) -> String {
    format!("< <message type='chat' from='{from}' id='{id}'><body>hi</body>{STATE}</message>")
}

const HELD: &str =
    "! Event(Chat(DeviceChanged { chat: ChatId { … address: \"bob@sec.test\" }, device: Some(\"bob@sec.test/";
const FREE: &str = "! Event(Chat(DeviceChanged { … device: None";

#[test]
fn an_answer_goes_to_the_device_that_wrote_until_its_presence_changes() {
    for change in [
        "< <presence from='bob@sec.test/phone'><show>away</show></presence>",
        "< <presence type='unavailable' from='bob@sec.test/phone'/>",
        "< <presence from='bob@sec.test/desk'/>",
        "< <message type='chat' from='bob@sec.test/desk'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
        "< <message type='chat' from='bob@sec.test/phone'><gone xmlns='http://jabber.org/protocol/chatstates'/></message>",
        "< <message type='error' from='bob@sec.test/phone' id='m2'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
    ] {
        online().play(&format!(
            "{}
             {}
             {HELD}phone\")
             ! …
             {}
             {change}
             {FREE}
             ! …
             {}",
            sends("bob@sec.test", "m1"),
            writes("bob@sec.test/phone", "b1"),
            sends("bob@sec.test/phone", "m2"),
            sends("bob@sec.test", "m3"),
        ));
    }
}

#[test]
fn another_device_that_writes_takes_the_conversation_over() {
    online().play(&format!(
        "{}
         {HELD}phone\")
         ! …
         {}
         {HELD}desk\")
         ! …
         {}
         # The same one again is no news.
         {}
         ! Event(Chat(StateChanged
         ! Write(Message
         # Typing notices go where the messages go.
         * state bob@sec.test composing
         > <message type='chat' to='bob@sec.test/desk' id='?'><composing xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/></message>
         # A new login knows no device.
         * bound
         > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
         {FREE}
         ! …",
        writes("bob@sec.test/phone", "b1"),
        writes("bob@sec.test/desk", "b2"),
        sends("bob@sec.test/desk", "m1"),
        writes("bob@sec.test/desk", "b3"),
    ));
}

#[test]
fn copies_late_messages_alerts_and_strangers_lead_nowhere() {
    online().play(&format!(
        "< <message from='me@sec.test'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
            <message xmlns='jabber:client' type='chat' from='bob@sec.test/phone' to='me@sec.test/other' id='c1'><body>copy</body></message></forwarded></received></message>
         ! Write(Message
         < <message type='chat' from='bob@sec.test/phone' id='d1'><body>late</body><delay xmlns='urn:xmpp:delay' from='sec.test' stamp='2026-11-21T07:00:00Z'/></message>
         ! Write(Message
         < <message type='headline' from='bob@sec.test/phone' id='h1'><body>alert</body></message>
         ! Write(Message
         < <message type='chat' from='eve@evil.test/x' id='e1'><body>hello</body></message>
         ! Write(Message
         < <message type='chat' from='bob@sec.test' id='b1'><body>of no device</body>{STATE}</message>
         ! Event(Chat(StateChanged
         ! Write(Message
         {}",
        sends("bob@sec.test", "m1")
    ));
}

#[test]
fn the_user_names_a_device() {
    let mut script = online();
    let device = Command::Chat(command::chat::Command::Device(Jid::parse("bob@sec.test/balcony").unwrap()));
    script.ask(device, &format!("{HELD}balcony\")\n{}", sends("bob@sec.test/balcony", "m1")));
    script.play(&format!("< <presence from='bob@sec.test/balcony'/>\n{FREE}\n! …\n{}", sends("bob@sec.test", "m2")));
}
