//! What `update` remembers between two messages: open queries, timers, texts that are being sent. The screen reads only
//! the pending chord of it.

use super::composer::About;
use crate::model::{AccountId, BareJid, ChatId, Jid, Order, RowId, Secret, StanzaId, Time, Token, Untrusted};
use std::collections::{HashMap, HashSet};

/// A text that was handed to an engine and is not in the store yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Sending {
    /// Its id.
    pub id: StanzaId,
    /// Where it goes.
    pub chat: ChatId,
    /// The text, in case the engine cannot take it.
    pub text: String,
    /// What the store had as the chat's draft.
    pub draft: String,
    /// What the text was for.
    pub about: Option<About>,
}

/// What was asked of an entity or a service, so that the answer is known again.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// Version, ping or time: shown when it comes.
    Entity,
    /// The card of somebody whose page is open.
    Card,
    /// disco#info, shown as a text.
    Info(Jid),
    /// A room's configuration form.
    RoomForm(BareJid),
    /// A service's registration form.
    RegisterForm(Jid),
    /// A form was sent; what it was for, in words.
    Submitted(String),
    /// The rooms of a service, since this one is not there: another may have been meant.
    Near(BareJid),
}

/// A room that the user wants to be in, until they are or it turns out that it is not there.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomWish {
    /// On which account.
    pub account: AccountId,
    /// Which room.
    pub room: BareJid,
    /// With which nickname.
    pub nick: Option<String>,
    /// With which password.
    pub password: Option<Secret>,
    /// Its chat was there before.
    pub was_known: bool,
}

/// How far a room's password in the keyring is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FromKeyring {
    /// The keyring was asked for it.
    Asked,
    /// The room was entered with it.
    Tried,
}

/// A registration form that was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Registering {
    /// As which account it was asked for.
    pub account: AccountId,
    /// The password in it.
    pub password: Secret,
    /// All that was filled in, by name, for the next try.
    pub values: Vec<(String, Vec<String>)>,
}

/// People who came and went since the last message of a room, for one folded line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fold {
    /// Who came.
    pub joined: Vec<Untrusted>,
    /// Who went.
    pub left: Vec<Untrusted>,
}

/// A message that is gone to.
#[derive(Debug, Clone, PartialEq)]
pub struct Find {
    /// In which chat.
    pub chat: ChatId,
    /// Where it is.
    pub order: Order,
    /// It is to stand at the top of the screen; else with a few others below it.
    pub is_top: bool,
}

/// The memory of `update`.
#[derive(Debug, Clone, Default)]
pub struct Work {
    /// The keys of a chord that is not complete yet, by name, such as `ctrl-x`.
    pub chord: Vec<String>,
    /// A letter that was pressed while a message is selected, and when it acts unless another follows.
    pub held: Option<(char, Time)>,
    /// Whether there may be a keyring, which keeps the passwords of rooms.
    pub has_keyring: bool,
    /// Rooms that asked for a password, which the keyring is asked for.
    pub from_keyring: Vec<(AccountId, BareJid, FromKeyring)>,
    /// The last query's number.
    pub last_seq: u64,
    /// The last question's token.
    pub last_token: u64,
    /// Texts that engines were given and the store has not told of yet.
    pub sending: Vec<Sending>,
    /// Rows that are on disk and not on the wire: (chat, id).
    pub unsent: HashSet<(ChatId, StanzaId)>,
    /// The message that a reaction is being chosen for.
    pub reacting: Option<(ChatId, RowId)>,
    /// Where jumps to other messages began, the last one last.
    pub jumps: Vec<(ChatId, Order)>,
    /// Open questions.
    pub asked: Vec<(Token, AccountId, Question)>,
    /// When the user last pressed a key.
    pub last_key: Time,
    /// Since when the terminal has not had the focus, while no key was pressed.
    pub focus_lost: Option<Time>,
    /// When the terminal last got the focus.
    pub focus_won: Time,
    /// The servers know that the user does not look (XEP-0352).
    pub is_inattentive: bool,
    /// When the user last typed into the composer.
    pub last_typed: Option<Time>,
    /// When the draft is to be stored.
    pub draft_due: Option<Time>,
    /// When the bell last rang or a notification was last shown.
    pub last_noise: Time,
    /// The sidebar's rows are out of date.
    pub is_sidebar_stale: bool,
    /// When they were last made.
    pub sidebar_made: Time,
    /// The terminal's title as last set.
    pub title: String,
    /// When `update` asked to be woken.
    pub wake_at: Option<Time>,
    /// Chats where somebody types.
    pub typing: Vec<ChatId>,
    /// The row id of the last line that is not stored; these go down from -1.
    pub last_notice: i64,
    /// Names of contacts by what they look like, made when they are needed: address and name.
    pub contact_looks: HashMap<AccountId, HashMap<String, Vec<(BareJid, String)>>>,
    /// Requests that came since the user last looked at them.
    pub new_requests: u64,
    /// A password that the user typed and asked to save, until the server accepts it.
    pub to_save: Option<(AccountId, Secret)>,
    /// Rooms to enter by name as soon as the account's service for rooms is known: name, nickname, password.
    pub joins: Vec<(AccountId, String, Option<String>, Option<String>)>,
    /// Rooms that the user asked to enter lately.
    pub wishes: Vec<RoomWish>,
    /// A registration under way.
    pub registering: Option<Registering>,
    /// The message to go to, until its page has come.
    pub find: Option<Find>,
    /// The chat that was open when the program ended and the message at the bottom of its screen, until its page has come.
    pub resume: Option<(ChatId, crate::model::Order)>,
    /// The chat to open first where nothing was open before.
    pub first_chat: Option<ChatId>,
    /// The place that the hints at the bottom were made for.
    pub hints_for: String,
}
