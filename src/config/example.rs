//! `config.example.toml`, made from the same tables that read the config, so that it cannot lie.

use super::file::ACCOUNT_KEYS;
use crate::model::{OPTIONS, OptionSpec, OptionValues, Options};

/// Widest line of the example.
const WIDTH: usize = 100;

const HEAD: &str = "\
# parlour's config: ~/.config/parlour/config.toml (or --config FILE). Everything here is optional and
# stands with its default; take the # away from a line to change it. No file at all is fine, too:
# parlour then asks for an account and writes this file by itself.
# A fault in a value stops the start and is shown with its place; an unknown name is only told.

# One table per account. The name is the address.
# [accounts.\"romeo@montague.lit\"]
";

/// The text of `config.example.toml`.
#[must_use]
pub fn example() -> String {
    let mut out = HEAD.to_owned();
    for key in ACCOUNT_KEYS {
        comment(&mut out, key.doc);
        out.push_str(&format!("# {} = {}\n", key.name, key.example));
    }
    let defaults = Options::default();
    let mut section = "";
    for spec in OPTIONS {
        if spec.section != section {
            section = spec.section;
            out.push_str(&format!("\n[{section}]\n"));
        }
        comment(&mut out, &format!("{} {}", spec.doc, allowed(spec)));
        out.push_str(&format!("# {} = {}\n", spec.name, value(spec, &defaults)));
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

fn keys() -> String {
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    /// The example with its comment signs taken away is a config without a warning.
    #[test]
    fn the_example_is_true() {
        let text: String = example()
            .lines()
            .map(|l| {
                let bare = l.strip_prefix("# ").unwrap_or(l);
                let is_code = bare.starts_with('[')
                    || bare.split_once(" = ").is_some_and(|(name, _)| !name.contains(' ') || name.starts_with('"'));
                if is_code { bare } else { "" }
            })
            .filter(|l| !l.starts_with("password = "))
            .map(|l| format!("{l}\n"))
            .collect();
        let (config, warnings) = Config::read(Path::new("example"), &text, "r", true).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(warnings, []);
        assert_eq!(config.options, Options::default());
        assert_eq!(config.accounts.len(), 1);
        assert!(example().lines().all(|l| l.chars().count() <= 110));
    }
}
