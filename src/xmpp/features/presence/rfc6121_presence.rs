//! RFC 6121 §4: presence, the user's own and that of the contacts.
//!
//! The user is shown as available once the roster is loaded, in the state that was set last, and sees every resource
//! of every contact. A presence can be shown to one address alone; such addresses are told when the user goes.
//!
//! With it goes, where parlour made the user "away" by itself, the time of the last key (XEP-0319); that of contacts is
//! shown, never as later than now.
//!
//! Security: presence counts from contacts, from people the user wrote to, and from the account's own resources.
//! Anybody else is passed over, at most [`RESOURCES_MAX`] resources per address are kept, and of a status its start.

use crate::contract::event::presence::Event as PresenceEvent;
use crate::contract::{Command, Event, command};
use crate::model::{Availability, BareJid, Jid, OwnPresence, ResourcePresence, Time, Untrusted};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Signal, Spec, Stage, Support};
use crate::xmpp::kit::element::{kept_status, stanza_text, stanza_text_in, status_text, text_el};
use crate::xmpp::kit::{disco, ns, payload, time};
use crate::xmpp::stanza::{Kind, Stanza};
use std::collections::BTreeMap;
use xmpp_parsers::caps::Caps;
use xmpp_parsers::hashes::{Algo, Hash};
use xso::{AsXml, FromXml};

/// At most so many resources of one address are kept.
const RESOURCES_MAX: usize = 50;

static SPEC: Spec = Spec {
    name: "RFC 6121 §4",
    title: "Exchanging Presence Information",
    version: "2011-03",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Deliver,
};

static ALSO: [Spec; 1] = [Spec {
    name: "XEP-0319",
    title: "Last User Interaction in Presence",
    version: "1.0.2",
    support: Support::Complete,
    disco: &[ns::IDLE],
    stage: Stage::Deliver,
}];

/// XEP-0319 §3. That of `xmpp_parsers` writes no milliseconds and reads no stamp of old.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::IDLE, name = "idle")]
struct Idle {
    #[xml(attribute)]
    since: Time,
}

/// What the user shows, and who is there.
#[derive(Default)]
pub struct Presences {
    own: OwnPresence,
    /// Whether the server knows `own`.
    is_shown: bool,
    /// Whether this session's first presence may go out: the roster is here.
    is_ready: bool,
    there: BTreeMap<BareJid, BTreeMap<Jid, ResourcePresence>>,
}

impl Feature for Presences {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also(&self) -> &'static [Spec] {
        &ALSO
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        match signal {
            Signal::BoundAnew => {
                self.is_ready = false;
                self.is_shown = false;
                self.there.clear();
                cx.facts.shown_to.clear();
            }
            Signal::RosterLoaded => {
                self.is_ready = true;
                self.show(cx);
                cx.emit(Event::Presence(PresenceEvent::OwnChanged(self.own.clone())));
            }
            Signal::Down => cx.emit(Event::Presence(PresenceEvent::AllGone)),
            Signal::Resumed => {
                // The server does not say again what it said: those who were there still are.
                for presence in self.there.values().flat_map(BTreeMap::values) {
                    cx.emit(Event::Presence(PresenceEvent::Changed(presence.clone())));
                }
                if self.is_ready && !self.is_shown {
                    self.show(cx);
                }
            }
            _ => {}
        }
    }

    fn on_presence(&mut self, cx: &mut Cx<'_>, presence: &mut Inbound) -> Flow {
        let stanza = &presence.stanza;
        if cx.is_room(&presence.from) || stanza.child("x", ns::MUC_USER).is_some() || !is_known(cx, &presence.from) {
            return Flow::Pass;
        }
        match stanza.type_.as_deref() {
            None => self.came(cx, parse_presence(cx, presence)),
            Some("unavailable") => self.went(cx, &presence.from, status_text(stanza)),
            Some(_) => return Flow::Pass,
        }
        Flow::Taken
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Presence(command::presence::Command::Set(presence)) => {
                self.own = presence;
                self.is_shown = false;
                if self.is_ready {
                    self.show(cx);
                }
                cx.emit(Event::Presence(PresenceEvent::OwnChanged(self.own.clone())));
                Ok(())
            }
            Command::Presence(command::presence::Command::Direct { to, presence }) => {
                if presence.availability == Availability::Offline {
                    cx.facts.shown_to.remove(&to);
                } else {
                    cx.facts.shown_to.insert(to.clone());
                }
                cx.send(build_presence(cx, &presence).with_to(to));
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }
}

impl Presences {
    /// Sends the user's own presence, and tells the rooms.
    fn show(&mut self, cx: &mut Cx<'_>) {
        if !cx.facts.is_online {
            return;
        }
        self.is_shown = true;
        let stanza = build_presence(cx, &self.own);
        if self.own.availability == Availability::Offline {
            let mut shown_to: Vec<Jid> = std::mem::take(&mut cx.facts.shown_to).into_iter().collect();
            shown_to.sort_unstable();
            for to in shown_to {
                cx.send(stanza.clone().with_to(to));
            }
        }
        cx.send(stanza.clone());
        cx.signal(Signal::OwnPresence(Box::new(stanza)));
    }

    fn came(&mut self, cx: &mut Cx<'_>, mut presence: ResourcePresence) {
        let of_jid = self.there.entry(presence.jid.bare()).or_default();
        match of_jid.get(&presence.jid) {
            // The same state again, as servers repeat it: it began when it began.
            Some(old) if old.availability == presence.availability && old.status == presence.status => {
                presence.since = old.since;
            }
            None if of_jid.len() >= RESOURCES_MAX => return,
            Some(_) | None => {}
        }
        of_jid.insert(presence.jid.clone(), presence.clone());
        cx.emit(Event::Presence(PresenceEvent::Changed(presence)));
    }

    fn went(&mut self, cx: &mut Cx<'_>, jid: &Jid, status: Option<Untrusted>) {
        let bare = jid.bare();
        if let Some(of_jid) = self.there.get_mut(&bare) {
            of_jid.remove(jid);
            if jid.is_bare() || of_jid.is_empty() {
                self.there.remove(&bare);
            }
        }
        cx.emit(Event::Presence(PresenceEvent::Gone { jid: jid.clone(), status }));
    }
}

fn is_known(cx: &Cx<'_>, from: &Jid) -> bool {
    let bare = from.bare();
    cx.facts.roster.contains_key(&bare) || cx.facts.is_trusted(&bare)
}

fn parse_presence(cx: &Cx<'_>, presence: &Inbound) -> ResourcePresence {
    let stanza = &presence.stanza;
    let availability = match stanza_text(stanza, "show").as_deref().map(str::trim) {
        Some("chat") => Availability::Chat,
        Some("away") => Availability::Away,
        Some("xa") => Availability::ExtendedAway,
        Some("dnd") => Availability::DoNotDisturb,
        Some(_) | None => Availability::Online,
    };
    let since = stanza.child("delay", ns::DELAY).and_then(time::delay).map_or(cx.now, |(_, t)| t.min(cx.now));
    ResourcePresence {
        jid: presence.from.clone(),
        availability,
        status: kept_status(stanza_text_in(stanza, "status", &cx.facts.settings.languages)),
        priority: stanza_text(stanza, "priority").and_then(|p| p.trim().parse().ok()).unwrap_or(0),
        // Where the capabilities are known already, by this very presence: nothing comes after it that would say so.
        client: cx.facts.peers.get(&presence.from).and_then(|info| disco::client_name(info)),
        since,
        idle_since: stanza.child("idle", ns::IDLE).and_then(payload::read).map(|Idle { since }| since.min(cx.now)),
    }
}

fn build_presence(cx: &Cx<'_>, own: &OwnPresence) -> Stanza {
    let mut stanza = Stanza::new(Kind::Presence);
    let show = match own.availability {
        Availability::Offline => {
            stanza = stanza.with_type("unavailable");
            None
        }
        Availability::Online => None,
        Availability::Chat | Availability::Away | Availability::ExtendedAway | Availability::DoNotDisturb => {
            Some(own.availability.word())
        }
    };
    stanza.children.extend(show.map(|show| text_el("show", ns::JABBER_CLIENT, show)));
    if !own.status.is_empty() {
        stanza.children.push(text_el("status", ns::JABBER_CLIENT, &own.status));
    }
    if own.availability == Availability::Offline {
        return stanza;
    }
    if own.priority != 0 {
        stanza.children.push(text_el("priority", ns::JABBER_CLIENT, &own.priority.to_string()));
    }
    if let Some(since) = own.idle_since {
        stanza.children.push(payload::write(&Idle { since }));
    }
    if let Some((node, ver)) = &cx.facts.own_caps {
        let hash = Hash::from_base64(Algo::Sha_1, ver).ok();
        stanza.children.extend(hash.map(|hash| payload::write(&Caps::new(node.as_str(), hash))));
    }
    stanza
}
