//! Help, the manual page and the tables of docs/reference.md, all made from the tables of commands, keys and settings.

use super::spec::{Domain, Slash};
use super::table;
use crate::action::keymap::{sequence_label, sequence_name};
use crate::action::{ACTIONS, Action, ActionSpec, Context, Edit, Keymap, List, ScrollStep};
use crate::model::{OPTIONS, Options};
use crate::words;

/// What a newcomer needs: the action, and words shorter than its own.
const ESSENTIALS: [(&str, words::Text); 10] = [
    ("send", words::help::send),
    ("switch", words::help::go_to),
    ("complete", words::help::complete),
    ("chat.next_important", words::help::next_unread),
    ("newline", words::help::new_line),
    ("join", words::help::join_or_start),
    ("scroll.page_up", words::help::scroll_up),
    ("search.chat", words::help::search_here),
    ("msg.prev", words::help::select_message),
    ("palette", words::help::find_anything),
];
/// Columns of one of the two halves of the essentials.
const HALF: usize = 37;

/// The first page of help: ten keys in two columns (one where there is no room for two), the keys of this place, the
/// commands, and at last the keys that everybody finds by themselves.
#[must_use]
pub fn page(keymap: &Keymap, contexts: &[Context], width: usize) -> Vec<String> {
    let cells = ESSENTIALS.iter().filter_map(|(name, words)| {
        let key = keymap.keys_of(&ActionSpec::find(name)?.action).first().cloned()?;
        Some(format!("{key:<11}{}", words()))
    });
    let cells: Vec<String> = cells.collect();
    let mut out = vec![format!("# {}", words::help::essentials())];
    if width < 2 * HALF {
        out.extend(cells);
    } else {
        let row = |pair: &[String]| match pair {
            [left, right] => column(left, right, HALF),
            [..] => pair.concat(),
        };
        out.extend(cells.chunks(2).map(row));
    }
    let (main, moving) = sections(keymap, contexts);
    for part in [main, overview(), moving] {
        out.push(String::new());
        out.extend(part);
    }
    out
}

/// Whether a key does what its name says in every program.
fn is_moving(action: &Action) -> bool {
    if let Action::Edit(edit) = action {
        let is_more = matches!(edit, Edit::Newline | Edit::Yank | Edit::Undo | Edit::Redo);
        let is_cut = matches!(edit, Edit::KillWordBack | Edit::KillWord | Edit::KillToStart | Edit::KillToEnd);
        return !is_more && !is_cut;
    }
    matches!(action, Action::List(List::Move(_)) | Action::Scroll(ScrollStep::LineUp | ScrollStep::LineDown))
}

/// All commands, by domain; headings begin with `# `.
#[must_use]
pub fn overview() -> Vec<String> {
    let mut out = vec![words::help::about_commands(), words::help::about_help()];
    for domain in Domain::ALL {
        out.push(String::new());
        out.push(format!("# {}", domain.title()));
        for slash in table::all().filter(|s| s.domain == domain) {
            out.push(column(&slash.usage(), slash.summary, 36));
        }
    }
    out
}

/// Help for one command (also by an alias), or for `keys`; `None` where there is no such thing.
#[must_use]
pub fn help(word: &str, keymap: &Keymap) -> Option<Vec<String>> {
    if word.eq_ignore_ascii_case("keys") {
        return Some(keys(keymap, &Context::ALL));
    }
    table::find(word).map(command)
}

/// Help for one command.
#[must_use]
pub fn command(slash: &Slash) -> Vec<String> {
    let mut out = vec![format!("# {}", slash.usage()), sentence(slash.summary)];
    if !slash.detail.is_empty() {
        out.push(slash.detail.to_owned());
    }
    if !slash.args.is_empty() {
        out.extend([String::new(), format!("# {}", words::help::arguments())]);
        out.extend(slash.args.iter().map(|a| column(&a.usage(), a.doc, 16)));
    }
    out.extend([String::new(), format!("# {}", words::help::examples())]);
    out.extend(slash.examples.iter().map(|e| (*e).to_owned()));
    if !slash.aliases.is_empty() {
        out.extend([String::new(), words::help::also(&aliases(slash))]);
    }
    if !slash.xeps.is_empty() {
        let xeps: Vec<String> = slash.xeps.iter().map(|n| format!("XEP-{n:04}")).collect();
        out.push(words::help::see(&xeps.join(", ")));
    }
    out
}

/// The keys that are heard in these contexts, as they are bound now; those that only move come last.
#[must_use]
pub fn keys(keymap: &Keymap, contexts: &[Context]) -> Vec<String> {
    let (mut out, moving) = sections(keymap, contexts);
    if !moving.is_empty() {
        out.push(String::new());
        out.extend(moving);
    }
    out
}

/// The keys of these contexts, and those of them that only move.
fn sections(keymap: &Keymap, contexts: &[Context]) -> (Vec<String>, Vec<String>) {
    let mut out = Vec::new();
    let mut moving = Vec::new();
    for context in contexts {
        let rows = bound(keymap, *context);
        let (moves, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, spec)| is_moving(&spec.action));
        moving.extend(moves.iter().map(|(keys, spec)| column(&keys.join(", "), spec.doc, 24)));
        if rows.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(String::new());
        }
        out.push(format!("# {}", context.title()));
        let numbered: Vec<_> = rows.iter().filter(|(_, spec)| is_numbered(spec)).collect();
        // Ten keys that do the same with ten numbers are one row, unless somebody has bound them otherwise.
        let is_one = numbered.len() == 10 && numbered.iter().all(|(keys, _)| keys.len() == 1);
        let mut is_told = false;
        for (keys, spec) in &rows {
            if !(is_one && is_numbered(spec)) {
                out.push(column(&keys.join(", "), spec.doc, 24));
            } else if !std::mem::replace(&mut is_told, true) {
                let ends = [numbered.first(), numbered.last()].map(|r| r.map_or("", |(keys, _)| keys[0].as_str()));
                out.push(column(&ends.join(" to "), &words::help::numbered(), 24));
            }
        }
    }
    if !moving.is_empty() {
        moving.insert(0, format!("# {}", words::help::moving()));
    }
    (out, moving)
}

/// Whether it is one of the keys that go to a chat by its number.
fn is_numbered(spec: &ActionSpec) -> bool {
    matches!(spec.action, Action::NthChat(_))
}

/// Actions of a context with their keys, in the table's order.
fn bound(keymap: &Keymap, context: Context) -> Vec<(Vec<String>, &'static ActionSpec)> {
    let bindings = keymap.bindings(context);
    let mut out = Vec::new();
    let mut done = Vec::new();
    let specs = ACTIONS.iter().filter(|s| s.context == context).chain(ACTIONS.iter().filter(|s| s.context != context));
    for spec in specs {
        if done.contains(&&spec.action) {
            continue;
        }
        let mut keys: Vec<(usize, String)> = Vec::new();
        for (sequence, _) in bindings.iter().filter(|(_, a)| **a == spec.action) {
            let name = sequence_name(sequence);
            let place = spec.keys.iter().position(|k| *k == name).unwrap_or(spec.keys.len());
            keys.push((place, sequence_label(sequence)));
        }
        if !keys.is_empty() {
            keys.sort();
            done.push(&spec.action);
            out.push((keys.into_iter().map(|(_, k)| k).collect(), spec));
        }
    }
    out
}

/// The COMMANDS section of the manual page, as roff.
#[must_use]
pub fn commands_roff() -> String {
    let mut out = String::from(".SH COMMANDS\n");
    out.push_str("A line that begins with / is a command; // sends a slash.\n");
    for domain in Domain::ALL {
        out.push_str(&format!(".SS {}\n", roff(domain.title())));
        for slash in table::all().filter(|s| s.domain == domain) {
            out.push_str(&format!(".TP\n\\fB{}\\fR\n{}\n", roff(&slash.usage()), roff(&sentence(slash.summary))));
            if !slash.detail.is_empty() {
                out.push_str(&format!("{}\n", roff(slash.detail)));
            }
            if !slash.aliases.is_empty() {
                out.push_str(&format!("Also: {}.\n", roff(&aliases(slash))));
            }
        }
    }
    out
}

/// The KEYS section of the manual page, as roff.
#[must_use]
pub fn keys_roff() -> String {
    let keymap = Keymap::default();
    let mut out = String::from(".SH KEYS\n");
    for context in Context::ALL {
        out.push_str(&format!(".SS {}\n", roff(context.title())));
        for (keys, spec) in bound(&keymap, context) {
            out.push_str(&format!(".TP\n\\fB{}\\fR\n{}\n", roff(&keys.join(", ")), roff(&sentence(spec.doc))));
        }
    }
    out
}

/// The SETTINGS section of the manual page, as roff.
#[must_use]
pub fn settings_roff() -> String {
    let mut out = String::from(".SH SETTINGS\nIn the config by section, or with /set.\n");
    let defaults = Options::default();
    for option in OPTIONS {
        let (key, default) = (roff(option.key), roff(&(option.get)(&defaults)));
        let (values, doc) = (roff(&option.values.to_string()), roff(option.doc));
        out.push_str(&format!(".TP\n\\fB{key}\\fR = {default}\n{doc} May be {values}.\n"));
    }
    out
}

/// The table of commands for the reference.
#[must_use]
pub fn commands_markdown() -> String {
    let mut out = String::from("| command | does | also |\n| --- | --- | --- |\n");
    for slash in table::all() {
        let also: Vec<String> = slash.aliases.iter().map(|a| format!("`/{a}`")).collect();
        let usage = cell(&slash.usage());
        out.push_str(&format!("| `{usage}` | {} | {} |\n", cell(slash.summary), also.join(" ")));
    }
    out
}

/// The table of keys for the reference: name, keys, context.
#[must_use]
pub fn keys_markdown() -> String {
    let mut out = String::from("| where | key | does | name |\n| --- | --- | --- | --- |\n");
    let keymap = Keymap::default();
    for context in Context::ALL {
        for (keys, spec) in bound(&keymap, context) {
            let keys: Vec<String> =
                keys.iter().map(|k| if k == "Alt-`" { "Alt-\\`".into() } else { cell(k) }).collect();
            let (word, doc, name) = (context.word(), cell(spec.doc), spec.name);
            out.push_str(&format!("| {word} | {} | {doc} | `{name}` |\n", keys.join(", ")));
        }
    }
    out
}

/// The table of settings for the reference.
#[must_use]
pub fn settings_markdown() -> String {
    let mut out = String::from("| setting | default | may be | does |\n| --- | --- | --- | --- |\n");
    let defaults = Options::default();
    for option in OPTIONS {
        let (key, default) = (option.key, (option.get)(&defaults));
        out.push_str(&format!("| `{key}` | `{default}` | {} | {} |\n", option.values, cell(option.doc)));
    }
    out
}

fn aliases(slash: &Slash) -> String {
    slash.aliases.iter().map(|a| format!("/{a}")).collect::<Vec<_>>().join(", ")
}

/// Two columns; where the first is too wide, three spaces between.
fn column(left: &str, right: &str, width: usize) -> String {
    let gap = width.saturating_sub(crate::text::width(left)).max(3);
    format!("{left}{:gap$}{right}", "")
}

fn sentence(phrase: &str) -> String {
    let mut chars = phrase.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str())
}

/// A text as a cell of a markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A text as roff: no line of it is a request, and hyphens stay hyphens.
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq").replace('`', "\\(ga");
    if text.starts_with('.') { format!("\\&{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_command() {
        let lines = help("j", &Keymap::default()).unwrap();
        assert_eq!(lines[0], "# /join [room] [nick] [password]");
        assert!(lines.contains(&"Also: /j".to_owned()));
        assert!(lines.contains(&"See XEP-0045".to_owned()));
        assert_eq!(help("xyzzy", &Keymap::default()), None);
    }

    #[test]
    fn every_command_and_key_is_in_help() {
        let all = overview().join("\n");
        for slash in table::all() {
            assert!(all.contains(&slash.usage()), "{}", slash.name);
        }
        let keys = keys(&Keymap::default(), &Context::ALL).join("\n");
        for spec in ACTIONS.iter().filter(|s| !s.keys.is_empty() && !is_numbered(s)) {
            assert!(keys.contains(spec.doc), "{}", spec.name);
        }
    }

    #[test]
    fn the_first_page_begins_with_what_matters_and_ends_with_what_everybody_knows() {
        let keymap = Keymap::default();
        let page = page(&keymap, &[Context::Composer, Context::Chat, Context::Global], 80);
        assert!(page[1].contains("Enter") && page[1].contains("Ctrl-K"), "two columns: {}", page[1]);
        let at = |words: &str| page.iter().position(|l| l.contains(words)).unwrap_or_else(|| panic!("{words}"));
        assert!(at("next unread") < 8 && at("/join") < at("move left") && at("draw the screen") < at("/join"));
        assert_eq!(page.iter().filter(|l| l.contains("go to chat ")).count(), 1);
        assert!(page[at("go to chat 1 to 10")].starts_with("Alt-1 to Alt-0 "));
        assert!(super::page(&keymap, &[Context::Global], 40)[1..11].iter().all(|l| crate::text::width(l) <= 40));
        let mut other = Keymap::default();
        other.bind(Context::Global, "alt-3", "").unwrap();
        let lines = keys(&other, &[Context::Global]);
        assert_eq!(lines.iter().filter(|l| l.contains("go to chat ")).count(), 9, "each for itself");
    }

    #[test]
    fn help_follows_the_config() {
        let mut keymap = Keymap::default();
        keymap.bind(Context::Global, "ctrl-k", "").unwrap();
        keymap.bind(Context::Global, "ctrl-o", "switch").unwrap();
        let lines = keys(&keymap, &[Context::Global]);
        let line = lines.iter().find(|l| l.contains("go to a chat, room or person")).unwrap();
        assert!(line.starts_with("Ctrl-O "), "{line}");
    }

    #[test]
    fn roff_is_escaped() {
        assert_eq!(roff(".x\\y-`'"), "\\&.x\\ey\\-\\(ga\\(aq");
    }
}
