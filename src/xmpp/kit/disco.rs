//! Service discovery (XEP-0030) between XML and the model, for everybody who asks what something is.
//!
//! Read by hand: a bad identity or address costs itself, never the answer. Names are [`crate::model::Untrusted`]; lists are bounded.

use super::element::lang;
use super::{forms, iq, ns, payload, rsm};
use crate::model::{DiscoIdentity, DiscoInfo, DiscoItem, DiscoItems, Jid, Untrusted};
use crate::xmpp::stanza::Stanza;
use minidom::Element;
use xmpp_parsers::disco::{DiscoInfoQuery, DiscoInfoResult, DiscoItemsQuery, Identity};

/// At most so many identities, features and forms are read.
const INFO_MAX: usize = 1_000;
/// At most so many items of one answer are read.
const ITEMS_MAX: usize = 5_000;

/// Asks what an entity is.
#[must_use]
pub fn ask_info(to: &str, node: Option<&str>) -> Stanza {
    iq::get(Some(to), payload::write(&DiscoInfoQuery { node: node.map(str::to_owned) }))
}

/// Asks for one page of what an entity has.
#[must_use]
pub fn ask_items(to: &str, node: Option<&str>, max: u32, after: Option<&str>) -> Stanza {
    let window = after.map_or(rsm::Window::First, rsm::Window::After);
    let rsm = Some(rsm::ask(max, window));
    iq::get(Some(to), payload::write(&DiscoItemsQuery { node: node.map(str::to_owned), rsm }))
}

/// An answer to [`ask_info`]; `None` for any other element.
#[must_use]
pub fn parse_info(query: &Element) -> Option<DiscoInfo> {
    if !query.is("query", ns::DISCO_INFO) {
        return None;
    }
    let of = |name: &'static str| query.children().filter(move |c| c.is(name, ns::DISCO_INFO)).take(INFO_MAX);
    let identity = |i: &Element| {
        Some(DiscoIdentity {
            category: i.attr("category").filter(|c| !c.is_empty())?.to_owned(),
            kind: i.attr("type").unwrap_or_default().to_owned(),
            lang: lang(i).unwrap_or_default().to_owned(),
            name: i.attr("name").map(Into::into),
        })
    };
    Some(DiscoInfo {
        identities: of("identity").filter_map(identity).collect(),
        features: of("feature").filter_map(|f| f.attr("var").map(str::to_owned)).collect(),
        forms: query.children().filter(|c| c.is("x", ns::DATA_FORMS)).take(100).filter_map(forms::parse).collect(),
    })
}

/// An answer to [`ask_items`]; `None` for any other element. There is a next page when the service pages and says
/// that more items exist than it has given so far, or does not say how many there are.
#[must_use]
pub fn parse_items(query: &Element, max: u32) -> Option<DiscoItems> {
    if !query.is("query", ns::DISCO_ITEMS) {
        return None;
    }
    let item = |i: &Element| {
        Some(DiscoItem {
            jid: Jid::parse(i.attr("jid")?).ok()?,
            node: i.attr("node").map(str::to_owned),
            name: i.attr("name").map(Into::into),
        })
    };
    let all = || query.children().filter(|c| c.is("item", ns::DISCO_ITEMS)).take(ITEMS_MAX);
    let items: Vec<DiscoItem> = all().filter_map(item).collect();
    let page = rsm::read(query);
    let came = all().count() as u64;
    // A last page may be exactly full; the question for the one after it then brings an empty one.
    let is_last = came < u64::from(max) || page.count.is_some_and(|count| count <= came);
    Some(DiscoItems { items, count: page.count, next: page.last.filter(|_| !is_last) })
}

/// What a client calls itself.
#[must_use]
pub fn client_name(info: &DiscoInfo) -> Option<Untrusted> {
    let named = info.identities.iter().filter(|i| i.category == "client").find_map(|i| i.name.clone());
    named.filter(|n| !n.is_empty())
}

/// Says what we are, as the answer to a question about `node`.
#[must_use]
pub fn build_info(info: &DiscoInfo, node: Option<&str>) -> Element {
    let identity = |i: &DiscoIdentity| Identity {
        category: i.category.clone(),
        type_: i.kind.clone(),
        lang: None,
        name: i.name.as_ref().map(|name| name.raw().to_owned()),
    };
    payload::write(&DiscoInfoResult {
        node: node.map(str::to_owned),
        identities: info.identities.iter().map(identity).collect(),
        features: info.features.iter().cloned().collect(),
        extensions: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_parts_cost_only_themselves() {
        let xml = "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' name='Tea'/>\
            <identity type='text'/><feature var='a'/><feature/><x xmlns='jabber:x:data' type='result'/><odd/></query>";
        let info = parse_info(&xml.parse().unwrap()).unwrap();
        assert_eq!((info.identities.len(), info.features.len(), info.forms.len()), (1, 1, 1));
        assert_eq!(info.identities[0].name, Some("Tea".into()));
    }

    fn items(children: &str) -> DiscoItems {
        let xml = format!("<query xmlns='http://jabber.org/protocol/disco#items'>{children}</query>");
        parse_items(&xml.parse().unwrap(), 2).unwrap()
    }

    #[test]
    fn pages_end() {
        let set = |more: &str| format!("<set xmlns='http://jabber.org/protocol/rsm'><last>b@c</last>{more}</set>");
        let two = "<item jid='a@c' name='A'/><item jid='b@c/貓🐈'/>";
        assert_eq!(items(&format!("{two}{}", set("<count>5</count>"))).next.as_deref(), Some("b@c"));
        assert_eq!(items(&format!("{two}{}", set("<count>2</count>"))).next, None);
        assert_eq!(items(two).next, None, "a service without paging");
        assert_eq!(items(&format!("<item jid='a@c'/>{}", set(""))).next, None);
        let odd = items("<item jid='@@'/><item/><item jid='ok@c/x'/>");
        assert_eq!(odd.items.len(), 1);
    }
}
