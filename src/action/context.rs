//! The places where keys have meanings of their own: the contexts that the keymap, the config and help name.

/// A place where keys have meanings of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Everywhere, unless an inner place knows the key.
    Global,
    /// Where text is written.
    Composer,
    /// While the chat is in sight.
    Chat,
    /// While a message is selected.
    Message,
    /// While a message is selected that was not sent.
    Unsent,
    /// In the list of chats.
    Sidebar,
    /// At a request: in the list of requests, and on such a row of the list of chats.
    Requests,
    /// In the list of people.
    People,
    /// In any list.
    List,
    /// In the service browser.
    Disco,
    /// In forms and dialogs.
    Form,
}

impl Context {
    /// All of them, in the order of help.
    pub const ALL: [Self; 11] = [
        Self::Global,
        Self::Composer,
        Self::Chat,
        Self::Message,
        Self::Unsent,
        Self::Sidebar,
        Self::Requests,
        Self::People,
        Self::List,
        Self::Disco,
        Self::Form,
    ];

    /// The name in the config: `[keys.<word>]`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Composer => "composer",
            Self::Chat => "chat",
            Self::Message => "message",
            Self::Unsent => "unsent",
            Self::Sidebar => "sidebar",
            Self::Requests => "requests",
            Self::People => "people",
            Self::List => "list",
            Self::Disco => "disco",
            Self::Form => "form",
        }
    }

    /// The heading in help.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::Composer => "Writing",
            Self::Chat => "The chat",
            Self::Message => "A selected message",
            Self::Unsent => "A selected message that was not sent",
            Self::Sidebar => "The list of chats",
            Self::Requests => "Requests",
            Self::People => "The people of a room",
            Self::List => "Lists",
            Self::Disco => "Exploring services",
            Self::Form => "Forms",
        }
    }

    /// The context of this name.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.word() == word)
    }
}
