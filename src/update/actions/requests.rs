//! Answers requests: subscriptions, invitations to rooms, and strangers who wrote.

use super::super::overlays::{picker, text};
use super::super::turn::{Done, Turn};
use super::super::{chats, looks, requests};
use crate::action::{Action, OnRow, Target};
use crate::contract::Command;
use crate::contract::command::{muc, roster};
use crate::model::{AccountId, BareJid, ChatId, RoomInvite, Subscription, Untrusted};
use crate::state::requests::Request;
use crate::words;

/// Answers a request: the named one, the open chat's, or the oldest.
pub(crate) fn answer(turn: &mut Turn, who: Option<Target>, is_yes: bool) -> Done {
    let at = match &who {
        None => requests::in_focus(turn).ok_or_else(words::request::none_waiting)?,
        Some(target) => {
            let text = match target {
                Target::Address(jid) => jid.bare().to_string(),
                Target::Name(name) => name.to_lowercase(),
            };
            let named = |r: &Request| match r {
                Request::Subscription { jid, .. } => is_named(jid, &text),
                Request::Invite { invite, .. } => is_named(&invite.room, &text) || is_named(&invite.from.bare(), &text),
                Request::Stranger(chat) => is_named(&chat.address.bare(), &text),
            };
            let found = turn.state.requests.list.iter().position(named);
            found.ok_or_else(|| words::request::no_such(&text))?
        }
    };
    answer_at(turn, at, is_yes);
    Ok(())
}

fn is_named(jid: &BareJid, text: &str) -> bool {
    jid.as_str() == text || jid.local() == Some(text)
}

/// Answers the request that the open chat is about.
pub(crate) fn answer_here(turn: &mut Turn, is_yes: bool) -> Done {
    let at = turn.state.request_here().ok_or_else(words::request::chat_is_none)?;
    answer_at(turn, at, is_yes);
    Ok(())
}

/// Answers the request that is chosen in the list of requests, which stays for the others.
pub(crate) fn answer_listed(turn: &mut Turn, request: &Request, is_yes: bool) -> Done {
    let at = turn.state.requests.list.iter().position(|r| r.is_same(request));
    let at = at.ok_or_else(words::request::answered_already)?;
    match request {
        Request::Stranger(chat) if is_yes => {
            requests::accept_chat(turn, chat);
            turn.info(words::request::accepted_stranger(&chat.address));
        }
        // The room is what the user wants to see now.
        Request::Invite { .. } if is_yes => {
            turn.state.overlays.pop();
            answer_at(turn, at, true);
        }
        Request::Stranger(_) | Request::Subscription { .. } | Request::Invite { .. } => answer_at(turn, at, is_yes),
    }
    picker::requests_changed(turn);
    Ok(())
}

/// Shows what a request says, which answers nothing.
pub(crate) fn read(turn: &mut Turn, request: &Request) {
    let mut lines: Vec<Untrusted> = match request {
        Request::Stranger(chat) => return chats::open(turn, chat),
        Request::Subscription { jid, text, .. } => vec![
            text::row(words::card::from(), jid),
            said(text.as_ref()),
            Untrusted::default(),
            words::request::asks_presence(jid).into(),
        ],
        Request::Invite { invite, .. } => vec![
            text::row(words::card::room(), &invite.room),
            text::row(words::card::from(), &invite.from),
            said(invite.reason.as_ref()),
            Untrusted::default(),
            words::request::accept_enters().into(),
        ],
    };
    if let Some(why) = looks::of_request(turn, request) {
        lines.push(why.into());
    }
    let key = |what: OnRow, command: &str| {
        let keys = turn.keymap.keys_of(&Action::Row(what));
        keys.first().cloned().unwrap_or_else(|| format!("{command} {}", request.who()))
    };
    let (yes, no) = (key(OnRow::Accept, "/accept"), key(OnRow::Deny, "/deny"));
    lines.push(words::request::keys_here(&yes, &no).into());
    text::open(turn, capital(&request.word()), lines);
}

fn said(text: Option<&Untrusted>) -> Untrusted {
    let text = text.map_or_else(words::card::nothing, |text| text.raw().to_owned());
    text::row(words::card::they_say(), text)
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

/// Answers the request at this place of the list.
pub(crate) fn answer_at(turn: &mut Turn, at: usize, is_yes: bool) {
    if at >= turn.state.requests.list.len() {
        return;
    }
    let request = turn.state.requests.list.remove(at);
    turn.state.requests.settle(|_| false);
    turn.touch_sidebar();
    turn.state.work.new_requests = 0;
    match (request, is_yes) {
        (Request::Subscription { account, jid, .. }, true) => allow(turn, account, jid),
        (Request::Subscription { account, jid, .. }, false) => {
            turn.command(&account, Command::Roster(roster::Command::Deny(jid.clone())));
            turn.info(words::request::denied_contact(&jid));
        }
        (Request::Invite { account, invite }, true) => {
            chats::join(turn, &account, &invite.room, None, invite.password);
        }
        (Request::Invite { account, invite }, false) => decline(turn, &account, invite),
        (Request::Stranger(chat), true) => {
            requests::accept_chat(turn, &chat);
            chats::open(turn, &chat);
        }
        (Request::Stranger(chat), false) => {
            requests::put_away(turn, &chat);
            chats::close(turn, &chat);
            turn.info(words::request::denied_stranger(&chat.address));
        }
    }
}

/// The user adds somebody: that is the answer to their own request.
pub(crate) fn added(turn: &mut Turn, account: &AccountId, jid: &BareJid) {
    let is_theirs =
        |r: &Request| matches!(r, Request::Subscription { account: a, jid: j, .. } if a == account && j == jid);
    if turn.state.requests.list.iter().any(is_theirs) {
        turn.state.requests.settle(is_theirs);
        turn.command(account, Command::Roster(roster::Command::Allow(jid.clone())));
        turn.info(words::request::accepted_contact_too(jid));
        turn.touch_sidebar();
    }
}

/// Lets somebody see the user's presence, and asks to see theirs where that is not asked yet.
fn allow(turn: &mut Turn, account: AccountId, jid: BareJid) {
    turn.command(&account, Command::Roster(roster::Command::Allow(jid.clone())));
    let is_asked = turn.state.roster.get(&account, &jid).is_some_and(|c| match c.subscription {
        Subscription::To | Subscription::Both => true,
        Subscription::None | Subscription::From => c.is_asked,
    });
    if !is_asked {
        let set = roster::Command::Set { jid: jid.clone(), name: None, groups: None, subscribe: true };
        turn.command(&account, Command::Roster(set));
    }
    turn.info(words::request::accepted_contact(&jid));
    requests::accept_chat(turn, &ChatId::new(account, jid));
}

fn decline(turn: &mut Turn, account: &AccountId, invite: RoomInvite) {
    turn.muc(account, muc::Command::DeclineInvite { room: invite.room.clone(), from: invite.from });
    turn.info(words::request::declined(&invite.room));
}
