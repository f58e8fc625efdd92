//! A byte stream to a server, and how safe it is: what a connection hands to the login.
//!
//! `connect` makes links and `stream` signs in over them. Both need these types, and neither needs the other.

use crate::model::{Certificate, DownReason, Step, StepState, TlsInfo, Trust};
use futures_util::future::BoxFuture;
use std::net::IpAddr;
use tokio::io::{AsyncRead, AsyncWrite};

/// Any byte stream: TCP, TLS over it, a pipe.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// What both ends of one TLS session know, and nobody in between: SCRAM binds itself to it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Channel {
    /// `tls-exporter` (RFC 9266). TLS 1.3 only: older versions need an extension that is not known to be in use.
    pub exporter: Option<Vec<u8>>,
    /// `tls-server-end-point` (RFC 5929 §4): a hash of the server's certificate. It stops who has another certificate,
    /// not who has stolen this one.
    pub end_point: Option<Vec<u8>>,
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What TLS gave, for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsFacts {
    /// Such as `TLS 1.3`.
    pub version: String,
    /// The version and the cipher, in words.
    pub words: String,
    /// The cipher suite's name.
    pub cipher: String,
    /// The certificate, and why it was taken.
    pub certificate: Option<(Certificate, Trust)>,
    /// What a login can bind itself to.
    pub channel: Channel,
    /// The addresses in the user's own certificate (XmppAddr), where one was at hand for the server.
    pub own_addresses: Option<Vec<String>>,
}

impl TlsFacts {
    /// The same for the app.
    #[must_use]
    pub fn info(&self, is_direct: bool) -> TlsInfo {
        let Self { version, cipher, certificate, .. } = self.clone();
        TlsInfo { version, cipher, is_direct, certificate }
    }
}

/// An encrypted byte stream.
pub struct Secured {
    /// The byte stream.
    pub io: Box<dyn Duplex>,
    /// What TLS gave.
    pub tls: TlsFacts,
}

/// Makes TLS of a plain byte stream, for STARTTLS.
pub type Upgrade = Box<dyn FnOnce(Box<dyn Duplex>) -> BoxFuture<'static, Result<Secured, DownReason>> + Send>;

/// How safe a new byte stream is.
pub enum Security {
    /// TLS from the first byte (XEP-0368).
    Tls(Box<TlsFacts>),
    /// Plain: nothing but STARTTLS may be said over it.
    StartTls(Upgrade),
    /// It never leaves the program.
    InProcess,
}

/// A new byte stream.
pub struct Link {
    /// The byte stream.
    pub io: Box<dyn Duplex>,
    /// How safe it is.
    pub security: Security,
    /// The address at the other end, where it was not a proxy that went there.
    pub peer: Option<IpAddr>,
}

/// Where the steps of a connection are told.
pub type Steps<'a> = &'a mut (dyn FnMut(Step, StepState) + Send);
