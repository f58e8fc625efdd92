//! The user's presence.

use crate::action::Action;
use crate::model::Availability;
use crate::slash::read::{availability, jid};
use crate::slash::spec::{Arg, ArgKind, Domain, Parsed, Slash, SlashError};

fn show(p: &Parsed<'_>, availability: Availability) -> Action {
    Action::SetPresence { availability: Some(availability), text: p.text(0) }
}

const TEXT: &[Arg] = &[Arg::may("text", ArgKind::Text, "what others read beside it")];

/// The row of one availability.
const fn row(
    name: &'static str,
    aliases: &'static [&'static str],
    summary: &'static str,
    examples: &'static [&'static str],
    run: fn(&Parsed<'_>) -> Result<Action, SlashError>,
) -> Slash {
    Slash { name, aliases, domain: Domain::Presence, args: TEXT, summary, detail: "", examples, xeps: &[], run }
}

const STATUS: Slash = Slash {
    name: "status",
    aliases: &["show"],
    domain: Domain::Presence,
    args: &[
        Arg::need("show", ArgKind::Availability, "chat, online, away, xa, dnd or offline"),
        Arg::may("text", ArgKind::Text, "what others read beside it"),
    ],
    summary: "set your presence",
    detail: "For all accounts that are online, and in all rooms.",
    examples: &["/status dnd in a duel", "/status online"],
    xeps: &[],
    run: |p| Ok(Action::SetPresence { availability: Some(p.need(0, availability)?), text: p.text(1) }),
};

const AWAY: Slash =
    row("away", &[], "set your presence to away", &["/away", "/away back at six"], |p| Ok(show(p, Availability::Away)));
const XA: Slash = row("xa", &[], "set your presence to extended away", &["/xa in Mantua until Friday"], |p| {
    Ok(show(p, Availability::ExtendedAway))
});
const DND: Slash = row("dnd", &["busy"], "set your presence to do not disturb", &["/dnd writing"], |p| {
    Ok(show(p, Availability::DoNotDisturb))
});
const ONLINE: Slash =
    row("online", &[], "set your presence to online", &["/online"], |p| Ok(show(p, Availability::Online)));
const BACK: Slash =
    row("back", &[], "come back: set your presence to online", &["/back"], |p| Ok(show(p, Availability::Online)));
const CHAT: Slash =
    row("chat", &[], "set your presence to free to chat", &["/chat"], |p| Ok(show(p, Availability::Chat)));
const OFFLINE: Slash = row("offline", &["invisible"], "appear offline; /disconnect signs out", &["/offline"], |p| {
    Ok(show(p, Availability::Offline))
});

const PRESENCE: Slash = Slash {
    name: "presence",
    aliases: &[],
    domain: Domain::Presence,
    args: &[
        Arg::need("to", ArgKind::Jid, "an address"),
        Arg::need("show", ArgKind::Availability, "chat, online, away, xa, dnd or offline"),
        Arg::may("text", ArgKind::Text, "what they read beside it"),
    ],
    summary: "send presence to one address only (directed presence)",
    detail: "It holds until you sign out or change your presence.",
    examples: &["/presence juliet@capulet.lit online", "/presence juliet@capulet.lit dnd only for you"],
    xeps: &[],
    run: |p| {
        Ok(Action::DirectPresence { to: p.need(0, jid)?, availability: p.need(1, availability)?, text: p.text(2) })
    },
};

const PRIORITY: Slash = Slash {
    name: "priority",
    aliases: &["prio"],
    domain: Domain::Presence,
    args: &[Arg::need("n", ArgKind::Number, "-128 to 127; below 0, no messages come here")],
    summary: "set the priority: which of your devices gets messages first",
    detail: "",
    examples: &["/priority 5", "/priority -1"],
    xeps: &[],
    run: |p| Ok(Action::Priority(p.need(0, |t| t.parse().map_err(|_| "must be a number from -128 to 127"))?)),
};

/// The rows.
pub const TABLE: &[Slash] = &[STATUS, AWAY, XA, DND, ONLINE, BACK, CHAT, OFFLINE, PRESENCE, PRIORITY];
