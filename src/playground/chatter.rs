//! What the people of the demo do by themselves, and how they answer.

use super::clock::now_ms;
use super::server::{Event, Session};
use super::world::{DOMAIN, PEOPLE, PLAZA, PLAZA_LINES, ROOMS};
use super::xml::{attr, esc, text};
use super::{muc, world};
use minidom::Element;

const STATES: &str = "http://jabber.org/protocol/chatstates";
const CAPS: &str = "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://parlour.demo/people' ver='yo1IubEcQv9nTmuxu10pHqnB09I='/>";
/// The first words, one message each.
const WELCOME: &[&str] = &[
    "Welcome to parlour! Everything here lives inside the program: nothing touches the network.",
    "Type an answer below and press *Enter*. F2 shows or hides the list of chats, F3 the people of a room.",
    "Try these: Ctrl-K go to a chat · Ctrl-P everything parlour can do · F4 explore the server · Alt-S your presence · F1 help.",
    "Then join the plaza: type /join verona-plaza, or press F5.",
];

/// The user is here: everybody's presence, then the first words.
pub fn arrive(session: &mut Session) {
    for (at, person) in PEOPLE.iter().enumerate() {
        if let Some(xml) = presence_of(session, at, person.show, person.status) {
            session.send(xml);
        }
    }
    if !session.world.is_greeted {
        session.world.is_greeted = true;
        session.later(300, Event::Greets(0));
        let me = esc(super::JID);
        session.later(
            9_000,
            Event::Sends(format!(
                "<presence type='subscribe' from='paris@{DOMAIN}' to='{me}'><status>I am a friend of your father's</status></presence>"
            )),
        );
        session.later(
            14_000,
            Event::Sends(format!(
                "<message from='masquerade@{ROOMS}' to='{me}'><x xmlns='http://jabber.org/protocol/muc#user'>\
                 <invite from='mercutio@{DOMAIN}/road'><reason>Masks and torches, nine o'clock</reason></invite></x></message>"
            )),
        );
    }
    session.later(6_000, Event::Moves);
}

fn presence_of(session: &Session, person: usize, show: &str, status: &str) -> Option<String> {
    let local = PEOPLE.get(person)?.local;
    let to = esc(&session.me);
    if show == "offline" {
        return None;
    }
    let show = if show.is_empty() { String::new() } else { format!("<show>{show}</show>") };
    Some(format!(
        "<presence from='{local}@{DOMAIN}/balcony' to='{to}'>{show}<status>{}</status><priority>5</priority>{CAPS}</presence>",
        esc(status)
    ))
}

/// A message from the user.
pub fn message(session: &mut Session, element: &Element) {
    let to = attr(element, "to").to_owned();
    let bare = to.split('/').next().unwrap_or_default().to_owned();
    if bare.ends_with(ROOMS) {
        muc::message(session, element, &to);
        return;
    }
    let Some(body) = text(element, "body", super::xml::CLIENT) else { return };
    let inner: String = element.children().map(String::from).collect();
    let copy = format!(
        "<message xmlns='jabber:client' type='chat' id='{}' from='{}' to='{}'>{inner}</message>",
        esc(attr(element, "id")),
        esc(&session.me),
        esc(&to)
    );
    session.world.keep(&bare, now_ms(), copy);
    let Some(person) = PEOPLE.iter().position(|p| format!("{}@{DOMAIN}", p.local) == bare) else {
        let id = esc(attr(element, "id"));
        session.send(format!(
            "<message type='error' id='{id}' from='{}' to='{}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Nobody of that name lives here.</text></error></message>",
            esc(&to),
            esc(&session.me)
        ));
        return;
    };
    if element.has_child("request", "urn:xmpp:receipts") {
        let id = esc(attr(element, "id"));
        let own = session.world.id();
        session.send(format!(
            "<message id='{own}' from='{bare}/balcony' to='{}'><received xmlns='urn:xmpp:receipts' id='{id}'/></message>",
            esc(&session.me)
        ));
    }
    let pause = 900 + u64::try_from(body.len()).unwrap_or(0).min(40) * 20;
    session.later(pause, Event::Types(person));
    session.later(pause + 1_800, Event::Answers(person));
}

/// Something's time has come.
pub fn happen(session: &mut Session, event: Event) {
    match event {
        Event::Types(person) => {
            if let Some(p) = PEOPLE.get(person) {
                session.send(format!(
                    "<message type='chat' from='{}@{DOMAIN}/balcony' to='{}'><composing xmlns='{STATES}'/></message>",
                    p.local,
                    esc(&session.me)
                ));
            }
        }
        Event::Answers(person) => {
            let line = session.world.line(person);
            say(session, person, line);
        }
        Event::Greets(n) => {
            if let Some(line) = WELCOME.get(usize::from(n)) {
                say(session, 0, line);
                session.later(700, Event::Greets(n + 1));
            }
        }
        Event::Moves => moves(session),
        Event::PlazaTalks => {
            if let Some((_, nick)) = session.rooms.iter().find(|(r, _)| r.starts_with("verona-plaza@")).cloned() {
                let who =
                    session.world.present.get(session.world.dice.clone().below(session.world.present.len())).copied();
                let _ = session.world.dice.next();
                let mut line = session.world.dice.pick(PLAZA_LINES).copied().unwrap_or_default().to_owned();
                if session.world.dice.below(6) == 0 {
                    line = format!("{nick}: wherefore art thou?");
                }
                if let Some(who) = who {
                    muc::occupant_says(session, who, &line);
                }
                let pause = 4_000 + u64::try_from(session.world.dice.below(9_000)).unwrap_or(0);
                session.later(pause, Event::PlazaTalks);
            }
        }
        Event::PlazaMoves => muc::someone_moves(session),
        Event::Sends(xml) => session.send(xml),
    }
}

/// A contact says something to the user.
fn say(session: &mut Session, person: usize, line: &str) {
    let Some(p) = PEOPLE.get(person) else { return };
    let bare = format!("{}@{DOMAIN}", p.local);
    let id = session.world.id();
    let head =
        format!("<message xmlns='jabber:client' type='chat' id='{id}' from='{bare}/balcony' to='{}'>", esc(super::JID));
    let body = format!("<body>{}</body><active xmlns='{STATES}'/>", esc(line));
    let kept = session.world.keep(&bare, now_ms(), format!("{head}{body}</message>"));
    session.send(format!(
        "{head}{body}<stanza-id xmlns='urn:xmpp:sid:0' by='{}' id='{kept}'/></message>",
        esc(super::JID)
    ));
}

/// A contact changes: comes, goes, goes away.
fn moves(session: &mut Session) {
    const SHOWS: [(&str, &str); 5] = [
        ("", ""),
        ("away", "back in a minute"),
        ("dnd", "writing verses"),
        ("xa", "asleep"),
        ("offline", "to the masque!"),
    ];
    let person = 1 + session.world.dice.below(PEOPLE.len() - 1);
    let (show, status) = SHOWS[session.world.dice.below(SHOWS.len())];
    match (presence_of(session, person, show, status), PEOPLE.get(person)) {
        (Some(xml), _) => session.send(xml),
        (None, Some(p)) => session.send(format!(
            "<presence type='unavailable' from='{}@{DOMAIN}/balcony' to='{}'><status>{status}</status></presence>",
            p.local,
            esc(&session.me)
        )),
        (None, None) => {}
    }
    session.later(20_000, Event::Moves);
}

/// Whether a nickname belongs to somebody of the plaza.
pub fn plaza_index(nick: &str) -> Option<usize> {
    PLAZA.iter().position(|p| p.0 == nick)
}

/// The delay of an archived room message, for those who join without an archive.
pub fn history_delay(time: i64) -> String {
    world::delay(&format!("verona-plaza@{ROOMS}"), time)
}
