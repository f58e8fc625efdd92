//! Slash commands about one message: the selected one, else the last that fits.

use super::super::spec::{Arg, ArgKind, Domain, Slash};
use crate::action::{Action, OnMessage};

const REPLY: Slash = Slash {
    name: "reply",
    aliases: &["answer"],
    domain: Domain::Chat,
    args: &[Arg::may("text", ArgKind::Text, "the reply; without it, what you write next is the reply")],
    summary: "reply to the selected message, else to the last one of somebody else",
    detail: "Others see which message you mean. In a message list r does the same; Esc makes a plain message of it again.",
    examples: &["/reply", "/reply yes, at six"],
    xeps: &[461, 428],
    run: |p| Ok(Action::Reply(p.text(0))),
};

const EDIT: Slash = Slash {
    name: "edit",
    aliases: &["correct"],
    domain: Domain::Chat,
    args: &[Arg::may("text", ArgKind::Text, "the new text; without it, the old one is in the composer")],
    summary: "edit the selected message of yours, else your last one",
    detail: "Up does the same where nothing is written. /s/old/new/ replaces words in your last message; with a g at the end, everywhere in it.",
    examples: &["/edit", "/edit see you at seven"],
    xeps: &[308],
    run: |p| Ok(Action::EditText(p.text(0))),
};

const REACT: Slash = Slash {
    name: "react",
    aliases: &["reaction"],
    domain: Domain::Chat,
    args: &[Arg::may("emoji", ArgKind::Word, "an emoji, or its name such as :+1:; without it, a list to choose from")],
    summary: "react to the selected message, else to the last one of somebody else",
    detail: "The same reaction again takes it back. On a selected message + opens the list, and 1 to 6 are 👍 ❤️ 😂 😮 😢 🎉.",
    examples: &["/react", "/react :+1:", "/react 🎉"],
    xeps: &[444],
    run: |p| Ok(Action::React(p.text(0))),
};

const RETRACT: Slash = Slash {
    name: "retract",
    aliases: &["unsend"],
    domain: Domain::Chat,
    args: &[],
    summary: "retract the selected message of yours, else your last one",
    detail: "Asks first. Programs that know retractions remove the text; others may keep it.",
    examples: &["/retract"],
    xeps: &[424],
    run: |_| Ok(Action::Message(OnMessage::Retract)),
};

const MODERATE: Slash = Slash {
    name: "moderate",
    aliases: &[],
    domain: Domain::Chat,
    args: &[Arg::may("reason", ArgKind::Text, "why, for everybody in the room")],
    summary: "remove the selected message of somebody else from the room",
    detail: "For moderators. Asks first. Programs that know it remove the text; others may keep it.",
    examples: &["/moderate", "/moderate no insults here"],
    xeps: &[425],
    run: |p| Ok(Action::Moderate(p.text(0))),
};

/// The rows.
pub const TABLE: &[Slash] = &[REPLY, EDIT, REACT, RETRACT, MODERATE];
