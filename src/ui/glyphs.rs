//! Every sign that the screen draws: one set for terminals with Unicode, one in ASCII.

use crate::model::{Availability, Glyphs};

/// The signs.
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each field is named after what it says; the tables below show it")]
pub struct GlyphTable {
    pub free: &'static str,
    pub online: &'static str,
    pub away: &'static str,
    pub away_long: &'static str,
    pub busy: &'static str,
    pub connecting: &'static str,
    pub offline: &'static str,
    pub failed: &'static str,
    pub room: &'static str,
    pub new: &'static str,
    pub asks: &'static str,
    pub alert: &'static str,
    pub typing: &'static str,
    pub draft: &'static str,
    pub bar: &'static str,
    pub reply: &'static str,
    pub own: &'static str,
    pub alike: &'static str,
    pub waiting: &'static str,
    pub done: &'static str,
    pub seen: &'static str,
    pub unfolded: &'static str,
    pub folded: &'static str,
    pub quote: &'static str,
    pub below: &'static str,
    pub mention: &'static str,
    pub ellipsis: &'static str,
    pub dot: &'static str,
    pub todo: &'static str,
    pub secret: &'static str,
    pub join: &'static str,
    pub mail: &'static str,
    pub back: &'static str,
    pub radio: [&'static str; 2],
    pub check: [&'static str; 2],
    pub choice: [&'static str; 2],
    pub horizontal: &'static str,
    pub vertical: &'static str,
    /// Top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// Where a vertical line meets a horizontal one from below, from above; tees to the right and to the left.
    pub tees: [&'static str; 4],
}

/// Box drawing, dots, arrows.
pub static UNICODE: GlyphTable = GlyphTable {
    free: "◆",
    online: "●",
    away: "◐",
    away_long: "◔",
    busy: "■",
    connecting: "◌",
    offline: "○",
    failed: "✕",
    room: "#",
    new: "+",
    asks: "?",
    alert: "!",
    typing: "✎",
    draft: "draft",
    bar: "▌",
    reply: "╭",
    own: "★",
    alike: "≈",
    waiting: "⋯",
    done: "✓",
    seen: "✓✓",
    unfolded: "▾",
    folded: "▸",
    quote: "▎",
    below: "▼",
    mention: "◀ @",
    ellipsis: "…",
    dot: "·",
    todo: "·",
    secret: "•",
    join: "→",
    mail: "✉",
    back: "‹",
    radio: ["( )", "(•)"],
    check: ["[ ]", "[x]"],
    choice: ["‹", "›"],
    horizontal: "─",
    vertical: "│",
    corners: ["┌", "┐", "└", "┘"],
    tees: ["┬", "┴", "├", "┤"],
};

/// ASCII alone.
pub static ASCII: GlyphTable = GlyphTable {
    free: "^",
    online: "+",
    away: "-",
    away_long: "_",
    busy: "!",
    connecting: "~",
    offline: ".",
    failed: "x",
    room: "#",
    new: "+",
    asks: "?",
    alert: "!",
    typing: "&",
    draft: "draft",
    bar: ">",
    reply: ",-",
    own: "*",
    alike: "~",
    waiting: "~",
    done: "v",
    seen: "vv",
    unfolded: "v",
    folded: ">",
    quote: "|",
    below: "v",
    mention: "< @",
    ellipsis: "~",
    dot: "-",
    todo: ".",
    secret: "*",
    join: ">",
    mail: "=",
    back: "<",
    radio: ["( )", "(o)"],
    check: ["[ ]", "[x]"],
    choice: ["<", ">"],
    horizontal: "-",
    vertical: "|",
    corners: ["+", "+", "+", "+"],
    tees: ["+", "+", "+", "+"],
};

impl GlyphTable {
    /// The table for a setting.
    #[must_use]
    pub fn of(glyphs: Glyphs) -> &'static Self {
        match glyphs {
            Glyphs::Unicode => &UNICODE,
            Glyphs::Ascii => &ASCII,
        }
    }

    /// How somebody is there: a shape, not only a colour.
    #[must_use]
    pub fn presence(&self, availability: Availability) -> &'static str {
        match availability {
            Availability::Chat => self.free,
            Availability::Online => self.online,
            Availability::Away => self.away,
            Availability::ExtendedAway => self.away_long,
            Availability::DoNotDisturb => self.busy,
            Availability::Offline => self.offline,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_presence_has_a_shape_of_its_own() {
        for table in [&UNICODE, &ASCII] {
            let shapes: HashSet<_> = Availability::ALL.iter().map(|a| table.presence(*a)).collect();
            assert_eq!(shapes.len(), Availability::ALL.len());
            assert!(!shapes.contains(table.connecting) && table.typing != table.draft);
        }
    }
}
