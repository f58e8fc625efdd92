//! XEP-0424: Message Retraction, and XEP-0425: Moderated Message Retraction.
//!
//! The author takes a message back, or a moderator of the room takes it out: its words leave the screen, the search and
//! the database. Both forms of each are read, and tombstones in archives. Only the form of today is sent.
//!
//! Security: that the author is the same is judged in the store (`facts::acts`), with the same rule as for corrections.
//! A moderation counts from the bare address of the room alone (XEP-0425 §6), which no occupant can write from.

use crate::model::{Deed, Retracted, Untrusted};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Outbound, Spec, Stage, Support};
use crate::xmpp::kit::element::{Build, el};
use crate::xmpp::kit::{hints, message, ns, relation, time};
use minidom::Element;

static SPEC: Spec = Spec {
    name: "XEP-0424",
    title: "Message Retraction",
    version: "0.4.2",
    support: Support::Complete,
    disco: &[ns::RETRACT],
    stage: Stage::Dress,
};

static MODERATION: Spec = Spec {
    name: "XEP-0425",
    title: "Moderated Message Retraction",
    version: "0.3.0",
    support: Support::Partial,
    disco: &[ns::MODERATE],
    stage: Stage::Dress,
};

/// Has no memory.
pub struct Retractions;

impl Feature for Retractions {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also(&self) -> &'static [Spec] {
        std::slice::from_ref(&MODERATION)
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, inbound: &mut Inbound) -> Flow {
        if !relation::may_act(inbound) {
            return Flow::Pass;
        }
        if let Some((id, deed, reason)) = parse_retraction(inbound) {
            // Of an occupant, a moderation is nothing at all.
            let may_moderate = inbound.from.is_bare() && inbound.stanza.type_.as_deref() == Some("groupchat");
            if deed == Deed::Moderate && !may_moderate {
                tracing::debug!(from = %inbound.from, "a moderation that is not the room's");
                return Flow::Taken;
            }
            let act = relation::act(inbound, id, deed);
            inbound.relation.act = Some(act);
            let reason = reason.filter(|_| deed == Deed::Moderate).unwrap_or_default();
            inbound.message = message::acting(cx.facts, cx.now, inbound, reason).map(Box::new);
        } else if let Some(retracted) = parse_tombstone(inbound, cx) {
            let mut stone = message::acting(cx.facts, cx.now, inbound, String::new());
            if let Some(stone) = &mut stone {
                stone.extra.retracted = Some(retracted);
            }
            inbound.message = stone.map(Box::new);
        }
        Flow::Pass
    }

    fn decorate(&mut self, _cx: &mut Cx<'_>, out: &mut Outbound) {
        if let Some(act) = out.relation.act.as_ref().filter(|act| act.deed == Deed::Retract) {
            let retract = el("retract", ns::RETRACT).with_attr("id", &act.id);
            let fallback = el("fallback", ns::FALLBACK).with_attr("for", ns::RETRACT);
            // The body is what those read whose clients know no retractions.
            out.stanza.children.extend([retract, fallback, hints::store()]);
        }
    }
}

/// The id that is retracted, by whom, and where a moderator does it, why.
fn parse_retraction(inbound: &Inbound) -> Option<(String, Deed, Option<String>)> {
    let stanza = &inbound.stanza;
    if let Some(retract) = stanza.child("retract", ns::RETRACT) {
        let id = relation::id(retract)?;
        let is_moderated = retract.has_child("moderated", ns::MODERATE);
        let deed = if is_moderated { Deed::Moderate } else { Deed::Retract };
        return Some((id, deed, text_of(retract, "reason", ns::RETRACT)));
    }
    let fastened = stanza.child("apply-to", ns::FASTEN)?;
    let id = relation::id(fastened)?;
    if let Some(moderated) = fastened.get_child("moderated", ns::MODERATE_0) {
        moderated.get_child("retract", ns::RETRACT_0)?;
        return Some((id, Deed::Moderate, text_of(moderated, "reason", ns::MODERATE_0)));
    }
    fastened.get_child("retract", ns::RETRACT_0).map(|_| (id, Deed::Retract, None))
}

/// What an archive keeps in the place of a message whose words it removed (XEP-0424 §5, XEP-0425 §5).
fn parse_tombstone(inbound: &Inbound, cx: &Cx<'_>) -> Option<Retracted> {
    let stanza = &inbound.stanza;
    let by_author = [ns::RETRACT, ns::RETRACT_0].iter().find_map(|ns| stanza.child("retracted", ns));
    let moderated = stanza.child("moderated", ns::MODERATE_0);
    let stone = by_author.or_else(|| moderated.filter(|m| m.has_child("retracted", ns::RETRACT_0)))?;
    let by_moderator = moderated.is_some() || stone.has_child("moderated", ns::MODERATE);
    let reason = [ns::RETRACT, ns::RETRACT_0, ns::MODERATE_0].iter().find_map(|ns| text_of(stone, "reason", ns));
    let stamp = stone.attr("stamp").and_then(time::parse);
    Some(Retracted {
        is_moderated: by_moderator,
        reason: reason.map(Untrusted::from),
        time: stamp.unwrap_or(cx.now).min(cx.now),
    })
}

fn text_of(element: &Element, name: &str, ns: &str) -> Option<String> {
    element.get_child(name, ns).map(Element::text).filter(|text| !text.trim().is_empty())
}
