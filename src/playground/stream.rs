//! The server's end of a stream: bytes to elements, SCRAM-SHA-256, resource binding.

use super::xml::{attr, esc};
use base64::{Engine as _, engine::general_purpose::STANDARD as B64};
use minidom::Element;
use rxml::{Parse as _, error::EndOrError};
use sasl::common::{
    Password,
    scram::{ScramProvider, Sha256},
};
use std::io;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use xso::{Context, FromEventsBuilder as _, FromXml};

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
const ITERATIONS: u32 = 4096;
/// Fixed: this server guards nothing, it shows what a login looks like.
const SALT: &[u8] = b"parlour playground";

/// What the client sent.
pub enum Incoming {
    /// The stream header.
    Header,
    /// A whole element below it.
    Element(Element),
    /// The end of the stream.
    Footer,
}

/// The server's end of one connection.
pub struct Stream {
    io: DuplexStream,
    parser: rxml::Parser,
    buffer: Vec<u8>,
    depth: usize,
    builder: Option<<Element as FromXml>::Builder>,
}

fn bad(what: impl ToString) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_string())
}

impl Stream {
    /// Over a pipe.
    pub fn new(io: DuplexStream) -> Self {
        Self { io, parser: rxml::Parser::default(), buffer: Vec::new(), depth: 0, builder: None }
    }

    /// Starts anew after a login: the client sends another header.
    fn restart(&mut self) {
        self.parser = rxml::Parser::default();
        self.depth = 0;
        self.builder = None;
    }

    /// Sends raw XML.
    pub async fn send(&mut self, xml: &str) -> io::Result<()> {
        self.io.write_all(xml.as_bytes()).await?;
        self.io.flush().await
    }

    /// The next thing that the client sends. Cancel safe: bytes stay in the buffer.
    pub async fn next(&mut self) -> io::Result<Incoming> {
        loop {
            if let Some(found) = self.parse()? {
                return Ok(found);
            }
            if self.io.read_buf(&mut self.buffer).await? == 0 {
                return Ok(Incoming::Footer);
            }
        }
    }

    fn parse(&mut self) -> io::Result<Option<Incoming>> {
        loop {
            let mut rest = &self.buffer[..];
            let before = rest.len();
            let step = self.parser.parse(&mut rest, false);
            let used = before - rest.len();
            self.buffer.drain(..used);
            match step {
                Ok(Some(event)) => {
                    if let Some(found) = self.event(event)? {
                        return Ok(Some(found));
                    }
                }
                Ok(None) => return Ok(Some(Incoming::Footer)),
                Err(EndOrError::NeedMoreData) => return Ok(None),
                Err(EndOrError::Error(error)) => return Err(bad(error)),
            }
        }
    }

    fn event(&mut self, event: rxml::Event) -> io::Result<Option<Incoming>> {
        match &event {
            rxml::Event::StartElement(..) => self.depth += 1,
            rxml::Event::EndElement(_) => self.depth = self.depth.saturating_sub(1),
            rxml::Event::XmlDeclaration(..) | rxml::Event::Text(..) => {}
        }
        let context = Context::empty();
        if let Some(builder) = &mut self.builder {
            let done = builder.feed(event, &context).map_err(bad)?;
            if let Some(element) = done {
                self.builder = None;
                return Ok(Some(Incoming::Element(element)));
            }
            return Ok(None);
        }
        match event {
            rxml::Event::StartElement(..) if self.depth == 1 => Ok(Some(Incoming::Header)),
            rxml::Event::StartElement(_, name, attributes) => {
                let builder = Element::from_events(name, attributes, &context).map_err(|_| bad("not an element"))?;
                self.builder = Some(builder);
                Ok(None)
            }
            rxml::Event::EndElement(_) if self.depth == 0 => Ok(Some(Incoming::Footer)),
            rxml::Event::EndElement(_) | rxml::Event::XmlDeclaration(..) | rxml::Event::Text(..) => Ok(None),
        }
    }

    async fn element(&mut self) -> io::Result<Element> {
        loop {
            match self.next().await? {
                Incoming::Element(element) => return Ok(element),
                Incoming::Header => {}
                Incoming::Footer => return Err(bad("the stream ended")),
            }
        }
    }

    async fn header(&mut self, domain: &str, features: &str) -> io::Result<()> {
        loop {
            match self.next().await? {
                Incoming::Header => break,
                Incoming::Element(_) => {}
                Incoming::Footer => return Err(bad("the stream ended")),
            }
        }
        self.send(&format!(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
             id='playground' from='{domain}' version='1.0' xml:lang='en'><stream:features>{features}</stream:features>"
        ))
        .await
    }

    /// A whole login. Gives the full JID.
    pub async fn login(&mut self, domain: &str, user: &str, password: &str, features: &str) -> io::Result<String> {
        self.header(domain, &format!("<mechanisms xmlns='{SASL}'><mechanism>SCRAM-SHA-256</mechanism></mechanisms>"))
            .await?;
        while !self.authenticate(user, password).await? {
            self.send(&format!("<failure xmlns='{SASL}'><not-authorized/></failure>")).await?;
        }
        self.restart();
        self.header(domain, &format!("<bind xmlns='{BIND}'/>{features}")).await?;
        loop {
            let iq = self.element().await?;
            let Some(bind) = iq.get_child("bind", BIND) else { continue };
            let resource = super::xml::text(bind, "resource", BIND).unwrap_or_else(|| "parlour".to_owned());
            let full = format!("{user}@{domain}/{resource}");
            let id = esc(attr(&iq, "id"));
            self.send(&format!(
                "<iq type='result' id='{id}'><bind xmlns='{BIND}'><jid>{}</jid></bind></iq>",
                esc(&full)
            ))
            .await?;
            return Ok(full);
        }
    }

    /// One SCRAM exchange (RFC 5802). `false` when the proof was wrong.
    async fn authenticate(&mut self, user: &str, password: &str) -> io::Result<bool> {
        let auth = self.element().await?;
        let first = String::from_utf8(B64.decode(auth.text().trim()).map_err(bad)?).map_err(bad)?;
        let bare = first.splitn(3, ',').nth(2).unwrap_or_default().to_owned();
        let client_nonce = bare.split(',').find_map(|p| p.strip_prefix("r=")).unwrap_or_default();
        let named = bare.split(',').find_map(|p| p.strip_prefix("n=")).unwrap_or_default();
        let nonce = format!("{client_nonce}playground");
        let server_first = format!("r={nonce},s={},i={ITERATIONS}", B64.encode(SALT));
        self.send(&format!("<challenge xmlns='{SASL}'>{}</challenge>", B64.encode(&server_first))).await?;
        let response = self.element().await?;
        let last = String::from_utf8(B64.decode(response.text().trim()).map_err(bad)?).map_err(bad)?;
        let (without_proof, proof) = last.rsplit_once(",p=").ok_or_else(|| bad("no proof"))?;
        let salted =
            Sha256::derive(&Password::Plain(password.to_owned()), SALT, ITERATIONS).map_err(|_| bad("derive"))?;
        let hmac = |data: &[u8], key: &[u8]| Sha256::hmac(data, key).map_err(|_| bad("hmac"));
        let client_key = hmac(b"Client Key", &salted)?;
        let message = format!("{bare},{server_first},{without_proof}");
        let signature = hmac(message.as_bytes(), &Sha256::hash(&client_key))?;
        let wanted: Vec<u8> = client_key.iter().zip(signature).map(|(a, b)| a ^ b).collect();
        if named != user || B64.decode(proof).map_err(bad)? != wanted {
            return Ok(false);
        }
        let server_key = hmac(b"Server Key", &salted)?;
        let verifier = format!("v={}", B64.encode(hmac(message.as_bytes(), &server_key)?));
        self.send(&format!("<success xmlns='{SASL}'>{}</success>", B64.encode(verifier))).await?;
        Ok(true)
    }
}
