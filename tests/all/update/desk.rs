//! A desk to test with: one account that is online, a fixed clock, keys by name.

use parlour::action::{Key, Keymap};
use parlour::contract::event::{chat, muc, roster, session};
use parlour::contract::{Command, Committed, Event, Query, Reply, UserWrite};
use parlour::model::*;
use parlour::state::State;
use parlour::state::overlays::Overlay;
use parlour::update::{Effect, Effects, Msg, Stamp, update};

/// The account of the tests.
pub const ME: &str = "romeo@montague.lit";

/// A state, and what moves it.
pub struct Desk {
    pub state: State,
    keymap: Keymap,
    pub now: i64,
    seed: u128,
    row: i64,
}

impl Desk {
    /// Nothing on it.
    pub fn empty() -> Self {
        let (keymap, faults) = Keymap::defaults();
        assert!(faults.is_empty());
        let mut desk = Self { state: State::default(), keymap, now: 1_795_000_000_000, seed: 1, row: 0 };
        desk.msg(Msg::Resized(120, 36));
        desk.msg(Msg::Focused(true));
        desk
    }

    /// An account that is online, its contacts `juliet` (named) and `nurse`, nothing open.
    pub fn online() -> Self {
        let mut desk = Self::empty();
        desk.msg(Msg::AccountStarted(AccountSettings::new(me(), "parlour".into())));
        desk.event(Event::Session(session::Event::StateChanged(ConnState::Online {
            tls: "TLS 1.3".into(),
            is_resumed: false,
        })));
        let juliet = Contact {
            jid: bare("juliet@capulet.lit"),
            name: Some("Juliet".into()),
            groups: vec![],
            subscription: Subscription::Both,
            is_asked: false,
        };
        let nurse = Contact { jid: bare("nurse@capulet.lit"), name: None, ..juliet.clone() };
        desk.event(Event::Roster(roster::Event::Loaded(vec![juliet, nurse])));
        desk
    }

    pub fn msg(&mut self, msg: Msg) -> Effects {
        self.seed += 1;
        let stamp = Stamp { now: Time(self.now), zone_minutes: 60, seed: self.seed << 64 };
        update(&mut self.state, stamp, msg, &self.keymap)
    }

    pub fn event(&mut self, event: Event) -> Effects {
        self.events(vec![event])
    }

    pub fn events(&mut self, events: Vec<Event>) -> Effects {
        self.msg(Msg::Committed(Committed { account: me(), events }))
    }

    /// Presses a key by its name in the config.
    pub fn key(&mut self, name: &str) -> Effects {
        self.msg(Msg::Key(Key::parse(name).unwrap()))
    }

    /// Types a text, letter by letter.
    pub fn types(&mut self, text: &str) -> Effects {
        let keys = text.chars().map(|c| if c == ' ' { "space".to_owned() } else { c.to_string() });
        keys.collect::<Vec<_>>().iter().flat_map(|k| self.key(k)).collect()
    }

    /// Types a line and presses Enter.
    pub fn enters(&mut self, line: &str) -> Effects {
        self.types(line);
        self.key("enter")
    }

    /// Time passes, and what was due is done.
    pub fn waits(&mut self, seconds: i64) -> Effects {
        self.now += seconds * 1_000;
        self.msg(Msg::Woken)
    }

    /// Presses a letter and lets it be alone, as somebody who means the selected message does.
    pub fn acts(&mut self, letter: &str) -> Effects {
        let mut effects = self.key(letter);
        effects.extend(self.waits(1));
        effects
    }

    /// A message for a chat, with the next row and the present time.
    pub fn message(&mut self, chat: &ChatId, kind: ChatKind, from: &str, body: &str) -> Message {
        self.row += 1;
        self.now += 1;
        let mut message = Message::new(chat.clone(), kind, Jid::parse(from).unwrap(), body, Time(self.now));
        (message.row, message.order) = (RowId(self.row), Order(self.now * 1_000));
        message
    }

    /// A contact or a stranger says something.
    pub fn says(&mut self, who: &str, body: &str) -> Effects {
        let message = self.message(&chat(who), ChatKind::Contact, &format!("{who}/home"), body);
        self.event(Event::Chat(chat::Event::MessageArrived(Box::new(message))))
    }

    /// Somebody says something in a room.
    pub fn says_in(&mut self, room: &str, nick: &str, body: &str, is_mention: bool) -> Effects {
        let mut message = self.message(&chat(room), ChatKind::Room, &format!("{room}/{nick}"), body);
        message.is_mention = is_mention;
        self.event(Event::Chat(chat::Event::MessageArrived(Box::new(message))))
    }

    /// The user is in a room with these people, and owns it.
    pub fn joins(&mut self, room: &str, nicks: &[&str]) -> Effects {
        let mut occupants: Vec<Occupant> = nicks.iter().map(|n| occupant(n)).collect();
        (occupants[0].role, occupants[0].affiliation) = (Role::Moderator, Affiliation::Owner);
        self.event(Event::Muc(muc::Event::Joined {
            room: bare(room),
            nick: nicks[0].into(),
            occupants,
            is_new: false,
            is_public_jids: false,
            is_logged: false,
        }))
    }

    /// Opens a chat by its name, as a user would.
    pub fn opens(&mut self, name: &str) -> Effects {
        self.key("ctrl-k");
        self.types(name);
        let effects = self.key("enter");
        self.answers(&effects, vec![]);
        effects
    }

    /// The store answers the page that was asked for last with these messages, as all there is.
    pub fn answers(&mut self, effects: &Effects, messages: Vec<Message>) -> Effects {
        let (chat, from, seq) = page(effects).expect("a page was asked for");
        self.msg(Msg::Replied(Reply::Page { chat, from, messages, is_oldest: true, is_newest: true, newer: 0, seq }))
    }

    /// The toasts' words.
    pub fn toasts(&self) -> Vec<&str> {
        self.state.toasts.list.iter().map(|t| t.text.raw()).collect()
    }

    pub fn unread(&self, who: &str) -> (u32, u32) {
        self.state.chats.get(&chat(who)).map_or((0, 0), |c| (c.unread, c.mentions))
    }

    pub fn text(&self) -> &str {
        &self.state.composer.text.text
    }

    pub fn top(&self) -> Option<&Overlay> {
        self.state.overlays.last()
    }
}

pub fn me() -> AccountId {
    AccountId(bare(ME))
}

pub fn bare(text: &str) -> BareJid {
    BareJid::parse(text).unwrap()
}

pub fn chat(text: &str) -> ChatId {
    ChatId::new(me(), Jid::parse(text).unwrap())
}

pub fn occupant(nick: &str) -> Occupant {
    Occupant {
        nick: nick.into(),
        role: Role::Participant,
        affiliation: Affiliation::None,
        availability: Availability::Online,
        status: None,
        real_jid: None,
        occupant_id: None,
    }
}

/// The last page that was asked for.
pub fn page(effects: &Effects) -> Option<(ChatId, parlour::contract::archive::PageFrom, u64)> {
    effects.iter().rev().find_map(|e| match e {
        Effect::Query(Query::Page { chat, from, seq, .. }) => Some((chat.clone(), *from, *seq)),
        _ => None,
    })
}

/// The commands among effects.
pub fn commands(effects: &Effects) -> Vec<Command> {
    let commands = effects.iter().filter_map(|e| match e {
        Effect::Command(_, command) => Some(command.clone()),
        _ => None,
    });
    commands.collect()
}

/// The texts that are sent.
pub fn sent(effects: &Effects) -> Vec<(String, String)> {
    use parlour::contract::command::chat::Command as Chat;
    let sent = commands(effects).into_iter().filter_map(|c| match c {
        Command::Chat(Chat::Send { chat, body, .. }) => Some((chat.address.to_string(), body)),
        _ => None,
    });
    sent.collect()
}

/// The writes among effects.
pub fn writes(effects: &Effects) -> Vec<UserWrite> {
    let writes = effects.iter().filter_map(|e| match e {
        Effect::Write(write) => Some(write.clone()),
        _ => None,
    });
    writes.collect()
}

/// Whether something rings or notifies.
pub fn is_noisy(effects: &Effects) -> bool {
    effects.iter().any(|e| matches!(e, Effect::Bell | Effect::Notify { .. }))
}
