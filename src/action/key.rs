//! Keys, in a type of our own, so that only `run` knows the terminal library.

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyCode {
    /// A character, in the case it came in.
    Char(char),
    /// F1 to F24.
    F(u8),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Left.
    Left,
    /// Right.
    Right,
}

/// A key with its modifiers. Shift is not told for characters: it is in the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// What was pressed.
    pub code: KeyCode,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
    /// With Shift, for keys that are not characters.
    pub shift: bool,
}

impl Key {
    /// A key without modifiers.
    #[must_use]
    pub const fn plain(code: KeyCode) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// A character with Ctrl.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        Self { code: KeyCode::Char(c), ctrl: true, alt: false, shift: false }
    }

    /// A character with Alt.
    #[must_use]
    pub const fn alt(c: char) -> Self {
        Self { code: KeyCode::Char(c), ctrl: false, alt: true, shift: false }
    }

    /// The character that this key writes into a text, if any.
    #[must_use]
    pub fn text(self) -> Option<char> {
        self.character().filter(|_| !self.ctrl && !self.alt)
    }

    fn character(self) -> Option<char> {
        if let KeyCode::Char(c) = self.code { Some(c) } else { None }
    }

    /// Reads a name as the config writes it: `ctrl-k`, `alt-enter`, `f1`, `alt-shift-a`, `G`.
    /// Letters after `ctrl-` and `alt-` are lower case however they are written.
    ///
    /// # Errors
    /// In words, when it names no key, or one that most terminals cannot tell from another.
    pub fn parse(name: &str) -> Result<Self, String> {
        let (mut rest, mut ctrl, mut alt, mut shift) = (name, false, false, false);
        while let Some((prefix, tail)) = rest.split_once('-').filter(|(p, t)| !p.is_empty() && !t.is_empty()) {
            let flag = match prefix.to_ascii_lowercase().as_str() {
                "ctrl" => &mut ctrl,
                "alt" => &mut alt,
                "shift" => &mut shift,
                _ => return Err(format!("{prefix:?} is no modifier: use ctrl, alt or shift")),
            };
            *flag = true;
            rest = tail;
        }
        let Some(code) = code(rest) else {
            return Err(format!("{rest:?} is no key; such as a, f1, enter, esc, tab, space, up, pageup"));
        };
        let mut key = Self { code, ctrl, alt, shift };
        key.settle();
        if let Some(twin) = key.twin() {
            return Err(format!("terminals send {} as {twin}: bind that one", key.label()));
        }
        Ok(key)
    }

    /// One spelling for what is the same key: Shift goes into the character, Ctrl has no case.
    fn settle(&mut self) {
        if let Some(c) = self.character() {
            let is_upper = self.shift && !self.ctrl;
            let is_lower = self.ctrl || (self.alt && !self.shift);
            if is_upper {
                self.code = KeyCode::Char(c.to_ascii_uppercase());
            } else if is_lower {
                self.code = KeyCode::Char(c.to_ascii_lowercase());
            }
            self.shift = false;
        } else if self.code == KeyCode::Tab && self.shift {
            self.code = KeyCode::BackTab;
            self.shift = false;
        }
    }

    /// The key that terminals without extended keys send in this one's place.
    fn twin(self) -> Option<&'static str> {
        match self.character().filter(|_| self.ctrl)? {
            'i' => Some("tab"),
            'm' => Some("enter"),
            'h' => Some("backspace"),
            '[' => Some("esc"),
            _ => None,
        }
    }

    /// The name in the config, which [`Key::parse`] reads.
    #[must_use]
    pub fn name(self) -> String {
        let word = match (self.character(), self.code) {
            (Some(' '), _) => "space".into(),
            (Some(c), _) => if self.alt { c.to_ascii_lowercase() } else { c }.to_string(),
            (None, KeyCode::F(n)) => format!("f{n}"),
            (None, code) => names(code).0.into(),
        };
        self.modifiers("ctrl-", "alt-", "shift-") + &word
    }

    /// The name on the screen: `Ctrl-K`, `Alt-Enter`, `F1`, `k`.
    #[must_use]
    pub fn label(self) -> String {
        let word = match (self.character(), self.code) {
            (Some(' '), _) => "Space".into(),
            (Some(c), _) => if self.ctrl || self.alt { c.to_ascii_uppercase() } else { c }.to_string(),
            (None, KeyCode::F(n)) => format!("F{n}"),
            (None, code) => names(code).1.into(),
        };
        self.modifiers("Ctrl-", "Alt-", "Shift-") + &word
    }

    fn modifiers(self, ctrl: &str, alt: &str, shift: &str) -> String {
        let is_upper = self.alt && matches!(self.code, KeyCode::Char(c) if c.is_ascii_uppercase());
        let mut out = String::new();
        for (is_held, word) in [(self.ctrl, ctrl), (self.alt, alt), (self.shift || is_upper, shift)] {
            if is_held {
                out.push_str(word);
            }
        }
        out
    }
}

/// Names of keys that are no characters: (in the config, on the screen).
fn names(code: KeyCode) -> (&'static str, &'static str) {
    match code {
        KeyCode::Char(_) | KeyCode::F(_) => ("", ""),
        KeyCode::Enter => ("enter", "Enter"),
        KeyCode::Esc => ("esc", "Esc"),
        KeyCode::Tab => ("tab", "Tab"),
        KeyCode::BackTab => ("shift-tab", "Shift-Tab"),
        KeyCode::Backspace => ("backspace", "Backspace"),
        KeyCode::Delete => ("delete", "Del"),
        KeyCode::Insert => ("insert", "Ins"),
        KeyCode::Home => ("home", "Home"),
        KeyCode::End => ("end", "End"),
        KeyCode::PageUp => ("pageup", "PgUp"),
        KeyCode::PageDown => ("pagedown", "PgDn"),
        KeyCode::Up => ("up", "Up"),
        KeyCode::Down => ("down", "Down"),
        KeyCode::Left => ("left", "Left"),
        KeyCode::Right => ("right", "Right"),
    }
}

/// The key of a name without modifiers.
fn code(name: &str) -> Option<KeyCode> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!c.is_control() && !c.is_whitespace()).then_some(KeyCode::Char(c));
    }
    let name = name.to_ascii_lowercase();
    if let Some(n) = name.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()) {
        return (1..=24).contains(&n).then_some(KeyCode::F(n));
    }
    Some(match name.as_str() {
        "space" => KeyCode::Char(' '),
        "enter" | "return" => KeyCode::Enter,
        "esc" | "escape" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "backspace" => KeyCode::Backspace,
        "delete" | "del" => KeyCode::Delete,
        "insert" | "ins" => KeyCode::Insert,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" | "pgup" => KeyCode::PageUp,
        "pagedown" | "pgdn" => KeyCode::PageDown,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for (name, label) in [
            ("ctrl-k", "Ctrl-K"),
            ("alt-enter", "Alt-Enter"),
            ("f12", "F12"),
            ("alt-`", "Alt-`"),
            ("ctrl-_", "Ctrl-_"),
            ("alt-shift-a", "Alt-Shift-A"),
            ("ctrl--", "Ctrl--"),
            ("-", "-"),
            ("G", "G"),
            ("shift-tab", "Shift-Tab"),
            ("ctrl-alt-pageup", "Ctrl-Alt-PgUp"),
            ("space", "Space"),
            ("alt-\\", "Alt-\\"),
            ("世", "世"),
        ] {
            let key = Key::parse(name).unwrap();
            assert_eq!((key.name().as_str(), key.label().as_str()), (name, label));
        }
        assert_eq!(Key::parse("Ctrl-K"), Ok(Key::ctrl('k')));
        assert_eq!(Key::parse("Alt-A"), Ok(Key::alt('a')));
        assert_eq!(Key::parse("alt-shift-a"), Ok(Key::alt('A')));
        assert_eq!(Key::parse("shift-tab"), Ok(Key::plain(KeyCode::BackTab)));
    }

    #[test]
    fn no_key() {
        for name in ["", "ctrl-", "hyper-x", "f0", "f25", "entre", "ctrl-ab", " "] {
            assert!(Key::parse(name).is_err(), "{name:?}");
        }
        for (name, twin) in [("ctrl-i", "tab"), ("ctrl-M", "enter"), ("ctrl-h", "backspace"), ("ctrl-[", "esc")] {
            assert!(Key::parse(name).unwrap_err().contains(twin), "{name}");
        }
    }
}
