//! The server of the stage: it answers what parlour asks at a login as a plain, honest server does, so that a test
//! says only what is hostile. What a test wants answered otherwise it takes first, by [`Server::hook`].

use super::super::session::fake::Fake;
use minidom::Element;
use parlour::xmpp::stanza::{Kind, Stanza};
use parlour::xmpp::stream::codec::{Decoder, Top};
use parlour::xmpp::stream::scan::{Bounds, Frame, Scanner};
use std::collections::{BTreeMap, VecDeque};
use tokio::io::{DuplexStream, ReadHalf, WriteHalf};

pub const MUC_USER: &str = "http://jabber.org/protocol/muc#user";
pub const MAM: &str = "urn:xmpp:mam:2";
const INFO: &str = "http://jabber.org/protocol/disco#info";
const ITEMS: &str = "http://jabber.org/protocol/disco#items";
const MUC: &str = "http://jabber.org/protocol/muc";

/// Answers a stanza in the honest server's place; `None` leaves it to that one.
pub type Hook = Box<dyn FnMut(&Stanza) -> Option<String>>;

/// One connection, from the server's side.
pub struct Link {
    pub read: ReadHalf<DuplexStream>,
    pub write: WriteHalf<DuplexStream>,
    scanner: Scanner,
    decoder: Decoder,
}

impl Link {
    /// Goes on where a login ended. Gives what the client said since.
    pub fn new(fake: Fake, has_sm: bool, server: &mut Server) -> Self {
        let (io, seen) = fake.into_parts();
        let (read, write) = tokio::io::split(io);
        let mut scanner = Scanner::new(Bounds { stanza: 8 << 20, ..Bounds::default() });
        let mut frames = VecDeque::new();
        scanner.feed(b"<stream:stream>", &mut frames).unwrap();
        if has_sm {
            // The login reads the start tag alone; its end follows.
            scanner.feed(b"<enable>", &mut frames).unwrap();
        }
        let mut link = Self { read, write, scanner, decoder: Decoder::client().unwrap() };
        link.heard(seen.as_bytes(), server);
        link
    }

    /// Bytes of the client came.
    pub fn heard(&mut self, bytes: &[u8], server: &mut Server) {
        let mut frames = VecDeque::new();
        self.scanner.feed(bytes, &mut frames).expect("the client's stream is sound");
        for frame in frames {
            match frame {
                Frame::Stanza(bytes) => match self.decoder.decode(&bytes).expect("the client's stanzas are sound") {
                    Top::Stanza(stanza) => server.stanza(stanza),
                    Top::Element(element) => server.element(&element),
                },
                Frame::Footer => server.is_client_done = true,
                other => assert!(matches!(other, Frame::Header(_)), "the client sent {other:?}"),
            }
        }
    }
}

/// What the server knows and has to say.
#[derive(Default)]
pub struct Server {
    /// What waits to be sent.
    pub out: VecDeque<u8>,
    /// Stanzas of the client since the login, without the pongs that `settle` asks for.
    pub sent: Vec<Stanza>,
    /// The last pong's id.
    pub pong: String,
    /// The `h` that the client answered last.
    pub h: Option<u32>,
    /// Stanzas of the client since XEP-0198 was enabled.
    pub count: u32,
    /// People in rooms: room → presences.
    pub rooms: BTreeMap<String, Vec<String>>,
    /// What is put behind the room's id for the user.
    pub age: String,
    /// The roster's items, as XML.
    pub roster: String,
    /// Conditions of the stream errors that the client sent.
    pub errors: Vec<String>,
    /// The client closed its stream.
    pub is_client_done: bool,
    hooks: Vec<Hook>,
}

impl Server {
    /// Says something to the client.
    pub fn say(&mut self, xml: &[u8]) {
        self.out.extend(xml);
    }

    /// From now on this answers first.
    pub fn hook(&mut self, hook: impl FnMut(&Stanza) -> Option<String> + 'static) {
        self.hooks.push(Box::new(hook));
    }

    /// A room, and who is in it beside the user: (nick, real address or nothing).
    pub fn room(&mut self, room: &str, people: &[&str]) {
        let presences = people.iter().map(|nick| occupant(room, nick, &format!("id-of-{nick}"), "")).collect();
        self.rooms.insert(room.to_owned(), presences);
    }

    fn element(&mut self, element: &Element) {
        match element.name() {
            "r" => self.say(format!("<a xmlns='urn:xmpp:sm:3' h='{}'/>", self.count).as_bytes()),
            "error" => self.errors.extend(element.children().map(|c| c.name().to_owned())),
            "a" => self.h = element.attr("h").unwrap().parse().ok(),
            "enable" => {}
            other => panic!("the client sent <{other}/>"),
        }
    }

    fn stanza(&mut self, stanza: Stanza) {
        self.count += 1;
        let id = stanza.id.clone().unwrap_or_default();
        if stanza.kind == Kind::Iq && id.starts_with("mark-") {
            self.pong = id;
            return;
        }
        let answer = self.hooks.iter_mut().rev().find_map(|hook| hook(&stanza)).or_else(|| self.honest(&stanza));
        self.sent.push(stanza);
        if let Some(answer) = answer {
            self.say(answer.as_bytes());
        }
    }

    fn honest(&self, stanza: &Stanza) -> Option<String> {
        match stanza.kind {
            Kind::Iq => self.honest_iq(stanza),
            Kind::Presence => self.honest_presence(stanza),
            Kind::Message => {
                let to = stanza.to.as_deref().filter(|_| stanza.type_.as_deref() == Some("groupchat"))?;
                self.rooms.contains_key(to).then(|| {
                    let body = stanza.child("body", "jabber:client").map(Element::text).unwrap_or_default();
                    let id = stanza.id.as_deref().unwrap_or_default();
                    format!("<message from='{to}/me' type='groupchat' id='{id}'><body>{body}</body></message>")
                })
            }
        }
    }

    fn honest_iq(&self, stanza: &Stanza) -> Option<String> {
        let (type_, id) = (stanza.type_.as_deref()?, stanza.id.as_deref()?);
        if !matches!(type_, "get" | "set") {
            return None;
        }
        let to = stanza.to.as_deref();
        let payload = stanza.children.first()?;
        let result = |payload: &str| answer(to, id, payload);
        Some(match (payload.name(), payload.ns().as_str()) {
            ("query", "jabber:iq:roster") => {
                result(&format!("<query xmlns='jabber:iq:roster'>{}</query>", self.roster))
            }
            ("query", INFO) => result(&info(to.unwrap_or_default())),
            ("query", ITEMS) => {
                result(&format!("<query xmlns='{ITEMS}'><item jid='muc.a.test' name='Rooms'/></query>"))
            }
            ("query", MAM) => result(&format!("<fin xmlns='{MAM}' complete='true'/>")),
            ("query", "jabber:iq:private") => {
                result("<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query>")
            }
            ("enable", "urn:xmpp:carbons:2") => result(""),
            ("pubsub", _) => error(to, id, "item-not-found"),
            _ => error(to, id, "service-unavailable"),
        })
    }

    fn honest_presence(&self, stanza: &Stanza) -> Option<String> {
        let to = stanza.to.as_deref()?;
        let (room, nick) = to.split_once('/')?;
        let people = self.rooms.get(room)?;
        if stanza.type_.is_some() {
            return Some(format!(
                "<presence type='unavailable' from='{to}'><x xmlns='{MUC_USER}'><item affiliation='none' role='none'/>\
                <status code='110'/></x></presence>"
            ));
        }
        stanza.child("x", MUC)?;
        let own = occupant(room, nick, &format!("id-of-me{}", self.age), "<status code='110'/>");
        let subject = format!("<message from='{room}' type='groupchat'><subject/></message>");
        Some(people.concat() + &own + &subject)
    }
}

/// The presence of somebody in a room.
pub fn occupant(room: &str, nick: &str, id: &str, more: &str) -> String {
    format!(
        "<presence from='{room}/{nick}'><x xmlns='{MUC_USER}'><item affiliation='none' role='participant'/>{more}</x>\
        <occupant-id xmlns='urn:xmpp:occupant-id:0' id='{id}'/></presence>"
    )
}

/// An iq's answer, from whom it was asked of.
pub fn answer(to: Option<&str>, id: &str, payload: &str) -> String {
    let from = to.map_or_else(String::new, |to| format!(" from='{to}'"));
    format!("<iq type='result' id='{id}'{from}>{payload}</iq>")
}

/// An iq's refusal.
pub fn error(to: Option<&str>, id: &str, condition: &str) -> String {
    let from = to.map_or_else(String::new, |to| format!(" from='{to}'"));
    format!(
        "<iq type='error' id='{id}'{from}><error type='cancel'><{condition} \
        xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    )
}

/// What an address says of itself.
fn info(to: &str) -> String {
    let (identity, features): (&str, &[&str]) = match to {
        "a.test" => ("category='server' type='im'", &["urn:xmpp:carbons:2", "urn:xmpp:ping", "urn:xmpp:sid:0"]),
        "me@a.test" => ("category='account' type='registered'", &[MAM, "urn:xmpp:sid:0", "urn:xmpp:carbons:2"]),
        "muc.a.test" => ("category='conference' type='text'", &[MUC]),
        _ => ("category='conference' type='text'", &[MUC, MAM, "urn:xmpp:sid:0", "urn:xmpp:occupant-id:0"]),
    };
    let features: String = features.iter().map(|f| format!("<feature var='{f}'/>")).collect();
    format!("<query xmlns='{INFO}'><identity {identity}/>{features}</query>")
}
