//! Service discovery (XEP-0030): a tree to browse, with pages (XEP-0059), one service that never answers
//! and one that refuses.

use super::muc;
use super::world::{DOMAIN, JID, PASSWORD, PEOPLE, ROOMS};
use super::xml::{RSM, attr, esc, text};
use minidom::Element;
use std::fmt::Write as _;

/// A service that never answers.
const SILENT: &str = "stats.parlour.demo";

fn identity(category: &str, kind: &str, name: &str) -> String {
    format!("<identity category='{category}' type='{kind}' name='{}'/>", esc(name))
}

fn features(list: &[&str]) -> String {
    list.iter().fold(String::new(), |mut out, f| {
        let _ = write!(out, "<feature var='{f}'/>");
        out
    })
}

/// What an entity says of itself. `None`: no answer at all; `Some(Err)`: refused with this condition.
pub fn info(to: &str, node: &str) -> Option<Result<String, &'static str>> {
    const INFO: &str = "http://jabber.org/protocol/disco#info";
    let own = JID;
    let said = match to {
        "" | "parlour.demo" if node.is_empty() => {
            identity("server", "im", "The playground")
                + &features(&[
                    INFO,
                    "http://jabber.org/protocol/disco#items",
                    "jabber:iq:roster",
                    "jabber:iq:version",
                    "urn:xmpp:carbons:2",
                    "urn:xmpp:ping",
                    "urn:xmpp:time",
                    "urn:xmpp:sid:0",
                ])
                + "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/network/serverinfo</value></field>\
                   <field var='admin-addresses' type='list-multi'><value>xmpp:escalus@parlour.demo</value></field></x>"
        }
        "" | "parlour.demo" => {
            identity("automation", "command-node", node) + &features(&["http://jabber.org/protocol/commands"])
        }
        t if t == own => {
            identity("account", "registered", "you")
                + &features(&[
                    INFO,
                    "urn:xmpp:mam:2",
                    "urn:xmpp:sid:0",
                    "http://jabber.org/protocol/pubsub#publish-options",
                ])
        }
        ROOMS => {
            identity("conference", "text", "Public rooms")
                + &features(&[
                    muc_ns(),
                    "urn:xmpp:mam:2",
                    "jabber:iq:register",
                    "http://jabber.org/protocol/disco#items",
                ])
        }
        "irc.parlour.demo" => {
            identity("gateway", "irc", "The harbour (IRC)")
                + &features(&["jabber:iq:register", "jabber:iq:gateway", "urn:xmpp:ping"])
        }
        "search.parlour.demo" => {
            identity("directory", "user", "People of Verona") + &features(&["jabber:iq:search", "jabber:iq:register"])
        }
        SILENT => return None,
        "vault.parlour.demo" => return Some(Err("forbidden")),
        t if t.ends_with(ROOMS) => {
            let local = t.split('@').next().unwrap_or_default();
            let Some((_, name)) = muc::listed().into_iter().find(|(l, _)| l == local) else {
                return Some(Err("item-not-found"));
            };
            let people = if local == "verona-plaza" { "13" } else { "0" };
            identity("conference", "text", &name)
                + &features(&[muc_ns(), "muc_persistent", "muc_public", "muc_open", "muc_semianonymous"])
                + if local == "verona-plaza" {
                    "<feature var='urn:xmpp:mam:2'/><feature var='urn:xmpp:sid:0'/>"
                } else {
                    ""
                }
                + &format!(
                    "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roominfo</value></field><field var='muc#roominfo_description' label='Description'><value>A room of the playground</value></field><field var='muc#roominfo_occupants' label='People'><value>{people}</value></field></x>"
                )
        }
        t if PEOPLE.iter().any(|p| t.starts_with(&format!("{}@{DOMAIN}", p.local))) => {
            identity("client", "pc", "Gajim")
                + &features(&[
                    INFO,
                    "urn:xmpp:receipts",
                    "http://jabber.org/protocol/chatstates",
                    "jabber:iq:version",
                    "urn:xmpp:ping",
                    "urn:xmpp:time",
                ])
        }
        _ => return Some(Err("item-not-found")),
    };
    Some(Ok(said))
}

fn muc_ns() -> &'static str {
    super::xml::MUC
}

/// One page of items.
pub fn items(to: &str, node: &str, query: &Element) -> Option<Result<String, &'static str>> {
    let all: Vec<(String, String, String)> = match (to, node) {
        ("" | "parlour.demo", "") => [
            (ROOMS, "", "Public rooms"),
            ("irc.parlour.demo", "", "The harbour (IRC)"),
            ("search.parlour.demo", "", "People of Verona"),
            (SILENT, "", "Statistics (never answers)"),
            ("vault.parlour.demo", "", "Vault (refuses)"),
            ("parlour.demo", "http://jabber.org/protocol/commands", "Commands"),
        ]
        .map(|(j, n, name)| (j.to_owned(), n.to_owned(), name.to_owned()))
        .to_vec(),
        ("parlour.demo", "http://jabber.org/protocol/commands") => {
            ["Change password", "Announce to all users", "Ring the bell"]
                .iter()
                .enumerate()
                .map(|(i, name)| ("parlour.demo".to_owned(), format!("command-{i}"), (*name).to_owned()))
                .collect()
        }
        (ROOMS, "") => {
            muc::listed().into_iter().map(|(l, name)| (format!("{l}@{ROOMS}"), String::new(), name)).collect()
        }
        ("search.parlour.demo", "") => {
            PEOPLE.iter().map(|p| (format!("{}@{DOMAIN}", p.local), String::new(), p.name.to_owned())).collect()
        }
        (SILENT, _) => return None,
        ("vault.parlour.demo", _) => return Some(Err("forbidden")),
        _ => Vec::new(),
    };
    let set = query.get_child("set", RSM);
    let max = set.and_then(|s| text(s, "max", RSM)).and_then(|m| m.parse().ok()).unwrap_or(50_usize);
    let start = set
        .and_then(|s| text(s, "after", RSM))
        .and_then(|after| all.iter().position(|(j, n, _)| format!("{j}#{n}") == after))
        .map_or(0, |at| at + 1);
    let page = &all[start.min(all.len())..(start + max).min(all.len())];
    let mut out = String::new();
    for (jid, node, name) in page {
        let node = if node.is_empty() { String::new() } else { format!(" node='{}'", esc(node)) };
        let _ = write!(out, "<item jid='{}'{node} name='{}'/>", esc(jid), esc(name));
    }
    if set.is_some() {
        let _ = write!(out, "<set xmlns='{RSM}'>");
        if let (Some(first), Some(last)) = (page.first(), page.last()) {
            let _ = write!(
                out,
                "<first index='{start}'>{}#{}</first><last>{}#{}</last>",
                esc(&first.0),
                esc(&first.1),
                esc(&last.0),
                esc(&last.1)
            );
        }
        let _ = write!(out, "<count>{}</count></set>", all.len());
    }
    Some(Ok(out))
}

/// A registration form for a service that has one (XEP-0077).
pub fn register_form(to: &str, user: &Element) -> Result<String, &'static str> {
    use super::xml::field;
    if attr(user, "type") == "set" {
        return Ok(String::new());
    }
    if !["irc.parlour.demo", ROOMS, "search.parlour.demo"].contains(&to) {
        return Err("service-unavailable");
    }
    Ok("<query xmlns='jabber:iq:register'><instructions>Tell the harbour master who you are.</instructions>\
        <x xmlns='jabber:x:data' type='form'><title>Register with the harbour</title><instructions>The harbour asks who comes in.</instructions>"
        .to_owned()
        + "<field type='hidden' var='FORM_TYPE'><value>jabber:iq:register</value></field>"
        + &field("nick", "text-single", "Nickname", &["you"], &[], true)
        + &field("password", "text-private", "Password", &[PASSWORD], &[], false)
        + &field("notify", "boolean", "Tell me when friends come online", &["1"], &[], false)
        + &field("ship", "list-single", "Your ship", &["gondola"], &[("gondola", "Gondola"), ("galley", "Galley"), ("raft", "Raft")], false)
        + "</x></query>")
}
