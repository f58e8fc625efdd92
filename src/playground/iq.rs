//! Questions to the server, its services and the people: one answer each, as RFC 6120 asks.

use super::clock::{now_ms, stamp};
use super::disco;
use super::session::Session;
use super::world::{self, DOMAIN, JID, ROOMS};
use super::xml::{self, Archived, Forwarded, addressed, attr, choice, field, heading};
use minidom::Element;
use xmpp_parsers::data_forms::{DataForm, DataFormType, Field, FieldType};
use xmpp_parsers::mam::{Fin, Query};
use xmpp_parsers::message::Message;
use xmpp_parsers::roster::{Ask, Item, Roster, Subscription};
use xmpp_parsers::rsm::{First, SetResult};
use xmpp_parsers::stanza_error::DefinedCondition;
use xmpp_parsers::time::TimeResult;
use xmpp_parsers::{date::DateTime, ns, version::VersionResult};

/// Rooms are configured and ruled by these (XEP-0045); xmpp-parsers has neither.
const OWNER: &str = "http://jabber.org/protocol/muc#owner";
const ADMIN: &str = "http://jabber.org/protocol/muc#admin";
/// The form of a room's configuration (XEP-0045).
const ROOM_CONFIG: &str = "http://jabber.org/protocol/muc#roomconfig";

/// A payload to answer with, if any, or why there is no answer.
type Answer = Result<Option<Element>, DefinedCondition>;

/// A question, or an answer to one of ours.
pub fn take(session: &mut Session, iq: &Element) {
    if !["get", "set"].contains(&attr(iq, "type")) {
        return;
    }
    let Some(payload) = iq.children().next() else { return };
    let (to, node) = (attr(iq, "to"), attr(payload, "node"));
    let is_get = attr(iq, "type") == "get";
    let said: Answer = match (payload.name(), payload.ns().as_str()) {
        ("query", ns::DISCO_INFO) => match disco::info(to, node) {
            None => return,
            Some(said) => said.map(|info| Some(info.into())),
        },
        ("query", ns::DISCO_ITEMS) => match disco::items(to, node, payload) {
            None => return,
            Some(said) => said.map(|items| Some(items.into())),
        },
        ("query", ns::ROSTER) => roster(session, is_get, payload),
        ("query", ns::MAM) => archive(session, to, payload),
        ("query", ns::VERSION) => Ok(Some(version().into())),
        ("time", ns::TIME) => Ok(Some(time().into())),
        ("vCard", ns::VCARD) => world::card(to).map(|card| Some(card.into())),
        ("query", ns::REGISTER) if is_get => disco::register_form(to).map(|form| Some(form.into())),
        ("query", OWNER) if is_get => Ok(Some(room_form(to))),
        ("query", ADMIN) if to.ends_with(ROOMS) => Err(DefinedCondition::Forbidden),
        ("query", ns::REGISTER | OWNER) | ("ping", ns::PING) | ("enable", ns::CARBONS) | ("session", _) => Ok(None),
        ("pubsub", ns::PUBSUB) => Err(DefinedCondition::ItemNotFound),
        _ => Err(DefinedCondition::ServiceUnavailable),
    };
    session.send(addressed(xml::answer(attr(iq, "id"), said), to, &session.me));
}

fn version() -> VersionResult {
    VersionResult { name: "Playground".to_owned(), version: "0.1".to_owned(), os: Some("Verona".to_owned()) }
}

/// The time in Verona, an hour ahead of UTC.
fn time() -> TimeResult {
    let now = stamp(now_ms()).0;
    chrono::FixedOffset::east_opt(3_600).map_or(now, |verona| now.with_timezone(&verona)).into()
}

fn roster(session: &mut Session, is_get: bool, payload: &Element) -> Answer {
    let asked = Roster::try_from(payload.clone()).map_err(|_| DefinedCondition::BadRequest)?;
    if is_get {
        let version = session.world.roster_version.to_string();
        if asked.ver.as_deref() == Some(&version) {
            return Ok(None);
        }
        return Ok(Some(Roster { ver: Some(version), items: session.world.roster.clone() }.into()));
    }
    let item = asked.items.into_iter().next().ok_or(DefinedCondition::BadRequest)?;
    let held = &mut session.world.roster;
    let old = held.iter().position(|i| i.jid == item.jid).map(|at| held.remove(at));
    let is_removed = item.subscription == Subscription::Remove;
    let subscription = match old {
        _ if is_removed => Subscription::Remove,
        Some(old) => old.subscription,
        None => Subscription::None,
    };
    let item = Item { subscription, ask: Ask::None, approved: None, ..item };
    if !is_removed {
        held.push(item.clone());
    }
    session.world.roster_version += 1;
    let push = Roster { ver: Some(session.world.roster_version.to_string()), items: vec![item] };
    let id = session.world.id();
    session.send(addressed(xml::push(&id, push.into()), "", &session.me));
    Ok(None)
}

/// The value of a field of the question's form.
fn value(query: &Query, var: &str) -> Option<String> {
    let form = query.form.as_ref()?;
    form.fields.iter().find(|f| f.var.as_deref() == Some(var))?.values.first().cloned()
}

/// A page of an archive (XEP-0313).
fn archive(session: &mut Session, to: &str, query: &Element) -> Answer {
    let is_room = to.ends_with(ROOMS);
    if is_room && !to.starts_with("verona-plaza@") {
        return Err(DefinedCondition::ItemNotFound);
    }
    let query = Query::try_from(query.clone()).map_err(|_| DefinedCondition::BadRequest)?;
    let with = value(&query, "with");
    let start = value(&query, "start").and_then(|s| s.parse::<DateTime>().ok()).map(|t| t.0.timestamp_millis());
    let all: Vec<&world::Archived> = if is_room { &session.world.room_archive } else { &session.world.archive }
        .iter()
        .filter(|m| with.as_ref().is_none_or(|with| m.with == *with))
        .filter(|m| start.is_none_or(|start| m.time >= start))
        .collect();
    let place = |id: &str| all.iter().position(|m| m.id == id).ok_or(DefinedCondition::ItemNotFound);
    let (before, after, max) = match &query.set {
        Some(set) => (set.before.as_deref(), set.after.as_deref(), set.max.unwrap_or(50)),
        None => (None, None, 50),
    };
    let (from, until) = match (before, after) {
        (Some(before), _) => {
            let end = if before.is_empty() { all.len() } else { place(before)? };
            (end.saturating_sub(max), end)
        }
        (None, Some(after)) => {
            let begin = place(after)? + 1;
            (begin, (begin + max).min(all.len()))
        }
        (None, None) => (0, max.min(all.len())),
    };
    let page = &all[from..until];
    let first = page.first().map(|m| First { index: Some(from), item: m.id.clone() });
    let set = SetResult { first, last: page.last().map(|m| m.id.clone()), count: Some(all.len()) };
    let complete = if before.is_some() { from == 0 } else { until == all.len() };
    let sender = if is_room { to } else { JID };
    let found = page.iter().map(|m| {
        let forwarded = Forwarded { delay: xml::delay(DOMAIN, stamp(m.time)), message: m.message.clone() };
        let queryid = query.queryid.as_ref().map(|q| q.0.clone());
        let result = Archived { id: m.id.clone(), queryid, forwarded };
        addressed(Message::normal(None).with_payloads(vec![result.into()]), sender, &session.me)
    });
    session.out.extend(found);
    Ok(Some(Fin { complete, set }.into()))
}

/// A room's configuration, to fill in.
fn room_form(room: &str) -> Element {
    let everyone = [("moderators", "Moderators"), ("anyone", "Anyone")];
    let roles = [("moderator", "Moderators"), ("participant", "Participants"), ("visitor", "Visitors")];
    let name = field("muc#roomconfig_roomname", FieldType::TextSingle, "Room name", &["Verona Plaza"]);
    let about = ["Two households,", "both alike in dignity."];
    let fields = vec![
        heading("Naming"),
        Field { required: true, ..name },
        field("muc#roomconfig_roomdesc", FieldType::TextMulti, "Description", &about),
        field("muc#roomconfig_lang", FieldType::TextSingle, "Language", &["en"]),
        heading("Access"),
        field("muc#roomconfig_membersonly", FieldType::Boolean, "Members only", &["0"]),
        field("muc#roomconfig_roomsecret", FieldType::TextPrivate, "Password", &[]),
        choice("muc#roomconfig_whois", FieldType::ListSingle, "Who sees addresses", &["moderators"], &everyone),
        choice(
            "muc#roomconfig_presencebroadcast",
            FieldType::ListMulti,
            "Whose presence is shown",
            &["moderator", "participant"],
            &roles,
        ),
        field("muc#roomconfig_roomadmins", FieldType::JidMulti, "Admins", &["juliet@parlour.demo"]),
        heading("History"),
        field("muc#roomconfig_enablelogging", FieldType::Boolean, "Keep an archive", &["1"]),
    ];
    let words = format!("Set how {room} behaves.");
    let form: DataForm = xml::form(DataFormType::Form, ROOM_CONFIG, "Configure room", &words, fields);
    Element::builder("query", OWNER).append(Element::from(form)).build()
}
