//! Texts for people stand in `src/words`, where they have a name, one wording and one place to be translated.
//!
//! What is a text can only be guessed: a string of two words or more. Files that still hold such texts are listed with
//! their number in `words.allow`; the numbers may only shrink. `UPDATE_DOCS=1` lowers them, and never raises one.

use super::{GRAPH, root};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::{collections::BTreeMap, fs, path::PathBuf};

/// Folders whose texts are for people.
const LOOKED_AT: &[&str] = &["ui/", "update/", "state/", "slash/", "run/", "config/", "store/", "xmpp/", "error.rs"];

/// Tables of commands are homes of texts themselves.
const HOMES: &[&str] = &["slash/table/"];

/// Words of SQL, which no text for people has.
const SQL: &[&str] = &["SELECT", "FROM", "WHERE", "AND", "ORDER", "BEGIN", "BEGIN;"];

/// Macros whose strings are for whoever reads the log or the code.
const FOR_DEVELOPERS: &[&str] = &["assert", "assert_eq", "debug_assert", "unreachable"];

/// A string for people, and its line.
type Text = (usize, String);

fn list() -> PathBuf {
    root().join("tests/all/house/words.allow")
}

/// Whether a string holds at least two words of letters, one after the other. What a `{}` stands for is a word where a
/// word of letters is beside it.
fn is_for_people(text: &str) -> bool {
    let machine = ["<", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", "DROP ", "ALTER ", "PRAGMA ", "http"];
    let is_sql = text.split_whitespace().any(|word| SQL.contains(&word));
    if is_sql || machine.iter().any(|m| text.trim_start().starts_with(m)) {
        return false;
    }
    let is_word = |word: &&str| {
        // A command is typed as it is in every language.
        let letters = if word.starts_with('/') { "" } else { word.trim_matches(|c: char| !c.is_alphanumeric()) };
        letters.chars().count() > 1 && letters.chars().all(|c| c.is_alphabetic() || "'’-/".contains(c))
    };
    let mut plain = String::new();
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                plain.push_str("{}");
            }
            _ if depth > 0 => {}
            _ => plain.push(c),
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.windows(2).any(|pair| {
        let of_letters = pair.iter().filter(|w| is_word(w)).count();
        let is_value = |word: &&str| word.contains("{}") && !is_word(word);
        of_letters == 2 || of_letters == 1 && pair.iter().any(is_value)
    })
}

/// Notes the texts among these tokens, tests, attributes and what goes into the log left out.
fn collect(tokens: TokenStream, source: &str, at: &mut usize, found: &mut Vec<Text>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let punct = |n: usize, c: char| matches!(tokens.get(n), Some(TokenTree::Punct(p)) if p.as_char() == c);
    let ident = |n: usize| match tokens.get(n) {
        Some(TokenTree::Ident(ident)) => ident.to_string(),
        _ => String::new(),
    };
    let mut n = 0;
    while let Some(token) = tokens.get(n) {
        n += 1;
        match token {
            TokenTree::Punct(p) if p.as_char() == '#' => {
                n += usize::from(punct(n, '!'));
                if let Some(TokenTree::Group(attribute)) = tokens.get(n) {
                    n += 1;
                    let written = attribute.stream().to_string().replace(' ', "");
                    if written.starts_with("error(") {
                        collect(attribute.stream(), source, at, found);
                    } else if written == "cfg(test)" {
                        let is_end = |t: &TokenTree| match t {
                            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                            TokenTree::Punct(p) => p.as_char() == ';',
                            TokenTree::Ident(_) | TokenTree::Literal(_) => false,
                        };
                        n += tokens[n..].iter().position(is_end).map_or(0, |end| end + 1);
                    }
                }
            }
            TokenTree::Ident(name) => {
                let is_path = punct(n, ':') && !ident(n + 2).is_empty();
                let is_for_developers = FOR_DEVELOPERS.contains(&name.to_string().as_str()) && punct(n, '!');
                if *name == "tracing" && is_path && punct(n + 3, '!') {
                    n += 5;
                } else if *name == "Standard" && is_path {
                    // Standards are called what their documents are called.
                    n += 4;
                } else if is_for_developers || *name == "title" && punct(n, ':') {
                    n += 2;
                }
            }
            TokenTree::Group(group) => collect(group.stream(), source, at, found),
            TokenTree::Literal(literal) => {
                let written = literal.to_string();
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&written) {
                    // Tokens come in the order of the source, so the next place that holds it is its own.
                    *at = source[*at..].find(&written).map_or(*at, |found| *at + found + written.len());
                    if is_for_people(&text.value()) {
                        found.push((source[..*at].lines().count(), text.value()));
                    }
                }
            }
            TokenTree::Punct(_) => {}
        }
    }
}

/// The texts of a source file.
fn texts_of(source: &str) -> Vec<Text> {
    let mut found = Vec::new();
    collect(source.parse().unwrap(), source, &mut 0, &mut found);
    found
}

/// File below `src` → its texts, files without one left out.
fn texts() -> BTreeMap<String, Vec<Text>> {
    let is_looked_at = |path: &&String| {
        LOOKED_AT.iter().any(|folder| path.starts_with(folder)) && !HOMES.iter().any(|home| path.starts_with(home))
    };
    let read = |path: &String| {
        let source = fs::read_to_string(root().join("src").join(path)).unwrap();
        (path.clone(), texts_of(&source))
    };
    GRAPH.files.iter().filter(is_looked_at).map(read).filter(|(_, texts)| !texts.is_empty()).collect()
}

fn line_of(path: &str, (line, text): &Text) -> String {
    format!("src/{path}:{line}: {text:?}")
}

/// `WORDS_TO=FILE` writes the list of all texts there.
#[test]
fn texts_for_people_stand_in_words() {
    let found = texts();
    let allowed: BTreeMap<String, usize> = fs::read_to_string(list())
        .unwrap()
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(path, count)| (path.to_owned(), count.parse().unwrap()))
        .collect();
    if let Some(to) = std::env::var_os("WORDS_TO") {
        let all = found.iter().flat_map(|(path, texts)| texts.iter().map(move |text| line_of(path, text)));
        fs::write(to, all.collect::<Vec<_>>().join("\n") + "\n").unwrap();
    }
    let mut new = Vec::new();
    for (path, texts) in &found {
        let may = allowed.get(path).copied().unwrap_or_default();
        if texts.len() > may {
            new.push(format!("src/{path} may hold {may} texts and holds {}:", texts.len()));
            new.extend(texts.iter().map(|text| line_of(path, text)));
        }
    }
    assert!(
        new.is_empty(),
        "a text for people is a function in src/words (CONTRIBUTING.md, \"Change a string\"):\n{}",
        new.join("\n")
    );
    let now: BTreeMap<String, usize> = found.iter().map(|(path, texts)| (path.clone(), texts.len())).collect();
    if now != allowed {
        assert!(
            std::env::var_os("UPDATE_DOCS").is_some(),
            "fewer texts than allowed: UPDATE_DOCS=1 lowers words.allow"
        );
        let lines: Vec<String> = now.iter().map(|(path, count)| format!("{path} {count}\n")).collect();
        fs::write(list(), lines.concat()).unwrap();
    }
}

#[test]
fn a_text_is_told_from_what_machines_read() {
    for text in ["no such room", "{room}: not connected", "{} left", "kicked by {nick}", "don't do that"] {
        assert!(is_for_people(text), "{text:?}");
    }
    for text in [
        "urn:xmpp:ping",
        "jabber:x:data",
        "{a} {b}",
        " · ",
        "{name}",
        "SELECT id FROM chats",
        "<a b='c d'/>",
        "/kick {nick} ",
    ] {
        assert!(!is_for_people(text), "{text:?}");
    }
    let source = "/// A doc comment.\n#[doc = \"not this one\"]\nfn f() {\n    tracing::warn!(\"nor this one\");\n    \
                  say(\"but this one\");\n}\n#[error(\"and this one\")]\nstruct E;\n#[cfg(test)]\nmod tests {\n    \
                  const T: &str = \"no test either\";\n}\n";
    assert_eq!(texts_of(source), [(5, "but this one".to_owned()), (7, "and this one".to_owned())]);
}
