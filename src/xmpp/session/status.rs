//! What is known of the server's status page (XEP-0455), and the task that looks at it beside everything else.

use crate::model::{AccountSettings, Outage, Phase, StatusPlaces, Time};
use crate::xmpp::connect::https::Fetch;
use crate::xmpp::kit::outage;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// So many of the addresses are tried.
const ADDRESSES_MAX: usize = 3;

/// What a look came to.
pub(super) type Found = Result<Option<Outage>, String>;

/// What about it is due.
pub(super) enum StatusDue {
    /// A look came to an end.
    Looked(Found),
    /// It is time for another one.
    Again,
}

/// Looks at the operators' pages.
#[derive(Debug, Default)]
pub(super) struct Status {
    pub(super) fetch: Option<Arc<dyn Fetch>>,
    pub(super) look: Option<JoinHandle<Found>>,
    /// The user waits for the answer.
    pub(super) is_asked: bool,
    pub(super) failures: u32,
    pub(super) looked: Option<Instant>,
    pub(super) looked_at_login: Option<Instant>,
    /// Nobody has looked since the link went down.
    pub(super) is_down_news: bool,
    /// What was told last.
    pub(super) known: Option<Outage>,
    /// When to do so.
    pub(super) again: Option<Instant>,
}

impl Drop for Status {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Status {
    /// From now on with this; without it nothing is looked at.
    pub(super) fn fetch_by(&mut self, fetch: Option<Arc<dyn Fetch>>) {
        self.fetch = fetch;
    }

    /// Waits for what is due; may be dropped without losing anything.
    pub(super) async fn due(&mut self) -> StatusDue {
        if let Some(look) = &mut self.look {
            let found = look.await.unwrap_or_else(|e| Err(e.to_string()));
            self.look = None;
            return StatusDue::Looked(found);
        }
        match self.again {
            Some(at) => sleep_until(at).await,
            None => std::future::pending().await,
        }
        self.again = None;
        StatusDue::Again
    }

    fn stop(&mut self) {
        if let Some(look) = self.look.take() {
            look.abort();
        }
    }

    /// Where in the known outage this moment is; nowhere once it is over.
    pub(super) fn phase(&self) -> Option<Phase> {
        self.known.as_ref().map(|o| o.phase(Time::now())).filter(|phase| *phase != Phase::Over)
    }

    pub(super) fn rested(since: Option<Instant>, pause: Duration) -> bool {
        since.is_none_or(|at| at.elapsed() >= pause)
    }
}

/// The first address that has an answer of sense.
pub(super) async fn look(fetch: Arc<dyn Fetch>, settings: AccountSettings, places: StatusPlaces) -> Found {
    let mut faults = Vec::new();
    for address in places.addresses.iter().take(ADDRESSES_MAX) {
        let got = fetch.get(&settings, address, places.reach).await;
        match got.and_then(|body| outage::parse(&body)) {
            Ok(outage) => return Ok(outage),
            Err(why) => faults.push(format!("{address}: {why}")),
        }
    }
    Err(faults.join("; "))
}
