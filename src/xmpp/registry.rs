//! The one list of features. A new XEP adds its line in its domain's `mod.rs`.

use super::feature::Feature;
use super::features::{chat, history, muc, presence, roster, service, session};

/// Every feature, fresh, for one account. Within a stage they run in this order: copies of messages
/// are asked for before the archive is read, so that nothing falls between.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    let domains =
        [session::all(), roster::all(), presence::all(), chat::all(), history::all(), muc::all(), service::all()];
    domains.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::command::{chat, history, muc, presence, roster, service};
    use crate::contract::{Bootstrap, Command};
    use crate::model::{
        AccountId, AccountSettings, BareJid, ChatId, ChatKind, ChatState, Form, FormKind, Jid, OwnPresence, Relation,
        Time, Token,
    };
    use crate::xmpp::router::Router;

    fn account() -> AccountId {
        AccountId(BareJid::parse("me@sec.test").unwrap())
    }

    fn every_command() -> Vec<Command> {
        let jid = || Jid::parse("bob@sec.test").unwrap();
        let chat = || ChatId::new(account(), jid());
        let bare = || BareJid::parse("bob@sec.test").unwrap();
        let room = || BareJid::parse("r@muc.sec.test").unwrap();
        let token = Token(1);
        let form = || Form {
            kind: FormKind::Submit,
            title: None,
            instructions: Vec::new(),
            fields: Vec::new(),
            reported: Vec::new(),
            items: Vec::new(),
        };
        let kind = ChatKind::Contact;
        vec![
            Command::Roster(roster::Command::Set { jid: bare(), name: None, groups: None, subscribe: false }),
            Command::Roster(roster::Command::Remove(bare())),
            Command::Roster(roster::Command::Allow(bare())),
            Command::Roster(roster::Command::Deny(bare())),
            Command::Roster(roster::Command::Block { who: jid(), is_blocked: true }),
            Command::Presence(presence::Command::Set(OwnPresence::default())),
            Command::Presence(presence::Command::Direct { to: jid(), presence: OwnPresence::default() }),
            Command::Presence(presence::Command::Attention(false)),
            Command::Chat(chat::Command::Send {
                chat: chat(),
                kind,
                body: "x".into(),
                id: "a".into(),
                relation: Relation::default(),
            }),
            Command::Chat(chat::Command::Retry {
                chat: chat(),
                kind,
                body: "x".into(),
                id: "a".into(),
                relation: Relation::default(),
            }),
            Command::Chat(chat::Command::Drop { chat: chat(), id: "a".into() }),
            Command::Chat(chat::Command::State { chat: chat(), kind, state: ChatState::Active }),
            Command::Chat(chat::Command::AnswerReceipts(true)),
            Command::Chat(chat::Command::Note { chat: chat(), kind, text: "x".into() }),
            Command::History(history::Command::FetchOlder { chat: chat(), kind, oldest: None, before: None }),
            Command::Muc(muc::Command::Enter { room: room(), nick: None, password: None }),
            Command::Muc(muc::Command::Join { room: room(), nick: None, password: None }),
            Command::Muc(muc::Command::Reenter { room: room() }),
            Command::Muc(muc::Command::Leave { room: room(), reason: None }),
            Command::Muc(muc::Command::SetNick { room: room(), nick: "x".into() }),
            Command::Muc(muc::Command::SetSubject { room: room(), subject: "x".into() }),
            Command::Muc(muc::Command::Invite { room: room(), who: bare(), reason: None }),
            Command::Muc(muc::Command::DeclineInvite { room: room(), from: jid() }),
            Command::Muc(muc::Command::Kick { room: room(), nick: "x".into(), reason: None }),
            Command::Muc(muc::Command::Ban { room: room(), who: "x".into(), reason: None }),
            Command::Muc(muc::Command::Unban { room: room(), who: bare() }),
            Command::Muc(muc::Command::Moderate { room: room(), id: "x".into(), reason: None }),
            Command::Muc(muc::Command::Configure { room: room(), token }),
            Command::Muc(muc::Command::SubmitConfig { room: room(), form: form(), token }),
            Command::Service(service::Command::Info { jid: jid(), node: None, token }),
            Command::Service(service::Command::Items { jid: jid(), node: None, after: None, token }),
            Command::Service(service::Command::Version { jid: jid(), token }),
            Command::Service(service::Command::Ping { jid: None, token }),
            Command::Service(service::Command::Time { jid: jid(), token }),
            Command::Service(service::Command::RegisterForm { jid: jid(), token }),
            Command::Service(service::Command::RegisterSubmit { jid: jid(), form: form(), token }),
        ]
    }

    #[test]
    fn each_command_is_taken_by_exactly_one_feature() {
        for command in every_command() {
            let settings = AccountSettings::new(account(), "tui".into());
            let mut router = Router::new(settings, Bootstrap::default(), all(), Box::new(|| "id".into()));
            assert_eq!(router.takers(Time(1), &command), 1, "{command:?}");
        }
    }
}
