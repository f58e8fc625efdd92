//! The system's keyring (Secret Service). It is asked outside the app's task and with a time limit, since a locked
//! keyring opens a dialog and waits for a person.

use crate::model::{AccountId, BareJid, FastToken, Secret, secret::wipe};
use crate::words;
use keyring::{Entry, Error};
use std::time::Duration;

/// How long a start waits for the keyring.
const READ_LIMIT: Duration = Duration::from_secs(3);
/// How long saving may take: a person may have to unlock it.
const SAVE_LIMIT: Duration = Duration::from_mins(1);
const SERVICE: &str = "parlour";

/// Whether there is a keyring: its name, or why there is none.
///
/// # Errors
/// In words.
pub async fn probe() -> Result<String, String> {
    limited(READ_LIMIT, || {
        if may_be_here() && Entry::store_status().is_ok() {
            Ok("Secret Service".to_owned())
        } else {
            Err(words::secret::no_keyring())
        }
    })
    .await
}

/// The password of an account; `None` where the keyring has none.
///
/// # Errors
/// Why the keyring cannot be asked, in words.
pub async fn read(id: &AccountId) -> Result<Option<Secret>, String> {
    read_named(id.to_string()).await
}

async fn read_named(name: String) -> Result<Option<Secret>, String> {
    limited(READ_LIMIT, move || match entry(&name)?.get_password() {
        Ok(text) => {
            let secret = Secret::new(&text);
            wipe(text);
            Ok(Some(secret))
        }
        Err(Error::NoEntry) => Ok(None),
        Err(e) => Err(words(&e)),
    })
    .await
}

/// Saves a password, and reads it back: some keyrings say yes and keep nothing.
///
/// # Errors
/// Why it is not saved, in words.
pub async fn save(id: &AccountId, secret: Secret) -> Result<(), String> {
    let name = id.to_string();
    limited(SAVE_LIMIT, move || {
        let entry = entry(&name)?;
        entry.set_password(secret.expose()).map_err(|e| words(&e))?;
        match entry.get_password() {
            Ok(kept) => {
                let is_same = kept == secret.expose();
                wipe(kept);
                if is_same { Ok(()) } else { Err(words::secret::other_came_back()) }
            }
            Err(e) => Err(words(&e)),
        }
    })
    .await
}

/// Takes an account's password out; whether there was one.
///
/// # Errors
/// Why it may still be there, in words.
pub async fn forget(id: &AccountId) -> Result<bool, String> {
    delete(id.to_string()).await
}

/// A login token (XEP-0484) of an account, where the keyring has one.
///
/// # Errors
/// Why the keyring cannot be asked, in words.
pub async fn read_token(id: &AccountId) -> Result<Option<FastToken>, String> {
    let name = token_name(id);
    limited(READ_LIMIT, move || match entry(&name)?.get_password() {
        Ok(text) => {
            let token = FastToken::parse(&text);
            wipe(text);
            Ok(token)
        }
        Err(Error::NoEntry) => Ok(None),
        Err(e) => Err(words(&e)),
    })
    .await
}

/// Saves a login token, as the line that it is kept as.
///
/// # Errors
/// Why it is not saved, in words.
pub async fn save_token(id: &AccountId, line: Secret) -> Result<(), String> {
    let name = token_name(id);
    limited(READ_LIMIT, move || entry(&name)?.set_password(line.expose()).map_err(|e| words(&e))).await
}

/// Takes an account's login token out.
///
/// # Errors
/// Why it may still be there, in words.
pub async fn forget_token(id: &AccountId) -> Result<(), String> {
    delete(token_name(id)).await.map(|_| ())
}

/// The password of a room, where the keyring has one.
///
/// # Errors
/// Why the keyring cannot be asked, in words.
pub async fn read_room(id: &AccountId, room: &BareJid) -> Result<Option<Secret>, String> {
    read_named(room_name(id, room)).await
}

/// Saves the password of a room; whether there is a keyring for it.
///
/// # Errors
/// Why it is not saved, in words.
pub async fn save_room(id: &AccountId, room: &BareJid, secret: Secret) -> Result<bool, String> {
    let name = room_name(id, room);
    limited(SAVE_LIMIT, move || {
        if !may_be_here() {
            return Ok(false);
        }
        entry(&name)?.set_password(secret.expose()).map_err(|e| words(&e))?;
        Ok(true)
    })
    .await
}

/// Takes the password of a room out; whether there was one.
///
/// # Errors
/// Why it may still be there, in words.
pub async fn forget_room(id: &AccountId, room: &BareJid) -> Result<bool, String> {
    delete(room_name(id, room)).await
}

fn room_name(id: &AccountId, room: &BareJid) -> String {
    format!(" password of {room} for {id}")
}

/// No address begins with a space, so this is nobody's password.
fn token_name(id: &AccountId) -> String {
    format!(" token of {id}")
}

async fn delete(name: String) -> Result<bool, String> {
    limited(SAVE_LIMIT, move || match entry(&name) {
        Ok(entry) => match entry.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(e) => Err(words(&e)),
        },
        // Without a keyring, nothing was ever put there.
        Err(_) => Ok(false),
    })
    .await
}

/// Whether there can be a keyring at all. Where the session has no bus, as over ssh, the library is not
/// even begun: its threads would wake up twice a second ever after.
pub fn may_be_here() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    let user = format!("/run/user/{}/bus", rustix::process::geteuid().as_raw());
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(|dir| std::path::Path::new(&dir).join("bus"));
    !cfg!(target_os = "linux")
        || is_set("DBUS_SESSION_BUS_ADDRESS")
        || runtime.is_some_and(|path| path.exists())
        || std::path::Path::new(&user).exists()
}

fn entry(name: &str) -> Result<Entry, String> {
    if !may_be_here() {
        return Err(words::secret::no_keyring());
    }
    Entry::new(SERVICE, name).map_err(|e| words(&e))
}

/// The library's own words hold the attributes, and for a broken entry the password's bytes.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library may add variants")]
fn words(error: &Error) -> String {
    match error {
        Error::NoDefaultStore => words::secret::no_keyring(),
        Error::NoStorageAccess(_) => words::secret::locked(),
        Error::NoEntry => words::secret::no_entry(),
        Error::BadEncoding(_) => words::secret::not_text(),
        Error::Ambiguous(_) => words::secret::several(),
        _ => words::secret::failed(),
    }
}

async fn limited<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    match tokio::time::timeout(limit, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(words::secret::failed()),
        Err(_) => Err(words::secret::silent(limit.as_secs())),
    }
}
