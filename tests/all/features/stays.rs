//! Stays in a room: what comes before the first, between two and after the last.

use super::harness::{Script, chat_id};
use super::people::contact;
use super::rooms::{
    BOUND, INFO, PEP, ROOM, SELF, bookmark_event, gone, info, inside, online, online_with, room, there, with_rooms,
};
use parlour::contract::command::muc::Command as Ask;
use parlour::contract::{Bootstrap, Command};
use parlour::model::{ChatKind, Delivery, MessageKind};
use parlour::xmpp::feature::Feature;
use parlour::xmpp::features;

/// Asks the room's archive.
const ASK: &str = "
    > <iq type='set' to='r@muc.sec.test' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='$n'>
        <set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>";

fn archived(id: &str) -> String {
    format!(
        "< <message from='{ROOM}'><result xmlns='urn:xmpp:mam:2' queryid='{{n}}' id='{id}'><forwarded xmlns='urn:xmpp:forward:0'>
         <delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:59:00Z'/>
         <message xmlns='jabber:client' from='{ROOM}/bob' type='groupchat' id='m{id}'><body>said {id}</body></message></forwarded></result></message>"
    )
}

const FIN: &str =
    "< <iq type='result' id='{q}' from='r@muc.sec.test'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>";

/// In the room, whose archive is read; it is known what it can do by `infos` of these moments: before and after the join.
fn inside_archived(is_known_first: bool) -> Script {
    let mut script = online_with(features::history::all());
    let info = info(&["http://jabber.org/protocol/muc", "urn:xmpp:mam:2", "urn:xmpp:sid:0"]);
    let (before, history, after, at_once, later) =
        if is_known_first { (info.as_str(), 0, "", ASK, "") } else { ("* wait 5", 50, info.as_str(), "", ASK) };
    script.ask(
        Command::Muc(Ask::Join { room: room(), nick: Some("me".into()), password: None }),
        &format!(
            "{INFO}
             ! …
             {before}
             > <presence to='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='{history}'/></x></presence>
             ! …
             {}
             {at_once}
             ! …
             {after}
             {later}
             ! …
             {}
             {FIN}
             ! Write(Page {{ archive: \"{ROOM}\", messages: [Message {{ … body: \"said 1\"
             ! Write(FirstRead {{ archive: \"{ROOM}\"
             ! Write(Intervals {{ … first: \"1\", last: \"1\"
             ! Event(History(CatchUpDone(",
            there("me", "affiliation='none' role='moderator'", SELF),
            archived("1"),
        ),
    );
    script
}

/// What is said while the user is hidden comes from the archive, though a live message is there first.
#[test]
fn nothing_is_lost_between_offline_and_online() {
    inside_archived(true).play(&format!(
        "* presence offline
         > <presence type='unavailable'/>
         ! …
         # The room says so too.
         {}
         * presence online
         > <presence/>
         {INFO}
         > <presence to='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>
         ! …
         {}
         {ASK}
         ! …
         < <message type='groupchat' from='{ROOM}/bob' id='m3'><body>said 3</body><stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='3'/></message>
         ! Write(Message(Message {{ … body: \"said 3\"
         {}
         {}
         {}
         {FIN}
         ! Write(Page {{ … messages: [Message {{ … body: \"said 2\"
         ! Write(Intervals {{ … intervals: [Interval {{ first: \"1\", last: \"3\"
         ! Event(History(CatchUpDone(",
        gone("me", ">", SELF),
        there("me", "affiliation='none' role='moderator'", SELF),
        archived("1"),
        archived("2"),
        archived("3"),
    ));
}

/// A room without an archive is asked for what was said since, by its own clock, and a little more.
#[test]
fn a_room_without_an_archive_repeats_what_may_have_been_under_way() {
    let mut script = online();
    let join = |more: &str| {
        format!(
            "> <presence to='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='50'{more}/></x></presence>"
        )
    };
    let me = there("me", "affiliation='none' role='moderator'", SELF);
    let said = |stamp: &str| {
        format!(
            "< <message type='groupchat' from='{ROOM}/bob'><body>ok</body><delay xmlns='urn:xmpp:delay' from='sec.test' stamp='2026-11-21T07:58:00Z'/>
             <delay xmlns='urn:xmpp:delay' from='{ROOM}' stamp='{stamp}'/></message>
             ! Write(Message(Message {{ … is_delayed: true"
        )
    };
    script.ask(
        Command::Muc(Ask::Join { room: room(), nick: Some("me".into()), password: None }),
        &format!(
            "{INFO}
             ! …
             {}
             {}
             ! …
             {me}
             ! …
             {} … stanza: None … replay: Some(Time(1795247940000))
             # With the future's stamp, shown as now.
             {} … stanza: None … replay: Some(Time(1795248300000))
             < <message type='groupchat' from='{ROOM}'><subject/></message>
             ! Event(Muc(SubjectChanged
             # After the subject it is news, however late, unless it is older than the stay.
             * wait 60
             {} … replay: None
             < <message type='groupchat' from='{ROOM}/bob' id='m1'><body>live</body></message>
             ! Write(Message(Message {{ … is_delayed: false … replay: None
             * wait 30
             * presence offline
             > <presence type='unavailable'/>
             ! …
             * presence online
             > <presence/>
             {INFO}
             {}
             ! …",
            info(&["http://jabber.org/protocol/muc"]),
            join(""),
            said("2026-11-21T07:59:00Z"),
            said("2026-11-21T08:05:00Z"),
            said("2026-11-21T08:00:30Z"),
            join(" seconds='630'"),
        ),
    );
}

#[test]
fn the_archive_of_a_room_that_says_late_what_it_is_is_read_at_once() {
    inside_archived(false);
}

/// A private message that comes before the room is entered again: after a crash out of the resumed session, or as what
/// the server kept meanwhile.
#[test]
fn s15_private_messages_before_the_room_is_entered() {
    let mut all: Vec<Box<dyn Feature>> = features::muc::all();
    all.extend(features::roster::all());
    all.extend(features::presence::all());
    all.extend(features::chat::all());
    let stored = Bootstrap { contacts: vec![contact("bob@sec.test")], rooms: vec![room()], ..Bootstrap::default() };
    let mut script = Script::with(&[PEP], stored, all);
    let case = |from: &str, type_: &str, more: &str, chat: &str, kind: &str| {
        format!(
            "< <message type='{type_}' from='{from}' id='p'><body>psst</body>{more}</message>
             ! Write(Message(Message {{ … chat: ChatId {{ … address: \"{chat}\" }}, chat_kind: {kind}"
        )
    };
    let mark = "<x xmlns='http://jabber.org/protocol/muc#user'/>";
    let late = "<delay xmlns='urn:xmpp:delay' from='sec.test' stamp='2026-11-21T07:00:00Z'/>";
    let cases = |script: &mut Script| {
        for (type_, more) in [("chat", ""), ("chat", mark), ("normal", mark), ("chat", late)] {
            script.play(&case(&format!("{ROOM}/bob"), type_, more, &format!("{ROOM}/bob"), "Occupant"));
        }
        // Of a room that only another client is in, on the same service.
        script.play(&case("s@muc.sec.test/eve", "chat", mark, "s@muc.sec.test/eve", "Occupant"));
        script.play(&case("s@muc.sec.test/eve", "chat", "", "s@muc.sec.test", "Contact"));
        // The mark is no proof: neither whom the user knows nor a stranger speaks beside the conversation with them.
        script.play(&case("bob@sec.test/x", "chat", mark, "bob@sec.test", "Contact"));
        script.play(&case("eve@evil.test/x", "chat", mark, "eve@evil.test", "Contact"));
        script.play(&case(ROOM, "chat", "", ROOM, "Room"));
    };
    cases(&mut script);
    script.play(&format!(
        "{BOUND}
         # To all, of a room that is not entered yet: nothing.
         < <message type='groupchat' from='{ROOM}/bob' id='g'><body>all</body></message>"
    ));
    cases(&mut script);
}

#[test]
fn s15_private_messages_after_the_room_was_left() {
    let mut script = inside();
    script.ask(
        Command::Muc(Ask::Leave { room: room(), reason: None }),
        &format!("> <presence type='unavailable' to='{ROOM}/me'/>\n! …"),
    );
    script.play(&format!(
        "< <message type='chat' from='{ROOM}/bob' id='p'><body>psst</body></message>
         ! Write(Message(Message {{ … chat: ChatId {{ … address: \"{ROOM}/bob\" }}, chat_kind: Occupant"
    ));
}

#[test]
fn s15_private_messages_of_a_bookmarked_room() {
    let mut script = online();
    script.play(&format!(
        "< {}
         ! Event(Muc(BookmarksLoaded(
         < <message type='chat' from='tea@muc.far.test/bob' id='p'><body>psst</body></message>
         ! Write(Message(Message {{ … chat: ChatId {{ … address: \"tea@muc.far.test/bob\" }}, chat_kind: Occupant",
        bookmark_event("me@sec.test", "tea")
            .replace("muc.sec", "muc.far")
            .replace(" autojoin='1'", "")
            .replace("autojoin='true'", "autojoin='false'")
    ));
}

/// A room that says nothing of itself: what waits for it goes with the join, and not after a long wait for its archive.
#[test]
fn a_room_that_does_not_say_what_it_is_holds_nothing_up() {
    let mut waiting = super::outbox::row("a1", Delivery::Pending);
    waiting.chat = chat_id(ROOM);
    waiting.chat_kind = ChatKind::Room;
    waiting.kind = MessageKind::Groupchat;
    let all = with_rooms(features::history::all());
    let mut script = Script::with(&[PEP], Bootstrap { outbox: vec![waiting], ..Bootstrap::default() }, all);
    script.play(&BOUND.replace("<item jid='bob@sec.test' subscription='both'/>", ""));
    script.ask(
        Command::Muc(Ask::Join { room: room(), nick: Some("me".into()), password: None }),
        &format!(
            "{INFO}
             ! …
             < <iq type='error' id='{{info}}' from='{ROOM}'><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
             > <presence to='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='50'/></x></presence>
             ! …
             {}
             > <message type='groupchat' to='{ROOM}' id='a1'><body>text of a1</body><origin-id xmlns='urn:xmpp:sid:0' id='a1'/>
                <active xmlns='http://jabber.org/protocol/chatstates'/></message>
             ! …",
            there("me", "affiliation='none' role='moderator'", SELF),
        ),
    );
}
