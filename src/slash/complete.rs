//! What Tab offers: it depends on the kind of the argument under the cursor and on the state.
//!
//! The order is: the argument's own words, people in this room (latest speaker first), open chats, rooms, contacts.

use super::lex::{self, Piece};
use super::spec::{ArgKind, Slash};
use super::table;
use crate::model::{AccountId, Availability, ChatKind, OPTIONS, OptionSpec};
use crate::state::State;
use crate::words;
use std::ops::Range;

/// At most so many candidates.
const CANDIDATES: usize = 50;

/// What Tab may put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Which bytes of the text are replaced.
    pub range: Range<usize>,
    /// The candidates: (what is put in, what it is), best first; never empty.
    pub items: Vec<(String, String)>,
}

/// A candidate before it is matched.
struct Candidate {
    /// What the user may begin to type: any of these.
    keys: Vec<String>,
    /// What is put in.
    insert: String,
    /// What it is.
    what: String,
}

impl Candidate {
    fn new(insert: impl Into<String>, what: impl Into<String>) -> Self {
        let insert = insert.into();
        Self { keys: vec![insert.clone()], insert, what: what.into() }
    }
}

/// What completes the word before the cursor, if anything does.
#[must_use]
pub fn complete(state: &State, text: &str, cursor: usize) -> Option<Offer> {
    let head = text.get(..cursor)?;
    if head.starts_with('/') && !head.starts_with("//") {
        return command(state, head);
    }
    prose(state, head)
}

/// In a line of text: an emoji, or a nickname of the room.
fn prose(state: &State, head: &str) -> Option<Offer> {
    let start = head.rfind(char::is_whitespace).map_or(0, |i| i + head[i..].chars().next().map_or(1, char::len_utf8));
    let word = &head[start..];
    if let Some(shortcode) = word.strip_prefix(':') {
        return emoji(shortcode, start..head.len());
    }
    let (at, typed) = if let Some(nick) = word.strip_prefix('@') { ("@", nick) } else { ("", word) };
    if word.is_empty() {
        return None;
    }
    let tail = if start == 0 { ": " } else { " " };
    let insert = |c: Candidate| (format!("{at}{}{tail}", c.insert), c.what);
    offer(start..head.len(), typed, nicks(state), insert)
}

fn emoji(shortcode: &str, range: Range<usize>) -> Option<Offer> {
    if shortcode.chars().count() < 2 || shortcode.contains(':') {
        return None;
    }
    let wanted = shortcode.to_lowercase();
    let mut found: Vec<(bool, &str, &emojis::Emoji)> = Vec::new();
    for emoji in emojis::iter() {
        if let Some(code) = emoji.shortcodes().find(|c| c.starts_with(&wanted)) {
            found.push((code != wanted, code, emoji));
        }
    }
    found.sort_by_key(|(is_longer, code, _)| (*is_longer, code.len()));
    let items = found.into_iter().take(CANDIDATES).map(|(_, code, e)| (e.as_str().to_owned(), format!(":{code}:")));
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then_some(Offer { range, items })
}

/// In a command: its name, or the argument that the cursor is in.
fn command(state: &State, head: &str) -> Option<Offer> {
    let Some(end) = head.find(char::is_whitespace) else {
        // What the open room would refuse is not offered; typed by hand it says why.
        let allowed = table::all().filter(|s| state.forbids(s.name).is_none());
        let of = allowed.map(|s| Candidate {
            keys: s.words().map(str::to_owned).collect(),
            insert: s.name.to_owned(),
            what: s.summary.to_owned(),
        });
        let mut of: Vec<Candidate> = of.collect();
        // A name that begins so comes before an alias that does.
        of.sort_by_key(|c| (!c.insert.starts_with(&head[1..]), c.insert.clone()));
        return offer(0..head.len(), &head[1..], of, |c| (format!("/{} ", c.insert), c.what));
    };
    let slash = table::find(&head[1..end])?;
    let (index, word, before) = argument(slash, head, end)?;
    let arg = slash.args.get(index)?;
    let is_last = index + 1 == slash.args.len();
    let (mut kind, mut word) = (arg.kind, word);
    if let ArgKind::Flag(_) = kind {
        if !word.text.is_empty() && arg_is_flag_start(kind, &word.text) {
            return offer(word.span, &word.text, candidates(state, kind, &before), |c| {
                (format!("{} ", c.insert), c.what)
            });
        }
        kind = slash.args.get(index + 1)?.kind;
    }
    if kind.takes_rest() && kind == ArgKind::Text {
        // In free text, the last word alone.
        let start = head.rfind(char::is_whitespace).map_or(0, |i| i + 1).max(word.span.start);
        word = Piece { text: head.get(start..)?.to_owned(), span: start..head.len(), is_open: false };
        if let Some(code) = word.text.strip_prefix(':') {
            return emoji(code, word.span);
        }
        if word.text.is_empty() {
            return None;
        }
        return offer(word.span, &word.text, nicks(state), |c| (format!("{} ", c.insert), c.what));
    }
    let tail = if is_last { "" } else { " " };
    let insert = |c: Candidate| (format!("{}{tail}", spelled(kind, &c.insert)), c.what);
    offer(word.span, &word.text, candidates(state, kind, &before), insert)
}

fn arg_is_flag_start(kind: ArgKind, text: &str) -> bool {
    matches!(kind, ArgKind::Flag(flag) if flag.starts_with(text))
}

/// As one argument: in quotes where it needs them.
fn spelled(kind: ArgKind, text: &str) -> String {
    if kind.takes_rest() { text.to_owned() } else { lex::quote(text) }
}

/// Which argument the cursor is in, what of it is typed, and the words before it.
pub(super) fn argument(slash: &Slash, head: &str, end: usize) -> Option<(usize, Piece, Vec<String>)> {
    let mut at = end;
    let mut before = Vec::new();
    for (i, arg) in slash.args.iter().enumerate() {
        if arg.kind.takes_rest() {
            let start = lex::skip_spaces(head, at);
            let piece = Piece { text: head[start..].to_owned(), span: start..head.len(), is_open: false };
            return Some((i, piece, before));
        }
        match lex::word(head, at) {
            Some(piece) if piece.span.end < head.len() => {
                if matches!(arg.kind, ArgKind::Flag(flag) if piece.text != flag) {
                    continue;
                }
                at = piece.span.end;
                before.push(piece.text);
            }
            Some(piece) => return Some((i, piece, before)),
            None => {
                let here = head.len();
                return Some((i, Piece { text: String::new(), span: here..here, is_open: false }, before));
            }
        }
    }
    None
}

/// Those candidates that begin with what was typed, in any case; without repeats.
fn offer(
    range: Range<usize>,
    typed: &str,
    of: Vec<Candidate>,
    insert: impl Fn(Candidate) -> (String, String),
) -> Option<Offer> {
    let typed = typed.to_lowercase();
    let mut items: Vec<(String, String)> = Vec::new();
    for candidate in of {
        let fits = candidate.keys.iter().any(|k| k.to_lowercase().starts_with(&typed));
        let is_odd = candidate.insert.chars().any(char::is_control);
        if !fits || is_odd || items.len() >= CANDIDATES {
            continue;
        }
        let item = insert(candidate);
        if !items.iter().any(|(known, _)| *known == item.0) {
            items.push(item);
        }
    }
    (!items.is_empty()).then_some(Offer { range, items })
}

fn candidates(state: &State, kind: ArgKind, before: &[String]) -> Vec<Candidate> {
    match kind {
        ArgKind::Text | ArgKind::Word | ArgKind::Number | ArgKind::Since | ArgKind::Fingerprint => Vec::new(),
        ArgKind::Command => {
            let commands = table::all().map(|s| Candidate::new(s.name, s.summary));
            commands.chain([Candidate::new("keys", words::help::all_keys())]).collect()
        }
        ArgKind::OneOf(words) => words.iter().map(|w| Candidate::new(*w, "")).collect(),
        ArgKind::Flag(flag) => vec![Candidate::new(flag, "")],
        ArgKind::Availability => {
            Availability::ALL.iter().map(|a| Candidate::new(a.word(), words::presence::label(*a))).collect()
        }
        ArgKind::Setting => OPTIONS.iter().map(|o| Candidate::new(o.key, o.doc)).collect(),
        ArgKind::Value => values(state, before.last().map_or("", String::as_str)),
        ArgKind::Account => state.accounts.list.iter().map(|a| Candidate::new(a.id().to_string(), "")).collect(),
        ArgKind::Service => services(state),
        ArgKind::Nick => nicks(state),
        ArgKind::Room => rooms(state),
        ArgKind::Address => addresses(state),
        ArgKind::Person => nicks(state).into_iter().chain(addresses(state)).collect(),
        ArgKind::Jid => addresses(state).into_iter().chain(devices(state)).chain(services(state)).collect(),
        ArgKind::Chat => chats(state),
        ArgKind::Groups => groups(state),
    }
}

/// The values of a setting; the one that it has now is marked.
fn values(state: &State, key: &str) -> Vec<Candidate> {
    let Some(spec) = OptionSpec::find(key) else { return Vec::new() };
    let now = (spec.get)(&state.options);
    let words = spec.words().iter().map(|w| (*w).to_owned());
    let all = if spec.words().is_empty() { vec![now.clone()] } else { words.collect() };
    all.into_iter()
        .map(|w| Candidate::new(w.clone(), if w == now { words::help::current_value() } else { String::new() }))
        .collect()
}

/// Nicknames of the open room, but the user's own: who spoke last first, then by the alphabet.
fn nicks(state: &State) -> Vec<Candidate> {
    let Some((account, jid)) = state.current_room() else { return Vec::new() };
    let Some(room) = state.rooms.get(account, &jid) else { return Vec::new() };
    let mut names: Vec<&str> = Vec::new();
    let spoken = state.timeline().into_iter().flat_map(|t| t.messages.iter().rev()).filter_map(|m| m.nick());
    for nick in spoken {
        if room.occupants.contains_key(nick) && !names.contains(&nick) && names.len() < CANDIDATES {
            names.push(nick);
        }
    }
    let spoke = names.len();
    let mut others: Vec<&str> = room.occupants.keys().map(String::as_str).collect();
    others.retain(|n| !names[..spoke].contains(n));
    others.sort_by_key(|n| n.to_lowercase());
    names.extend(others);
    names.retain(|n| *n != room.nick.raw());
    let what = |n: &str| room.occupants.get(n).map_or("", |o| o.role.word());
    names.into_iter().map(|n| Candidate::new(n, what(n))).collect()
}

/// Open conversations, the last active first, then contacts by name. All by address.
fn addresses(state: &State) -> Vec<Candidate> {
    let mut open: Vec<_> = state.chats.by_id.values().filter(|c| c.kind == ChatKind::Contact).collect();
    open.sort_by_key(|c| (std::cmp::Reverse(c.last_activity), c.id.clone()));
    let mut out: Vec<Candidate> =
        open.into_iter().map(|c| person(state, &c.id.account, &c.id.address.bare())).collect();
    let rosters = state.roster.by_account.iter();
    let mut contacts: Vec<_> = rosters.flat_map(|(a, list)| list.keys().map(move |j| (a, j))).collect();
    contacts.sort();
    out.extend(contacts.into_iter().map(|(account, jid)| person(state, account, jid)));
    out
}

/// A contact, found by address and by name.
fn person(state: &State, account: &AccountId, jid: &crate::model::BareJid) -> Candidate {
    let name = state.contact_name(account, jid, None);
    let name = crate::text::line(name.raw());
    Candidate { keys: vec![jid.to_string(), name.to_string()], insert: jid.to_string(), what: name.to_string() }
}

/// Full addresses of those who are there.
fn devices(state: &State) -> Vec<Candidate> {
    let mut all: Vec<String> = state.presence.by_jid.values().flatten().map(|r| r.jid.to_string()).collect();
    all.sort();
    all.into_iter().map(|jid| Candidate::new(jid, "device")).collect()
}

fn services(state: &State) -> Vec<Candidate> {
    let mut out = Vec::new();
    for account in &state.accounts.list {
        out.push(Candidate::new(account.id().jid().domain(), "server"));
        out.extend(account.services.iter().map(|(kind, jid)| Candidate::new(jid.to_string(), kind.clone())));
    }
    out
}

/// Rooms that are known, those that the user is in first; found by address and by name.
fn rooms(state: &State) -> Vec<Candidate> {
    let mut all: Vec<_> = state.rooms.by_jid.iter().collect();
    all.sort_by_key(|(key, room)| (!room.is_in(), (*key).clone()));
    all.into_iter()
        .map(|((_, jid), room)| {
            let what = if room.is_in() { "joined" } else { "room" };
            let address = jid.to_string();
            // A `#` is decoration before a name alone: before an address it belongs to that.
            let decorated = format!("#{}", jid.local().unwrap_or_default());
            Candidate { keys: vec![address.clone(), decorated], insert: address, what: what.into() }
        })
        .collect()
}

/// Conversations by name.
fn chats(state: &State) -> Vec<Candidate> {
    let mut all: Vec<_> = state.chats.by_id.values().filter(|c| c.is_open).collect();
    all.sort_by_key(|c| (std::cmp::Reverse(c.last_activity), c.id.clone()));
    all.into_iter()
        .map(|c| {
            let name = crate::text::line(state.chat_name(&c.id).raw()).to_string();
            let address = c.id.address.to_string();
            Candidate { keys: vec![name.clone(), address.clone()], insert: name, what: address }
        })
        .collect()
}

fn groups(state: &State) -> Vec<Candidate> {
    let contacts = state.roster.by_account.values().flat_map(std::collections::HashMap::values);
    let mut all: Vec<&str> = contacts.flat_map(|c| c.groups.iter()).map(crate::model::Untrusted::raw).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|g| Candidate::new(g, "group")).collect()
}

#[cfg(test)]
mod tests;
