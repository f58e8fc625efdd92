//! One client's session: what it is told, where it is, and what will happen to it.
//!
//! It knows nobody of the playground but the world, so that the rooms, the people and the answers to questions can all
//! work on it without knowing each other.

use super::world::World;
use std::{cmp::Reverse, collections::BinaryHeap};
use tokio::time::{Duration, Instant};

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
    /// What happens later, soonest first.
    pub schedule: BinaryHeap<Reverse<(Instant, u64, Event)>>,
    /// How many events were scheduled: two of the same instant keep their order.
    pub scheduled: u64,
    /// How many stanzas the client sent since it asked for XEP-0198; `None` while it did not.
    pub handled: Option<u32>,
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
    /// A session over this world that has not logged in yet.
    pub fn new(world: World) -> Self {
        Self {
            world,
            me: String::new(),
            out: Vec::new(),
            rooms: Vec::new(),
            is_present: false,
            schedule: BinaryHeap::new(),
            scheduled: 0,
            handled: None,
        }
    }

    /// Queues a stanza.
    pub fn send(&mut self, xml: impl Into<String>) {
        self.out.push(xml.into());
    }

    /// Has something happen later.
    pub fn later(&mut self, ms: u64, event: Event) {
        self.scheduled += 1;
        self.schedule.push(Reverse((Instant::now() + Duration::from_millis(ms), self.scheduled, event)));
    }
}
