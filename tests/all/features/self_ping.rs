//! Whether the user is still in a room (XEP-0410).

use super::harness::Script;
use super::rooms::with_rooms;
use parlour::contract::command::muc::Command as Ask;
use parlour::contract::{Bootstrap, Command};
use parlour::model::BareJid;
use parlour::xmpp::features;

const SELF_PING: &str = "http://jabber.org/protocol/muc#self-ping-optimization";

/// Online, with rooms and all that follows a join.
fn online() -> Script {
    let mut script = Script::with(&[], Bootstrap::default(), with_rooms(features::history::all()));
    script.play(
        "* bound
         > <iq type='get' id='$roster'><query xmlns='jabber:iq:roster'/></iq>
         > <iq type='get' id='$pep'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'/></pubsub></iq>
         ! …
         < <iq type='result' id='{roster}'><query xmlns='jabber:iq:roster'/></iq>
         > <presence/>
         ! …",
    );
    script
}

fn address(name: &str) -> String {
    format!("{name}@muc.sec.test")
}

/// What a join sends and hears, from the question what the room is on.
fn way_in(name: &str, features: &[&str]) -> String {
    let room = address(name);
    let features: String = features.iter().map(|f| format!("<feature var='{f}'/>")).collect::<Vec<_>>().concat();
    format!(
        "> <iq type='get' id='$info' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         ! …
         < <iq type='result' id='{{info}}' from='{room}'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/>{features}</query></iq>
         > <presence to='{room}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='50'/></x></presence>
         ! …
         < <presence from='{room}/me'><x xmlns='http://jabber.org/protocol/muc#user'><item role='participant'/><status code='110'/></x></presence>"
    )
}

fn enter(script: &mut Script, name: &str, features: &[&str]) {
    let room = BareJid::parse(&address(name)).unwrap();
    let join = Command::Muc(Ask::Join { room, nick: Some("me".into()), password: None });
    script.ask(join, &format!("{}\n! …", way_in(name, features)));
}

fn inside(features: &[&str]) -> Script {
    let mut script = online();
    enter(&mut script, "r", features);
    script
}

fn ping(name: &str) -> String {
    format!("> <iq type='get' id='${name}' to='{}/me'><ping xmlns='urn:xmpp:ping'/></iq>", address(name))
}

fn pong(name: &str) -> String {
    format!("< <iq type='result' id='{{{name}}}' from='{}/me'/>", address(name))
}

fn refusal(name: &str, condition: &str) -> String {
    format!(
        "< <iq type='error' id='{{{name}}}' from='{}/me'><error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        address(name)
    )
}

/// In again: the way from a room whose traits are known.
fn back_in(name: &str) -> String {
    let room = address(name);
    format!(
        "> <iq type='get' id='?' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         > <presence to='{room}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='50'/></x></presence>
         ! Event(Muc(Joining {{ room: \"{room}\"
         ! …"
    )
}

#[test]
fn a_room_is_asked_after_a_quarter_of_an_hour_of_silence_and_not_before() {
    let mut script = inside(&[]);
    script.play("* wait 899");
    script.play(&format!("* wait 1\n{}\n{}", ping("r"), pong("r")));
    script.play("* wait 899");
    script.play(&format!("* wait 1\n{}\n{}", ping("r"), pong("r")));
    // Each sign of the room begins the quarter anew; a private message and a presence are such signs, too.
    for sign in [
        "<message type='groupchat' from='r@muc.sec.test/bob' id='1'><body>hi</body></message>",
        "<message type='chat' from='r@muc.sec.test/bob' id='2'><body>psst</body></message>",
        "<presence from='r@muc.sec.test/bob'><x xmlns='http://jabber.org/protocol/muc#user'><item role='participant'/></x></presence>",
    ] {
        script.play(&format!("* wait 600\n< {sign}\n! …"));
    }
    script.play("* wait 301\n* wait 598");
    script.play(&format!("* wait 1\n{}\n{}", ping("r"), pong("r")));
}

#[test]
fn what_the_answers_mean() {
    // There: nothing follows, for a quarter of an hour.
    for condition in ["service-unavailable", "feature-not-implemented"] {
        inside(&[]).play(&format!("* wait 900\n{}\n{}\n* wait 899\n* wait 1\n{0}", ping("r"), refusal("r", condition)));
    }
    // Not there: in again at once.
    for condition in ["not-acceptable", "not-allowed", "bad-request", "forbidden", "gone"] {
        inside(&[]).play(&format!("* wait 900\n{}\n{}\n{}", ping("r"), refusal("r", condition), back_in("r")));
    }
    // A room that answers for itself has no client of ours to blame.
    for condition in ["not-acceptable", "service-unavailable", "feature-not-implemented"] {
        let mut script = inside(&[SELF_PING]);
        script.play(&format!("* wait 900\n{}\n{}\n{}", ping("r"), refusal("r", condition), back_in("r")));
    }
    // Somebody else's answer is none.
    let forged = refusal("r", "not-acceptable").replace("from='r@muc.sec.test/me'", "from='r@muc.sec.test/eve'");
    inside(&[]).play(&format!("* wait 900\n{}\n{forged}\n{}", ping("r"), pong("r")));
}

/// A service that was started anew knows nobody, and may not be ready for whoever comes back at once.
#[test]
fn a_service_that_is_just_starting_is_tried_again() {
    for condition in ["internal-server-error", "remote-server-timeout", "resource-constraint", "service-unavailable"] {
        let room = address("r");
        inside(&[]).play(&format!(
            "* wait 900
             {}
             {}
             {}
             < <presence type='error' from='{room}/me'><error type='wait'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
             ! Event(Muc(JoinFailed {{ room: \"{room}\"
             ! …
             * wait 15
             {}",
            ping("r"),
            refusal("r", "not-acceptable"),
            back_in("r"),
            back_in("r")
        ));
    }
}

#[test]
fn a_name_that_is_not_known_is_a_change_under_way_or_twice_in_a_row_the_end() {
    let once = format!("* wait 900\n{}\n{}", ping("r"), refusal("r", "item-not-found"));
    inside(&[]).play(&format!(
        "{once}\n* wait 60\n{}\n{}\n{}",
        ping("r"),
        refusal("r", "item-not-found"),
        back_in("r")
    ));
    // The presence comes: it was the other client.
    inside(&[]).play(&format!(
        "{once}
         < <presence type='unavailable' from='r@muc.sec.test/me'><x xmlns='http://jabber.org/protocol/muc#user'><item nick='moi' role='participant'/><status code='303'/><status code='110'/></x></presence>
         ! Event(Muc(NickChanged {{ … new: \"moi\", is_self: true
         * wait 60
         * wait 840
         > <iq type='get' id='?' to='r@muc.sec.test/moi'><ping xmlns='urn:xmpp:ping'/></iq>"
    ));
}

#[test]
fn where_no_answer_tells_anything_it_is_asked_again_later_and_later() {
    let mut script = inside(&[]);
    script.play("* wait 899");
    let mut pause = 1;
    // A server that cannot be reached, one that says so late, and one that says nothing.
    for (answer, after) in
        [("remote-server-not-found", 120), ("remote-server-timeout", 240), ("", 480), ("", 900), ("", 900)]
    {
        let answer = if answer.is_empty() { "* wait 30".to_owned() } else { refusal("r", answer) };
        script.play(&format!("* wait {pause}\n{}\n{answer}\n* wait {}", ping("r"), after - 1));
        pause = 1;
    }
    script.play(&format!("* wait 1\n{}\n{}\n* wait 899\n* wait 1\n{0}", ping("r"), pong("r")));
}

#[test]
fn who_was_lost_is_in_again_with_what_was_said_and_one_line() {
    let mut script = online();
    let room = address("r");
    let features = ["http://jabber.org/protocol/muc", "urn:xmpp:mam:2", "urn:xmpp:sid:0"];
    let archived = way_in("r", &features).replace("maxstanzas='50'", "maxstanzas='0'");
    let archive = format!(
        "> <iq type='set' id='$mam' to='{room}'><query xmlns='urn:xmpp:mam:2' queryid='?'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>"
    );
    let join =
        Command::Muc(Ask::Join { room: BareJid::parse(&room).unwrap(), nick: Some("me".into()), password: None });
    script.ask(
        join,
        &format!(
            "{archived}
             {archive}
             ! …
             < <iq type='result' id='{{mam}}' from='{room}'><fin xmlns='urn:xmpp:mam:2' complete='true'><set xmlns='http://jabber.org/protocol/rsm'/></fin></iq>
             ! …
             < <message type='groupchat' from='{room}/bob' id='1'><body>before</body><stanza-id xmlns='urn:xmpp:sid:0' by='{room}' id='a1'/></message>
             ! Write(Message(Message {{ … body: \"before\""
        ),
    );
    script.play(&format!(
        "* wait 5
         ! …
         * wait 895
         {}
         {}
         > <iq type='get' id='?' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
         > <presence to='{room}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>
         ! Event(Muc(Joining {{ room: \"{room}\"
         ! …
         < <presence from='{room}/me'><x xmlns='http://jabber.org/protocol/muc#user'><item role='participant'/><status code='110'/></x></presence>
         > <iq type='set' id='?' to='{room}'><query xmlns='urn:xmpp:mam:2' queryid='?'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>
         ! Write(Chat {{
         ! Event(Muc(Joined
         ! Write(Message(Message {{ … kind: Notice … body: \"The room had lost you without a word. You are in it again\" … is_mention: false
         ! …",
        ping("r"),
        refusal("r", "not-acceptable"),
    ));
}

/// What a room is may be known only after the way in: one that was made by it, or that took its time to say so.
#[test]
fn the_archive_of_a_room_is_asked_as_soon_as_it_is_known_that_it_has_one() {
    let mut script = online();
    let room = address("r");
    let archive = format!(
        "> <iq type='set' id='?' to='{room}'><query xmlns='urn:xmpp:mam:2' queryid='?'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>"
    );
    let join =
        Command::Muc(Ask::Join { room: BareJid::parse(&room).unwrap(), nick: Some("me".into()), password: None });
    script.ask(
        join,
        &format!(
            "> <iq type='get' id='$info' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
             ! …
             * wait 5
             > <presence to='{room}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='50'/></x></presence>
             ! …
             < <presence from='{room}/me'><x xmlns='http://jabber.org/protocol/muc#user'><item role='participant'/><status code='110'/></x></presence>
             ! …
             < <iq type='result' id='{{info}}' from='{room}'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/><feature var='urn:xmpp:mam:2'/></query></iq>
             {archive}
             ! …"
        ),
    );
}

#[test]
fn silent_rooms_are_asked_together_by_one_timer() {
    let mut script = inside(&[]);
    for (name, after) in [("s", 40), ("t", 40), ("u", 300)] {
        script.play(&format!("* wait {after}"));
        enter(&mut script, name, &[]);
    }
    // Three of them within two minutes, in one go; the fourth has time.
    script.play(&format!(
        "* wait 520\n{}\n{}\n{}\n{}\n{}\n{}",
        ping("r"),
        ping("s"),
        ping("t"),
        pong("r"),
        pong("s"),
        pong("t")
    ));
    script.play("* wait 379");
    script.play(&format!("* wait 1\n{}\n{}", ping("u"), pong("u")));
}

#[test]
fn after_the_link_was_down_for_long_or_a_question_was_lost_the_room_is_asked_at_once() {
    let mut script = inside(&[]);
    // A moment is no doubt, and nobody is woken while the link is down.
    script.play("* down\n! …\n* wait 60\n* resumed\n! …");
    script.play("* down\n! …\n* wait 200\n* down\n! …\n* wait 100");
    script.play(&format!("* resumed\n{}\n{}", ping("r"), pong("r")));
    script.play(&format!("* wait 900\n{}\n* down\n! …\n* wait 2\n* resumed\n{0}\n{}", ping("r"), pong("r")));
    // The quarter of an hour was over while the link was down.
    script.play("* wait 800\n* down\n! …\n* wait 120");
    script.play(&format!("* resumed\n{}\n{}", ping("r"), pong("r")));
}

#[test]
fn a_message_that_the_room_does_not_take_is_cause_for_doubt() {
    let back = |condition: &str| {
        format!(
            "* send r@muc.sec.test a1 hello
             > <message type='groupchat' to='r@muc.sec.test' id='a1'><body>hello</body><origin-id xmlns='urn:xmpp:sid:0' id='a1'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>
             ! …
             < <message type='error' from='r@muc.sec.test' id='a1'><error type='modify'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        )
    };
    inside(&[]).play(&format!(
        "{}\n{}\n! …\n{}\n{}",
        back("not-acceptable"),
        ping("r"),
        refusal("r", "not-acceptable"),
        back_in("r")
    ));
    inside(&[]).play(&format!("{}\n! …", back("forbidden")));
}

#[test]
fn nobody_is_asked_while_it_is_open_which_name_is_ours() {
    let mut script = inside(&[]);
    script.play("* wait 500");
    let room = BareJid::parse(&address("r")).unwrap();
    script.ask(
        Command::Muc(Ask::SetNick { room, nick: "moi".into() }),
        "> <presence to='r@muc.sec.test/moi'/>
         # Neither by the clock nor after a link that was down for long.
         * wait 400
         * down
         ! …
         * wait 400
         * resumed
         ! …",
    );
    // Whoever answers for a quarter of an hour not at all is asked all the same.
    script.play(&format!("* wait 99\n* wait 1\n{}", ping("r")));
}
