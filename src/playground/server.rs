//! The server: takes connections one after the other, reads what the client sends, and lets things
//! happen at their time.

use super::stream::{Incoming, Stream};
use super::world::{DOMAIN, World};
use super::xml::{attr, esc};
use super::{chatter, iq, muc};
use minidom::Element;
use std::{cmp::Reverse, collections::BinaryHeap, io};
use tokio::{
    io::DuplexStream,
    sync::mpsc,
    time::{Duration, Instant, sleep_until},
};

/// Stream features after the login, besides binding.
const FEATURES: &str = "<sm xmlns='urn:xmpp:sm:3'/><ver xmlns='urn:xmpp:features:rosterver'/>";
const SM: &str = "urn:xmpp:sm:3";

/// One client's session.
pub struct Session {
    /// The world.
    pub world: World,
    /// The client's full JID.
    pub me: String,
    /// What is to be sent.
    pub out: Vec<String>,
    /// Rooms that the user is in, with nickname.
    pub rooms: Vec<(String, String)>,
    /// Whether the user sent its first presence.
    pub is_present: bool,
    /// What happens later.
    schedule: BinaryHeap<Reverse<(Instant, u64, Event)>>,
    scheduled: u64,
    handled: Option<u32>,
}

/// What happens at its time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// A person begins to type an answer.
    Types(usize),
    /// A person answers.
    Answers(usize),
    /// A person comes, goes or changes.
    Moves,
    /// Somebody in the plaza talks.
    PlazaTalks,
    /// Somebody enters or leaves the plaza.
    PlazaMoves,
    /// The first words.
    Greets(u8),
    /// A raw stanza, later.
    Sends(String),
}

impl Session {
    /// Queues a stanza.
    pub fn send(&mut self, xml: impl Into<String>) {
        self.out.push(xml.into());
    }

    /// Has something happen later.
    pub fn later(&mut self, ms: u64, event: Event) {
        self.scheduled += 1;
        self.schedule.push(Reverse((Instant::now() + Duration::from_millis(ms), self.scheduled, event)));
    }

    fn take(&mut self, element: &Element) {
        match element.name() {
            "iq" | "message" | "presence" => {
                if let Some(h) = &mut self.handled {
                    *h = h.wrapping_add(1);
                }
                match element.name() {
                    "iq" => iq::take(self, element),
                    "message" => chatter::message(self, element),
                    _ => self.presence(element),
                }
            }
            "r" if element.ns() == SM => {
                let h = self.handled.unwrap_or_default();
                self.send(format!("<a xmlns='{SM}' h='{h}'/>"));
            }
            "enable" if element.ns() == SM => {
                self.handled = Some(0);
                self.send(format!("<enabled xmlns='{SM}'/>"));
            }
            "resume" if element.ns() == SM => {
                self.send(format!(
                    "<failed xmlns='{SM}'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"
                ));
            }
            _ => {}
        }
    }

    fn presence(&mut self, element: &Element) {
        let to = attr(element, "to").to_owned();
        let kind = attr(element, "type").to_owned();
        if to.contains(super::world::ROOMS) {
            muc::presence(self, element, &to, &kind);
        } else if to.is_empty() && kind.is_empty() {
            let inner: String = element.children().map(String::from).collect();
            let me = esc(&self.me);
            self.send(format!("<presence from='{me}' to='{me}'>{inner}</presence>"));
            if !self.is_present {
                self.is_present = true;
                chatter::arrive(self);
            }
        } else if kind == "subscribe" {
            let bare = to.split('/').next().unwrap_or_default().to_owned();
            let me = esc(super::JID);
            self.later(1_500, Event::Sends(format!("<presence type='subscribed' from='{}' to='{me}'/>", esc(&bare))));
        }
    }
}

/// Serves one connection after the other; a new one ends the old one.
pub async fn serve(world: World, mut connections: mpsc::Receiver<DuplexStream>) {
    let mut world = Some(world);
    let mut next = connections.recv().await;
    while let (Some(io), Some(held)) = (next.take(), world.take()) {
        let mut stream = Stream::new(io);
        let mut session = Session {
            world: held,
            me: String::new(),
            out: Vec::new(),
            rooms: Vec::new(),
            is_present: false,
            schedule: BinaryHeap::new(),
            scheduled: 0,
            handled: None,
        };
        tokio::select! {
            // The client's end is seen by the client; the world goes on with the next connection.
            _ = converse(&mut session, &mut stream) => next = connections.recv().await,
            newer = connections.recv() => next = newer,
        }
        world = Some(session.world);
    }
}

async fn converse(session: &mut Session, stream: &mut Stream) -> io::Result<()> {
    let user = super::JID.split('@').next().unwrap_or_default();
    session.me = stream.login(DOMAIN, user, super::PASSWORD, FEATURES).await?;
    loop {
        for xml in std::mem::take(&mut session.out) {
            stream.send(&xml).await?;
        }
        let due = session.schedule.peek().map(|Reverse((at, ..))| *at);
        tokio::select! {
            incoming = stream.next() => match incoming? {
                Incoming::Element(element) => session.take(&element),
                Incoming::Header => {}
                Incoming::Footer => {
                    return stream.send("</stream:stream>").await;
                }
            },
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                if let Some(Reverse((_, _, event))) = session.schedule.pop() {
                    chatter::happen(session, event);
                }
            }
        }
    }
}
