//! XEP-0455: Service Outage Status.
//!
//! A server may say at which web addresses its operators tell of outages. They are kept on the disk, for when the
//! server itself cannot be asked; the session looks there when connecting fails again and again, and the user with
//! `/outage`. An outage stands where the connection's state does, one that is planned as planned.
//!
//! Security (S-61): who names the addresses is the server, so only https is fetched, by the account's own way, and
//! nothing in the user's machine or house unless the server is there itself; how far it was is kept with the addresses.

use crate::contract::{Bootstrap, Write};
use crate::model::{DiscoInfo, StatusPlaces};
use crate::xmpp::feature::{Cx, Facts, Feature, Signal, Spec, Stage, Support};
use crate::xmpp::kit::{forms, ns};

static SPEC: Spec = Spec {
    name: "XEP-0455",
    title: "Service Outage Status",
    version: "0.4.0",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Classify,
};

/// So many addresses are kept, and so many bytes of one.
const ADDRESSES_MAX: usize = 5;
const LENGTH_MAX: usize = 2_000;

/// Keeps in `Facts` where the server's operators tell of outages.
#[derive(Default)]
pub struct OutageStatus {
    places: StatusPlaces,
}

impl Feature for OutageStatus {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn load(&mut self, facts: &mut Facts, bootstrap: &Bootstrap) {
        self.places = bootstrap.status_places.clone();
        facts.status_places = self.places.clone();
    }

    fn unload(&self, bootstrap: &mut Bootstrap) {
        bootstrap.status_places = self.places.clone();
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        if *signal != Signal::ServerKnown {
            return;
        }
        // No answer is no news; an answer without addresses is.
        let Some(addresses) = cx.facts.server.as_ref().map(addresses) else { return };
        let places = StatusPlaces { addresses, reach: cx.facts.reach };
        let is_none = places.addresses.is_empty() && self.places.addresses.is_empty();
        if places != self.places && !is_none {
            self.places = places.clone();
            cx.facts.status_places = places.clone();
            cx.write(Write::StatusPlaces(places));
        }
    }
}

/// What the server's disco#info says (XEP-0128).
fn addresses(info: &DiscoInfo) -> Vec<String> {
    let form = info.forms.iter().find(|form| forms::form_type(form) == Some(ns::OUTAGE));
    let field = form.and_then(|form| form.fields.iter().find(|f| f.var == "external-status-addresses"));
    let is_one = |a: &&String| a.len() <= LENGTH_MAX && !a.contains(|c: char| c.is_control() || c.is_whitespace());
    let trimmed = field.into_iter().flat_map(|f| &f.values).map(|a| a.trim().to_owned()).collect::<Vec<_>>();
    trimmed.iter().filter(|a| !a.is_empty()).filter(is_one).take(ADDRESSES_MAX).cloned().collect()
}
