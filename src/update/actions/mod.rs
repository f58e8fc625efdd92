//! Performs actions, one file per domain. An action that cannot be done gives the reason: it is shown under the
//! composer where the action was typed there, else as a toast.

pub(crate) mod blocking;
pub(crate) mod contacts;
pub(crate) mod message;
pub(crate) mod missing;
pub(crate) mod panes;
pub(crate) mod program;
pub(crate) mod questions;
pub(crate) mod relate;
pub(crate) mod requests;
pub(crate) mod rooms;
pub(crate) mod send;
pub(crate) mod target;

use super::effect::Effect;
use super::overlays::{self, console, disco, first_run, picker, presence, prompt, search};
use super::turn::{Done, Turn};
use super::{chats, peers, timeline};
use crate::action::{Action, ActionSpec, Edit, OnAccount};
use crate::state::console::ConsoleView;
use crate::state::overlays::{Choice, FirstRunMode, Overlay, PickerKind};
use crate::words;

/// Does it; says why where it cannot be done.
pub(crate) fn run(turn: &mut Turn, action: Action) {
    if let Err(why) = perform(turn, action) {
        turn.warn(why);
    }
}

/// Does what a row of a list stands for.
pub(crate) fn choose(turn: &mut Turn, choice: Choice) {
    match choice {
        Choice::Chat(id) => chats::start(turn, &id),
        Choice::Request(request) => requests::read(turn, &request),
        Choice::Action(name) => match ActionSpec::find(&name) {
            Some(spec) => run(turn, spec.action.clone()),
            None => program::confirmed(turn, &name),
        },
        Choice::Compose(text) => run(turn, Action::Compose(text)),
        Choice::Run(line) => match crate::slash::parse(&line) {
            Ok(action) => run(turn, action),
            Err(error) => turn.warn(error.words),
        },
        Choice::Link(link) => message::ask_to_open(turn, link),
        Choice::React(emoji) => relate::chosen(turn, &emoji),
        Choice::Retract(chat, row) => relate::retract(turn, &chat, row),
        Choice::Moderate(chat, row, reason) => relate::moderated(turn, &chat, row, reason),
        Choice::OpenLink(link) => {
            turn.info(words::program::opening_link(&link));
            turn.effect(Effect::Open(link));
        }
        Choice::Missing(account, room, what) => missing::answered(turn, &account, &room, what),
        Choice::Private(id) => {
            peers::accepted(turn, &id);
            run(turn, Action::SendNow);
        }
        Choice::DiscardForm => overlays::form::discard(turn),
        Choice::Go(typed) => {
            let done = rooms::go(turn, &typed);
            prompt::went(turn, done);
        }
    }
}

/// Whether an action is about the text being written, which something on top hides.
pub(crate) fn is_writing(action: &Action) -> bool {
    matches!(
        action,
        Action::Send
            | Action::SendNow
            | Action::Multiline
            | Action::Complete
            | Action::CompleteBack
            | Action::HistoryPrev
            | Action::HistoryNext
            | Action::NextPane
            | Action::PrevPane
    )
}

/// Does it, or says why not.
#[expect(clippy::too_many_lines, reason = "a list of all actions, each one line")]
pub(crate) fn perform(turn: &mut Turn, action: Action) -> Done {
    if !turn.state.overlays.is_empty() && is_writing(&action) {
        return Ok(());
    }
    match action {
        Action::Help => program::help(turn),
        Action::HelpOn(word) => program::help_on(turn, &word)?,
        Action::Palette => picker::open(turn, PickerKind::Palette),
        Action::Switch => picker::open(turn, PickerKind::Switch),
        Action::Cancel => panes::cancel(turn),
        Action::Console => console::toggle(turn),
        Action::ShowLog => console::open(turn, ConsoleView::Log, None),
        Action::ShowXml(only) => console::open(turn, ConsoleView::Xml, only.map(|j| j.to_string())),
        Action::Raw(xml) => program::raw(turn, xml)?,
        Action::Redraw => turn.effect(Effect::Redraw),
        Action::NextTheme => program::next_theme(turn)?,
        Action::HowToQuit => program::how_to_quit(turn),
        Action::Suspend => turn.effect(Effect::Suspend),
        Action::Reload => turn.effect(Effect::ReloadConfig),
        Action::Quit(words) => program::quit(turn, words),
        Action::Compose(text) => send::compose(turn, &text),
        Action::NextImportant => leaving_overlays(turn, chats::next_important),
        Action::NextChat => leaving_overlays(turn, |t| chats::step(t, 1)),
        Action::PrevChat => leaving_overlays(turn, |t| chats::step(t, -1)),
        Action::LastChat => panes::last_chat(turn)?,
        Action::NthChat(n) => panes::nth_chat(turn, n)?,
        Action::OpenChat(name) => panes::open_chat(turn, &name)?,
        Action::CloseChat => panes::close_chat(turn)?,
        Action::NextPane => panes::step(turn, true),
        Action::PrevPane => panes::step(turn, false),
        Action::Sidebar => panes::sidebar(turn),
        Action::People => panes::people(turn)?,
        Action::PresencePane => presence::open(turn),
        Action::JoinPrompt => prompt::join(turn),
        Action::Requests => panes::requests(turn)?,
        Action::AnswerHere(is_yes) => requests::answer_here(turn, is_yes)?,
        Action::Question => overlays::opening::open_waiting(turn)?,
        Action::Edit(Edit::Up) if relate::up(turn) => {}
        Action::Edit(edit) => send::edit(turn, edit),
        Action::Send if turn.state.composer.is_multiline && !send::is_command(turn.state) => {
            send::edit(turn, Edit::Newline);
        }
        Action::Send | Action::SendNow => submit(turn),
        Action::Multiline => send::multiline(turn),
        Action::Complete => complete(turn, false),
        Action::CompleteBack => complete(turn, true),
        Action::HistoryPrev => send::history(turn, true),
        Action::HistoryNext => send::history(turn, false),
        Action::Scroll(scroll) => message::scroll(turn, scroll),
        Action::MessagePrev => message::select(turn, true),
        Action::MessageNext => message::select(turn, false),
        Action::Message(what) => relate::act(turn, what)?,
        Action::JumpBack => relate::jump_back(turn)?,
        Action::EditLast => relate::edit_last(turn)?,
        Action::Reply(text) => relate::reply(turn, text)?,
        Action::EditText(text) => relate::edit(turn, text)?,
        Action::Substitute { from, to, is_everywhere } => relate::substitute(turn, &from, &to, is_everywhere)?,
        Action::React(emoji) => relate::react(turn, emoji)?,
        Action::Moderate(reason) => relate::moderate(turn, reason)?,
        Action::OpenLink(n) => message::open_link(turn, n)?,
        Action::Links => message::links(turn)?,
        Action::SearchHere => message::search_here(turn),
        Action::SearchAll => search::open(turn, None, ""),
        Action::Search { words, is_everywhere } => message::search(turn, &words, is_everywhere),
        Action::History(ask) => message::history(turn, ask)?,
        Action::MarkRead => message::mark_read(turn)?,
        Action::List(list) => {
            if !overlays::list(turn, list) {
                panes::list(turn, list);
            }
        }
        Action::Row(what) => panes::row(turn, what)?,
        Action::Person(what) => panes::person(turn, what)?,
        Action::Browse(browse) => disco::browse(turn, browse),
        Action::Form(key) => overlays::form(turn, key),
        Action::Talk { to, text } => contacts::talk(turn, &to, text)?,
        Action::Private { nick, text } => rooms::private(turn, &nick, text)?,
        Action::Emote(text) => relate::say(turn, &format!("/me {text}"))?,
        Action::Say(text) => relate::say(turn, &text)?,
        Action::Join { room, nick, password } => rooms::join(turn, room, nick, password)?,
        Action::Part(reason) => rooms::part(turn, reason)?,
        Action::Nick(nick) => rooms::nick(turn, nick)?,
        Action::Topic(text) => rooms::topic(turn, text)?,
        Action::EditTopic => rooms::edit_topic(turn)?,
        Action::Names => rooms::names(turn)?,
        Action::Invite { who, reason } => rooms::invite(turn, &who, reason)?,
        Action::InvitePrompt => {
            rooms::here(turn)?;
            send::compose(turn, "/invite ");
        }
        Action::Kick { nick, reason } => rooms::kick(turn, nick, reason)?,
        Action::Ban { who, reason } => rooms::ban(turn, &who, reason)?,
        Action::Unban(who) => rooms::unban(turn, who)?,
        Action::ConfigureRoom => rooms::configure_here(turn)?,
        Action::RoomList(service) => rooms::list(turn, service)?,
        Action::Whois(who) => questions::whois(turn, who)?,
        Action::Accept(who) => requests::answer(turn, who, true)?,
        Action::Deny(who) => requests::answer(turn, who, false)?,
        Action::Block { who, is_blocked } => blocking::change(turn, who, is_blocked)?,
        Action::BlockList => blocking::list(turn)?,
        Action::AddContact { jid, name, groups } => contacts::add(turn, &jid, name, groups)?,
        Action::RemoveContact(who) => contacts::remove(turn, who)?,
        Action::Rename { who, name } => contacts::rename(turn, who, name)?,
        Action::Group { who, groups } => contacts::group(turn, &who, groups)?,
        Action::SetPresence { availability, text } => questions::set_presence(turn, availability, text)?,
        Action::DirectPresence { to, availability, text } => questions::direct(turn, to, availability, text)?,
        Action::Priority(priority) => questions::priority(turn, priority)?,
        Action::Disco { jid, node } => disco::open(turn, jid, node),
        Action::Version(who) => questions::version(turn, who)?,
        Action::Ping(who) => questions::ping(turn, who)?,
        Action::Time(who) => questions::time(turn, who)?,
        Action::Register(server) => questions::register(turn, server),
        Action::Connect(account) => program::connect(turn, account.as_ref())?,
        Action::Disconnect(account) => program::disconnect(turn, account.as_ref())?,
        Action::Reconnect(account) => program::reconnect(turn, account.as_ref())?,
        Action::Connection(account) => program::connection(turn, account.as_ref())?,
        Action::Outage(account) => program::outage(turn, account.as_ref())?,
        Action::Cert(what) => program::cert(turn, &what)?,
        Action::Account(OnAccount::Add) => first_run::open(turn, FirstRunMode::SignIn, ""),
        Action::Account(OnAccount::List) => program::accounts(turn),
        Action::Account(OnAccount::Remove(jid)) => program::remove_account(turn, &jid)?,
        Action::Account(OnAccount::Use(jid)) => program::use_account(turn, &jid)?,
        Action::Set { key, value } => program::set(turn, key, value)?,
        Action::Unset(key) => program::unset(turn, &key)?,
    }
    Ok(())
}

/// Does what is written in the composer. What could not be done is the user's text again.
fn submit(turn: &mut Turn) {
    let Some((action, text)) = send::said(turn) else { return };
    if let Err(why) = perform(turn, action) {
        send::take_back(turn, &text, why);
    }
}

/// Completes the word at the cursor; goes to the next pane where nothing is written.
fn complete(turn: &mut Turn, is_back: bool) {
    if !send::complete(turn, is_back) {
        panes::step(turn, !is_back);
    }
}

/// Keys that change the chat close what lies on top of it, save for a first login under way.
fn leaving_overlays(turn: &mut Turn, go: impl FnOnce(&mut Turn)) {
    if turn.state.overlays.iter().any(|o| matches!(o, Overlay::FirstRun(_) | Overlay::Form(_))) {
        return;
    }
    if console::is_open(turn) {
        console::close(turn);
    }
    turn.state.overlays.clear();
    go(turn);
    timeline_follows(turn);
}

fn timeline_follows(turn: &mut Turn) {
    if let Some(id) = turn.state.current_id().cloned() {
        timeline::ensure(turn, &id);
    }
}
