//! The first address that answers wins (RFC 8305): attempts on the addresses of one host start 250 ms apart, v6 and v4
//! in turn, and each has its deadline, so that a dead address costs a quarter of a second and not a login. The next
//! host of the SRV records has its turn when the one before it failed, or has not answered within three seconds.

use super::reach::{forbidden, reach};
use super::resolve::{Dns, Target, ascii_domain};
use super::tls::Connector;
use crate::model::{DownReason, Reach, Step, StepState};
use crate::xmpp::link::{Link, Security, Steps};
use crate::xmpp::stream::watchdog::PER_ADDRESS;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// Between two attempts (RFC 8305 §5).
const STAGGER: Duration = Duration::from_millis(250);
/// Between two hosts: the first one of the SRV records is wanted, but not at any price.
const NEXT_HOST: Duration = Duration::from_secs(3);

/// Steps of attempts that run side by side.
type StepSender = mpsc::UnboundedSender<(Step, StepState)>;

/// Why a target came to nothing.
struct Failure {
    reason: DownReason,
    /// It has an address.
    is_named: bool,
}

/// Tries the targets in their order. Gives also those that did not come to their end. Where a server named them, whose
/// own address reached so far, only addresses are tried that it may lead to.
pub async fn connect(
    targets: &[Target],
    dns: &dyn Dns,
    connector: &Connector,
    sent_by: Option<Reach>,
    steps: Steps<'_>,
) -> Result<(Link, Vec<Target>), DownReason> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let start = |i: usize| {
        let (target, tell) = (targets.get(i)?, tell.clone());
        Some(async move { (i, one(target, dns, connector, sent_by, tell).await) })
    };
    let mut running = FuturesUnordered::new();
    let mut started = 1;
    running.extend(start(0));
    let mut failures: Vec<Failure> = Vec::new();
    // Done with, the winner at last.
    let mut done = Vec::new();
    let mut next_at = Instant::now() + NEXT_HOST;
    while !running.is_empty() {
        let is_next_due = tokio::select! {
            biased;
            Some((step, state)) = told.recv() => {
                steps(step, state);
                continue;
            }
            Some((i, result)) = running.next() => {
                while let Ok((step, state)) = told.try_recv() {
                    steps(step, state);
                }
                match result {
                    Ok(link) => {
                        done.push(i);
                        let others = targets.iter().enumerate().filter(|(i, _)| !done.contains(i));
                        return Ok((link, others.map(|(_, target)| target.clone()).collect()));
                    }
                    // Another server of the domain may have the right certificate, but a wrong one must not be
                    // glossed over.
                    Err(Failure { reason: reason @ DownReason::Certificate(_), .. }) => return Err(reason),
                    Err(failure) => {
                        done.push(i);
                        failures.push(failure);
                    }
                }
                true
            }
            () = sleep_until(next_at), if started < targets.len() => true,
        };
        if is_next_due {
            next_at = Instant::now() + NEXT_HOST;
            running.extend(start(started));
            started += 1;
        }
    }
    Err(all_failed(&failures, steps))
}

fn all_failed(failures: &[Failure], steps: Steps<'_>) -> DownReason {
    let why = failures.iter().map(|f| text(&f.reason)).collect::<Vec<_>>().join("; ");
    let step = if failures.iter().any(|f| f.is_named) { Step::Connect } else { Step::Resolve };
    // What no second attempt can change is told as such, where it is so with all of them.
    let is_tls = |f: &Failure| matches!(f.reason, DownReason::NoTls(_));
    if !failures.is_empty() && failures.iter().all(is_tls) {
        steps(Step::Secure, StepState::Failed(why.as_str().into()));
        return DownReason::NoTls(why.into());
    }
    steps(step, StepState::Failed(why.as_str().into()));
    DownReason::Unreachable(why.into())
}

/// One target: its addresses, then the race among them.
async fn one(
    target: &Target,
    dns: &dyn Dns,
    connector: &Connector,
    sent_by: Option<Reach>,
    tell: StepSender,
) -> Result<Link, Failure> {
    let unnamed = |words: String| Failure { reason: DownReason::Unreachable(words.into()), is_named: false };
    let mut found = addresses(target, dns).await.map_err(|why| unnamed(format!("{}: {why}", target.host)))?;
    let first = found.first().map(|address| reach(address.ip()));
    found.retain(|address| sent_by.is_none_or(|from| from.may_lead_to(reach(address.ip()))));
    if let (true, Some(to)) = (found.is_empty(), first) {
        return Err(unnamed(forbidden(&target.host, to)));
    }
    if found.is_empty() {
        return Err(unnamed(format!("{} has no address", target.host)));
    }
    // Only the app's end could be gone, and then this future is, too.
    let _told = tell.send((Step::Resolve, StepState::Done(words(target, &found).into())));
    let _told = tell.send((Step::Connect, StepState::Running(target.to_string().into())));
    let mut steps = |step, state| {
        let _told = tell.send((step, state));
    };
    let raced = race(target, found, connector, &mut steps).await;
    raced.map_err(|reason| Failure { reason, is_named: true })
}

fn words(target: &Target, addresses: &[SocketAddr]) -> String {
    let list = addresses.iter().take(4).map(|a| a.ip().to_string()).collect::<Vec<_>>().join(", ");
    if target.host == list { list } else { format!("{} is {list}", target.host) }
}

async fn addresses(target: &Target, dns: &dyn Dns) -> Result<Vec<SocketAddr>, String> {
    let host = ascii_domain(&target.host);
    Ok(alternate(dns.addresses(&host, target.port).await?))
}

/// v6 and v4 in turn, v6 first.
fn alternate(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let (mut six, mut four): (VecDeque<_>, VecDeque<_>) = addresses.into_iter().partition(SocketAddr::is_ipv6);
    let mut out = Vec::new();
    while !(six.is_empty() && four.is_empty()) {
        out.extend(six.pop_front());
        out.extend(four.pop_front());
    }
    out.truncate(10);
    out
}

async fn race(
    target: &Target,
    addresses: Vec<SocketAddr>,
    connector: &Connector,
    steps: Steps<'_>,
) -> Result<Link, DownReason> {
    let mut waiting = VecDeque::from(addresses);
    let mut running = FuturesUnordered::new();
    let mut failures: Vec<String> = Vec::new();
    let mut is_old_tls = true;
    loop {
        let next = waiting.pop_front();
        let is_last = waiting.is_empty();
        if let Some(address) = next {
            running.push(attempt(target, address, connector));
        } else if running.is_empty() {
            let words = failures.join("; ").into();
            return Err(if is_old_tls { DownReason::NoTls(words) } else { DownReason::Unreachable(words) });
        }
        tokio::select! {
            () = sleep(STAGGER), if !is_last => {}
            Some((address, result)) = running.next() => match result {
                Ok(link) => {
                    steps(Step::Connect, StepState::Done(address.to_string().into()));
                    if let Security::Tls(tls) = &link.security {
                        steps(Step::Secure, StepState::Done(tls.words.as_str().into()));
                    }
                    return Ok(link);
                }
                Err(reason @ DownReason::Certificate(_)) => {
                    steps(Step::Connect, StepState::Done(address.to_string().into()));
                    steps(Step::Secure, StepState::Failed(reason.words()));
                    return Err(reason);
                }
                Err(reason) => {
                    is_old_tls &= matches!(reason, DownReason::NoTls(_));
                    failures.push(format!("{address}: {}", text(&reason)));
                }
            }
        }
    }
}

fn text(reason: &DownReason) -> String {
    match reason {
        DownReason::Unreachable(words) | DownReason::NoTls(words) | DownReason::LinkLost(words) => {
            words.raw().to_owned()
        }
        DownReason::Asked
        | DownReason::Silent
        | DownReason::StepTimeout(_)
        | DownReason::Certificate(_)
        | DownReason::CaFile(_)
        | DownReason::Password(_)
        | DownReason::NoMechanism(_)
        | DownReason::OnlyPlain
        | DownReason::Weaker(_)
        | DownReason::ServerProof(_)
        | DownReason::Conflict
        | DownReason::Refused(_)
        | DownReason::SentElsewhere(_)
        | DownReason::Stream(_)
        | DownReason::Registration(_)
        | DownReason::Crashed(_) => reason.words().raw().to_owned(),
    }
}

async fn attempt(
    target: &Target,
    address: SocketAddr,
    connector: &Connector,
) -> (SocketAddr, Result<Link, DownReason>) {
    let made = timeout(PER_ADDRESS, open(target, address, connector)).await;
    let result = made.unwrap_or_else(|_| Err(DownReason::Unreachable("no answer within 20 s".into())));
    (address, result)
}

async fn open(target: &Target, address: SocketAddr, connector: &Connector) -> Result<Link, DownReason> {
    let tcp = TcpStream::connect(address).await.map_err(|e| DownReason::Unreachable(e.to_string().into()))?;
    // Stanzas are small and each is a whole message: waiting to fill a packet only costs time.
    if let Err(error) = tcp.set_nodelay(true) {
        tracing::debug!("TCP_NODELAY: {error}");
    }
    let peer = Some(address.ip());
    if target.is_direct {
        let secured = connector.direct(Box::new(tcp)).await?;
        return Ok(Link { io: secured.io, security: Security::Tls(Box::new(secured.tls)), peer });
    }
    Ok(Link { io: Box::new(tcp), security: Security::StartTls(connector.upgrade()), peer })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_alternate() {
        let a = |text: &str| text.parse::<SocketAddr>().unwrap();
        let mixed = vec![a("1.1.1.1:1"), a("1.1.1.2:1"), a("[::1]:1"), a("1.1.1.3:1")];
        assert_eq!(alternate(mixed), [a("[::1]:1"), a("1.1.1.1:1"), a("1.1.1.2:1"), a("1.1.1.3:1")]);
    }

    #[tokio::test]
    async fn a_refused_address_does_not_stop_the_next() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open = listener.local_addr().unwrap();
        let closed = {
            let other = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            other.local_addr().unwrap()
        };
        let connector = Connector::new("a.test", None, Vec::new()).await.unwrap();
        let target = Target { host: "a.test".to_owned(), port: open.port(), is_direct: false };
        let mut seen = Vec::new();
        let mut steps = |step: Step, state: StepState| seen.push((step, state));
        let link = race(&target, vec![closed, open], &connector, &mut steps).await.unwrap();
        assert!(matches!(link.security, Security::StartTls(_)));
        assert_eq!(seen, [(Step::Connect, StepState::Done(open.to_string().into()))]);
        let Err(reason) = race(&target, vec![closed], &connector, &mut |_, _| {}).await else { panic!() };
        assert!(matches!(reason, DownReason::Unreachable(_)));
    }

    #[tokio::test]
    async fn r28_an_address_that_takes_the_connection_and_is_silent_costs_a_quarter_of_a_second() {
        use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
        let made = rcgen::generate_simple_self_signed(vec!["a.test".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let ca = dir.path().join("ca.pem");
        std::fs::write(&ca, made.cert.pem()).unwrap();
        let dead = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let alive = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addresses = vec![dead.local_addr().unwrap(), alive.local_addr().unwrap()];
        tokio::spawn(async move {
            let (io, _) = alive.accept().await.unwrap();
            let _held = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config)).accept(io).await.unwrap();
            std::future::pending::<()>().await;
        });
        let connector = Connector::new("a.test", Some(ca), Vec::new()).await.unwrap();
        let target = Target { host: "a.test".to_owned(), port: addresses[1].port(), is_direct: true };
        let began = std::time::Instant::now();
        let link = race(&target, addresses, &connector, &mut |_, _| {}).await.unwrap();
        assert!(matches!(link.security, Security::Tls(_)));
        assert!(began.elapsed() >= STAGGER && began.elapsed() < STAGGER * 20, "{:?}", began.elapsed());
        assert!(dead.accept().await.is_ok(), "it was tried first");
    }
}
