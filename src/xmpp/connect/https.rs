//! One small document by HTTPS, for what is not on the XMPP stream.
//!
//! It goes the account's own way: by its proxy and then past nothing else, with its name server, its authorities. What
//! names the address is somebody else, so: https alone, no redirect, no address of the user's own machine or house
//! (S-61), a short while, a small body. Nothing tells who asks: no cookie, no referrer, a word for the program.
//!
//! Behind a SOCKS5 proxy only addresses that are written out and names without a dot are judged by where they lead: the
//! proxy looks up the others, and what it finds nobody here learns.

use super::reach::forbidden;
use super::resolve::{Dns, Target, ascii_domain};
use super::socks5::{self, Isolation};
use super::{reach, tls};
use crate::model::{AccountSettings, Reach};
use crate::xmpp::link::Duplex;
use futures_util::future::BoxFuture;
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response, StatusCode, Uri, header};
use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Time for all of it.
pub const DEADLINE: Duration = Duration::from_secs(10);
/// Time for one address to take the connection.
const PER_ADDRESS: Duration = Duration::from_secs(4);
/// So many addresses of a host are tried.
const ADDRESSES_MAX: usize = 4;
/// Most bytes of a body.
pub const BODY_MAX: usize = 64 << 10;
/// Most bytes of the answer's head.
const HEAD_MAX: usize = 16 << 10;

/// Fetches documents for an account, without a task of its own.
pub trait Fetch: fmt::Debug + Send + Sync {
    /// The body at an address that was named by somebody who was met at an address of this reach. An error is in words.
    fn get(&self, settings: &AccountSettings, url: &str, from: Reach) -> BoxFuture<'static, Result<Vec<u8>, String>>;
}

/// Fetches over the network.
#[derive(Debug)]
pub struct Https(pub Arc<dyn Dns>);

impl Fetch for Https {
    fn get(&self, settings: &AccountSettings, url: &str, from: Reach) -> BoxFuture<'static, Result<Vec<u8>, String>> {
        let (dns, settings, place) = (self.0.clone(), settings.clone(), Place::parse(url));
        Box::pin(async move {
            let place = place?;
            let got = timeout(DEADLINE, async {
                let tcp = connect(&settings, &place, &*dns, from).await?;
                let io = tls::https(&place.host, settings.ca_file.clone(), tcp).await?;
                exchange(io, &place).await
            });
            got.await.unwrap_or_else(|_| Err(format!("no whole answer within {} s", DEADLINE.as_secs())))
        })
    }
}

/// An address, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    /// The host as DNS and certificates spell it, without brackets.
    host: String,
    port: u16,
    /// The host and port as the address gives them.
    authority: String,
    path: String,
}

impl Place {
    fn parse(url: &str) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|_| "it is not a web address that parlour can read".to_owned())?;
        if uri.scheme_str() != Some("https") {
            return Err("it is not encrypted (https), so anybody on the way could change what it says".to_owned());
        }
        let authority = uri.authority().ok_or_else(|| "it names no host".to_owned())?;
        if authority.as_str().contains('@') {
            return Err("it has a user name in it".to_owned());
        }
        let port = match authority.as_str().rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
            Some((_, port)) => port.parse().ok().filter(|p| *p != 0).ok_or_else(|| "its port is none".to_owned())?,
            None => 443,
        };
        let path = uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        Ok(Self { host: ascii_domain(authority.host()), port, authority: authority.to_string(), path })
    }
}

/// A TCP connection: by the proxy where there is one, else to an address that may be reached.
async fn connect(
    settings: &AccountSettings,
    place: &Place,
    dns: &dyn Dns,
    from: Reach,
) -> Result<Box<dyn Duplex>, String> {
    let host = place.host.trim_end_matches('.').to_ascii_lowercase();
    let literal = reach::written(&host);
    if let Some(to) = literal.map(reach::reach).filter(|to| !from.may_lead_to(*to)) {
        return Err(forbidden(&host, to));
    }
    if let Some(proxy) = &settings.socks5 {
        if let Some(to) = reach::of_name(&host).filter(|_| literal.is_none()) {
            return Err(forbidden(&host, to));
        }
        let target = Target { host, port: place.port, is_direct: true };
        // A way of its own: who runs the last hop must not see that it is the account's.
        return socks5::through(proxy, &Isolation::default(), &target, dns).await;
    }
    if host.rsplit('.').next() == Some("onion") {
        return Err(format!("{host} is reached by Tor alone, and this account has no proxy"));
    }
    let found = match literal {
        Some(ip) => vec![SocketAddr::new(ip, place.port)],
        None => dns.addresses(&host, place.port).await?,
    };
    if found.is_empty() {
        return Err(format!("{host} has no address"));
    }
    // What was judged here is what is connected to: a second answer of DNS is never asked for.
    let open = found.iter().filter(|a| from.may_lead_to(reach::reach(a.ip()))).take(ADDRESSES_MAX);
    let mut why = forbidden(&host, reach_of(&found));
    for address in open {
        match timeout(PER_ADDRESS, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => return Ok(Box::new(tcp)),
            Ok(Err(error)) => why = format!("{address}: {error}"),
            Err(_) => why = format!("{address} does not answer"),
        }
    }
    Err(why)
}

/// How far the addresses of a host reach, for words: what is somebody's counts, where there is such a one.
fn reach_of(found: &[SocketAddr]) -> Reach {
    found.iter().map(|a| reach::reach(a.ip())).find(|to| *to != Reach::Nobody).unwrap_or(Reach::Nobody)
}

/// Asks and reads.
async fn exchange(io: Box<dyn Duplex>, place: &Place) -> Result<Vec<u8>, String> {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_MAX).max_headers(64);
    let words = |e: hyper::Error| format!("HTTP: {e}");
    let (mut sender, connection) = builder.handshake(Io(io)).await.map_err(words)?;
    let request = Request::get(place.path.as_str())
        .header(header::HOST, place.authority.as_str())
        .header(header::USER_AGENT, "parlour")
        .header(header::ACCEPT, "application/json")
        .header(header::CONNECTION, "close")
        .body(Nothing)
        .map_err(|e| e.to_string())?;
    let mut talk = pin!(async { body(sender.send_request(request).await.map_err(words)?).await });
    let mut connection = pin!(connection);
    tokio::select! {
        biased;
        got = &mut talk => return got,
        // What was read before the end is still to be taken; what was not, `talk` finds out.
        _ended = &mut connection => {}
    }
    talk.await
}

async fn body(response: Response<Incoming>) -> Result<Vec<u8>, String> {
    let status = response.status();
    if status.is_redirection() {
        return Err("it leads elsewhere, and parlour does not follow".to_owned());
    }
    if status != StatusCode::OK {
        return Err(format!("the web server says {status}"));
    }
    if response.headers().get(header::CONTENT_ENCODING).is_some_and(|e| e != "identity") {
        return Err("it is packed in a way that was not asked for".to_owned());
    }
    let too_big = || format!("it is larger than {} kB", BODY_MAX >> 10);
    let mut body = response.into_body();
    if body.size_hint().lower() > BODY_MAX as u64 {
        return Err(too_big());
    }
    let mut bytes = Vec::new();
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|e| format!("HTTP: {e}"))?;
        if let Ok(data) = frame.into_data() {
            if bytes.len() + data.len() > BODY_MAX {
                return Err(too_big());
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}

/// The body of a question that has none.
struct Nothing;

impl Body for Nothing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        hyper::body::SizeHint::with_exact(0)
    }
}

/// Our byte streams in the words of hyper.
struct Io(Box<dyn Duplex>);

impl hyper::rt::Read for Io {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut into: hyper::rt::ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        let mut bytes = [0; 4096];
        let room = into.remaining().min(bytes.len());
        let mut read = ReadBuf::new(&mut bytes[..room]);
        ready!(Pin::new(&mut self.0).poll_read(cx, &mut read))?;
        into.put_slice(read.filled());
        Poll::Ready(Ok(()))
    }
}

impl hyper::rt::Write for Io {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let place = Place::parse("https://Status.Example:8443/a/b?c=d#e").unwrap();
        assert_eq!((place.host.as_str(), place.port), ("status.example", 8443));
        assert_eq!((place.authority.as_str(), place.path.as_str()), ("Status.Example:8443", "/a/b?c=d"));
        let six = Place::parse("https://[::1]:444").unwrap();
        assert_eq!((six.host.as_str(), six.port, six.path.as_str()), ("::1", 444, "/"));
        assert_eq!(Place::parse("https://[::1]").unwrap().port, 443);
    }

    #[test]
    fn an_address_of_nobody_is_not_said_to_be_one_of_the_house() {
        let to = |list: &[&str]| {
            let found = list.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 443)).collect::<Vec<_>>();
            forbidden("a.test", reach_of(&found))
        };
        for nobody in ["0.0.0.0", "::", "192.0.2.1", "198.18.0.7", "2001:db8::1"] {
            assert!(to(&[nobody]).contains("address of nobody"), "{nobody}: {}", to(&[nobody]));
        }
        for house in ["127.0.0.1", "::1", "10.0.0.1", "fe80::1"] {
            assert!(to(&[house]).contains("address of this machine or"), "{house}: {}", to(&[house]));
            assert!(to(&["0.0.0.0", house]).contains("address of this machine or"), "{house} is what matters");
        }
    }

    #[test]
    fn s61_only_https_is_fetched() {
        for url in [
            "http://status.example/",
            "HTTP://status.example/",
            "ftp://status.example/",
            "file:///etc/passwd",
            "gopher://status.example/",
            "data:application/json,{}",
            "xmpp:a@b",
            "//status.example/",
            "/status.json",
            "status.example",
            "https://",
            "https:///x",
            "https://user:pass@status.example/",
            "https://status.example:99999/",
            "https://status.example:0/",
            "https://status.example/\r\nEvil: 1",
            "https://status.example/ x",
            "https://a\u{200b}b/",
            "",
        ] {
            assert!(Place::parse(url).is_err(), "{url:?}");
        }
    }
}
