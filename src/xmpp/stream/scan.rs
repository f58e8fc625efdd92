//! Bytes to whole, bounded top-level frames.
//!
//! An XML parser keeps one state for the whole stream: whatever it refuses ends the session, and a stranger's
//! stanza can make it refuse (an attribute of 9 kB, a reserved namespace that the server let through, ten
//! thousand nested elements). So the stream is cut into stanzas first, by a scanner that knows only the outline
//! of XML: quotes, CDATA, comments, processing instructions, names of open elements. It bounds everything and
//! copies nothing twice. A stanza over a bound is skipped to its end and reported with the attributes of its
//! start tag, so the stream lives on and the count of XEP-0198 stays right.
//!
//! What breaks the outline itself (a wrong end tag, an attribute without quotes, a DTD, text between stanzas, bytes
//! that are not UTF-8) cannot come from a stranger through a sound server: it ends the stream, after the stanzas that were whole.

pub use super::bounds::{Bounds, Broken, Malformed};
use super::encoding::Encoding;
use std::collections::VecDeque;

/// Start tags of stanzas over a bound are kept up to this many bytes, for their `id`, `from`, `to`, `type`.
const HEAD_MAX: usize = 64 << 10;

/// What stands at the end of a list of which something was left out.
const CUT: &str = "<cut xmlns='urn:parlour:cut'/>";

/// What the stream is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// The start tag of the stream.
    Header(Vec<u8>),
    /// A whole top-level element.
    Stanza(Vec<u8>),
    /// A top-level element that broke a bound: what is known of its start tag.
    Oversized(Vec<u8>, Broken),
    /// The end of the stream. What follows is ignored.
    Footer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    Open,
    StartName,
    Tag,
    AttrName,
    Equals,
    Quote,
    Value(u8),
    Slash,
    EndName,
    Bang,
    Comment,
    Cdata,
    Instruction,
    Closed,
}

/// An open element: where its name begins in the arena, and how many children it has.
#[derive(Debug)]
struct Level {
    name: usize,
    children: u32,
}

/// The scanner. Feed it bytes in any portions.
#[derive(Debug)]
pub struct Scanner {
    /// Those that hold now.
    bounds: Bounds,
    /// Those of a usual stanza.
    usual: Bounds,
    encoding: Encoding,
    state: State,
    /// Open elements whose names are kept; the stream itself is the first.
    levels: Vec<Level>,
    names: Vec<u8>,
    /// Open elements below those: only in a stanza that is too deep.
    deep: usize,
    /// The stanza so far; of a broken one, its start tag.
    buf: Vec<u8>,
    head_len: usize,
    is_head: bool,
    len: usize,
    nodes: u32,
    attributes: usize,
    /// Bytes of the current name or value.
    token: usize,
    /// The last bytes of an end tag's name, of `<!…`, or of what ends a comment.
    tail: Vec<u8>,
    broken: Option<Broken>,
    /// The id of the question whose answer is a long list.
    awaited: Option<String>,
    /// The list that is coming in.
    list: Option<List>,
}

/// A list: a stanza whose first child's children are entries. One that breaks a bound costs only itself, and
/// where the list as a whole does, what came before it stays.
#[derive(Debug, Default)]
struct List {
    /// Where the last whole entry ends; 0 before the first child of the stanza has begun.
    end: usize,
    /// The end tags of that child and of the stanza.
    closing: Vec<u8>,
    /// Whether the current entry is left out.
    is_skipping: bool,
    /// Whether one was left out.
    is_cut: bool,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

impl Scanner {
    /// A scanner at the start of a stream.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            usual: bounds,
            encoding: Encoding::default(),
            state: State::Text,
            levels: Vec::new(),
            names: Vec::new(),
            deep: 0,
            buf: Vec::new(),
            head_len: 0,
            is_head: false,
            len: 0,
            nodes: 0,
            attributes: 0,
            token: 0,
            tail: Vec::new(),
            broken: None,
            awaited: None,
            list: None,
        }
    }

    /// The answer to the question with this id is a list, and has the bounds of one. What is left out of it
    /// is marked in it, by [`CUT`].
    pub fn await_list(&mut self, id: &str) {
        self.awaited = Some(id.to_owned());
    }

    /// Whether nothing of a further frame has come.
    #[must_use]
    pub fn is_between_frames(&self) -> bool {
        matches!(self.state, State::Text | State::Closed) && self.levels.len() <= 1
    }

    /// Takes bytes in; whole frames are added to `frames`, also where an error follows them.
    ///
    /// # Errors
    /// When the outline of the stream is broken. The scanner is of no use after that.
    pub fn feed(&mut self, data: &[u8], frames: &mut VecDeque<Frame>) -> Result<(), Malformed> {
        let sound = self.encoding.take(data);
        self.eat(sound.first(), frames)?;
        self.eat(sound.rest, frames)?;
        if sound.is_broken && self.state != State::Closed {
            return Err(Malformed::Encoding);
        }
        Ok(())
    }

    fn eat(&mut self, mut rest: &[u8], frames: &mut VecDeque<Frame>) -> Result<(), Malformed> {
        while !rest.is_empty() {
            rest = match self.state {
                State::Text => self.text(rest)?,
                State::Open => self.open(rest)?,
                State::StartName => self.start_name(rest, frames)?,
                State::Tag => self.tag(rest, frames)?,
                State::AttrName => self.attr_name(rest),
                State::Equals | State::Quote => self.before_value(rest)?,
                State::Value(quote) => self.value(rest, quote)?,
                State::Slash => self.slash(rest, frames)?,
                State::EndName => self.end_name(rest, frames)?,
                State::Bang => self.bang(rest)?,
                State::Comment => self.skip_to(rest, b"-->"),
                State::Instruction => self.skip_to(rest, b"?>"),
                State::Cdata => self.cdata(rest),
                State::Closed => &[],
            };
            if self.len > self.bounds.skipped {
                return Err(Malformed::Endless);
            }
        }
        Ok(())
    }

    fn break_bound(&mut self, why: Broken) {
        if let Some(list) = self.list.as_mut().filter(|list| list.end > 0) {
            (list.is_skipping, list.is_cut) = (true, true);
            self.buf.truncate(list.end);
            return;
        }
        if self.broken.is_none() {
            self.broken = Some(why);
            if !self.is_head {
                self.buf.truncate(self.head_len);
            }
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.len += bytes.len();
        if self.len > self.bounds.stanza {
            self.break_bound(Broken::Size);
        }
        if self.list.as_ref().is_some_and(|list| list.is_skipping) {
            return;
        }
        let is_kept = self.broken.is_none() || (self.is_head && self.buf.len() + bytes.len() <= HEAD_MAX);
        if is_kept {
            self.buf.extend_from_slice(bytes);
        }
    }

    fn text<'d>(&mut self, rest: &'d [u8]) -> Result<&'d [u8], Malformed> {
        let end = rest.iter().position(|b| *b == b'<');
        let text = &rest[..end.unwrap_or(rest.len())];
        if self.levels.len() > 1 {
            self.push(text);
        } else if !text.iter().copied().all(is_space) {
            return Err(Malformed::Text);
        }
        let Some(end) = end else { return Ok(&[]) };
        self.state = State::Open;
        Ok(&rest[end + 1..])
    }

    /// After `<`: what kind of markup it is.
    fn open<'d>(&mut self, rest: &'d [u8]) -> Result<&'d [u8], Malformed> {
        match rest[0] {
            b'/' => {
                self.push(b"</");
                self.tail.clear();
                self.state = State::EndName;
            }
            b'!' => {
                self.tail.clear();
                self.state = State::Bang;
            }
            b'?' => {
                self.tail.clear();
                self.state = State::Instruction;
            }
            b'>' | b'<' | b'=' | b'"' | b'\'' => return Err(Malformed::Tag),
            byte if is_space(byte) => return Err(Malformed::Tag),
            _ => {
                self.begin_element();
                return Ok(rest);
            }
        }
        Ok(&rest[1..])
    }

    fn begin_element(&mut self) {
        self.state = State::StartName;
        self.token = 0;
        self.attributes = 0;
        if self.levels.len() == 1 {
            self.is_head = true;
        }
        if self.levels.len() > self.bounds.depth {
            self.break_bound(Broken::Depth);
            self.deep += 1;
        } else {
            if let Some(parent) = self.levels.last_mut().filter(|_| self.nodes > 0) {
                parent.children += 1;
                if parent.children > self.bounds.children {
                    self.break_bound(Broken::Children);
                }
            }
            self.levels.push(Level { name: self.names.len(), children: 0 });
        }
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > self.bounds.nodes {
            self.break_bound(Broken::Nodes);
        }
        self.push(b"<");
    }

    fn start_name<'d>(&mut self, rest: &'d [u8], frames: &mut VecDeque<Frame>) -> Result<&'d [u8], Malformed> {
        let end = rest.iter().position(|b| is_space(*b) || matches!(b, b'/' | b'>' | b'<' | b'='));
        let name = &rest[..end.unwrap_or(rest.len())];
        self.count_token(name.len(), self.bounds.name, Broken::Name);
        if self.deep == 0 {
            let start = self.levels.last().map_or(0, |l| l.name);
            let room = (self.bounds.name + 1).saturating_sub(self.names.len() - start);
            self.names.extend_from_slice(&name[..name.len().min(room)]);
        }
        self.push(name);
        if end.is_some() { self.tag(&rest[name.len()..], frames) } else { Ok(&[]) }
    }

    fn count_token(&mut self, more: usize, bound: usize, why: Broken) {
        self.token += more;
        if self.token > bound {
            self.break_bound(why);
        }
    }

    /// Inside a start tag, between attributes.
    fn tag<'d>(&mut self, rest: &'d [u8], frames: &mut VecDeque<Frame>) -> Result<&'d [u8], Malformed> {
        match rest[0] {
            b'>' => {
                self.push(b">");
                self.end_start_tag(frames)?;
            }
            b'/' => self.state = State::Slash,
            b'<' | b'=' | b'"' | b'\'' => return Err(Malformed::Tag),
            byte if is_space(byte) => {
                self.push(&rest[..1]);
                self.state = State::Tag;
            }
            _ => {
                self.attributes += 1;
                if self.attributes > self.bounds.attributes {
                    self.break_bound(Broken::Attributes);
                }
                self.token = 0;
                self.state = State::AttrName;
                return Ok(rest);
            }
        }
        Ok(&rest[1..])
    }

    fn attr_name<'d>(&mut self, rest: &'d [u8]) -> &'d [u8] {
        let end = rest.iter().position(|b| is_space(*b) || matches!(b, b'=' | b'/' | b'>' | b'<' | b'"' | b'\''));
        let name = &rest[..end.unwrap_or(rest.len())];
        self.count_token(name.len(), self.bounds.name, Broken::Name);
        self.push(name);
        if end.is_some() {
            self.state = State::Equals;
        }
        &rest[name.len()..]
    }

    fn before_value<'d>(&mut self, rest: &'d [u8]) -> Result<&'d [u8], Malformed> {
        self.state = match (self.state, rest[0]) {
            (state, byte) if is_space(byte) => state,
            (State::Equals, b'=') => State::Quote,
            (State::Quote, quote @ (b'\'' | b'"')) => {
                self.token = 0;
                State::Value(quote)
            }
            _ => return Err(Malformed::Tag),
        };
        self.push(&rest[..1]);
        Ok(&rest[1..])
    }

    fn value<'d>(&mut self, rest: &'d [u8], quote: u8) -> Result<&'d [u8], Malformed> {
        let end = rest.iter().position(|b| *b == quote || *b == b'<');
        let part = &rest[..end.unwrap_or(rest.len())];
        self.count_token(part.len(), self.bounds.value, Broken::Value);
        let Some(end) = end else {
            self.push(part);
            return Ok(&[]);
        };
        if rest[end] == b'<' {
            return Err(Malformed::Tag);
        }
        self.push(&rest[..=end]);
        self.state = State::Tag;
        Ok(&rest[end + 1..])
    }

    fn slash<'d>(&mut self, rest: &'d [u8], frames: &mut VecDeque<Frame>) -> Result<&'d [u8], Malformed> {
        if rest[0] != b'>' {
            return Err(Malformed::Tag);
        }
        self.push(b"/>");
        let is_stream = self.levels.len() == 1;
        self.end_start_tag(frames)?;
        self.end_element(frames, is_stream);
        Ok(&rest[1..])
    }

    fn end_start_tag(&mut self, frames: &mut VecDeque<Frame>) -> Result<(), Malformed> {
        self.state = State::Text;
        match self.levels.len() {
            1 => {
                if self.broken.is_some() {
                    return Err(Malformed::Header);
                }
                frames.push_back(Frame::Header(std::mem::take(&mut self.buf)));
                self.reset();
            }
            2 if self.is_head => {
                self.is_head = false;
                self.head_len = self.buf.len();
                self.begin_list();
            }
            3 => {
                if let (Some(list), [_, stanza, child]) = (&mut self.list, &self.levels[..])
                    && list.end == 0
                {
                    list.end = self.buf.len();
                    let (stanza, child) = (&self.names[stanza.name..child.name], &self.names[child.name..]);
                    list.closing = [b"</", child, b"></", stanza, b">"].concat();
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// After the start tag of a stanza: it may be the answer that is a list.
    fn begin_list(&mut self) {
        let Some(id) = self.awaited.as_ref().filter(|_| self.broken.is_none()) else { return };
        let head = String::from_utf8_lossy(&self.buf);
        if head.contains(&format!(" id='{id}'")) || head.contains(&format!(" id=\"{id}\"")) {
            self.awaited = None;
            self.list = Some(List::default());
            self.bounds = Bounds::of_list();
        }
    }

    /// After an entry of a list, or anything else at that depth.
    fn end_entry(&mut self) {
        if let Some(list) = &mut self.list
            && !std::mem::replace(&mut list.is_skipping, false)
        {
            list.end = self.buf.len();
        }
    }

    fn reset(&mut self) {
        if self.list.take().is_some() {
            self.bounds = self.usual;
        }
        self.len = 0;
        self.nodes = 0;
        self.head_len = 0;
        self.is_head = false;
        self.broken = None;
        self.buf.clear();
    }

    /// After an end tag or `/>`.
    fn end_element(&mut self, frames: &mut VecDeque<Frame>, is_stream: bool) {
        self.state = State::Text;
        if self.deep > 0 {
            self.deep -= 1;
            return;
        }
        if let Some(level) = self.levels.pop() {
            self.names.truncate(level.name);
        }
        if is_stream || self.levels.is_empty() {
            self.state = State::Closed;
            frames.push_back(Frame::Footer);
        } else if self.levels.len() == 3 {
            self.end_entry();
        } else if self.levels.len() == 1 {
            let mut bytes = std::mem::take(&mut self.buf);
            if let Some(list) = self.list.as_ref().filter(|list| list.is_cut) {
                bytes.truncate(list.end);
                bytes.extend_from_slice(CUT.as_bytes());
                bytes.extend_from_slice(&list.closing);
            }
            frames.push_back(match self.broken {
                None => Frame::Stanza(bytes),
                Some(why) => Frame::Oversized(bytes, why),
            });
            self.reset();
        }
    }

    fn end_name<'d>(&mut self, rest: &'d [u8], frames: &mut VecDeque<Frame>) -> Result<&'d [u8], Malformed> {
        let end = rest.iter().position(|b| *b == b'>');
        let name = &rest[..end.unwrap_or(rest.len())];
        let room = (self.bounds.name + 2).saturating_sub(self.tail.len());
        self.tail.extend_from_slice(&name[..name.len().min(room)]);
        self.push(name);
        let Some(end) = end else { return Ok(&[]) };
        self.push(b">");
        if self.deep == 0 {
            let start = self.levels.last().ok_or(Malformed::EndTag)?.name;
            let open = &self.names[start..];
            let closing = self.tail.trim_ascii_end();
            let is_same = closing == open || (open.len() > self.bounds.name && closing.starts_with(open));
            if !is_same {
                return Err(Malformed::EndTag);
            }
        }
        self.end_element(frames, false);
        Ok(&rest[end + 1..])
    }

    fn bang<'d>(&mut self, rest: &'d [u8]) -> Result<&'d [u8], Malformed> {
        const CDATA: &[u8] = b"[CDATA[";
        self.tail.push(rest[0]);
        if self.tail == b"--" {
            self.tail.clear();
            self.state = State::Comment;
        } else if self.tail == CDATA && self.levels.len() > 1 {
            self.tail.clear();
            self.push(b"<![CDATA[");
            self.state = State::Cdata;
        } else if self.tail.len() > 7 || (!b"--".starts_with(&self.tail) && !CDATA.starts_with(&self.tail)) {
            return Err(Malformed::Declaration);
        }
        Ok(&rest[1..])
    }

    /// Whether the bytes up to and with `byte` end with `mark`; the last bytes are kept in `tail`.
    fn ends_mark(&mut self, byte: u8, mark: &[u8]) -> bool {
        if self.tail.len() == mark.len() {
            self.tail.remove(0);
        }
        self.tail.push(byte);
        self.tail == mark
    }

    /// Comments and processing instructions are dropped: XMPP has neither (RFC 6120 §11.1). So is a second XML
    /// declaration.
    fn skip_to<'d>(&mut self, rest: &'d [u8], mark: &[u8]) -> &'d [u8] {
        for (at, byte) in rest.iter().enumerate() {
            if self.ends_mark(*byte, mark) {
                self.tail.clear();
                self.state = State::Text;
                self.len += at;
                return &rest[at + 1..];
            }
        }
        self.len += rest.len();
        &[]
    }

    fn cdata<'d>(&mut self, rest: &'d [u8]) -> &'d [u8] {
        for (at, byte) in rest.iter().enumerate() {
            if self.ends_mark(*byte, b"]]>") {
                self.tail.clear();
                self.state = State::Text;
                self.push(&rest[..=at]);
                return &rest[at + 1..];
            }
        }
        self.push(rest);
        &[]
    }
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
