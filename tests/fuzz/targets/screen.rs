//! Stanzas → features → the real store → the program → the cells of a screen.
//!
//! Whatever strangers say: nothing but printable characters reaches a cell, each cell holds one character of the right
//! width, and the profile's folder is the only place where a file appears.

use super::stanza::play;
use super::{NOW, account, shape};
use parlour::action::Keymap;
use parlour::contract::event::session;
use parlour::contract::{Batch, Committed, Event, Query, Reply};
use parlour::model::{AccountSettings, ConnState, Glyphs, Jid, ThemeName, Untrusted};
use parlour::state::State;
use parlour::store::{Store, StoreOutputs};
use parlour::ui::{Depth, Memo, Theme, view};
use parlour::update::{Effect, Msg, Stamp, update};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::sync::{LazyLock, Mutex};
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

/// The keys as they are without a config file.
pub static KEYMAP: LazyLock<Keymap> = LazyLock::new(Keymap::default);

/// After so many inputs the profile is a fresh one.
const INPUTS: usize = 20_000;

/// A profile, in a folder in which it alone may write.
struct Profile {
    store: Option<Store>,
    outputs: StoreOutputs,
    batches: mpsc::Sender<Batch>,
    _committed: watch::Receiver<u64>,
    seq: u64,
    inputs: usize,
    folder: TempDir,
}

thread_local! {
    static PROFILE: RefCell<Option<Profile>> = const { RefCell::new(None) };
}

/// What appeared beside the profiles.
static STRAY: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Profile {
    fn new() -> Self {
        // In memory where that can be had: a million small transactions are synced.
        let shm = std::path::Path::new("/dev/shm");
        let folder = if shm.is_dir() { TempDir::new_in(shm) } else { TempDir::new() }.unwrap();
        let mut store = Store::open(&folder.path().join("profile")).unwrap();
        let outputs = store.take_outputs().unwrap();
        let (batches, committed) = store.attach(&account());
        Self { store: Some(store), outputs, batches, _committed: committed, seq: 0, inputs: 0, folder }
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let names = fs::read_dir(self.folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        STRAY.lock().unwrap().extend(names.filter(|n| n != "profile"));
        let inside = fs::read_dir(self.folder.path().join("profile")).unwrap();
        let names = inside.map(|e| e.unwrap().file_name().into_string().unwrap());
        STRAY.lock().unwrap().extend(
            names.filter(|n| {
                !n.contains("lock") && !n.contains("history") && !n.contains(".db") && !n.contains("sqlite")
            }),
        );
        drop(self.store.take());
    }
}

/// To be asked once all inputs are through.
pub fn nothing_was_written_elsewhere() {
    PROFILE.with_borrow_mut(|profile| drop(profile.take()));
    let stray = STRAY.lock().unwrap();
    assert!(stray.is_empty(), "{stray:?}");
}

fn stamp(seed: u128) -> Stamp {
    Stamp { now: NOW, zone_minutes: 60, seed: seed << 64 }
}

/// A program that is signed in, with the chat of a contact open.
pub fn desk() -> State {
    thread_local! {
        static DESK: State = made();
    }
    DESK.with(Clone::clone)
}

fn made() -> State {
    let mut state = State { now: NOW, size: (80, 24), is_focused: true, ..State::default() };
    let online = ConnState::Online { tls: "TLS 1.3".into(), is_resumed: false };
    let event = Event::Session(session::Event::StateChanged(online));
    let msgs = [
        Msg::Resized(80, 24),
        Msg::AccountStarted(AccountSettings::new(account(), "tui".into())),
        Msg::Committed(Committed { account: account(), events: vec![event] }),
    ];
    for (i, msg) in msgs.into_iter().enumerate() {
        update(&mut state, stamp(i as u128 + 1), msg, &KEYMAP);
    }
    let chat = parlour::model::ChatId::new(account(), Jid::parse("bob@sec.test").unwrap());
    for key in ["ctrl-k", "b", "o", "b", "@", "s", "e", "c", ".", "t", "e", "s", "t", "enter"] {
        let msg = Msg::Key(parlour::action::Key::parse(key).unwrap());
        for effect in update(&mut state, stamp(9), msg, &KEYMAP) {
            if let Effect::Query(Query::Page { chat, from, seq, .. }) = effect {
                let reply =
                    Reply::Page { chat, from, messages: Vec::new(), is_oldest: true, is_newest: true, newer: 0, seq };
                update(&mut state, stamp(10), Msg::Replied(reply), &KEYMAP);
            }
        }
    }
    assert_eq!(state.chats.current, Some(chat), "the chat is open");
    state
}

/// Draws a state on an empty screen, and looks at its cells.
pub fn check_drawn(state: &State, width: u16, height: u16) {
    thread_local! {
        static SCREENS: RefCell<HashMap<(u16, u16), Terminal<TestBackend>>> = RefCell::default();
    }
    let theme = Theme::new(ThemeName::Auto, Glyphs::Unicode, Depth::Sixteen);
    let mut memo = Memo::default();
    SCREENS.with_borrow_mut(|screens| {
        let new = || Terminal::new(TestBackend::new(width, height)).unwrap();
        let terminal = screens.entry((width, height)).or_insert_with(new);
        terminal.clear().unwrap();
        let draw = |frame: &mut ratatui::Frame| {
            view(state, &theme, &mut memo, frame);
        };
        terminal.draw(draw).unwrap();
        check(terminal.backend().buffer());
    });
}

/// What may stand in cells.
fn check(buffer: &Buffer) {
    let area = buffer.area;
    for y in 0..area.height {
        let mut x = 0;
        while x < area.width {
            let symbol = buffer[(x, y)].symbol();
            let is_bad = |c: char| {
                c.is_control()
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
                    || matches!(c, '\u{e0000}'..='\u{e0fff}' | '\u{200b}' | '\u{feff}' | '\u{2060}')
            };
            assert!(!symbol.chars().any(is_bad), "{symbol:?} at {x},{y}");
            assert!(symbol.chars().count() <= 40, "a flood in one cell at {x},{y}");
            let width = u16::try_from(parlour::text::width(symbol)).unwrap();
            assert!(width >= 1 && x + width <= area.width, "{symbol:?} at {x},{y} is {width} wide");
            x += width;
        }
    }
}

pub fn run(data: &[u8]) -> u64 {
    let entries: Vec<_> = play(data).into_iter().flat_map(|out| out.entries).collect();
    let is_full = PROFILE.with_borrow(|p| p.as_ref().is_some_and(|p| p.inputs >= INPUTS));
    PROFILE.with_borrow_mut(|kept| {
        if is_full {
            *kept = None;
        }
        let profile = kept.get_or_insert_with(Profile::new);
        profile.inputs += 1;
        profile.seq += 1;
        // Durable: the writer lets nothing more come together, so an input costs no pause.
        let last = Event::Session(session::Event::Noticed(Untrusted::from(format!("the end {}", profile.seq))));
        let mut entries = entries;
        entries.push(parlour::contract::Entry::Event(last.clone()));
        let batch = Batch { account: account(), seq: profile.seq, is_durable: true, counted: None, entries };
        profile.batches.blocking_send(batch).expect("the store lives");
        let mut state = desk();
        let mut seen = Vec::new();
        let mut is_last = false;
        while !is_last {
            let mut committed = profile.outputs.committed.blocking_recv().expect("the store lives");
            is_last = committed.events.last() == Some(&last);
            if is_last {
                committed.events.pop();
            }
            for event in &committed.events {
                let kind: String = format!("{event:?}").chars().take_while(|c| *c != '{').take(40).collect();
                if seen.len() < 30 && seen.last() != Some(&kind) {
                    seen.push(kind);
                }
            }
            update(&mut state, stamp(20), Msg::Committed(committed), &KEYMAP);
        }
        if let Ok(failed) = profile.outputs.failures.try_recv() {
            panic!("the store failed: {failed:?}");
        }
        update(&mut state, stamp(21), Msg::Woken, &KEYMAP);
        check_drawn(&state, 100, 30);
        // And whoever wrote is looked at.
        let newest =
            state.chats.by_id.values().max_by_key(|c| (c.unread, c.id.address.to_string())).map(|c| c.id.clone());
        if let Some(chat) = newest.filter(|c| Some(c) != state.chats.current.as_ref()) {
            open(&mut state, profile, &chat, &KEYMAP);
            check_drawn(&state, 60, 20);
        }
        shape(seen)
    })
}

/// Opens a chat as the switcher would, with its page out of the store.
fn open(state: &mut State, profile: &mut Profile, chat: &parlour::model::ChatId, keymap: &Keymap) {
    let mut effects = update(state, stamp(22), Msg::Key(parlour::action::Key::parse("alt-a").unwrap()), keymap);
    if state.chats.current.as_ref() != Some(chat) {
        effects.extend(update(state, stamp(23), Msg::Key(parlour::action::Key::parse("alt-n").unwrap()), keymap));
    }
    for effect in effects {
        let Effect::Query(query @ Query::Page { .. }) = effect else { continue };
        let store = profile.store.as_ref().expect("open");
        store.queries.blocking_send(query).expect("the reader lives");
        let reply = profile.outputs.replies.blocking_recv().expect("the reader lives");
        update(state, stamp(24), Msg::Replied(reply), keymap);
    }
}
