//! Maps keys to actions, with a trie of key sequences for each context.
//!
//! Several contexts listen at once, the innermost first (a list, then the program), and the first that knows the key
//! wins. While the user writes, characters are text and are not looked up at all, so that no binding, not even a
//! mistake in the config, can stop anybody from typing.

use super::{ACTIONS, Action, ActionSpec, Context, Key, KeyCode};
use std::{collections::BTreeMap, ops::Range, sync::OnceLock};

/// What a key means after those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// Do this.
    Found(&'a Action),
    /// The sequence goes on.
    Pending,
    /// Nothing; the sequence, if there was one, is over.
    None,
}

/// Which half of a binding is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The key sequence.
    Keys,
    /// The action's name.
    Action,
}

/// Why a binding was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyError {
    /// Where the fault is.
    pub half: Half,
    /// Which bytes of that half.
    pub span: Range<usize>,
    /// What is wrong, in words.
    pub words: String,
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for KeyError {}

#[derive(Debug, Clone, Default, PartialEq)]
struct Node {
    action: Option<Action>,
    next: BTreeMap<Key, Node>,
}

impl Node {
    fn walk<'k>(&self, keys: impl Iterator<Item = &'k Key>) -> Option<&Self> {
        let mut node = self;
        for key in keys {
            node = node.next.get(key)?;
        }
        Some(node)
    }

    /// Takes out the sequence and what only led to it.
    fn remove(&mut self, keys: &[Key]) {
        match keys.split_first() {
            None => *self = Self::default(),
            Some((first, rest)) => {
                if let Some(child) = self.next.get_mut(first) {
                    child.remove(rest);
                    if *child == Self::default() {
                        self.next.remove(first);
                    }
                }
            }
        }
    }

    fn collect<'a>(&'a self, path: &mut Vec<Key>, out: &mut Vec<(Vec<Key>, &'a Action)>) {
        if let Some(action) = &self.action {
            out.push((path.clone(), action));
        }
        for (key, child) in &self.next {
            path.push(*key);
            child.collect(path, out);
            path.pop();
        }
    }
}

/// The bindings.
#[derive(Debug, Clone, PartialEq)]
pub struct Keymap {
    contexts: BTreeMap<Context, Node>,
    labels: Labels,
}

/// What the screen calls the keys of each of [`ACTIONS`]: found once, when somebody first asks.
#[derive(Debug, Clone, Default)]
struct Labels(OnceLock<Vec<Vec<String>>>);

impl PartialEq for Labels {
    /// They follow from the bindings.
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Default for Keymap {
    fn default() -> Self {
        Self::defaults().0
    }
}

impl Keymap {
    /// The defaults of [`ACTIONS`], and what is wrong with them (nothing; a test looks).
    #[must_use]
    pub fn defaults() -> (Self, Vec<String>) {
        let mut map = Self { contexts: BTreeMap::new(), labels: Labels::default() };
        let mut faults = Vec::new();
        for spec in ACTIONS {
            for keys in spec.keys {
                match map.bind(spec.context, keys, spec.name) {
                    Ok(clashes) => faults.extend(clashes),
                    Err(error) => faults.push(error.words),
                }
            }
        }
        (map, faults)
    }

    /// Binds a key sequence, such as `ctrl-x ctrl-e`, to the action of this name; an empty name
    /// removes the binding. Returns what no longer works because of it, in words: a sequence that
    /// begins with this one, or that this one begins with.
    ///
    /// # Errors
    /// When a key or the action is not known; then nothing is changed.
    pub fn bind(&mut self, context: Context, keys: &str, name: &str) -> Result<Vec<String>, KeyError> {
        let sequence = parse_sequence(keys)?;
        let action = match name.trim() {
            "" => None,
            word => match ActionSpec::find(word) {
                Some(spec) => Some(spec.action.clone()),
                None => return Err(unknown_action(name)),
            },
        };
        self.labels = Labels::default();
        let root = self.contexts.entry(context).or_default();
        let Some(action) = action else {
            root.remove(&sequence);
            return Ok(Vec::new());
        };
        let mut clashes = Vec::new();
        for len in 1..sequence.len() {
            let (prefix, _) = sequence.split_at(len);
            if root.walk(prefix.iter()).is_some_and(|n| n.action.is_some()) {
                clashes.push(clash(context, prefix, &sequence));
                root.remove(prefix);
            }
        }
        let mut node = root;
        for key in &sequence {
            node = node.next.entry(*key).or_default();
        }
        let mut longer = Vec::new();
        for child in &node.next {
            child.1.collect(&mut [sequence.as_slice(), &[*child.0]].concat(), &mut longer);
        }
        clashes.extend(longer.iter().map(|(hidden, _)| clash(context, hidden, &sequence)));
        *node = Node { action: Some(action), next: BTreeMap::new() };
        Ok(clashes)
    }

    /// What `key` means after the keys in `pending`, to these contexts, the innermost first. While
    /// the user writes a text (`is_typing`), characters that begin a sequence mean nothing here.
    #[must_use]
    pub fn lookup(&self, contexts: &[Context], is_typing: bool, pending: &[Key], key: Key) -> Lookup<'_> {
        if is_typing && pending.is_empty() && key.text().is_some() {
            return Lookup::None;
        }
        let found = self.look(contexts, pending, key);
        match (key.code, &found) {
            // With caps lock on, Alt-A is still Alt-A.
            (KeyCode::Char(c), Lookup::None) if (key.alt || key.ctrl) && c.is_uppercase() => {
                let lower = c.to_lowercase().next().unwrap_or(c);
                self.look(contexts, pending, Key { code: KeyCode::Char(lower), ..key })
            }
            _ => found,
        }
    }

    fn look(&self, contexts: &[Context], pending: &[Key], key: Key) -> Lookup<'_> {
        for context in contexts {
            let node = self.contexts.get(context).and_then(|root| root.walk(pending.iter())?.next.get(&key));
            match node {
                Some(Node { action: Some(action), .. }) => return Lookup::Found(action),
                Some(node) if !node.next.is_empty() => return Lookup::Pending,
                Some(_) | None => {}
            }
        }
        Lookup::None
    }

    /// The keys of an action as the screen shows them, such as `Ctrl-K`, the default first; of any
    /// context.
    #[must_use]
    pub fn keys_of(&self, action: &Action) -> &[String] {
        let index = ACTIONS.iter().position(|spec| spec.action == *action);
        index.and_then(|i| self.labels().get(i)).map_or(&[], Vec::as_slice)
    }

    /// The same for all of [`ACTIONS`], in their order.
    #[must_use]
    pub fn labels(&self) -> &[Vec<String>] {
        self.labels.0.get_or_init(|| {
            let of = |context| self.bindings(context).into_iter().map(move |(keys, action)| (context, keys, action));
            let all: Vec<_> = Context::ALL.into_iter().flat_map(of).collect();
            ACTIONS.iter().map(|spec| labels_of(&spec.action, &all)).collect()
        })
    }

    /// All sequences of a context with their actions, in the order of keys.
    #[must_use]
    pub fn bindings(&self, context: Context) -> Vec<(Vec<Key>, &Action)> {
        let mut out = Vec::new();
        if let Some(root) = self.contexts.get(&context) {
            root.collect(&mut Vec::new(), &mut out);
        }
        out
    }

    /// What can follow the keys in `pending`: (keys that remain, action).
    #[must_use]
    pub fn continuations(&self, contexts: &[Context], pending: &[Key]) -> Vec<(Vec<Key>, &Action)> {
        let mut out = Vec::new();
        for context in contexts {
            if let Some(node) = self.contexts.get(context).and_then(|root| root.walk(pending.iter())) {
                node.collect(&mut Vec::new(), &mut out);
            }
        }
        out
    }
}

fn labels_of(action: &Action, all: &[(Context, Vec<Key>, &Action)]) -> Vec<String> {
    let mut bound: Vec<(Context, &[Key])> =
        all.iter().filter(|(_, _, a)| *a == action).map(|(context, keys, _)| (*context, &**keys)).collect();
    let specs = ACTIONS.iter().filter(|s| s.action == *action);
    let order: Vec<(Context, &str)> = specs.flat_map(|s| s.keys.iter().map(|k| (s.context, *k))).collect();
    bound.sort_by_cached_key(|(context, keys)| {
        let name = sequence_name(keys);
        order.iter().position(|(c, k)| c == context && *k == name).unwrap_or(order.len())
    });
    let mut labels: Vec<String> = Vec::new();
    for (_, keys) in bound {
        let label = sequence_label(keys);
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

/// Reads a key sequence: names with spaces between.
///
/// # Errors
/// The span is that of the first name that is no key.
pub fn parse_sequence(text: &str) -> Result<Vec<Key>, KeyError> {
    let mut keys = Vec::new();
    for name in text.split_whitespace() {
        let start = name.as_ptr() as usize - text.as_ptr() as usize;
        let key = Key::parse(name);
        keys.push(key.map_err(|words| KeyError { half: Half::Keys, span: start..start + name.len(), words })?);
    }
    if keys.is_empty() {
        return Err(KeyError { half: Half::Keys, span: 0..text.len(), words: "no key is named".into() });
    }
    Ok(keys)
}

/// The sequence as the config writes it.
#[must_use]
pub fn sequence_name(keys: &[Key]) -> String {
    keys.iter().map(|k| k.name()).collect::<Vec<_>>().join(" ")
}

/// The sequence as the screen shows it.
#[must_use]
pub fn sequence_label(keys: &[Key]) -> String {
    keys.iter().map(|k| k.label()).collect::<Vec<_>>().join(" ")
}

fn unknown_action(name: &str) -> KeyError {
    let near = super::near::nearest(name.trim(), ACTIONS.iter().map(|a| a.name));
    let words = match near {
        Some(near) => format!("there is no action {:?}; did you mean {near:?}?", name.trim()),
        None => format!("there is no action {:?}", name.trim()),
    };
    KeyError { half: Half::Action, span: 0..name.len(), words }
}

fn clash(context: Context, hidden: &[Key], by: &[Key]) -> String {
    let word = context.word();
    format!("in {word}, {} no longer works: it clashes with {}", sequence_label(hidden), sequence_label(by))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{List, Move};

    fn find<'a>(map: &'a Keymap, contexts: &[Context], keys: &str) -> Lookup<'a> {
        let keys = parse_sequence(keys).unwrap();
        let (last, pending) = keys.split_last().unwrap();
        map.lookup(contexts, false, pending, *last)
    }

    #[test]
    fn the_inner_context_wins() {
        let map = Keymap::default();
        let both = [Context::People, Context::List, Context::Global];
        assert_eq!(find(&map, &both, "K"), Lookup::Found(&Action::Person(super::super::OnPerson::Kick)));
        assert_eq!(find(&map, &both, "j"), Lookup::Found(&Action::List(List::Move(Move::Down))));
        assert_eq!(find(&map, &both, "ctrl-k"), Lookup::Found(&Action::Switch));
        assert_eq!(find(&map, &both, "Z"), Lookup::None);
    }

    #[test]
    fn characters_are_text_while_typing() {
        let mut map = Keymap::default();
        map.bind(Context::Global, "a", "quit").unwrap();
        let key = Key::parse("a").unwrap();
        assert_eq!(map.lookup(&[Context::Global], true, &[], key), Lookup::None);
        assert_eq!(map.lookup(&[Context::Global], false, &[], key), Lookup::Found(&Action::Quit(None)));
        let question = Key::parse("?").unwrap();
        assert_eq!(map.lookup(&[Context::Global], true, &[], question), Lookup::None);
    }

    #[test]
    fn sequences() {
        let mut map = Keymap::default();
        assert_eq!(map.bind(Context::Composer, "ctrl-x ctrl-e", "redraw"), Ok(vec![]));
        let composer = [Context::Composer];
        assert_eq!(find(&map, &composer, "ctrl-x"), Lookup::Pending);
        assert_eq!(find(&map, &composer, "ctrl-x ctrl-e"), Lookup::Found(&Action::Redraw));
        assert_eq!(find(&map, &composer, "ctrl-x b"), Lookup::None);
        assert_eq!(map.continuations(&composer, &[Key::ctrl('x')]).len(), 1);
        // A character that goes on with a sequence is heard while typing.
        map.bind(Context::Composer, "ctrl-x e", "quit").unwrap();
        let e = Key::parse("e").unwrap();
        assert_eq!(map.lookup(&composer, true, &[Key::ctrl('x')], e), Lookup::Found(&Action::Quit(None)));
    }

    #[test]
    fn clashes_are_told_and_the_last_wins() {
        let mut map = Keymap::default();
        map.bind(Context::Composer, "ctrl-x ctrl-e", "redraw").unwrap();
        let clashes = map.bind(Context::Composer, "ctrl-x", "quit").unwrap();
        assert_eq!(clashes, ["in composer, Ctrl-X Ctrl-E no longer works: it clashes with Ctrl-X"]);
        let clashes = map.bind(Context::Composer, "ctrl-x ctrl-y", "quit").unwrap();
        assert_eq!(clashes, ["in composer, Ctrl-X no longer works: it clashes with Ctrl-X Ctrl-Y"]);
        assert_eq!(find(&map, &[Context::Composer], "ctrl-x"), Lookup::Pending);
    }

    #[test]
    fn removal_and_faults() {
        let mut map = Keymap::default();
        map.bind(Context::Global, "f4", "").unwrap();
        assert_eq!(find(&map, &[Context::Global], "f4"), Lookup::None);
        let fault = map.bind(Context::Global, "ctrl-x ctrl-foo", "quit").unwrap_err();
        assert_eq!((fault.half, fault.span), (Half::Keys, 7..15));
        let fault = map.bind(Context::Global, "f4", "swich").unwrap_err();
        assert_eq!(fault.half, Half::Action);
        assert!(fault.words.contains("did you mean \"switch\"?"), "{}", fault.words);
        assert!(map.bind(Context::Global, " ", "quit").is_err());
    }

    #[test]
    fn shown_keys_begin_with_the_default() {
        let mut map = Keymap::default();
        assert_eq!(map.keys_of(&Action::Help), ["F1", "?"]);
        map.bind(Context::Global, "alt-q", "help").unwrap();
        assert_eq!(map.keys_of(&Action::Help), ["F1", "?", "Alt-Q"]);
        assert!(map.keys_of(&Action::Say(String::new())).is_empty());
    }

    #[test]
    fn caps_lock_does_no_harm() {
        let map = Keymap::default();
        assert_eq!(map.lookup(&[Context::Global], true, &[], Key::alt('A')), Lookup::Found(&Action::NextImportant));
        assert_eq!(map.lookup(&[Context::Global], true, &[], Key::ctrl('K')), Lookup::Found(&Action::Switch));
    }
}
