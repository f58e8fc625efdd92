//! A message's body as lines of the screen: cleaned once, styled (XEP-0393), wrapped. A sender's `<unstyled/>` is not
//! honoured yet.

use super::theme::Theme;
use crate::model::Standard;
use crate::text::styling::{self, Run, Style as TextStyle};
use crate::text::{self, wrap};
use crate::words;
use ratatui::style::{Modifier, Style};
use ratatui::text::Span;
use std::ops::Range;

/// The row of the reference.
pub const STANDARD: Standard = Standard::partial("XEP-0393", "Message Styling", "1.1.1");

/// Cells in front of each level of a quote, and of code.
const INDENT: u16 = 2;
/// Deepest quote that is indented further.
const DEPTH_SHOWN: u8 = 4;

/// One line on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    quote: u8,
    is_code: bool,
    runs: Vec<Run>,
}

/// A laid-out body.
#[derive(Debug, PartialEq, Eq)]
pub struct Laid {
    text: String,
    rows: Vec<Row>,
}

impl Laid {
    /// Lays out a body in `width` columns.
    #[must_use]
    pub fn new(raw: &str, nick: Option<&str>, width: u16) -> Self {
        let mut text = text::body(raw).into_owned();
        if raw.len() > text::clean::BODY_MAX {
            text.push(' ');
            text.push_str(&words::screen::cut_whole());
        }
        let mut rows = Vec::new();
        for line in styling::lines(&text, nick) {
            let bars = u16::from(line.quote.min(DEPTH_SHOWN)) + u16::from(line.is_code);
            let room = width.saturating_sub(bars * INDENT).max(2);
            let mut runs = line.runs.iter().peekable();
            for part in wrap(&text[line.range.clone()], room.into()) {
                let part = line.range.start + part.start..line.range.start + part.end;
                rows.push(Row { quote: line.quote, is_code: line.is_code, runs: within(&mut runs, &part) });
            }
        }
        Self { text, rows }
    }

    /// How many lines it takes.
    #[must_use]
    pub fn len(&self) -> u16 {
        u16::try_from(self.rows.len()).unwrap_or(u16::MAX)
    }

    /// Whether there is no line; there is always one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Where its last line ends, in cells.
    #[must_use]
    pub fn end(&self) -> u16 {
        let Some(row) = self.rows.last() else { return 0 };
        let bars = u16::from(row.quote.min(DEPTH_SHOWN)) + u16::from(row.is_code);
        let cells: usize = row.runs.iter().map(|run| text::width(&self.text[run.range.clone()])).sum();
        bars * INDENT + u16::try_from(cells).unwrap_or(u16::MAX)
    }

    /// One line as spans, in this basic style.
    #[must_use]
    pub fn line<'l>(&'l self, at: usize, theme: &'l Theme, base: Style) -> Vec<Span<'l>> {
        let Some(row) = self.rows.get(at) else { return Vec::new() };
        let mut spans = Vec::with_capacity(row.runs.len() + 2);
        for _ in 0..row.quote.min(DEPTH_SHOWN) {
            spans.push(Span::styled(theme.glyphs.quote, theme.dim));
            spans.push(Span::styled(" ", base));
        }
        if row.is_code {
            spans.push(Span::styled(theme.glyphs.quote, theme.code));
            spans.push(Span::styled(" ", base));
        }
        let base = if row.is_code { theme.code } else { base };
        for run in &row.runs {
            spans.push(super::text::cleaned(&self.text[run.range.clone()], style(run.style, theme, base)));
        }
        spans
    }
}

/// The parts of the runs that lie in `part`; leaves a run that goes on for the next line.
fn within<'r>(runs: &mut std::iter::Peekable<impl Iterator<Item = &'r Run>>, part: &Range<usize>) -> Vec<Run> {
    let mut out = Vec::new();
    while let Some(run) = runs.peek() {
        let range = run.range.start.max(part.start)..run.range.end.min(part.end);
        if !range.is_empty() {
            out.push(Run { range, style: run.style });
        }
        if run.range.end > part.end {
            break;
        }
        runs.next();
    }
    out
}

fn style(s: TextStyle, theme: &Theme, base: Style) -> Style {
    if s.is_directive {
        return theme.dim;
    }
    let mut out = match (s.is_mention, s.is_link, s.is_code) {
        (true, ..) => theme.warning.add_modifier(Modifier::BOLD),
        (_, true, _) => theme.link,
        (_, _, true) => theme.code,
        (false, false, false) => base,
    };
    let modifiers =
        [(s.is_strong, Modifier::BOLD), (s.is_emphasis, Modifier::ITALIC), (s.is_strike, Modifier::CROSSED_OUT)];
    for (is_on, modifier) in modifiers {
        if is_on {
            out = out.add_modifier(modifier);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Glyphs, ThemeName};
    use crate::ui::theme::Depth;

    #[test]
    fn styles_go_on_over_the_end_of_a_line() {
        let theme = Theme::new(ThemeName::Auto, Glyphs::Unicode, Depth::Sixteen);
        let laid = Laid::new("a *bold words* b\n> quoted words", None, 8);
        let show = |i| laid.line(i, &theme, theme.text).iter().map(|s| s.content.to_string()).collect::<Vec<_>>();
        assert_eq!(show(0), ["a ", "*", "bold"]);
        assert_eq!(show(1), ["words", "*", " b"]);
        assert!(laid.line(1, &theme, theme.text)[0].style.add_modifier.contains(Modifier::BOLD));
        assert_eq!(show(2), ["▎", " ", "quoted"]);
        assert_eq!(laid.len(), 4);
    }
}
