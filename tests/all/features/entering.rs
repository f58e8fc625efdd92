//! Getting into a room: none is made in silence, a wrong password is called wrong, silence ends after half a minute. And what
//! a room tells of itself while one is in it.

use super::harness::{Script, T0};
use super::people::contact;
use super::rooms::{BOUND, INFO, PEP, ROOM, gone, info, inside, online, room, there, with_rooms};
use parlour::contract::command::muc::Command as Ask;
use parlour::contract::{Bootstrap, Command};
use parlour::model::{BareJid, Jid, Time};
use parlour::xmpp::features;

const NOWHERE: &str = "< <iq type='error' id='{info}' from='r@muc.sec.test'><error type='cancel'>
    <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";

fn enter(password: Option<&str>) -> Command {
    Command::Muc(Ask::Enter { room: room(), nick: Some("me".into()), password: password.map(Into::into) })
}

fn presence(password: &str, history: u32) -> String {
    format!(
        "> <presence to='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc'>{password}<history maxstanzas='{history}'/></x></presence>"
    )
}

#[test]
fn a_room_that_is_not_there_is_not_made() {
    let mut script = online();
    script.ask(
        enter(None),
        &format!("{INFO}\n! …\n{NOWHERE}\n! Event(Muc(JoinFailed {{ room: \"{ROOM}\", reason: NotThere"),
    );
    // The user says yes.
    script.ask(
        Command::Muc(Ask::Join { room: room(), nick: Some("me".into()), password: None }),
        &format!("{INFO}\n! …\n{NOWHERE}\n{}", presence("", 50)),
    );
}

/// It did not say in time that it is not there: what the join has made is given up.
#[test]
fn a_room_that_was_made_by_silence_is_given_up() {
    let made = there("me", "affiliation='owner' role='moderator'", "<status code='110'/><status code='201'/>");
    let given_up = format!(
        "> <iq type='set' id='?' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='cancel'/></query></iq>
         > <presence type='unavailable' to='{ROOM}/me'/>
         ! Event(Muc(JoinFailed {{ room: \"{ROOM}\", reason: NotThere"
    );
    let mut script = online();
    script.ask(enter(None), &format!("{INFO}\n! …\n* wait 5\n{}\n{made}\n{given_up}", presence("", 50)));
    let mut script = online();
    let refused = "< <iq type='error' id='{info}' from='r@muc.sec.test'><error type='cancel'>
        <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";
    script.ask(enter(None), &format!("{INFO}\n! …\n{refused}\n{}\n{made}\n{given_up}", presence("", 50)));
}

/// A gateway may say that a channel is there and made by whoever comes first.
#[test]
fn a_room_that_says_that_it_is_there_is_entered() {
    let mut script = online();
    script.ask(
        enter(None),
        &format!(
            "{INFO}
             ! …
             {}
             {}
             ! …
             {}
             > <iq type='set' id='?' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>
             ! Write(Chat
             ! Event(Muc(Joined {{ … is_new: true",
            info(&["http://jabber.org/protocol/muc"]),
            presence("", 50),
            there("me", "affiliation='owner' role='moderator'", "<status code='110'/><status code='201'/>"),
        ),
    );
}

#[test]
fn a_wrong_password_is_called_wrong() {
    let refused = format!(
        "< <presence type='error' from='{ROOM}/me'><error type='auth'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>"
    );
    for (password, reason) in [(None, "Password"), (Some("p"), "WrongPassword")] {
        let mut script = online();
        let sent = if password.is_some() { "<password>p</password>" } else { "" };
        script.ask(
            enter(password),
            &format!(
                "{INFO}\n! …\n{}\n{}\n! …\n{refused}\n! Event(Muc(JoinFailed {{ room: \"{ROOM}\", reason: {reason} }}",
                info(&["http://jabber.org/protocol/muc"]),
                presence(sent, 50)
            ),
        );
    }
}

/// However the half minute is spent: on the question what it is, or on the join alone.
#[test]
fn silence_is_told_after_half_a_minute_and_the_room_can_be_tried_again() {
    let known = info(&["http://jabber.org/protocol/muc"]);
    let join = presence("", 50);
    for _ in 0..2 {
        let mut script = online();
        for _ in 0..2 {
            script.ask(
                enter(None),
                &format!("{INFO}\n! …\n* wait 5\n{join}\n* wait 10\n{join}\n* wait 14\n* wait 1\n! Event(Muc(JoinFailed {{ … reason: Timeout"),
            );
        }
    }
    let mut script = online();
    script.ask(
        enter(None),
        &format!("{INFO}\n! …\n{known}\n{join}\n! …\n* wait 10\n{join}\n* wait 19\n* wait 1\n! Event(Muc(JoinFailed {{ … reason: Timeout"),
    );
}

#[test]
fn another_nickname_for_a_room_that_one_is_in_is_a_change_of_it() {
    let mut script = inside();
    let ask =
        |nick: Option<&str>| Command::Muc(Ask::Enter { room: room(), nick: nick.map(Into::into), password: None });
    script.ask(ask(Some("romeo")), &format!("> <presence to='{ROOM}/romeo'/>"));
    script.play(&format!(
        "{}
         ! Event(Muc(NickChanged {{ … new: \"romeo\", is_self: true",
        gone("me", "nick='romeo'>", "<status code='303'/><status code='110'/>"),
    ));
    script.ask(ask(Some("romeo")), "! Event(Muc(Joined {");
    script.ask(ask(None), "! Event(Muc(Joined {");
}

/// XEP-0045 §15.6.2: with 104 and without, in whichever type of message.
#[test]
fn what_a_room_is_from_now_on_is_told_in_it() {
    let told = |code: &str, type_: &str, lines: &[(&str, bool)]| {
        let codes = code.split(' ').map(|c| format!("<status code='{c}'/>")).collect::<Vec<_>>().concat();
        let lines: Vec<String> = lines
            .iter()
            .map(|(words, is_alarming)| {
                format!("! Write(Message(Message {{ … kind: Notice … body: \"{words} … is_mention: {is_alarming}")
            })
            .collect();
        inside().play(&format!(
            "< <message type='{type_}' from='{ROOM}'><x xmlns='http://jabber.org/protocol/muc#user'>{codes}</x></message>
             {}
             {}",
            if lines.is_empty() { "" } else { INFO },
            lines.join("\n")
        ));
    };
    for type_ in ["groupchat", "normal"] {
        told("172", type_, &[("This room shows your address to everybody", true)]);
        told("104 172", type_, &[("This room shows your address to everybody", true)]);
        told("173", type_, &[("This room shows your address to its moderators alone", false)]);
        told("174", type_, &[("This room shows your address to nobody", false)]);
        told("170", type_, &[("What is said in this room is logged", true)]);
        told("171", type_, &[("What is said in this room is no longer logged", false)]);
        told("104 170 172", type_, &[("This room shows", true), ("What is said", true)]);
        told("104", type_, &[("The settings of this room were changed", false)]);
        told("999", type_, &[]);
    }
    // Neither occupants nor others speak for the room.
    for from in [format!("{ROOM}/bob"), "eve@evil.test".to_owned(), "muc.sec.test".to_owned()] {
        inside().play(&format!(
            "< <message type='groupchat' from='{from}'><x xmlns='http://jabber.org/protocol/muc#user'><status code='172'/></x></message>"
        ));
    }
}

#[test]
fn a_refused_topic_is_told() {
    let mut script = inside();
    script.ask(
        Command::Muc(Ask::SetSubject { room: room(), subject: "tea".into() }),
        &format!("> <message type='groupchat' to='{ROOM}' id='$t'><subject>tea</subject></message>"),
    );
    let refused = |id: &str, from: &str| {
        format!(
            "< <message type='error' from='{from}' {id}><subject>tea</subject><error type='auth'>
             <forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        )
    };
    script.play(&format!("{}\n! …", refused("id='other'", ROOM)));
    script.play(&format!("{}\n! …", refused("id='{t}'", "eve@evil.test")));
    let told =
        format!("! Event(Muc(Refused {{ room: \"{ROOM}\", what: \"topic\", reason: \"you are not allowed to do that");
    script.play(&format!("{}\n! Write(Addition(Delivery\n{told}", refused("id='{t}'", ROOM)));
    script.play(&format!("{}\n! …", refused("id='{t}'", ROOM)));
    // A service that leaves the id out.
    script.play(&format!("{}\n{told}", refused("", ROOM)));
}

/// Prosody names whoever invites by the address that they have in the room.
#[test]
fn an_invitation_is_declined_to_whoever_it_names() {
    let decline = |from: &str| Command::Muc(Ask::DeclineInvite { room: room(), from: Jid::parse(from).unwrap() });
    for from in ["bob@sec.test/x", "r@muc.sec.test/bob"] {
        online().ask(
            decline(from),
            &format!(
                "> <message to='{ROOM}' id='?'><x xmlns='http://jabber.org/protocol/muc#user'><decline to='{from}'/></x></message>
                 ! Write(InviteAnswered {{ room: \"{ROOM}\""
            ),
        );
    }
    online().ask(decline(ROOM), "! Write(InviteAnswered");
}

/// The archive has every invitation of the last days. What was answered, in this run or before, is not asked again.
#[test]
fn an_answered_invitation_does_not_come_back_from_the_archive() {
    let archived = |stamp: &str, id: &str, told: &str| {
        format!(
            "< <message from='me@sec.test'><result xmlns='urn:xmpp:mam:2' queryid='{{n}}' id='7{id}'><forwarded xmlns='urn:xmpp:forward:0'>
             <delay xmlns='urn:xmpp:delay' stamp='{stamp}'/><message xmlns='jabber:client' from='bob@sec.test/x'
              to='me@sec.test' id='{id}'><x xmlns='jabber:x:conference' jid='{ROOM}'/></message></forwarded></result></message>
             {told}"
        )
    };
    let start = |answered: Vec<(BareJid, Time)>| {
        let stored = Bootstrap { contacts: vec![contact("bob@sec.test")], answered, ..Bootstrap::default() };
        let all = with_rooms(features::history::all());
        let mut script = Script::with(&[PEP, "urn:xmpp:mam:2"], stored, all);
        script.play(&format!(
            "{BOUND}
             > <iq type='set' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='$n'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>"
        ));
        script
    };
    // Answered at 07:30, by a refusal or by entering.
    let answered = vec![(room(), Time(T0.0 - 30 * 60_000))];
    let mut script = start(answered);
    script.play(&archived("2026-11-21T07:00:00Z", "i1", ""));
    script.play(&archived("2026-11-21T07:30:00Z", "i2", ""));
    script.play(&archived("2026-11-21T07:45:00Z", "i3", "! Event(Muc(Invited("));
    // Not answered: it waits still.
    let mut script = start(Vec::new());
    script.play(&archived("2026-11-21T07:00:00Z", "i1", "! Event(Muc(Invited("));
    // Answered in this run; the archive tells of one before it that came to another device.
    script.ask(
        Command::Muc(Ask::DeclineInvite { room: room(), from: Jid::parse("bob@sec.test/x").unwrap() }),
        &format!("> <message to='{ROOM}' id='?'><x xmlns='http://jabber.org/protocol/muc#user'><decline to='bob@sec.test/x'/></x></message>\n! Write(InviteAnswered"),
    );
    script.play(&archived("2026-11-21T07:10:00Z", "i4", ""));
}
