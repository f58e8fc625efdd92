//! The state of the user interface: all that the screen shows and `update` changes, and nothing else.
//!
//! It is plain data. `update` alone writes it; `ui` reads it (and `slash`, for completion).

pub mod accounts;
pub mod boxes;
pub mod chats;
pub mod composer;
pub mod console;
pub mod focus;
pub mod names;
pub mod overlays;
pub mod peers;
pub mod presence;
pub mod requests;
pub mod rooms;
pub mod roster;
pub mod sidebar;
pub mod text_view;
pub mod timeline;
pub mod toasts;
pub mod work;

use crate::model::{AccountId, BareJid, ChatId, ChatKind, Glyphs, Jid, Options, TerminalColours, Time, Untrusted};

/// Everything.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The clock, as of the last message.
    pub now: Time,
    /// The zone's offset from UTC in minutes.
    pub zone_minutes: i32,
    /// The user's language as a tag such as `de-AT`; empty where it is not known.
    pub language: String,
    /// The terminal's size: columns, rows.
    pub size: (u16, u16),
    /// Whether the terminal has the focus.
    pub is_focused: bool,
    /// What the terminal's colours look like, as far as it told.
    pub colours: TerminalColours,
    /// The user's settings.
    pub options: Options,
    /// The user's accounts.
    pub accounts: accounts::Accounts,
    /// Contacts.
    pub roster: roster::Roster,
    /// Who is there.
    pub presence: presence::Presences,
    /// Conversations.
    pub chats: chats::Chats,
    /// The rows of the sidebar, kept in order.
    pub sidebar: sidebar::Sidebar,
    /// Messages of the chats that were looked at last.
    pub timelines: timeline::Timelines,
    /// What the last frame showed of the open chat.
    pub viewport: timeline::Viewport,
    /// Rooms and who is in them.
    pub rooms: rooms::Rooms,
    /// What waits for the user's yes or no.
    pub requests: requests::Requests,
    /// Where the user types.
    pub composer: composer::Composer,
    /// Which pane keys go to.
    pub focus: focus::Focus,
    /// What lies on top, the topmost last.
    pub overlays: Vec<overlays::Overlay>,
    /// Those that open by themselves, and wait until they may.
    pub boxes: boxes::Boxes,
    /// Short news at the edge of the screen.
    pub toasts: toasts::Toasts,
    /// The log and raw-XML console.
    pub console: console::Console,
    /// The keys to offer at the bottom: (key, what it does). Made by `update` for the place keys go to.
    pub hints: Vec<(String, String)>,
    /// Why the message history cannot be written now: nothing can be sent meanwhile.
    pub store_trouble: Option<Untrusted>,
    /// What `update` remembers between two messages.
    pub work: work::Work,
    /// The user asked to quit; nothing is drawn any more.
    pub is_quitting: bool,
}

impl State {
    /// The open chat.
    #[must_use]
    pub fn current(&self) -> Option<&chats::Chat> {
        self.chats.current.as_ref().and_then(|id| self.chats.get(id))
    }

    /// The id of the open chat.
    #[must_use]
    pub fn current_id(&self) -> Option<&ChatId> {
        self.chats.current.as_ref()
    }

    /// Who alone may use a command in the open room, where the user may not.
    #[must_use]
    pub fn forbids(&self, command: &str) -> Option<String> {
        let (account, room) = self.current_room()?;
        self.rooms.get(account, &room)?.forbids(command)
    }

    /// The request that the open chat is about, by its place in the list: what a stranger wrote there, or that the person
    /// asks for presence or invites.
    #[must_use]
    pub fn request_here(&self) -> Option<usize> {
        let here = self.chats.current.as_ref()?;
        self.requests.list.iter().position(|request| match request {
            requests::Request::Stranger(chat) => chat == here,
            requests::Request::Subscription { account, jid, .. } => {
                *account == here.account && here.address.is_bare() && here.address.bare() == *jid
            }
            requests::Request::Invite { account, invite } => *account == here.account && here.address == invite.from,
        })
    }

    /// The account that commands are for: the open chat's, else the current one, else the only one.
    #[must_use]
    pub fn account(&self) -> Option<&AccountId> {
        let of_chat = self.chats.current.as_ref().map(|c| &c.account);
        of_chat.or(self.accounts.current.as_ref()).or_else(|| self.accounts.list.first().map(accounts::Account::id))
    }

    /// What a chat is called: the contact's name, the room's name or the nickname; else the address.
    #[must_use]
    pub fn chat_name(&self, id: &ChatId) -> Untrusted {
        let chat = self.chats.get(id);
        let named = chat.and_then(|c| c.name.clone()).filter(|n| !n.is_empty());
        match chat.map_or(ChatKind::Contact, |c| c.kind) {
            ChatKind::Contact => self.contact_name(&id.account, &id.address.bare(), named),
            ChatKind::Room => named.unwrap_or_else(|| {
                let room = id.address.bare();
                room.shown_local().map_or_else(|| room.as_str().into(), |local| local.as_ref().into())
            }),
            ChatKind::Occupant => id.address.resource().unwrap_or(id.address.as_str()).into(),
        }
    }

    /// What a conversation is called where it stands among others: a private one in a room says in which, or it would look
    /// like one with a contact.
    #[must_use]
    pub fn chat_title(&self, id: &ChatId) -> Untrusted {
        let name = self.chat_name(id);
        if self.chats.get(id).is_none_or(|c| c.kind != ChatKind::Occupant) {
            return name;
        }
        let dot = match self.options.glyphs {
            Glyphs::Unicode => "·",
            Glyphs::Ascii => "-",
        };
        let room = self.chat_name(&ChatId::new(id.account.clone(), id.address.bare()));
        let room =
            if room.raw() == id.address.bare_str() { id.address.local().unwrap_or_default().into() } else { room };
        format!("{} {dot} #{}", name.raw(), room.raw()).into()
    }

    /// What a person is called: the name in the roster, else `given`, else the address.
    #[must_use]
    pub fn contact_name(&self, account: &AccountId, jid: &BareJid, given: Option<Untrusted>) -> Untrusted {
        let known = self.roster.get(account, jid).and_then(|c| c.name.clone()).filter(|n| !n.is_empty());
        known.or(given).unwrap_or_else(|| jid.shown().as_ref().into())
    }

    /// Who wrote a message, as the screen names them: the nickname in rooms, else the contact's name,
    /// else what stands before the @ of the address.
    #[must_use]
    pub fn sender_name(&self, message: &crate::model::Message) -> Untrusted {
        match message.nick() {
            Some(nick) => nick.into(),
            None => {
                // The chat says whose it is; a whole address is too long to stand before each line.
                let from = message.from.bare();
                let short = from.shown_local().map(|local| Untrusted::from(local.as_ref()));
                self.contact_name(&message.chat.account, &from, short)
            }
        }
    }

    /// Whether an address is the user's own, in the chat of this message.
    #[must_use]
    pub fn is_own_address(&self, beside: &crate::model::Message, address: &crate::model::Jid) -> bool {
        match beside.chat_kind {
            crate::model::ChatKind::Contact => address.bare() == *beside.chat.account.jid(),
            crate::model::ChatKind::Room | crate::model::ChatKind::Occupant => {
                let room = self.rooms.get(&beside.chat.account, &beside.chat.address.bare());
                room.is_some_and(|room| address.resource() == Some(room.nick.raw()))
            }
        }
    }

    /// What the author of a message is called that another message of the same chat speaks of.
    #[must_use]
    pub fn author_name(&self, beside: &crate::model::Message, author: &crate::model::Jid, is_own: bool) -> Untrusted {
        if is_own {
            return crate::words::relation::you().into();
        }
        let nick = author.resource().filter(|_| beside.chat_kind != crate::model::ChatKind::Contact);
        match nick {
            Some(nick) => nick.into(),
            None => {
                let bare = author.bare();
                let short = bare.shown_local().map(|local| Untrusted::from(local.as_ref()));
                self.contact_name(&beside.chat.account, &bare, short)
            }
        }
    }

    /// The room of the open chat, where that is a room or a private conversation in one.
    #[must_use]
    pub fn current_room(&self) -> Option<(&AccountId, BareJid)> {
        let chat = self.current()?;
        (chat.kind != ChatKind::Contact).then(|| (&chat.id.account, chat.id.address.bare()))
    }

    /// Whether an address is the user's own on this account.
    #[must_use]
    pub fn is_own(&self, account: &AccountId, jid: &Jid) -> bool {
        let bare = jid.bare();
        self.accounts.get(account).map_or(bare == *account.jid(), |known| known.is_own(&bare))
    }

    /// The open chat's messages.
    #[must_use]
    pub fn timeline(&self) -> Option<&timeline::Timeline> {
        self.timelines.get(self.chats.current.as_ref()?)
    }

    /// The selected message of the open chat.
    #[must_use]
    pub fn selected_message(&self) -> Option<&crate::model::Message> {
        let timeline = self.timeline()?;
        let row = timeline.selected?;
        timeline.messages.iter().find(|m| m.row == row)
    }

    /// The message of the open chat that is selected or marked, which commands are about.
    #[must_use]
    pub fn marked_message(&self) -> Option<&crate::model::Message> {
        let timeline = self.timeline()?;
        let row = timeline.selected.or(timeline.highlighted)?;
        timeline.messages.iter().find(|m| m.row == row)
    }

    /// Whether the user sees the newest message of this chat now.
    #[must_use]
    pub fn is_watching(&self, id: &ChatId) -> bool {
        self.is_focused
            && self.chats.current.as_ref() == Some(id)
            && self.timelines.get(id).is_none_or(|t| t.is_newest && t.scroll == timeline::Scroll::Bottom)
    }

    /// Unread messages and mentions of all chats that are not requests.
    #[must_use]
    pub fn unread_total(&self) -> (u32, u32) {
        let accepted = self.chats.by_id.values().filter(|c| c.is_accepted);
        accepted.fold((0, 0), |(u, m), c| (u.saturating_add(c.unread), m.saturating_add(c.mentions)))
    }
}
