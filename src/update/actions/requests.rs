//! Answers requests: subscriptions, invitations to rooms, and strangers who wrote.

use super::super::turn::{Done, Turn};
use super::super::{chats, requests};
use crate::action::Target;
use crate::contract::Command;
use crate::contract::command::{muc, roster};
use crate::model::{AccountId, BareJid, ChatId, RoomInvite, Subscription};
use crate::state::requests::Request;

/// Answers a request: the named one, the open chat's, or the oldest.
pub(crate) fn answer(turn: &mut Turn, who: Option<Target>, is_yes: bool) -> Done {
    let at = match &who {
        None => requests::in_focus(turn).ok_or_else(|| "nothing waits for an answer".to_owned())?,
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
            found.ok_or_else(|| format!("no request of {text}: Alt-R lists them all"))?
        }
    };
    answer_at(turn, at, is_yes);
    Ok(())
}

fn is_named(jid: &BareJid, text: &str) -> bool {
    jid.as_str() == text || jid.local() == Some(text)
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
            turn.info(format!("refused {jid}'s request; they are not told why"));
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
            turn.info(format!("put away what {} wrote; it stays in the history", chat.address));
        }
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
    turn.info(format!("{jid} may see when you are online"));
    requests::accept_chat(turn, &ChatId::new(account, jid));
}

fn decline(turn: &mut Turn, account: &AccountId, invite: RoomInvite) {
    turn.muc(account, muc::Command::DeclineInvite { room: invite.room.clone(), from: invite.from });
    turn.info(format!("declined the invitation to {}", invite.room));
}
