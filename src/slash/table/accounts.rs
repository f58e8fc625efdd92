//! Accounts and connections.

use crate::action::{Action, OnAccount, OnCert};
use crate::model::login::typed_fingerprint;
use crate::slash::read::user;
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
    summary: "sign out, and do not reconnect",
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
    summary: "connect, or retry now; while signed in, sign out and in again",
    detail: "Ends the wait for the next attempt at once. After several attempts in a row it takes some seconds, so that \
             no server is flooded. When the network comes back, parlour reconnects automatically.",
    examples: &["/reconnect"],
    xeps: &[],
    run: |p| Ok(Action::Reconnect(p.read(0, user)?)),
};

const CONNECTION: Slash = Slash {
    name: "connection",
    aliases: &["conn"],
    domain: Domain::Accounts,
    args: WHICH,
    summary: "show the last login step by step, how safe it is, and what the server offers",
    detail: "Each step with its time, TLS and certificate, how it was signed in, and what each thing means.",
    examples: &["/connection"],
    xeps: &[198, 368],
    run: |p| Ok(Action::Connection(p.read(0, user)?)),
};

const OUTAGE: Slash = Slash {
    name: "outage",
    aliases: &["maintenance"],
    domain: Domain::Accounts,
    args: WHICH,
    summary: "show what the operators of your server say about outages",
    detail: "The server says at which web addresses they tell of it; parlour remembers them, and looks there by itself \
             when it cannot connect. Only https is fetched, through the account's proxy where it has one. What is \
             planned or under way stands under the top line until it is over.",
    examples: &["/outage"],
    xeps: &[455],
    run: |p| Ok(Action::Outage(p.read(0, user)?)),
};

const CERT: Slash = Slash {
    name: "cert",
    aliases: &["tls"],
    domain: Domain::Accounts,
    args: &[
        Arg::may("what", ArgKind::OneOf(&["show", "pin", "forget"]), "what to do; show if left out"),
        Arg::may(
            "fingerprint",
            ArgKind::Fingerprint,
            "for pin: at least 16 hex digits of the key's fingerprint, typed by you",
        ),
    ],
    summary: "show the certificate of your server, or pin its key",
    detail: "With a pin only that key is accepted, whatever an authority says; a change stops the login. It is the \
             way to a server whose certificate nobody vouches for. /account use chooses the account.",
    examples: &["/cert", "/cert pin 3f2a 99b1 0c4d 5e6f", "/cert forget"],
    xeps: &[],
    run: |p| {
        let what = p.text(0).unwrap_or_else(|| "show".into());
        let fingerprint = p.text(1);
        let cert = match (what.as_str(), fingerprint) {
            ("pin", Some(typed)) => match typed_fingerprint(&typed) {
                Ok(_) => OnCert::Pin(typed),
                Err(why) => return Err(p.error(1, why)),
            },
            ("pin", None) => return Err(p.error(0, "needs the fingerprint: /cert shows it")),
            ("show", None) => OnCert::Show,
            ("forget", None) => OnCert::Forget,
            ("show" | "forget", Some(_)) => return Err(p.error(1, format!("/cert {what} takes nothing more"))),
            _ => return Err(p.error(0, "must be show, pin or forget")),
        };
        Ok(Action::Cert(cert))
    },
};

/// The rows.
pub const TABLE: &[Slash] = &[ACCOUNT, CONNECT, DISCONNECT, RECONNECT, CONNECTION, OUTAGE, CERT];
