//! Signing in by XEP-0388, with what it carries along: the old session (XEP-0198), or a new one (XEP-0386), and a
//! token for the next time (XEP-0484). A login is then two round trips instead of six or more, one with a token.
//!
//! It is used only where the server offers it: others may not even answer. What is inlined is asked for only where it
//! is offered, and what of it does not come about is made up for in the old way on the same stream. Left out: further
//! tasks after the login (`<continue/>`), which end the login with a message that names them.

use super::authenticate::{decode, failure, is_binding_refused};
use super::fast::{self, Fast};
use super::management::Management;
use super::negotiate::{Progress, Talk, is_full};
use super::sasl::exchange::answer;
use super::sasl::{Exchange, Offer, Terms, choose};
use super::wire::Received;
use crate::model::{DownReason, FastToken, Jid, LoginFact, Secret, Standard, Step, StepState, Strength, TokenKind};
use crate::xmpp::kit::element::{Build, el};
use crate::xmpp::kit::{ns, payload};
use crate::xmpp::random::random_id;
use crate::xmpp::stanza::Stanza;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use minidom::Element;
use std::time::Duration;
use tokio::time::timeout;
use xmpp_parsers::fast::RequestToken;
use xmpp_parsers::sasl2::{Response, UserAgent};
use xmpp_parsers::{bind2, carbons, sm};

/// The rows of the reference.
pub const STANDARDS: &[Standard] = &[
    Standard::complete("XEP-0386", "Bind 2", "1.1.0"),
    Standard::partial("XEP-0388", "Extensible SASL Profile", "1.0.4"),
];

/// How long the features of a new session may take.
const FEATURES: Duration = Duration::from_secs(3);

/// Who signs in, and with what.
pub struct Login<'a> {
    /// The localpart.
    pub user: &'a str,
    /// The password, where it is at hand.
    pub password: Option<&'a Secret>,
    /// A token of an earlier login.
    pub token: Option<&'a FastToken>,
    /// This installation, as a UUID; empty: the server is not told, gives no tokens, and binds in the old way.
    pub device: &'a str,
    /// What begins our resource; the server adds what tells this installation from others (XEP-0386 §4.2.1).
    pub tag: &'a str,
    /// What the choice of a mechanism depends on.
    pub terms: Terms<'a>,
    /// Whether a session from before may be gone on with.
    pub is_resuming: bool,
}

/// Why a login ended.
pub enum Refused {
    /// The token is not taken (any more): the password must do.
    Token,
    /// For this reason.
    For(DownReason),
}

impl From<DownReason> for Refused {
    fn from(reason: DownReason) -> Self {
        Self::For(reason)
    }
}

/// The session that a login came with.
#[derive(Debug, Clone, PartialEq)]
pub enum Inlined {
    /// None: it is asked for in the old way.
    Nothing,
    /// The old one goes on.
    Resumed,
    /// A new one, with this full JID.
    Bound(Jid),
}

/// What a login came to.
pub struct Entered {
    /// The features of the stream after it.
    pub features: Element,
    /// The session.
    pub session: Inlined,
    /// Stanzas that came with it; those of a session with stream management count.
    pub early: Vec<Stanza>,
    /// Whether the server asked what of those arrived.
    pub is_asked: bool,
}

/// Whether a server speaks XEP-0388.
#[must_use]
pub fn is_offered(features: &Element) -> bool {
    features.has_child("authentication", ns::SASL2)
}

/// What may be inlined.
struct Inline {
    has_sm: bool,
    /// What a new session may begin with, where one may be inlined.
    bind: Option<Vec<String>>,
    tokens: Vec<TokenKind>,
}

impl Inline {
    fn read(features: &Element) -> Self {
        let inline = features.get_child("authentication", ns::SASL2).and_then(|a| a.get_child("inline", ns::SASL2));
        let bind = inline.and_then(|i| i.get_child("bind", ns::BIND2)).map(|bind| {
            let list = bind.get_child("inline", ns::BIND2).into_iter().flat_map(Element::children);
            list.filter_map(|f| f.attr("var").map(str::to_owned)).take(50).collect()
        });
        Self {
            has_sm: inline.is_some_and(|i| i.has_child("sm", ns::SM)),
            bind,
            tokens: inline.map(fast::offered).unwrap_or_default(),
        }
    }

    /// The features that a session has by what was offered before the login, where no others came.
    fn later(&self) -> Element {
        let on = self.bind.iter().flatten().filter(|ns| *ns != ns::SM && *ns != ns::CARBONS);
        el("features", ns::STREAM).with_children(on.map(|ns| el("feature", ns)))
    }

    /// `<bind/>`, with all that a session of ours begins with.
    fn bind(&self, tag: &str) -> Option<Element> {
        let offered = self.bind.as_ref()?;
        let has = |ns: &str| offered.iter().any(|f| f == ns);
        let mut payloads = Vec::new();
        if has(ns::SM) {
            payloads.push(payload::write(&sm::Enable::new().with_resume()));
        }
        if has(ns::CARBONS) {
            payloads.push(payload::write(&carbons::Enable));
        }
        Some(payload::write(&bind2::BindQuery { tag: Some(tag.to_owned()), payloads }))
    }
}

/// What proves that we are who we say, and that the server is.
enum Proof {
    Exchange(Exchange, Strength),
    Token(Fast),
}

impl Talk<'_> {
    /// Signs in by XEP-0388; `features` must offer it.
    ///
    /// # Errors
    /// Why not.
    pub async fn authenticate2(
        &mut self,
        features: &Element,
        login: &Login<'_>,
        management: &mut Management,
    ) -> Result<Entered, Refused> {
        let inline = Inline::read(features);
        let token = login.token.filter(|_| !login.device.is_empty());
        let fast = token.and_then(|t| Fast::new(t, login.user, &inline.tokens, &login.terms).map(|f| (f, t.kind)));
        if let Some((fast, kind)) = fast {
            let told = format!("{}, {}{}", login.user, kind.mechanism(), bound_words(kind));
            let request = request(&inline, login, management, kind.mechanism(), &fast.initial());
            self.send(&request.with_child(el("fast", ns::FAST)))?;
            self.step(Step::SignIn, StepState::Running(told.as_str().into())).await;
            let outcome = self.outcome(Proof::Token(fast)).await;
            if matches!(outcome, Err(DownReason::ServerProof(_))) {
                // Whoever that is: the next login, which a person must want, is with the password.
                self.tell(Progress::Token(None)).await;
            }
            let success = outcome?.map_err(|_| Refused::Token)?.0;
            self.signed_in(told, kind.mechanism(), kind.binding().map(crate::model::Binding::name)).await;
            return Ok(self.enter(success, Some(kind), &inline, login, management).await?);
        }
        let none = || DownReason::Password("the server wants the password".into());
        let password = login.password.ok_or_else(none)?;
        let offer = Offer { is_list_due: true, ..Offer::read(features, "authentication", ns::SASL2) };
        let mut plan = choose(&offer, &login.terms)?;
        let (success, told, kind) = loop {
            let told = format!("{}, over SASL 2", plan.told(login.user));
            self.step(Step::SignIn, StepState::Running(told.as_str().into())).await;
            let exchange = Exchange::new(&plan, login.user, password, random_id() + &random_id());
            let mut asked = request(&inline, login, management, plan.mechanism.name(), &exchange.initial());
            let kind = fast::wanted(&inline.tokens, &login.terms, &plan.strength).filter(|_| !login.device.is_empty());
            if let Some(kind) = kind {
                asked = asked.with_child(payload::write(&RequestToken { mechanism: kind.mechanism().to_owned() }));
            }
            self.send(&asked)?;
            match self.outcome(Proof::Exchange(exchange, plan.strength.clone())).await? {
                Ok((success, strength)) => {
                    let binding = strength.binding.map(crate::model::Binding::name);
                    self.signed_in(told.clone(), plan.mechanism.name(), binding).await;
                    self.tell(Progress::Strength(login.terms.strength.with(&strength))).await;
                    self.tell(Progress::PasswordAccepted).await;
                    break (success, told, kind);
                }
                Err(refusal) => {
                    let unbound = is_binding_refused(&refusal).then(|| plan.unbound(&login.terms)).flatten();
                    plan = unbound.ok_or_else(|| failure(&refusal))?;
                }
            }
        };
        tracing::debug!("{told}");
        Ok(self.enter(success, kind, &inline, login, management).await?)
    }

    async fn signed_in(&mut self, told: String, mechanism: &str, binding: Option<&str>) {
        self.step(Step::SignIn, StepState::Done(told.into())).await;
        let binding = binding.map(Into::into);
        self.tell(Progress::Learned(LoginFact::SignedIn { mechanism: mechanism.into(), binding })).await;
    }

    /// The server's word, checked: `<success/>` and what the login comes to, or its `<failure/>`.
    async fn outcome(&mut self, proof: Proof) -> Result<Result<(Element, Strength), Element>, DownReason> {
        let mut proof = proof;
        loop {
            let element = self.element().await?;
            if element.ns() != ns::SASL2 {
                continue;
            }
            match element.name() {
                "challenge" => {
                    proof = match proof {
                        Proof::Token(_) => {
                            return Err(DownReason::ServerProof("it asks where a token is enough".into()));
                        }
                        Proof::Exchange(exchange, strength) => {
                            let (back, words) = answer(exchange, decode(&element)?).await?;
                            self.send(&payload::write(&Response { sasl_data: words }))?;
                            Proof::Exchange(back, strength)
                        }
                    };
                }
                "success" => {
                    let last = element.get_child("additional-data", ns::SASL2);
                    let last = last.map(decode).transpose()?.unwrap_or_default();
                    let strength = match &mut proof {
                        Proof::Token(fast) => fast.finish(&last).map(|()| Strength::default())?,
                        Proof::Exchange(exchange, strength) => {
                            exchange.finish(&last)?;
                            Strength { is_list_signed: exchange.is_list_signed(), ..strength.clone() }
                        }
                    };
                    return Ok(Ok((element, strength)));
                }
                "failure" => return Ok(Err(element)),
                "continue" => return Err(further(&element)),
                _ => {}
            }
        }
    }

    /// What came with `<success/>`, and the features after it.
    async fn enter(
        &mut self,
        success: Element,
        kind: Option<TokenKind>,
        inline: &Inline,
        login: &Login<'_>,
        management: &mut Management,
    ) -> Result<Entered, DownReason> {
        if let Some(token) = fast::given(&success, kind) {
            self.tell(Progress::Token(Some(token))).await;
        }
        if let Some(resumed) = success.get_child("resumed", ns::SM).filter(|_| login.is_resuming) {
            self.resumed(resumed, management)?;
            // It is on from here. Features must not come any more (XEP-0198 §8.1.2); where they do all the same,
            // stanzas and questions come before them, which are the session's affair.
            return Ok(Entered {
                features: inline.later(),
                session: Inlined::Resumed,
                early: Vec::new(),
                is_asked: false,
            });
        }
        if let Some(failed) = success.get_child("failed", ns::SM) {
            management.on_failed(failed);
        }
        let mut session = Inlined::Nothing;
        if let Some(bound) = success.get_child("bound", ns::BIND2) {
            session = Inlined::Bound(bound_as(&success)?);
            management.enable();
            match bound.get_child("enabled", ns::SM) {
                Some(enabled) => management.on_enabled(enabled),
                None => drop(management.reset()),
            }
        }
        let mut came = Early::default();
        let features = self.next_features(&mut came);
        let features = match session {
            Inlined::Nothing => {
                features.await?.ok_or_else(|| DownReason::Stream("it sent stanzas and no features".into()))?
            }
            // The session is there; nobody waits long for what is only good to know.
            Inlined::Resumed | Inlined::Bound(_) => {
                let features = timeout(FEATURES, features).await.unwrap_or(Ok(None))?;
                features.unwrap_or_else(|| inline.later())
            }
        };
        let Early { stanzas: early, is_asked } = came;
        Ok(Entered { features: with_carbons(features, &success), session, early, is_asked })
    }

    /// The features of the stream; `None`: too much came before them.
    async fn next_features(&mut self, came: &mut Early) -> Result<Option<Element>, DownReason> {
        while !is_full(&came.stanzas) {
            match self.next().await? {
                Received::Element(e) if e.is("features", ns::STREAM) => return Ok(Some(e)),
                Received::Element(e) => came.is_asked |= e.is("r", ns::SM),
                Received::Stanza(stanza) => came.stanzas.push(stanza),
                Received::Replaced(replaced) => came.stanzas.extend(replaced.stanza),
                Received::Header(_) | Received::Closed => {}
            }
        }
        Ok(None)
    }
}

/// What came before the features.
#[derive(Default)]
struct Early {
    stanzas: Vec<Stanza>,
    is_asked: bool,
}

/// Who we are. By hand where the server is not told which installation this is: the typed one always says so.
fn agent(device: &str) -> Element {
    let software = "parlour".to_owned();
    match device.parse() {
        Ok(id) => payload::write(&UserAgent { id, software: Some(software), device: None }),
        Err(_) => el("user-agent", ns::SASL2).with_child(el("software", ns::SASL2).with_text(&software)),
    }
}

/// `<authenticate/>`, with the session that we want.
fn request(
    inline: &Inline,
    login: &Login<'_>,
    management: &mut Management,
    mechanism: &str,
    initial: &[u8],
) -> Element {
    let agent = agent(login.device);
    let words = el("initial-response", ns::SASL2).with_text(&BASE64.encode(initial));
    let mut request =
        el("authenticate", ns::SASL2).with_attr("mechanism", mechanism).with_child(words).with_child(agent);
    if inline.has_sm
        && login.is_resuming
        && let Some(resume) = management.resume()
    {
        request = request.with_child(resume);
    }
    // Without stream management in the new session it is bound in the old way, which has it. So it is where the
    // server does not know which installation this is: then the resource would be another one each time, and a
    // half-open old session would stay.
    match inline.bind(login.tag).filter(|bind| bind.has_child("enable", ns::SM) && !login.device.is_empty()) {
        Some(bind) => request.with_child(bind),
        None => request,
    }
}

/// Carbons that a new session began with count as a feature of the stream, so that they are not asked for again.
fn with_carbons(features: Element, success: &Element) -> Element {
    let is_on = success.get_child("bound", ns::BIND2).is_some_and(|b| b.has_child("enabled", ns::CARBONS));
    if is_on { features.with_child(el("enabled", ns::CARBONS)) } else { features }
}

fn bound_as(success: &Element) -> Result<Jid, DownReason> {
    let id = success.get_child("authorization-identifier", ns::SASL2).map(Element::text);
    let me = id.and_then(|id| Jid::parse(id.trim()).ok()).filter(|me| me.resource().is_some());
    me.ok_or_else(|| DownReason::Stream("the server gave us no address".into()))
}

fn bound_words(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Exporter => " with a token, bound to this TLS session, over SASL 2",
        TokenKind::EndPoint => " with a token, bound to the server's certificate, over SASL 2",
        TokenKind::None => " with a token, not bound, over SASL 2",
    }
}

/// The server wants more than a password, such as a code (XEP-0388 §2.6).
fn further(element: &Element) -> DownReason {
    let tasks = element.get_child("tasks", ns::SASL2).into_iter().flat_map(Element::children);
    let tasks: Vec<String> = tasks.map(|t| t.text().chars().take(60).collect()).take(5).collect();
    let text = element.get_child("text", ns::SASL2).map(|t| t.text().chars().take(500).collect::<String>());
    let said = text.filter(|t| !t.trim().is_empty()).map(|t| format!(" (the server says: {})", t.trim()));
    let words = format!("the server asks for a further step that parlour cannot do: {}", tasks.join(", "));
    DownReason::NoMechanism((words + &said.unwrap_or_default()).into())
}
