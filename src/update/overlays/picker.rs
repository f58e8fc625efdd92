//! Lists with a filter: chats and people to go to (Ctrl-K), actions (Ctrl-P), links, requests.

use super::super::turn::Turn;
use super::super::{chats, looks};
use super::layer::{LIST_AND_LINE, Layer, PLAIN, TypedLine};
use super::{opening, palette};
use crate::action::{Action, Context, List, PAGE};
use crate::model::{AccountId, Availability, BareJid, ChatId, ChatKind, RoomInvite, Untrusted};
use crate::state::State;
use crate::state::composer::TextBox;
use crate::state::overlays::{Choice, Overlay, Picker, PickerKind, PickerRow, RowMark};
use crate::state::requests::Request;
use crate::text;
use crate::words;
use crate::words::hint;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

/// How many rows are listed; more are only counted.
const ROWS: usize = 300;
/// So many chats have a number that a key opens.
const NUMBERED: usize = 10;
/// How many messages are looked through for links.
const LINK_MESSAGES: usize = 500;

/// What this overlay is to the rest of the program.
pub(super) static LAYER: Layer = Layer {
    contexts: |state| if is_at_requests(state) { AT_REQUEST } else { LIST_AND_LINE },
    hints: |state| {
        if is_at_requests(state) {
            return &[
                ("row.accept", hint::accept),
                ("row.deny", hint::deny),
                ("row.block", hint::block),
                ("list.open", hint::read),
                ("list.up", hint::moves),
                ("list.filter", hint::filter),
                ("cancel", hint::close),
            ];
        }
        &[("list.up", hint::moves), ("list.open", hint::choose), ("list.edit", hint::edit), ("cancel", hint::close)]
    },
    line: |state| match state.overlays.last_mut() {
        Some(Overlay::Picker(picker)) if picker.is_typed => Some(TypedLine::Box(&mut picker.input)),
        Some(_) | None => None,
    },
    edited: refill,
    list,
    close: |turn| match turn.state.overlays.last_mut() {
        // One step back: from the filter to the rows.
        Some(Overlay::Picker(picker)) if picker.is_typed && picker.kind == PickerKind::Requests => {
            picker.is_typed = false;
            picker.input = TextBox::default();
            refill(turn);
        }
        Some(_) | None => drop(turn.state.overlays.pop()),
    },
    ..PLAIN
};

/// The contexts of the list of requests: letters answer.
const AT_REQUEST: &[Context] = &[Context::Requests, Context::List, Context::Global];

/// Whether letters act on the chosen request.
fn is_at_requests(state: &State) -> bool {
    matches!(state.overlays.last(), Some(Overlay::Picker(p)) if p.kind == PickerKind::Requests && !p.is_typed)
}

/// The request that is chosen in the list of requests.
pub(crate) fn chosen_request(state: &State) -> Option<Request> {
    let Some(Overlay::Picker(picker)) = state.overlays.last() else { return None };
    if let Choice::Request(request) = &picker.rows.get(picker.selected)?.choice {
        Some((**request).clone())
    } else {
        None
    }
}

/// The requests changed: the list shows those that are left, and closes with the last.
pub(crate) fn requests_changed(turn: &mut Turn) {
    let is_empty = turn.state.requests.list.is_empty();
    let Some(picker) = top(turn).filter(|p| p.kind == PickerKind::Requests) else { return };
    let at = picker.selected;
    if is_empty {
        turn.state.overlays.pop();
        return;
    }
    refill(turn);
    if let Some(picker) = top(turn) {
        picker.selected = at.min(picker.rows.len().saturating_sub(1));
    }
}

/// Shows a list.
pub(crate) fn open(turn: &mut Turn, kind: PickerKind) {
    turn.state.overlays.retain(|o| !matches!(o, Overlay::Picker(_)));
    let is_typed = kind != PickerKind::Requests;
    let picker = Picker { kind, input: TextBox::default(), is_typed, rows: Vec::new(), total: 0, selected: 0, top: 0 };
    opening::open(turn, Overlay::Picker(picker));
    if kind == PickerKind::Requests {
        turn.state.work.new_requests = 0;
    }
    refill(turn);
}

fn top<'t>(turn: &'t mut Turn<'_>) -> Option<&'t mut Picker> {
    if let Some(Overlay::Picker(picker)) = turn.state.overlays.last_mut() { Some(picker) } else { None }
}

/// The filter changed: match anew.
fn refill(turn: &mut Turn) {
    let Some(picker) = top(turn) else { return };
    let mut kind = picker.kind;
    let typed = picker.input.text.trim().to_owned();
    let (prefix, mut words) = match typed.chars().next() {
        Some(c @ ('#' | '@' | '!')) if kind == PickerKind::Switch => (Some(c), typed[1..].trim().to_owned()),
        _ => (None, typed.clone()),
    };
    if let Some(rest) = typed.strip_prefix('>').filter(|_| kind == PickerKind::Switch) {
        kind = PickerKind::Palette;
        rest.trim().clone_into(&mut words);
    }
    let all: Cow<'_, [PickerRow]> = match kind {
        PickerKind::Switch => switch_rows(turn, prefix).into(),
        PickerKind::Palette => {
            palette::rows().iter().filter(|row| palette::is_allowed(turn.state, row)).cloned().collect()
        }
        PickerKind::Links => link_rows(turn.state).into(),
        PickerKind::Requests => request_rows(turn).into(),
        PickerKind::Emoji => emoji_rows().into(),
    };
    let total = all.len();
    // A name that matches goes before an address that does; a command's name is as good as what it does in words.
    let mut found = matching(&all, &words, if kind == PickerKind::Palette { 0 } else { 50 });
    if kind == PickerKind::Palette {
        for (_, row) in &mut found {
            palette::complete(turn, row);
        }
    }
    found.sort_by_key(|(score, row)| (Reverse(*score), row.disabled.is_some()));
    let mut all: Vec<PickerRow> = found.into_iter().map(|(_, row)| row).collect();
    if kind == PickerKind::Switch && !words.is_empty() {
        new_rows(turn, &words, prefix, &mut all);
    }
    all.truncate(ROWS);
    let Some(picker) = top(turn) else { return };
    picker.total = total;
    picker.rows = all;
    picker.selected = 0;
    picker.top = 0;
}

/// The rows that the words match, each with how well. `ahead`: how much more a match of the label counts than one of
/// the detail.
fn matching(rows: &[PickerRow], words: &str, ahead: u32) -> Vec<(u32, PickerRow)> {
    if words.is_empty() {
        return rows.iter().map(|row| (0, row.clone())).collect();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(words, CaseMatching::Ignore, Normalization::Smart);
    let mut found = Vec::new();
    for row in rows {
        let mut at = Vec::new();
        let label = score(&pattern, &mut matcher, row.label.raw(), Some(&mut at));
        if label.is_none() {
            at.clear();
        }
        let detail = score(&pattern, &mut matcher, row.detail.raw(), None);
        if let Some(best) = label.map(|score| score.saturating_add(ahead)).max(detail) {
            at.sort_unstable();
            at.dedup();
            found.push((best, PickerRow { matched: at, ..row.clone() }));
        }
    }
    found
}

fn score(pattern: &Pattern, matcher: &mut Matcher, text: &str, at: Option<&mut Vec<u32>>) -> Option<u32> {
    // Characters rather than graphemes, so that the places that matched count as the screen counts.
    let chars: Vec<char>;
    let hay = if text.is_ascii() {
        Utf32Str::Ascii(text.as_bytes())
    } else {
        chars = text.chars().collect();
        Utf32Str::Unicode(&chars)
    };
    match at {
        Some(at) => pattern.indices(hay, matcher, at),
        None => pattern.score(hay, matcher),
    }
}

fn blank(label: Untrusted, choice: Choice) -> PickerRow {
    PickerRow {
        mark: RowMark::None,
        label,
        matched: Vec::new(),
        detail: Untrusted::default(),
        right: String::new(),
        disabled: None,
        help: String::new(),
        choice,
    }
}

/// Where one can go: chats that want something first, then by activity, then the other contacts.
fn switch_rows(turn: &mut Turn, prefix: Option<char>) -> Vec<PickerRow> {
    let numbered = numbered(turn);
    let state = &*turn.state;
    let mut known: Vec<_> = state.chats.by_id.values().filter(|c| c.is_accepted).collect();
    known.sort_by_key(|c| (c.urgency().is_none(), !c.is_open, Reverse(c.last_activity), c.id.clone()));
    let is_wanted = |kind: ChatKind, is_unread: bool| match prefix {
        Some('#') => kind == ChatKind::Room,
        Some('@') => kind != ChatKind::Room,
        Some('!') => is_unread,
        Some(_) | None => true,
    };
    let is_current = |id: &ChatId| state.chats.current.as_ref() == Some(id);
    let mut rows: Vec<PickerRow> = Vec::new();
    for chat in known.iter().filter(|c| is_wanted(c.kind, c.urgency().is_some()) && !is_current(&c.id)) {
        let mut row = blank(state.chat_title(&chat.id), Choice::Chat(chat.id.clone()));
        row.detail = chat.id.address.as_str().into();
        row.mark = mark(state, &chat.id, chat.kind);
        let waits = match (chat.mentions, chat.unread) {
            (0, 0) => String::new(),
            (0, n) => n.to_string(),
            (m, n) => format!("@{m} {n}"),
        };
        // The key that opens it from anywhere; else, that it stands in the sidebar.
        let key = match numbered.get(&chat.id) {
            Some(key) => key.as_str(),
            None if chat.is_open && waits.is_empty() => "open",
            None => "",
        };
        row.right = [waits.as_str(), key].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ");
        rows.push(row);
    }
    for (account, contacts) in &state.roster.by_account {
        let mut others: Vec<PickerRow> = Vec::new();
        for contact in contacts.values().filter(|_| is_wanted(ChatKind::Contact, false)) {
            let id = ChatId::new(account.clone(), &contact.jid);
            if state.chats.get(&id).is_some_and(|c| c.is_accepted) {
                continue;
            }
            let mut row = blank(state.contact_name(account, &contact.jid, None), Choice::Chat(id.clone()));
            row.detail = contact.jid.as_str().into();
            row.mark = mark(state, &id, ChatKind::Contact);
            others.push(row);
        }
        others.sort_by_cached_key(|r| r.label.raw().to_lowercase());
        rows.extend(others);
    }
    rows
}

/// All emoji, by the order of Unicode: faces first.
fn emoji_rows() -> Vec<PickerRow> {
    let row = |emoji: &emojis::Emoji| {
        let label = format!("{}  {}", emoji.as_str(), emoji.name());
        let mut row = blank(label.into(), Choice::React(emoji.as_str().to_owned()));
        row.detail = emoji.shortcode().map(|code| format!(":{code}:")).unwrap_or_default().into();
        row
    };
    crate::text::emoji::search("").map(row).collect()
}

/// The keys that open a chat by its number in the sidebar, as they are bound.
fn numbered(turn: &mut Turn) -> HashMap<ChatId, String> {
    let first = chats::in_order(turn).into_iter().take(NUMBERED).enumerate();
    let key = |n: usize| turn.keymap.keys_of(&Action::NthChat(n)).first().cloned();
    first.filter_map(|(at, id)| Some((id, key(at + 1)?))).collect()
}

fn mark(state: &State, id: &ChatId, kind: ChatKind) -> RowMark {
    match kind {
        ChatKind::Room => RowMark::Room,
        ChatKind::Contact => RowMark::Person(state.presence.availability(&id.account, &id.address.bare())),
        ChatKind::Occupant => {
            let room = state.rooms.get(&id.account, &id.address.bare());
            let who = room.and_then(|r| r.occupants.get(id.address.resource().unwrap_or_default()));
            RowMark::Person(who.map_or(Availability::Offline, |o| o.availability))
        }
    }
}

/// What the words would make: somebody new to talk with, a room to join. People go first, so that Enter makes no room
/// by accident; a room does where the words say that one is meant.
fn new_rows(turn: &Turn, words: &str, prefix: Option<char>, rows: &mut Vec<PickerRow>) {
    let Some(account) = turn.state.account() else { return };
    if words.contains(char::is_whitespace) || prefix == Some('!') {
        return;
    }
    let whole = BareJid::typed(words).ok().filter(|j| j.local().is_some());
    let at = |domain: &str| whole.clone().or_else(|| BareJid::typed(&format!("{words}@{domain}")).ok());
    let service = turn.state.accounts.get(account).and_then(|a| a.service("rooms"));
    let room = match service {
        Some(service) => at(service.as_str()),
        None => whole.clone(),
    };
    let is_room = whole.as_ref().is_some_and(|j| chats::is_room_service(turn, account, j));
    let mut new = Vec::new();
    if let Some(who) = at(account.jid().domain()).filter(|_| prefix != Some('#')) {
        new.push((who.clone(), words::chat::with(who.shown()), words::chat::new(), format!("/msg {who}")));
    }
    if let Some(room) = room.filter(|_| prefix != Some('@')) {
        let row = (room.clone(), words::muc::join(room.shown()), words::muc::new_room(), format!("/join {room}"));
        new.insert(if is_room { 0 } else { new.len() }, row);
    }
    for (jid, label, detail, run) in new {
        // What is listed already is not new.
        if rows.iter().any(|r| matches!(&r.choice, Choice::Chat(id) if id.address.as_str() == jid.as_str())) {
            continue;
        }
        let mut row = blank(label.into(), Choice::Run(run));
        row.mark = RowMark::New;
        row.detail = detail.into();
        rows.push(row);
    }
}

/// The links of the open chat, the newest first, with what is around them.
fn link_rows(state: &State) -> Vec<PickerRow> {
    links(state)
        .into_iter()
        .enumerate()
        .map(|(n, (link, who))| {
            let mut row = blank(link.as_str().into(), Choice::Link(link));
            row.detail = who;
            row.right = (n + 1).to_string();
            row
        })
        .collect()
}

/// The links of the open chat, the newest first, each with who sent it. Only such as may be opened.
pub(crate) fn links(state: &State) -> Vec<(String, Untrusted)> {
    let Some(timeline) = state.timeline() else { return Vec::new() };
    let mut links: Vec<(String, Untrusted)> = Vec::new();
    for message in timeline.messages.iter().rev().take(LINK_MESSAGES) {
        let body = message.body.raw();
        for range in crate::text::styling::links(body).into_iter().rev() {
            let Some(link) = body.get(range).and_then(crate::text::encode::url) else { continue };
            if !links.iter().any(|(l, _)| *l == link) {
                links.push((link.into_owned(), state.sender_name(message)));
            }
        }
    }
    links
}

/// Who invites to what. An address that nobody but the room speaks for is given as the room's word.
fn invitation(state: &State, account: &AccountId, invite: &RoomInvite) -> String {
    let (room, bare) = (&invite.room, invite.from.bare());
    let is_room = |jid: &BareJid| state.rooms.get(account, jid).is_some();
    match invite.from.resource() {
        None if bare == *room => words::request::room_invites(room),
        Some(nick) if bare == *room => words::request::occupant_invites_here(nick, room),
        Some(_) | None if invite.is_by_room => words::request::room_invites_for(room, &bare),
        Some(nick) if is_room(&bare) => words::request::occupant_invites(nick, &bare, room),
        Some(_) | None => words::request::person_invites(&bare, room),
    }
}

/// The requests: who, and the beginning of what they say; below, all that is known of the chosen one.
fn request_rows(turn: &mut Turn) -> Vec<PickerRow> {
    let requests = turn.state.requests.list.clone();
    let rows = requests.iter().map(|request| {
        let state = &*turn.state;
        let (sentence, words, mark, right) = match request {
            Request::Subscription { jid, text, .. } => (
                words::request::wants_presence(jid),
                text.clone().unwrap_or_default(),
                RowMark::Person(Availability::Offline),
                "contact",
            ),
            Request::Invite { account, invite } => (
                invitation(state, account, invite),
                invite.reason.clone().unwrap_or_default(),
                RowMark::Room,
                "invitation",
            ),
            Request::Stranger(chat) => (
                words::request::wrote(&chat.address),
                state.chats.get(chat).map(|chat| chat.preview.clone()).unwrap_or_default(),
                RowMark::Person(Availability::Offline),
                "message",
            ),
        };
        // Who invites is only as true as whoever says so: the sentence is the row.
        let label = if matches!(request, Request::Invite { .. }) { sentence.clone() } else { request.who() };
        let mut row = blank(label.into(), Choice::Request(Box::new(request.clone())));
        row.mark = mark;
        right.clone_into(&mut row.right);
        let said = text::preview(words.raw());
        let said = if said.is_empty() { said } else { format!("“{said}”") };
        row.help = [looks::of_request(turn, request), Some(sentence), (!said.is_empty()).then(|| said.clone())]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ");
        row.detail = said.into();
        row
    });
    rows.collect()
}

/// Moves in the list, or chooses.
fn list(turn: &mut Turn, list: List) {
    let Some(picker) = top(turn) else { return };
    if let List::Move(step) = list {
        picker.selected = step.from(picker.selected, picker.rows.len(), PAGE);
        return;
    }
    let Some(row) = picker.rows.get(picker.selected) else { return };
    let (choice, disabled) = (row.choice.clone(), row.disabled.clone());
    match list {
        List::Filter if is_at_requests(turn.state) => {
            if let Some(picker) = top(turn) {
                picker.is_typed = true;
            }
        }
        List::Open if matches!(&choice, Choice::Request(r) if !matches!(**r, Request::Stranger(_))) => {
            // What it says lies over the list.
            turn.choose(choice);
        }
        List::Open => {
            if let Some(why) = disabled {
                turn.warn(words::program::not_now(why));
                return;
            }
            turn.state.overlays.pop();
            choose(turn, choice);
        }
        List::Edit => {
            let command = match choice {
                Choice::Compose(text) | Choice::Run(text) => Some(text),
                Choice::Request(request) => Some(format!("/accept {}", request.who())),
                Choice::Action(name) => palette::slash_of(&name).map(|slash| format!("/{slash} ")),
                Choice::Chat(_)
                | Choice::React(_)
                | Choice::Retract(..)
                | Choice::Moderate(..)
                | Choice::Link(_)
                | Choice::OpenLink(_)
                | Choice::Private(_)
                | Choice::DiscardForm
                | Choice::Go(_)
                | Choice::Missing(..) => None,
            };
            if let Some(text) = command {
                turn.state.overlays.pop();
                turn.choose(Choice::Compose(text));
            }
        }
        List::Move(_) | List::FindNext | List::FindPrev | List::Filter => {}
    }
}

fn choose(turn: &mut Turn, choice: Choice) {
    match &choice {
        // Looking at what a stranger wrote is not accepting them.
        Choice::Chat(id) if turn.state.chats.get(id).is_some_and(|c| !c.is_accepted) => chats::open(turn, id),
        Choice::Chat(_)
        | Choice::React(_)
        | Choice::Retract(..)
        | Choice::Moderate(..)
        | Choice::Request(_)
        | Choice::Action(_)
        | Choice::Compose(_)
        | Choice::Run(_)
        | Choice::Link(_)
        | Choice::OpenLink(_)
        | Choice::Private(_)
        | Choice::DiscardForm
        | Choice::Go(_)
        | Choice::Missing(..) => turn.choose(choice),
    }
}
