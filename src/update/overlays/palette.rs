//! The palette lists every action with its key and its slash command, and every slash command that has no action. What
//! cannot be done now is listed too, with the reason.

use super::super::place;
use super::super::turn::Turn;
use crate::action::{ACTIONS, Action, ActionSpec, Context};
use crate::model::{ChatKind, Untrusted};
use crate::slash;
use crate::state::State;
use crate::state::focus::Pane;
use crate::state::overlays::{Choice, Overlay, PickerRow, RowMark};
use crate::words;
use std::sync::LazyLock;

/// Which slash command does what an action does.
const SLASHES: &[(&str, &str)] = &[
    ("help", "help"),
    ("switch", "win"),
    ("join", "join"),
    ("chat.next", "next"),
    ("chat.prev", "prev"),
    ("chat.close", "close"),
    ("row.close", "close"),
    ("disco", "disco"),
    ("presence", "status"),
    ("requests", "accept"),
    ("console", "log"),
    ("reload", "reload"),
    ("quit", "quit"),
    ("search.chat", "search"),
    ("search.all", "search"),
    ("links", "open"),
    ("invite", "invite"),
    ("topic", "topic"),
    ("names", "names"),
    ("room.config", "config"),
    ("msg.copy", "copy"),
    ("msg.open", "open"),
    ("msg.quote", "quote"),
    ("row.rename", "rename"),
    ("row.remove", "remove"),
    ("row.info", "whois"),
    ("request.accept", "accept"),
    ("request.deny", "deny"),
    ("row.accept", "accept"),
    ("row.deny", "deny"),
    ("row.block", "block"),
    ("muc.info", "whois"),
    ("muc.private", "pm"),
    ("muc.kick", "kick"),
    ("muc.ban", "ban"),
    ("disco.form", "register"),
];

/// The slash command that does what an action does.
pub(crate) fn slash_of(action: &str) -> Option<&'static str> {
    if action.starts_with("chat.nth_") {
        return Some("win");
    }
    SLASHES.iter().find(|(name, _)| *name == action).map(|(_, slash)| *slash)
}

/// All rows, without what depends on the moment.
pub(crate) fn rows() -> &'static [PickerRow] {
    static ROWS: LazyLock<Vec<PickerRow>> = LazyLock::new(|| {
        // An action of one pane does not stand for its command, which works anywhere.
        let is_anywhere = |name: &str| !["row.", "muc.", "disco."].iter().any(|pane| name.starts_with(pane));
        let is_shown = |s: &&slash::Slash| SLASHES.iter().any(|(name, slash)| *slash == s.name && is_anywhere(name));
        let commands = slash::all().filter(|s| !is_shown(s)).map(slash_row);
        ACTIONS.iter().map(action_row).chain(commands).collect()
    });
    &ROWS
}

/// What a row says of the moment: the key, and why it cannot be done now.
pub(crate) fn complete(turn: &Turn, row: &mut PickerRow) {
    let Choice::Action(name) = &row.choice else { return };
    let Some(at) = ACTIONS.iter().position(|spec| spec.name == name) else { return };
    let spec = &ACTIONS[at];
    row.right = turn.keymap.labels().get(at).and_then(|keys| keys.first()).cloned().unwrap_or_default();
    let why = why_not(turn.state, &spec.action).or_else(|| out_of_place(turn.state, spec.context));
    row.disabled = why;
}

fn action_row(spec: &ActionSpec) -> PickerRow {
    let slash = slash_of(spec.name).and_then(slash::find);
    let help =
        slash.map_or_else(|| capital(spec.doc), |s| format!("{}. {} {}", capital(spec.doc), s.usage(), s.detail));
    PickerRow {
        mark: RowMark::None,
        label: capital(spec.doc).into(),
        matched: Vec::new(),
        detail: slash.map_or_else(Untrusted::default, |s| format!("/{}", s.name).into()),
        right: String::new(),
        disabled: None,
        help,
        choice: Choice::Action(spec.name.to_owned()),
    }
}

fn slash_row(slash: &slash::Slash) -> PickerRow {
    PickerRow {
        mark: RowMark::None,
        label: capital(slash.summary).into(),
        matched: Vec::new(),
        detail: format!("/{}", slash.name).into(),
        right: String::new(),
        disabled: None,
        help: format!("{} {}", slash.usage(), slash.detail),
        // Without arguments it is done at once; else the user finishes it.
        choice: if slash.args.is_empty() {
            Choice::Run(format!("/{}", slash.name))
        } else {
            Choice::Compose(format!("/{} ", slash.name))
        },
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().to_string() + chars.as_str())
}

/// Why actions of a place cannot be done elsewhere.
fn out_of_place(state: &State, context: Context) -> Option<String> {
    let is_disco = state.overlays.iter().any(|o| matches!(o, Overlay::Disco(_)));
    let words = match context {
        Context::Sidebar if state.focus.pane != Pane::Sidebar => words::program::only_in_chats(),
        Context::Requests if state.focus.pane != Pane::Sidebar || !state.sidebar.is_at_request() => {
            words::program::only_at_request()
        }
        Context::People if state.focus.pane != Pane::People => words::program::only_in_people(),
        Context::Unsent if !state.selected_message().is_some_and(place::has_failed) => words::program::only_at_unsent(),
        Context::List => words::program::only_in_list(),
        Context::Disco if !is_disco => words::program::only_in_disco(),
        Context::Form => words::program::only_in_form(),
        Context::Global
        | Context::Composer
        | Context::Chat
        | Context::Message
        | Context::Unsent
        | Context::Sidebar
        | Context::Requests
        | Context::People
        | Context::Disco => return None,
    };
    Some(words)
}

/// Whether the user may use what a row stands for. What the open room would refuse is not offered.
pub(crate) fn is_allowed(state: &State, row: &PickerRow) -> bool {
    let slash = match &row.choice {
        Choice::Run(text) | Choice::Compose(text) => text.trim_start_matches('/').split(' ').next(),
        Choice::Action(name) => slash_of(name),
        Choice::Chat(_)
        | Choice::React(_)
        | Choice::Retract(..)
        | Choice::Moderate(..)
        | Choice::Request(_)
        | Choice::Link(_)
        | Choice::OpenLink(_)
        | Choice::Private(_)
        | Choice::DiscardForm
        | Choice::Go(_)
        | Choice::Missing(..) => None,
    };
    slash.is_none_or(|slash| state.forbids(slash).is_none())
}

/// Why an action cannot be done now.
pub(crate) fn why_not(state: &State, action: &Action) -> Option<String> {
    let chat = state.current();
    let is_room = chat.is_some_and(|c| c.kind == ChatKind::Room);
    let is_in =
        state.current_room().is_some_and(|(a, r)| state.rooms.get(a, &r).is_some_and(crate::state::rooms::Room::is_in));
    let is_about_chat = matches!(
        action,
        Action::Message(_)
            | Action::MessagePrev
            | Action::MessageNext
            | Action::Scroll(_)
            | Action::Links
            | Action::MarkRead
            | Action::CloseChat
            | Action::Send
            | Action::SendNow
    );
    let is_about_room = matches!(
        action,
        Action::EditTopic | Action::Names | Action::InvitePrompt | Action::ConfigureRoom | Action::People
    );
    let is_offline = !state.accounts.list.iter().any(|a| a.conn.is_online());
    if is_about_chat && chat.is_none() {
        Some(words::chat::none_open())
    } else if is_about_room && !is_room {
        Some(words::program::only_in_room())
    } else if is_about_room && !is_in {
        Some(words::program::only_inside())
    } else if *action == Action::LastChat && state.chats.previous.is_none() {
        Some(words::chat::no_previous())
    } else if *action == Action::Requests && state.requests.list.is_empty() {
        Some(words::request::none_waiting())
    } else if matches!(action, Action::AnswerHere(_)) && state.request_here().is_none() {
        Some(words::request::chat_is_none())
    } else if matches!(action, Action::Disco { .. }) && is_offline {
        Some(words::program::needs_connection())
    } else {
        None
    }
}
