//! Rooms (XEP-0045): the busy plaza, a room with a password, and whatever the user makes.

use super::clock::now_ms;
use super::session::{Event, Session};
use super::world::{PLAZA, PLAZA_LINES, ROOMS, history_delay, plaza_index};
use super::xml::{self, Place, Standing, addressed, attr, text};
use minidom::Element;
use xmpp_parsers::message::{Lang, Message, MessageType};
use xmpp_parsers::muc::{Muc, MucUser, user::Status};
use xmpp_parsers::ns;
use xmpp_parsers::presence::{Presence, Type};
use xmpp_parsers::stanza_error::{DefinedCondition, ErrorType};

/// The room with a password, and its password.
const LOCKED: (&str, &str) = ("secret-garden", "rose");
/// How many old messages the plaza sends to those who ask for them.
const HISTORY: usize = 20;

/// How somebody's presence in a room is told to the user.
fn seen(presence: Presence, standing: Standing, room: &str, nick: &str, to: &str) -> Element {
    let mut presence = addressed(presence, &format!("{room}/{nick}"), to);
    presence.append_child(standing.into());
    presence
}

fn standing(affiliation: &'static str, role: &'static str, status: Vec<Status>) -> Standing {
    Standing { item: Place { affiliation, role, nick: None }, status }
}

fn occupant(room: &str, who: usize, to: &str) -> Option<Element> {
    let (nick, affiliation, role, show) = PLAZA.get(who)?;
    let presence = Presence { show: show.clone(), ..Presence::available() };
    Some(seen(presence, standing(affiliation, role, Vec::new()), room, nick, to))
}

fn own_presence(room: &str, nick: &str, to: &str, status: Vec<Status>) -> Element {
    let (affiliation, role) =
        if room.starts_with("verona-plaza@") { ("member", "participant") } else { ("owner", "moderator") };
    seen(Presence::available(), standing(affiliation, role, status), room, nick, to)
}

fn refuse(session: &mut Session, room: &str, kind: ErrorType, condition: DefinedCondition) {
    let refusal = Presence::new(Type::Error).with_payload(Muc::new()).with_payload(xml::error(kind, condition, ""));
    session.send(addressed(refusal, room, &session.me));
}

fn is_known(room: &str) -> bool {
    ["verona-plaza@", LOCKED.0, "masquerade@", "quiet-room@"].iter().any(|known| room.starts_with(known))
}

/// A presence to a room: join, change of nickname or state, leave.
pub fn presence(session: &mut Session, element: &Element, to: &str, kind: &str) {
    let Some((room, nick)) = to.split_once('/') else { return };
    let at = session.rooms.iter().position(|(r, _)| r == room);
    if kind == "unavailable" {
        if let Some(at) = at {
            let (_, nick) = session.rooms.remove(at);
            let gone = standing("none", "none", vec![Status::SelfPresence]);
            session.send(seen(Presence::unavailable(), gone, room, &nick, &session.me));
        }
        return;
    }
    let is_taken = plaza_index(nick).is_some_and(|i| session.world.present.contains(&i));
    if room.starts_with("verona-plaza@") && is_taken {
        refuse(session, to, ErrorType::Cancel, DefinedCondition::Conflict);
        return;
    }
    if let Some(at) = at {
        let old = std::mem::replace(&mut session.rooms[at].1, nick.to_owned());
        if old != nick {
            let mut renamed = standing("member", "participant", vec![Status::NewNick, Status::SelfPresence]);
            renamed.item.nick = Some(nick.to_owned());
            session.send(seen(Presence::unavailable(), renamed, room, &old, &session.me));
        }
        session.send(own_presence(room, nick, &session.me, vec![Status::SelfPresence]));
        return;
    }
    let muc = element.get_child("x", ns::MUC).and_then(|x| Muc::try_from(x.clone()).ok()).unwrap_or_default();
    if room.starts_with(LOCKED.0) && muc.password.as_deref() != Some(LOCKED.1) {
        refuse(session, to, ErrorType::Auth, DefinedCondition::NotAuthorized);
        return;
    }
    enter(session, room, nick, &muc);
}

/// What somebody is told who enters a room: who is there, themselves, what was said, the subject.
fn enter(session: &mut Session, room: &str, nick: &str, muc: &Muc) {
    let me = session.me.clone();
    session.rooms.push((room.to_owned(), nick.to_owned()));
    let is_plaza = room.starts_with("verona-plaza@");
    if is_plaza {
        let people: Vec<Element> = session.world.present.iter().filter_map(|who| occupant(room, *who, &me)).collect();
        session.out.extend(people);
    }
    let mut codes = vec![Status::SelfPresence];
    if !is_known(room) {
        codes.push(Status::RoomHasBeenCreated);
    }
    session.send(own_presence(room, nick, &me, codes));
    let mut subject = String::new();
    if is_plaza {
        let wanted = muc.history.as_ref().and_then(|h| h.maxstanzas).and_then(|n| usize::try_from(n).ok());
        let from = session.world.room_archive.len().saturating_sub(wanted.unwrap_or(HISTORY).min(HISTORY));
        let old = session.world.room_archive[from..].iter().map(|m| {
            let mut message = m.message.clone();
            message.append_child(history_delay(m.time).into());
            message
        });
        session.out.extend(old);
        session.later(5_000, Event::PlazaTalks);
        session.later(12_000, Event::PlazaMoves);
        subject.clone_from(&session.world.subject);
    }
    session.send(addressed(about("", subject), room, &me));
}

/// A message that says what a room is about.
fn about(id: &str, subject: String) -> Message {
    let mut message = xml::empty(MessageType::Groupchat, id);
    message.subjects.insert(Lang::new(), subject);
    message
}

/// A message to a room, or in private to somebody in it.
pub fn message(session: &mut Session, element: &Element, to: &str) {
    let me = session.me.clone();
    let (room, to_nick) = to.split_once('/').map_or((to, None), |(r, n)| (r, Some(n)));
    let Some(nick) = session.rooms.iter().find(|(r, _)| r == room).map(|(_, n)| n.clone()) else { return };
    let has_body = text(element, "body").is_some();
    if to_nick.is_some() {
        if has_body {
            let id = session.world.id();
            let hush = xml::message(MessageType::Chat, &id, "Hush, not so loud. Meet me by the wall.");
            session.later(1_500, Event::Sends(Box::new(addressed(hush.with_payload(MucUser::new()), to, &me))));
        }
        return;
    }
    if attr(element, "type") != "groupchat" {
        return;
    }
    let from = format!("{room}/{nick}");
    if let Some(subject) = text(element, "subject") {
        if room.starts_with("verona-plaza@") {
            session.world.subject.clone_from(&subject);
        }
        session.send(addressed(about(attr(element, "id"), subject), &from, &me));
    } else if has_body {
        let echo = addressed(element.clone(), &from, &me);
        let kept = session.world.keep_room(now_ms(), echo.clone());
        session.send(xml::marked(echo, room, kept));
    }
}

/// An occupant of the plaza says something to all.
fn occupant_says(session: &mut Session, who: usize, line: &str) {
    let message = session.world.plaza_message(who, line);
    let kept = session.world.keep_room(now_ms(), message.clone());
    session.send(xml::marked(message, &format!("verona-plaza@{ROOMS}"), kept));
}

/// Somebody in the plaza talks, if the user is there to hear it.
pub fn someone_talks(session: &mut Session) {
    let Some((_, nick)) = session.rooms.iter().find(|(r, _)| r.starts_with("verona-plaza@")).cloned() else { return };
    let who = session.world.present.get(session.world.dice.clone().below(session.world.present.len())).copied();
    let _ = session.world.dice.next();
    let mut line = session.world.dice.pick(PLAZA_LINES).copied().unwrap_or_default().to_owned();
    if session.world.dice.below(6) == 0 {
        line = format!("{nick}: wherefore art thou?");
    }
    if let Some(who) = who {
        occupant_says(session, who, &line);
    }
    let pause = 4_000 + u64::try_from(session.world.dice.below(9_000)).unwrap_or(0);
    session.later(pause, Event::PlazaTalks);
}

/// Somebody enters or leaves the plaza.
pub fn someone_moves(session: &mut Session) {
    let room = format!("verona-plaza@{ROOMS}");
    if !session.rooms.iter().any(|(r, _)| *r == room) {
        return;
    }
    let who = session.world.dice.below(PLAZA.len());
    if let Some(at) = session.world.present.iter().position(|p| *p == who) {
        session.world.present.remove(at);
        let nick = PLAZA.get(who).map_or("", |p| p.0);
        let gone = standing("none", "none", Vec::new());
        session.send(seen(Presence::unavailable(), gone, &room, nick, &session.me));
    } else {
        session.world.present.push(who);
        session.out.extend(occupant(&room, who, &session.me));
    }
    session.later(15_000, Event::PlazaMoves);
}

/// Rooms that the service lists: (localpart, name).
pub fn listed() -> Vec<(String, String)> {
    let mut rooms = vec![
        ("verona-plaza".to_owned(), "Verona Plaza".to_owned()),
        ("masquerade".to_owned(), "Masquerade 🎭".to_owned()),
        ("quiet-room".to_owned(), "Quiet room".to_owned()),
        (LOCKED.0.to_owned(), "Secret garden (say: rose)".to_owned()),
        ("zhongwen".to_owned(), "中文交流".to_owned()),
    ];
    rooms.extend((1..=57).map(|n| (format!("guild-{n:02}"), format!("Guild number {n}"))));
    rooms
}
