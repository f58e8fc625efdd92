//! Lists and forms: the keys that move in one, and those that do something with its rows or fields.

/// How many rows a page has where the height of the list is not known.
pub const PAGE: usize = 10;

/// What to do in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum List {
    /// Move to another row.
    Move(Move),
    /// Choose the row.
    Open,
    /// Filter the list.
    Filter,
    /// The next that was found.
    FindNext,
    /// The previous that was found.
    FindPrev,
    /// Take the chosen row into the composer to change it first.
    Edit,
}

/// What to do in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InForm {
    /// The next field.
    Next,
    /// The field before.
    Prev,
    /// Turn a box on or off, choose an option.
    Toggle,
    /// The option before.
    OptionPrev,
    /// The next option.
    OptionNext,
    /// Press the button; in a field, go on to the next one, or make a new line.
    Activate,
    /// Send the form.
    Submit,
    /// Show the names that the protocol uses.
    Raw,
    /// Show what is hidden while typed.
    Reveal,
}

/// A movement in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// A row up.
    Up,
    /// A row down.
    Down,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first row.
    Top,
    /// To the last row.
    Bottom,
}

impl Move {
    /// The row that the movement leads to, from row `at` of `rows` rows.
    #[must_use]
    pub fn from(self, at: usize, rows: usize, page: usize) -> usize {
        let last = rows.saturating_sub(1);
        match self {
            Self::Up => at.saturating_sub(1),
            Self::Down => (at + 1).min(last),
            Self::PageUp => at.saturating_sub(page),
            Self::PageDown => (at + page).min(last),
            Self::Top => 0,
            Self::Bottom => last,
        }
    }

    /// The opposite movement, for lists that count from their end.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
            Self::PageUp => Self::PageDown,
            Self::PageDown => Self::PageUp,
            Self::Top => Self::Bottom,
            Self::Bottom => Self::Top,
        }
    }
}

impl List {
    /// What the same key does in a form, whose fields are walked through like rows.
    #[must_use]
    pub fn in_form(self) -> Option<InForm> {
        match self {
            Self::Move(Move::Up | Move::PageUp) | Self::FindPrev => Some(InForm::Prev),
            Self::Move(Move::Down | Move::PageDown) | Self::FindNext => Some(InForm::Next),
            Self::Open => Some(InForm::Activate),
            Self::Move(Move::Top | Move::Bottom) | Self::Filter | Self::Edit => None,
        }
    }
}
