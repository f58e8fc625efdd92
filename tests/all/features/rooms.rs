//! Rooms, invitations, bookmarks.

use super::harness::{Script, chat_id};
use super::people::contact;
use parlour::contract::command::muc::Command as Ask;
use parlour::contract::{Bootstrap, Command};
use parlour::model::BareJid;
use parlour::xmpp::feature::Feature;
use parlour::xmpp::features;

pub const ROOM: &str = "r@muc.sec.test";
pub const PEP: &str = "http://jabber.org/protocol/pubsub#publish-options";

pub fn room() -> BareJid {
    BareJid::parse(ROOM).unwrap()
}

/// Online, with roster, presence, rooms and messages; no bookmarks yet.
pub fn online() -> Script {
    online_with(Vec::new())
}

/// Roster, presence, rooms and messages, behind these.
pub fn with_rooms(mut all: Vec<Box<dyn Feature>>) -> Vec<Box<dyn Feature>> {
    all.extend(features::roster::all());
    all.extend(features::presence::all());
    all.extend(features::muc::all());
    all.extend(features::chat::all());
    all
}

/// The same with further features.
pub fn online_with(all: Vec<Box<dyn Feature>>) -> Script {
    let stored = Bootstrap { contacts: vec![contact("bob@sec.test")], ..Bootstrap::default() };
    let mut script = Script::with(&[PEP], stored, with_rooms(all));
    script.play(BOUND);
    script
}

pub const BOUND: &str = "
    * bound
    > <iq type='get' id='$roster'><query xmlns='jabber:iq:roster'/></iq>
    > <iq type='get' id='$pep'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'/></pubsub></iq>
    ! …
    < <iq type='result' id='{roster}'><query xmlns='jabber:iq:roster'><item jid='bob@sec.test' subscription='both'/></query></iq>
    > <presence/>
    ! …";

pub const INFO: &str = "
    > <iq type='get' id='$info' to='r@muc.sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>";

pub fn info(features: &[&str]) -> String {
    let features: String = features.iter().map(|f| format!("<feature var='{f}'/>")).collect::<Vec<_>>().concat();
    format!(
        "< <iq type='result' id='{{info}}' from='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#info'>
         <identity category='conference' type='text' name='Tea'/>{features}</query></iq>"
    )
}

/// A presence in the room.
pub fn there(nick: &str, item: &str, more: &str) -> String {
    format!(
        "< <presence from='{ROOM}/{nick}'><x xmlns='http://jabber.org/protocol/muc#user'><item {item}/>{more}</x></presence>"
    )
}

pub fn gone(nick: &str, item: &str, more: &str) -> String {
    format!(
        "< <presence type='unavailable' from='{ROOM}/{nick}'><x xmlns='http://jabber.org/protocol/muc#user'>
         <item role='none' {item}</item>{more}</x></presence>"
    )
}

pub const SELF: &str = "<status code='110'/>";

/// In the room as `me`, a moderator, with 貓🐈 and bob; an archive, stanza-ids and occupant-ids.
pub fn inside() -> Script {
    let mut script = online();
    script.ask(
        Command::Muc(Ask::Join { room: room(), nick: Some("me".into()), password: None }),
        &format!(
            "{INFO}
             ! Event(Muc(Joining {{ room: \"{ROOM}\", nick: \"me\"
             {}
             > <presence to='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>
             ! Event(Muc(InfoArrived {{ room: \"{ROOM}\", name: Some(\"Tea\")
             # Nothing is told before everybody is known.
             {}
             {}
             {}
             ! Write(Chat {{
             ! Event(Muc(Joined {{ … occupants: [ … nick: \"bob\" … nick: \"me\", role: Moderator … nick: \"貓🐈\"
             < <message type='groupchat' from='{ROOM}'><subject/></message>
             ! Event(Muc(SubjectChanged",
            info(&["http://jabber.org/protocol/muc", "urn:xmpp:mam:2", "urn:xmpp:sid:0", "urn:xmpp:occupant-id:0"]),
            there("貓🐈", "affiliation='owner' role='moderator'", ""),
            there("bob", "affiliation='member' role='participant' jid='bob@sec.test/x'", ""),
            there("me", "affiliation='none' role='moderator'", SELF),
        ),
    );
    script
}

#[test]
fn a_join_is_one_event_and_comers_and_goers_follow() {
    inside().play(&format!(
        "{}
         ! Event(Muc(OccupantChanged {{ … nick: \"carol\", role: Visitor … is_new: true
         {}
         ! Event(Muc(NickChanged {{ room: \"{ROOM}\", old: \"carol\", new: \"🌙\", is_self: false
         {}
         ! Event(Muc(OccupantChanged {{ … nick: \"🌙\" … is_new: false
         {}
         ! Event(Muc(OccupantLeft {{ … nick: \"🌙\", reason: Banned {{ by: Some(\"貓🐈\"), reason: Some(\"spam\")",
        there("carol", "role='visitor'", ""),
        gone("carol", "nick='🌙'>", "<status code='303'/>"),
        there("🌙", "role='visitor'", ""),
        gone("🌙", "affiliation='outcast'><actor nick='貓🐈'/><reason>spam</reason>", "<status code='301'/>"),
    ));
}

#[test]
fn a_taken_nickname_gets_an_underscore_three_times() {
    let mut script = online();
    script.ask(
        Command::Muc(Ask::Join { room: room(), nick: Some("me".into()), password: Some("p".into()) }),
        &format!("{INFO}\n! …\n< <iq type='error' id='{{info}}' from='{ROOM}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
            > {}", join("me")),
    );
    let conflict = |nick: &str| {
        format!(
            "< <presence type='error' from='{ROOM}/{nick}'><error type='cancel'>
             <conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>"
        )
    };
    for (old, new) in [("me", "me_"), ("me_", "me__"), ("me__", "me___")] {
        script.play(&format!("{}\n> {}", conflict(old), join(new)));
    }
    script.play(&format!("{}\n! Event(Muc(JoinFailed {{ room: \"{ROOM}\", reason: NickConflict", conflict("me___")));
}

#[test]
fn a_nickname_that_is_refused_is_named_with_the_reason() {
    let mut script = inside();
    for (condition, words) in [
        ("conflict", "carol is somebody else's nickname there"),
        ("jid-malformed", "the nickname carol is not allowed there (the address is not valid"),
    ] {
        script.ask(
            Command::Muc(Ask::SetNick { room: room(), nick: "carol".into() }),
            &format!(
                "> <presence to='{ROOM}/carol'/>
                 < <presence type='error' from='{ROOM}/carol'><error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
                 ! Event(Muc(Refused {{ room: \"{ROOM}\", what: \"nick\", reason: \"{words}"
            ),
        );
    }
}

fn join(nick: &str) -> String {
    format!(
        "<presence to='{ROOM}/{nick}'><x xmlns='http://jabber.org/protocol/muc'><password>p</password><history maxstanzas='50'/></x></presence>"
    )
}

#[test]
fn a_room_that_never_answers_is_asked_twice_and_given_up() {
    let mut script = online();
    script.ask(
        Command::Muc(Ask::Join { room: room(), nick: Some("me".into()), password: Some("p".into()) }),
        &format!(
            "{INFO}\n! …\n* wait 5\n> {0}\n* wait 10\n> {0}\n* wait 20\n! Event(Muc(JoinFailed {{ … reason: Timeout",
            join("me")
        ),
    );
}

#[test]
fn a_new_room_takes_the_defaults() {
    let mut script = online();
    script.ask(
        Command::Muc(Ask::Join { room: room(), nick: Some("me".into()), password: Some("p".into()) }),
        &format!(
            "{INFO}\n! …\n* wait 5\n> {}
             {}
             > <iq type='set' id='$new' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>
             ! …",
            join("me"),
            there("me", "affiliation='owner' role='moderator'", "<status code='110'/><status code='201'/>"),
        ),
    );
    script.play(&format!("< <iq type='result' id='{{new}}' from='{ROOM}'/>{INFO}"));
}

#[test]
fn put_out_with_the_reason_in_words() {
    for (item, status, words, reason) in [
        ("><actor nick='貓🐈'/><reason>enough</reason>", "307", "You were kicked by 貓🐈: enough", "Kicked"),
        ("affiliation='outcast'>", "301", "You were banned", "Banned"),
        (">", "321", "The room is for members only now", "NotAMember"),
        (">", "332", "The room's service is shutting down", "Shutdown"),
        (">", "333'/><status code='307", "You were taken out of the room", "Error"),
    ] {
        inside().play(&format!(
            "{}
             ! Write(Message(Message {{ … kind: Notice … body: \"{words}
             ! Event(Muc(Left {{ room: \"{ROOM}\", reason: {reason}",
            gone("me", item, &format!("<status code='110'/><status code='{status}'/>")),
        ));
    }
    inside().play(&format!(
        "{}
         ! Write(Message(Message {{ … body: \"The room was destroyed: moved; go to new@muc.sec.test\"
         ! Event(Muc(Left {{ … Destroyed {{ alternative: Some(\"new@muc.sec.test\"), reason: Some(\"moved\")",
        gone("me", ">", "<destroy jid='new@muc.sec.test'><reason>moved</reason></destroy><status code='110'/>"),
    ));
}

#[test]
fn the_own_echo_is_the_proof_and_no_new_message() {
    inside().play(&format!(
        "* send {ROOM} a1 hello
         > <message type='groupchat' to='{ROOM}' id='a1'><body>hello</body><origin-id xmlns='urn:xmpp:sid:0' id='a1'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>
         ! …
         < <message type='groupchat' from='{ROOM}/me' id='a1'><body>hello</body><stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='7'/></message>
         ! Write(Addition(Delivery {{ … id: \"a1\", delivery: Acked, archive: Some(ArchiveId {{ by: \"{ROOM}\", id: \"7\"
         # Another client of the user's, under the same nickname: a message of their own, once.
         < <message type='groupchat' from='{ROOM}/me' id='b1'><body>from my phone</body></message>
         ! Write(Message(Message {{ … kind: Groupchat … delivery: Acked
         # Somebody else who repeats the id proves nothing.
         < <message type='groupchat' from='{ROOM}/bob' id='a1'><body>me, hello?</body><stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='8'/></message>
         ! Write(Message(Message {{ … body: \"me, hello?\" … delivery: Incoming, is_mention: true"
    ));
}

#[test]
fn talk_of_rooms_that_the_user_is_not_in_is_nothing() {
    inside().play(
        "< <message type='groupchat' from='other@muc.sec.test/eve' id='1'><body>psst</body></message>
         < <message type='groupchat' from='other@muc.sec.test' id='1'><subject>psst</subject></message>
         < <presence from='other@muc.sec.test/eve'><x xmlns='http://jabber.org/protocol/muc#user'><item/><status code='110'/></x></presence>
         < <presence type='unavailable' from='eve@evil.test/me'><x xmlns='http://jabber.org/protocol/muc#user'><item/><status code='110'/><status code='307'/></x></presence>",
    );
}

#[test]
fn s15_private_messages_stay_private() {
    inside().play(&format!(
        "< <message type='chat' from='{ROOM}/貓🐈' id='p1'><body>psst</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>
         ! Write(Message(Message {{ … chat: ChatId {{ … address: \"{ROOM}/貓🐈\" }}, chat_kind: Occupant … is_mention: true"
    ));
    assert_eq!(chat_id(&format!("{ROOM}/貓🐈")).address.resource(), Some("貓🐈"));
}

#[test]
fn the_subject_is_told_first_and_then_stands_in_the_chat() {
    inside().play(&format!(
        "< <message type='groupchat' from='{ROOM}/bob' id='s'><subject>Coffee ☕</subject></message>
         ! Event(Muc(SubjectChanged {{ room: \"{ROOM}\", by: Some(\"bob\"), subject: \"Coffee ☕\"
         ! Write(Message(Message {{ … kind: Subject … body: \"Coffee ☕\" … is_mention: false
         # With a body it is a message.
         < <message type='groupchat' from='{ROOM}/bob' id='t'><subject>x</subject><body>hi</body></message>
         ! Write(Message(Message {{ … kind: Groupchat … body: \"hi\""
    ));
}

#[test]
fn rooms_are_entered_again_after_a_new_login_and_not_after_a_resumption() {
    let mut script = inside();
    script.play("* down\n! …\n* resumed\n! …");
    script.play(&format!(
        "* down
         ! …
         {}",
        BOUND.replace(
            "> <presence/>",
            &format!("> <presence/>{INFO}\n> <presence to='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>")
        )
    ));
}

#[test]
fn invitations_are_shown_never_followed_and_bounded() {
    let mut script = inside();
    script.play(
        "< <message from='bob@sec.test/x'><x xmlns='jabber:x:conference' jid='tea@muc.sec.test' reason='come' password='p'/></message>
         ! Event(Muc(Invited(RoomInvite { room: \"tea@muc.sec.test\", from: \"bob@sec.test/x\", reason: Some(\"come\"), password: Some(\"p\")
         < <message from='cake@muc.sec.test'><x xmlns='http://jabber.org/protocol/muc#user'><invite from='bob@sec.test'><reason>cake</reason></invite></x></message>
         ! Event(Muc(Invited(RoomInvite { room: \"cake@muc.sec.test\", from: \"bob@sec.test\", reason: Some(\"cake\")
         # An occupant does not speak for its room.
         < <message type='groupchat' from='r@muc.sec.test/bob'><x xmlns='http://jabber.org/protocol/muc#user'><invite from='eve@evil.test'/></x></message>",
    );
    // S-16: five thousand rooms of a stranger in one minute.
    for i in 0..10 {
        script.play(&format!(
            "< <message from='eve@evil.test/x'><x xmlns='jabber:x:conference' jid='r{i}@evil.test'/></message>\n! Event(Muc(Invited("
        ));
    }
    for i in 10..5_000 {
        script.play(&format!(
            "< <message from='eve@evil.test/x'><x xmlns='jabber:x:conference' jid='r{i}@evil.test'/></message>"
        ));
    }
    script.play(
        "* wait 60\n< <message from='eve@evil.test/x'><x xmlns='jabber:x:conference' jid='r1@evil.test'/></message>",
    );
}

/// What came live is read in the archive again after the next login: who has answered is not asked a second time.
#[test]
fn an_invitation_that_the_archive_repeats_is_told_once() {
    let stored = Bootstrap { contacts: vec![contact("bob@sec.test")], ..Bootstrap::default() };
    let all = with_rooms(features::history::all());
    let mut script = Script::with(&[PEP, "urn:xmpp:mam:2"], stored, all);
    script.play(&format!(
        "{BOUND}
         > <iq type='set' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='$n'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>
         < <message from='bob@sec.test/x' id='i1'><x xmlns='jabber:x:conference' jid='tea@muc.sec.test'/></message>
         ! Event(Muc(Invited("
    ));
    let mut archived = |id: &str, told: &str| {
        script.play(&format!(
            "< <message from='me@sec.test'><result xmlns='urn:xmpp:mam:2' queryid='{{n}}' id='7{id}'><forwarded xmlns='urn:xmpp:forward:0'>
             <delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:59:00Z'/><message xmlns='jabber:client' from='bob@sec.test/x'
              to='me@sec.test' id='{id}'><x xmlns='jabber:x:conference' jid='tea@muc.sec.test'/></message></forwarded></result></message>
             {told}"
        ));
    };
    archived("i1", "");
    archived("i2", "! Event(Muc(Invited(");
    archived("i2", "");
}

#[test]
fn s10_bookmarks_of_others_are_nobodys() {
    let mut script = online();
    for from in ["eve@evil.test", "eve@evil.test/x", "me@sec.test/other", "sec.test", "bob@sec.test"] {
        script.play(&format!("< {}", bookmark_event(from, "evil")));
    }
    script.play(&format!(
        "< {}
         > <iq type='get' id='?' to='tea@muc.sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         ! Event(Muc(BookmarksLoaded([(\"tea@muc.sec.test\", None, true)])))
         ! Event(Muc(Joining {{ room: \"tea@muc.sec.test\", nick: \"me\"",
        bookmark_event("me@sec.test", "tea")
    ));
}

pub fn bookmark_event(from: &str, room: &str) -> String {
    format!(
        "<message type='headline' from='{from}'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:bookmarks:1'>
         <item id='{room}@muc.sec.test'><conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'/></item></items></event></message>"
    )
}

#[test]
fn without_new_bookmarks_the_old_ones_are_read() {
    online().play(
        "< <iq type='error' id='{pep}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         > <iq type='get' id='$old'><query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query></iq>
         < <iq type='result' id='{old}'><query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'>
             <conference jid='a@muc.sec.test' name='A'/><conference jid='b@muc.sec.test' autojoin='1'><nick>🌙</nick></conference></storage></query></iq>
         > <iq type='get' id='?' to='b@muc.sec.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         ! Event(Muc(BookmarksLoaded([(\"a@muc.sec.test\", Some(\"A\"), false), (\"b@muc.sec.test\", None, true)])))
         ! Event(Muc(Joining { room: \"b@muc.sec.test\", nick: \"🌙\"",
    );
}

#[test]
fn kick_and_ban() {
    let mut script = inside();
    script.ask(
        Command::Muc(Ask::Kick { room: room(), nick: "bob".into(), reason: Some("x".into()) }),
        &format!(
            "> <iq type='set' id='$k' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='bob' role='none'><reason>x</reason></item></query></iq>
             < <iq type='result' id='{{k}}' from='eve@evil.test'/>
             < <iq type='result' id='{{k}}' from='{ROOM}'/>
             ! Event(Muc(Done {{ room: \"{ROOM}\", what: \"kicked bob\""
        ),
    );
    script.ask(
        Command::Muc(Ask::Ban { room: room(), who: "bob".into(), reason: None }),
        &format!(
            "> <iq type='set' id='$b' to='{ROOM}'><query xmlns='http://jabber.org/protocol/muc#admin'><item jid='bob@sec.test' affiliation='outcast'/></query></iq>
             < <iq type='error' id='{{b}}' from='{ROOM}'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
             ! Event(Muc(Refused {{ room: \"{ROOM}\", what: \"ban\", reason: \"you are not allowed to do that\""
        ),
    );
    script.ask(
        Command::Muc(Ask::Ban { room: room(), who: "貓🐈".into(), reason: None }),
        "! Event(Muc(Refused { … what: \"ban\", reason: \"the room hides the address\"",
    );
}

#[test]
fn a_room_out_of_the_bookmarks_that_does_not_answer_is_tried_again_later() {
    let join = format!(
        "> <presence to='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='50'/></x></presence>"
    );
    online().play(&format!(
        "< {}
         {INFO}
         ! …
         * wait 5
         {join}
         * wait 10
         {join}
         * wait 20
         ! Event(Muc(JoinFailed {{ … reason: Timeout
         * wait 15
         {INFO}
         ! Event(Muc(Joining",
        bookmark_event("me@sec.test", "r")
    ));
}
