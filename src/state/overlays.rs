//! The overlays: pickers, forms, the service browser, dialogs.
//!
//! `update` prepares their rows, so that drawing needs no table and no search.

mod form;

pub use form::{FormPurpose, FormView};

use super::composer::TextBox;
use super::requests::Request;
pub use super::text_view::TextView;
use crate::model::{
    AccountId, Availability, BareJid, ChatId, DiscoInfo, Jid, Message, RowId, Step, StepState, Strength, Time, Token,
    Untrusted,
};

/// An overlay.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// Go to a chat (Ctrl-K), the palette (Ctrl-P), links of the chat, and other lists with a filter.
    Picker(Picker),
    /// Explore services.
    Disco(Box<DiscoView>),
    /// Fill in a data form.
    Form(Box<FormView>),
    /// The presence pane.
    Presence(Box<PresenceView>),
    /// Sign in or register for the first time.
    FirstRun(Box<FirstRun>),
    /// A text to read and scroll: help, a person's card, an answer.
    Text(TextView),
    /// Search results.
    Search(Box<SearchView>),
    /// A yes-or-no question.
    Confirm(Confirm),
    /// A line to fill in, such as a password.
    Prompt(Prompt),
    /// The console.
    Console,
}

/// What a picker is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickerKind {
    /// Go to a chat, join, start.
    Switch,
    /// All actions.
    Palette,
    /// Links of the chat.
    Links,
    /// Requests.
    Requests,
    /// Emoji, for a reaction.
    Emoji,
}

/// A row of a picker.
#[derive(Debug, Clone, PartialEq)]
pub struct PickerRow {
    /// A glyph's meaning in front, such as a contact's availability.
    pub mark: RowMark,
    /// The text.
    pub label: Untrusted,
    /// Which characters of the label the filter matched (indices by character).
    pub matched: Vec<u32>,
    /// Further words, dim: the address, the slash command.
    pub detail: Untrusted,
    /// At the right edge: unread counts, the key.
    pub right: String,
    /// Why it cannot be chosen now.
    pub disabled: Option<String>,
    /// Longer help, shown below the list.
    pub help: String,
    /// What choosing it does.
    pub choice: Choice,
}

/// The glyph in front of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowMark {
    /// Nothing.
    None,
    /// A person, and how they are there.
    Person(Availability),
    /// A room.
    Room,
    /// Something new to make.
    New,
}

/// What the user chose in an overlay: a row of a list, a yes, a line. Overlays only say it; `update` does it once
/// they are done with the key.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// Open this chat.
    Chat(ChatId),
    /// Read this request.
    Request(Box<Request>),
    /// Run the action of this name.
    Action(String),
    /// Put this slash command into the composer.
    Compose(String),
    /// Run this slash command.
    Run(String),
    /// Ask whether to open this link.
    Link(String),
    /// React with this emoji to the message that it is being chosen for.
    React(String),
    /// Take this message back.
    Retract(ChatId, RowId),
    /// Remove this message of somebody else for everybody in the room, with a reason.
    Moderate(ChatId, RowId, Option<String>),
    /// Open this link.
    OpenLink(String),
    /// Send what stands in the composer to whoever has the nickname now that this private chat is with.
    Private(ChatId),
    /// Close the form that lies on top, and discard what was changed in it.
    DiscardForm,
    /// Enter the room, or talk with the person, that was typed into the line for that.
    Go(String),
    /// What to do about a room that is not there.
    Missing(AccountId, BareJid, AboutMissing),
}

/// What the user wants where there is no room at an address.
#[derive(Debug, Clone, PartialEq)]
pub enum AboutMissing {
    /// Create it.
    Create,
    /// This one was meant.
    Instead(BareJid),
    /// Nothing.
    Forget,
}

/// A list with a filter.
#[derive(Debug, Clone)]
pub struct Picker {
    /// What it lists.
    pub kind: PickerKind,
    /// The filter.
    pub input: TextBox,
    /// Letters go into the filter. Else they act on the row, and a key opens the filter.
    pub is_typed: bool,
    /// The rows that match, best first.
    pub rows: Vec<PickerRow>,
    /// How many rows there are without the filter.
    pub total: usize,
    /// The chosen row.
    pub selected: usize,
    /// The first row on the screen.
    pub top: usize,
}

/// A row's children in the service browser.
#[derive(Debug, Clone, PartialEq)]
pub enum Load {
    /// Not asked yet.
    Unasked,
    /// Question.
    Loading,
    /// There.
    Done,
    /// Refused or timed out, in words.
    Failed(Untrusted),
}

/// A row of the service browser.
#[derive(Debug, Clone)]
pub struct DiscoNode {
    /// The address.
    pub jid: Jid,
    /// The node there.
    pub node: Option<String>,
    /// A name.
    pub name: Option<Untrusted>,
    /// How deep it stands.
    pub depth: u16,
    /// Whether its children are shown.
    pub is_open: bool,
    /// Its details.
    pub info: Option<DiscoInfo>,
    /// How far the question for details is.
    pub info_load: Load,
    /// How far the question for children is.
    pub items_load: Load,
    /// How many children are loaded.
    pub loaded: usize,
    /// How many there are in all, where known.
    pub count: Option<u64>,
    /// Ask with this for more.
    pub next: Option<String>,
}

/// A question of the service browser that waits for its turn.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscoAsk {
    /// The address that is asked.
    pub jid: Jid,
    /// The node of it that is asked about.
    pub node: Option<String>,
    /// For its children (from this page on) rather than its details.
    pub items: Option<Option<String>>,
}

/// The service browser: a tree as a flat list of visible rows.
#[derive(Debug, Clone)]
pub struct DiscoView {
    /// As which account.
    pub account: AccountId,
    /// The address line.
    pub address: TextBox,
    /// Whether the address line has the keys.
    pub is_editing_address: bool,
    /// The rows.
    pub nodes: Vec<DiscoNode>,
    /// Only rows that hold this.
    pub filter: String,
    /// Whether the filter has the keys.
    pub is_filtering: bool,
    /// The chosen row: an index into `nodes`, also while a filter hides some of them.
    pub selected: usize,
    /// The first row on the screen.
    pub top: usize,
    /// Questions that wait for their turn; few are asked at once.
    pub queue: std::collections::VecDeque<DiscoAsk>,
    /// Open questions: which row (by address and node) awaits which answer.
    pub waiting: Vec<(Token, Jid, Option<String>)>,
    /// Where the user was before.
    pub back: Vec<(Jid, Option<String>)>,
    /// Where the user came back from.
    pub forward: Vec<(Jid, Option<String>)>,
}

impl DiscoView {
    /// The rows that the filter shows, as indices into `nodes`; all without a filter.
    #[must_use]
    pub fn shown(&self) -> Vec<usize> {
        let filter = self.filter.to_lowercase();
        let holds = |n: &DiscoNode| {
            let name = n.name.as_ref().map(|n| n.raw().to_lowercase()).unwrap_or_default();
            name.contains(&filter)
                || n.jid.as_str().contains(&filter)
                || n.node.as_ref().is_some_and(|n| n.to_lowercase().contains(&filter))
        };
        (0..self.nodes.len()).filter(|i| filter.is_empty() || holds(&self.nodes[*i])).collect()
    }
}

/// The presence pane.
#[derive(Debug, Clone)]
pub struct PresenceView {
    /// For this account; all where `None`.
    pub account: Option<AccountId>,
    /// The choice.
    pub availability: Availability,
    /// The text.
    pub text: TextBox,
    /// The priority, as typed.
    pub priority: TextBox,
    /// Which field the keys are at: 0 availability, 1 text, 2 priority.
    pub focused: usize,
    /// What is wrong with the priority.
    pub error: Option<String>,
    /// Whose resources are shown below: the open chat.
    pub contact: Option<ChatId>,
}

/// A field of the first-run screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstRunField {
    /// Sign in, or make an account.
    Mode,
    /// The address, or the server.
    Address,
    /// The password.
    Password,
    /// Whether to save the password.
    Save,
    /// Show the fields that few need.
    Advanced,
    /// The host.
    Host,
    /// The port.
    Port,
    /// TLS from the first byte.
    DirectTls,
    /// A proxy.
    Socks5,
    /// A CA file.
    CaFile,
    /// The fingerprint of the server's key.
    Pin,
    /// Whether the password itself may be sent.
    AllowPlain,
    /// A certificate of the user's own.
    Certificate,
    /// Its key.
    Key,
    /// Come in without an account.
    Guest,
    /// The resource.
    Resource,
    /// The button that goes on.
    Go,
}

impl FirstRunField {
    /// Whether text is typed into it.
    #[must_use]
    pub fn is_text(self) -> bool {
        match self {
            Self::Address
            | Self::Password
            | Self::Host
            | Self::Port
            | Self::Socks5
            | Self::CaFile
            | Self::Pin
            | Self::Certificate
            | Self::Key
            | Self::Resource => true,
            Self::Mode | Self::Save | Self::Advanced | Self::DirectTls | Self::AllowPlain | Self::Guest | Self::Go => {
                false
            }
        }
    }
}

/// What the newcomer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstRunMode {
    /// Sign in.
    SignIn,
    /// Make an account.
    Register,
    /// Look around without one.
    Demo,
}

/// The first-run screen.
#[derive(Debug, Clone)]
pub struct FirstRun {
    /// What to do.
    pub mode: FirstRunMode,
    /// The address; for a new account, the server.
    pub address: TextBox,
    /// The password.
    pub password: TextBox,
    /// Whether the password is shown.
    pub is_revealed: bool,
    /// Where the password will be saved: a keyring, or "ask each time" with the reason.
    pub keyring: Option<Result<String, String>>,
    /// Whether to save it there.
    pub is_saving: bool,
    /// Whether the advanced fields are shown.
    pub is_advanced: bool,
    /// Host override.
    pub host: TextBox,
    /// Port override.
    pub port: TextBox,
    /// TLS from the first byte.
    pub direct_tls: bool,
    /// A SOCKS5 proxy.
    pub socks5: TextBox,
    /// A CA file.
    pub ca_file: TextBox,
    /// The fingerprint of the server's key, or its first digits once the server has shown it.
    pub pin: TextBox,
    /// The key of the certificate that was refused.
    pub refused: Option<String>,
    /// Whether the password itself may be sent.
    pub allow_plain: bool,
    /// A certificate of the user's own.
    pub certificate: TextBox,
    /// Its key.
    pub key: TextBox,
    /// Come in without an account.
    pub is_guest: bool,
    /// The resource.
    pub resource: TextBox,
    /// Which field the keys are at, in the order shown.
    pub focused: usize,
    /// The steps, once under way.
    pub steps: Vec<(Step, StepState)>,
    /// What is wrong, in words; and which field.
    pub error: Option<(usize, Untrusted)>,
    /// The account that is being tried.
    pub trying: Option<AccountId>,
}

impl FirstRun {
    /// An empty screen.
    #[must_use]
    pub fn new(resource: &str) -> Self {
        Self {
            mode: FirstRunMode::SignIn,
            address: TextBox::default(),
            password: TextBox::default(),
            is_revealed: false,
            keyring: None,
            is_saving: true,
            is_advanced: false,
            host: TextBox::default(),
            port: TextBox::default(),
            direct_tls: false,
            socks5: TextBox::default(),
            ca_file: TextBox::default(),
            pin: TextBox::default(),
            refused: None,
            allow_plain: false,
            certificate: TextBox::default(),
            key: TextBox::default(),
            is_guest: false,
            resource: TextBox::new(resource),
            // The address: the mode that most want is chosen already.
            focused: 1,
            steps: Vec::new(),
            error: None,
            trying: None,
        }
    }

    /// The fields that are shown, in order; `focused` and the error's number count in this list.
    #[must_use]
    pub fn fields(&self) -> Vec<FirstRunField> {
        use FirstRunField::{
            Address, Advanced, AllowPlain, CaFile, Certificate, DirectTls, Go, Guest, Host, Key, Mode, Password, Pin,
            Port, Resource, Save, Socks5,
        };
        if self.mode == FirstRunMode::Demo {
            return vec![Mode, Go];
        }
        let mut fields = vec![Mode, Address];
        let is_signing_in = self.mode == FirstRunMode::SignIn;
        if is_signing_in && !self.is_guest {
            fields.extend([Password, Save]);
        }
        fields.push(Advanced);
        if self.is_advanced {
            fields.extend([Host, Port, DirectTls, CaFile]);
            if is_signing_in {
                fields.extend([AllowPlain, Certificate, Key, Guest]);
            }
            fields.extend([Resource, Socks5, Pin]);
        }
        fields.push(Go);
        fields
    }

    /// The field that the keys are at.
    #[must_use]
    pub fn field(&self) -> FirstRunField {
        self.fields().get(self.focused).copied().unwrap_or(FirstRunField::Go)
    }

    /// The text of a field, for those that have one.
    pub fn text_mut(&mut self, field: FirstRunField) -> Option<&mut TextBox> {
        match field {
            FirstRunField::Address => Some(&mut self.address),
            FirstRunField::Password => Some(&mut self.password),
            FirstRunField::Host => Some(&mut self.host),
            FirstRunField::Port => Some(&mut self.port),
            FirstRunField::Socks5 => Some(&mut self.socks5),
            FirstRunField::CaFile => Some(&mut self.ca_file),
            FirstRunField::Pin => Some(&mut self.pin),
            FirstRunField::Resource => Some(&mut self.resource),
            FirstRunField::Certificate => Some(&mut self.certificate),
            FirstRunField::Key => Some(&mut self.key),
            FirstRunField::Mode
            | FirstRunField::Save
            | FirstRunField::Advanced
            | FirstRunField::DirectTls
            | FirstRunField::AllowPlain
            | FirstRunField::Guest
            | FirstRunField::Go => None,
        }
    }
}

/// Search results.
#[derive(Debug, Clone)]
pub struct SearchView {
    /// In which chat; everywhere where `None`.
    pub chat: Option<ChatId>,
    /// The words.
    pub input: TextBox,
    /// What was found, newest first.
    pub results: Vec<Message>,
    /// There may be more.
    pub is_more: bool,
    /// The answer is awaited.
    pub is_waiting: bool,
    /// When the oldest message was written that was looked at.
    pub oldest: Option<Time>,
    /// The server is being asked for older messages to look at.
    pub is_asking: bool,
    /// The next answer takes the place of what is shown.
    pub is_anew: bool,
    /// The server has no older ones, or cannot be asked.
    pub is_all: bool,
    /// The chosen result; after the last one comes the offer to ask the server.
    pub selected: usize,
    /// The first row on the screen.
    pub top: usize,
    /// The last question's number.
    pub seq: u64,
}

/// A question.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// The question.
    pub text: Untrusted,
    /// What yes does: a slash command or an action's name.
    pub choice: Choice,
    /// What `m`, for "what I meant", does; Enter does it too, since it is the careful answer.
    pub instead: Option<Choice>,
    /// What no does, where that is more than closing the question.
    pub otherwise: Option<Choice>,
}

/// What the user consents to.
#[derive(Debug, Clone, PartialEq)]
pub enum Consent {
    /// The password itself is handed to the server.
    Plain,
    /// The server is weaker than before; this counts from now on.
    Weaker(Strength),
}

/// What a prompt is for.
#[derive(Debug, Clone, PartialEq)]
pub enum PromptKind {
    /// The password of an account.
    Password(AccountId),
    /// A room's address to join, or an address to start a chat with.
    Join,
    /// The password of a room.
    RoomPassword(AccountId, BareJid),
    /// A yes, typed, to a login that parlour will not make by itself.
    Consent(AccountId, Consent),
    /// The question was answered elsewhere while the user may have been typing: it is only closed.
    Obsolete,
}

/// A line to fill in.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What the line is for.
    pub kind: PromptKind,
    /// What is asked.
    pub text: Untrusted,
    /// The line.
    pub input: TextBox,
    /// Whether it is hidden while typed.
    pub is_secret: bool,
    /// Whether to save it in the keyring once the server has taken it; `None` where it cannot be saved.
    pub saving: Option<bool>,
    /// What is wrong with it.
    pub error: Option<Untrusted>,
}
