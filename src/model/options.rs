//! What the user may set; read from the config, changed by `/set`.

/// Which characters the screen may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyphs {
    /// Box drawing, dots, arrows.
    Unicode,
    /// ASCII alone.
    Ascii,
}

/// The colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThemeName {
    /// The terminal's own sixteen colours.
    Auto,
    /// For light backgrounds.
    Light,
    /// For dark backgrounds.
    Dark,
    /// None.
    Mono,
}

/// The user's settings that the screen and the update function read.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Which characters to use.
    pub glyphs: Glyphs,
    /// The colours.
    pub theme: ThemeName,
    /// The sidebar's width in cells, 18 to 40.
    pub sidebar_width: u16,
    /// The people pane's width in cells, 0 or 14 to 32.
    pub people_width: u16,
    /// Whether to tell others that the user is typing (XEP-0085).
    pub send_typing: bool,
    /// Whether to answer requests for receipts (XEP-0184).
    pub send_receipts: bool,
    /// Minutes without a key until "away"; 0 for never.
    pub auto_away_minutes: u32,
    /// Ring the bell for mentions and direct messages.
    pub bell: bool,
    /// Desktop notifications by OSC 9 for mentions and direct messages.
    pub notify: bool,
    /// Set the terminal's title.
    pub title: bool,
    /// Show joins and leaves in rooms.
    pub show_joins: bool,
    /// How many old messages to ask a room for when joining without an archive.
    pub room_history: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            glyphs: Glyphs::Unicode,
            theme: ThemeName::Auto,
            sidebar_width: 26,
            people_width: 20,
            send_typing: true,
            send_receipts: true,
            auto_away_minutes: 10,
            bell: true,
            notify: true,
            title: true,
            show_joins: true,
            room_history: 50,
        }
    }
}
