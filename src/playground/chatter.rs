//! What the people of the demo do by themselves, and how they answer.

use super::clock::now_ms;
use super::disco;
use super::session::{Event, Session};
use super::world::{DOMAIN, GUIDE, JID, Mood, PEOPLE, ROOMS};
use super::xml::{self, addressed, attr, text};
use minidom::Element;
use xmpp_parsers::caps::{Caps, compute_disco, hash_caps};
use xmpp_parsers::chatstates::ChatState;
use xmpp_parsers::hashes::Algo;
use xmpp_parsers::jid::Jid;
use xmpp_parsers::message::{Message, MessageType};
use xmpp_parsers::muc::{MucUser, user::Invite};
use xmpp_parsers::ns;
use xmpp_parsers::presence::{Presence, Show};
use xmpp_parsers::reactions::{Reaction, Reactions};
use xmpp_parsers::receipts::{Received, Request};
use xmpp_parsers::stanza_error::{DefinedCondition, ErrorType};

/// The first words, one message each.
const WELCOME: &[&str] = &[
    "Welcome to parlour! Everything here lives inside the program: nothing touches the network.",
    "Type an answer below and press *Enter*. F2 shows or hides the list of chats, F3 the people of a room.",
    "Try these: Ctrl-K go to a chat · Ctrl-P everything parlour can do · F4 explore the server · Alt-S your presence · F1 help.",
    "Then join the plaza: type /join verona-plaza, or press F5.",
];

/// The user is here: everybody's presence, then the first words.
pub fn arrive(session: &mut Session) {
    for person in PEOPLE {
        if person.mood != Mood::Gone {
            let presence = presence_of(session, person.local, &person.mood, person.status);
            session.send(presence);
        }
    }
    if !session.world.is_greeted {
        session.world.is_greeted = true;
        session.later(300, Event::Greets(0));
        let mut ask = Presence::subscribe();
        ask.set_status("", "I am a friend of your father's");
        session.later(9_000, Event::Sends(Box::new(addressed(ask, &format!("paris@{DOMAIN}"), JID))));
        let invite = Invite {
            from: Jid::new(&format!("mercutio@{DOMAIN}/road")).ok(),
            to: None,
            reason: Some("Masks and torches, nine o'clock".to_owned()),
        };
        let invite = Message::normal(None).with_payload(MucUser { invite: Some(invite), ..MucUser::new() });
        session.later(14_000, Event::Sends(Box::new(addressed(invite, &format!("masquerade@{ROOMS}"), JID))));
    }
    session.later(6_000, Event::Moves);
}

fn presence_of(session: &Session, local: &str, mood: &Mood, status: &str) -> Element {
    let mut presence = match mood {
        Mood::Gone => Presence::unavailable(),
        Mood::Free => Presence::available().with_priority(5),
        Mood::Engaged(show) => Presence::available().with_priority(5).with_show(show.clone()),
    };
    presence.set_status("", status);
    if *mood != Mood::Gone
        && let Ok(hash) = hash_caps(&compute_disco(&disco::client("")), Algo::Sha_1)
    {
        presence.add_payload(Caps::new("https://parlour.demo/people", hash));
    }
    addressed(presence, &format!("{local}@{DOMAIN}/balcony"), &session.me)
}

/// A message from the user to somebody who is in no room.
pub fn message(session: &mut Session, element: &Element, to: &str, bare: &str) {
    let Some(body) = text(element, "body") else { return };
    let id = attr(element, "id");
    session.world.keep(bare, now_ms(), addressed(element.clone(), &session.me, to));
    let Some(person) = PEOPLE.iter().position(|p| format!("{}@{DOMAIN}", p.local) == bare) else {
        let why = xml::error(ErrorType::Cancel, DefinedCondition::ItemNotFound, "Nobody of that name lives here.");
        let refusal = xml::empty(MessageType::Error, id).with_payload(why);
        session.send(addressed(refusal, to, &session.me));
        return;
    };
    if element.children().any(|c| Request::try_from(c.clone()).is_ok()) {
        let receipt = xml::empty(MessageType::Normal, &session.world.id());
        let receipt = receipt.with_payload(Received { id: id.to_owned() });
        session.send(addressed(receipt, &format!("{bare}/balcony"), &session.me));
    }
    let pause = 900 + u64::try_from(body.len()).unwrap_or(0).min(40) * 20;
    let is_new = !element.children().any(|c| c.is("replace", ns::MESSAGE_CORRECT));
    if bare == GUIDE && is_new {
        let reactions = Reactions { id: id.to_owned(), reactions: vec![Reaction { emoji: "👍".to_owned() }] };
        let likes = xml::empty(MessageType::Chat, &session.world.id()).with_payload(reactions);
        let likes = addressed(likes, &format!("{bare}/balcony"), &session.me);
        session.later(pause / 2, Event::Sends(Box::new(likes)));
    }
    session.later(pause, Event::Types(person));
    session.later(pause + 1_800, Event::Answers(person));
}

/// A contact begins to type.
pub fn types(session: &mut Session, person: usize) {
    if let Some(p) = PEOPLE.get(person) {
        let typing = Message::chat(None).with_payload(ChatState::Composing);
        session.send(addressed(typing, &format!("{}@{DOMAIN}/balcony", p.local), &session.me));
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
    let message = xml::message(MessageType::Chat, &session.world.id(), line).with_payload(ChatState::Active);
    let message = addressed(message, &format!("{bare}/balcony"), JID);
    let kept = session.world.keep(&bare, now_ms(), message.clone());
    session.send(xml::marked(message, JID, kept));
}

/// A contact changes: comes, goes, goes away.
pub fn moves(session: &mut Session) {
    const MOODS: [(Mood, &str); 5] = [
        (Mood::Free, ""),
        (Mood::Engaged(Show::Away), "back in a minute"),
        (Mood::Engaged(Show::Dnd), "writing verses"),
        (Mood::Engaged(Show::Xa), "asleep"),
        (Mood::Gone, "to the masque!"),
    ];
    let person = 1 + session.world.dice.below(PEOPLE.len() - 1);
    let (mood, status) = &MOODS[session.world.dice.below(MOODS.len())];
    if let Some(p) = PEOPLE.get(person) {
        let presence = presence_of(session, p.local, mood, status);
        session.send(presence);
    }
    session.later(20_000, Event::Moves);
}
