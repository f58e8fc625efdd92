//! Contacts and requests.

use crate::action::Action;
use crate::slash::lex;
use crate::slash::read::{person, user};
use crate::slash::spec::{Arg, ArgKind, Domain, Slash};

/// Group names out of a list with commas.
fn groups(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    text.split(',').map(str::trim).filter(|g| !g.is_empty()).map(str::to_owned).collect()
}

const WHOIS: Slash = Slash {
    name: "whois",
    aliases: &["info", "wi"],
    domain: Domain::Contacts,
    args: &[Arg::may("who", ArgKind::Person, "a nickname, a contact or an address; the open chat's if left out")],
    summary: "show what is known about somebody",
    detail: "In a room: role, affiliation and, where the room shows it, the address. For contacts: every device.",
    examples: &["/whois", "/whois juliet", "/whois juliet@capulet.lit"],
    xeps: &[45],
    run: |p| Ok(Action::Whois(p.read(0, person)?)),
};

const ADD: Slash = Slash {
    name: "add",
    aliases: &["contact", "addcontact"],
    domain: Domain::Contacts,
    args: &[
        Arg::need("address", ArgKind::Address, "whom"),
        Arg::may("name", ArgKind::Word, "what to call them"),
        Arg::may("groups", ArgKind::Groups, "groups, with commas between"),
    ],
    summary: "add a contact and ask to see their presence",
    detail: "",
    examples: &["/add juliet@capulet.lit", "/add juliet@capulet.lit \"Juliet C.\" Verona, Friends"],
    xeps: &[],
    run: |p| Ok(Action::AddContact { jid: p.need(0, user)?, name: p.text(1), groups: groups(p.text(2)) }),
};

const REMOVE: Slash = Slash {
    name: "remove",
    aliases: &["del", "delcontact"],
    domain: Domain::Contacts,
    args: &[Arg::may("who", ArgKind::Person, "a contact; the open chat's if left out")],
    summary: "remove a contact",
    detail: "Neither of you sees the other's presence any more. The history stays.",
    examples: &["/remove tybalt@capulet.lit"],
    xeps: &[],
    run: |p| Ok(Action::RemoveContact(p.read(0, person)?)),
};

const BLOCK: Slash = Slash {
    name: "block",
    aliases: &[],
    domain: Domain::Contacts,
    args: &[Arg::may("who", ArgKind::Person, "an address, a contact or a domain; the open chat's if left out")],
    summary: "block somebody, on all your devices",
    detail: "They can neither write to you nor see when you are online; they are not told. A domain blocks everybody there.",
    examples: &["/block", "/block tybalt@capulet.lit", "/block spam.example"],
    xeps: &[191],
    run: |p| Ok(Action::Block { who: p.read(0, person)?, is_blocked: true }),
};

const UNBLOCK: Slash = Slash {
    name: "unblock",
    aliases: &[],
    domain: Domain::Contacts,
    args: &[Arg::may("who", ArgKind::Person, "whom; the open chat's if left out")],
    summary: "unblock somebody",
    detail: "",
    examples: &["/unblock", "/unblock tybalt@capulet.lit"],
    xeps: &[191],
    run: |p| Ok(Action::Block { who: p.read(0, person)?, is_blocked: false }),
};

const BLOCKLIST: Slash = Slash {
    name: "blocklist",
    aliases: &["blocked", "list_blocks"],
    domain: Domain::Contacts,
    args: &[],
    summary: "show whom you block",
    detail: "",
    examples: &["/blocklist"],
    xeps: &[191],
    run: |_| Ok(Action::BlockList),
};

const RENAME: Slash = Slash {
    name: "rename",
    aliases: &[],
    domain: Domain::Contacts,
    args: &[
        Arg::need("who", ArgKind::Person, "a contact"),
        Arg::may("name", ArgKind::Text, "the new name; none if left out"),
    ],
    summary: "give a contact another name",
    detail: "Only you see it.",
    examples: &["/rename juliet@capulet.lit Juliet", "/rename \"Juliet C.\" Juliet"],
    xeps: &[],
    run: |p| {
        Ok(Action::Rename {
            who: Some(p.need(0, person)?),
            name: p.text(1).map(|n| lex::unquoted(&n)).unwrap_or_default(),
        })
    },
};

const GROUP: Slash = Slash {
    name: "group",
    aliases: &["groups"],
    domain: Domain::Contacts,
    args: &[
        Arg::need("who", ArgKind::Person, "a contact"),
        Arg::may("groups", ArgKind::Groups, "groups, with commas between; none if left out"),
    ],
    summary: "set the groups of a contact",
    detail: "",
    examples: &["/group juliet@capulet.lit Verona, Friends", "/group juliet@capulet.lit"],
    xeps: &[],
    run: |p| Ok(Action::Group { who: p.need(0, person)?, groups: groups(p.text(1)) }),
};

const ACCEPT: Slash = Slash {
    name: "accept",
    aliases: &["sub", "allow"],
    domain: Domain::Contacts,
    args: &[Arg::may(
        "who",
        ArgKind::Person,
        "who asks, or the room; the open chat's request, else the oldest, if left out",
    )],
    summary: "accept a request: of a contact, a stranger, or to enter a room",
    detail: "",
    examples: &["/accept", "/accept benvolio@montague.lit"],
    xeps: &[249],
    run: |p| Ok(Action::Accept(p.read(0, person)?)),
};

const DENY: Slash = Slash {
    name: "deny",
    aliases: &["decline"],
    domain: Domain::Contacts,
    args: &[Arg::may(
        "who",
        ArgKind::Person,
        "who asks, or the room; the open chat's request, else the oldest, if left out",
    )],
    summary: "deny a request: of a contact, a stranger, or to enter a room",
    detail: "Also revokes that a contact may see your presence.",
    examples: &["/deny", "/deny benvolio@montague.lit"],
    xeps: &[45],
    run: |p| Ok(Action::Deny(p.read(0, person)?)),
};

/// The rows.
pub const TABLE: &[Slash] = &[WHOIS, ADD, REMOVE, BLOCK, UNBLOCK, BLOCKLIST, RENAME, GROUP, ACCEPT, DENY];
