//! Accounts and connections.

use crate::action::{Action, OnAccount};
use crate::slash::parse::user;
use crate::slash::spec::{Arg, ArgKind, Domain, Slash};

const WHICH: &[Arg] = &[Arg::may("account", ArgKind::Account, "one of yours; the current one if left out")];

const ACCOUNT: Slash = Slash {
    name: "account",
    aliases: &["accounts"],
    domain: Domain::Accounts,
    args: &[
        Arg::may("what", ArgKind::OneOf(&["list", "add", "remove", "use"]), "what to do; list if left out"),
        Arg::may("address", ArgKind::Account, "which account, to remove or use"),
    ],
    summary: "list, add, remove or choose your accounts",
    detail: "The current account is the one that commands without a chat are for. Removing asks first.",
    examples: &["/account", "/account add", "/account use romeo@montague.lit"],
    xeps: &[],
    run: |p| {
        let what = p.text(0).unwrap_or_else(|| "list".into());
        let account = match what.as_str() {
            "list" => OnAccount::List,
            "add" => OnAccount::Add,
            "remove" => OnAccount::Remove(p.need(1, user)?),
            "use" => OnAccount::Use(p.need(1, user)?),
            _ => return Err(p.error(0, "must be list, add, remove or use")),
        };
        if p.has(1) && matches!(account, OnAccount::List | OnAccount::Add) {
            return Err(p.error(1, format!("/account {what} takes no address")));
        }
        Ok(Action::Account(account))
    },
};

const CONNECT: Slash = Slash {
    name: "connect",
    aliases: &["login"],
    domain: Domain::Accounts,
    args: WHICH,
    summary: "sign in",
    detail: "",
    examples: &["/connect", "/connect romeo@montague.lit"],
    xeps: &[],
    run: |p| Ok(Action::Connect(p.read(0, user)?)),
};

const DISCONNECT: Slash = Slash {
    name: "disconnect",
    aliases: &["logout"],
    domain: Domain::Accounts,
    args: WHICH,
    summary: "sign out and stay signed out",
    detail: "",
    examples: &["/disconnect"],
    xeps: &[],
    run: |p| Ok(Action::Disconnect(p.read(0, user)?)),
};

const RECONNECT: Slash = Slash {
    name: "reconnect",
    aliases: &[],
    domain: Domain::Accounts,
    args: WHICH,
    summary: "sign out and in again",
    detail: "",
    examples: &["/reconnect"],
    xeps: &[],
    run: |p| Ok(Action::Reconnect(p.read(0, user)?)),
};

/// The rows.
pub const TABLE: &[Slash] = &[ACCOUNT, CONNECT, DISCONNECT, RECONNECT];
