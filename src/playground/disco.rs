//! Service discovery (XEP-0030): a tree to browse, with pages (XEP-0059), one service that never answers
//! and one that refuses.

use super::muc;
use super::world::{DOMAIN, JID, PASSWORD, PEOPLE, ROOMS};
use super::xml::{choice, field, form};
use minidom::Element;
use xmpp_parsers::data_forms::{DataForm, DataFormType, Field, FieldType};
use xmpp_parsers::disco::{DiscoInfoResult, DiscoItemsQuery, DiscoItemsResult, Identity, Item};
use xmpp_parsers::ibr::FormQuery;
use xmpp_parsers::rsm::{First, SetResult};
use xmpp_parsers::{jid::Jid, ns, stanza_error::DefinedCondition};

/// A service that never answers.
const SILENT: &str = "stats.parlour.demo";
/// A service that refuses.
const VAULT: &str = "vault.parlour.demo";
const IRC: &str = "irc.parlour.demo";
const SEARCH: &str = "search.parlour.demo";
/// XEP-0050; xmpp-parsers does not have it.
const COMMANDS: &str = "http://jabber.org/protocol/commands";

fn entity(node: &str, (category, kind, name): (&str, &str, &str), features: &[&str]) -> DiscoInfoResult {
    let identity =
        Identity { category: category.to_owned(), type_: kind.to_owned(), lang: None, name: Some(name.to_owned()) };
    DiscoInfoResult {
        node: (!node.is_empty()).then(|| node.to_owned()),
        identities: vec![identity],
        features: features.iter().map(|f| (*f).to_owned()).collect(),
        extensions: Vec::new(),
    }
}

/// The program that all the people use.
pub fn client(node: &str) -> DiscoInfoResult {
    let features = [ns::DISCO_INFO, ns::RECEIPTS, ns::CHATSTATES, ns::VERSION, ns::PING, ns::TIME];
    entity(node, ("client", "pc", "Gajim"), &features)
}

/// The server itself, and whom to write to about it.
fn server() -> DiscoInfoResult {
    let features = [ns::DISCO_INFO, ns::DISCO_ITEMS, ns::ROSTER, ns::VERSION, ns::CARBONS, ns::PING, ns::TIME, ns::SID];
    let admins = Field::new("admin-addresses", FieldType::ListMulti).with_value("xmpp:escalus@parlour.demo");
    DiscoInfoResult {
        extensions: vec![DataForm::new(DataFormType::Result_, ns::SERVER_INFO, vec![admins])],
        ..entity("", ("server", "im", "The playground"), &features)
    }
}

/// A room of the service; `None`: there is none of that name.
fn room(local: &str, node: &str) -> Option<DiscoInfoResult> {
    let (_, name) = muc::listed().into_iter().find(|(l, _)| l == local)?;
    let mut features = vec![ns::MUC, "muc_persistent", "muc_public", "muc_open", "muc_semianonymous"];
    let is_plaza = local == "verona-plaza";
    if is_plaza {
        features.extend([ns::MAM, ns::SID]);
    }
    let people = if is_plaza { "13" } else { "0" };
    let about = vec![
        field("muc#roominfo_description", FieldType::TextSingle, "Description", &["A room of the playground"]),
        field("muc#roominfo_occupants", FieldType::TextSingle, "People", &[people]),
    ];
    Some(DiscoInfoResult {
        extensions: vec![DataForm::new(DataFormType::Result_, "http://jabber.org/protocol/muc#roominfo", about)],
        ..entity(node, ("conference", "text", &name), &features)
    })
}

/// What an entity says of itself. `None`: no answer at all; `Some(Err)`: refused with this condition.
pub fn info(to: &str, node: &str) -> Option<Result<DiscoInfoResult, DefinedCondition>> {
    let said = match to {
        "" | DOMAIN if node.is_empty() => server(),
        "" | DOMAIN => entity(node, ("automation", "command-node", node), &[COMMANDS]),
        JID => {
            // No nodes are kept here, so none are promised.
            let features = [ns::DISCO_INFO, ns::MAM, ns::SID];
            entity(node, ("account", "registered", "you"), &features)
        }
        ROOMS => {
            let features = [ns::MUC, ns::MAM, ns::REGISTER, ns::DISCO_ITEMS];
            entity(node, ("conference", "text", "Public rooms"), &features)
        }
        IRC => {
            let features = [ns::REGISTER, "jabber:iq:gateway", ns::PING];
            entity(node, ("gateway", "irc", "The harbour (IRC)"), &features)
        }
        SEARCH => entity(node, ("directory", "user", "People of Verona"), &["jabber:iq:search", ns::REGISTER]),
        SILENT => return None,
        VAULT => return Some(Err(DefinedCondition::Forbidden)),
        t if t.ends_with(ROOMS) => match room(t.split('@').next().unwrap_or_default(), node) {
            Some(room) => room,
            None => return Some(Err(DefinedCondition::ItemNotFound)),
        },
        t if PEOPLE.iter().any(|p| t.starts_with(&format!("{}@{DOMAIN}", p.local))) => client(node),
        _ => return Some(Err(DefinedCondition::ItemNotFound)),
    };
    Some(Ok(said))
}

fn item(jid: &str, node: &str, name: &str) -> Option<Item> {
    let node = (!node.is_empty()).then(|| node.to_owned());
    Some(Item { jid: Jid::new(jid).ok()?, node, name: Some(name.to_owned()) })
}

/// All items of an entity.
fn children(to: &str, node: &str) -> Vec<Item> {
    let found: Vec<Option<Item>> = match (to, node) {
        ("" | DOMAIN, "") => vec![
            item(ROOMS, "", "Public rooms"),
            item(IRC, "", "The harbour (IRC)"),
            item(SEARCH, "", "People of Verona"),
            item(SILENT, "", "Statistics (never answers)"),
            item(VAULT, "", "Vault (refuses)"),
            item(DOMAIN, COMMANDS, "Commands"),
        ],
        (DOMAIN, COMMANDS) => {
            let names = ["Change password", "Announce to all users", "Ring the bell"];
            names.iter().enumerate().map(|(i, name)| item(DOMAIN, &format!("command-{i}"), name)).collect()
        }
        (ROOMS, "") => muc::listed().iter().map(|(l, name)| item(&format!("{l}@{ROOMS}"), "", name)).collect(),
        (SEARCH, "") => PEOPLE.iter().map(|p| item(&format!("{}@{DOMAIN}", p.local), "", p.name)).collect(),
        _ => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

/// One page of items. `None` and `Some(Err)` as with [`info`].
pub fn items(to: &str, node: &str, query: &Element) -> Option<Result<DiscoItemsResult, DefinedCondition>> {
    match to {
        SILENT => return None,
        VAULT => return Some(Err(DefinedCondition::Forbidden)),
        _ => {}
    }
    let Ok(query) = DiscoItemsQuery::try_from(query.clone()) else { return Some(Err(DefinedCondition::BadRequest)) };
    let all = children(to, node);
    let key = |i: &Item| format!("{}#{}", i.jid, i.node.as_deref().unwrap_or_default());
    let (max, after) = query.rsm.as_ref().map_or((50, None), |set| (set.max.unwrap_or(50), set.after.as_ref()));
    let start = after.and_then(|after| all.iter().position(|i| key(i) == *after)).map_or(0, |at| at + 1);
    let page = &all[start..(start + max).min(all.len())];
    let rsm = query.rsm.is_some().then(|| SetResult {
        first: page.first().map(|i| First { index: Some(start), item: key(i) }),
        last: page.last().map(key),
        count: Some(all.len()),
    });
    Some(Ok(DiscoItemsResult { node: query.node, items: page.to_vec(), rsm }))
}

/// A registration form for a service that has one (XEP-0077).
pub fn register_form(to: &str) -> Result<FormQuery, DefinedCondition> {
    if ![IRC, ROOMS, SEARCH].contains(&to) {
        return Err(DefinedCondition::ServiceUnavailable);
    }
    let ships = [("gondola", "Gondola"), ("galley", "Galley"), ("raft", "Raft")];
    let fields = vec![
        Field { required: true, ..field("nick", FieldType::TextSingle, "Nickname", &["you"]) },
        field("password", FieldType::TextPrivate, "Password", &[PASSWORD]),
        field("notify", FieldType::Boolean, "Tell me when friends come online", &["1"]),
        choice("ship", FieldType::ListSingle, "Your ship", &["gondola"], &ships),
    ];
    let words = "The harbour asks who comes in.";
    Ok(FormQuery {
        instructions: Some("Tell the harbour master who you are.".to_owned()),
        form: form(DataFormType::Form, ns::REGISTER, "Register with the harbour", words, fields),
    })
}
