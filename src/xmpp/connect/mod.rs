//! From an account's settings to a byte stream.
//!
//! [`Dial`] is the seam: the session does not know whether the other end is a server on the network
//! ([`NetDial`]) or one inside the program. Only a dial can say [`Security::InProcess`](super::link::Security::InProcess); no setting leads there.

pub mod channel;
pub mod https;
pub mod own;
pub mod race;
pub mod reach;
pub mod resolve;
pub mod socks5;
pub mod tls;
pub mod verify;
pub mod x509;

use super::link::{Link, Steps};
use crate::model::{AccountSettings, DownReason, Reach, Step, StepState};
use futures_util::future::BoxFuture;
use https::{Fetch, Https};
use resolve::{Dns, Lookup, SystemDns, Target};
use socks5::Isolation;
use std::sync::Arc;

/// Makes byte streams to an account's server.
pub trait Dial: Send {
    /// A new byte stream. Tells the steps `Resolve`, `Connect` and, with direct TLS, `Secure`.
    fn dial<'a>(
        &'a mut self,
        settings: &'a AccountSettings,
        steps: Steps<'a>,
    ) -> BoxFuture<'a, Result<Link, DownReason>>;

    /// Whether the domain has servers that the last dial did not find to be dead.
    fn has_others(&self) -> bool {
        false
    }

    /// The server of the last dial took the connection and then said nothing of use: the next dial is to the others.
    /// Gives whether there are any.
    fn pass_over(&mut self) -> bool {
        false
    }

    /// How far the address of the last dial reached.
    fn reach(&self) -> Reach {
        Reach::Public
    }

    /// What fetches documents from the web for this account, where there is a web.
    fn fetch(&self) -> Option<Arc<dyn Fetch>> {
        None
    }
}

/// Dials over the network.
#[derive(Debug)]
pub struct NetDial {
    dns: Arc<dyn Dns>,
    isolation: Isolation,
    /// What the last dial left, untried or on its way.
    others: Vec<Target>,
    /// Whether the next dial is to those alone.
    is_passing: bool,
    /// How far the address of the last dial reached.
    reach: Reach,
}

impl NetDial {
    /// One that asks these about names.
    #[must_use]
    pub fn with(dns: Arc<dyn Dns>) -> Self {
        Self { dns, isolation: Isolation::default(), others: Vec::new(), is_passing: false, reach: Reach::Public }
    }
}

impl Default for NetDial {
    fn default() -> Self {
        Self::with(Arc::new(SystemDns))
    }
}

impl Dial for NetDial {
    fn dial<'a>(
        &'a mut self,
        settings: &'a AccountSettings,
        steps: Steps<'a>,
    ) -> BoxFuture<'a, Result<Link, DownReason>> {
        Box::pin(dial(self, settings, steps))
    }

    fn has_others(&self) -> bool {
        !self.others.is_empty()
    }

    fn pass_over(&mut self) -> bool {
        self.is_passing = self.has_others();
        self.is_passing
    }

    fn reach(&self) -> Reach {
        self.reach
    }

    fn fetch(&self) -> Option<Arc<dyn Fetch>> {
        Some(Arc::new(Https(self.dns.clone())))
    }
}

async fn dial(dial: &mut NetDial, settings: &AccountSettings, steps: Steps<'_>) -> Result<Link, DownReason> {
    let domain = settings.id.jid().domain().to_owned();
    let connector = tls::Connector::new(&domain, settings.ca_file.clone(), settings.pins.clone()).await?;
    let connector = connector.showing(settings.client_certificate.clone(), settings.client_key.clone()).await?;
    let dns = &*dial.dns;
    let others = std::mem::take(&mut dial.others);
    let is_passing = std::mem::take(&mut dial.is_passing);
    let targets = match &settings.socks5 {
        _ if is_passing => others,
        Some(_) => socks5::targets(settings),
        None => targets(dns, settings, &domain, steps).await?,
    };
    if let Some(why) = unreached(settings) {
        steps(Step::Resolve, StepState::Failed(why.as_str().into()));
        return Err(DownReason::Unreachable(why.into()));
    }
    let (link, others) = match &settings.socks5 {
        Some(proxy) => socks5::connect(proxy, &dial.isolation, &targets, (dns, &connector), steps).await?,
        None => race::connect(&targets, dns, &connector, settings.sent_by, steps).await?,
    };
    dial.others = others;
    dial.reach = link.peer.map_or(Reach::Public, reach::reach);
    Ok(link)
}

/// Why the host that a server named is not asked of the proxy.
fn unreached(settings: &AccountSettings) -> Option<String> {
    let (host, from) = (settings.host.as_deref().filter(|_| settings.socks5.is_some())?, settings.sent_by?);
    let to = reach::of_name(host).filter(|to| !from.may_lead_to(*to))?;
    Some(reach::forbidden(host, to))
}

/// Where to connect to: what the settings say, else what DNS says.
async fn targets(
    dns: &dyn Dns,
    settings: &AccountSettings,
    domain: &str,
    steps: Steps<'_>,
) -> Result<Vec<Target>, DownReason> {
    // Such a name must never be asked of DNS (RFC 7686).
    let host = settings.host.as_deref().unwrap_or(domain);
    if host.trim_end_matches('.').to_ascii_lowercase().ends_with(".onion") {
        let words = format!("{host} is reached by Tor alone: set socks5 = \"127.0.0.1:9050\" for this account");
        steps(Step::Resolve, StepState::Failed(words.as_str().into()));
        return Err(DownReason::Unreachable(words.into()));
    }
    if let Some(host) = &settings.host {
        let port = settings.port.unwrap_or(if settings.direct_tls { 5223 } else { 5222 });
        return Ok(vec![Target { host: host.clone(), port, is_direct: settings.direct_tls }]);
    }
    steps(Step::Resolve, StepState::Running(format!("SRV records of {domain}").into()));
    let fallback = Target { host: domain.to_owned(), port: settings.port.unwrap_or(5222), is_direct: false };
    let (targets, words) = match resolve::lookup(dns, domain).await {
        Lookup::Found(targets) => {
            let words = targets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            (targets, words)
        }
        Lookup::Nothing => (vec![fallback], format!("no SRV records, trying {domain}")),
        Lookup::Failed(why) => (vec![fallback], format!("no SRV records ({why}), trying {domain}")),
        Lookup::Refused => {
            let words = format!("{domain} says that it offers no XMPP service");
            steps(Step::Resolve, StepState::Failed(words.as_str().into()));
            return Err(DownReason::Unreachable(words.into()));
        }
    };
    steps(Step::Resolve, StepState::Done(words.into()));
    Ok(targets)
}
