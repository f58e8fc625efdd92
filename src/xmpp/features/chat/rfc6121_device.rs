//! RFC 6121 §5.1: a conversation is held with the device that answers.
//!
//! Messages to a contact go to its bare address until one of its devices writes; from then on they go to that device, until a
//! presence of the contact tells that something changed there (XEP-0296). The user may name a device as well.
//!
//! Security: only what the server vouches for as live and from somebody whom the user knows moves a conversation; copies,
//! archives, late messages and strangers do not.

use crate::contract::event::chat;
use crate::contract::{Command, Event, command};
use crate::model::{BareJid, ChatId, ChatKind, Jid};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Origin, Signal, Spec, Stage, Support};
use crate::xmpp::kit::ns;

/// So many conversations are held with a device; further ones with the contact.
const DEVICES_MAX: usize = 1_000;

static SPEC: Spec = Spec {
    name: "XEP-0296",
    title: "Best Practices for Resource Locking",
    version: "0.2",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Identify,
};

/// Has no memory of its own: the devices are facts.
pub struct Devices;

impl Feature for Devices {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        if *signal == Signal::BoundAnew {
            let all: Vec<BareJid> = cx.facts.devices.keys().cloned().collect();
            for contact in &all {
                unlock(cx, contact);
            }
        } else if let Signal::AddressLearned { typed, .. } = signal {
            cx.facts.devices.remove(typed);
        }
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        let Some((_, ChatKind::Contact)) = &message.chat else { return Flow::Pass };
        let contact = message.from.bare();
        let is_gone = message.origin == Origin::Live && message.stanza.child("gone", ns::CHATSTATES).is_some();
        match message.stanza.type_.as_deref() {
            Some("error") => unlock(cx, &contact),
            _ if is_gone => unlock(cx, &contact),
            Some("chat") | None if is_said(cx, message) => lock(cx, message.from.clone()),
            // Another device of the contact does something: which of them is at hand is not known.
            Some("chat") | None if is_elsewhere(cx, message) => unlock(cx, &contact),
            Some(_) | None => {}
        }
        Flow::Pass
    }

    fn on_presence(&mut self, cx: &mut Cx<'_>, presence: &mut Inbound) -> Flow {
        if matches!(presence.stanza.type_.as_deref(), None | Some("unavailable" | "error")) {
            unlock(cx, &presence.from.bare());
        }
        Flow::Pass
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Chat(command::chat::Command::Device(device)) => {
                lock(cx, device);
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }
}

/// Whether a device of the contact says something now.
fn is_said(cx: &Cx<'_>, message: &Inbound) -> bool {
    message.origin == Origin::Live
        && message.delay.is_none()
        && message.from.resource().is_some()
        && message.from.bare() != *cx.own()
        && (cx.facts.roster.contains_key(&message.from.bare()) || cx.facts.is_trusted(&message.from.bare()))
        && message.stanza.child("body", ns::JABBER_CLIENT).is_some()
}

fn is_elsewhere(cx: &Cx<'_>, message: &Inbound) -> bool {
    let held = cx.facts.devices.get(&message.from.bare());
    message.origin == Origin::Live && message.delay.is_none() && held.is_some_and(|device| *device != message.from)
}

fn lock(cx: &mut Cx<'_>, device: Jid) {
    let contact = device.bare();
    let known = cx.facts.devices.get(&contact);
    if known == Some(&device) || (known.is_none() && cx.facts.devices.len() >= DEVICES_MAX) {
        return;
    }
    cx.facts.devices.insert(contact.clone(), device.clone());
    tell(cx, &contact, Some(device));
}

fn unlock(cx: &mut Cx<'_>, contact: &BareJid) {
    if cx.facts.devices.remove(contact).is_some() {
        tell(cx, contact, None);
    }
}

fn tell(cx: &mut Cx<'_>, contact: &BareJid, device: Option<Jid>) {
    let chat = ChatId::new(cx.account().clone(), contact);
    cx.emit(Event::Chat(chat::Event::DeviceChanged { chat, device }));
}
