//! What the user may set; read from the config, changed by `/set`.
//!
//! [`OPTIONS`] names each setting once: the config's keys, `/set` and its completion, the commented
//! example and the reference are all made from it.

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
    /// Show in the sidebar the numbers that Alt-1 to Alt-0 open.
    pub numbers: bool,
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
            numbers: false,
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

/// What a setting may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionValues {
    /// `true` or `false`.
    Switch,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number from and to these, both included; 0 too, where `zero` says so.
    Number {
        /// The least.
        min: u32,
        /// The most.
        max: u32,
        /// Whether 0 is allowed below `min`.
        zero: bool,
    },
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct OptionSpec {
    /// The table in the config.
    pub section: &'static str,
    /// The key in that table.
    pub name: &'static str,
    /// The dotted key, for `/set`: section and name.
    pub key: &'static str,
    /// What it does; one sentence.
    pub doc: &'static str,
    /// What it may be.
    pub values: OptionValues,
    /// The value now, as the config writes it, but words without quotes.
    pub get: fn(&Options) -> String,
    put: fn(&mut Options, Value),
}

/// A value that was checked.
#[derive(Debug, Clone, Copy)]
enum Value {
    Switch(bool),
    Choice(usize),
    Number(u32),
}

impl Value {
    fn is_on(self) -> bool {
        match self {
            Self::Switch(on) => on,
            Self::Choice(n) => n != 0,
            Self::Number(n) => n != 0,
        }
    }

    fn number(self) -> u32 {
        match self {
            Self::Switch(on) => u32::from(on),
            Self::Choice(n) => n as u32,
            Self::Number(n) => n,
        }
    }

    /// The chosen one of the words' meanings.
    fn pick<T: Copy>(self, of: &[T], old: T) -> T {
        of.get(self.number() as usize).copied().unwrap_or(old)
    }
}

/// Why a value was not taken; its `Display` says what the setting may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadValue(OptionValues);

impl std::fmt::Display for BadValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "must be {}", self.0)
    }
}

impl std::error::Error for BadValue {}

impl std::fmt::Display for OptionValues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Switch => f.write_str("true or false"),
            Self::OneOf(words) => match words.split_last() {
                Some((last, rest)) if !rest.is_empty() => write!(f, "{} or {last}", rest.join(", ")),
                _ => f.write_str(&words.concat()),
            },
            Self::Number { min, max, zero: true } => write!(f, "0 or a number from {min} to {max}"),
            Self::Number { min, max, zero: false } => write!(f, "a number from {min} to {max}"),
        }
    }
}

impl OptionSpec {
    /// The setting of this dotted key.
    #[must_use]
    pub fn find(key: &str) -> Option<&'static Self> {
        OPTIONS.iter().find(|o| o.key == key)
    }

    /// Sets the value as typed: words without quotes; a switch also takes on, off, yes and no.
    ///
    /// # Errors
    /// When it is none of what the setting may be; nothing is changed then.
    pub fn set(&self, options: &mut Options, value: &str) -> Result<(), BadValue> {
        let value = self.check(value)?;
        (self.put)(options, value);
        Ok(())
    }

    /// Resets the setting to its default.
    pub fn reset(&self, options: &mut Options) {
        // What `get` says is always a value that is taken.
        let _ = self.set(options, &(self.get)(&Options::default()));
    }

    /// The words that may be offered for it; numbers are not listed.
    #[must_use]
    pub fn words(&self) -> &'static [&'static str] {
        match self.values {
            OptionValues::Switch => &["true", "false"],
            OptionValues::OneOf(words) => words,
            OptionValues::Number { .. } => &[],
        }
    }

    fn check(&self, value: &str) -> Result<Value, BadValue> {
        let checked = match self.values {
            OptionValues::Switch => match value.to_ascii_lowercase().as_str() {
                "true" | "on" | "yes" => Some(Value::Switch(true)),
                "false" | "off" | "no" => Some(Value::Switch(false)),
                _ => None,
            },
            OptionValues::OneOf(words) => words.iter().position(|w| w.eq_ignore_ascii_case(value)).map(Value::Choice),
            OptionValues::Number { min, max, zero } => {
                let fits = |n: &u32| (min..=max).contains(n) || (zero && *n == 0);
                value.parse().ok().filter(fits).map(Value::Number)
            }
        };
        checked.ok_or(BadValue(self.values))
    }
}

const GLYPHS: [Glyphs; 2] = [Glyphs::Unicode, Glyphs::Ascii];
const THEMES: [ThemeName; 4] = [ThemeName::Auto, ThemeName::Light, ThemeName::Dark, ThemeName::Mono];

/// Makes the row of a switch.
macro_rules! switch {
    ($section:literal, $name:literal, $field:ident, $doc:literal) => {
        OptionSpec {
            section: $section,
            name: $name,
            key: concat!($section, ".", $name),
            doc: $doc,
            values: OptionValues::Switch,
            get: |o| o.$field.to_string(),
            put: |o, v| o.$field = v.is_on(),
        }
    };
}

/// Makes the row of a number; it always fits the field, as the row's bounds do.
macro_rules! number {
    ($section:literal, $name:literal, $field:ident, $min:literal, $max:literal, $zero:literal, $doc:literal) => {
        OptionSpec {
            section: $section,
            name: $name,
            key: concat!($section, ".", $name),
            doc: $doc,
            values: OptionValues::Number { min: $min, max: $max, zero: $zero },
            get: |o| o.$field.to_string(),
            put: |o, v| o.$field = v.number().try_into().unwrap_or(o.$field),
        }
    };
}

/// All settings, in the order of the config.
pub const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        section: "ui",
        name: "theme",
        key: "ui.theme",
        doc: "The colours: the terminal's own, a light or dark background of parlour's own, or none; F9 takes the next.",
        values: OptionValues::OneOf(&["auto", "light", "dark", "mono"]),
        get: |o| match o.theme {
            ThemeName::Auto => "auto".into(),
            ThemeName::Light => "light".into(),
            ThemeName::Dark => "dark".into(),
            ThemeName::Mono => "mono".into(),
        },
        put: |o, v| o.theme = v.pick(&THEMES, o.theme),
    },
    OptionSpec {
        section: "ui",
        name: "glyphs",
        key: "ui.glyphs",
        doc: "Which characters the screen may use.",
        values: OptionValues::OneOf(&["unicode", "ascii"]),
        get: |o| match o.glyphs {
            Glyphs::Unicode => "unicode".into(),
            Glyphs::Ascii => "ascii".into(),
        },
        put: |o, v| o.glyphs = v.pick(&GLYPHS, o.glyphs),
    },
    number!("ui", "sidebar_width", sidebar_width, 18, 40, false, "The width of the sidebar in cells."),
    number!("ui", "people_width", people_width, 14, 32, true, "The width of the people pane in cells; 0 hides it."),
    switch!("ui", "numbers", numbers, "Show in the sidebar the numbers of the chats that Alt-1 to Alt-0 open."),
    switch!("ui", "show_joins", show_joins, "Show who enters and leaves rooms."),
    switch!("ui", "title", title, "Tell the open chat and unread messages in the terminal's title."),
    switch!("notify", "bell", bell, "Ring the terminal's bell for mentions and direct messages."),
    switch!("notify", "desktop", notify, "Desktop notifications (OSC 9) for mentions and direct messages."),
    switch!("privacy", "send_typing", send_typing, "Tell others that you are typing."),
    switch!("privacy", "send_receipts", send_receipts, "Tell others that their messages arrived."),
    number!(
        "presence",
        "auto_away_minutes",
        auto_away_minutes,
        1,
        1440,
        true,
        "Minutes without a key until others see you as away; 0 for never."
    ),
    number!(
        "rooms",
        "history",
        room_history,
        0,
        1000,
        true,
        "How many old messages to ask of a room that keeps no archive."
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_reads_what_it_writes() {
        for spec in OPTIONS {
            assert_eq!(spec.key, format!("{}.{}", spec.section, spec.name));
            let mut options = Options::default();
            let values: Vec<String> = match spec.values {
                OptionValues::Switch | OptionValues::OneOf(_) => spec.words().iter().map(|w| (*w).to_owned()).collect(),
                OptionValues::Number { min, max, zero } => {
                    let zero = zero.then(|| "0".to_owned());
                    [min.to_string(), max.to_string()].into_iter().chain(zero).collect()
                }
            };
            for value in values {
                spec.set(&mut options, &value).unwrap();
                assert_eq!((spec.get)(&options), value, "{}", spec.key);
            }
            assert!(spec.set(&mut options, "nonsense").is_err());
            spec.reset(&mut options);
            assert_eq!(options, Options::default(), "{}", spec.key);
        }
    }

    #[test]
    fn refusals_say_what_fits() {
        let mut options = Options::default();
        let mut why =
            |key: &str, value: &str| OptionSpec::find(key).unwrap().set(&mut options, value).unwrap_err().to_string();
        assert_eq!(why("ui.theme", "pink"), "must be auto, light, dark or mono");
        assert_eq!(why("ui.sidebar_width", "99"), "must be a number from 18 to 40");
        assert_eq!(why("ui.people_width", "3"), "must be 0 or a number from 14 to 32");
        assert_eq!(why("notify.bell", "loud"), "must be true or false");
    }
}
