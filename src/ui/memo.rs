//! Results that the next frame can use again: wrapped messages and the colours of names. This is only a cache: clearing
//! it changes no pixel.

use super::message::Laid;
use super::theme::Theme;
use crate::model::{RowId, Untrusted};
use ratatui::style::Style;
use std::collections::HashMap;
use std::rc::Rc;

/// More entries than any screen shows; past it everything is forgotten.
const ENTRIES: usize = 2_000;

/// The cache. One for the life of the program.
#[derive(Debug, Default)]
pub struct Memo {
    laid: HashMap<(RowId, u16), Entry>,
    nicks: HashMap<String, Style>,
    theme: Option<Theme>,
}

#[derive(Debug)]
struct Entry {
    /// What was laid out: an edit changes it.
    body: Untrusted,
    nick: Option<String>,
    laid: Rc<Laid>,
}

impl Memo {
    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The body of a message at a width, the user's own name marked.
    pub fn laid(&mut self, row: RowId, body: &Untrusted, nick: Option<&str>, width: u16) -> Rc<Laid> {
        if let Some(e) = self.laid.get(&(row, width))
            && e.body == *body
            && e.nick.as_deref() == nick
        {
            return e.laid.clone();
        }
        if self.laid.len() >= ENTRIES {
            self.laid.clear();
        }
        let laid = Rc::new(Laid::new(body.raw(), nick, width));
        let entry = Entry { body: body.clone(), nick: nick.map(str::to_owned), laid: laid.clone() };
        self.laid.insert((row, width), entry);
        laid
    }

    /// The style of a name.
    pub fn nick(&mut self, theme: &Theme, name: &str) -> Style {
        if self.theme.as_ref() != Some(theme) {
            self.theme = Some(theme.clone());
            self.nicks.clear();
        }
        if let Some(style) = self.nicks.get(name) {
            return *style;
        }
        if self.nicks.len() >= ENTRIES {
            self.nicks.clear();
        }
        let style = theme.nick(name);
        self.nicks.insert(name.to_owned(), style);
        style
    }
}
