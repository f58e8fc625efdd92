//! Rooms (XEP-0045): the busy plaza, a room with a password, and whatever the user makes.

use super::clock::now_ms;
use super::session::{Event, Session};
use super::world::{PLAZA, PLAZA_LINES, ROOMS, history_delay, plaza_index};
use super::xml::{MUC, MUC_USER, attr, esc, text};
use minidom::Element;

/// The room with a password, and its password.
const LOCKED: (&str, &str) = ("secret-garden", "rose");
/// How many old messages the plaza sends to those who ask for them.
const HISTORY: usize = 20;

fn occupant(room: &str, who: usize, to: &str, extra: &str) -> String {
    let Some((nick, affiliation, role, show)) = PLAZA.get(who) else { return String::new() };
    let show = if show.is_empty() { String::new() } else { format!("<show>{show}</show>") };
    format!(
        "<presence from='{}/{}' to='{}'>{show}<x xmlns='{MUC_USER}'><item affiliation='{affiliation}' role='{role}'/>{extra}</x></presence>",
        esc(room),
        esc(nick),
        esc(to)
    )
}

fn own_presence(room: &str, nick: &str, to: &str, extra: &str) -> String {
    let affiliation = if room.starts_with("verona-plaza@") { "member" } else { "owner" };
    let role = if affiliation == "owner" { "moderator" } else { "participant" };
    format!(
        "<presence from='{}/{}' to='{}'><x xmlns='{MUC_USER}'><item affiliation='{affiliation}' role='{role}'/>{extra}</x></presence>",
        esc(room),
        esc(nick),
        esc(to)
    )
}

fn refuse(session: &mut Session, to: &str, kind: &str, condition: &str) {
    session.send(format!(
        "<presence type='error' from='{}' to='{}'><x xmlns='{MUC}'/><error type='{kind}'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
        esc(to),
        esc(&session.me)
    ));
}

/// A presence to a room: join, change of nickname or state, leave.
pub fn presence(session: &mut Session, element: &Element, to: &str, kind: &str) {
    let Some((room, nick)) = to.split_once('/') else { return };
    let (room, nick) = (room.to_owned(), nick.to_owned());
    let me = session.me.clone();
    let at = session.rooms.iter().position(|(r, _)| *r == room);
    if kind == "unavailable" {
        if let Some(at) = at {
            let (_, nick) = session.rooms.remove(at);
            session.send(format!(
                "<presence type='unavailable' from='{}/{}' to='{}'><x xmlns='{MUC_USER}'><item affiliation='none' role='none'/><status code='110'/></x></presence>",
                esc(&room), esc(&nick), esc(&me)
            ));
        }
        return;
    }
    if room.starts_with("verona-plaza@") && plaza_index(&nick).is_some_and(|i| session.world.present.contains(&i)) {
        refuse(session, to, "cancel", "conflict");
        return;
    }
    if let Some(at) = at {
        let old = std::mem::replace(&mut session.rooms[at].1, nick.clone());
        if old != nick {
            session.send(format!(
                "<presence type='unavailable' from='{}/{}' to='{}'><x xmlns='{MUC_USER}'><item affiliation='member' role='participant' nick='{}'/><status code='303'/><status code='110'/></x></presence>",
                esc(&room), esc(&old), esc(&me), esc(&nick)
            ));
        }
        session.send(own_presence(&room, &nick, &me, "<status code='110'/>"));
        return;
    }
    let muc = element.get_child("x", MUC);
    let password = muc.and_then(|x| text(x, "password", MUC)).unwrap_or_default();
    if room.starts_with(LOCKED.0) && password != LOCKED.1 {
        refuse(session, to, "auth", "not-authorized");
        return;
    }
    session.rooms.push((room.clone(), nick.clone()));
    let is_plaza = room.starts_with("verona-plaza@");
    if is_plaza {
        for who in session.world.present.clone() {
            session.send(occupant(&room, who, &me, ""));
        }
    }
    let is_known =
        is_plaza || room.starts_with(LOCKED.0) || room.starts_with("masquerade@") || room.starts_with("quiet-room@");
    let codes = if is_known { "<status code='110'/>" } else { "<status code='110'/><status code='201'/>" };
    session.send(own_presence(&room, &nick, &me, codes));
    let history =
        muc.and_then(|x| x.get_child("history", MUC)).map(|h| attr(h, "maxstanzas").parse().unwrap_or(HISTORY));
    if is_plaza {
        let wanted = history.unwrap_or(HISTORY).min(HISTORY);
        let from = session.world.room_archive.len().saturating_sub(wanted);
        let old: Vec<String> = session.world.room_archive[from..]
            .iter()
            .map(|m| m.xml.replacen("</message>", &format!("{}</message>", history_delay(m.time)), 1))
            .collect();
        for xml in old {
            session.send(xml);
        }
        session.later(5_000, Event::PlazaTalks);
        session.later(12_000, Event::PlazaMoves);
    }
    let subject = if is_plaza { session.world.subject.clone() } else { String::new() };
    session.send(format!(
        "<message type='groupchat' from='{}' to='{}'><subject>{}</subject></message>",
        esc(&room),
        esc(&me),
        esc(&subject)
    ));
}

/// A message to a room, or in private to somebody in it.
pub fn message(session: &mut Session, element: &Element, to: &str) {
    let me = session.me.clone();
    let (room, to_nick) = to.split_once('/').map_or((to, None), |(r, n)| (r, Some(n)));
    let Some(nick) = session.rooms.iter().find(|(r, _)| r == room).map(|(_, n)| n.clone()) else { return };
    if let Some(other) = to_nick {
        if text(element, "body", super::xml::CLIENT).is_some() {
            let id = session.world.id();
            session.later(
                1_500,
                Event::Sends(format!(
                    "<message type='chat' id='{id}' from='{}/{}' to='{}'><body>Hush, not so loud. Meet me by the wall.</body><x xmlns='{MUC_USER}'/></message>",
                    esc(room), esc(other), esc(&me)
                )),
            );
        }
        return;
    }
    if attr(element, "type") != "groupchat" {
        return;
    }
    let from = format!("{}/{}", esc(room), esc(&nick));
    let id = esc(attr(element, "id"));
    if let Some(subject) = text(element, "subject", super::xml::CLIENT) {
        if room.starts_with("verona-plaza@") {
            session.world.subject.clone_from(&subject);
        }
        session.send(format!(
            "<message type='groupchat' id='{id}' from='{from}' to='{}'><subject>{}</subject></message>",
            esc(&me),
            esc(&subject)
        ));
        return;
    }
    if text(element, "body", super::xml::CLIENT).is_none() {
        return;
    }
    let inner: String = element.children().map(String::from).collect();
    let head = format!("<message xmlns='jabber:client' type='groupchat' id='{id}' from='{from}'>{inner}");
    let kept = session.world.keep_room(now_ms(), format!("{head}</message>"));
    session.send(format!("{head}<stanza-id xmlns='urn:xmpp:sid:0' by='{}' id='{kept}'/></message>", esc(room)));
}

/// An occupant of the plaza says something to all.
fn occupant_says(session: &mut Session, who: usize, line: &str) {
    let xml = session.world.plaza_message(who, line);
    let kept = session.world.keep_room(now_ms(), xml.clone());
    let mark = format!("<stanza-id xmlns='urn:xmpp:sid:0' by='verona-plaza@{ROOMS}' id='{kept}'/></message>");
    session.send(xml.replacen("</message>", &mark, 1));
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
    let me = session.me.clone();
    if let Some(at) = session.world.present.iter().position(|p| *p == who) {
        session.world.present.remove(at);
        let nick = PLAZA.get(who).map_or("", |p| p.0);
        session.send(format!(
            "<presence type='unavailable' from='{room}/{}' to='{}'><x xmlns='{MUC_USER}'><item affiliation='none' role='none'/></x></presence>",
            esc(nick), esc(&me)
        ));
    } else {
        session.world.present.push(who);
        session.send(occupant(&room, who, &me, ""));
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
