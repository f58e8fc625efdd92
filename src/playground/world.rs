//! The demo world: who lives in it, what they say, what was said before.

use super::clock::{Dice, now_ms, stamp};
use super::xml::{self, addressed};
use minidom::Element;
use xmpp_parsers::message::MessageType::{Chat, Groupchat};
use xmpp_parsers::presence::Show;
use xmpp_parsers::roster::{Ask, Group, Item, Subscription};
use xmpp_parsers::{delay::Delay, jid::BareJid, ns, stanza_error::DefinedCondition, vcard::VCard};

/// The account of the demo.
pub const JID: &str = "you@parlour.demo";
/// Its password; the server checks it like any other.
pub const PASSWORD: &str = "demo";
/// Who explains what there is to try.
pub const GUIDE: &str = "guide@parlour.demo";
/// The server's domain.
pub const DOMAIN: &str = "parlour.demo";
/// The rooms service.
pub const ROOMS: &str = "rooms.parlour.demo";
/// One minute in milliseconds.
const MINUTE: i64 = 60_000;

/// Whether a person is there, and how.
#[derive(Debug, Clone, PartialEq)]
pub enum Mood {
    /// There, and free to talk.
    Free,
    /// There, and otherwise engaged.
    Engaged(Show),
    /// Not there.
    Gone,
}

/// A contact of the demo.
pub struct Person {
    /// The localpart.
    pub local: &'static str,
    /// The name in the roster.
    pub name: &'static str,
    /// The roster group.
    pub group: &'static str,
    /// Where they are at first.
    pub mood: Mood,
    /// The status text.
    pub status: &'static str,
    /// What they answer, in turn.
    pub lines: &'static [&'static str],
}

/// The contacts.
pub const PEOPLE: &[Person] = &[
    Person {
        local: "guide",
        name: "parlour guide",
        group: "Help",
        mood: Mood::Free,
        status: "ask me anything",
        lines: &[
            "I am a small program, but I listen. Try /help, or press F1: it lists the keys for where you are.",
            "Ctrl-K goes to any chat by a few letters. Ctrl-P lists everything that parlour can do.",
            "Alt-A takes you to the next unread message. Alt-Up selects a message: r replies, e edits, + reacts, y copies it.",
            "Ctrl-F searches this chat, Alt-G searches everywhere. 中文 and emoji are found too.",
            "When you are ready: Ctrl-Q quits, then start `parlour` without `demo` to sign in for real.",
        ],
    },
    Person {
        local: "juliet",
        name: "Juliet",
        group: "Verona",
        mood: Mood::Free,
        status: "at the window",
        lines: &[
            "What's in a name? That which we call a rose by any other name would smell as sweet.",
            "Are you coming to the plaza tonight? *Everybody* will be there.",
            "Good night, good night! Parting is such sweet sorrow… 🌙",
            "I'll send word by the nurse at nine.",
        ],
    },
    Person {
        local: "mercutio",
        name: "Mercutio",
        group: "Verona",
        mood: Mood::Engaged(Show::Away),
        status: "looking for a quarrel",
        lines: &["/me bows theatrically", "True, I talk of dreams.", "A plague o' both your _servers_!"],
    },
    Person {
        local: "nurse",
        name: "Nurse",
        group: "Verona",
        mood: Mood::Engaged(Show::Dnd),
        status: "my back aches",
        lines: &["Jesu, what haste? Can you not stay awhile?", "I am the drudge, and toil in your delight."],
    },
    Person {
        local: "rosaline",
        name: "罗瑟琳",
        group: "朋友",
        mood: Mood::Free,
        status: "在广场等你",
        lines: &["今天晚上的假面舞会你去吗？我带上面具和火把，在广场等你。", "好的，晚上见 👋"],
    },
    Person {
        local: "benvolio",
        name: "Benvolio",
        group: "Verona",
        mood: Mood::Gone,
        status: "",
        lines: &["I do but keep the peace."],
    },
    Person {
        local: "tybalt",
        name: "Tybalt",
        group: "Verona",
        mood: Mood::Engaged(Show::Xa),
        status: "hates the word",
        lines: &["Peace? I hate the word."],
    },
];

/// Occupants of the busy room: nickname, affiliation, role, show.
pub const PLAZA: &[(&str, &str, &str, Option<Show>)] = &[
    ("juliet", "admin", "moderator", None),
    ("nurse", "member", "moderator", Some(Show::Away)),
    ("prince escalus", "owner", "moderator", None),
    ("benvolio", "member", "participant", None),
    ("mercutio", "member", "participant", None),
    ("tybalt", "member", "participant", Some(Show::Dnd)),
    ("peter", "none", "participant", Some(Show::Xa)),
    ("罗瑟琳", "none", "participant", None),
    ("小罗 🎭", "none", "participant", None),
    ("🦊", "none", "visitor", None),
    ("abram", "none", "visitor", None),
    ("sampson", "none", "visitor", None),
    ("friar laurence", "member", "participant", Some(Show::Away)),
];

/// What is said in the busy room.
pub const PLAZA_LINES: &[&str] = &[
    "Who wrote the poem on the wall? It scans *almost* perfectly.",
    "The spec is at https://xmpp.org/extensions/ if anybody wants to read along.",
    "今天晚上的假面舞会你们都去吗？我带上面具和火把，在广场等你们。",
    "Do you bite your thumb at us, sir?",
    "/me bites his thumb",
    "I do bite my thumb, sir 👍",
    "```\nfn parting() -> Sorrow {\n    Sorrow::sweet()\n}\n```",
    "Part, fools! Put up your swords.",
    "火把准备好了 🔥",
    "> Part, fools!\nToo late for that.",
    "Has anyone seen the letter? It was in a brown envelope.",
    "Rain tomorrow, they say. Bring a cloak ☔",
];

/// One message in an archive.
pub struct Archived {
    /// Its id there.
    pub id: String,
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// The peer's bare JID.
    pub with: String,
    /// The message.
    pub message: Element,
}

/// All that the server knows.
pub struct World {
    /// Where chance comes from.
    pub dice: Dice,
    /// The user's archive, oldest first.
    pub archive: Vec<Archived>,
    /// The busy room's archive, oldest first.
    pub room_archive: Vec<Archived>,
    /// Which line each person says next.
    pub next_line: Vec<usize>,
    /// Who stands in the busy room now: indices into [`PLAZA`].
    pub present: Vec<usize>,
    /// The busy room's subject.
    pub subject: String,
    /// The roster, as changed by the user.
    pub roster: Vec<Item>,
    /// The roster's version.
    pub roster_version: u64,
    /// Ids given so far.
    ids: u64,
    /// Whether the first words were said.
    pub is_greeted: bool,
}

impl World {
    /// The world of a seed, with some weeks of history.
    pub fn new(seed: u64) -> Self {
        let contact = |p: &Person| {
            Some(Item {
                jid: BareJid::new(&format!("{}@{DOMAIN}", p.local)).ok()?,
                name: Some(p.name.to_owned()),
                subscription: Subscription::Both,
                ask: Ask::None,
                groups: vec![Group(p.group.to_owned())],
                approved: None,
            })
        };
        let mut world = Self {
            dice: Dice::new(seed),
            archive: Vec::new(),
            room_archive: Vec::new(),
            next_line: vec![0; PEOPLE.len()],
            present: (0..PLAZA.len()).collect(),
            subject: "Two households, both alike in dignity — rules: be kind, no duels".to_owned(),
            roster: PEOPLE.iter().filter_map(contact).collect(),
            roster_version: 1,
            ids: 0,
            is_greeted: false,
        };
        world.write_history();
        world
    }

    /// A fresh id.
    pub fn id(&mut self) -> String {
        self.ids += 1;
        format!("p{:06}", self.ids)
    }

    /// Puts a message into the user's archive and gives its archive id.
    pub fn keep(&mut self, with: &str, time: i64, message: Element) -> String {
        let id = self.id();
        self.archive.push(Archived { id: id.clone(), time, with: with.to_owned(), message });
        id
    }

    /// Puts a message into the busy room's archive and gives its archive id.
    pub fn keep_room(&mut self, time: i64, message: Element) -> String {
        let id = self.id();
        let with = format!("verona-plaza@{ROOMS}");
        self.room_archive.push(Archived { id: id.clone(), time, with, message });
        id
    }

    /// What a person says next.
    pub fn line(&mut self, person: usize) -> &'static str {
        let lines = PEOPLE.get(person).map_or(&[][..], |p| p.lines);
        let at = self.next_line.get_mut(person).map_or(0, |n| {
            *n += 1;
            *n - 1
        });
        lines.get(at % lines.len().max(1)).copied().unwrap_or("…")
    }

    /// Three weeks of talk with Juliet and others, and two days of the plaza.
    fn write_history(&mut self) {
        let now = now_ms();
        for day in (1..=20).rev() {
            for turn in 0..4_i64 {
                let time = now - day * 1_440 * MINUTE + turn * 7 * MINUTE;
                let person = self.dice.below(PEOPLE.len() - 1) + 1;
                let local = PEOPLE[person].local;
                let with = format!("{local}@{DOMAIN}");
                let is_own = turn % 2 == 1;
                let body = if is_own { own_line(day + turn) } else { self.line(person) };
                let (from, to) = if is_own { (JID, with.as_str()) } else { (with.as_str(), JID) };
                let message = addressed(xml::message(Chat, &self.id(), body), &format!("{from}/home"), to);
                self.keep(&with, time, message);
            }
        }
        for n in (0..160_i64).rev() {
            let time = now - (n + 1) * 17 * MINUTE;
            let who = self.dice.below(PLAZA.len());
            let line = self.dice.pick(PLAZA_LINES).copied().unwrap_or_default();
            let message = self.plaza_message(who, line);
            self.keep_room(time, message);
        }
        self.next_line = vec![0; PEOPLE.len()];
    }

    /// A message of an occupant of the busy room.
    pub fn plaza_message(&mut self, who: usize, body: &str) -> Element {
        let nick = PLAZA.get(who).map_or("somebody", |p| p.0);
        addressed(xml::message(Groupchat, &self.id(), body), &format!("verona-plaza@{ROOMS}/{nick}"), "")
    }
}

/// What the user said in the old days.
fn own_line(n: i64) -> &'static str {
    const LINES: [&str; 6] = [
        "I'll be there at nine.",
        "Did you get my letter?",
        "好的，没问题。",
        "Ha! That made my day 😄",
        "See https://xmpp.org/about/ for how that works.",
        "Let me think about it.",
    ];
    LINES[usize::try_from(n).unwrap_or(0) % LINES.len()]
}

/// The card of a person (XEP-0054).
pub fn card(jid: &str) -> Result<VCard, DefinedCondition> {
    let person = PEOPLE.iter().find(|p| format!("{}@{DOMAIN}", p.local) == jid);
    let person = person.ok_or(DefinedCondition::ItemNotFound)?;
    let part = |name: &str| Element::builder(name, ns::VCARD);
    let payloads = vec![
        part("FN").append(person.name).build(),
        part("ORG").append(part("ORGNAME").append(person.group).build()).build(),
        part("ADR").append(part("LOCALITY").append("Verona").build()).build(),
        part("URL").append("https://xmpp.org").build(),
    ];
    Ok(VCard { photo: None, payloads })
}

/// Whether a nickname belongs to somebody of the plaza.
pub fn plaza_index(nick: &str) -> Option<usize> {
    PLAZA.iter().position(|p| p.0 == nick)
}

/// The delay of an archived room message, for those who join without an archive.
pub fn history_delay(time: i64) -> Delay {
    xml::delay(&format!("verona-plaza@{ROOMS}"), stamp(time))
}
