//! The server: takes connections one after the other, reads what the client sends, and lets things
//! happen at their time.

use super::session::{Event, Session};
use super::stream::{Incoming, Stream};
use super::world::{DOMAIN, JID, PASSWORD, ROOMS, World};
use super::xml::{attr, esc};
use super::{chatter, iq, muc};
use minidom::Element;
use std::{cmp::Reverse, io};
use tokio::{
    io::DuplexStream,
    sync::mpsc,
    time::{Instant, sleep_until},
};

/// Stream features after the login, besides binding.
const FEATURES: &str = "<sm xmlns='urn:xmpp:sm:3'/><ver xmlns='urn:xmpp:features:rosterver'/>";
const SM: &str = "urn:xmpp:sm:3";

/// What the client sent: a stanza, or a word of XEP-0198.
fn take(session: &mut Session, element: &Element) {
    match element.name() {
        "iq" | "message" | "presence" => {
            if let Some(h) = &mut session.handled {
                *h = h.wrapping_add(1);
            }
            match element.name() {
                "iq" => iq::take(session, element),
                "message" => message(session, element),
                _ => presence(session, element),
            }
        }
        "r" if element.ns() == SM => {
            let h = session.handled.unwrap_or_default();
            session.send(format!("<a xmlns='{SM}' h='{h}'/>"));
        }
        "enable" if element.ns() == SM => {
            session.handled = Some(0);
            session.send(format!("<enabled xmlns='{SM}'/>"));
        }
        "resume" if element.ns() == SM => {
            session.send(format!(
                "<failed xmlns='{SM}'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"
            ));
        }
        _ => {}
    }
}

/// A presence: to a room, to everybody, or about a subscription.
fn presence(session: &mut Session, element: &Element) {
    let to = attr(element, "to").to_owned();
    let kind = attr(element, "type").to_owned();
    if to.contains(ROOMS) {
        muc::presence(session, element, &to, &kind);
    } else if to.is_empty() && kind.is_empty() {
        let inner: String = element.children().map(String::from).collect();
        let me = esc(&session.me);
        session.send(format!("<presence from='{me}' to='{me}'>{inner}</presence>"));
        if !session.is_present {
            session.is_present = true;
            chatter::arrive(session);
        }
    } else if kind == "subscribe" {
        let bare = to.split('/').next().unwrap_or_default().to_owned();
        let me = esc(JID);
        session.later(1_500, Event::Sends(format!("<presence type='subscribed' from='{}' to='{me}'/>", esc(&bare))));
    }
}

/// A message: to a room or somebody in it, or to a contact.
fn message(session: &mut Session, element: &Element) {
    let to = attr(element, "to").to_owned();
    let bare = to.split('/').next().unwrap_or_default();
    if bare.ends_with(ROOMS) {
        muc::message(session, element, &to);
    } else {
        chatter::message(session, element, &to, bare);
    }
}

/// Something's time has come.
fn happen(session: &mut Session, event: Event) {
    match event {
        Event::Types(person) => chatter::types(session, person),
        Event::Answers(person) => chatter::answers(session, person),
        Event::Greets(n) => chatter::greets(session, n),
        Event::Moves => chatter::moves(session),
        Event::PlazaTalks => muc::someone_talks(session),
        Event::PlazaMoves => muc::someone_moves(session),
        Event::Sends(xml) => session.send(xml),
    }
}

/// Serves one connection after the other; a new one ends the old one.
pub async fn serve(world: World, mut connections: mpsc::Receiver<DuplexStream>) {
    let mut world = Some(world);
    let mut next = connections.recv().await;
    while let (Some(io), Some(held)) = (next.take(), world.take()) {
        let mut stream = Stream::new(io);
        let mut session = Session::new(held);
        tokio::select! {
            // The client's end is seen by the client; the world goes on with the next connection.
            _ = converse(&mut session, &mut stream) => next = connections.recv().await,
            newer = connections.recv() => next = newer,
        }
        world = Some(session.world);
    }
}

async fn converse(session: &mut Session, stream: &mut Stream) -> io::Result<()> {
    let user = JID.split('@').next().unwrap_or_default();
    session.me = stream.login(DOMAIN, user, PASSWORD, FEATURES).await?;
    loop {
        for xml in std::mem::take(&mut session.out) {
            stream.send(&xml).await?;
        }
        let due = session.schedule.peek().map(|Reverse((at, ..))| *at);
        tokio::select! {
            incoming = stream.next() => match incoming? {
                Incoming::Element(element) => take(session, &element),
                Incoming::Header => {}
                Incoming::Footer => {
                    return stream.send("</stream:stream>").await;
                }
            },
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                if let Some(Reverse((_, _, event))) = session.schedule.pop() {
                    happen(session, event);
                }
            }
        }
    }
}
