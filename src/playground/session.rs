//! One client's session: what it is told, where it is, and what will happen to it.
//!
//! It knows nobody of the playground but the world, so that the rooms, the people and the answers to questions can all
//! work on it without knowing each other.

use super::world::World;
use minidom::Element;
use std::collections::BTreeMap;
use tokio::time::{Duration, Instant};

/// One client's session.
pub struct Session<'w> {
    /// The world.
    pub world: &'w mut World,
    /// The client's full JID.
    pub me: String,
    /// What is to be sent.
    pub out: Vec<Element>,
    /// Rooms that the user is in, with nickname.
    pub rooms: Vec<(String, String)>,
    /// Whether the user sent its first presence.
    pub is_present: bool,
    /// What happens later, by its time; two events of the same instant keep the order in which they were scheduled.
    pub schedule: BTreeMap<(Instant, u64), Event>,
    /// How many events were scheduled so far.
    scheduled: u64,
    /// How many stanzas the client sent since it asked for XEP-0198; `None` while it did not.
    pub handled: Option<u32>,
}

/// What happens at its time.
#[derive(Debug, Clone)]
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
    /// A stanza, later.
    Sends(Box<Element>),
}

impl<'w> Session<'w> {
    /// A session over this world, of the client with this full JID.
    pub fn new(world: &'w mut World, me: String) -> Self {
        Self {
            world,
            me,
            out: Vec::new(),
            rooms: Vec::new(),
            is_present: false,
            schedule: BTreeMap::new(),
            scheduled: 0,
            handled: None,
        }
    }

    /// Queues an element.
    pub fn send(&mut self, element: impl Into<Element>) {
        self.out.push(element.into());
    }

    /// Has something happen later.
    pub fn later(&mut self, ms: u64, event: Event) {
        self.scheduled += 1;
        self.schedule.insert((Instant::now() + Duration::from_millis(ms), self.scheduled), event);
    }
}
