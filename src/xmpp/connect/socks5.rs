//! SOCKS5 (RFC 1928, RFC 1929), made for Tor.
//!
//! With a proxy nothing of the account goes past it: the proxy is told the server's name and looks it up itself, no
//! SRV record is asked for here, and when the proxy is dead there is no other way out. So the port cannot be found by
//! SRV either: it is the settings' `port`, else 5222 with STARTTLS, then 5223 with direct TLS. Where the settings give
//! no user name, random ones are used, others for each account: Tor then takes separate ways for them.

use super::resolve::{Dns, Target, ascii_domain};
use super::tls::Connector;
use crate::model::{AccountSettings, DownReason, Secret, Socks5, Step, StepState};
use crate::xmpp::link::{Duplex, Link, Security, Steps};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Time for one server by way of the proxy: a hidden service takes its time.
const PATIENCE: Duration = Duration::from_mins(1);
const VERSION: u8 = 5;
const NO_LOGIN: u8 = 0;
const LOGIN: u8 = 2;
const CONNECT: u8 = 1;

/// What stands in for a login that the settings do not give.
#[derive(Debug, Clone)]
pub struct Isolation {
    user: String,
    password: Secret,
}

impl Default for Isolation {
    fn default() -> Self {
        let random = crate::xmpp::random::random_id;
        Self { user: format!("parlour-{}", random()), password: Secret::new(&random()) }
    }
}

/// Where to ask the proxy to go.
#[must_use]
pub fn targets(settings: &AccountSettings) -> Vec<Target> {
    let host = settings.host.clone().unwrap_or_else(|| settings.id.jid().domain().to_owned());
    let one = |port, is_direct| Target { host: host.clone(), port, is_direct };
    match (settings.port, settings.direct_tls) {
        (Some(port), is_direct) => vec![one(port, is_direct)],
        (None, true) => vec![one(5223, true)],
        (None, false) => vec![one(5222, false), one(5223, true)],
    }
}

/// Connects by way of the proxy, to one target after the other. Gives also those that were not tried.
pub async fn connect(
    proxy: &Socks5,
    isolation: &Isolation,
    targets: &[Target],
    (dns, connector): (&dyn Dns, &Connector),
    steps: Steps<'_>,
) -> Result<(Link, Vec<Target>), DownReason> {
    let place = proxy.place();
    steps(Step::Resolve, StepState::Done(format!("the proxy {place} finds it; nothing is asked of DNS here").into()));
    let mut failures: Vec<String> = Vec::new();
    let mut only_tls = None;
    for (tried, target) in (1..).zip(targets) {
        steps(Step::Connect, StepState::Running(format!("{target} by the proxy {place}").into()));
        let opened = timeout(PATIENCE, open(proxy, isolation, target, dns, connector, steps)).await;
        match opened.unwrap_or_else(|_| Err(Failure::Target("no answer within 60 s".to_owned()))) {
            Ok(link) => return Ok((link, targets[tried..].to_vec())),
            Err(Failure::Proxy(why)) => {
                let words = format!("the proxy {place}: {why}. Nothing was sent past it");
                steps(Step::Connect, StepState::Failed(words.as_str().into()));
                return Err(DownReason::Unreachable(words.into()));
            }
            Err(Failure::Target(why)) => failures.push(format!("{target}: {why}")),
            Err(Failure::Tls(reason @ DownReason::Certificate(_))) => {
                steps(Step::Secure, StepState::Failed(reason.words()));
                return Err(reason);
            }
            Err(Failure::Tls(reason)) => {
                failures.push(format!("{target}: {}", reason.words().raw()));
                only_tls = Some(reason);
            }
        }
    }
    let words = format!("by the proxy {place}: {}", failures.join("; "));
    steps(Step::Connect, StepState::Failed(words.as_str().into()));
    match only_tls.filter(|_| failures.len() == 1) {
        Some(reason) => Err(reason),
        None => Err(DownReason::Unreachable(words.into())),
    }
}

enum Failure {
    /// The proxy itself: no other target helps.
    Proxy(String),
    /// This target.
    Target(String),
    /// TLS with this target.
    Tls(DownReason),
}

async fn open(
    proxy: &Socks5,
    isolation: &Isolation,
    target: &Target,
    dns: &dyn Dns,
    connector: &Connector,
    steps: Steps<'_>,
) -> Result<Link, Failure> {
    let mut tcp = reach(proxy, dns).await.map_err(Failure::Proxy)?;
    greet(&mut tcp, proxy, isolation).await.map_err(Failure::Proxy)?;
    ask(&mut tcp, target).await?;
    steps(Step::Connect, StepState::Done(format!("{target} by the proxy {}", proxy.place()).into()));
    let io: Box<dyn Duplex> = Box::new(tcp);
    if target.is_direct {
        let secured = connector.direct(io).await.map_err(Failure::Tls)?;
        steps(Step::Secure, StepState::Done(secured.tls.words.as_str().into()));
        return Ok(Link { io: secured.io, security: Security::Tls(Box::new(secured.tls)), peer: None });
    }
    Ok(Link { io, security: Security::StartTls(connector.upgrade()), peer: None })
}

/// A byte stream to a place that is no XMPP server, by way of the proxy. An error is in words.
pub async fn through(
    proxy: &Socks5,
    isolation: &Isolation,
    target: &Target,
    dns: &dyn Dns,
) -> Result<Box<dyn Duplex>, String> {
    let at = |why: String| format!("the proxy {}: {why}. Nothing was sent past it", proxy.place());
    let mut tcp = reach(proxy, dns).await.map_err(at)?;
    greet(&mut tcp, proxy, isolation).await.map_err(at)?;
    match ask(&mut tcp, target).await {
        Ok(()) => Ok(Box::new(tcp)),
        Err(Failure::Proxy(why)) => Err(at(why)),
        Err(Failure::Target(why)) => Err(why),
        Err(Failure::Tls(reason)) => Err(reason.words().raw().to_owned()),
    }
}

/// A TCP connection to the proxy. Only a proxy that is itself called by name costs a question to DNS.
async fn reach(proxy: &Socks5, dns: &dyn Dns) -> Result<TcpStream, String> {
    let addresses = if let Ok(ip) = proxy.host.parse::<IpAddr>() {
        vec![SocketAddr::new(ip, proxy.port)]
    } else if proxy.host.eq_ignore_ascii_case("localhost") {
        vec![(Ipv4Addr::LOCALHOST, proxy.port).into(), (Ipv6Addr::LOCALHOST, proxy.port).into()]
    } else {
        dns.addresses(&proxy.host, proxy.port).await?
    };
    let mut why = "it has no address".to_owned();
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(tcp) => {
                if let Err(error) = tcp.set_nodelay(true) {
                    tracing::debug!("TCP_NODELAY: {error}");
                }
                return Ok(tcp);
            }
            Err(error) => why = error.to_string(),
        }
    }
    Err(format!("cannot connect to it: {why}"))
}

/// Tells who we are.
async fn greet(tcp: &mut TcpStream, proxy: &Socks5, isolation: &Isolation) -> Result<(), String> {
    tcp.write_all(&[VERSION, 2, LOGIN, NO_LOGIN]).await.map_err(|e| lost(&e))?;
    let mut answer = [0; 2];
    tcp.read_exact(&mut answer).await.map_err(|e| lost(&e))?;
    match answer {
        [VERSION, NO_LOGIN] => return Ok(()),
        [VERSION, LOGIN] => {}
        [VERSION, _] => return Err("it wants another way to sign in to it than a user name and a password".to_owned()),
        _ => return Err("what answers there is no SOCKS5 proxy".to_owned()),
    }
    let (user, password) = match &proxy.login {
        Some((user, password)) => (user.as_str(), password),
        None => (isolation.user.as_str(), &isolation.password),
    };
    let mut message = vec![1];
    for text in [user, password.expose()] {
        message.push(u8::try_from(text.len()).map_err(|_| "its user name or password is too long".to_owned())?);
        message.extend_from_slice(text.as_bytes());
    }
    tcp.write_all(&message).await.map_err(|e| lost(&e))?;
    tcp.read_exact(&mut answer).await.map_err(|e| lost(&e))?;
    if answer[1] == 0 { Ok(()) } else { Err("it refused the user name or password".to_owned()) }
}

/// Asks for a connection; the name goes as it is, so the proxy looks it up.
async fn ask(tcp: &mut TcpStream, target: &Target) -> Result<(), Failure> {
    let host = ascii_domain(&target.host);
    let mut message = vec![VERSION, CONNECT, 0];
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            message.push(1);
            message.extend_from_slice(&ip.octets());
        }
        Ok(IpAddr::V6(ip)) => {
            message.push(4);
            message.extend_from_slice(&ip.octets());
        }
        Err(_) => {
            let len = u8::try_from(host.len()).map_err(|_| Failure::Target("its name is too long".to_owned()))?;
            message.extend_from_slice(&[3, len]);
            message.extend_from_slice(host.as_bytes());
        }
    }
    message.extend_from_slice(&target.port.to_be_bytes());
    let gone = |e: std::io::Error| Failure::Proxy(lost(&e));
    tcp.write_all(&message).await.map_err(gone)?;
    let mut head = [0; 4];
    tcp.read_exact(&mut head).await.map_err(gone)?;
    if head[0] != VERSION {
        return Err(Failure::Proxy("what answers there is no SOCKS5 proxy".to_owned()));
    }
    if head[1] != 0 {
        return Err(Failure::Target(refusal(head[1]).to_owned()));
    }
    let len = match head[3] {
        1 => 4,
        4 => 16,
        3 => usize::from(tcp.read_u8().await.map_err(gone)?),
        _ => return Err(Failure::Proxy("its answer makes no sense".to_owned())),
    };
    let mut bound = vec![0; len + 2];
    tcp.read_exact(&mut bound).await.map_err(gone)?;
    Ok(())
}

fn lost(error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::UnexpectedEof {
        "it hung up; is it a SOCKS5 proxy?".to_owned()
    } else {
        error.to_string()
    }
}

/// What the proxy's answer means (RFC 1928 §6; above 0xF0 as Tor says, proposal 304).
fn refusal(code: u8) -> &'static str {
    match code {
        2 => "the proxy's rules forbid it",
        3 => "the proxy cannot reach that network",
        4 => "the proxy cannot find or reach that host",
        5 => "connection refused there",
        6 => "it took too long",
        7 => "the proxy cannot make connections",
        8 => "the proxy does not know this kind of address",
        0xF0 => "no such onion service is known",
        0xF1 => "the onion service's description is not valid",
        0xF2 => "the onion service does not answer",
        0xF3 => "no way to the onion service was found",
        0xF4 | 0xF5 => "the onion service wants a key of ours",
        0xF6 => "that is no onion address",
        0xF7 => "the way to the onion service took too long",
        _ => "the proxy failed",
    }
}
