//! A text to read: help, a card, an answer; and what a filter leaves of it.

use crate::model::{AccountId, Untrusted};

/// A text to read.
#[derive(Debug, Clone)]
pub struct TextView {
    /// The title.
    pub title: String,
    /// The lines; headings begin with `# `.
    pub lines: Vec<Untrusted>,
    /// The first line on the screen.
    pub top: usize,
    /// The account whose connection it tells of; it changes as that does.
    pub live: Option<AccountId>,
    /// Only lines that hold this are shown; `None` while letters are not typed here.
    pub filter: Option<String>,
}

impl TextView {
    /// The lines that the filter leaves: those that hold its words, below their headings.
    #[must_use]
    pub fn shown(&self) -> Vec<&Untrusted> {
        let wanted = self.filter.as_deref().unwrap_or_default().trim().trim_start_matches('/').to_lowercase();
        if wanted.is_empty() {
            return self.lines.iter().collect();
        }
        let holds = |line: &Untrusted| line.raw().to_lowercase().contains(&wanted);
        let mut shown = Vec::new();
        let mut heading: Option<&Untrusted> = None;
        let mut is_whole = false;
        for line in &self.lines {
            if line.raw().starts_with("# ") {
                (heading, is_whole) = (Some(line), holds(line));
            } else if !line.is_empty() && (is_whole || holds(line)) {
                shown.extend(heading.take());
                shown.push(line);
            }
        }
        shown
    }
}
