//! XEP-0359: Unique and Stable Stanza IDs.
//!
//! A message that comes twice (live, by carbon, from the archive, as a room's echo) is shown once.
//!
//! Security: an id that a stranger chose could make a true message vanish as its own duplicate. A stanza-id counts
//! only `by` our own account or the room that sent the message, only when that entity announces that it strips
//! forged ones (§6), and only when there is exactly one. An origin-id is the sender's word and is compared per sender.

use crate::model::{ArchiveId, BareJid, ChatKind, DiscoInfo, Jid, StanzaId};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Outbound, Signal, Spec, Stage, Support};
use crate::xmpp::kit::message::archive_id;
use crate::xmpp::kit::{ns, payload};
use crate::xmpp::stanza::Stanza;
use xmpp_parsers::stanza_id::OriginId;
use xso::FromXml;

/// Longer ids are none.
const ID_MAX: usize = 1023;

static SPEC: Spec = Spec {
    name: "XEP-0359",
    title: "Unique and Stable Stanza IDs",
    version: "0.7.0",
    support: Support::Complete,
    disco: &[ns::SID],
    stage: Stage::Identify,
};

/// A `<stanza-id/>`. That of `xmpp_parsers` loses the id where a resource in `by` has an emoji.
#[derive(FromXml)]
#[xml(namespace = ns::SID, name = "stanza-id")]
struct Given {
    #[xml(attribute(default))]
    id: Option<String>,
    #[xml(attribute)]
    by: Jid,
}

/// Whose ids count.
#[derive(Default)]
pub struct Ids {
    /// The own server gave ids in an earlier login. What it delivers before it has said so again, such as what it held
    /// back for this one, has its place in the order by them.
    is_believed: bool,
}

impl Feature for Ids {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        if *signal == Signal::ServerKnown {
            self.is_believed = [&cx.facts.account_info, &cx.facts.server].into_iter().flatten().any(strips);
        }
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        let is_fit = |id: &&str| !id.is_empty() && id.len() <= ID_MAX;
        let stanza = &message.stanza;
        message.ids.stanza = stanza.id.as_deref().filter(is_fit).map(StanzaId::from);
        let origin: Option<OriginId> = stanza.child("origin-id", ns::SID).and_then(payload::read);
        message.ids.origin = origin.map(|origin| origin.id).filter(|id| is_fit(&id.as_str()));
        message.ids.archive = archive_id(&message.origin).or_else(|| {
            let by = self.believed(cx, message)?;
            parse_stanza_id(stanza, &by).filter(|id| is_fit(&id.as_str())).map(|id| ArchiveId { by, id })
        });
        Flow::Pass
    }

    fn decorate(&mut self, _cx: &mut Cx<'_>, out: &mut Outbound) {
        if let Some(id) = out.stanza.id.clone() {
            out.stanza.children.push(payload::write(&OriginId { id }));
        }
    }
}

impl Ids {
    /// Whose stanza-id may be believed in this message.
    fn believed(&self, cx: &Cx<'_>, message: &Inbound) -> Option<BareJid> {
        match message.chat.as_ref()?.1 {
            ChatKind::Room => {
                let room = message.from.bare();
                cx.facts.rooms.get(&room)?.info.as_ref().filter(|i| strips(i)).map(|_| room)
            }
            ChatKind::Contact | ChatKind::Occupant => {
                let known = [&cx.facts.account_info, &cx.facts.server];
                let is_early = self.is_believed && known.iter().any(|info| info.is_none());
                (is_early || known.into_iter().flatten().any(strips)).then(|| cx.own().clone())
            }
        }
    }
}

/// Who announces this leaves no id of others that claims to be its own.
fn strips(info: &DiscoInfo) -> bool {
    info.has(ns::SID) || info.has(ns::MAM)
}

/// The one id given `by` this entity; several are one too many.
fn parse_stanza_id(stanza: &Stanza, by: &BareJid) -> Option<String> {
    let all = stanza.children.iter().filter(|c| c.is("stanza-id", ns::SID));
    let mut given = all.filter_map(payload::read).filter(|given: &Given| given.by == *by);
    match (given.next(), given.next()) {
        (Some(one), None) => one.id,
        (Some(_) | None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xmpp::kit::element::to_stanza;

    fn given(children: &str) -> Option<String> {
        let xml = format!("<message xmlns='jabber:client'>{children}</message>");
        parse_stanza_id(&to_stanza(xml.parse().unwrap()).unwrap(), &BareJid::parse("room@muc.test").unwrap())
    }

    #[test]
    fn ids_of_others_and_odd_ones_do_not_hide_the_one_that_counts() {
        let own = "<stanza-id xmlns='urn:xmpp:sid:0' by='room@muc.test' id='7'/>";
        let odd = "<stanza-id xmlns='urn:xmpp:sid:0' by='room@muc.test/🫠' id='8'/>\
                   <stanza-id xmlns='urn:xmpp:sid:0' by='@@' id='9'/><stanza-id xmlns='urn:xmpp:sid:0' id='10'/>";
        assert_eq!(given(&format!("{odd}{own}")).as_deref(), Some("7"));
        assert_eq!(given(&own.repeat(2)), None, "one of the two was forged");
    }
}
