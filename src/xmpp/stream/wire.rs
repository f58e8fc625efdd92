//! The wire: a byte stream to elements and back.
//!
//! One poll writes what is queued and reads one frame, so neither direction waits for the other (two peers that
//! both only write would stall for ever), and the future may be dropped at any point without losing anything.
//! Finished stanzas are handed over before an error is.

use super::codec::{Decoder, Replaced, Top, encode_element, encode_stanza, replaced};
use super::redact;
use super::scan::{Bounds, Broken, Frame, Malformed, Scanner};
use crate::clock::boot_time;
use crate::model::wire::{Direction, WireLine};
use crate::model::{Time, Untrusted};
use crate::xmpp::kit::ns;
use crate::xmpp::link::Duplex;
use crate::xmpp::stanza::Stanza;
use bytes::{Buf, BytesMut};
use minidom::Element;
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{future::poll_fn, io};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;

/// Most bytes that wait to be written: more means that the server takes nothing any more.
const QUEUE_MAX: usize = 8 << 20;
/// Most bytes of a piece that is written at once: what one TLS record holds.
const RECORD: usize = 16 << 10;
/// Bytes that are asked of the socket at once.
const READ: usize = 16 << 10;
/// How long the server may take to read why we hang up.
const FAREWELL: Duration = Duration::from_millis(500);
/// Console lines that wait to be fetched.
const LINES_MAX: usize = 500;

/// What comes in.
pub enum Received {
    /// The peer opened its stream; with its id.
    Header(Option<String>),
    /// A stanza.
    Stanza(Stanza),
    /// A stanza, or another element, that was not taken.
    Replaced(Replaced),
    /// Any other element.
    Element(Element),
    /// The peer closed its stream.
    Closed,
}

/// Why nothing more comes in.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The socket.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The connection ended without the end of the stream.
    #[error("the server hung up")]
    Ended,
    /// The outline of the stream is broken.
    #[error("the server sent {0}")]
    Malformed(#[from] Malformed),
    /// The stream header was not one.
    #[error("the server does not speak XMPP: {0}")]
    Header(String),
    /// More waits to be written than ever should.
    #[error("the server does not take what we send")]
    Stuck,
    /// Bytes came in before a restart of the stream: somebody may have injected them.
    #[error("bytes came before encryption or a restart of the stream")]
    Injected,
}

/// A stream to a server.
pub struct Wire {
    io: Box<dyn Duplex>,
    scanner: Scanner,
    decoder: Option<Decoder>,
    frames: VecDeque<Frame>,
    fault: Option<WireError>,
    write_fault: Option<WireError>,
    /// What waits to be written, in pieces that end where an element ends and fit into one TLS record. A link
    /// that is cut between records then leaves no half stanza in the server's parser; Prosody 0.12 goes on with
    /// that parser when the session is resumed, and would call the next stanza malformed.
    outgoing: VecDeque<BytesMut>,
    outgoing_len: usize,
    is_unflushed: bool,
    read: Box<[u8]>,
    last_byte: Duration,
    watched: watch::Receiver<bool>,
    lines: VecDeque<WireLine>,
}

impl Wire {
    /// A wire over a byte stream. While `watched` is true it keeps console lines.
    #[must_use]
    pub fn new(io: Box<dyn Duplex>, watched: watch::Receiver<bool>) -> Self {
        Self {
            io,
            scanner: Scanner::new(Bounds::default()),
            decoder: None,
            frames: VecDeque::new(),
            fault: None,
            write_fault: None,
            outgoing: VecDeque::new(),
            outgoing_len: 0,
            is_unflushed: false,
            read: vec![0; READ].into_boxed_slice(),
            last_byte: boot_time(),
            watched,
            lines: VecDeque::new(),
        }
    }

    /// When the last byte came in, on the boot-time clock.
    #[must_use]
    pub fn last_byte(&self) -> Duration {
        self.last_byte
    }

    /// Opens, or opens anew, our stream to a domain. What the server says for people should be in this language.
    ///
    /// # Errors
    /// When bytes of the peer wait that belong to the old stream.
    pub fn open(&mut self, domain: &str, from: Option<&str>, language: &str) -> Result<(), WireError> {
        if !self.is_quiet() {
            return Err(WireError::Injected);
        }
        self.scanner = Scanner::new(Bounds::default());
        self.decoder = None;
        let from = from.map(|from| format!(" from='{}'", escape(from))).unwrap_or_default();
        let header = format!(
            "<?xml version='1.0'?><stream:stream xmlns='{}' xmlns:stream='{}'{from} to='{}' version='1.0' xml:lang='{}'>",
            ns::JABBER_CLIENT,
            ns::STREAM,
            escape(domain),
            escape(language)
        );
        self.note(Direction::Out, || header.clone());
        self.queue(header.as_bytes());
        Ok(())
    }

    /// Whether nothing of the peer waits to be read, as far as it has come in.
    fn is_quiet(&self) -> bool {
        self.frames.is_empty() && self.fault.is_none() && self.scanner.is_between_frames()
    }

    /// Gives the byte stream back, for STARTTLS.
    ///
    /// # Errors
    /// When bytes came in that would be taken for encrypted ones (RFC 6120 §5.4.3.3).
    pub fn into_io(self) -> Result<Box<dyn Duplex>, WireError> {
        if self.is_quiet() && self.outgoing.is_empty() { Ok(self.io) } else { Err(WireError::Injected) }
    }

    /// Queues a stanza. Nothing is written before [`Wire::next`].
    ///
    /// # Errors
    /// When far too much waits to be written already. A stanza that cannot be XML is dropped and noted.
    pub fn send(&mut self, stanza: &Stanza) -> Result<(), WireError> {
        match encode_stanza(stanza) {
            Ok(bytes) => {
                self.note(Direction::Out, || redact::stanza(stanza));
                if let Some(id) = &stanza.id
                    && stanza.type_.as_deref() == Some("get")
                    && stanza.child("query", ns::ROSTER).is_some()
                {
                    self.scanner.await_list(id);
                }
                self.send_bytes(&bytes)
            }
            Err(error) => {
                tracing::error!("a stanza of our own was not sent: {error}");
                Ok(())
            }
        }
    }

    /// Queues an element that is not a stanza.
    ///
    /// # Errors
    /// As [`Wire::send`].
    pub fn send_element(&mut self, element: &Element) -> Result<(), WireError> {
        match encode_element(element) {
            Ok(bytes) => {
                self.note(Direction::Out, || redact::element(element));
                self.send_bytes(&bytes)
            }
            Err(error) => {
                tracing::error!("an element of our own was not sent: {error}");
                Ok(())
            }
        }
    }

    fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        if self.outgoing_len + bytes.len() > QUEUE_MAX {
            return Err(WireError::Stuck);
        }
        self.queue(bytes);
        Ok(())
    }

    fn queue(&mut self, bytes: &[u8]) {
        self.outgoing_len += bytes.len();
        match self.outgoing.back_mut() {
            Some(last) if last.len() + bytes.len() <= RECORD => last.extend_from_slice(bytes),
            _ => self.outgoing.push_back(BytesMut::from(bytes)),
        }
    }

    /// Queues the end of our stream.
    pub fn close(&mut self) {
        self.note(Direction::Out, || "</stream:stream>".to_owned());
        self.queue(b"</stream:stream>");
    }

    /// Ends our stream because of what the server sent, and says why (RFC 6120 §4.9.3). Nothing more is read. Waits for
    /// a short while until that is written.
    pub async fn condemn(&mut self, condition: &str) {
        let error = Element::builder("error", ns::STREAM).append(Element::bare(condition, ns::XMPP_STREAMS)).build();
        if self.send_element(&error).is_err() {
            return;
        }
        self.close();
        let _late = tokio::time::timeout(FAREWELL, poll_fn(|cx| self.poll_write(cx))).await;
    }

    /// The console lines since the last call.
    pub fn take_lines(&mut self) -> VecDeque<WireLine> {
        std::mem::take(&mut self.lines)
    }

    fn note(&mut self, direction: Direction, xml: impl FnOnce() -> String) {
        if *self.watched.borrow() && self.lines.len() < LINES_MAX {
            let xml = Untrusted::from(xml());
            self.lines.push_back(WireLine { time: Time::now(), direction, xml });
        }
    }

    /// Writes what is queued and waits for the next thing that comes in. May be dropped and called again.
    ///
    /// # Errors
    /// When nothing more will come.
    pub async fn next(&mut self) -> Result<Received, WireError> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, WireError>> {
        if self.write_fault.is_none()
            && let Poll::Ready(Err(error)) = self.poll_write(cx)
        {
            // What the server said before it hung up may still be there to be read: the reason.
            self.write_fault = Some(error.into());
        }
        loop {
            if let Some(frame) = self.frames.pop_front() {
                return Poll::Ready(self.receive(frame));
            }
            if let Some(fault) = self.fault.take() {
                return Poll::Ready(Err(fault));
            }
            let mut buf = ReadBuf::new(&mut self.read);
            match Pin::new(&mut self.io).poll_read(cx, &mut buf) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) => self.fault = Some(self.write_fault.take().unwrap_or(error.into())),
                Poll::Ready(Ok(())) if buf.filled().is_empty() => {
                    self.fault = Some(self.write_fault.take().unwrap_or(WireError::Ended));
                }
                Poll::Ready(Ok(())) => {
                    self.last_byte = boot_time();
                    if let Err(error) = self.scanner.feed(buf.filled(), &mut self.frames) {
                        self.fault = Some(error.into());
                    }
                }
            }
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(piece) = self.outgoing.front_mut() {
            match Pin::new(&mut self.io).poll_write(cx, piece) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(n)) => {
                    piece.advance(n);
                    if piece.is_empty() {
                        self.outgoing.pop_front();
                    }
                    self.outgoing_len -= n;
                    self.is_unflushed = true;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        if self.is_unflushed {
            std::task::ready!(Pin::new(&mut self.io).poll_flush(cx))?;
            self.is_unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    fn receive(&mut self, frame: Frame) -> Result<Received, WireError> {
        match frame {
            Frame::Header(bytes) => {
                self.note(Direction::In, || String::from_utf8_lossy(&bytes).into_owned());
                let decoder = Decoder::new(bytes).map_err(|e| WireError::Header(e.to_string()))?;
                let id = decoder.attribute("id").map(str::to_owned);
                self.decoder = Some(decoder);
                Ok(Received::Header(id))
            }
            Frame::Stanza(bytes) => {
                let decoder = self.decoder.as_mut().ok_or_else(|| WireError::Header("no header".to_owned()))?;
                match decoder.decode(&bytes) {
                    Ok(Top::Stanza(stanza)) => {
                        self.note(Direction::In, || redact::stanza(&stanza));
                        Ok(Received::Stanza(stanza))
                    }
                    Ok(Top::Element(element)) => {
                        self.note(Direction::In, || redact::element(&element));
                        Ok(Received::Element(element))
                    }
                    Err(_) => Ok(Received::Replaced(replaced(&bytes, Broken::Unreadable))),
                }
            }
            Frame::Oversized(head, why) => Ok(Received::Replaced(replaced(&head, why))),
            Frame::Footer => {
                self.note(Direction::In, || "</stream:stream>".to_owned());
                Ok(Received::Closed)
            }
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;")
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
