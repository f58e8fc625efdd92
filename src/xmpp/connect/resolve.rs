//! Where a domain's servers are: SRV records (RFC 6120 §3.2, XEP-0368).
//!
//! `_xmpps-client` (direct TLS) and `_xmpp-client` (STARTTLS) are one list: sorted by priority, within one by
//! the weighted draw of RFC 2782. A target of "." says that the service is not there, which is honoured.

use super::super::stream::watchdog::PER_ADDRESS;
use crate::model::Standard;
use futures_util::future::BoxFuture;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;

/// The row of the reference.
pub const STANDARD: Standard = Standard::complete("XEP-0368", "SRV records for XMPP over TLS", "1.1.0");

/// Time for all questions to DNS.
const PATIENCE: Duration = Duration::from_secs(10);
/// At most so many targets are tried.
const TARGETS_MAX: usize = 20;

/// A server to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The host's name or address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// TLS from the first byte.
    pub is_direct: bool,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}{}", self.host, self.port, if self.is_direct { " (TLS)" } else { "" })
    }
}

/// One SRV record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Lower is first.
    pub priority: u16,
    /// Share within one priority.
    pub weight: u16,
    /// Host, port, and whether TLS begins at once.
    pub target: Target,
}

/// What DNS says.
#[derive(Debug, PartialEq, Eq)]
pub enum Lookup {
    /// These, in this order.
    Found(Vec<Target>),
    /// No records: the domain itself is to be tried.
    Nothing,
    /// The service is said not to be there.
    Refused,
    /// DNS could not be asked; the reason in words. The domain itself is to be tried.
    Failed(String),
}

/// Who answers questions about names. The seam by which another name server, or none at all, can be put in.
pub trait Dns: fmt::Debug + Send + Sync {
    /// The SRV records of a name; their targets are of this kind. None, or an error in words where nobody answers.
    fn srv<'a>(&'a self, name: &'a str, is_direct: bool) -> BoxFuture<'a, Result<Vec<Record>, String>>;

    /// The addresses of a host.
    fn addresses<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, Result<Vec<SocketAddr>, String>>;
}

/// The system's resolver: its name servers for SRV records, its own way (hosts file and all) for addresses.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemDns;

impl Dns for SystemDns {
    fn srv<'a>(&'a self, name: &'a str, is_direct: bool) -> BoxFuture<'a, Result<Vec<Record>, String>> {
        Box::pin(async move {
            let resolver = TokioResolver::builder_tokio().and_then(hickory_resolver::ResolverBuilder::build);
            srv(&resolver.map_err(|e| e.to_string())?, name, is_direct).await
        })
    }

    fn addresses<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, Result<Vec<SocketAddr>, String>> {
        Box::pin(async move {
            let found = timeout(PER_ADDRESS, tokio::net::lookup_host((host, port))).await;
            let found = found.map_err(|_| "DNS does not answer".to_owned())?.map_err(|e| e.to_string())?;
            Ok(found.collect())
        })
    }
}

/// One name server, and nothing of the system's.
#[derive(Debug, Clone, Copy)]
pub struct NameServer(pub SocketAddr);

impl NameServer {
    fn resolver(self) -> Result<TokioResolver, String> {
        let mut way = ConnectionConfig::udp();
        way.port = self.0.port();
        let server = NameServerConfig::new(self.0.ip(), true, vec![way]);
        let config = ResolverConfig::from_name_servers(vec![server]);
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        builder.build().map_err(|e| e.to_string())
    }
}

impl Dns for NameServer {
    fn srv<'a>(&'a self, name: &'a str, is_direct: bool) -> BoxFuture<'a, Result<Vec<Record>, String>> {
        Box::pin(async move { srv(&self.resolver()?, name, is_direct).await })
    }

    fn addresses<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, Result<Vec<SocketAddr>, String>> {
        Box::pin(async move {
            if let Ok(ip) = host.parse::<IpAddr>() {
                return Ok(vec![SocketAddr::new(ip, port)]);
            }
            if host.eq_ignore_ascii_case("localhost") {
                return Ok(vec![(Ipv4Addr::LOCALHOST, port).into()]);
            }
            let resolver = self.resolver()?;
            let found = timeout(PER_ADDRESS, resolver.lookup_ip(format!("{host}."))).await;
            let found = found.map_err(|_| "DNS does not answer".to_owned())?.map_err(|e| e.to_string())?;
            Ok(found.iter().map(|ip| SocketAddr::new(ip, port)).collect())
        })
    }
}

/// The domain as DNS and certificates spell it (A-labels), without brackets around IPv6.
#[must_use]
pub fn ascii_domain(domain: &str) -> String {
    let bare = domain.trim_start_matches('[').trim_end_matches(']');
    idna::domain_to_ascii(bare).unwrap_or_else(|_| bare.to_owned())
}

/// Asks DNS for both kinds of records.
pub async fn lookup(dns: &dyn Dns, domain: &str) -> Lookup {
    let domain = ascii_domain(domain);
    if domain.parse::<std::net::IpAddr>().is_ok() || !domain.contains('.') {
        return Lookup::Nothing;
    }
    let asked = async {
        let (direct_name, plain_name) =
            (format!("_xmpps-client._tcp.{domain}."), format!("_xmpp-client._tcp.{domain}."));
        let (direct, plain) = tokio::join!(dns.srv(&direct_name, true), dns.srv(&plain_name, false));
        match (direct, plain) {
            (Err(why), Err(_)) => Err(why),
            (direct, plain) => Ok([direct.unwrap_or_default(), plain.unwrap_or_default()].concat()),
        }
    };
    match timeout(PATIENCE, asked).await {
        Ok(Ok(records)) => order(records, &mut draw),
        Ok(Err(why)) => Lookup::Failed(why),
        Err(_) => Lookup::Failed("DNS does not answer".to_owned()),
    }
}

async fn srv(resolver: &TokioResolver, name: &str, is_direct: bool) -> Result<Vec<Record>, String> {
    let answer = match resolver.srv_lookup(name).await {
        Ok(answer) => answer,
        Err(error) if error.is_no_records_found() || error.is_nx_domain() => return Ok(Vec::new()),
        Err(error) => return Err(error.to_string()),
    };
    let records = answer.answers().iter().filter_map(|record| {
        let RData::SRV(srv) = &record.data else { return None };
        let name = srv.target.to_ascii();
        let host = if name == "." { name } else { name.trim_end_matches('.').to_owned() };
        let target = Target { host, port: srv.port, is_direct };
        Some(Record { priority: srv.priority, weight: srv.weight, target })
    });
    Ok(records.collect())
}

/// A random number from 0 to and with `max`.
fn draw(max: u32) -> u32 {
    let random = getrandom::u32().unwrap_or(0);
    u32::try_from((u64::from(random) * (u64::from(max) + 1)) >> 32).unwrap_or(0)
}

/// The order of RFC 2782. `draw(max)` gives a random number from 0 to and with `max`.
pub fn order(mut records: Vec<Record>, draw: &mut dyn FnMut(u32) -> u32) -> Lookup {
    if records.is_empty() {
        return Lookup::Nothing;
    }
    records.retain(|r| r.target.host != ".");
    if records.is_empty() {
        return Lookup::Refused;
    }
    // Weight 0 goes first within a priority, so that it has a small chance of being drawn.
    records.sort_by_key(|r| (r.priority, r.weight));
    let mut targets = Vec::with_capacity(records.len());
    while let Some(priority) = records.first().map(|r| r.priority) {
        let same = records.iter().take_while(|r| r.priority == priority);
        let total: u32 = same.map(|r| u32::from(r.weight)).sum();
        let drawn = draw(total);
        let mut sum = 0;
        let at = records.iter().position(|r| {
            sum += u32::from(r.weight);
            sum >= drawn
        });
        targets.push(records.remove(at.unwrap_or(0)).target);
    }
    targets.truncate(TARGETS_MAX);
    Lookup::Found(targets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(priority: u16, weight: u16, host: &str, is_direct: bool) -> Record {
        Record { priority, weight, target: Target { host: host.to_owned(), port: 5222, is_direct } }
    }

    fn hosts(lookup: Lookup) -> Vec<String> {
        match lookup {
            Lookup::Found(targets) => targets.into_iter().map(|t| t.host).collect(),
            Lookup::Nothing | Lookup::Refused | Lookup::Failed(_) => panic!("{lookup:?}"),
        }
    }

    #[test]
    fn both_kinds_are_one_list_by_priority() {
        let records = vec![record(10, 0, "c", false), record(5, 0, "a", true), record(7, 0, "b", false)];
        assert_eq!(hosts(order(records, &mut |_| 0)), ["a", "b", "c"]);
    }

    #[test]
    fn weights_are_a_draw() {
        let records = || vec![record(1, 10, "light", false), record(1, 90, "heavy", true), record(1, 0, "zero", false)];
        assert_eq!(hosts(order(records(), &mut |_| 0)), ["zero", "light", "heavy"]);
        assert_eq!(hosts(order(records(), &mut |max| max)), ["heavy", "light", "zero"]);
        let mut seen = Vec::new();
        order(records(), &mut |max| {
            seen.push(max);
            11.min(max)
        });
        assert_eq!(seen, [100, 10, 0], "the total of what is left, of one priority");
    }

    #[test]
    fn heavy_is_first_about_as_often_as_its_weight_says() {
        let first = (0..=100).filter(|n| {
            hosts(order(vec![record(1, 20, "light", false), record(1, 80, "heavy", false)], &mut |max| (*n).min(max)))
                [0]
                == "heavy"
        });
        assert_eq!(first.count(), 80);
    }

    #[test]
    fn a_dot_says_not_here() {
        assert_eq!(order(vec![record(0, 0, ".", true), record(0, 0, ".", false)], &mut |_| 0), Lookup::Refused);
        assert_eq!(hosts(order(vec![record(0, 0, ".", true), record(0, 0, "a", false)], &mut |_| 0)), ["a"]);
        assert_eq!(order(Vec::new(), &mut |_| 0), Lookup::Nothing);
    }

    #[test]
    fn draws_stay_in_range() {
        assert!((0..1000).all(|_| draw(3) <= 3));
        assert_eq!(draw(0), 0);
    }

    #[test]
    fn idn_becomes_a_labels() {
        assert_eq!(ascii_domain("müller.example"), "xn--mller-kva.example");
        assert_eq!(ascii_domain("[::1]"), "::1");
    }
}
