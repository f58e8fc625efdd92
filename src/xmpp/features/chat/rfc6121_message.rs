//! RFC 6121 §5: messages that come in, into their chat.
//!
//! One-to-one messages, private ones in rooms, alerts and single messages with a subject; live, by carbon and out of
//! the archive alike. What rooms say is delivered by the rooms' own feature. A stranger's message is stored like any
//! other; that it stands under Requests is the app's affair.
//!
//! Security: `from` is what the server vouches for; the Unwrap stage has checked who forwarded what. A forwarded
//! message inside anything but a carbon or an archive's answer is never read (XEP-0297 §6).

use crate::contract::{Command, Write, command};
use crate::model::{ChatKind, Message, StanzaId};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Spec, Stage, Support};
use crate::xmpp::kit::message;

static SPEC: Spec = Spec {
    name: "RFC 6121 §5",
    title: "Exchanging Messages",
    version: "2011-03",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Deliver,
};

/// Has no memory.
pub struct Messages;

impl Feature for Messages {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, inbound: &mut Inbound) -> Flow {
        let type_ = inbound.stanza.type_.as_deref();
        if matches!(type_, Some("error" | "groupchat")) {
            return Flow::Pass;
        }
        let read = inbound.message.take().map(|m| *m).or_else(|| message::read(cx.facts, cx.now, inbound));
        let Some(message) = read else { return Flow::Pass };
        if message.chat_kind == ChatKind::Contact && message.is_own() {
            cx.facts.accepted.insert(message.chat.address.bare());
        }
        cx.deliver(&inbound.origin, message);
        Flow::Taken
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Chat(command::chat::Command::Note { chat, kind, text }) => {
                let mut note = Message::notice(chat, kind, text, cx.now);
                note.ids.stanza = Some(StanzaId::from(cx.new_id()));
                cx.write(Write::Message(Box::new(note)));
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }
}
