//! A server by hand on a TCP port with real TLS, and an engine that dials it over the network.

use crate::session::fake::{Fake, HEADER, Rig};
use parlour::contract::Bootstrap;
use parlour::model::{AccountId, AccountSettings, BareJid};
use parlour::xmpp::connect::NetDial;
use parlour::xmpp::connect::resolve::NameServer;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks for the client's STARTTLS.
pub const STARTTLS: &str = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";

/// A server's port.
pub struct Host {
    listener: TcpListener,
    pub port: u16,
}

/// A client that went through the handshake.
pub type Guest = Fake<TlsStream<TcpStream>>;

impl Host {
    pub async fn start() -> Self {
        Self::at(0).await
    }

    pub async fn at(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { listener, port }
    }

    pub async fn tcp(&self) -> TcpStream {
        timeout(PATIENCE, self.listener.accept()).await.expect("a client comes").unwrap().0
    }

    /// The next client, by direct TLS. `None`: the handshake came to nothing.
    pub async fn direct(&self, tls: &Arc<rustls::ServerConfig>) -> Option<Guest> {
        handshake(tls, self.tcp().await).await
    }

    /// The next client, by STARTTLS; with the header that it sent in the clear.
    pub async fn starttls(&self, tls: &Arc<rustls::ServerConfig>) -> (Option<Guest>, String) {
        upgrade(tls, self.tcp().await).await
    }
}

/// STARTTLS with a client.
pub async fn upgrade(tls: &Arc<rustls::ServerConfig>, tcp: TcpStream) -> (Option<Guest>, String) {
    let mut fake = Fake::new(tcp);
    let header = fake.expect("version='1.0' xml:lang='en'>").await;
    fake.send(&format!("{HEADER}<stream:features>{STARTTLS}</stream:features>")).await;
    fake.expect("</starttls>").await;
    fake.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").await;
    let (tcp, rest) = fake.into_parts();
    assert!(rest.is_empty(), "in the clear: {rest}");
    (handshake(tls, tcp).await, header)
}

async fn handshake(tls: &Arc<rustls::ServerConfig>, tcp: TcpStream) -> Option<Guest> {
    TlsAcceptor::from(tls.clone()).accept(tcp).await.ok().map(Fake::new)
}

/// The settings of `me` at a domain, with an authority of its own.
pub fn settings(domain: &str, ca: &Path) -> AccountSettings {
    let id = AccountId(BareJid::parse(&format!("me@{domain}")).unwrap());
    AccountSettings { ca_file: Some(ca.to_owned()), ..AccountSettings::new(id, "here".to_owned()) }
}

/// The same, with the host on this port.
pub fn at(settings: &AccountSettings, port: u16, is_direct: bool) -> AccountSettings {
    let host = Some("127.0.0.1".to_owned());
    AccountSettings { host, port: Some(port), direct_tls: is_direct, ..settings.clone() }
}

/// An engine over the network; names are asked of this name server, where one is given.
pub fn engine(settings: AccountSettings, names: Option<SocketAddr>) -> Rig {
    let dial = names.map_or_else(NetDial::default, |at| NetDial::with(Arc::new(NameServer(at))));
    Rig::dialling(settings, Bootstrap::default(), Box::new(dial))
}
