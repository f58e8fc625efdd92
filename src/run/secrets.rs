//! Writes to the keyring, one at a time and in the order of the requests, so that a token that is still being saved
//! does not come back after its account was removed (K-10).

use super::{keyring, note::Notes};
use crate::model::{AccountId, BareJid, FastToken, Secret};
use crate::update::{Msg, ShellNews};
use crate::words;
use tokio::sync::mpsc;

/// A change to the keyring.
pub enum SecretChange {
    /// The user wants this password kept.
    Password(AccountId, Secret),
    /// The password of a room that has taken it; `None` where it is wrong, or its account is gone.
    Room(AccountId, BareJid, Option<Secret>),
    /// The token of the last login; `None` where the server accepts it no longer.
    Token(AccountId, Option<FastToken>),
    /// The account is gone, or its password is to be asked for each time.
    Forget(AccountId),
}

/// Begins to carry out changes.
pub fn keep(notes: &Notes) -> mpsc::UnboundedSender<SecretChange> {
    let (sender, mut changes) = mpsc::unbounded_channel();
    let notes = notes.clone();
    tokio::spawn(async move {
        while let Some(change) = changes.recv().await {
            if let Some(told) = carry_out(change).await {
                notes.msg(Msg::Shell(told)).await;
            }
        }
    });
    sender
}

async fn carry_out(change: SecretChange) -> Option<ShellNews> {
    match change {
        SecretChange::Password(id, secret) => Some(match keyring::save(&id, secret).await {
            Ok(()) => ShellNews::Info(words::secret::saved(id)),
            Err(why) => ShellNews::Error(words::secret::not_saved(id, why)),
        }),
        SecretChange::Room(id, room, secret) => keep_room(&id, &room, secret).await,
        SecretChange::Token(id, token) => {
            if let Err(why) = keep_token(&id, token).await {
                // The password is there: the next start only takes a little longer.
                tracing::info!("the login token of {id} is not kept: {why}");
            }
            None
        }
        SecretChange::Forget(id) => {
            if let Err(why) = keyring::forget_token(&id).await {
                tracing::warn!("the login token of {id} may still be in the keyring: {why}");
            }
            match keyring::forget(&id).await {
                Ok(true) => Some(ShellNews::Info(words::secret::removed(id))),
                Ok(false) => None,
                Err(why) => Some(ShellNews::Error(words::secret::not_removed(id, why))),
            }
        }
    }
}

/// The password of a room is kept in the keyring, or nowhere; where there is no keyring, there is nothing to tell.
async fn keep_room(id: &AccountId, room: &BareJid, secret: Option<Secret>) -> Option<ShellNews> {
    let Some(secret) = secret else {
        return match keyring::forget_room(id, room).await {
            Ok(_) => None,
            Err(why) => Some(ShellNews::Error(words::secret::not_removed(room, why))),
        };
    };
    match keyring::save_room(id, room, secret).await {
        Ok(true) => Some(ShellNews::Info(words::secret::saved(room))),
        Ok(false) => None,
        Err(why) => Some(ShellNews::Log(words::secret::not_saved(room, why))),
    }
}

/// A token is kept where the user chose to keep the password: in the keyring, or nowhere.
async fn keep_token(id: &AccountId, token: Option<FastToken>) -> Result<(), String> {
    match token {
        None => keyring::forget_token(id).await,
        Some(token) => match keyring::read(id).await {
            Ok(Some(_)) => keyring::save_token(id, token.line()).await,
            Ok(None) | Err(_) => Ok(()),
        },
    }
}
