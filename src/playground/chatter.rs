//! What the people of the demo do by themselves, and how they answer.

use super::clock::now_ms;
use super::session::{Event, Session};
use super::world::{DOMAIN, JID, PEOPLE, ROOMS};
use super::xml::{attr, esc, text};
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
        let me = esc(JID);
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

/// A message from the user to somebody who is in no room.
pub fn message(session: &mut Session, element: &Element, to: &str, bare: &str) {
    let Some(body) = text(element, "body", super::xml::CLIENT) else { return };
    let inner: String = element.children().map(String::from).collect();
    let copy = format!(
        "<message xmlns='jabber:client' type='chat' id='{}' from='{}' to='{}'>{inner}</message>",
        esc(attr(element, "id")),
        esc(&session.me),
        esc(to)
    );
    session.world.keep(bare, now_ms(), copy);
    let Some(person) = PEOPLE.iter().position(|p| format!("{}@{DOMAIN}", p.local) == bare) else {
        let id = esc(attr(element, "id"));
        session.send(format!(
            "<message type='error' id='{id}' from='{}' to='{}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Nobody of that name lives here.</text></error></message>",
            esc(to),
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

/// A contact begins to type.
pub fn types(session: &mut Session, person: usize) {
    if let Some(p) = PEOPLE.get(person) {
        session.send(format!(
            "<message type='chat' from='{}@{DOMAIN}/balcony' to='{}'><composing xmlns='{STATES}'/></message>",
            p.local,
            esc(&session.me)
        ));
    }
}

/// A contact answers with their next line.
pub fn answers(session: &mut Session, person: usize) {
    let line = session.world.line(person);
    say(session, person, line);
}

/// The guide says the next of the first words.
pub fn greets(session: &mut Session, n: u8) {
    if let Some(line) = WELCOME.get(usize::from(n)) {
        say(session, 0, line);
        session.later(700, Event::Greets(n + 1));
    }
}

/// A contact says something to the user.
fn say(session: &mut Session, person: usize, line: &str) {
    let Some(p) = PEOPLE.get(person) else { return };
    let bare = format!("{}@{DOMAIN}", p.local);
    let id = session.world.id();
    let head = format!("<message xmlns='jabber:client' type='chat' id='{id}' from='{bare}/balcony' to='{}'>", esc(JID));
    let body = format!("<body>{}</body><active xmlns='{STATES}'/>", esc(line));
    let kept = session.world.keep(&bare, now_ms(), format!("{head}{body}</message>"));
    session.send(format!("{head}{body}<stanza-id xmlns='urn:xmpp:sid:0' by='{}' id='{kept}'/></message>", esc(JID)));
}

/// A contact changes: comes, goes, goes away.
pub fn moves(session: &mut Session) {
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
