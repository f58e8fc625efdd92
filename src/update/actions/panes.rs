//! Actions on the panes: moving the focus, using the rows of the sidebar and of the people, opening a chat by number or
//! name.

use super::super::overlays::{self, picker};
use super::super::turn::{Done, Turn};
use super::super::{chats, seek, sidebar};
use super::{blocking, relate};
use super::{message, questions, requests, rooms, send};
use crate::action::{List, OnPerson, OnRow, PAGE};
use crate::model::{ChatId, Untrusted};
use crate::state::State;
use crate::state::focus::Pane;
use crate::state::overlays::PickerKind;
use crate::state::requests::Request;
use crate::state::sidebar::Row;
use crate::words;

/// From this width on the sidebar stands beside the chat.
const SIDEBAR_WIDTH: u16 = 80;
/// From this width on the people stand beside the chat.
const PEOPLE_WIDTH: u16 = 110;

/// Whether the sidebar is on the screen: a wide screen shows it unless hidden, a narrow one when asked.
pub(crate) fn is_sidebar_shown(state: &State) -> bool {
    (state.size.0 >= SIDEBAR_WIDTH) != state.sidebar.is_toggled
}

/// Whether the people are on the screen.
pub(crate) fn is_people_shown(state: &State) -> bool {
    let is_room = state.current().is_some_and(|c| c.kind == crate::model::ChatKind::Room);
    let is_beside = state.size.0 >= PEOPLE_WIDTH && state.options.people_width > 0;
    is_room && is_beside != state.rooms.is_people_toggled
}

/// The sidebar: shown with the keys in it; hidden where they are in it already.
pub(crate) fn sidebar(turn: &mut Turn) {
    let state = &mut *turn.state;
    if state.focus.pane == Pane::Sidebar && is_sidebar_shown(state) {
        state.sidebar.is_toggled = !state.sidebar.is_toggled;
        state.sidebar.filter = None;
        turn.touch_sidebar();
        message::deselect(turn);
        return;
    }
    if !is_sidebar_shown(state) {
        state.sidebar.is_toggled = !state.sidebar.is_toggled;
    }
    into_sidebar(turn);
}

fn into_sidebar(turn: &mut Turn) {
    message::deselect(turn);
    turn.state.focus.pane = Pane::Sidebar;
    sidebar::freshen(turn, true);
    let current = turn.state.chats.current.clone();
    let rows = &turn.state.sidebar.rows;
    let at = rows.iter().position(|r| matches!(r, Row::Chat(id) if Some(id) == current.as_ref()));
    if let Some(at) = at {
        turn.state.sidebar.selected = at;
    }
}

/// The people of the room: shown with the keys in them; hidden where they are in them already.
pub(crate) fn people(turn: &mut Turn) -> Done {
    rooms::here(turn)?;
    let state = &mut *turn.state;
    if state.focus.pane == Pane::People && is_people_shown(state) {
        state.rooms.is_people_toggled = !state.rooms.is_people_toggled;
        message::deselect(turn);
        return Ok(());
    }
    if !is_people_shown(state) {
        state.rooms.is_people_toggled = !state.rooms.is_people_toggled;
    }
    message::deselect(turn);
    turn.state.focus.pane = Pane::People;
    Ok(())
}

/// To the next or previous pane that is on the screen.
pub(crate) fn step(turn: &mut Turn, is_forward: bool) {
    let mut panes = vec![Pane::Composer];
    if is_people_shown(turn.state) {
        panes.push(Pane::People);
    }
    if is_sidebar_shown(turn.state) {
        panes.push(Pane::Sidebar);
    }
    let at = panes.iter().position(|p| *p == turn.state.focus.pane).unwrap_or(0);
    let to = if is_forward { (at + 1) % panes.len() } else { (at + panes.len() - 1) % panes.len() };
    message::deselect(turn);
    if panes[to] == Pane::Sidebar {
        into_sidebar(turn);
    } else {
        turn.state.focus.pane = panes[to];
    }
}

/// Closes the top layer, else leaves the selection, else puts the keys back to the composer.
pub(crate) fn cancel(turn: &mut Turn) {
    if overlays::close_top(turn) {
        return;
    }
    let state = &mut *turn.state;
    if state.composer.pending_paste.take().is_some()
        || state.composer.completion.take().is_some()
        || state.composer.error.take().is_some()
    {
        return;
    }
    if seek::stop(turn) || relate::stop(turn) {
        return;
    }
    let state = &mut *turn.state;
    if state.focus.pane == Pane::Sidebar && state.sidebar.filter.take().is_some() {
        turn.touch_sidebar();
        return;
    }
    if state.focus.pane == Pane::Composer {
        return chats::to_bottom(turn);
    }
    // A drawer over the chat closes with its keys.
    if state.focus.pane == Pane::Sidebar && state.size.0 < SIDEBAR_WIDTH {
        state.sidebar.is_toggled = false;
    }
    if state.focus.pane == Pane::People && state.size.0 < PEOPLE_WIDTH {
        state.rooms.is_people_toggled = false;
    }
    message::deselect(turn);
}

/// All requests, to answer.
pub(crate) fn requests(turn: &mut Turn) -> Done {
    if turn.state.requests.list.is_empty() {
        return Err(words::request::none_waiting());
    }
    picker::open(turn, PickerKind::Requests);
    Ok(())
}

/// The chat that was open before.
pub(crate) fn last_chat(turn: &mut Turn) -> Done {
    let id = turn.state.chats.previous.clone().ok_or_else(words::chat::no_previous)?;
    turn.state.overlays.clear();
    chats::open(turn, &id);
    Ok(())
}

/// A chat by its number in the sidebar.
pub(crate) fn nth_chat(turn: &mut Turn, n: usize) -> Done {
    let list = chats::in_order(turn);
    let id = n.checked_sub(1).and_then(|n| list.get(n)).cloned();
    let id = id.ok_or_else(|| words::chat::no_such_number(n, list.len()))?;
    turn.state.overlays.clear();
    chats::open(turn, &id);
    Ok(())
}

/// The chat whose name is nearest to this: equal, then beginning, then holding it. A `#` in front of a name may be
/// decoration; in front of an address it belongs to it.
pub(crate) fn open_chat(turn: &mut Turn, name: &str) -> Done {
    let typed = name.to_lowercase();
    let plain = typed.strip_prefix('#').filter(|name| !name.is_empty() && !name.contains('@'));
    let state = &*turn.state;
    let near = |id: &ChatId, lower: &str| {
        let called = state.chat_name(id).raw().to_lowercase();
        let local = id.address.local().unwrap_or_default();
        if called == lower || id.address.as_str() == lower {
            Some(0)
        } else if called.starts_with(lower) || local.starts_with(lower) {
            Some(2)
        } else if called.contains(lower) || id.address.as_str().contains(lower) {
            Some(4)
        } else {
            None
        }
    };
    let rank = |id: &ChatId| {
        let decorated = plain.and_then(|name| near(id, name)).map(|rank| rank + 1);
        near(id, &typed).into_iter().chain(decorated).min()
    };
    let open = state.chats.by_id.values().filter(|c| c.is_accepted).map(|c| c.id.clone());
    let contacts = state.roster.by_account.iter().flat_map(|(a, c)| c.keys().map(|j| ChatId::new(a.clone(), j)));
    let best = open.chain(contacts).filter_map(|id| Some((rank(&id)?, id))).min();
    let (_, id) = best.ok_or_else(|| words::chat::no_such_name(name))?;
    chats::start(turn, &id);
    Ok(())
}

/// Closes the open chat; in the sidebar, the chosen one.
pub(crate) fn close_chat(turn: &mut Turn) -> Done {
    let chosen = match (turn.state.focus.pane, turn.state.sidebar.rows.get(turn.state.sidebar.selected)) {
        (Pane::Sidebar, Some(Row::Chat(id))) => Some(id.clone()),
        (Pane::Sidebar, _) => return Err(words::chat::row_is_none()),
        (Pane::Composer | Pane::People | Pane::Message, _) => turn.state.current_id().cloned(),
    };
    let id = chosen.ok_or_else(words::chat::none_open)?;
    chats::close(turn, &id);
    Ok(())
}

/// Moves in the pane that has the keys, or chooses there.
pub(crate) fn list(turn: &mut Turn, list: List) {
    match turn.state.focus.pane {
        Pane::Sidebar => sidebar_list(turn, list),
        Pane::People => people_list(turn, list),
        Pane::Composer | Pane::Message => {}
    }
}

fn sidebar_list(turn: &mut Turn, list: List) {
    sidebar::freshen(turn, true);
    let page = usize::from(turn.state.size.1).saturating_sub(4).max(PAGE);
    let bar = &mut turn.state.sidebar;
    match list {
        List::Move(step) => bar.selected = step.from(bar.selected, bar.rows.len(), page),
        List::Filter => bar.filter = Some(String::new()),
        List::Open => open_row(turn),
        List::FindNext | List::FindPrev | List::Edit => {}
    }
}

/// The sidebar's filter got another character, or lost its last.
pub(crate) fn filter(turn: &mut Turn, c: Option<char>) {
    let Some(filter) = &mut turn.state.sidebar.filter else { return };
    match c {
        Some(c) => filter.push(c),
        None => {
            filter.pop();
        }
    }
    turn.touch_sidebar();
    sidebar::freshen(turn, true);
    let first = turn.state.sidebar.rows.iter().position(|r| matches!(r, Row::Chat(_) | Row::Contact { .. }));
    turn.state.sidebar.selected = first.unwrap_or(0);
}

fn open_row(turn: &mut Turn) {
    let Some(row) = turn.state.sidebar.rows.get(turn.state.sidebar.selected).cloned() else { return };
    match row {
        Row::Chat(id) => {
            end_filter(turn);
            chats::open(turn, &id);
        }
        Row::Contact { account, jid, .. } => {
            end_filter(turn);
            chats::start(turn, &ChatId::new(account, &jid));
        }
        Row::Request(at) => {
            if let Some(request) = turn.state.requests.list.get(at).cloned() {
                requests::read(turn, &request);
            }
        }
        Row::Section { .. } => fold(turn),
        Row::Account(id) => turn.state.accounts.current = Some(id),
    }
}

fn end_filter(turn: &mut Turn) {
    if turn.state.sidebar.filter.take().is_some() {
        turn.touch_sidebar();
    }
}

fn fold(turn: &mut Turn) {
    let bar = &mut turn.state.sidebar;
    let Some(at) = bar.rows.iter().take(bar.selected + 1).rposition(|r| matches!(r, Row::Section { .. })) else {
        return;
    };
    let Some(Row::Section { section, group, .. }) = bar.rows.get(at) else { return };
    let key: (_, Option<Untrusted>) = (*section, group.clone());
    if let Some(known) = bar.folded.iter().position(|f| *f == key) {
        bar.folded.remove(known);
    } else {
        bar.folded.push(key);
    }
    bar.selected = at;
    turn.touch_sidebar();
    sidebar::freshen(turn, true);
}

/// Asks whether to block whoever asks for something: of an invitation, the one who invites.
fn block(turn: &mut Turn, request: &Request) {
    let who = match request {
        Request::Subscription { jid, .. } => jid.to_jid(),
        Request::Invite { invite, .. } => invite.from.bare().to_jid(),
        Request::Stranger(chat) => chat.address.bare().to_jid(),
    };
    blocking::ask(turn, &who);
}

/// Acts on the chosen row of the sidebar.
pub(crate) fn row(turn: &mut Turn, what: OnRow) -> Done {
    if let (OnRow::Accept | OnRow::Deny, Some(request)) = (what, picker::chosen_request(turn.state)) {
        return requests::answer_listed(turn, &request, what == OnRow::Accept);
    }
    if let (OnRow::Block, Some(request)) = (what, picker::chosen_request(turn.state)) {
        block(turn, &request);
        return Ok(());
    }
    let row = turn.state.sidebar.rows.get(turn.state.sidebar.selected).cloned();
    let row = row.ok_or_else(words::screen::list_empty)?;
    let who = match &row {
        Row::Chat(id) => Some((id.account.clone(), id.address.clone())),
        Row::Contact { account, jid, .. } => Some((account.clone(), jid.to_jid())),
        Row::Account(_) | Row::Section { .. } | Row::Request(_) => None,
    };
    match (what, &row) {
        (OnRow::Fold, _) => fold(turn),
        (OnRow::Accept, Row::Request(at)) => requests::answer_at(turn, *at, true),
        (OnRow::Deny, Row::Request(at)) => requests::answer_at(turn, *at, false),
        (OnRow::Block, Row::Request(at)) => {
            let request = turn.state.requests.list.get(*at).cloned().ok_or_else(words::request::row_is_none)?;
            block(turn, &request);
        }
        (OnRow::Accept | OnRow::Deny | OnRow::Block, _) => return Err(words::request::row_is_none()),
        (OnRow::Info, _) => {
            let (account, jid) = who.ok_or_else(words::screen::row_is_nobody)?;
            questions::card(turn, &account, &jid);
        }
        (OnRow::Rename | OnRow::Remove, _) => {
            let (account, jid) = who.ok_or_else(words::roster::row_is_none)?;
            let name = turn.state.roster.get(&account, &jid.bare()).map(|c| c.name.clone());
            let name = name.ok_or_else(|| words::roster::not_a_contact_add(&jid))?;
            let text = if what == OnRow::Rename {
                format!("/rename {} {}", jid.bare(), name.as_ref().map_or("", Untrusted::raw))
            } else {
                format!("/remove {}", jid.bare())
            };
            send::compose(turn, &text);
        }
    }
    Ok(())
}

fn people_list(turn: &mut Turn, list: List) {
    let Some((account, room)) = turn.state.current_room().map(|(a, r)| (a.clone(), r)) else { return };
    let entry = turn.state.rooms.entry(&account, &room);
    if let List::Move(step) = list {
        entry.selected = step.from(entry.selected, entry.sorted.len(), PAGE);
    }
}

/// Acts on the chosen person in the room.
pub(crate) fn person(turn: &mut Turn, what: OnPerson) -> Done {
    let (account, room) = rooms::here(turn)?;
    let entry = turn.state.rooms.get(&account, &room);
    let nick = entry.and_then(|r| r.selected_occupant()).map(|o| o.nick.raw().to_owned());
    let nick = nick.ok_or_else(words::screen::nobody_here)?;
    let quoted = if nick.contains(char::is_whitespace) { format!("\"{nick}\"") } else { nick.clone() };
    match what {
        OnPerson::Info => {
            let jid = room.with_resource(&nick).map_err(|why| why.to_string())?;
            questions::card(turn, &account, &jid);
        }
        OnPerson::Private => rooms::private(turn, &nick, None)?,
        OnPerson::Mention => message::mention(turn, &nick),
        OnPerson::Kick => {
            rooms::may(turn, "kick")?;
            send::compose(turn, &format!("/kick {quoted} "));
        }
        OnPerson::Ban => {
            rooms::may(turn, "ban")?;
            send::compose(turn, &format!("/ban {quoted} "));
        }
    }
    Ok(())
}
