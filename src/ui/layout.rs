//! The rectangles of the screen: a pure function of the size and the state.
//!
//! From 110 columns on there are three panes, from 80 on two; below that, one pane with drawers, and below 40×10 a
//! plain notice.

use crate::model::{ChatKind, ConnState, Outage, Phase};
use crate::state::State;
use crate::text::wrap;
use ratatui::layout::Rect;
use std::time::Duration;

/// Three panes from here on.
pub const WIDE: u16 = 110;
/// Two panes from here on.
pub const MEDIUM: u16 = 80;
/// The smallest size that is drawn at all.
pub const SMALLEST: (u16, u16) = (40, 10);
/// Most lines of the composer.
pub const COMPOSER_LINES: u16 = 8;
/// What stands in front of the composer's text.
pub const COMPOSER_INDENT: u16 = 3;

/// The rectangles. One that is not shown is `None`, or empty where it is always asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// The whole screen.
    pub screen: Rect,
    /// Too small for more than a notice.
    pub is_tiny: bool,
    /// Fewer than 80 columns: one pane.
    pub is_narrow: bool,
    /// The top line.
    pub status: Rect,
    /// Why there is no connection.
    pub trouble: Option<Rect>,
    /// The chats and contacts.
    pub sidebar: Option<Rect>,
    /// The sidebar lies over the chat.
    pub is_sidebar_drawer: bool,
    /// The chat's name and topic.
    pub header: Rect,
    /// The messages.
    pub chat: Rect,
    /// The people of a room.
    pub people: Option<Rect>,
    /// The people lie over the chat.
    pub is_people_drawer: bool,
    /// Who types, and what is below.
    pub typing: Rect,
    /// What is under the text: completion, an error, a question.
    pub notes: Rect,
    /// Overlays leave the last row free, for notices.
    pub has_foot: bool,
    /// Where the user types.
    pub composer: Rect,
    /// The keys.
    pub hints: Rect,
    /// The rows with lines across the screen.
    pub rules: [Option<u16>; 2],
}

/// Lays out the main screen.
#[must_use]
pub fn layout(area: Rect, state: &State) -> Layout {
    let mut l = Layout { screen: area, is_narrow: area.width < MEDIUM, ..Layout::default() };
    l.is_tiny = area.width < SMALLEST.0 || area.height < SMALLEST.1;
    if l.is_tiny {
        return l;
    }
    let has_rules = area.height >= 16;
    l.has_foot = area.height >= 12;
    let row = |y: u16, h: u16| Rect::new(area.x, area.y + y, area.width, h);
    let mut top = 1;
    l.status = row(0, 1);
    if has_trouble(state) {
        l.trouble = Some(row(top, 1));
        top += 1;
    }
    if has_rules {
        l.rules[0] = Some(area.y + top);
        top += 1;
    }
    let mut bottom = area.height;
    let mut take = |h: u16| {
        bottom -= h;
        row(bottom, h)
    };
    l.hints = take(1);
    l.composer = take(composer_lines(area.width, state).min(area.height / 3).max(1));
    l.notes = take(note_lines(state).min(area.height / 4));
    l.typing = take(1);
    if has_rules {
        l.rules[1] = Some(take(1).y);
    }
    panes(&mut l, row(top, bottom.saturating_sub(top)), state);
    l
}

fn panes(l: &mut Layout, middle: Rect, state: &State) {
    let options = &state.options;
    let mut chat = middle;
    let sidebar = options.sidebar_width.clamp(18, 40);
    let people = options.people_width.clamp(14, 32);
    let is_room = state.current().is_some_and(|c| c.kind == ChatKind::Room);
    let left = |w: u16| Rect { width: w.min(middle.width), ..middle };
    let right = |w: u16| {
        let w = w.min(middle.width);
        Rect { x: middle.right() - w, width: w, ..middle }
    };
    if l.is_narrow {
        if state.sidebar.is_toggled {
            l.sidebar = Some(left(sidebar.max(28)));
            l.is_sidebar_drawer = true;
        }
    } else if !state.sidebar.is_toggled {
        l.sidebar = Some(left(sidebar));
        chat.x += sidebar + 1;
        chat.width -= sidebar + 1;
    }
    let is_wide = middle.width >= WIDE;
    if is_room && is_wide && !state.rooms.is_people_toggled && options.people_width > 0 {
        l.people = Some(right(people));
        chat.width -= people + 1;
    } else if is_room && state.rooms.is_people_toggled && (!is_wide || options.people_width == 0) {
        l.people = Some(right(people.max(24)));
        l.is_people_drawer = true;
    }
    let header = match (l.is_narrow, state.current().is_some()) {
        (_, false) => 0,
        // The name stands in the top line.
        (true, true) => {
            if middle.height >= 12 {
                2
            } else {
                0
            }
        }
        (false, true) => {
            if middle.height >= 12 {
                3
            } else {
                u16::from(middle.height > 4)
            }
        }
    };
    l.header = Rect { height: header, ..chat };
    l.chat = Rect { y: chat.y + header, height: chat.height - header, ..chat };
}

/// Whether the history cannot be written, or the account of the open chat, or else any, has no connection and says why.
fn has_trouble(state: &State) -> bool {
    state.store_trouble.is_some() || !state.boxes.waiting.is_empty() || troubled(state).is_some()
}

/// How long before it begins an outage that is planned takes a line of the screen.
const AHEAD: Duration = Duration::from_hours(7 * 24);

/// Whether an account's outage takes a line: it is under way, or soon will be.
#[must_use]
pub fn is_outage_told(state: &State, outage: &Outage) -> bool {
    match outage.phase(state.now) {
        Phase::Ahead => outage.beginning.since(state.now) <= AHEAD,
        Phase::Now => true,
        Phase::Over => false,
    }
}

/// The account whose trouble is told: one without a connection, else one whose server has an outage or soon will have.
#[must_use]
pub fn troubled(state: &State) -> Option<&crate::state::accounts::Account> {
    let is_down = |a: &&crate::state::accounts::Account| match a.conn {
        ConnState::Waiting { .. } | ConnState::Stopped(_) => true,
        ConnState::Idle | ConnState::Connecting | ConnState::Online { .. } => false,
    };
    let has_outage = |a: &&crate::state::accounts::Account| a.outage.as_ref().is_some_and(|o| is_outage_told(state, o));
    let own = state.account().and_then(|id| state.accounts.get(id));
    let all = || state.accounts.list.iter();
    own.filter(is_down).or_else(|| all().find(is_down)).or(own.filter(has_outage)).or_else(|| all().find(has_outage))
}

/// How wide the composer's text may be; the last column is the cursor's.
#[must_use]
pub fn composer_text_width(width: u16) -> usize {
    usize::from(width.saturating_sub(COMPOSER_INDENT + 1).max(1))
}

fn composer_lines(width: u16, state: &State) -> u16 {
    // A text of very many bytes fills all eight lines in any case.
    let text = &state.composer.text.text;
    if text.len() > 64 * 1024 {
        return COMPOSER_LINES;
    }
    let lines = wrap(&crate::text::body(text), composer_text_width(width)).len();
    u16::try_from(lines).unwrap_or(COMPOSER_LINES).clamp(1, COMPOSER_LINES)
}

fn note_lines(state: &State) -> u16 {
    let c = &state.composer;
    let notes = [state.request_here().is_some(), c.about.is_some(), c.error.is_some(), c.pending_paste.is_some()];
    notes.into_iter().map(u16::from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_size_panics_and_all_parts_are_on_the_screen() {
        let state = State::default();
        for (w, h) in (0..200).flat_map(|w| [0, 1, 2, 9, 10, 11, 16, 24, 60].map(|h| (w, h))).chain([(500, 200)]) {
            let area = Rect::new(0, 0, w, h);
            let l = layout(area, &state);
            let parts = [
                Some(l.status),
                l.trouble,
                l.sidebar,
                Some(l.header),
                Some(l.chat),
                l.people,
                Some(l.typing),
                Some(l.hints),
            ];
            for part in parts.into_iter().flatten().filter(|p| !p.is_empty()) {
                assert_eq!(part.intersection(area), part, "{w}x{h}");
            }
            assert!(l.is_tiny || !l.chat.is_empty(), "{w}x{h}");
        }
    }

    #[test]
    fn panes_come_with_the_width() {
        let state = State::default();
        let at = |w| layout(Rect::new(0, 0, w, 30), &state);
        assert!(at(79).sidebar.is_none() && at(79).is_narrow);
        assert!(at(80).sidebar.is_some() && !at(80).is_narrow);
    }
}
