//! What the user wants, whether they pressed a key, chose a row of the palette or typed a slash command.
//!
//! One enum serves all three, so that one place performs it (`update`) and nothing can be done in only one of the three
//! ways. Keys and the palette give the variants without arguments (the [`super::ACTIONS`] table names them); slash
//! commands also give the others. Addresses are parsed before an action exists, so `update` never sees an invalid one;
//! names are resolved by `update`, which knows the contacts and rooms.

use super::list::{InForm, List};
use crate::model::{Availability, BareJid, Jid};

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Help for the place that keys go to now.
    Help,
    /// Help for one slash command or one subject, as typed, without the slash.
    HelpOn(String),
    /// Show the palette: every action there is.
    Palette,
    /// Show the quick switcher.
    Switch,
    /// Close the top layer, else leave the selection, else put the keys back to the composer.
    Cancel,
    /// Show or hide the console, as it was last.
    Console,
    /// Show the log.
    ShowLog,
    /// Show the raw-XML console; only what goes to or comes from this address, where given.
    ShowXml(Option<Jid>),
    /// Send this stanza as it is.
    Raw(String),
    /// Draw everything anew.
    Redraw,
    /// Take the next theme.
    NextTheme,
    /// Tell how to quit.
    HowToQuit,
    /// Give the terminal back and stop until `fg`.
    Suspend,
    /// Read the config again.
    Reload,
    /// End the program, with last words for those who see the user's presence.
    Quit(Option<String>),
    /// Put this text into the composer, the cursor at its end, for the user to finish.
    Compose(String),

    /// Open the next chat by importance: mention, then direct message, then unread.
    NextImportant,
    /// Open the next chat of the sidebar.
    NextChat,
    /// Open the previous chat of the sidebar.
    PrevChat,
    /// Open the chat that was open before.
    LastChat,
    /// Open a chat by its number in the sidebar, from 1.
    NthChat(usize),
    /// Open the chat whose name is nearest to this.
    OpenChat(String),
    /// Take the open chat (or the selected one, in the sidebar) out of the sidebar; a room is not left.
    CloseChat,
    /// The next pane.
    NextPane,
    /// The previous pane.
    PrevPane,
    /// The sidebar: show it, put the keys there, or hide it.
    Sidebar,
    /// The people of the room: show them, put the keys there, or hide them.
    People,
    /// The presence pane.
    PresencePane,
    /// Ask for an address: of a room to join, or of somebody to talk with.
    JoinPrompt,
    /// All requests, to answer.
    Requests,
    /// Say yes (`true`) or no to the request that the open chat is about.
    AnswerHere(bool),
    /// Open the question that waits for the user.
    Question,

    /// Write in the composer or in another line being edited.
    Edit(Edit),
    /// Send what is in the composer; a new line in multi-line mode.
    Send,
    /// Send what is in the composer, in multi-line mode too.
    SendNow,
    /// Turn multi-line mode on or off.
    Multiline,
    /// Complete the word at the cursor, then take the next candidate.
    Complete,
    /// Take the previous candidate.
    CompleteBack,
    /// The line that was sent before.
    HistoryPrev,
    /// The line that was sent after.
    HistoryNext,

    /// Move the view of the chat.
    Scroll(ScrollStep),
    /// Select the message above the selected one, or the newest.
    MessagePrev,
    /// Select the message below the selected one.
    MessageNext,
    /// Do something with the selected message, else with the last one it fits.
    Message(OnMessage),
    /// Go back to where the last jump to another message began.
    JumpBack,
    /// Edit the user's last message of the open chat.
    EditLast,
    /// Answer the selected message, else the last one of somebody else, with a text; without one it is written next.
    Reply(Option<String>),
    /// Correct the selected message, else the user's last one; with a text at once.
    EditText(Option<String>),
    /// Correct the user's last message: the first words become the second.
    Substitute {
        /// What is replaced.
        from: String,
        /// What takes its place.
        to: String,
        /// Everywhere in the message rather than once.
        is_everywhere: bool,
    },
    /// Give or take back a reaction to the selected message, else to the last one of somebody else; a list to choose from
    /// where `None`.
    React(Option<String>),
    /// Remove the selected message, else the last one of somebody else, for everybody in the room, with a reason.
    Moderate(Option<String>),
    /// Open a link of the chat by number, the newest is 1.
    OpenLink(Option<usize>),
    /// Show the links of this chat.
    Links,
    /// Show the search in this chat.
    SearchHere,
    /// Show the search in all chats.
    SearchAll,
    /// Search for these words.
    Search {
        /// The words, as typed.
        words: String,
        /// In all chats rather than the open one.
        is_everywhere: bool,
    },
    /// Load older messages.
    History(HistoryAsk),
    /// Mark the chat as read.
    MarkRead,

    /// Move in, and act on, the list that has the keys.
    List(List),
    /// Act on the chosen row of the sidebar.
    Row(OnRow),
    /// Act on the chosen person in the room.
    Person(OnPerson),
    /// Act in the service browser.
    Browse(Browse),
    /// Act in a form.
    Form(InForm),

    /// Open a conversation with somebody, and send a text.
    Talk {
        /// The person, or the room, to talk with.
        to: Target,
        /// The text; only opens the conversation where `None`.
        text: Option<String>,
    },
    /// Open a conversation in private with an occupant of the open room, and send a text.
    Private {
        /// With whom, by nickname.
        nick: String,
        /// The text; only opens the conversation where `None`.
        text: Option<String>,
    },
    /// Send this as what the user does (`/me`, XEP-0245).
    Emote(String),
    /// Send this, even if it looks like a command.
    Say(String),

    /// Enter a room.
    Join {
        /// Which; the open one, or the one last invited to, where `None`.
        room: Option<RoomName>,
        /// With which nickname.
        nick: Option<String>,
        /// With which password.
        password: Option<String>,
    },
    /// Leave the open room, with last words.
    Part(Option<String>),
    /// Take another nickname in the open room.
    Nick(String),
    /// Show the subject (`None`) or set it.
    Topic(Option<String>),
    /// Put `/invite` into the composer to be finished.
    InvitePrompt,
    /// Put the subject into the composer to change it.
    EditTopic,
    /// Tell who is in the room.
    Names,
    /// Invite somebody to the open room.
    Invite {
        /// The person.
        who: Target,
        /// The reason that others see.
        reason: Option<String>,
    },
    /// Put an occupant out.
    Kick {
        /// Whom, by nickname.
        nick: String,
        /// The reason that others see.
        reason: Option<String>,
    },
    /// Put somebody out for good.
    Ban {
        /// Whom: a nickname or an address.
        who: Target,
        /// The reason that others see.
        reason: Option<String>,
    },
    /// Take a ban back.
    Unban(BareJid),
    /// Show the settings form of the open room.
    ConfigureRoom,
    /// List the rooms of a service; the account's own where `None`.
    RoomList(Option<BareJid>),

    /// Everything known about a person: in the room, a contact, or an address.
    Whois(Option<Target>),
    /// Say yes to a request or invitation; the oldest where `None`.
    Accept(Option<Target>),
    /// Say no to a request or invitation; the oldest where `None`.
    Deny(Option<Target>),
    /// Block somebody, or take that back; the open chat's where `None`.
    Block {
        /// Whom.
        who: Option<Target>,
        /// Whether to block.
        is_blocked: bool,
    },
    /// Show who is blocked.
    BlockList,
    /// Add a contact and ask to see their presence.
    AddContact {
        /// Their address.
        jid: BareJid,
        /// The name to show.
        name: Option<String>,
        /// The groups to put them into.
        groups: Vec<String>,
    },
    /// Remove a contact; the open chat's where `None`.
    RemoveContact(Option<Target>),
    /// Give a contact another name.
    Rename {
        /// Whom; the open chat's where `None`.
        who: Option<Target>,
        /// The name; empty for none.
        name: String,
    },
    /// Put a contact into these groups, and out of all others.
    Group {
        /// The person.
        who: Target,
        /// The groups.
        groups: Vec<String>,
    },

    /// Show this of the user, on all accounts that are online.
    SetPresence {
        /// How; as it is where `None`.
        availability: Option<Availability>,
        /// The text; none where `None`.
        text: Option<String>,
    },
    /// Show this to one address only.
    DirectPresence {
        /// The address.
        to: Jid,
        /// The availability to show.
        availability: Availability,
        /// The text.
        text: Option<String>,
    },
    /// Set the priority of this client.
    Priority(i8),

    /// Explore services; the account's server where `None`.
    Disco {
        /// Where to begin.
        jid: Option<Jid>,
        /// Which node there.
        node: Option<String>,
    },
    /// Ask which software it is; the open chat's where `None`.
    Version(Option<Target>),
    /// Ping it; the server where `None`.
    Ping(Option<Target>),
    /// Ask what time it is there; the open chat's where `None`.
    Time(Option<Target>),
    /// Register: with a service, or (a server's name) make a new account.
    Register(Option<BareJid>),

    /// Connect; the current account where `None`.
    Connect(Option<BareJid>),
    /// Sign out; the current account where `None`.
    Disconnect(Option<BareJid>),
    /// Sign out and connect; the current account where `None`.
    Reconnect(Option<BareJid>),
    /// Show the last login of an account, step by step.
    Connection(Option<BareJid>),
    /// Look at what the operators of an account's server say of outages.
    Outage(Option<BareJid>),
    /// Show, pin or forget the server's key.
    Cert(OnCert),
    /// Do something with the user's accounts.
    Account(OnAccount),
    /// Show one setting, or set it.
    Set {
        /// Its key in the config; all settings are shown where `None`.
        key: Option<String>,
        /// The new value, as typed and checked; `None` shows it.
        value: Option<String>,
    },
    /// Reset a setting to its default.
    Unset(String),
}

/// Somebody, as the user names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An address: there was an `@` or a `/`.
    Address(Jid),
    /// A nickname, a contact's name or a domain: `update` looks in this order.
    Name(String),
}

/// A room, as the user names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomName {
    /// Its whole address.
    Address(BareJid),
    /// The part before the `@`, of the account's own room service.
    Local(String),
}

/// How to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edit {
    /// One character to the left.
    Left,
    /// One character to the right.
    Right,
    /// To the start of the word.
    WordLeft,
    /// To the end of the word.
    WordRight,
    /// To the start of the line.
    Start,
    /// To the end of the line.
    End,
    /// To the start of the text.
    Top,
    /// To the end of the text.
    Bottom,
    /// A line up.
    Up,
    /// A line down.
    Down,
    /// Begin a new line.
    Newline,
    /// Delete the character before the cursor.
    Backspace,
    /// Delete the character after the cursor.
    Delete,
    /// Cut back to the start of the word.
    KillWordBack,
    /// Cut to the end of the word.
    KillWord,
    /// Cut back to the start of the line.
    KillToStart,
    /// Cut to the end of the line.
    KillToEnd,
    /// Put in what was cut last.
    Yank,
    /// Take the last change back.
    Undo,
    /// Do again what was taken back.
    Redo,
}

/// How to move the view of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScrollStep {
    /// A page towards older messages.
    PageUp,
    /// A page towards newer messages.
    PageDown,
    /// A line towards older messages.
    LineUp,
    /// A line towards newer messages.
    LineDown,
    /// To the first message.
    Top,
    /// To the newest message.
    Bottom,
    /// To the line above the first unread message.
    Unread,
}

/// What to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnMessage {
    /// Answer it.
    Reply,
    /// Correct it.
    Edit,
    /// Choose a reaction to it.
    React,
    /// Give it one of the user's usual reactions, or take that back: from 1.
    ReactNth(u8),
    /// Take it back.
    Retract,
    /// Copy its first link.
    CopyLink,
    /// Do what fits it best: go to the message that it answers, else open its link.
    Enter,
    /// Copy its text.
    Copy,
    /// Open its first link.
    Open,
    /// Put it into the composer as a quotation.
    Quote,
    /// Send it again.
    Retry,
    /// Give it up.
    Drop,
    /// Tell all that is known about it.
    Info,
    /// Show its whole text, however long.
    Whole,
}

/// Which older messages to load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HistoryAsk {
    /// One page.
    Page,
    /// So many messages.
    Count(usize),
    /// Back to this day, in the user's time zone.
    Since {
        /// The year.
        year: i32,
        /// 1 to 12.
        month: u8,
        /// 1 to 31, and there is such a day.
        day: u8,
    },
}

/// What to do with a row of the sidebar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnRow {
    /// Fold or unfold the section.
    Fold,
    /// Give the contact another name.
    Rename,
    /// Remove the contact.
    Remove,
    /// Tell all that is known about them.
    Info,
    /// Say yes to the request.
    Accept,
    /// Say no to the request.
    Deny,
    /// Block whoever asks.
    Block,
}

/// What to do with a person in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnPerson {
    /// Tell all that is known about them.
    Info,
    /// Talk in private.
    Private,
    /// Put their nickname into the composer.
    Mention,
    /// Put `/kick` with their nickname into the composer.
    Kick,
    /// Put `/ban` with their nickname into the composer.
    Ban,
}

/// What to do in the service browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Browse {
    /// Fold the row, or go to the one above it.
    Fold,
    /// Unfold the row.
    Unfold,
    /// Do what fits the row best: join a room, unfold anything else.
    Act,
    /// Put the keys into the address line.
    Address,
    /// Where the user was before.
    Back,
    /// Where the user came back from.
    Forward,
    /// Ask again.
    Retry,
    /// Copy the address.
    Copy,
    /// Register with the service, or fill in the settings of a room.
    Form,
}

/// What to do with the server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnCert {
    /// Show it.
    Show,
    /// Accept its key alone from now on; with the fingerprint as typed.
    Pin(String),
    /// Forget the pin.
    Forget,
}

/// What to do with the user's accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnAccount {
    /// Tell which there are, and how they are.
    List,
    /// Sign in with one more, on the first-run screen.
    Add,
    /// Forget one, with its history.
    Remove(BareJid),
    /// Make one the current account.
    Use(BareJid),
}
