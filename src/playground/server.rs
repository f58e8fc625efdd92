//! The server: takes connections one after the other, reads what the client sends, and lets things
//! happen at their time.

use super::session::{Event, Session};
use super::stream::{self, Login, Top};
use super::world::{DOMAIN, JID, PASSWORD, ROOMS, World};
use super::xml::{addressed, attr};
use super::{chatter, iq, muc};
use futures_util::SinkExt as _;
use minidom::Element;
use std::io;
use tokio::{
    io::DuplexStream,
    sync::mpsc,
    time::{Instant, sleep_until},
};
use xmpp_parsers::presence::Presence;
use xmpp_parsers::sm::{A, Enabled, Failed, Nonza, StreamManagement};
use xmpp_parsers::{stanza_error::DefinedCondition, stream_features::StreamFeatures};

/// What the server can do after the login, besides binding.
fn features() -> StreamFeatures {
    StreamFeatures {
        stream_management: Some(StreamManagement { optional: false }),
        others: vec![Element::bare("ver", "urn:xmpp:features:rosterver")],
        ..StreamFeatures::default()
    }
}

/// What the client sent.
fn take(session: &mut Session, top: Top) {
    match top {
        Top::Any(stanza) => {
            match stanza.name() {
                "iq" => iq::take(session, &stanza),
                "message" => message(session, &stanza),
                "presence" => presence(session, &stanza),
                _ => return,
            }
            session.handled = session.handled.map(|h| h.wrapping_add(1));
        }
        Top::Sm(Nonza::Req(_)) => session.send(A::new(session.handled.unwrap_or_default())),
        Top::Sm(Nonza::Enable(_)) => {
            session.handled = Some(0);
            session.send(Enabled { id: None, location: None, max: None, resume: false });
        }
        Top::Sm(Nonza::Resume(_)) => session.send(Failed { h: None, error: Some(DefinedCondition::ItemNotFound) }),
        Top::Sm(Nonza::Enabled(_) | Nonza::Resumed(_) | Nonza::Failed(_) | Nonza::Ack(_)) | Top::Sasl(_) => {}
    }
}

/// A presence: to a room, to everybody, or about a subscription.
fn presence(session: &mut Session, element: &Element) {
    let to = attr(element, "to").to_owned();
    let kind = attr(element, "type").to_owned();
    if to.contains(ROOMS) {
        muc::presence(session, element, &to, &kind);
    } else if to.is_empty() && kind.is_empty() {
        session.send(addressed(element.clone(), &session.me, &session.me));
        if !session.is_present {
            session.is_present = true;
            chatter::arrive(session);
        }
    } else if kind == "subscribe" {
        let bare = to.split('/').next().unwrap_or_default();
        session.later(1_500, Event::Sends(Box::new(addressed(Presence::subscribed(), bare, JID))));
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
        Event::Sends(stanza) => session.send(*stanza),
    }
}

/// Serves one connection after the other; a new one ends the old one.
pub async fn serve(mut world: World, mut connections: mpsc::Receiver<DuplexStream>) {
    let mut next = connections.recv().await;
    while let Some(io) = next.take() {
        tokio::select! {
            // The client's end is seen by the client; the world goes on with the next connection.
            _ = converse(&mut world, io) => next = connections.recv().await,
            newer = connections.recv() => next = newer,
        }
    }
}

async fn converse(world: &mut World, io: DuplexStream) -> io::Result<()> {
    let user = JID.split('@').next().unwrap_or_default();
    let login = Login { domain: DOMAIN, user, password: PASSWORD };
    let (mut stream, me) = stream::login(io, login, features()).await?;
    let mut session = Session::new(world, me);
    loop {
        for element in std::mem::take(&mut session.out) {
            stream.send(&element).await?;
        }
        let due = session.schedule.keys().next().map(|(at, _)| *at);
        tokio::select! {
            incoming = stream::next(&mut stream) => match incoming? {
                Some(top) => take(&mut session, top),
                None => return stream.shutdown().await,
            },
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                if let Some((_, event)) = session.schedule.pop_first() {
                    happen(&mut session, event);
                }
            }
        }
    }
}
