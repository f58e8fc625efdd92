//! Bytes → scanner → stanzas, with rxml over the whole stream as the oracle.
//!
//! However the bytes are cut the frames are the same; what rxml takes as a stream is cut into as many pieces as it has
//! top-level elements; and what all of our frames were read from is well-formed to rxml too.

use super::{magnitude, shape};
use parlour::xmpp::stream::codec::{Decoder, Top, encode_stanza, replaced};
use parlour::xmpp::stream::scan::{Bounds, Frame, Malformed, Scanner};
use rxml::{Event, Parse, Parser};
use std::collections::VecDeque;

/// What the server says first.
pub const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' from='sec.test' id='s' version='1.0'>";

pub const WORDS: &[&str] = &[
    "<message",
    "<presence",
    "<iq",
    "</message>",
    "</presence>",
    "</iq>",
    "<body>",
    "</body>",
    " xmlns='urn:x'",
    " xmlns:p='urn:p'",
    "<p:a",
    " p:b='c'",
    " xml:lang='de'",
    " id='1'",
    " from='eve@evil.test/x'",
    " type='chat'",
    "</stream:stream>",
    "<stream:error>",
    "<a>",
    "</a>",
    "<a/>",
    "xmlns",
    "='",
    "'>",
    "<r xmlns='urn:xmpp:sm:3'/>",
];

fn scan(data: &[u8], size: usize) -> (Vec<Frame>, Option<Malformed>) {
    let mut scanner = Scanner::new(Bounds::default());
    let mut frames = VecDeque::new();
    scanner.feed(HEADER.as_bytes(), &mut frames).expect("the header");
    let error = data.chunks(size.max(1)).find_map(|piece| scanner.feed(piece, &mut frames).err());
    (frames.into(), error)
}

/// What rxml makes of the same stream.
#[derive(Debug)]
struct Oracle {
    /// Whole top-level elements.
    elements: usize,
    /// Something that is no white space stood between them.
    has_text: bool,
    /// It gave up.
    is_broken: bool,
    /// The last thing is not whole: what is wrong in it may be seen sooner or later.
    is_partial: bool,
    /// The stream's end was there.
    is_closed: bool,
}

fn ask(data: &[u8]) -> Oracle {
    let mut parser = Parser::default();
    let text = [HEADER.as_bytes(), data].concat();
    let mut rest = &text[..];
    let mut seen = Oracle { elements: 0, has_text: false, is_broken: false, is_partial: false, is_closed: false };
    let (mut depth, mut at) = (0, 0);
    loop {
        let tail = text[at..].trim_ascii_start();
        let event = parser.parse(&mut rest, false);
        at = text.len() - rest.len();
        match event {
            Ok(Some(Event::StartElement(..))) => depth += 1,
            Ok(Some(Event::EndElement(..))) => {
                depth -= 1;
                seen.elements += usize::from(depth == 1);
                if depth == 0 {
                    seen.is_closed = true;
                    return seen;
                }
            }
            Ok(Some(Event::Text(_, text))) => {
                seen.has_text |= depth == 1 && !text.trim_matches([' ', '\t', '\r', '\n']).is_empty();
            }
            Ok(Some(Event::XmlDeclaration(..))) => {}
            Ok(None) | Err(rxml::error::EndOrError::NeedMoreData) => {
                // Text at the very end is not told before something comes after it.
                seen.is_partial = !tail.is_empty();
                seen.has_text |= depth == 1 && !tail.is_empty() && !tail.starts_with(b"<");
                return seen;
            }
            Err(rxml::error::EndOrError::Error(_)) => {
                seen.is_broken = true;
                return seen;
            }
        }
    }
}

pub fn run(data: &[u8]) -> u64 {
    let (frames, error) = scan(data, usize::MAX);
    if data.len() <= 4096 {
        assert_eq!(scan(data, 1), (frames.clone(), error), "byte by byte");
        assert_eq!(scan(data, 7), (frames.clone(), error), "in sevens");
    }
    let oracle = ask(data);
    let Some(Frame::Header(header)) = frames.first() else { panic!("no header") };
    let mut decoder = Decoder::new(header.clone()).expect("the header");
    let mut kinds = Vec::new();
    let (mut whole, mut unread, mut is_over) = (0, 0, false);
    for frame in &frames[1..] {
        match frame {
            Frame::Stanza(bytes) => {
                whole += 1;
                match decoder.decode(bytes) {
                    Ok(Top::Stanza(stanza)) => {
                        // What was read can be said again, and means the same.
                        let said = encode_stanza(&stanza).expect("it was XML");
                        let again = decoder.decode(&said).expect("it is XML");
                        let Top::Stanza(again) = again else { panic!("no stanza any more") };
                        assert_eq!((stanza.kind, &stanza.id, &stanza.from), (again.kind, &again.id, &again.from));
                        assert_eq!(stanza.children.len(), again.children.len());
                        kinds.push(format!("{:?}{:?}{}", stanza.kind, stanza.type_, magnitude(stanza.children.len())));
                    }
                    Ok(Top::Element(element)) => kinds.push(element.name().chars().take(8).collect()),
                    Err(_) => {
                        unread += 1;
                        let _told = replaced(bytes, parlour::xmpp::stream::scan::Broken::Unreadable);
                    }
                }
            }
            Frame::Oversized(head, why) => {
                (whole, unread) = (whole + 1, unread + 1);
                let _told = replaced(head, *why);
                kinds.push(format!("{why:?}"));
            }
            Frame::Footer => is_over = true,
            Frame::Header(_) => panic!("a second header"),
        }
    }
    // Comments, instructions and a second declaration are left out by the scanner and refused by rxml: no oracle there.
    let is_plain = !data.windows(2).any(|w| w == b"<!" || w == b"<?");
    if !oracle.is_broken && !oracle.has_text {
        assert!(error.is_none() || oracle.is_partial, "rxml takes it: {error:?}");
        // A last one that the scanner saw to its end and the reader refused may be no error to rxml yet.
        let is_refused = oracle.is_partial && unread > 0 && whole == oracle.elements + 1;
        assert!(whole == oracle.elements || is_refused, "{whole} top-level elements, rxml has {}", oracle.elements);
        assert_eq!(is_over, oracle.is_closed, "the end");
    }
    if is_plain && error.is_none() && unread == 0 && oracle.is_broken {
        // rxml may have seen further: the start of something that is not whole yet.
        assert!(oracle.elements >= whole, "all {whole} were read, rxml stopped after {}", oracle.elements);
    }
    shape((kinds.iter().take(6).collect::<Vec<_>>(), format!("{error:?}"), unread.min(3), is_over))
}
