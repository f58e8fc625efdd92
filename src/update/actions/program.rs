//! Actions on the program: help, accounts, connections, settings, quitting.

use super::super::effect::Effect;
use super::super::overlays::{self, text};
use super::super::turn::{Done, Turn};
use super::super::{chats, place};
use super::target::{account, named_account, online};
use crate::action::{Action, OnCert};
use crate::contract::{Command, UserWrite, command};
use crate::model::options::{OPTIONS, OptionSpec};
use crate::model::{AccountId, Availability, BareJid, ConnState, OwnPresence, ThemeName, Untrusted};
use crate::slash;
use crate::state::overlays::{Choice, Overlay};
use crate::words;

/// The word of a confirmed quit, which no key and no command has.
const QUIT: &str = "confirmed-quit";
/// The word of a confirmed removal, before the address.
const FORGET: &str = "confirmed-forget ";

/// Help for the place that keys go to.
pub(crate) fn help(turn: &mut Turn) {
    let (contexts, _) = place::place(turn.state);
    // As much as a text's frame leaves.
    let width = usize::from(turn.state.size.0).saturating_sub(6);
    let lines = slash::manual::page(turn.keymap, contexts, width).into_iter().map(Untrusted::from).collect();
    text::open_filtered(turn, words::program::help(), lines);
}

/// Help for one command.
pub(crate) fn help_on(turn: &mut Turn, word: &str) -> Done {
    let word = word.trim_start_matches('/');
    let Some(lines) = slash::manual::help(word, turn.keymap) else {
        return Err(words::program::no_such_help(word));
    };
    let is_long = lines.len() > 40;
    let (title, lines) = (words::program::help_title(word), lines.into_iter().map(Untrusted::from).collect());
    if is_long {
        text::open_filtered(turn, title, lines);
    } else {
        text::open(turn, title, lines);
    }
    Ok(())
}

/// Sends a stanza as it is.
pub(crate) fn raw(turn: &mut Turn, xml: String) -> Done {
    let of = online(turn)?;
    turn.command(&of, Command::Session(command::session::Command::SendRaw(xml)));
    turn.info("sent");
    Ok(())
}

/// Ends the program; asks first where something is not sent yet.
pub(crate) fn quit(turn: &mut Turn, words: Option<String>) {
    if let Some(status) = words {
        let ids: Vec<_> = turn.state.accounts.list.iter().map(|a| (a.id().clone(), a.presence.priority)).collect();
        for (id, priority) in ids {
            let last =
                OwnPresence { availability: Availability::Offline, status: status.clone(), priority, idle_since: None };
            turn.command(&id, Command::Presence(command::presence::Command::Set(last)));
        }
    }
    let waiting = waiting(turn);
    if waiting == 0 {
        return end(turn);
    }
    let question = words::program::ask_quit(waiting);
    overlays::confirm::ask(turn, question, Choice::Action(QUIT.to_owned()));
}

/// How many of the user's messages are not on the wire yet.
fn waiting(turn: &Turn) -> usize {
    turn.state.work.unsent.len() + turn.state.work.sending.len()
}

/// Ends the program where it only waits for the answer whether to quit, and everything is sent meanwhile: the question
/// has lost its reason, and the user has asked to quit.
pub(crate) fn quit_once_sent(turn: &mut Turn) {
    if is_asking_to_quit(turn) && waiting(turn) == 0 {
        turn.state.overlays.pop();
        end(turn);
    }
}

/// Takes the question whether to quit away, since a message failed: its reason is to be read first.
pub(crate) fn stay_for_failure(turn: &mut Turn) {
    if is_asking_to_quit(turn) {
        turn.state.overlays.pop();
    }
}

fn is_asking_to_quit(turn: &Turn) -> bool {
    matches!(turn.state.overlays.last(), Some(Overlay::Confirm(c)) if c.choice == Choice::Action(QUIT.to_owned()))
}

/// Ends the program; what is being written is kept as a draft.
pub(crate) fn end(turn: &mut Turn) {
    chats::save_draft(turn);
    chats::keep_place(turn);
    turn.state.is_quitting = true;
    turn.effect(Effect::Quit);
}

/// What a question that was answered with yes was about.
pub(crate) fn confirmed(turn: &mut Turn, name: &str) {
    if name == QUIT {
        return end(turn);
    }
    if let Some(Ok(jid)) = name.strip_prefix(FORGET).map(BareJid::parse) {
        forget(turn, &AccountId(jid));
    }
}

/// Connects.
pub(crate) fn connect(turn: &mut Turn, jid: Option<&BareJid>) -> Done {
    let account = named_account(turn, jid)?;
    if account.conn.is_online() {
        return Err(words::session::is_connected(account.id()));
    }
    let id = account.id().clone();
    overlays::opening::awaits(turn, &id);
    turn.command(&id, Command::Session(command::session::Command::Connect));
    Ok(())
}

/// Signs out.
pub(crate) fn disconnect(turn: &mut Turn, jid: Option<&BareJid>) -> Done {
    let id = named_account(turn, jid)?.id().clone();
    turn.command(&id, Command::Session(command::session::Command::Disconnect));
    Ok(())
}

/// Signs out and in again; without a connection, ends the wait for the next attempt.
pub(crate) fn reconnect(turn: &mut Turn, jid: Option<&BareJid>) -> Done {
    let account = named_account(turn, jid)?;
    let id = account.id().clone();
    match account.conn {
        ConnState::Online { .. } => turn.command(&id, Command::Session(command::session::Command::Disconnect)),
        ConnState::Connecting if account.is_login_slow(turn.now()) => turn.info(words::session::new_attempt(&id)),
        ConnState::Connecting => turn.info(words::session::attempt_runs(&id)),
        ConnState::Idle | ConnState::Waiting { .. } | ConnState::Stopped(_) => {}
    }
    overlays::opening::awaits(turn, &id);
    turn.command(&id, Command::Session(command::session::Command::Connect));
    Ok(())
}

/// Shows the last login.
pub(crate) fn connection(turn: &mut Turn, jid: Option<&BareJid>) -> Done {
    let id = named_account(turn, jid)?.id().clone();
    overlays::connection::open(turn, &id);
    Ok(())
}

/// Looks at what the operators of a server say of outages.
pub(crate) fn outage(turn: &mut Turn, jid: Option<&BareJid>) -> Done {
    let id = named_account(turn, jid)?.id().clone();
    turn.command(&id, Command::Session(command::session::Command::CheckStatus));
    // The answer may take half a minute.
    turn.info(words::session::checking_status(id.jid().domain()));
    Ok(())
}

/// Shows, pins or forgets the server's key.
pub(crate) fn cert(turn: &mut Turn, what: &OnCert) -> Done {
    let id = account(turn)?;
    match what {
        OnCert::Show => overlays::certificate::open(turn, &id),
        OnCert::Pin(typed) => overlays::certificate::pin(turn, &id, typed),
        OnCert::Forget => overlays::certificate::forget(turn, &id),
    }
}

/// Tells which accounts there are.
pub(crate) fn accounts(turn: &mut Turn) {
    let current = turn.state.account().cloned();
    let mut lines: Vec<Untrusted> = Vec::new();
    for account in &turn.state.accounts.list {
        let is_current = current.as_ref() == Some(account.id());
        let heading = if is_current { words::session::current(account.id()) } else { account.id().to_string() };
        lines.push(format!("# {heading}").into());
        lines.push(text::row(words::card::connection(), overlays::connection::state_words(&account.conn)));
        if let Some(bound) = &account.bound {
            lines.push(text::row(words::card::signed_in_as(), bound));
        }
        lines.push(text::row(words::card::presence(), words::presence::label(account.presence.availability)));
    }
    if lines.is_empty() {
        lines.push(words::session::no_account_sentence().into());
    }
    text::open(turn, words::session::accounts_title(), lines);
}

/// Asks whether an account is to be forgotten.
pub(crate) fn remove_account(turn: &mut Turn, jid: &BareJid) -> Done {
    let id = named_account(turn, Some(jid))?.id().clone();
    let question = words::session::ask_remove(&id);
    overlays::confirm::ask(turn, question, Choice::Action(format!("{FORGET}{id}")));
    Ok(())
}

fn forget(turn: &mut Turn, id: &AccountId) {
    turn.effect(Effect::StopAccount(id.clone()));
    super::super::passwords::forget_all(turn, id);
    turn.effect(Effect::ForgetAccount(id.clone()));
    turn.write(UserWrite::Forget(id.clone()));
    if turn.state.chats.current.as_ref().is_some_and(|c| c.account == *id) {
        turn.state.chats.current = None;
        turn.state.composer.text = crate::state::composer::TextBox::default();
    }
    let state = &mut *turn.state;
    state.chats.previous.take_if(|c| c.account == *id);
    state.accounts.list.retain(|a| a.id() != id);
    state.accounts.current.take_if(|a| a == id);
    state.roster.by_account.remove(id);
    state.presence.by_jid.retain(|(of, _), _| of != id);
    state.rooms.by_jid.retain(|(of, _), _| of != id);
    state.chats.by_id.retain(|chat, _| chat.account != *id);
    state.timelines.list.retain(|t| t.chat.account != *id);
    state.requests.settle(|r| r.account() == id);
    state.work.unsent.retain(|(chat, _)| chat.account != *id);
    state.work.sending.retain(|s| s.chat.account != *id);
    state.work.typing.retain(|chat| chat.account != *id);
    turn.touch_sidebar();
    turn.info(words::session::removed(id));
}

/// Makes an account the one that commands are for.
pub(crate) fn use_account(turn: &mut Turn, jid: &BareJid) -> Done {
    let id = named_account(turn, Some(jid))?.id().clone();
    turn.state.accounts.current = Some(id.clone());
    let is_elsewhere = turn.state.chats.current.as_ref().is_some_and(|c| c.account != id);
    if is_elsewhere {
        turn.info(words::session::is_current_elsewhere(&id));
    } else {
        turn.info(words::session::is_current(&id));
    }
    Ok(())
}

/// Shows a setting, or sets it.
pub(crate) fn set(turn: &mut Turn, key: Option<String>, value: Option<String>) -> Done {
    let Some(key) = key else {
        let lines = OPTIONS.iter().map(|o| {
            let value = (o.get)(&turn.state.options);
            format!("{:<24} {value:<10} {}", o.key, o.doc).into()
        });
        let lines = lines.collect();
        text::open(turn, words::program::settings_title(), lines);
        return Ok(());
    };
    let spec = find(&key)?;
    let Some(value) = value else {
        let now = (spec.get)(&turn.state.options);
        turn.info(format!("{key} = {now} · {} ({})", spec.doc, spec.values));
        return Ok(());
    };
    let old = turn.state.options.send_receipts;
    spec.set(&mut turn.state.options, &value).map_err(|why| format!("{key} {why}"))?;
    tell_receipts(turn, old);
    let value = (spec.get)(&turn.state.options);
    turn.info(format!("{key} = {value}"));
    turn.effect(Effect::SaveSetting(key, Some(value)));
    Ok(())
}

/// Takes the theme after the one that is used.
pub(crate) fn next_theme(turn: &mut Turn) -> Done {
    let next = match turn.state.options.theme {
        ThemeName::Auto => "dark",
        ThemeName::Dark => "light",
        ThemeName::Light => "mono",
        ThemeName::Mono => "auto",
    };
    set(turn, Some("ui.theme".to_owned()), Some(next.to_owned()))
}

/// Ctrl-C ends other programs. Here a slip of the fingers must not, so it tells what does.
pub(crate) fn how_to_quit(turn: &mut Turn) {
    let key = turn.keymap.keys_of(&Action::Quit(None)).first().cloned();
    turn.info(key.map_or_else(words::program::quit_command, |key| words::program::quit_key(&key)));
}

/// Resets a setting to its default.
pub(crate) fn unset(turn: &mut Turn, key: &str) -> Done {
    let spec = find(key)?;
    let old = turn.state.options.send_receipts;
    spec.reset(&mut turn.state.options);
    tell_receipts(turn, old);
    let value = (spec.get)(&turn.state.options);
    turn.info(words::program::is_default(key, &value));
    turn.effect(Effect::SaveSetting(key.to_owned(), None));
    Ok(())
}

/// The engines answer requests for receipts; where that changed, they must know.
fn tell_receipts(turn: &mut Turn, old: bool) {
    let is_answering = turn.state.options.send_receipts;
    if is_answering == old {
        return;
    }
    let accounts: Vec<AccountId> = turn.state.accounts.list.iter().map(|a| a.id().clone()).collect();
    for account in accounts {
        turn.command(&account, Command::Chat(command::chat::Command::AnswerReceipts(is_answering)));
    }
}

fn find(key: &str) -> Result<&'static OptionSpec, String> {
    let near = || crate::action::near::nearest(key, OPTIONS.iter().map(|o| o.key));
    OptionSpec::find(key).ok_or_else(|| match near() {
        Some(near) => words::program::no_such_setting_but(key, near),
        None => words::program::no_such_setting(key),
    })
}
