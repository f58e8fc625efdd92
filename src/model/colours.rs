//! The colours that the terminal says it draws with.
//!
//! A program knows the colours 0 to 15 only by number: what they look like is the user's palette. Terminals tell it, if
//! they are asked, and some never answer. So each of these may be unknown, and what is unknown is not used for text.

/// Red, green, blue.
pub type Rgb = (u8, u8, u8);

/// The colours of a terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TerminalColours {
    /// The text's, where no other is chosen.
    pub foreground: Option<Rgb>,
    /// Behind the text.
    pub background: Option<Rgb>,
    /// The palette.
    pub palette: [Option<Rgb>; 16],
}

/// The palette that the Linux console has had since the VGA.
const VGA: [Rgb; 16] = [
    (0, 0, 0),
    (170, 0, 0),
    (0, 170, 0),
    (170, 85, 0),
    (0, 0, 170),
    (170, 0, 170),
    (0, 170, 170),
    (170, 170, 170),
    (85, 85, 85),
    (255, 85, 85),
    (85, 255, 85),
    (255, 255, 85),
    (85, 85, 255),
    (255, 85, 255),
    (85, 255, 255),
    (255, 255, 255),
];

impl TerminalColours {
    /// What the Linux console draws with, which cannot be asked.
    #[must_use]
    pub fn linux_console() -> Self {
        Self { foreground: Some(VGA[7]), background: Some(VGA[0]), palette: VGA.map(Some) }
    }

    /// Whether all of them are known.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.foreground.is_some() && self.background.is_some() && self.palette.iter().all(Option::is_some)
    }
}
