//! A position in the config, and how an error shows it: file, line, column, the line itself and carets below it.

use std::{fmt, ops::Range, path::PathBuf};

/// Something in the config that stops the start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Faults at places in the file, all that there are.
    #[error("{}", all(.0))]
    At(Vec<Place>),
    /// The file cannot be read.
    #[error("{}", crate::words::config::cannot_read(file.display(), reason))]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The error of the system.
        reason: String,
    },
    /// Somebody else could have written it.
    #[error("{}", crate::words::config::not_used(file.display(), why))]
    Unsafe {
        /// The file.
        file: PathBuf,
        /// Why, and what to do.
        why: String,
    },
}

fn all(places: &[Place]) -> String {
    places.iter().map(Place::to_string).collect::<Vec<_>>().join("\n")
}

/// Something in the config that the user should know, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning(pub Place);

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Warning {
    /// The warning in one line: file, line, column and words.
    #[must_use]
    pub fn line(&self) -> String {
        self.0.head()
    }
}

/// A place in the config and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    file: PathBuf,
    line: usize,
    column: usize,
    source: String,
    carets: (usize, usize),
    words: String,
}

/// Longest part of a line that is shown, in characters.
const SHOWN: usize = 120;

impl Place {
    /// The place of `span` (bytes) in `text`.
    #[must_use]
    pub fn new(file: PathBuf, text: &str, span: Option<Range<usize>>, words: String) -> Self {
        let span = span.unwrap_or(0..0);
        let start = floor_boundary(text, span.start);
        let end = floor_boundary(text, span.end).max(start);
        let begin = text[..start].rfind('\n').map_or(0, |i| i + 1);
        let stop = text[start..].find('\n').map_or(text.len(), |i| start + i);
        let column = text[begin..start].chars().count();
        let width = text[start..end.min(stop).max(start)].chars().count().max(1);
        let show = |c: char| if c.is_control() { ' ' } else { c };
        Self {
            file,
            line: text[..start].matches('\n').count() + 1,
            column: column + 1,
            source: text[begin..stop].chars().take(SHOWN).map(show).collect(),
            carets: (column.min(SHOWN), width.min(SHOWN.saturating_sub(column).max(1))),
            words,
        }
    }

    /// Shows no source line: it holds a secret.
    pub(super) fn hide_source(&mut self) {
        self.source = String::from("…");
        self.carets = (0, 1);
    }

    fn head(&self) -> String {
        format!("{}:{}:{}: {}", self.file.display(), self.line, self.column, self.words)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let edge = " ".repeat(number.len());
        writeln!(f, "{}", self.head())?;
        writeln!(f, "{edge} |")?;
        writeln!(f, "{number} | {}", self.source)?;
        write!(f, "{edge} | {}{}", " ".repeat(self.carets.0), "^".repeat(self.carets.1))
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_and_the_carets() {
        let text = "[ui]\nbell = ja\n";
        let place = Place::new("c.toml".into(), text, Some(12..14), "say true or false".to_owned());
        assert_eq!(place.to_string(), "c.toml:2:8: say true or false\n  |\n2 | bell = ja\n  |        ^^");
    }

    #[test]
    fn spans_past_the_end_and_inside_characters_are_borne() {
        for span in [0..0, 3..1000, 900..1000, 1..2] {
            let shown = Place::new("c".into(), "罗密欧", Some(span), String::new()).to_string();
            assert!(shown.contains('^'), "{shown}");
        }
        assert!(Place::new("c".into(), "", None, String::new()).to_string().contains("c:1:1"));
    }
}
