//! What a message of a room is taken for: old or new, the user's own or somebody else's; and whether the user is there.

use super::harness::Script;
use super::people::contact;
use super::rooms::{BOUND, INFO, ROOM, SELF, gone, info, room, there, with_rooms};
use parlour::contract::command::muc::Command as Ask;
use parlour::contract::{Bootstrap, Command};

const OID: &str = "urn:xmpp:occupant-id:0";
const MAM: &str = "urn:xmpp:mam:2";

/// Online at a server that keeps no bookmarks; rooms, messages, archives.
fn online() -> Script {
    let stored = Bootstrap { contacts: vec![contact("bob@sec.test")], ..Bootstrap::default() };
    let mut script = Script::with(&[], stored, with_rooms(parlour::xmpp::features::history::all()));
    script.play(BOUND);
    script
}

/// The presence to a room with these features is sent; nothing came back yet.
fn entering(features: &[&str]) -> Script {
    let mut script = online();
    let mut all = vec!["http://jabber.org/protocol/muc"];
    all.extend(features);
    let history = if features.contains(&MAM) { 0 } else { 50 };
    script.ask(
        Command::Muc(Ask::Join { room: room(), nick: Some("me".into()), password: None }),
        &format!(
            "{INFO}
             ! …
             {}
             > <presence to='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='{history}'/></x></presence>
             ! …",
            info(&all)
        ),
    );
    script
}

/// The own presence came, with this occupant-id; no subject yet.
fn entered(features: &[&str], own_id: &str) -> Script {
    let mut script = entering(features);
    let asks = if features.contains(&MAM) {
        "> <iq type='set' to='r@muc.sec.test' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='$n'>
            <set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>"
    } else {
        ""
    };
    script.play(&format!(
        "< <presence from='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc#user'><item role='participant'/>{SELF}</x>
           <occupant-id xmlns='{OID}' id='{own_id}'/></presence>
         {asks}
         ! …"
    ));
    script
}

const SUBJECT: &str = "< <message type='groupchat' from='r@muc.sec.test'><subject/></message>
    ! Event(Muc(SubjectChanged";

/// In a room without an archive.
fn inside() -> Script {
    let mut script = entered(&[], "");
    script.play(SUBJECT);
    script
}

fn said(nick: &str, id: &str, body: &str, more: &str) -> String {
    let id = if id.is_empty() { String::new() } else { format!(" id='{id}'") };
    format!("< <message type='groupchat' from='{ROOM}/{nick}'{id}><body>{body}</body>{more}</message>")
}

fn sends(script: &mut Script, id: &str, body: &str) {
    let (body, xml) = (body.replace("\\n", "\n"), body.replace("\\n", "&#10;"));
    script.ask(
        Command::Chat(parlour::contract::command::chat::Command::Send {
            chat: super::harness::chat_id(ROOM),
            kind: parlour::model::ChatKind::Room,
            body,
            id: id.into(), relation: parlour::model::Relation::default(),
}),
        &format!(
            "> <message type='groupchat' to='{ROOM}' id='{id}'><body>{xml}</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>
               <active xmlns='http://jabber.org/protocol/chatstates'/></message>
             ! …"
        ),
    );
}

// History.

/// 2026-11-21T07:00:00Z, an hour before the script begins.
const HOUR_AGO: i64 = 1_795_244_400_000;

#[test]
fn what_comes_before_the_subject_with_any_stamp_is_old() {
    for stamp in [
        "<delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:00:00Z'/>",
        "<delay xmlns='urn:xmpp:delay' from='muc.sec.test' stamp='2026-11-21T07:00:00Z'/>",
        "<delay xmlns='urn:xmpp:delay' from='r@muc.sec.test/bert' stamp='2026-11-21T07:00:00Z'/>",
        "<delay xmlns='urn:xmpp:delay' from='@@' stamp='2026-11-21T08:00:00+01:00'/>",
        "<x xmlns='jabber:x:delay' stamp='20261121T07:00:00'/>",
        "<x xmlns='jabber:x:delay' from='r@muc.sec.test' stamp='20261121T07:00:00'/>",
        "<delay xmlns='urn:xmpp:delay' from='bert@far.test' stamp='2026-11-20T07:00:00Z'/>
         <delay xmlns='urn:xmpp:delay' from='r@muc.sec.test' stamp='2026-11-21T07:00:00Z'/>",
    ] {
        for id in ["", "h1"] {
            let mut script = entered(&[], "");
            script.play(&format!(
                "{}
                 ! Write(Message(Message {{ … time: Time({HOUR_AGO}), is_delayed: true … replay: Some(Time({HOUR_AGO})) … placing: Time
                 {SUBJECT}",
                said("bert", id, "me: old", stamp)
            ));
        }
    }
}

#[test]
fn a_stamp_that_is_none_makes_nothing_old() {
    for stamp in [
        "",
        "<delay xmlns='urn:xmpp:delay' stamp='soon'/>",
        "<delay xmlns='urn:xmpp:delay'/>",
        "<x xmlns='jabber:x:delay'/>",
        "<delay xmlns='urn:xmpp:delay' stamp='0001-01-01T00:00:00Z'/>",
    ] {
        entered(&[], "").play(&format!(
            "{}
             ! Write(Message(Message {{ … time: Time(1795248000000), is_delayed: false … replay: None … placing: Time",
            said("bert", "", "me: old", stamp)
        ));
    }
}

#[test]
fn after_the_subject_what_is_older_than_the_join_is_old_and_stands_below_what_was_read() {
    let mut script = inside();
    script.play(&format!(
        "* wait 60
         {}
         ! Write(Message(Message {{ … time: Time({HOUR_AGO}), is_delayed: true … replay: Some( … placing: Unread
         # In a room, too, nothing but that is old: a stamp since then is somebody's word.
         {}
         ! Write(Message(Message {{ … time: Time(1795248030000), is_delayed: true … replay: None … placing: Arrival(Time(1795248060000))",
        said("bert", "", "a", "<delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:00:00Z'/>"),
        said("bert", "", "b", "<delay xmlns='urn:xmpp:delay' from='r@muc.sec.test' stamp='2026-11-21T08:00:30Z'/>"),
    ));
}

#[test]
fn s13_a_live_message_with_an_archive_id_stands_where_it_arrived() {
    let mut script = entered(&[MAM, "urn:xmpp:sid:0"], "");
    script.play(SUBJECT);
    for from in ["r@muc.sec.test/alice", "muc.sec.test", "sec.test", "r@muc.sec.test"] {
        script.play(&format!(
            "{}
             ! Write(Message(Message {{ … time: Time({HOUR_AGO}), is_delayed: true … placing: Arrival(Time(1795248000000))",
            said(
                "bob",
                "",
                "yes",
                &format!(
                    "<delay xmlns='urn:xmpp:delay' from='{from}' stamp='2026-11-21T07:00:00Z'/>
                     <stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='7{}'/>",
                    from.len()
                )
            )
        ));
    }
}

#[test]
fn a_room_that_sends_no_subject_repeats_for_two_minutes() {
    let mut script = entered(&[], "");
    let old = said("bert", "", "a", "<delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:00:00Z'/>");
    script.play(&format!(
        "* wait 119
         {old}
         ! Write(Message(Message {{ … placing: Time
         * wait 1
         {old}
         ! Write(Message(Message {{ … placing: Unread"
    ));
}

// Whose words they are.

#[test]
fn what_was_said_before_under_my_nickname_is_not_mine() {
    let stamp = "<delay xmlns='urn:xmpp:delay' from='r@muc.sec.test' stamp='2026-11-21T07:00:00Z'/>";
    let item = |jid: &str| format!("<x xmlns='http://jabber.org/protocol/muc#user'><item jid='{jid}'/></x>");
    let id = |id: &str| format!("<occupant-id xmlns='{OID}' id='{id}'/>");
    let none: &[&str] = &[];
    let ids: &[&str] = &[OID];
    for (features, nick, more, delivery) in [
        (none, "me", String::new(), "Incoming"),
        (none, "me", item("eve@evil.test"), "Incoming"),
        // Outside of an archive an occupant may have put that there.
        (none, "me", item("me@sec.test/phone"), "Incoming"),
        (none, "me", item("me@sec.test"), "Incoming"),
        // Two of which one is a lie.
        (none, "me", item("me@sec.test") + &item("eve@evil.test"), "Incoming"),
        (none, "eve", item("me@sec.test"), "Incoming"),
        // An id is worth something only where the room announces that it makes them.
        (none, "me", id("mine"), "Incoming"),
        (ids, "me", id("mine"), "Acked"),
        (ids, "before", id("mine"), "Acked"),
        (ids, "me", id("eves"), "Incoming"),
        (ids, "me", id("eves") + &item("me@sec.test"), "Incoming"),
        (ids, "me", String::new(), "Incoming"),
    ] {
        println!("{features:?} {nick} {more}");
        entered(features, "mine").play(&format!(
            "{}
             ! Write(Message(Message {{ … is_delayed: true … delivery: {delivery}",
            said(nick, "h1", "I resign", &format!("{stamp}{more}"))
        ));
    }
}

#[test]
fn own_lines_out_of_the_archive_are_own_where_the_room_proves_it() {
    const FIN: &str =
        "< <iq type='result' id='{q}' from='r@muc.sec.test'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>
         ! Write(Page {";
    let archived = |id: &str, nick: &str, more: &str| {
        format!(
            "< <message from='{ROOM}'><result xmlns='urn:xmpp:mam:2' queryid='{{n}}' id='{id}'><forwarded xmlns='urn:xmpp:forward:0'>
             <delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:00:00Z'/>
             <message xmlns='jabber:client' from='{ROOM}/{nick}' type='groupchat' id='m{id}'><body>{id}</body>{more}</message></forwarded></result></message>"
        )
    };
    let item = |jid: &str| format!("<x xmlns='http://jabber.org/protocol/muc#user'><item jid='{jid}'/></x>");
    let id = |id: &str| format!("<occupant-id xmlns='{OID}' id='{id}'/>");
    // Prosody's way, then ejabberd's.
    entered(&[MAM, OID], "mine").play(&format!(
        "{SUBJECT}\n{}\n{}\n{}\n{}\n{FIN} … body: \"1\" … delivery: Acked … body: \"2\" … delivery: Incoming … body: \"3\" … delivery: Acked
             … body: \"4\" … delivery: Incoming\n! …",
        archived("1", "me", &id("mine")),
        archived("2", "me", &id("eves")),
        archived("3", "older", &id("mine")),
        archived("4", "bob", &id("bobs")),
    ));
    entered(&[MAM], "").play(&format!(
        "{SUBJECT}\n{}\n{}\n{}\n{}\n{FIN} … body: \"1\" … delivery: Acked … body: \"2\" … delivery: Incoming … body: \"3\" … delivery: Incoming
             … body: \"4\" … delivery: Incoming\n! …",
        archived("1", "me", &item("me@sec.test/phone")),
        archived("2", "me", &item("eve@evil.test")),
        archived("3", "me", ""),
        archived("4", "me", &(item("me@sec.test") + &item("eve@evil.test"))),
    ));
}

// Echoes.

const ACKED: &str = "! Write(Addition(Delivery { … delivery: Acked";

#[test]
fn an_echo_with_another_id_or_none_is_known_by_its_words() {
    for id in ["", "srv1"] {
        let mut script = inside();
        sends(&mut script, "a1", "one two");
        script.play(&format!(
            "# Somebody else, or other words.
             {}
             ! Write(Message(
             {}
             ! Write(Message(Message {{ … delivery: Acked
             {}
             ! Write(Addition(Delivery {{ … id: \"a1\", delivery: Acked
             ! …
             # Said once more from another device.
             {}
             ! Write(Message(Message {{ … body: \"one two\" … delivery: Acked",
            said("bob", id, "one two", ""),
            said("me", id, "one", ""),
            said("me", id, " one\n  two ", ""),
            said("me", if id.is_empty() { "" } else { "srv2" }, "one two", ""),
        ));
    }
}

#[test]
fn two_equal_lines_are_two() {
    let mut script = inside();
    sends(&mut script, "a1", "ok");
    sends(&mut script, "a2", "ok");
    script.play(&format!(
        "{0}
         ! Write(Addition(Delivery {{ … id: \"a1\", delivery: Acked
         ! …
         {0}
         ! Write(Addition(Delivery {{ … id: \"a2\", delivery: Acked
         ! …",
        said("me", "", "ok", "")
    ));
}

#[test]
fn another_devices_line_of_the_same_words_is_not_swallowed() {
    let mut script = inside();
    sends(&mut script, "a1", "ok");
    script.play(&format!(
        "# It bears its own id.
         {}
         ! Write(Message(Message {{ … delivery: Acked
         # This one was taken for ours until ours came.
         {}
         {ACKED}
         ! …
         {}
         ! Write(Message(Message {{ … delivery: Acked … stanza: None, origin: None",
        said("me", "b1", "ok", "<origin-id xmlns='urn:xmpp:sid:0' id='b1'/>"),
        said("me", "b2", "ok", ""),
        said("me", "a1", "ok", ""),
    ));
    // The room keeps ids, as it has shown.
    sends(&mut script, "a2", "ok");
    script.play(&format!("{}\n! Write(Message(Message {{ … stanza: Some(\"b3\")", said("me", "b3", "ok", "")));
}

#[test]
fn words_tell_nothing_after_a_minute() {
    let mut script = inside();
    sends(&mut script, "a1", "ok");
    script.play(&format!("* wait 60\n{}\n! Write(Message(", said("me", "", "ok", "")));
}

#[test]
fn a_gateway_says_a_message_line_by_line() {
    for id in ["a1", "", "g1"] {
        let mut script = inside();
        sends(&mut script, "a1", "multi\\nline");
        sends(&mut script, "a2", "next");
        script.play(&format!(
            "{}
             ! Write(Addition(Delivery {{ … id: \"a1\", delivery: Acked
             ! …
             {}
             {}
             ! Write(Addition(Delivery {{ … id: \"a2\", delivery: Acked
             ! …
             {}
             ! Write(Message(Message {{ … body: \"line\"",
            said("me", id, "multi", ""),
            said("me", if id.is_empty() { "" } else { "g2" }, "line", ""),
            said("me", if id == "a1" { "a2" } else { "" }, "next", ""),
            said("me", "", "line", ""),
        ));
    }
}

#[test]
fn what_a_room_repeats_is_no_echo_by_its_words() {
    let mut script = inside();
    sends(&mut script, "a1", "ok");
    script.play(&format!(
        "{}
         ! Write(Message(Message {{ … delivery: Incoming",
        said("me", "", "ok", "<delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:00:00Z'/>")
    ));
}

// In, or not.

#[test]
fn put_out_without_a_reason_is_told_and_entered_again_within_bounds() {
    let join = format!(
        "> <presence to='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='50' seconds='?'/></x></presence>"
    );
    for status in [SELF, ""] {
        let mut script = inside();
        let mut pause = 15;
        for time in 0..7 {
            let more = if time < 6 { ". You go in again by itself" } else { "\"" };
            script.play(&format!(
                "{}
                 ! Write(Message(Message {{ … kind: Notice … body: \"You were taken out of the room: it gave no reason{more}
                 ! Event(Muc(Left {{ room: \"{ROOM}\", reason: Error(",
                gone("me", ">", status)
            ));
            if time == 6 {
                script.play("* wait 3600");
                break;
            }
            script.play(&format!("* wait {}\n* wait 1\n{INFO}\n{join}\n! …", pause - 1));
            script.play(&format!("{}\n! …\n{SUBJECT}", there("me", "role='participant'", SELF)));
            pause *= 2;
        }
    }
}

#[test]
fn an_error_from_the_room_or_the_own_address_means_out() {
    let error = |from: &str, condition: &str| {
        format!(
            "< <presence type='error' from='{from}'><error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>"
        )
    };
    let me = format!("{ROOM}/me");
    for (from, condition, is_entered_again) in [
        (me.as_str(), "remote-server-timeout", true),
        (ROOM, "item-not-found", true),
        (ROOM, "service-unavailable", true),
        (me.as_str(), "not-acceptable", true),
        (ROOM, "forbidden", false),
        (me.as_str(), "registration-required", false),
    ] {
        let again = if is_entered_again {
            format!(
                "* wait 15\n{INFO}\n> <presence to='{me}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='50' seconds='?'/></x></presence>\n! …"
            )
        } else {
            "* wait 15".to_owned()
        };
        inside().play(&format!(
            "{}
             ! Write(Message(Message {{ … kind: Notice … body: \"You were taken out of the room: 
             ! Event(Muc(Left {{ room: \"{ROOM}\", reason: Error(
             {again}",
            error(from, condition)
        ));
    }
    // One presence of too many: the room is asked. Of somebody else's address, nothing.
    inside().play(&format!(
        "{}
         > <iq type='get' id='?' to='{me}'><ping xmlns='urn:xmpp:ping'/></iq>
         {}",
        error(ROOM, "resource-constraint"),
        error(&format!("{ROOM}/bob"), "item-not-found"),
    ));
}

#[test]
fn a_room_that_does_not_say_so_is_entered_as_soon_as_it_shows() {
    let joined = "! Write(Chat {\n! Event(Muc(Joined { … nick: ";
    // The own address, also under another nickname.
    for nick in ["me", "me-2"] {
        entering(&[])
            .play(&format!("{}\n{joined}\"{nick}\"\n! …", there(nick, "role='participant' jid='me@sec.test/tui'", "")));
    }
    entering(&[]).play(&format!("{}\n{joined}\"me\"\n! …", there("me", "role='participant' jid='me@sec.test'", "")));
    // The wanted nickname, once the subject came.
    entering(&[]).play(&format!(
        "{}\n{}\n{}\n< <message type='groupchat' from='{ROOM}'><subject>tea</subject></message>\n{joined}\"me\"\n! Event(Muc(SubjectChanged",
        there("bob", "role='participant'", ""),
        there("me", "role='participant'", ""),
        there("me@sec.test", "role='participant' jid='me@sec.test/phone'", ""),
    ));
    // Nobody of that name: not yet.
    entering(&[]).play(&format!(
        "{}\n< <message type='groupchat' from='{ROOM}'><subject>tea</subject></message>\n! Event(Muc(SubjectChanged",
        there("bob", "role='participant'", ""),
    ));
}

#[test]
fn a_nickname_that_is_not_the_wanted_one_is_told() {
    let own = |nick: &str, more: &str| there(nick, "role='participant'", &format!("{SELF}{more}"));
    entering(&[]).play(&format!(
        "{}
         ! Write(Chat {{
         ! Event(Muc(Joined {{ … nick: \"me-2\"
         ! Write(Message(Message {{ … kind: Notice … body: \"The room gave you the nickname me-2 instead of me\"",
        own("me-2", "<status code='210'/>")
    ));
    let mut script = entering(&[]);
    script.play(&format!(
        "< <presence type='error' from='{ROOM}/me'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
         > <presence to='{ROOM}/me_'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='50'/></x></presence>
         {}
         ! Write(Chat {{
         ! Event(Muc(Joined {{ … nick: \"me_\"
         ! Write(Message(Message {{ … kind: Notice … body: \"The nickname me is taken here: you are me_.",
        own("me_", "")
    ));
    // The wanted one is not news.
    entering(&[]).play(&format!("{}\n! Write(Chat {{\n! Event(Muc(Joined {{", own("me", "")));
}

#[test]
fn join_with_another_nickname_while_inside_takes_it() {
    let mut script = inside();
    script.ask(
        Command::Muc(Ask::Join { room: room(), nick: Some("other".into()), password: None }),
        &format!("> <presence to='{ROOM}/other'/>"),
    );
}

#[test]
fn a_private_message_keeps_the_id_that_the_room_gives_its_sender() {
    let said = format!(
        "< <message type='chat' from='{ROOM}/bob' id='p'><body>psst</body><occupant-id xmlns='{OID}' id='bobs'/></message>
         ! Write(Message(Message {{ … chat_kind: Occupant … occupant: "
    );
    entered(&[OID], "mine").play(&format!("{said}Some(\"bobs\")"));
    entered(&[], "").play(&format!("{said}None"));
}
