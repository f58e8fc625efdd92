//! `config.example.toml`, made from the tables that also read the config, so that the two always agree.

use super::file::ACCOUNT_KEYS;
use crate::action::{ACTIONS, Context};
use crate::model::{OPTIONS, OptionSpec, OptionValues, Options};

/// Widest line of the example.
const WIDTH: usize = 100;

const HEAD: &str = "\
# parlour's config: ~/.config/parlour/config.toml (or --config FILE). Everything here is optional and
# stands with its default; take the # away from a line to change it. No file at all is fine, too:
# parlour then asks for an account and writes this file by itself.
# A fault in a value stops the start and is shown with its place; an unknown name is only told.

# One table per account. The name is the address.
#[accounts.\"romeo@montague.lit\"]
";

/// The text of `config.example.toml`.
#[must_use]
pub fn example() -> String {
    let mut out = HEAD.to_owned();
    for key in ACCOUNT_KEYS {
        comment(&mut out, key.doc);
        out.push_str(&format!("#{} = {}\n", key.name, key.example));
    }
    let defaults = Options::default();
    let mut section = "";
    for spec in OPTIONS {
        if spec.section != section {
            section = spec.section;
            out.push_str(&format!("\n[{section}]\n"));
        }
        comment(&mut out, &format!("{} {}", spec.doc, allowed(spec)));
        out.push_str(&format!("#{} = {}\n", spec.name, value(spec, &defaults)));
    }
    out.push_str(&keys());
    out
}

fn allowed(spec: &OptionSpec) -> String {
    match spec.values {
        OptionValues::Switch => String::new(),
        OptionValues::OneOf(_) | OptionValues::Number { .. } => format!("({}.)", spec.values),
    }
}

fn value(spec: &OptionSpec, options: &Options) -> String {
    let text = (spec.get)(options);
    match spec.values {
        OptionValues::OneOf(_) => format!("{text:?}"),
        OptionValues::Switch | OptionValues::Number { .. } => text,
    }
}

/// Words as comment lines.
fn comment(out: &mut String, words: &str) {
    let mut line = String::from("#");
    for word in words.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(&line);
            out.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    out.push_str(&line);
    out.push('\n');
}

const KEYS: &str = "
# Keys, by the place where they are heard. A name is one or more keys with spaces between
# (ctrl-, alt- and shift- in front), its value an action; an empty value frees the key.
";

/// The default keys, so that a line can be changed where it stands.
fn keys() -> String {
    let mut out = KEYS.to_owned();
    for context in Context::ALL {
        let mut rows = ACTIONS.iter().filter(|a| a.context == context && !a.keys.is_empty()).peekable();
        if rows.peek().is_none() {
            continue;
        }
        out.push_str(&format!("\n[keys.{}]\n", context.word()));
        for action in rows {
            comment(&mut out, &format!("{}.", action.doc));
            for keys in action.keys {
                out.push_str(&format!("#{:?} = {:?}\n", keys, action.name));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    /// The example with its comment signs taken away is a config without a warning.
    #[test]
    fn the_example_is_true() {
        let example = example();
        let code: Vec<&str> = example
            .lines()
            .filter(|line| !line.starts_with("# "))
            .map(|line| line.strip_prefix('#').unwrap_or(line))
            .filter(|line| !line.starts_with("password = "))
            .collect();
        let text = code.join("\n");
        let (config, warnings) = Config::read(Path::new("example"), &text, "r", true).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(warnings, []);
        assert_eq!(config.options, Options::default());
        assert_eq!(config.accounts.len(), 1);
        assert!(example.lines().all(|l| l.chars().count() <= 110));
    }
}
