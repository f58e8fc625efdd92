//! The identity of this installation towards servers (the XEP-0388 `user-agent`): one random number per profile, made
//! once. Each account's server gets a different UUID derived from it, so that servers cannot tell that two accounts
//! belong to one person. A server binds its tokens and the resource to that UUID.

use super::dirs::{Dirs, DirsError, put_whole};
use crate::model::AccountId;
use sha2::{Digest, Sha256};
use std::fs;

/// The profile's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device([u8; 16]);

impl Device {
    /// Reads it, or makes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn load(dirs: &Dirs) -> Result<Self, DirsError> {
        let path = dirs.state.join("device");
        let read = fs::read_to_string(&path).ok();
        if let Some(known) = read.and_then(|text| u128::from_str_radix(text.trim(), 16).ok()).filter(|n| *n != 0) {
            return Ok(Self(known.to_be_bytes()));
        }
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| DirsError::Random)?;
        let text = format!("{:032x}\n", u128::from_be_bytes(bytes));
        put_whole(&path, text.as_bytes()).map_err(|source| DirsError::Io { path, source })?;
        Ok(Self(bytes))
    }

    /// The UUID for an account's server, in the form of version 4.
    #[must_use]
    pub fn uuid(&self, account: &AccountId) -> String {
        let hash = Sha256::new().chain_update(self.0).chain_update(account.jid().as_str()).finalize();
        let mut number = hash.iter().take(16).fold(0_u128, |n, byte| n << 8 | u128::from(*byte));
        number = number & !(0xf << 76) | 0x4 << 76;
        number = number & !(0x3 << 62) | 0x2 << 62;
        let hex = format!("{number:032x}");
        [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)].map(|(from, to)| &hex[from..to]).join("-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BareJid;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_stays_and_each_account_has_its_own() {
        let root = tempfile::tempdir().unwrap();
        let dirs = Dirs::within(root.path()).unwrap();
        let device = Device::load(&dirs).unwrap();
        assert_eq!(Device::load(&dirs).unwrap(), device);
        let file = dirs.state.join("device");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let of = |jid: &str| device.uuid(&AccountId(BareJid::parse(jid).unwrap()));
        let uuid = of("me@a.test");
        assert_eq!(of("me@a.test"), uuid);
        assert_ne!(of("you@a.test"), uuid);
        let bytes = uuid.as_bytes();
        assert!(uuid.len() == 36 && bytes[14] == b'4' && b"89ab".contains(&bytes[19]), "{uuid}");
        fs::write(&file, "nonsense").unwrap();
        assert_ne!(Device::load(&dirs).unwrap(), device);
    }
}
