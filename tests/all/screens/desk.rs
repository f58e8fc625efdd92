//! A desk in Verona, on Friday 20 November 2026 at 12:44.

use parlour::model::Availability::{Away, DoNotDisturb, Online};
use parlour::model::*;
use parlour::state::State;
use parlour::state::accounts::Account;
use parlour::state::chats::Chat;
use parlour::state::composer::TextBox;
use parlour::state::requests::Request;
use parlour::state::rooms::Membership;
use parlour::state::sidebar::{Row, Section};
use parlour::state::timeline::Timeline;

/// 2026-11-20T12:44:00Z.
pub const NOW: i64 = 1_795_178_640_000;
const MINUTE: i64 = 60_000;

pub fn account_id() -> AccountId {
    AccountId(bare("romeo@montague.lit"))
}

pub fn bare(text: &str) -> BareJid {
    BareJid::parse(text).unwrap()
}

pub fn jid(text: &str) -> Jid {
    Jid::parse(text).unwrap()
}

pub fn chat_id(text: &str) -> ChatId {
    ChatId::new(account_id(), jid(text))
}

pub fn verona() -> ChatId {
    chat_id("verona-plaza@rooms.montague.lit")
}

pub fn textbox(text: &str) -> TextBox {
    TextBox { text: text.to_owned(), cursor: text.len() }
}

/// Builds the messages of the room, each at a time of the day.
pub struct Talk {
    pub messages: Vec<Message>,
    chat: ChatId,
}

impl Talk {
    pub fn new(chat: ChatId) -> Self {
        Self { messages: Vec::new(), chat }
    }

    pub fn say(&mut self, minutes_ago: i64, nick: &str, body: &str) -> &mut Message {
        let row = i64::try_from(self.messages.len()).unwrap() + 1;
        let time = NOW - minutes_ago * MINUTE;
        let from = self.chat.address.bare().with_resource(nick).unwrap();
        let mut message = Message::new(self.chat.clone(), ChatKind::Room, from, body, Time(time));
        (message.row, message.order) = (RowId(row), Order(time * 1000 + row));
        self.messages.push(message);
        self.messages.last_mut().unwrap()
    }
}

fn room_talk() -> Talk {
    let mut t = Talk::new(verona());
    t.say(24 * 60, "gregory", "Do you quarrel, sir?").is_delayed = true;
    t.say(166, "verona", "→ nurse, peter joined   ← gregory left").kind = MessageKind::Notice;
    t.say(162, "juliet", "Who wrote the poem on the wall?\nIt scans *almost* perfectly.");
    t.say(161, "romeo", "> Who wrote the poem on the wall?\nMe. The spec is at https://xmpp.org/extensions/")
        .delivery = Delivery::Displayed;
    t.say(159, "mercutio", "今天晚上的假面舞会你们都去吗？我带上面具和火把，在广场等你们。");
    t.say(159, "mercutio", "/me bows theatrically");
    t.say(133, "benvolio", "```rust\nfn parting() -> Sorrow {\n    Sorrow::sweet()\n}\n```");
    t.say(130, "tybalt", "eu").kind = MessageKind::Unreadable;
    t.say(128, "juliet", "Masks at eight").kind = MessageKind::Subject;
    t.say(123, "juliet", "romeo: wherefore art thou?").is_mention = true;
    t.say(122, "juliet", "Deny thy father and `refuse` thy name.");
    t.say(120, "romeo", "Here. Typing on a phone.").delivery = Delivery::Pending;
    t.say(120, "romeo", "Are you there?").delivery = Delivery::Failed("the server said forbidden".into());
    t
}

fn occupant(nick: &str, affiliation: Affiliation, role: Role, availability: Availability) -> Occupant {
    Occupant { nick: nick.into(), role, affiliation, availability, status: None, real_jid: None, occupant_id: None }
}

fn rooms(state: &mut State) {
    let room = state.rooms.entry(&account_id(), &bare("verona-plaza@rooms.montague.lit"));
    room.membership = Membership::In;
    room.nick = "romeo".into();
    room.subject = "Two households, both alike in dignity — rules: be kind, no duels".into();
    room.traits = vec!["members-only".into(), "logged".into()];
    room.put(occupant("romeo", Affiliation::Owner, Role::Moderator, Online));
    room.put(occupant("juliet", Affiliation::Member, Role::Moderator, Online));
    room.put(occupant("nurse", Affiliation::None, Role::Moderator, Away));
    room.put(occupant("benvolio", Affiliation::Member, Role::Participant, Online));
    room.put(occupant("mercutio", Affiliation::Member, Role::Participant, Online));
    let mut tybalt = occupant("tybalt", Affiliation::Member, Role::Participant, DoNotDisturb);
    tybalt.status = Some("dnd".into());
    room.put(tybalt);
    room.put(occupant("abram", Affiliation::None, Role::Visitor, Online));
    room.put(occupant("罗瑟琳", Affiliation::None, Role::Visitor, Online));
    for nick in ["xmpp-dev", "quiet-room"] {
        state.rooms.entry(&account_id(), &bare(&format!("{nick}@rooms.montague.lit"))).membership = Membership::In;
    }
}

fn chats(state: &mut State) {
    let mut add = |address: &str, kind, name: Option<&str>, unread, mentions, minutes_ago: i64| {
        let mut chat = Chat::new(chat_id(address), kind);
        chat.name = name.map(Untrusted::from);
        (chat.is_open, chat.is_accepted, chat.unread, chat.mentions) = (true, true, unread, mentions);
        chat.last_activity = Time(NOW - minutes_ago * MINUTE);
        state.chats.by_id.insert(chat.id.clone(), chat);
    };
    add("juliet@capulet.lit", ChatKind::Contact, None, 2, 2, 1);
    add("mercutio@verona.lit", ChatKind::Contact, None, 0, 0, 4);
    add("friends@verona.lit", ChatKind::Contact, Some("罗密欧的朋友"), 0, 0, 4 * 24 * 60);
    add("verona-plaza@rooms.montague.lit", ChatKind::Room, None, 14, 1, 0);
    add("xmpp-dev@rooms.montague.lit", ChatKind::Room, None, 231, 0, 0);
    add("quiet-room@rooms.montague.lit", ChatKind::Room, None, 0, 0, 9000);
    let typing = (jid("juliet@capulet.lit/balcony"), Time(NOW));
    state.chats.get_mut(&chat_id("juliet@capulet.lit")).unwrap().typing = vec![typing];
    let room = state.chats.get_mut(&verona()).unwrap();
    room.typing = vec![
        (jid("verona-plaza@rooms.montague.lit/juliet"), Time(NOW)),
        (jid("verona-plaza@rooms.montague.lit/nurse"), Time(NOW)),
    ];
    room.new_line = Some(Order((NOW - 140 * MINUTE) * 1000));
}

fn contacts(state: &mut State) {
    let roster = state.roster.by_account.entry(account_id()).or_default();
    for (address, name, group) in [
        ("juliet@capulet.lit", "Juliet", None),
        ("mercutio@verona.lit", "Mercutio", None),
        ("nurse@capulet.lit", "Nurse", Some("Capulets")),
        ("peter@capulet.lit", "Peter", Some("Capulets")),
    ] {
        let contact = Contact {
            jid: bare(address),
            name: Some(name.into()),
            groups: group.into_iter().map(Untrusted::from).collect(),
            subscription: Subscription::Both,
            is_asked: false,
        };
        roster.insert(bare(address), contact);
    }
    let presence = |full: &str, availability, status: Option<&str>, priority| ResourcePresence {
        jid: jid(full),
        availability,
        status: status.map(Untrusted::from),
        priority,
        client: Some("Conversations 2.18".into()),
        since: Time(NOW - 42 * MINUTE),
        idle_since: (availability == Away).then_some(Time(NOW - 47 * MINUTE)),
    };
    state.presence.put(&account_id(), presence("juliet@capulet.lit/balcony", Online, Some("at the window"), 10));
    state.presence.put(&account_id(), presence("juliet@capulet.lit/chamber", Away, None, 0));
    state.presence.put(&account_id(), presence("mercutio@verona.lit/tavern", Away, None, 0));
}

fn sidebar(state: &mut State) {
    let account = account_id();
    let section = |section, count| Row::Section { section, group: None, count, is_folded: false };
    let contact =
        |address: &str, availability| Row::Contact { account: account.clone(), jid: bare(address), availability };
    state.requests.add(Request::Subscription {
        account: account.clone(),
        jid: bare("benvolio@montague.lit"),
        text: None,
    });
    let invite = RoomInvite {
        room: bare("masquerade@rooms.capulet.lit"),
        from: jid("juliet@capulet.lit"),
        reason: None,
        password: None,
        is_by_room: false,
    };
    state.requests.add(Request::Invite { account: account.clone(), invite });
    state.sidebar.rows = vec![
        Row::Account(account.clone()),
        section(Section::Chats, 3),
        Row::Chat(chat_id("juliet@capulet.lit")),
        Row::Chat(chat_id("mercutio@verona.lit")),
        Row::Chat(chat_id("friends@verona.lit")),
        section(Section::Rooms, 3),
        Row::Chat(verona()),
        Row::Chat(chat_id("xmpp-dev@rooms.montague.lit")),
        Row::Chat(chat_id("quiet-room@rooms.montague.lit")),
        section(Section::Requests, 2),
        Row::Request(0),
        Row::Request(1),
        Row::Section { section: Section::Contacts, group: Some("Capulets".into()), count: 2, is_folded: false },
        contact("nurse@capulet.lit", Availability::Away),
        contact("peter@capulet.lit", Availability::Offline),
        Row::Section { section: Section::Contacts, group: None, count: 31, is_folded: true },
    ];
}

pub fn hints(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, what)| ((*key).to_owned(), (*what).to_owned())).collect()
}

/// The whole desk, the room open.
pub fn desk() -> State {
    let mut state = State { now: Time(NOW), is_focused: true, ..State::default() };
    let mut account = Account::new(AccountSettings::new(account_id(), "parlour".into()));
    account.conn = ConnState::Online { tls: "TLS 1.3".into(), is_resumed: false };
    state.accounts.list.push(account);
    contacts(&mut state);
    chats(&mut state);
    rooms(&mut state);
    sidebar(&mut state);
    let mut timeline = Timeline::new(verona());
    timeline.messages = room_talk().messages;
    timeline.is_start = true;
    state.timelines.list.push(timeline);
    state.chats.current = Some(verona());
    state.composer.text = textbox("I take thee at thy word, *call me but love*\nand I'll be new baptised");
    state.composer.is_saved = true;
    state.hints = hints(&[
        ("Enter", "send"),
        ("Alt-Enter", "newline"),
        ("Tab", "complete"),
        ("Ctrl-K", "switch"),
        ("Alt-A", "next unread"),
        ("F1", "help"),
    ]);
    state
}
