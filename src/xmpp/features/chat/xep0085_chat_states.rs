//! XEP-0085: Chat State Notifications.
//!
//! The user sees that the peer types, and the peer sees it of the user. Nothing of it is stored.
//!
//! What a peer announces decides (§4). Where that is not known, messages carry `active` until the peer answers one of
//! them without a chat state (§5.1): a message that answers nothing of ours proves nothing, since its sender may wait
//! for our first state as we for theirs. States alone go to who is known to understand them, and the same state is not
//! sent twice in a row.
//!
//! Security: states count live, from contacts, from people whom the user wrote to, and in rooms; and what is known of
//! peers is bounded.

use crate::contract::event::chat;
use crate::contract::{Command, Event, command};
use crate::model::{BareJid, ChatId, ChatKind, ChatState};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Origin, Outbound, Signal, Spec, Stage, Support};
use crate::xmpp::kit::{hints, message as kit, ns, payload, relation};
use crate::xmpp::stanza::{Kind, Stanza};
use minidom::Element;
use std::collections::HashMap;
use xmpp_parsers::chatstates;

/// At most so many peers are remembered.
const PEERS_MAX: usize = 1_000;

static SPEC: Spec = Spec {
    name: "XEP-0085",
    title: "Chat State Notifications",
    version: "2.1",
    support: Support::Complete,
    disco: &[ns::CHATSTATES],
    stage: Stage::Classify,
};

static ALSO: [Spec; 1] = [Spec {
    name: "XEP-0334",
    title: "Message Processing Hints",
    version: "1.0.0",
    support: Support::Partial,
    disco: &[],
    stage: Stage::Classify,
}];

/// Who answered with a state or without one, and what each chat was told last.
#[derive(Default)]
pub struct ChatStates {
    answered: HashMap<BareJid, bool>,
    told: HashMap<ChatId, ChatState>,
}

impl Feature for ChatStates {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also(&self) -> &'static [Spec] {
        &ALSO
    }

    fn on_signal(&mut self, _cx: &mut Cx<'_>, signal: &Signal) {
        if *signal == Signal::BoundAnew {
            self.told.clear();
            // With another login the peer may have another client as well.
            self.answered.retain(|_, has_state| *has_state);
        }
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        let state = message.stanza.children.iter().filter(|c| c.has_ns(ns::CHATSTATES)).find_map(parse_state);
        let has_body = message.stanza.child("body", ns::JABBER_CLIENT).is_some();
        if message.stanza.type_.as_deref() == Some("error") {
            return Flow::Pass;
        }
        if let Some((chat, kind)) = message.chat.clone().filter(|_| message.origin == Origin::Live) {
            self.learn(&chat, kind, state.is_some(), has_body);
            if let Some(state) = state.filter(|_| message.delay.is_none() && is_heard(cx, message, kind)) {
                let is_left = kind == ChatKind::Room && state == ChatState::Gone;
                if !is_left {
                    let from = message.from.clone();
                    cx.emit(Event::Chat(chat::Event::StateChanged { chat, from, state }));
                }
            }
        }
        let is_alone = state.is_some()
            && !has_body
            && !relation::is_act(&message.stanza)
            && message.stanza.child("subject", ns::JABBER_CLIENT).is_none();
        if is_alone { Flow::Taken } else { Flow::Pass }
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Chat(command::chat::Command::State { chat, kind, state }) => {
                self.tell(cx, chat, kind, state);
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }

    fn decorate(&mut self, cx: &mut Cx<'_>, out: &mut Outbound) {
        // Who reacts to a message, or takes one back, may be in the middle of a sentence.
        if out.is_silent() {
            return;
        }
        if out.kind == ChatKind::Contact && self.understands(cx, &out.chat.address.bare()) == Some(false) {
            return;
        }
        out.stanza.children.push(build_state(ChatState::Active));
        self.told.insert(out.chat.clone(), ChatState::Active);
    }
}

impl ChatStates {
    fn learn(&mut self, chat: &ChatId, kind: ChatKind, has_state: bool, has_body: bool) {
        let is_answer = has_body && self.told.contains_key(chat);
        if kind != ChatKind::Contact || !(has_state || is_answer) {
            return;
        }
        let peer = chat.address.bare();
        if self.answered.len() >= PEERS_MAX && !self.answered.contains_key(&peer) {
            self.answered.clear();
        }
        self.answered.insert(peer, has_state);
    }

    fn tell(&mut self, cx: &mut Cx<'_>, chat: ChatId, kind: ChatKind, state: ChatState) {
        let may = match kind {
            ChatKind::Contact => {
                self.understands(cx, &chat.address.bare()) == Some(true) && cx.facts.is_trusted(&chat.address.bare())
            }
            ChatKind::Room => {
                state != ChatState::Gone && cx.facts.rooms.get(&chat.address.bare()).is_some_and(|r| r.is_joined)
            }
            ChatKind::Occupant => false,
        };
        if !may || !cx.facts.is_online || self.told.get(&chat) == Some(&state) {
            return;
        }
        let type_ = if kind == ChatKind::Room { "groupchat" } else { "chat" };
        let to = cx.facts.addressee(&chat, kind);
        let stanza = Stanza::new(Kind::Message).with_type(type_).with_to(&to).with_id(&cx.new_id());
        cx.send(stanza.with(build_state(state)).with(hints::no_store()));
        self.told.insert(chat, state);
    }

    /// By what one of its clients announces, else by how it answered; `None` where neither is known.
    fn understands(&self, cx: &Cx<'_>, peer: &BareJid) -> Option<bool> {
        let announced = cx.facts.peers.iter().filter(|(jid, _)| jid.bare_str() == peer.as_str());
        let announced = announced.map(|(_, info)| info.has(ns::CHATSTATES)).max();
        match (announced, self.answered.get(peer).copied()) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), _) | (_, Some(false)) => Some(false),
            (None, None) => None,
        }
    }
}

fn is_heard(cx: &Cx<'_>, message: &Inbound, kind: ChatKind) -> bool {
    let bare = message.from.bare();
    match kind {
        ChatKind::Contact => cx.facts.roster.contains_key(&bare) || cx.facts.is_trusted(&bare),
        ChatKind::Room => !kit::is_own_occupant(cx.facts, &message.from),
        ChatKind::Occupant => true,
    }
}

fn parse_state(element: &Element) -> Option<ChatState> {
    payload::read(element).map(|state| match state {
        chatstates::ChatState::Active => ChatState::Active,
        chatstates::ChatState::Composing => ChatState::Composing,
        chatstates::ChatState::Paused => ChatState::Paused,
        chatstates::ChatState::Inactive => ChatState::Inactive,
        chatstates::ChatState::Gone => ChatState::Gone,
    })
}

fn build_state(state: ChatState) -> Element {
    payload::write(&match state {
        ChatState::Active => chatstates::ChatState::Active,
        ChatState::Composing => chatstates::ChatState::Composing,
        ChatState::Paused => chatstates::ChatState::Paused,
        ChatState::Inactive => chatstates::ChatState::Inactive,
        ChatState::Gone => chatstates::ChatState::Gone,
    })
}
