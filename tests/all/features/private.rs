//! Private messages in rooms: who is in a room and who is a person, live, in copies and in the archive. And who invites.

use super::harness::Script;
use super::messages::with;
use super::people::contact;
use super::rooms::{ROOM, inside, room};
use parlour::contract::Bootstrap;

const MARK: &str = "<x xmlns='http://jabber.org/protocol/muc#user'/>";
const CARBONS: &str = "urn:xmpp:carbons:2";
const MAM: &str = "urn:xmpp:mam:2";

fn copy(way: &str, from: &str, to: &str, more: &str) -> String {
    format!(
        "< <message from='me@sec.test'><{way} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
         <message xmlns='jabber:client' from='{from}' to='{to}' type='chat'><body>x</body>{more}</message></forwarded></{way}></message>"
    )
}

fn filed(chat: &str, kind: &str) -> String {
    format!("! Write(Message(Message {{ … chat: ChatId {{ … address: \"{chat}\" }}, chat_kind: {kind}")
}

/// Somebody binds a resource of their choice and puts the mark into what they write.
#[test]
fn the_mark_makes_no_private_chat_of_a_person() {
    for from in ["bob@sec.test/Mum", "eve@evil.test/Mum", "carol@sec.test/Mum"] {
        let bare = from.split('/').next().unwrap();
        let mut script = with(&[CARBONS]);
        // A room is known, on a service of the same server.
        script.play("* join r@muc.sec.test me");
        script.play(&format!(
            "{}\n{}\n< <message from='{from}' type='chat'><body>x</body>{MARK}</message>\n{}",
            copy("received", from, "me@sec.test/other", MARK),
            filed(bare, "Contact"),
            filed(bare, "Contact")
        ));
    }
}

#[test]
fn the_mark_in_the_archive_makes_no_private_chat_of_a_person() {
    let archived = |id: &str, from: &str, to: &str, mark: &str| {
        format!(
            "< <message from='me@sec.test'><result xmlns='urn:xmpp:mam:2' queryid='{{n}}' id='{id}'><forwarded xmlns='urn:xmpp:forward:0'>
             <delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:00:00Z'/>
             <message xmlns='jabber:client' from='{from}' to='{to}' type='chat'><body>{id}</body>{mark}</message></forwarded></result></message>"
        )
    };
    let mut script = Script::new(
        &[MAM],
        Bootstrap { contacts: vec![contact("bob@sec.test")], rooms: vec![room()], ..Bootstrap::default() },
    );
    let me = "me@sec.test/other";
    script.play(&format!(
        "* bound
         > <iq type='get' id='$r'><query xmlns='jabber:iq:roster'/></iq>
         > <iq type='set' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='$n'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>
         ! …
         {}\n{}\n{}\n{}\n{}\n{}\n{}
         < <iq type='result' id='{{q}}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>
         ! Write(Page {{ … address: \"bob@sec.test\" }}, chat_kind: Contact … address: \"eve@evil.test\" }}, chat_kind: Contact
             … address: \"r@muc.sec.test/eve\" }}, chat_kind: Occupant … address: \"s@muc.sec.test/eve\" }}, chat_kind: Occupant
             … address: \"t@far.test\" }}, chat_kind: Contact
             … address: \"t@far.test/eve\" }}, chat_kind: Occupant … address: \"t@far.test/eve\" }}, chat_kind: Occupant
         ! …",
        archived("1", "bob@sec.test/Mum", me, MARK),
        archived("2", "eve@evil.test/Mum", me, MARK),
        archived("3", &format!("{ROOM}/eve"), me, MARK),
        // On the service of a room that the user was in.
        archived("4", "s@muc.sec.test/eve", me, ""),
        archived("5", "t@far.test/eve", me, MARK),
        // Where another device of the user's says that it is in that room, it is one.
        archived("6", me, "t@far.test/eve", MARK),
        archived("7", "t@far.test/eve", me, MARK),
    ));
}

#[test]
fn what_another_device_says_in_private_without_the_mark_stands_with_the_occupant() {
    with(&[CARBONS]).play(&format!(
        "{}\n{}\n{}\n{} … from: \"me@sec.test/phone\" … occupant: Some(\"bobby\")\n{}\n{} … occupant: None",
        copy("sent", "me@sec.test/phone", "r@conference.far.test/bobby", ""),
        filed("r@conference.far.test/bobby", "Occupant"),
        // Whose name tells nothing: the nickname is kept until it is known.
        copy("sent", "me@sec.test/phone", "r@far.test/bobby", ""),
        filed("r@far.test", "Contact"),
        copy("sent", "me@sec.test/phone", "bob@sec.test/desk", ""),
        filed("bob@sec.test", "Contact"),
    ));
}

#[test]
fn an_invitation_names_its_inviter_only_as_far_as_proven() {
    let direct = "<x xmlns='jabber:x:conference' jid='trap@muc.evil.test'/>";
    let mediated = "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='bob@sec.test'/></x>";
    let mut script = inside();
    // What is said to a whole room.
    script.play(&format!("< <message type='groupchat' from='{ROOM}/bob'>{direct}</message>"));
    script.play(&format!("< <message type='groupchat' from='{ROOM}'>{mediated}</message>"));
    // Addresses that can be no rooms.
    for from in ["me@sec.test", "bob@sec.test", "carol@sec.test", "eve@evil.test", "sec.test", "muc.sec.test"] {
        script.play(&format!("< <message from='{from}'>{mediated}</message>"));
    }
    // The room's word, and the sender's own.
    script.play(&format!(
        "< <message from='trap2@conference.far.test'>{mediated}</message>
         ! Event(Muc(Invited(RoomInvite {{ room: \"trap2@conference.far.test\", from: \"bob@sec.test\" … is_by_room: true
         < <message from='trap3@tea.far.test'>{mediated}</message>
         ! Event(Muc(Invited(RoomInvite {{ room: \"trap3@tea.far.test\" … is_by_room: true
         < <message from='bob@sec.test/x'>{direct}</message>
         ! Event(Muc(Invited(RoomInvite {{ room: \"trap@muc.evil.test\", from: \"bob@sec.test/x\" … is_by_room: false
         < <message type='chat' from='{ROOM}/eve'><x xmlns='jabber:x:conference' jid='trap4@muc.evil.test'/></message>
         ! Event(Muc(Invited(RoomInvite {{ room: \"trap4@muc.evil.test\", from: \"{ROOM}/eve\" … is_by_room: false"
    ));
}
