//! The service browser: a tree that is loaded as the user opens it, with few queries at a time.

use super::super::chats;
use super::super::effect::Effect;
use super::super::turn::Turn;
use super::form;
use super::layer::{LIST_AND_LINE, Layer, PLAIN, TypedLine};
use super::opening;
use crate::action::{Browse, Context, List, PAGE};
use crate::contract::{Command, UserWrite, command};
use crate::model::{AccountId, DiscoInfo, DiscoItem, DiscoItems, Jid, Token, Untrusted};
use crate::state::State;
use crate::state::composer::TextBox;
use crate::state::overlays::{DiscoAsk, DiscoNode, DiscoView, Load, Overlay};
use crate::words;
use crate::words::hint;
use std::collections::VecDeque;

/// How many questions are open at once.
const AT_ONCE: usize = 4;
/// How many rows the tree may have; a service that claims more is cut.
const ROWS: usize = 5_000;
/// How many unfolded rows of an account are remembered.
const UNFOLDED: usize = 50;
/// How many places back are kept.
const BACK: usize = 50;

/// What this overlay is to the rest of the program.
pub(super) static LAYER: Layer = Layer {
    contexts: |state| if is_typing(state) { LIST_AND_LINE } else { &[Context::Disco, Context::List, Context::Global] },
    hints: |_| {
        &[
            ("disco.act", hint::open_or_join),
            ("disco.unfold", hint::unfold),
            ("list.filter", hint::filter),
            ("disco.address", hint::address),
            ("disco.form", hint::form),
            ("cancel", hint::close),
        ]
    },
    line,
    edited: filtered,
    list,
    close,
    ..PLAIN
};

/// Shows the browser, at the account's server or at an address.
pub(crate) fn open(turn: &mut Turn, at: Option<Jid>, node: Option<String>) {
    let Some(account) = turn.state.account().cloned() else {
        turn.warn(words::session::no_account());
        return;
    };
    if !turn.state.accounts.get(&account).is_some_and(|a| a.conn.is_online()) {
        turn.warn(words::service::explore_needs_connection(&account));
        return;
    }
    let jid = at.unwrap_or_else(|| account.jid().domain_jid().to_jid());
    turn.state.overlays.retain(|o| !matches!(o, Overlay::Disco(_)));
    opening::open(turn, Overlay::Disco(Box::new(empty(account))));
    go(turn, jid, node);
}

fn empty(account: AccountId) -> DiscoView {
    DiscoView {
        account,
        address: TextBox::default(),
        is_editing_address: false,
        nodes: Vec::new(),
        filter: String::new(),
        is_filtering: false,
        selected: 0,
        top: 0,
        queue: VecDeque::new(),
        waiting: Vec::new(),
        back: Vec::new(),
        forward: Vec::new(),
    }
}

fn view<'t>(turn: &'t mut Turn<'_>) -> Option<&'t mut DiscoView> {
    turn.state
        .overlays
        .iter_mut()
        .rev()
        .find_map(|o| if let Overlay::Disco(disco) = o { Some(&mut **disco) } else { None })
}

/// Whether characters go to the address or to the filter.
fn is_typing(state: &State) -> bool {
    matches!(state.overlays.last(), Some(Overlay::Disco(disco)) if disco.is_editing_address || disco.is_filtering)
}

fn line(state: &mut State) -> Option<TypedLine<'_>> {
    let Some(Overlay::Disco(disco)) = state.overlays.last_mut() else { return None };
    match (disco.is_editing_address, disco.is_filtering) {
        (true, _) => Some(TypedLine::Box(&mut disco.address)),
        (false, true) => Some(TypedLine::Filter(&mut disco.filter)),
        (false, false) => None,
    }
}

/// One step back: out of the line, then out of the browser.
fn close(turn: &mut Turn) {
    if !is_typing(turn.state) {
        turn.state.overlays.pop();
    } else if let Some(disco) = view(turn) {
        disco.is_editing_address = false;
        if std::mem::take(&mut disco.is_filtering) {
            disco.filter.clear();
        }
    }
}

fn row(jid: Jid, node: Option<String>, name: Option<Untrusted>, depth: u16) -> DiscoNode {
    DiscoNode {
        jid,
        node,
        name,
        depth,
        is_open: false,
        info: None,
        info_load: Load::Unasked,
        items_load: Load::Unasked,
        loaded: 0,
        count: None,
        next: None,
    }
}

/// Begins a tree at an address.
fn go(turn: &mut Turn, jid: Jid, node: Option<String>) {
    let Some(disco) = view(turn) else { return };
    disco.address = TextBox::new(jid.as_str());
    disco.is_editing_address = false;
    disco.nodes = vec![row(jid, node, None, 0)];
    disco.selected = 0;
    disco.top = 0;
    disco.filter.clear();
    disco.is_filtering = false;
    disco.queue.clear();
    disco.waiting.clear();
    want_info(disco, 0);
    unfold(disco, 0);
    pump(turn);
}

fn want_info(disco: &mut DiscoView, at: usize) {
    let Some(node) = disco.nodes.get_mut(at).filter(|n| n.info_load == Load::Unasked) else { return };
    node.info_load = Load::Loading;
    let ask = DiscoAsk { jid: node.jid.clone(), node: node.node.clone(), items: None };
    disco.queue.push_back(ask);
}

fn unfold(disco: &mut DiscoView, at: usize) {
    let Some(node) = disco.nodes.get_mut(at) else { return };
    node.is_open = true;
    if node.items_load == Load::Unasked {
        node.items_load = Load::Loading;
        let ask = DiscoAsk { jid: node.jid.clone(), node: node.node.clone(), items: Some(None) };
        disco.queue.push_front(ask);
    }
}

/// Takes the children out; they are asked for again when the row is opened.
fn fold(disco: &mut DiscoView, at: usize) {
    let end = end_of(disco, at);
    disco.nodes.drain(at + 1..end);
    let Some(node) = disco.nodes.get_mut(at) else { return };
    node.is_open = false;
    node.items_load = Load::Unasked;
    node.loaded = 0;
    node.next = None;
}

/// The first row after a row's descendants.
fn end_of(disco: &DiscoView, at: usize) -> usize {
    let Some(depth) = disco.nodes.get(at).map(|n| n.depth) else { return disco.nodes.len() };
    let below = disco.nodes.iter().skip(at + 1).take_while(|n| n.depth > depth).count();
    at + 1 + below
}

/// The row above a row in the tree.
fn parent_of(disco: &DiscoView, at: usize) -> Option<usize> {
    let depth = disco.nodes.get(at)?.depth;
    disco.nodes[..at].iter().rposition(|n| n.depth < depth)
}

/// Asks what waits, a few at a time.
fn pump(turn: &mut Turn) {
    loop {
        let Some(disco) = view(turn) else { return };
        if disco.waiting.len() >= AT_ONCE {
            return;
        }
        let Some(ask) = disco.queue.pop_front() else { return };
        // The row may be folded away by now.
        if !disco.nodes.iter().any(|n| n.jid == ask.jid && n.node == ask.node) {
            continue;
        }
        let account = disco.account.clone();
        let token = turn.token();
        let Some(disco) = view(turn) else { return };
        disco.waiting.push((token, ask.jid.clone(), ask.node.clone()));
        let command = match ask.items {
            None => command::service::Command::Info { jid: ask.jid, node: ask.node, token },
            Some(after) => command::service::Command::Items { jid: ask.jid, node: ask.node, after, token },
        };
        turn.command(&account, Command::Service(command));
    }
}

/// Which row awaited this answer.
fn awaited(disco: &mut DiscoView, token: Token) -> Option<usize> {
    let at = disco.waiting.iter().position(|(t, ..)| *t == token)?;
    let (_, jid, node) = disco.waiting.remove(at);
    disco.nodes.iter().position(|n| n.jid == jid && n.node == node)
}

/// Details have come.
pub(crate) fn info(turn: &mut Turn, token: Token, answer: Result<DiscoInfo, Untrusted>) {
    let Some(disco) = view(turn) else { return };
    if let Some(at) = awaited(disco, token) {
        let node = &mut disco.nodes[at];
        match answer {
            Ok(info) => {
                if node.name.is_none() {
                    node.name = info.identities.iter().find_map(|i| i.name.clone());
                }
                node.info = Some(info);
                node.info_load = Load::Done;
            }
            Err(reason) => node.info_load = Load::Failed(reason),
        }
    }
    pump(turn);
}

/// A page of children has come.
pub(crate) fn items(turn: &mut Turn, token: Token, answer: Result<DiscoItems, Untrusted>) {
    let Some(account) = view(turn).map(|disco| disco.account.clone()) else { return };
    let kept = turn.state.accounts.get(&account).map(|a| a.unfolded.clone()).unwrap_or_default();
    let Some(disco) = view(turn) else { return };
    if let Some(at) = awaited(disco, token) {
        match answer {
            Ok(items) => put_items(disco, at, items, &kept),
            Err(reason) => disco.nodes[at].items_load = Load::Failed(reason),
        }
    }
    pump(turn);
}

/// Puts a page of children into the tree; those that the user had unfolded before are unfolded again.
fn put_items(disco: &mut DiscoView, at: usize, items: DiscoItems, kept: &[(Jid, Option<String>)]) {
    if !disco.nodes[at].is_open {
        disco.nodes[at].items_load = Load::Unasked;
        return;
    }
    let depth = disco.nodes[at].depth + 1;
    let is_server = disco.nodes[at].jid.local().is_none() && depth == 1;
    let mut put = end_of(disco, at);
    let first = put;
    let room = ROWS.saturating_sub(disco.nodes.len());
    let is_cut = items.items.len() > room;
    for DiscoItem { jid, node, name } in items.items.into_iter().take(room) {
        // One that names itself as its own child must not make a tree without end.
        let is_known = disco.nodes[at..put].iter().any(|n| n.depth <= depth && n.jid == jid && n.node == node);
        if is_known {
            continue;
        }
        if put <= disco.selected {
            disco.selected += 1;
        }
        disco.nodes.insert(put, row(jid, node, name, depth));
        put += 1;
    }
    let parent = &mut disco.nodes[at];
    parent.items_load = Load::Done;
    parent.loaded += put - first;
    parent.count = items.count;
    parent.next = if is_cut || put == first { None } else { items.next };
    for child in first..put {
        let row = (disco.nodes[child].jid.clone(), disco.nodes[child].node.clone());
        if kept.contains(&row) {
            unfold(disco, child);
        }
    }
    if is_server {
        // What the services of a server are is what one came to see.
        for child in first..put {
            want_info(disco, child);
        }
    }
}

/// The selection moved: its details are wanted, and the next page where it is at the end of one.
fn moved(turn: &mut Turn) {
    let Some(disco) = view(turn) else { return };
    let at = disco.selected;
    want_info(disco, at);
    if let Some(parent) = parent_of(disco, at) {
        let is_last = end_of(disco, parent) == at + 1;
        let node = &mut disco.nodes[parent];
        if is_last && node.items_load == Load::Done && node.next.is_some() {
            node.items_load = Load::Loading;
            let after = node.next.take();
            let ask = DiscoAsk { jid: node.jid.clone(), node: node.node.clone(), items: Some(after) };
            disco.queue.push_front(ask);
        }
    }
    pump(turn);
}

/// The filter or the address changed.
fn filtered(turn: &mut Turn) {
    let Some(disco) = view(turn).filter(|d| d.is_filtering) else { return };
    let shown = disco.shown();
    if !shown.contains(&disco.selected) {
        disco.selected = shown.first().copied().unwrap_or(0);
    }
}

/// Moves in the tree.
fn list(turn: &mut Turn, list: List) {
    let Some(disco) = view(turn) else { return };
    let shown = disco.shown();
    let at = shown.iter().position(|i| *i == disco.selected).unwrap_or(0);
    match list {
        List::Move(step) => {
            disco.selected = shown.get(step.from(at, shown.len(), PAGE)).copied().unwrap_or(0);
            moved(turn);
        }
        List::Open if disco.is_editing_address => {
            let text = disco.address.text.trim().to_owned();
            match Jid::typed(&text) {
                Ok(jid) => visit(turn, jid, None),
                Err(why) => turn.error(words::address::not_valid(why)),
            }
        }
        List::Open if disco.is_filtering => disco.is_filtering = false,
        List::Open => browse(turn, Browse::Act),
        List::Filter => disco.is_filtering = true,
        List::FindNext | List::FindPrev | List::Edit => {}
    }
}

/// Goes to another address; the way back is kept.
fn visit(turn: &mut Turn, jid: Jid, node: Option<String>) {
    let Some(disco) = view(turn) else { return };
    if let Some(root) = disco.nodes.first() {
        let here = (root.jid.clone(), root.node.clone());
        disco.back.push(here);
        if disco.back.len() > BACK {
            disco.back.remove(0);
        }
    }
    disco.forward.clear();
    go(turn, jid, node);
}

/// Acts on the selected row.
pub(crate) fn browse(turn: &mut Turn, browse: Browse) {
    let Some(disco) = view(turn) else { return };
    let at = disco.selected;
    match browse {
        Browse::Fold => {
            let is_open = disco.nodes.get(at).is_some_and(|n| n.is_open);
            if is_open {
                toggle(turn, at, false);
            } else if let Some(parent) = parent_of(disco, at) {
                disco.selected = parent;
            }
        }
        Browse::Unfold => toggle(turn, at, true),
        Browse::Address => disco.is_editing_address = true,
        Browse::Back => history(turn, true),
        Browse::Forward => history(turn, false),
        Browse::Retry => retry(turn),
        Browse::Copy => {
            if let Some(jid) = disco.nodes.get(at).map(|n| n.jid.to_string()) {
                turn.effect(Effect::Copy(jid));
            }
        }
        Browse::Act => act(turn),
        Browse::Form => ask_form(turn),
    }
}

fn history(turn: &mut Turn, is_back: bool) {
    let Some(disco) = view(turn) else { return };
    let here = disco.nodes.first().map(|n| (n.jid.clone(), n.node.clone()));
    let to = if is_back { disco.back.pop() } else { disco.forward.pop() };
    let Some((jid, node)) = to else { return };
    if let Some(here) = here {
        let other = if is_back { &mut disco.forward } else { &mut disco.back };
        other.push(here);
    }
    go(turn, jid, node);
}

fn retry(turn: &mut Turn) {
    let Some(disco) = view(turn) else { return };
    let at = disco.selected;
    let Some(node) = disco.nodes.get_mut(at) else { return };
    if matches!(node.info_load, Load::Failed(_)) {
        node.info_load = Load::Unasked;
        want_info(disco, at);
    }
    if matches!(disco.nodes[at].items_load, Load::Failed(_)) {
        fold(disco, at);
        unfold(disco, at);
    }
    pump(turn);
}

/// What Enter does: a room is joined, an account is talked with, anything else is opened.
fn act(turn: &mut Turn) {
    let Some(disco) = view(turn) else { return };
    let (at, account) = (disco.selected, disco.account.clone());
    let Some(node) = disco.nodes.get(at) else { return };
    let is_room_service =
        |n: &DiscoNode| n.info.as_ref().is_some_and(|i| i.identities.iter().any(|d| d.category == "conference"));
    let is_room = node.jid.local().is_some()
        && node.node.is_none()
        && (is_room_service(node) || parent_of(disco, at).is_some_and(|p| is_room_service(&disco.nodes[p])));
    let is_account = node.info.as_ref().is_some_and(|i| i.identities.iter().any(|d| d.category == "account"));
    let jid = node.jid.bare();
    if is_room {
        turn.state.overlays.retain(|o| !matches!(o, Overlay::Disco(_)));
        chats::join(turn, &account, &jid, None, None);
    } else if is_account && node.jid.local().is_some() {
        turn.state.overlays.retain(|o| !matches!(o, Overlay::Disco(_)));
        chats::start(turn, &crate::model::ChatId::new(account, &jid));
    } else {
        let is_open = node.is_open;
        toggle(turn, at, !is_open);
    }
}

/// The user unfolds a row or folds it, which is kept: the tree looks the same when it is opened again.
fn toggle(turn: &mut Turn, at: usize, opens: bool) {
    let Some(disco) = view(turn) else { return };
    let Some(row) = disco.nodes.get(at).map(|n| (n.jid.clone(), n.node.clone())) else { return };
    let account = disco.account.clone();
    if opens {
        unfold(disco, at);
    } else {
        fold(disco, at);
    }
    pump(turn);
    // The tree's root is always open.
    let Some(known) = turn.state.accounts.get_mut(&account).filter(|_| at > 0) else { return };
    known.unfolded.retain(|kept| *kept != row);
    if opens {
        known.unfolded.push(row);
        let extra = known.unfolded.len().saturating_sub(UNFOLDED);
        known.unfolded.drain(..extra);
    }
    let nodes = known.unfolded.clone();
    turn.write(UserWrite::Unfolded { account, nodes });
}

/// The form of the selected row: a room's settings, or a service's registration.
fn ask_form(turn: &mut Turn) {
    let Some(disco) = view(turn) else { return };
    let account = disco.account.clone();
    let Some(node) = disco.nodes.get(disco.selected) else { return };
    let jid = node.jid.clone();
    let is_room = jid.local().is_some()
        && node.info.as_ref().is_some_and(|i| i.identities.iter().any(|d| d.category == "conference"));
    if is_room {
        form::ask_room(turn, &account, &jid.bare());
    } else {
        form::ask_registration(turn, &account, jid);
    }
}
