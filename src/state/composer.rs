//! The composer: text, cursor, undo, kill ring, history. All positions are byte offsets at grapheme borders. The
//! editing itself is in `update::composer`.

use crate::model::{Reply, RowId, Untrusted};

/// A text with a cursor; also used by the one-line fields of overlays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextBox {
    /// The text.
    pub text: String,
    /// Where the cursor stands: a byte offset at a grapheme border.
    pub cursor: usize,
}

impl TextBox {
    /// A box with this text, the cursor at its end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), cursor: text.len() }
    }
}

/// What completion offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// The candidates: (what is put in, what it is).
    pub items: Vec<(String, String)>,
    /// The one that is put in now.
    pub selected: usize,
    /// Where the completed word begins.
    pub start: usize,
    /// Where it ends now.
    pub end: usize,
}

/// How the command that is being typed is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// The command and its arguments; empty while its name is typed.
    pub parts: Vec<String>,
    /// The part that is being typed.
    pub at: Option<usize>,
    /// The first candidates for it.
    pub candidates: Vec<String>,
}

/// What the text in the composer is for, where it is not simply said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// It answers a message.
    Reply {
        /// The message.
        row: RowId,
        /// How it is named.
        reply: Reply,
        /// Who wrote it, as shown.
        name: Untrusted,
    },
    /// It takes the place of a message of the user's.
    Edit {
        /// The message.
        row: RowId,
        /// Its id.
        id: String,
        /// What it said.
        old: String,
        /// What the message answers: so does its correction.
        reply: Option<Reply>,
        /// What was being written before: it comes back afterwards.
        draft: String,
    },
}

/// The composer.
#[derive(Debug, Clone, Default)]
pub struct Composer {
    /// What the text is for, where it is not simply said.
    pub about: Option<About>,
    /// Text and cursor.
    pub text: TextBox,
    /// Texts to go back to.
    pub undo: Vec<TextBox>,
    /// Texts to go forward to.
    pub redo: Vec<TextBox>,
    /// What was cut, the newest last.
    pub kills: Vec<String>,
    /// What was sent before, the newest last.
    pub history: Vec<String>,
    /// Where in the history the user is.
    pub history_at: Option<usize>,
    /// What was typed before the user went into the history.
    pub history_draft: String,
    /// Enter makes a new line, Ctrl-S sends.
    pub is_multiline: bool,
    /// How the command that is being typed is used.
    pub usage: Option<Usage>,
    /// The text and the cursor that this was made for.
    pub usage_for: TextBox,
    /// What completion offers now.
    pub completion: Option<Completion>,
    /// An error to show under the text: (words, marked part of the text as byte range).
    pub error: Option<(String, std::ops::Range<usize>)>,
    /// A paste of many lines waits for the user's word.
    pub pending_paste: Option<String>,
    /// The draft is stored as it stands.
    pub is_saved: bool,
    /// The last change was a typed character: the next one belongs to the same undo step.
    pub is_typing_run: bool,
    /// The last change deleted a character: the next one belongs to the same undo step.
    pub is_deleting_run: bool,
    /// The last change was a cut: the next one grows it.
    pub is_killing_run: bool,
}
