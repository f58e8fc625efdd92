//! Services and questions to others.

use crate::action::Action;
use crate::slash::read::{bare, jid, person};
use crate::slash::spec::{Arg, ArgKind, Domain, Parsed, Slash};

const WHO: &[Arg] = &[Arg::may("who", ArgKind::Person, "a nickname, a contact, an address or a server")];

const DISCO: Slash = Slash {
    name: "disco",
    aliases: &["services"],
    domain: Domain::Services,
    args: &[
        Arg::may("address", ArgKind::Jid, "where to begin; your server if left out"),
        Arg::may("node", ArgKind::Word, "which node there"),
    ],
    summary: "service discovery: explore what servers offer",
    detail: "",
    examples: &["/disco", "/disco montague.lit"],
    xeps: &[30],
    run: |p| Ok(Action::Disco { jid: p.read(0, jid)?, node: p.text(1) }),
};

const VERSION: Slash = Slash {
    name: "version",
    aliases: &["software"],
    domain: Domain::Services,
    args: WHO,
    summary: "ask for the software version of somebody or a server",
    detail: "Of the open chat if nobody is named.",
    examples: &["/version", "/version montague.lit"],
    xeps: &[92],
    run: |p: &Parsed<'_>| Ok(Action::Version(p.read(0, person)?)),
};

const PING: Slash = Slash {
    name: "ping",
    aliases: &[],
    domain: Domain::Services,
    args: WHO,
    summary: "ping somebody or a server",
    detail: "Of your server if nobody is named.",
    examples: &["/ping", "/ping juliet@capulet.lit/balcony"],
    xeps: &[199],
    run: |p| Ok(Action::Ping(p.read(0, person)?)),
};

const TIME: Slash = Slash {
    name: "time",
    aliases: &[],
    domain: Domain::Services,
    args: WHO,
    summary: "ask for somebody's local time",
    detail: "Of the open chat if nobody is named.",
    examples: &["/time", "/time juliet@capulet.lit/balcony"],
    xeps: &[202],
    run: |p| Ok(Action::Time(p.read(0, person)?)),
};

const REGISTER: Slash = Slash {
    name: "register",
    aliases: &[],
    domain: Domain::Services,
    args: &[Arg::may("service", ArgKind::Service, "a service or a server; a new account if left out")],
    summary: "register with a service, or create an account",
    detail: "Opens the service's own form.",
    examples: &["/register", "/register irc.montague.lit"],
    xeps: &[77],
    run: |p| Ok(Action::Register(p.read(0, bare)?)),
};

/// The rows.
pub const TABLE: &[Slash] = &[DISCO, VERSION, PING, TIME, REGISTER];
