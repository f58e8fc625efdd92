//! Questions to the server, its services and the people: one answer each, as RFC 6120 asks.

use super::clock::{now_ms, stamp};
use super::session::Session;
use super::world::{Archived, DOMAIN, JID, ROOMS};
use super::xml::{DATA, RSM, attr, esc, field, text};
use super::{disco, world};
use minidom::Element;
use std::fmt::Write as _;

const MAM: &str = "urn:xmpp:mam:2";
const INFO: &str = "http://jabber.org/protocol/disco#info";
const ITEMS: &str = "http://jabber.org/protocol/disco#items";
const ROSTER: &str = "jabber:iq:roster";
const OWNER: &str = "http://jabber.org/protocol/muc#owner";

/// A question, or an answer to one of ours.
pub fn take(session: &mut Session, iq: &Element) {
    if !["get", "set"].contains(&attr(iq, "type")) {
        return;
    }
    let Some(payload) = iq.children().next() else { return };
    let to = attr(iq, "to").to_owned();
    let node = attr(payload, "node").to_owned();
    let answer = match (payload.name(), payload.ns().as_str()) {
        ("query", INFO) => match disco::info(&to, &node) {
            None => return,
            Some(said) => said.map(|s| format!("<query xmlns='{INFO}'{}>{s}</query>", node_attr(&node))),
        },
        ("query", ITEMS) => match disco::items(&to, &node, payload) {
            None => return,
            Some(said) => said.map(|s| format!("<query xmlns='{ITEMS}'{}>{s}</query>", node_attr(&node))),
        },
        ("query", ROSTER) => roster(session, iq, payload),
        ("query", MAM) => archive(session, &to, payload),
        ("query", "jabber:iq:version") => {
            Ok("<query xmlns='jabber:iq:version'><name>Playground</name><version>0.1</version><os>Verona</os></query>"
                .to_owned())
        }
        ("time", "urn:xmpp:time") => {
            Ok(format!("<time xmlns='urn:xmpp:time'><tzo>+01:00</tzo><utc>{}</utc></time>", stamp(now_ms())))
        }
        ("vCard", "vcard-temp") => world::card(&to),
        ("query", "jabber:iq:register") => disco::register_form(&to, iq),
        ("query", OWNER) => Ok(if attr(iq, "type") == "get" { room_form(&to) } else { String::new() }),
        ("query", "http://jabber.org/protocol/muc#admin") if to.ends_with(ROOMS) => Err("forbidden"),
        ("ping", "urn:xmpp:ping") | ("enable", "urn:xmpp:carbons:2") | ("session", _) => Ok(String::new()),
        ("pubsub", "http://jabber.org/protocol/pubsub") => Err("item-not-found"),
        _ => Err("service-unavailable"),
    };
    let (id, from, me) = (esc(attr(iq, "id")), esc(&to), esc(&session.me));
    let from = if from.is_empty() { String::new() } else { format!(" from='{from}'") };
    session.send(match answer {
        Ok(inner) => format!("<iq type='result' id='{id}'{from} to='{me}'>{inner}</iq>"),
        Err(condition) => format!(
            "<iq type='error' id='{id}'{from} to='{me}'><error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ),
    });
}

fn node_attr(node: &str) -> String {
    if node.is_empty() { String::new() } else { format!(" node='{}'", esc(node)) }
}

fn roster(session: &mut Session, iq: &Element, payload: &Element) -> Result<String, &'static str> {
    if attr(iq, "type") == "get" {
        let version = session.world.roster_version.to_string();
        if attr(payload, "ver") == version {
            return Ok(String::new());
        }
        let items: String = session.world.roster.iter().map(|(_, item)| item.as_str()).collect();
        return Ok(format!("<query xmlns='{ROSTER}' ver='{version}'>{items}</query>"));
    }
    let Some(item) = payload.get_child("item", ROSTER) else { return Err("bad-request") };
    let jid = attr(item, "jid").to_owned();
    let is_removed = attr(item, "subscription") == "remove";
    let groups = item.children().fold(String::new(), |mut out, g| {
        let _ = write!(out, "<group>{}</group>", esc(&g.text()));
        out
    });
    let subscription = if is_removed {
        "remove"
    } else if session.world.roster.iter().any(|(j, i)| *j == jid && i.contains("'both'")) {
        "both"
    } else {
        "none"
    };
    let line = format!(
        "<item jid='{}' name='{}' subscription='{subscription}'>{groups}</item>",
        esc(&jid),
        esc(attr(item, "name"))
    );
    session.world.roster.retain(|(j, _)| *j != jid);
    if !is_removed {
        session.world.roster.push((jid, line.clone()));
    }
    session.world.roster_version += 1;
    let (id, me) = (session.world.id(), esc(&session.me));
    let version = session.world.roster_version;
    session.send(format!(
        "<iq type='set' id='{id}' to='{me}'><query xmlns='{ROSTER}' ver='{version}'>{line}</query></iq>"
    ));
    Ok(String::new())
}

/// A page of an archive (XEP-0313).
fn archive(session: &mut Session, to: &str, query: &Element) -> Result<String, &'static str> {
    let is_room = to.ends_with(ROOMS);
    if is_room && !to.starts_with("verona-plaza@") {
        return Err("item-not-found");
    }
    let form = query.get_child("x", DATA);
    let value = |var: &str| {
        form.and_then(|f| f.children().find(|c| attr(c, "var") == var))
            .and_then(|c| text(c, "value", DATA))
            .unwrap_or_default()
    };
    let with = value("with");
    let start = value("start");
    let all: Vec<&Archived> = if is_room { &session.world.room_archive } else { &session.world.archive }
        .iter()
        .filter(|m| with.is_empty() || m.with == with)
        .filter(|m| start.is_empty() || stamp(m.time) >= start)
        .collect();
    let set = query.get_child("set", RSM);
    let max = set.and_then(|s| text(s, "max", RSM)).and_then(|m| m.parse().ok()).unwrap_or(50_usize);
    let place = |id: &str| all.iter().position(|m| m.id == id);
    let (from, until) = match (set.and_then(|s| text(s, "before", RSM)), set.and_then(|s| text(s, "after", RSM))) {
        (Some(before), _) => {
            let end = if before.is_empty() { all.len() } else { place(&before).ok_or("item-not-found")? };
            (end.saturating_sub(max), end)
        }
        (None, Some(after)) => {
            let begin = place(&after).ok_or("item-not-found")? + 1;
            (begin, (begin + max).min(all.len()))
        }
        (None, None) => (0, max.min(all.len())),
    };
    let is_backward = set.is_some_and(|s| s.has_child("before", RSM));
    let is_complete = if is_backward { from == 0 } else { until == all.len() };
    let page = &all[from..until];
    let queryid = esc(attr(query, "queryid"));
    let me = esc(&session.me);
    let sender = esc(if is_room { to } else { JID });
    let mut sent = Vec::new();
    for m in page {
        sent.push(format!(
            "<message from='{sender}' to='{me}'><result xmlns='{MAM}' queryid='{queryid}' id='{}'><forwarded xmlns='urn:xmpp:forward:0'>{}{}</forwarded></result></message>",
            m.id,
            world::delay(DOMAIN, m.time),
            m.xml
        ));
    }
    let mut fin = format!("<fin xmlns='{MAM}' complete='{is_complete}'><set xmlns='{RSM}'>");
    if let (Some(first), Some(last)) = (page.first(), page.last()) {
        let _ = write!(fin, "<first index='{from}'>{}</first><last>{}</last>", first.id, last.id);
    }
    let _ = write!(fin, "<count>{}</count></set></fin>", all.len());
    session.out.extend(sent);
    Ok(fin)
}

/// A room's configuration, to fill in.
fn room_form(room: &str) -> String {
    let everyone = [("moderators", "Moderators"), ("anyone", "Anyone")];
    format!(
        "<query xmlns='{OWNER}'><x xmlns='{DATA}' type='form'><title>Configure room</title><instructions>Set how {} behaves.</instructions>",
        esc(room)
    ) + "<field type='hidden' var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
        + "<field type='fixed'><value>Naming</value></field>"
        + &field("muc#roomconfig_roomname", "text-single", "Room name", &["Verona Plaza"], &[], true)
        + &field(
            "muc#roomconfig_roomdesc",
            "text-multi",
            "Description",
            &["Two households,", "both alike in dignity."],
            &[],
            false,
        )
        + &field("muc#roomconfig_lang", "text-single", "Language", &["en"], &[], false)
        + "<field type='fixed'><value>Access</value></field>"
        + &field("muc#roomconfig_membersonly", "boolean", "Members only", &["0"], &[], false)
        + &field("muc#roomconfig_roomsecret", "text-private", "Password", &[], &[], false)
        + &field("muc#roomconfig_whois", "list-single", "Who sees addresses", &["moderators"], &everyone, false)
        + &field(
            "muc#roomconfig_presencebroadcast",
            "list-multi",
            "Whose presence is shown",
            &["moderator", "participant"],
            &[("moderator", "Moderators"), ("participant", "Participants"), ("visitor", "Visitors")],
            false,
        )
        + &field("muc#roomconfig_roomadmins", "jid-multi", "Admins", &["juliet@parlour.demo"], &[], false)
        + "<field type='fixed'><value>History</value></field>"
        + &field("muc#roomconfig_enablelogging", "boolean", "Keep an archive", &["1"], &[], false)
        + "</x></query>"
}
