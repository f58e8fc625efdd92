//! A server that a test drives line by line.
//!
//! It logs the client in for real (SCRAM, bind), then sends what the test says and shows what the client
//! sends. Bytes may be as hostile as the test likes: nothing is checked on the way out.

use super::stream::{Incoming, Stream};
use minidom::Element;
use std::io;
use tokio::io::DuplexStream;

/// The server's end, after the login.
pub struct Scripted {
    stream: Stream,
    /// The full JID that the client was given.
    pub client: String,
}

impl Scripted {
    /// Logs the client in as `user`@`domain` with this password, offering these features beside binding.
    ///
    /// # Errors
    /// When the client leaves before the login is done.
    pub async fn login(io: DuplexStream, domain: &str, user: &str, password: &str, features: &str) -> io::Result<Self> {
        let mut stream = Stream::new(io);
        let client = stream.login(domain, user, password, features).await?;
        Ok(Self { stream, client })
    }

    /// Sends these bytes as they are.
    ///
    /// # Errors
    /// When the client is gone.
    pub async fn send(&mut self, xml: &str) -> io::Result<()> {
        self.stream.send(xml).await
    }

    /// The next element from the client; `None` at its end.
    ///
    /// # Errors
    /// When the client sent no XML.
    pub async fn next(&mut self) -> io::Result<Option<Element>> {
        loop {
            match self.stream.next().await? {
                Incoming::Header => {}
                Incoming::Element(element) => return Ok(Some(element)),
                Incoming::Footer => return Ok(None),
            }
        }
    }
}
