//! The wire-script harness.
//!
//! A script is lines:
//!
//! | line | is |
//! | --- | --- |
//! | `< <xml/>` | the server sends this; more lines follow indented |
//! | `> <xml/>` | next we must send exactly this; an attribute `?` may be anything, `$name` is remembered |
//! | `! Write(Message(… body: "hi"` | next the batch must hold this: the beginning of its `Debug`, `…` skips |
//! | `! …` | the batch may hold anything more |
//! | `* send bob@sec.test a1 hello` | the app or the session does something, see [`Script::act`] |
//! | `# words` | a remark |
//!
//! `{name}` in a later line stands for what was remembered. After each `<` or `*`, everything that came out must be
//! matched by the `>` and `!` lines before the next one: an unused line fails, and so does an unmatched output.

use minidom::Element;
use parlour::contract::command::{chat, history, presence, roster};
use parlour::contract::{Bootstrap, Command, Entry};
use parlour::model::{
    AccountId, AccountSettings, Availability, BareJid, ChatId, ChatKind, ChatState, DiscoInfo, Jid, OwnPresence,
    StanzaId, Time,
};
use parlour::xmpp::feature::{Cx, Feature, RoomFacts, Signal, Spec, Stage, Support};
use parlour::xmpp::features;
use parlour::xmpp::kit::element::{from_stanza, to_stanza};
use parlour::xmpp::router::{Outputs, Router};
use parlour::xmpp::stanza::{Kind, Stanza};
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

/// The moment at which scripts begin: 2026-11-21T08:00:00Z.
pub const T0: Time = Time(1_795_248_000_000);

/// Plays a script against the features of the given domains.
pub struct Script {
    router: Router,
    now: Time,
    vars: HashMap<String, String>,
    stream_features: HashSet<String>,
    /// Whether the script says with which device a conversation is held; most are about other things.
    hears_devices: bool,
}

/// In the place of the disco feature and of rooms: knows what the script says.
struct Knows {
    server: Vec<&'static str>,
    /// The presence counts as sent with the login, whatever the roster takes.
    is_present: bool,
}

static KNOWS: Spec =
    Spec { name: "test", title: "", version: "", support: Support::Partial, disco: &[], stage: Stage::Deliver };

fn info(features: &[&str]) -> DiscoInfo {
    DiscoInfo { features: features.iter().map(|f| (*f).to_owned()).collect(), ..DiscoInfo::default() }
}

impl Feature for Knows {
    fn spec(&self) -> &'static Spec {
        &KNOWS
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        if *signal == Signal::BoundAnew {
            cx.facts.server = Some(info(&self.server));
            cx.facts.account_info = Some(info(&self.server));
            if self.is_present {
                cx.signal(Signal::OwnPresence(Box::new(Stanza::new(Kind::Presence))));
            }
            cx.signal(Signal::ServerKnown);
        }
    }

    /// `Muc(Join)` and `Muc(Leave)` stand for the whole dance with a room.
    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        use parlour::contract::command::muc::Command as Muc;
        match command {
            Command::Muc(Muc::Join { room, nick, password }) => {
                let features: Vec<&str> = password.as_deref().unwrap_or_default().split_whitespace().collect();
                let facts = RoomFacts {
                    nick: nick.unwrap_or_default(),
                    is_joined: true,
                    info: Some(info(&features)),
                    ..RoomFacts::default()
                };
                cx.facts.rooms.insert(room.clone(), facts);
                cx.signal(Signal::RoomJoined(room));
            }
            Command::Muc(Muc::Leave { room, .. }) => {
                cx.facts.rooms.remove(&room);
                cx.signal(Signal::RoomLeft(room));
            }
            other => return Err(Box::new(other)),
        }
        Ok(())
    }
}

/// The account of all scripts.
pub fn account() -> AccountId {
    AccountId(BareJid::parse("me@sec.test").unwrap())
}

/// A chat of that account.
pub fn chat_id(address: &str) -> ChatId {
    ChatId::new(account(), Jid::parse(address).unwrap())
}

impl Script {
    /// The features that this part of the engine has, a server with these namespaces, and what was stored.
    pub fn new(server: &[&'static str], stored: Bootstrap) -> Self {
        Self::build(server, stored, Self::most(), true)
    }

    /// The same, where the presence is sent when the roster is there.
    pub fn with_presence(server: &[&'static str], stored: Bootstrap) -> Self {
        Self::build(server, stored, Self::most(), false)
    }

    fn most() -> Vec<Box<dyn Feature>> {
        let mut all: Vec<Box<dyn Feature>> = Vec::new();
        all.extend(features::roster::all());
        all.extend(features::presence::all());
        all.extend(features::chat::all());
        all.extend(features::history::all());
        all
    }

    /// With these features alone.
    pub fn with(server: &[&'static str], stored: Bootstrap, all: Vec<Box<dyn Feature>>) -> Self {
        Self::build(server, stored, all, false)
    }

    fn build(server: &[&'static str], stored: Bootstrap, mut all: Vec<Box<dyn Feature>>, is_present: bool) -> Self {
        all.push(Box::new(Knows { server: server.to_vec(), is_present }));
        Self::over(stored, all)
    }

    /// The same part of the engine, and a server that has not said yet what it can.
    pub fn unknowing(stored: Bootstrap) -> Self {
        let mut all = features::chat::all();
        all.extend(features::roster::all());
        all.extend(features::history::all());
        all.extend(features::service::all());
        Self::over(stored, all)
    }

    /// These features alone, and nothing in the place of others.
    pub fn over(stored: Bootstrap, all: Vec<Box<dyn Feature>>) -> Self {
        let settings = AccountSettings::new(account(), "tui".to_owned());
        let mut made = 0;
        let ids = Box::new(move || {
            made += 1;
            format!("id{made}")
        });
        let router = Router::new(settings, stored, all, ids);
        Self { router, now: T0, vars: HashMap::new(), stream_features: HashSet::new(), hears_devices: false }
    }

    /// The script also says with which device a conversation is held (RFC 6121 §5.1).
    pub fn hearing_devices(mut self) -> Self {
        self.hears_devices = true;
        self
    }

    /// With a stream feature, such as roster versioning.
    pub fn stream_feature(mut self, ns: &str) -> Self {
        self.stream_features.insert(ns.to_owned());
        self
    }

    /// Plays lines; panics at the first that does not fit.
    #[track_caller]
    pub fn play(&mut self, script: &str) {
        self.play_after(Pending::default(), script);
    }

    /// The app asks for something that no `*` line says; the script begins with what comes out.
    #[track_caller]
    pub fn ask(&mut self, command: Command, script: &str) {
        let out = self.router.on_command(self.now, command);
        self.play_after(Pending::of(out, self.hears_devices), script);
    }

    #[track_caller]
    fn play_after(&mut self, mut pending: Pending, script: &str) {
        for line in lines(script) {
            let Some((mark, rest)) = line.split_at_checked(1) else { continue };
            let rest = self.fill(rest.trim());
            match mark {
                "#" => {}
                "<" | "*" => {
                    pending.must_be_empty(&line);
                    let out = if mark == "<" { self.hear(&rest) } else { self.act(&rest) };
                    pending = Pending::of(out, self.hears_devices);
                }
                ">" => self.sent(&mut pending, &rest),
                "!" => pending.entry(&rest),
                other => panic!("no such mark: {other} in {line}"),
            }
        }
        pending.must_be_empty("the end");
    }

    fn hear(&mut self, xml: &str) -> Outputs {
        let stanza = to_stanza(parse(xml)).unwrap_or_else(|| panic!("not a stanza: {xml}"));
        self.router.on_stanza(self.now, stanza)
    }

    /// `bound`, `resumed`, `down`, `wait 5`, `handed a1 a2`, `acked a1`, `join r@muc nick ns…`, `leave r@muc`,
    /// `send|retry|drop <chat> <id> <text>`, `state <chat> composing`, `older <chat>`, `receipts off`, `add|remove|allow|deny <jid>`,
    /// `presence away words`, `idle`, `looks on|off`, `direct <jid> online`.
    fn act(&mut self, words: &str) -> Outputs {
        let mut rest = words.splitn(4, ' ');
        let mut next = || rest.next().unwrap_or_default();
        let (verb, a, b, c) = (next(), next(), next(), next());
        let ids = || words.split(' ').skip(1).map(StanzaId::from).collect::<Vec<_>>();
        let bare = || BareJid::parse(a).unwrap();
        let me = Jid::parse("me@sec.test/tui").unwrap();
        let now = self.now;
        match verb {
            // `* bound late`: the server has ended the session before in its own time.
            "bound" => {
                self.router.had_time(a == "late");
                self.router.on_bound(now, me, false, self.stream_features.clone())
            }
            "resumed" => self.router.on_bound(now, me, true, HashSet::new()),
            "down" => self.router.on_down(now),
            "wait" => {
                self.now = now.plus(Duration::from_secs(a.parse().unwrap()));
                self.router.on_timer(self.now)
            }
            "handed" => self.router.on_handed_over(now, ids()),
            "acked" => self.router.on_acked(now, ids()),
            _ => {
                let command = match verb {
                    "send" => Command::Chat(chat::Command::Send {
                        chat: chat_id(a),
                        kind: kind(a),
                        body: c.into(),
                        id: b.into(),
                        relation: parlour::model::Relation::default(),
                    }),
                    "retry" => Command::Chat(chat::Command::Retry {
                        chat: chat_id(a),
                        kind: kind(a),
                        body: c.into(),
                        id: b.into(),
                        relation: parlour::model::Relation::default(),
                    }),
                    "drop" => Command::Chat(chat::Command::Drop { chat: chat_id(a), id: b.into() }),
                    "state" => {
                        Command::Chat(chat::Command::State { chat: chat_id(a), kind: kind(a), state: chat_state(b) })
                    }
                    "receipts" => Command::Chat(chat::Command::AnswerReceipts(a == "on")),
                    "older" => Command::History(history::Command::FetchOlder {
                        chat: chat_id(a),
                        kind: kind(a),
                        oldest: None,
                        before: Some(now),
                    }),
                    "add" => Command::Roster(roster::Command::Set {
                        jid: bare(),
                        name: Some(b.to_owned()),
                        groups: None,
                        subscribe: true,
                    }),
                    "remove" => Command::Roster(roster::Command::Remove(bare())),
                    "allow" => Command::Roster(roster::Command::Allow(bare())),
                    "deny" => Command::Roster(roster::Command::Deny(bare())),
                    "presence" => Command::Presence(presence::Command::Set(own_presence(a, b))),
                    "looks" => Command::Presence(presence::Command::Attention(a == "on")),
                    "idle" => Command::Presence(presence::Command::Set(OwnPresence {
                        idle_since: Some(now),
                        ..own_presence("away", "")
                    })),
                    "direct" => Command::Presence(presence::Command::Direct {
                        to: Jid::parse(a).unwrap(),
                        presence: own_presence(b, ""),
                    }),
                    "join" => Command::Muc(parlour::contract::command::muc::Command::Join {
                        room: bare(),
                        nick: Some(b.to_owned()),
                        password: Some(c.to_owned()),
                    }),
                    "leave" => {
                        Command::Muc(parlour::contract::command::muc::Command::Leave { room: bare(), reason: None })
                    }
                    other => panic!("no such act: {other}"),
                };
                self.router.on_command(now, command)
            }
        }
    }

    #[track_caller]
    fn sent(&mut self, pending: &mut Pending, xml: &str) {
        let Some(actual) = pending.stanzas.pop_front() else { panic!("nothing more was sent, but wanted: {xml}") };
        if let Err(why) = same(&parse(xml), &actual, &mut self.vars) {
            panic!("{why}\nwanted: {xml}\n  sent: {}", String::from(&actual));
        }
    }

    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.vars {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

fn kind(address: &str) -> ChatKind {
    match (address.contains("@muc."), address.contains('/')) {
        (false, _) => ChatKind::Contact,
        (true, false) => ChatKind::Room,
        (true, true) => ChatKind::Occupant,
    }
}

fn chat_state(word: &str) -> ChatState {
    match word {
        "active" => ChatState::Active,
        "composing" => ChatState::Composing,
        "paused" => ChatState::Paused,
        other => panic!("no such state: {other}"),
    }
}

fn own_presence(word: &str, status: &str) -> OwnPresence {
    let availability = Availability::ALL.into_iter().find(|a| a.word() == word).unwrap();
    OwnPresence { availability, status: status.to_owned(), priority: 0, idle_since: None }
}

/// Lines, with indented ones joined to the line before.
fn lines(script: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in script.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let is_new = ["< ", "> ", "! ", "* ", "# "].iter().any(|m| line.starts_with(m));
        match out.last_mut() {
            Some(last) if !is_new => {
                last.push(' ');
                last.push_str(line);
            }
            _ => out.push(line.to_owned()),
        }
    }
    out
}

#[track_caller]
fn parse(xml: &str) -> Element {
    let wrapped = format!("<w xmlns='jabber:client'>{xml}</w>");
    let mut wrapper: Element = wrapped.parse().unwrap_or_else(|e| panic!("{e}: {xml}"));
    wrapper.unshift_child().unwrap_or_else(|| panic!("no element: {xml}"))
}

fn same(wanted: &Element, actual: &Element, vars: &mut HashMap<String, String>) -> Result<(), String> {
    let name = wanted.name();
    if name != actual.name() || wanted.ns() != actual.ns() {
        return Err(format!(
            "wanted <{name} xmlns='{}'>, got <{} xmlns='{}'>",
            wanted.ns(),
            actual.name(),
            actual.ns()
        ));
    }
    for ((_, attr), value) in actual.attrs() {
        let Some(expected) = wanted.attr(attr.as_str()) else { return Err(format!("<{name}> has {attr}='{value}'")) };
        if let Some(var) = expected.strip_prefix('$') {
            vars.insert(var.to_owned(), value.clone());
        } else if expected != "?" && expected != value {
            return Err(format!("<{name}> has {attr}='{value}', not '{expected}'"));
        }
    }
    if let Some(((_, attr), _)) = wanted.attrs().iter().find(|((_, a), _)| actual.attr(a.as_str()).is_none()) {
        return Err(format!("<{name}> has no {attr}"));
    }
    if wanted.children().count() != actual.children().count() {
        return Err(format!("<{name}> has {} children", actual.children().count()));
    }
    if wanted.children().count() == 0 && wanted.text() != actual.text() {
        return Err(format!("<{name}> says {:?}", actual.text()));
    }
    wanted.children().zip(actual.children()).try_for_each(|(w, a)| same(w, a, vars))
}

/// What came out and is not matched yet.
#[derive(Default)]
struct Pending {
    stanzas: VecDeque<Element>,
    entries: VecDeque<String>,
}

impl Pending {
    fn of(out: Outputs, hears_devices: bool) -> Self {
        assert!(out.is_durable || out.durable.is_empty(), "durable stanzas in a batch that is not");
        let stanzas = out.stanzas.iter().chain(&out.durable).map(from_stanza);
        let stanzas = out.elements.iter().cloned().chain(stanzas).collect();
        let entries = out.entries.iter().map(|e| match e {
            Entry::Event(event) => format!("Event({event:?})"),
            Entry::Write(write) => format!("Write({write:?})"),
        });
        let is_told = |entry: &String| hears_devices || !entry.starts_with("Event(Chat(DeviceChanged");
        Self { stanzas, entries: entries.filter(is_told).collect() }
    }

    #[track_caller]
    fn entry(&mut self, pattern: &str) {
        if pattern == "…" {
            self.entries.clear();
            return;
        }
        let Some(entry) = self.entries.pop_front() else { panic!("nothing more in the batch, but wanted: {pattern}") };
        let mut at = 0;
        for (i, piece) in pattern.split('…').map(str::trim).enumerate() {
            let found = entry[at..].find(piece).filter(|found| i > 0 || *found == 0);
            let Some(found) = found else { panic!("no {piece:?}\nwanted: {pattern}\n   got: {entry}") };
            at += found + piece.len();
        }
    }

    #[track_caller]
    fn must_be_empty(&self, before: &str) {
        let stanzas: Vec<String> = self.stanzas.iter().map(String::from).collect();
        assert!(stanzas.is_empty(), "sent, but not in the script, before {before}:\n{}", stanzas.join("\n"));
        let entries: Vec<String> = self.entries.iter().cloned().collect();
        assert!(entries.is_empty(), "in the batch, but not in the script, before {before}:\n{}", entries.join("\n"));
    }
}
