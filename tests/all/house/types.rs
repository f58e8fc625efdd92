//! Which payload is built and read with which type.
//!
//! The types of `xmpp_parsers` are strict, and what arrives is not. This is the list of the sites that use a type, and of
//! the types that must never read what comes from outside, since one odd part would lose the whole payload.

use super::sources;
use std::collections::BTreeSet;

/// Where payloads have types. Everybody else sees the types of the model.
const HOMES: &[&str] = &["xmpp/kit/", "xmpp/features/", "xmpp/stream/", "playground/"];

/// Modules of `xmpp_parsers` that `xmpp` never names: all that they have embeds strict JIDs.
const FORBIDDEN: &[&str] = &["message", "presence", "iq", "forwarding", "roster", "bookmarks", "bookmarks2"];

/// Types that are built at most. As readers they fail on a JID with an emoji, on a word outside a closed list, or on a
/// part that is missing in the wild.
const NEVER_READ: &[&str] = &[
    "BindResponse",
    "Caps",
    "DataForm",
    "Delay",
    "DiscoInfoResult",
    "DiscoItemsResult",
    "Failed",
    "Fin",
    "MucUser",
    "PubSub",
    "Result_",
    "SetResult",
    "SlotResult",
    "StanzaError",
    "StanzaId",
    "Success",
    "TimeResult",
    "VersionResult",
];

/// A file below `src/xmpp`, the types that it builds with, and those that it reads with. Types that are not of
/// `xmpp_parsers` are derived in the file itself, or beside it.
const SITES: &[(&str, &[&str], &[&str])] = &[
    ("kit/iq.rs", &["StanzaError", "ErrorType", "DefinedCondition", "Ping"], &[]),
    ("kit/forms.rs", &["DataForm", "data_forms::Field"], &[]),
    ("kit/rsm.rs", &["SetQuery"], &[]),
    ("kit/pubsub.rs", &["typed::Items", "typed::Publish", "typed::Retract", "typed::PublishOptions"], &[]),
    ("kit/disco.rs", &["DiscoInfoQuery", "DiscoInfoResult", "DiscoItemsQuery", "Identity"], &[]),
    ("features/chat/xep0085_chat_states.rs", &["chatstates::ChatState"], &["chatstates::ChatState"]),
    ("features/chat/xep0184_receipts.rs", &["Request", "Received"], &["Received"]),
    ("features/chat/outbox.rs", &["Received"], &[]),
    ("features/chat/xep0280_carbons.rs", &["carbons::Enable"], &[]),
    ("features/chat/xep0359_ids.rs", &["OriginId"], &["OriginId", "Given"]),
    ("features/chat/xep0380_eme.rs", &[], &["ExplicitMessageEncryption"]),
    ("features/history/query.rs", &["mam::Query"], &[]),
    ("features/muc/parse.rs", &["Muc", "muc::History", "Change", "Owner"], &["X", "OccupantId"]),
    ("features/muc/talk.rs", &[], &["Decline"]),
    ("features/muc/xep0249_invites.rs", &["Direct", "Invite", "Decline"], &["Direct", "Invite"]),
    ("features/muc/bookmarks.rs", &["Conference"], &["Conference", "Storage"]),
    ("features/presence/rfc6121_presence.rs", &["Idle", "Caps"], &["Idle"]),
    ("features/roster/rfc6121_roster.rs", &["WireItem", "Nick"], &["WireItem"]),
    ("features/roster/rfc6121_subscription.rs", &[], &["Nick"]),
    ("features/service/xep0030_disco.rs", &["DiscoItemsResult"], &[]),
    ("features/service/xep0092_version.rs", &["VersionQuery", "VersionResult"], &[]),
    ("features/service/xep0115_caps.rs", &[], &["Announced"]),
    ("features/service/xep0202_time.rs", &["TimeQuery", "Clock"], &[]),
    ("features/session/xep0352_csi.rs", &["csi::Active", "csi::Inactive"], &[]),
    ("stream/management.rs", &["sm::Enable", "sm::Resume", "sm::R", "sm::A"], &[]),
    ("stream/negotiate.rs", &["BindQuery", "starttls::Request"], &[]),
    (
        "stream/sasl2.rs",
        &["Response", "UserAgent", "RequestToken", "bind2::BindQuery", "sm::Enable", "carbons::Enable"],
        &[],
    ),
];

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// The statements of a file: those that import, and the others.
fn statements(code: &str) -> (Vec<&str>, Vec<&str>) {
    code.split(';').partition(|s| {
        let first = s.trim_start();
        first.starts_with("use ") || first.starts_with("pub use ")
    })
}

fn is_reading(statement: &str) -> bool {
    ["payload::read", "xso::transform", "try_from_element"].iter().any(|call| statement.contains(call))
}

/// The modules of `xmpp_parsers` that a file names.
fn modules(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, path) in code.match_indices("xmpp_parsers::") {
        let rest = &code[at + path.len()..];
        let mut depth = 0;
        let list = rest.strip_prefix('{').unwrap_or(rest);
        let is_list = list.len() < rest.len();
        for part in list.split_inclusive([',', '{', '}', ';']) {
            let name: String = part.trim_start().chars().take_while(|c| is_word(*c)).collect();
            if depth == 0 && !name.is_empty() {
                found.insert(name);
            }
            match part.chars().next_back() {
                Some('{') => depth += 1,
                Some('}') if depth > 0 => depth -= 1,
                Some(',') => {}
                _ => break,
            }
            if !is_list {
                break;
            }
        }
    }
    found
}

#[test]
fn typed_payloads_stay_in_their_homes() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        if code.contains("xmpp_parsers::") && !HOMES.iter().any(|home| path.starts_with(home)) {
            wrong.push(format!("src/{path} names xmpp_parsers"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn strict_types_never_read_what_arrives() {
    let mut wrong = Vec::new();
    for (path, code) in sources().into_iter().filter(|(path, _)| path.starts_with("xmpp/")) {
        let named = modules(&code);
        wrong.extend(
            FORBIDDEN.iter().filter(|m| named.contains(**m)).map(|m| format!("src/{path} names xmpp_parsers::{m}")),
        );
        let (imports, others) = statements(&code);
        let imported: Vec<&str> = imports.into_iter().filter(|i| i.contains("xmpp_parsers::")).collect();
        for strict in NEVER_READ {
            let is_imported = imported.iter().any(|i| has_word(i, strict));
            let is_named =
                |s: &str| has_word(s, &format!("xmpp_parsers::{strict}")) || is_imported && has_word(s, strict);
            if others.iter().any(|s| is_reading(s) && is_named(s)) {
                wrong.push(format!("src/{path} reads with {strict}"));
            }
        }
    }
    assert!(wrong.is_empty(), "these types lose whole payloads:\n{}", wrong.join("\n"));
}

#[test]
fn every_site_uses_its_type() {
    let sources = sources();
    let mut wrong = Vec::new();
    for (file, builds, reads) in SITES {
        let path = format!("xmpp/{file}");
        let Some((_, code)) = sources.iter().find(|(p, _)| *p == path) else {
            wrong.push(format!("src/{path} is gone: where do its payloads go?"));
            continue;
        };
        let (_, others) = statements(code);
        for name in *builds {
            if !others.iter().any(|s| has_word(s, name)) {
                wrong.push(format!("src/{path} does not build with {name}"));
            }
        }
        for name in *reads {
            if !others.iter().any(|s| is_reading(s) && has_word(s, name)) {
                wrong.push(format!("src/{path} does not read with {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "payloads by hand where a type is at hand:\n{}", wrong.join("\n"));
}

#[test]
fn the_checks_see_what_they_look_for() {
    let list = modules("use xmpp_parsers::{message::Body, sm, pubsub::{self, event}};\nxmpp_parsers::iq::Iq");
    let expected = ["iq", "message", "pubsub", "sm"].map(str::to_owned);
    assert_eq!(list, BTreeSet::from(expected));
    assert!(has_word("a: Option<Fin> = b", "Fin") && !has_word("Final", "Fin"));
    let (imports, others) = statements("use a::B;\nlet b: B = payload::read(c)?;");
    assert_eq!(imports.len(), 1);
    assert!(is_reading(others[0]));
}
