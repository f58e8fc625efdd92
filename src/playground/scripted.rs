//! A server that a test drives line by line.
//!
//! It logs the client in for real (SCRAM, bind), then takes the stream apart: what the test says goes to the pipe as it is,
//! so that bytes may be as hostile as the test likes, and what the client sends is read as XML.

use super::stream::{self, Stream, Top};
pub use super::stream::{Login, login};
use minidom::Element;
use std::io;
use tokio::io::{AsyncWriteExt as _, BufReader, DuplexStream, WriteHalf, split};
use tokio_xmpp::connect::AsyncReadAndWrite;
use xmpp_parsers::stream_features::StreamFeatures;

/// The server's end, after the login.
pub struct Scripted {
    out: WriteHalf<BufReader<DuplexStream>>,
    stream: Stream<Box<dyn AsyncReadAndWrite + Send>>,
    /// The full JID that the client was given.
    pub client: String,
}

impl Scripted {
    /// Logs the client in, offering these features beside binding.
    ///
    /// # Errors
    /// When the client leaves before the login is done.
    pub async fn login(io: DuplexStream, account: Login<'_>, features: StreamFeatures) -> io::Result<Self> {
        let (stream, client) = login(io, account, features).await?;
        let (read, out) = split(stream.into_inner());
        Ok(Self { out, stream: stream::reading(read).await?.box_stream(), client })
    }

    /// Sends these bytes as they are.
    ///
    /// # Errors
    /// When the client is gone.
    pub async fn send(&mut self, xml: &str) -> io::Result<()> {
        self.out.write_all(xml.as_bytes()).await?;
        self.out.flush().await
    }

    /// The next stanza from the client; `None` at its end. Words of XEP-0198 are passed over.
    ///
    /// # Errors
    /// When the client sent no XML.
    pub async fn next(&mut self) -> io::Result<Option<Element>> {
        loop {
            match stream::next(&mut self.stream).await? {
                Some(Top::Any(element)) => return Ok(Some(element)),
                Some(Top::Sasl(_) | Top::Sm(_)) => {}
                None => return Ok(None),
            }
        }
    }
}
