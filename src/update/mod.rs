//! `update(&mut State, Stamp, Msg) -> Effects`: how the program reacts to anything that happens.
//!
//! It is pure: no clock, no random numbers, no channel, no disk. What it wants from the world it returns as
//! [`Effect`]s, so that tests need only states and messages.

mod actions;
mod chats;
pub mod composer;
pub mod effect;
mod events;
mod hints;
mod idle;
mod keys;
mod looks;
pub mod msg;
mod names;
mod notify;
mod overlays;
mod passwords;
mod peers;
mod place;
mod readdress;
mod requests;
mod seek;
mod select;
mod sidebar;
mod timeline;
mod turn;
mod usage;
mod wake;

pub use effect::{Effect, Effects};
pub use msg::{Msg, ShellNews, Stamp};

use crate::action::Keymap;
use crate::contract::{Query, StoreNews, UserWrite};
use crate::model::AccountSettings;
use crate::state::State;
use crate::state::accounts::Account;
use crate::state::overlays::FirstRunMode;
use crate::words;
use turn::Turn;

/// Takes one message: changes the state, and says what is to be done in the world.
pub fn update(state: &mut State, stamp: Stamp, msg: Msg, keymap: &Keymap) -> Effects {
    let is_by_user = matches!(msg, Msg::Key(_) | Msg::Paste(_));
    let is_input = is_by_user || matches!(msg, Msg::Resized(..));
    let mut turn = Turn::new(state, stamp, keymap, is_by_user);
    chats::settle(&mut turn);
    take(&mut turn, msg);
    while let Some(choice) = turn.next_chosen() {
        actions::choose(&mut turn, choice);
    }
    overlays::opening::settle(&mut turn);
    actions::program::quit_once_sent(&mut turn);
    select::settle(&mut turn);
    sidebar::freshen(&mut turn, is_input);
    requests::freshen(&mut turn);
    usage::freshen(&mut turn);
    notify::title(&mut turn);
    hints::freshen(&mut turn);
    wake::plan(&mut turn);
    turn.effects
}

fn take(turn: &mut Turn, msg: Msg) {
    match msg {
        Msg::Key(key) => keys::pressed(turn, key),
        Msg::Paste(text) => {
            overlays::opening::pressed(turn);
            idle::key(turn);
            select::write(turn);
            actions::send::paste(turn, &text);
        }
        Msg::Resized(columns, rows) => turn.state.size = (columns, rows),
        Msg::Focused(is_focused) => {
            idle::focused(turn, is_focused);
            chats::focused(turn, is_focused);
        }
        Msg::Committed(committed) => events::committed(turn, committed),
        Msg::Replied(reply) => events::replies::reply(turn, reply),
        Msg::Woken => wake::woken(turn),
        Msg::Refused(account, command) => actions::send::refused(turn, &account, &command),
        Msg::WriteRefused(write) => write_again(turn, *write),
        Msg::Store(news) => store_news(turn, news),
        Msg::ClockMoved(by) => wake::clock_moved(turn, by),
        Msg::Ending => actions::program::end(turn),
        Msg::NoAccounts => overlays::first_run::open(turn, FirstRunMode::SignIn, ""),
        Msg::AccountStarted(settings) => account_started(turn, settings),
        Msg::PasswordWanted(account, looked) => overlays::prompt::wanted(turn, &account, &looked),
        Msg::Shell(told) => shell_told(turn, told),
        Msg::Reloaded(options) => {
            turn.state.options = *options;
            turn.state.work.hints_for.clear();
            turn.touch_sidebar();
            turn.info(words::program::config_read());
        }
    }
}

/// The store has trouble, or has it no more.
fn store_news(turn: &mut Turn, news: StoreNews) {
    match news {
        StoreNews::Told(words) => turn.error(words),
        StoreNews::Stuck(words) => {
            turn.log(words.clone());
            turn.state.store_trouble = Some(words.into());
        }
        StoreNews::Over => {
            turn.state.store_trouble = None;
            turn.info(words::history::writable_again());
        }
    }
}

/// A write that did not fit is asked again, unless a newer one of its kind says it better.
fn write_again(turn: &mut Turn, write: UserWrite) {
    let is_stale = match &write {
        UserWrite::Draft { chat, text, .. } => turn.state.chats.get(chat).is_some_and(|c| c.draft != *text),
        UserWrite::Read { chat, up_to } => turn.state.chats.get(chat).is_some_and(|c| c.read_up_to != *up_to),
        UserWrite::Current { chat, .. } => turn.state.chats.current != *chat,
        UserWrite::Unfolded { account, nodes } => {
            turn.state.accounts.get(account).is_some_and(|a| a.unfolded != *nodes)
        }
        UserWrite::Listed { .. } | UserWrite::Forget(_) => false,
    };
    if !is_stale {
        turn.write(write);
    }
}

fn account_started(turn: &mut Turn, settings: AccountSettings) {
    let id = settings.id.clone();
    match turn.state.accounts.get_mut(&id) {
        Some(known) => {
            known.settings = settings;
            // Its engine is a new one and knows of no outage, so it could not tell of its end.
            known.outage = None;
        }
        None => turn.state.accounts.list.push(Account::new(settings)),
    }
    if turn.state.accounts.current.is_none() {
        turn.state.accounts.current = Some(id.clone());
    }
    if turn.state.work.last_key == crate::model::Time::default() {
        turn.state.work.last_key = turn.now();
    }
    turn.touch_sidebar();
    turn.query(Query::Chats { account: id });
}

fn shell_told(turn: &mut Turn, told: ShellNews) {
    match told {
        ShellNews::Info(words) => turn.info(words),
        ShellNews::Warning(words) => turn.warn(words),
        ShellNews::Error(words) => turn.error(words),
        ShellNews::Keyring(found) => overlays::first_run::keyring(turn, found),
        ShellNews::CanSave(account) => overlays::prompt::can_save(turn, &account),
        ShellNews::RoomPassword(account, room, Some(secret)) => passwords::found(turn, &account, &room, &secret),
        ShellNews::RoomPassword(account, room, None) => events::password_wanted(turn, &account, &room),
        ShellNews::Log(line) => turn.log(line),
        ShellNews::Colours(colours) => turn.state.colours = *colours,
        ShellNews::Password(account, secret) => overlays::prompt::given(turn, &account, secret),
    }
}
