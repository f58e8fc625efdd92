//! From a byte stream to a session: STARTTLS, authentication, resumption or binding (RFC 6120 §5 to §7, XEP-0198).
//!
//! Features are read leniently: an unknown or doubled one must not end a login. What is required is checked
//! where it is used. Every wait is under the deadline of whoever calls.

use super::codec::encode_stanza;
use super::management::Management;
use super::wire::{Received, Wire, WireError};
use crate::model::wire::WireLine;
use crate::model::{
    DownReason, FastToken, Form, Jid, LoginFact, Secret, Step, StepState, StreamFeature, Strength, TlsInfo, Untrusted,
};
use crate::xmpp::kit::element::el;
use crate::xmpp::kit::{errors, iq, ns, payload};
use crate::xmpp::link::{TlsFacts, Upgrade};
use crate::xmpp::random::random_id;
use crate::xmpp::stanza::{Kind, Stanza};
use minidom::Element;
use std::collections::{HashSet, VecDeque};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use xmpp_parsers::bind::BindQuery;
use xmpp_parsers::starttls;

/// Stanzas that are kept until the session is there; a sound server sends hardly any.
const EARLY_MAX: usize = 20;
/// What they may take together, in bytes.
const EARLY_BYTES: usize = 64 << 10;
/// Stream features that are told.
const OFFERS_MAX: usize = 50;
/// Characters of what stands in one.
const DETAIL_MAX: usize = 300;

/// What a login tells while it goes on.
#[derive(Debug)]
pub enum Progress {
    /// A step went on.
    Step(Step, StepState),
    /// Something was found out.
    Learned(LoginFact),
    /// Console lines.
    Lines(VecDeque<WireLine>),
    /// The server wants this form filled in.
    FormAsked(Form),
    /// The account is made.
    Registered {
        /// The localpart.
        user: String,
        /// Its password.
        password: Secret,
    },
    /// What is known of the server's strength now.
    Strength(Strength),
    /// A token for the next login (XEP-0484); `None`: the one that was there is worth nothing any more.
    Token(Option<FastToken>),
    /// The password was right.
    PasswordAccepted,
}

/// Whether no more of what comes too early is kept.
pub(super) fn is_full(early: &[Stanza]) -> bool {
    early.len() >= EARLY_MAX || early.iter().map(len).sum::<usize>() >= EARLY_BYTES
}

fn len(stanza: &Stanza) -> usize {
    encode_stanza(stanza).map_or(0, |bytes| bytes.len())
}

/// Keeps a stanza of a time that does not count, unless that is too much.
fn keep(early: &mut Vec<Stanza>, stanza: Stanza) {
    if early.len() < EARLY_MAX && early.iter().map(len).sum::<usize>() + len(&stanza) <= EARLY_BYTES {
        early.push(stanza);
    } else {
        tracing::warn!("the server says too much before the session is there; it is not kept");
    }
}

/// A session that is ready for stanzas.
pub struct Bound {
    /// The wire.
    pub wire: Wire,
    /// The full JID that the server gave.
    pub me: Jid,
    /// Whether the old session went on.
    pub is_resumed: bool,
    /// Whether that session is from before this program's start.
    pub is_restored: bool,
    /// The namespaces of the stream features.
    pub features: HashSet<String>,
    /// Stanzas that came in before the login was over.
    pub early: Vec<Stanza>,
    /// Whether the server asked what of those arrived.
    pub is_asked: bool,
    /// Whether those belong to the session already, and count; else they came before counting began.
    pub does_early_count: bool,
    /// The TLS version, in words.
    pub tls: String,
}

/// Why the wire gave out, for the user.
#[must_use]
pub fn wire_reason(error: &WireError) -> DownReason {
    let words = Untrusted::from(error.to_string());
    match error {
        // TLS has words of its own for it, which help nobody.
        WireError::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            DownReason::LinkLost(WireError::Ended.to_string().into())
        }
        WireError::Io(_) | WireError::Ended | WireError::Stuck => DownReason::LinkLost(words),
        WireError::Malformed(_) | WireError::Header(_) => DownReason::Stream(words),
        WireError::Injected => DownReason::NoTls(words),
    }
}

/// What a stream error means (RFC 6120 §4.9.3).
#[must_use]
pub fn stream_reason(error: &Element) -> DownReason {
    let condition = error.children().find(|c| c.ns() == ns::XMPP_STREAMS && c.name() != "text");
    let condition = condition.map_or("undefined-condition", Element::name).to_owned();
    let text = error.get_child("text", ns::XMPP_STREAMS).map(|t| t.text().chars().take(500).collect::<String>());
    let plain = condition.replace('-', " ");
    let words: Untrusted = match text.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        Some(text) => format!("{plain} ({text})").into(),
        None => plain.into(),
    };
    match condition.as_str() {
        "see-other-host" => {
            let to = error.get_child("see-other-host", ns::XMPP_STREAMS).map(Element::text).unwrap_or_default();
            DownReason::SentElsewhere(to.trim().chars().take(300).collect::<String>().into())
        }
        "conflict" => DownReason::Conflict,
        "policy-violation"
        | "not-authorized"
        | "host-unknown"
        | "host-gone"
        | "invalid-from"
        | "invalid-namespace"
        | "unsupported-version"
        | "unsupported-encoding" => DownReason::Refused(words),
        _ => DownReason::Stream(words),
    }
}

/// A conversation before there is a session.
pub struct Talk<'a> {
    /// The wire.
    pub wire: Wire,
    /// Who we are, said from the first header on; only where the stream is encrypted (RFC 6120 §4.7.1).
    pub from: Option<String>,
    /// The user's language, as a tag such as `de-AT` (RFC 6120 §4.7.4).
    pub language: String,
    domain: String,
    tell: &'a mpsc::Sender<Progress>,
}

impl<'a> Talk<'a> {
    /// Begins to talk to a domain.
    #[must_use]
    pub fn new(wire: Wire, domain: &str, tell: &'a mpsc::Sender<Progress>) -> Self {
        Self { wire, from: None, language: "en".to_owned(), domain: domain.to_owned(), tell }
    }

    /// Tells the session how it goes.
    pub async fn tell(&mut self, progress: Progress) {
        // The session is gone only when nobody listens any more; then this future is dropped as well.
        let _gone = self.tell.send(progress).await;
    }

    /// Tells a step.
    pub async fn step(&mut self, step: Step, state: StepState) {
        self.tell(Progress::Step(step, state)).await;
    }

    /// Encryption is on.
    pub async fn secured(&mut self, tls: TlsInfo) {
        self.tell(Progress::Learned(LoginFact::Encrypted(Box::new(tls)))).await;
    }

    /// Tells the stream features.
    pub async fn offered(&mut self, is_signed_in: bool, features: &Element) {
        let detail = |f: &Element| {
            let words: Vec<String> = f.children().map(Element::text).filter(|t| !t.trim().is_empty()).collect();
            words.join(", ").chars().take(DETAIL_MAX).collect::<String>()
        };
        let feature =
            |f: &Element| StreamFeature { name: f.name().into(), ns: f.ns().as_str().into(), detail: detail(f).into() };
        let features = features.children().take(OFFERS_MAX).map(feature).collect();
        self.tell(Progress::Learned(LoginFact::Offered { is_signed_in, features })).await;
    }

    async fn tell_lines(&mut self) {
        let lines = self.wire.take_lines();
        if !lines.is_empty() {
            self.tell(Progress::Lines(lines)).await;
        }
    }

    /// The next thing that comes in; stream errors and the end are errors here.
    pub async fn next(&mut self) -> Result<Received, DownReason> {
        self.tell_lines().await;
        let received = self.wire.next().await;
        self.tell_lines().await;
        match received.map_err(|e| wire_reason(&e))? {
            Received::Element(e) if e.is("error", ns::STREAM) => Err(stream_reason(&e)),
            Received::Closed => Err(DownReason::LinkLost("the server closed the stream".into())),
            Received::Replaced(r) if r.stanza.is_none() => {
                Err(DownReason::Stream(format!("its answer was not taken: {}", r.why).into()))
            }
            other @ (Received::Element(_) | Received::Stanza(_) | Received::Replaced(_) | Received::Header(_)) => {
                Ok(other)
            }
        }
    }

    /// The next element that is not a stanza.
    pub async fn element(&mut self) -> Result<Element, DownReason> {
        loop {
            if let Received::Element(element) = self.next().await? {
                return Ok(element);
            }
        }
    }

    /// Opens a stream and waits for its features.
    pub async fn open(&mut self) -> Result<Element, DownReason> {
        self.greet()?;
        self.features().await
    }

    fn greet(&mut self) -> Result<(), DownReason> {
        let domain = self.domain.clone();
        self.wire.open(&domain, self.from.as_deref(), &self.language).map_err(|e| wire_reason(&e))
    }

    async fn features(&mut self) -> Result<Element, DownReason> {
        loop {
            let element = self.element().await?;
            if element.is("features", ns::STREAM) {
                return Ok(element);
            }
        }
    }

    /// Queues an element.
    pub(super) fn send(&mut self, element: &Element) -> Result<(), DownReason> {
        self.wire.send_element(element).map_err(|e| wire_reason(&e))
    }

    /// STARTTLS. Nothing but the request for it is said in the clear. The server's first word, the header of its stream,
    /// is waited for no longer than `patience`.
    pub async fn start_tls(
        mut self,
        upgrade: Upgrade,
        watched: watch::Receiver<bool>,
        patience: Duration,
    ) -> Result<(Self, TlsFacts), DownReason> {
        self.greet()?;
        let word = timeout(patience, self.next()).await;
        let features = match word.unwrap_or(Err(DownReason::StepTimeout(Step::Secure)))? {
            Received::Element(element) if element.is("features", ns::STREAM) => element,
            Received::Element(_)
            | Received::Header(_)
            | Received::Stanza(_)
            | Received::Replaced(_)
            | Received::Closed => self.features().await?,
        };
        if !features.has_child("starttls", ns::TLS) {
            return Err(DownReason::NoTls("the server offers no encryption (STARTTLS)".into()));
        }
        self.send(&payload::write(&starttls::Request))?;
        let answer = self.element().await?;
        if !answer.is("proceed", ns::TLS) {
            return Err(DownReason::NoTls("the server refused STARTTLS".into()));
        }
        let io = self.wire.into_io().map_err(|e| wire_reason(&e))?;
        let secured = upgrade(io).await?;
        let wire = Wire::new(secured.io, watched);
        let mut talk = Self { wire, from: self.from, language: self.language, domain: self.domain, tell: self.tell };
        talk.secured(secured.tls.info(false)).await;
        talk.step(Step::Secure, StepState::Done(secured.tls.words.as_str().into())).await;
        Ok((talk, secured.tls))
    }

    /// Asks the server something and waits for its answer; stanzas that come meanwhile are kept in `early`.
    pub async fn ask(&mut self, mut question: Stanza, early: &mut Vec<Stanza>) -> Result<Stanza, DownReason> {
        let id = random_id();
        question.id = Some(id.clone());
        self.wire.send(&question).map_err(|e| wire_reason(&e))?;
        loop {
            let stanza = match self.next().await? {
                Received::Stanza(stanza) => stanza,
                Received::Replaced(replaced) => match replaced.stanza {
                    Some(stanza) => stanza,
                    None => continue,
                },
                Received::Header(_) | Received::Element(_) | Received::Closed => continue,
            };
            let is_answer = stanza.kind == Kind::Iq && matches!(stanza.type_.as_deref(), Some("result" | "error"));
            if is_answer && stanza.id.as_deref() == Some(&id) {
                return Ok(stanza);
            }
            keep(early, stanza);
        }
    }

    /// Goes on with the old session, where there is one and the server knows it. `false`: bind anew on the same stream.
    pub async fn resume(&mut self, features: &Element, management: &mut Management) -> Result<bool, DownReason> {
        if !features.has_child("sm", ns::SM) {
            return Ok(false);
        }
        let Some(resume) = management.resume() else { return Ok(false) };
        self.send(&resume)?;
        loop {
            let element = self.element().await?;
            if element.is("failed", ns::SM) {
                management.on_failed(&element);
                return Ok(false);
            }
            if element.is("enabled", ns::SM) {
                // An answer to a question that was not asked: whatever that session is, it is not ours. The next
                // login binds anew.
                management.reset();
                return Err(DownReason::Stream("the server gave a new session for the old one".into()));
            }
            if element.is("resumed", ns::SM) {
                self.resumed(&element, management)?;
                return Ok(true);
            }
        }
    }

    /// The old session goes on: what the server did not get is sent again.
    pub(super) fn resumed(&mut self, resumed: &Element, management: &mut Management) -> Result<(), DownReason> {
        let again = management.on_resumed(resumed).map_err(|e| {
            management.reset();
            DownReason::Stream(e.to_string().into())
        })?;
        again.iter().try_for_each(|stanza| self.wire.send(stanza)).map_err(|e| wire_reason(&e))
    }

    /// Binds a resource; opens the old kind of session where the server requires it; turns XEP-0198 on.
    pub async fn bind(
        &mut self,
        features: &Element,
        resource: &str,
        management: &mut Management,
        early: &mut Vec<Stanza>,
    ) -> Result<Jid, DownReason> {
        management.reset();
        let request =
            |resource: Option<&str>| iq::set(None, payload::write(&BindQuery::new(resource.map(str::to_owned))));
        let mut answer = self.ask(request(Some(resource)), early).await?;
        if answer.type_.as_deref() == Some("error") && errors::read(&answer).0 == "conflict" {
            answer = self.ask(request(None), early).await?;
        }
        if answer.type_.as_deref() == Some("error") {
            return Err(DownReason::Stream(format!("no session: {}", errors::read(&answer).1).into()));
        }
        let jid = answer.child("bind", ns::BIND).and_then(|b| b.get_child("jid", ns::BIND)).map(Element::text);
        let me = jid.and_then(|j| Jid::parse(j.trim()).ok());
        let me = me.ok_or_else(|| DownReason::Stream("the server gave us no address".into()))?;
        let session = features.get_child("session", ns::SESSION);
        if session.is_some_and(|s| !s.has_child("optional", ns::SESSION)) {
            let answer = self.ask(iq::set(None, el("session", ns::SESSION)), early).await?;
            if answer.type_.as_deref() == Some("error") {
                return Err(DownReason::Stream(format!("no session: {}", errors::read(&answer).1).into()));
            }
        }
        if features.has_child("sm", ns::SM) {
            self.enable(management, early).await?;
        }
        Ok(me)
    }

    async fn enable(&mut self, management: &mut Management, early: &mut Vec<Stanza>) -> Result<(), DownReason> {
        let enable = management.enable();
        self.send(&enable)?;
        loop {
            match self.next().await? {
                Received::Element(e) if e.is("enabled", ns::SM) => {
                    management.on_enabled(&e);
                    return Ok(());
                }
                Received::Element(e) if e.is("failed", ns::SM) => {
                    management.reset();
                    return Ok(());
                }
                Received::Stanza(stanza) => keep(early, stanza),
                Received::Replaced(_) | Received::Header(_) | Received::Element(_) | Received::Closed => {}
            }
        }
    }
}

/// The namespaces of all features.
#[must_use]
pub fn namespaces(features: &Element) -> HashSet<String> {
    features.children().take(200).map(Element::ns).collect()
}
