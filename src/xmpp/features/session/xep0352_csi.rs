//! XEP-0352: Client State Indication.
//!
//! While nobody looks at the program the server is told so, and may keep back what can wait: presences of contacts
//! and rooms, typing notices. Messages come at once as ever. With the first key, or when the terminal has the focus
//! again, it is told at once too, and sends what it kept; those presences carry a delay stamp, so "since" stays true.
//!
//! Where the server does not offer it nothing is sent. Each stream begins active, a resumed one as well (§5.1), so
//! the state is told again after every login. It is no presence: contacts learn nothing of it.

use crate::contract::{Command, command};
use crate::xmpp::feature::{Cx, Feature, Signal, Spec, Stage, Support};
use crate::xmpp::kit::{ns, payload};
use xmpp_parsers::csi;

static SPEC: Spec = Spec {
    name: "XEP-0352",
    title: "Client State Indication",
    version: "1.0.0",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Unwrap,
};

/// What the server thinks, and what is true.
#[derive(Default)]
pub struct ClientState {
    is_inactive: bool,
    /// What this stream was told.
    is_told_inactive: bool,
}

impl Feature for ClientState {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        if matches!(signal, Signal::BoundAnew | Signal::Resumed) {
            self.is_told_inactive = false;
            self.tell(cx);
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Presence(command::presence::Command::Attention(is_here)) => {
                self.is_inactive = !is_here;
                self.tell(cx);
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }
}

impl ClientState {
    fn tell(&mut self, cx: &mut Cx<'_>) {
        let is_news = self.is_told_inactive != self.is_inactive;
        if is_news && cx.facts.is_online && cx.facts.stream_features.contains(ns::CSI) {
            self.is_told_inactive = self.is_inactive;
            cx.send_element(if self.is_inactive {
                payload::write(&csi::Inactive)
            } else {
                payload::write(&csi::Active)
            });
        }
    }
}
