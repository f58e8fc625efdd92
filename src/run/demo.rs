//! `parlour demo`: the same program with a server inside it. Messages go into a temporary folder; the network, the
//! keyring and the user's own folders are not touched.

use super::engines::MakeDial;
use crate::words;
use crate::{
    config::{AccountConfig, PasswordSource},
    model::{AccountId, AccountSettings, BadJid, BareJid, ChatId, DownReason, Secret, Step, StepState},
    playground::{self, Playground},
    xmpp::{
        connect::Dial,
        link::{Link, Security, Steps},
    },
};
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// The world is the same each time.
const SEED: u64 = 1597;

/// The account of the playground.
///
/// # Errors
/// Never, as long as the playground's address is one.
pub fn account() -> Result<AccountConfig, BadJid> {
    let id = AccountId(BareJid::parse(playground::JID)?);
    let mut settings = AccountSettings::new(id, "parlour".to_owned());
    // Not "you": every sentence with that word would be a mention.
    settings.nick = Some("romeo".to_owned());
    Ok(AccountConfig {
        settings,
        is_enabled: true,
        password: PasswordSource::InConfig(Secret::new(playground::PASSWORD)),
    })
}

/// The chat that the playground begins with: the guide says what there is to try.
///
/// # Errors
/// Never, as long as the playground's addresses are some.
pub fn guide() -> Result<ChatId, BadJid> {
    let account = AccountId(BareJid::parse(playground::JID)?);
    Ok(ChatId::new(account, &BareJid::parse(playground::GUIDE)?))
}

/// Dials into the playground. Must be called inside the runtime.
pub fn dial() -> MakeDial {
    let playground = Arc::new(Playground::new(SEED));
    Box::new(move || Box::new(Inside(playground.clone())))
}

struct Inside(Arc<Playground>);

impl Dial for Inside {
    fn dial<'a>(&'a mut self, _: &'a AccountSettings, steps: Steps<'a>) -> BoxFuture<'a, Result<Link, DownReason>> {
        Box::pin(async move {
            let words = || StepState::Done(words::program::demo_server().into());
            steps(Step::Resolve, words());
            steps(Step::Connect, words());
            Ok(Link { io: Box::new(self.0.connect()), security: Security::InProcess, peer: None })
        })
    }
}
