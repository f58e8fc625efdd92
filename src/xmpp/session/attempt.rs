//! One login, from the dial to the session, as one future: the session drops it to give it up.

use crate::model::proxy::host_port;
use crate::model::{
    AccountSettings, BareJid, DownReason, FastToken, Form, Intent, Jid, LoginFact, Reach, Secret, Step, StepState,
    Untrusted,
};
use crate::xmpp::connect::Dial;
use crate::xmpp::link::{Link, Security, TlsFacts};
use crate::xmpp::stream::management::Management;
use crate::xmpp::stream::negotiate::{Bound, Progress, Talk, namespaces};
use crate::xmpp::stream::registration::register;
use crate::xmpp::stream::sasl::Terms;
use crate::xmpp::stream::sasl2::{self, Entered, Inlined, Login, Refused};
use crate::xmpp::stream::watchdog::LOGIN;
use crate::xmpp::stream::wire::Wire;
use std::future::Future;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout, timeout_at};

/// Time until a server has said its first word, where the domain has others.
const QUIET: Duration = Duration::from_secs(4);
/// The same by a proxy: what it goes through may be slow (Tor).
const QUIET_BY_PROXY: Duration = Duration::from_secs(15);
/// How often a server may send us elsewhere.
const HOPS: u32 = 3;
/// Time for the place where the old session is said to be.
const LOCATION: Duration = Duration::from_secs(5);

/// What a login needs.
pub struct Attempt<'a> {
    /// The account.
    pub settings: &'a AccountSettings,
    /// Sign in, or register first.
    pub intent: Intent,
    /// The user name, where it is not the JID's localpart.
    pub user: Option<String>,
    /// A token of an earlier login (XEP-0484).
    pub token: Option<FastToken>,
    /// Makes the byte stream.
    pub dial: &'a mut dyn Dial,
    /// The session to go on with.
    pub management: &'a mut Management,
    /// Its full JID.
    pub me: Option<Jid>,
    /// Where to tell how it goes.
    pub tell: &'a mpsc::Sender<Progress>,
    /// Filled-in registration forms.
    pub forms: &'a mut mpsc::Receiver<Form>,
    /// Whether console lines are wanted.
    pub watched: watch::Receiver<bool>,
    /// Whether the byte stream was encrypted from its first byte.
    pub is_direct: bool,
    /// Whether it never leaves the program.
    pub is_in_process: bool,
}

impl<'t> Attempt<'t> {
    /// Signs in; goes where the server sends us (RFC 6120 §4.9.3.19), a few times, if it has proved who it is. A token that is refused costs a
    /// second connection: many a server takes no password on the same one.
    pub async fn run(mut self) -> Result<Bound, DownReason> {
        let mut settings = self.settings.clone();
        let mut hop = 0;
        loop {
            match self.once(&settings, hop == 0).await {
                Ok(bound) => return Ok(bound),
                Err(Refused::For(DownReason::SentElsewhere(to))) => {
                    let _gone = self.tell.send(Progress::Learned(LoginFact::SentElsewhere(to.clone()))).await;
                    if hop == HOPS {
                        return Err(DownReason::Stream(
                            format!("it sent us elsewhere again and again, last to {}", to.raw()).into(),
                        ));
                    }
                    hop += 1;
                    settings = elsewhere(&settings, &to, self.is_direct, self.dial.reach())?;
                }
                Err(Refused::For(reason)) => return Err(reason),
                Err(Refused::Token) => self.without_token().await?,
            }
        }
    }

    /// The server takes the token no more: the next try is with the password, where there is one.
    async fn without_token(&mut self) -> Result<(), DownReason> {
        if self.token.take().is_none() {
            return Err(DownReason::Password("the server wants the password".into()));
        }
        let _gone = self.tell.send(Progress::Token(None)).await;
        if self.intent == Intent::AwaitPassword {
            let words = "the server takes the token of the last login no more, and wants the password";
            return failed(self.tell, Step::SignIn, Err(DownReason::Password(words.into()))).await;
        }
        Ok(())
    }

    /// The byte stream, encrypted. Where the old session is to go on, the server may have said where it is
    /// (XEP-0198 §5); that is a hint, and when nobody with the right certificate answers there it is passed over.
    async fn link(&mut self, settings: &AccountSettings, is_first: bool) -> Result<(Talk<'t>, TlsFacts), DownReason> {
        let location = self.management.location().filter(|_| is_first && self.me.is_some()).map(Untrusted::from);
        if let Some(located) = location.and_then(|to| elsewhere(settings, &to, false, self.dial.reach()).ok())
            && let Ok(Ok(link)) = timeout(LOCATION, self.link_to(&located)).await
        {
            return Ok(link);
        }
        self.link_to(settings).await
    }

    async fn link_to(&mut self, settings: &AccountSettings) -> Result<(Talk<'t>, TlsFacts), DownReason> {
        let tell = self.tell;
        let mut steps = |step: Step, state: StepState| {
            // The channel is far larger than the steps of a login.
            let _full = tell.try_send(Progress::Step(step, state));
        };
        let link = match self.dial.dial(settings, &mut steps).await {
            Err(reason @ (DownReason::NoTls(_) | DownReason::CaFile(_))) => {
                return failed(tell, Step::Secure, Err(reason)).await;
            }
            dialled => dialled?,
        };
        self.is_direct = matches!(link.security, Security::Tls(_));
        self.is_in_process = matches!(link.security, Security::InProcess);
        let domain = self.settings.id.jid().domain().to_owned();
        let patience = match (self.dial.has_others(), &settings.socks5) {
            (false, _) => LOGIN,
            (true, None) => QUIET,
            (true, Some(_)) => QUIET_BY_PROXY,
        };
        let secured = Box::pin(secure(link, &domain, tell, self.watched.clone(), patience));
        let secured = within(Instant::now() + LOGIN, Step::Secure, secured);
        let secured = failed(tell, Step::Secure, secured.await).await;
        // Not where it is about safety: that must not be glossed over by another server.
        if let Err(DownReason::StepTimeout(_) | DownReason::LinkLost(_) | DownReason::Unreachable(_)) = &secured
            && self.dial.pass_over()
        {
            return Box::pin(self.link_to(settings)).await;
        }
        let (mut talk, tls) = secured?;
        if let Some(language) = self.settings.languages.first() {
            talk.language.clone_from(language);
        }
        if self.intent != Intent::Register && !self.settings.is_guest {
            talk.from = Some(self.settings.id.to_string());
        }
        Ok((talk, tls))
    }

    async fn once(&mut self, settings: &AccountSettings, is_first: bool) -> Result<Bound, Refused> {
        let tell = self.tell;
        let (mut talk, tls) = self.link(settings, is_first).await?;
        let mut deadline = Instant::now() + LOGIN;
        let opened = within(deadline, Step::SignIn, talk.open()).await;
        let features = failed(tell, Step::SignIn, opened).await?;
        talk.offered(false, &features).await;
        let local = self.settings.id.jid().local();
        let (user, password) = match self.intent.clone() {
            Intent::SignIn(password) => (self.user.clone().or_else(|| local.map(str::to_owned)), Some(password)),
            Intent::WithoutPassword => {
                let user = if self.settings.is_guest { "a guest" } else { local.unwrap_or_default() };
                (Some(user.to_owned()), Some(Secret::new("")))
            }
            // Only with a token: else the session waits for the password first.
            Intent::AwaitPassword => (self.user.clone().or_else(|| local.map(str::to_owned)), None),
            Intent::Register => {
                let made = register(&mut talk, local, self.forms).await;
                deadline = Instant::now() + LOGIN;
                let (user, password) = failed(tell, Step::SignIn, made).await?;
                self.user = Some(user.clone());
                (Some(user), Some(password))
            }
        };
        let user = user.ok_or_else(|| DownReason::Password("the address has no part before the @".into()))?;
        let terms = Terms {
            is_plain_allowed: self.settings.allow_plain || self.is_in_process,
            has_password: self.intent != Intent::WithoutPassword,
            is_guest: self.settings.is_guest,
            address: self.settings.id.jid().as_str(),
            tls: &tls,
            strength: &self.settings.strength,
        };
        let login = Login {
            user: &user,
            password: password.as_ref(),
            token: self.token.as_ref(),
            // Who needs no password needs no token either.
            device: if terms.has_password { &self.settings.device } else { "" },
            tag: self.settings.resource_tag(),
            terms,
            is_resuming: self.me.is_some(),
        };
        let signed = timeout_at(deadline, sign_in(&mut talk, &features, &login, self.management)).await;
        if signed.is_err() && self.me.is_some() && sasl2::is_offered(&features) {
            // A server that hangs over the old session would do so each time; the outbox and the archive know what to do.
            self.management.reset();
        }
        let entered = match signed.unwrap_or(Err(DownReason::StepTimeout(Step::SignIn).into())) {
            Err(Refused::For(reason)) => failed(tell, Step::SignIn, Err(reason)).await?,
            other => other?,
        };
        talk.offered(true, &entered.features).await;
        let bound = within(deadline, Step::Bind, self.bind(talk, entered, tls.version.clone())).await;
        if matches!(bound, Err(DownReason::StepTimeout(_))) {
            // The same where it is asked for in the old way.
            self.management.reset();
        }
        Ok(failed(tell, Step::Bind, bound).await?)
    }

    /// Whether the address that the server gave is the account's, with a resource (RFC 6120 §7.6.1). Whoever came without
    /// an account, or made one under a name that the server chose, has its domain alone to go by.
    fn is_ours(&self, me: &Jid) -> bool {
        let (wanted, given) = (self.settings.id.jid(), me.bare());
        let is_user = self
            .user
            .as_deref()
            .is_some_and(|user| BareJid::parse(&format!("{user}@{}", wanted.domain())).is_ok_and(|user| user == given));
        let is_guest = self.settings.is_guest && given.domain() == wanted.domain();
        me.resource().is_some() && (wanted.may_be(&given) || is_user || is_guest)
    }

    async fn bind(&mut self, mut talk: Talk<'_>, entered: Entered, tls: String) -> Result<Bound, DownReason> {
        let Entered { features, session, mut early, is_asked } = entered;
        let old = self.me.clone();
        let is_inlined = session != Inlined::Nothing;
        let (me, is_resumed) = match (session, old) {
            (Inlined::Bound(me), _) => (me, false),
            (Inlined::Resumed, Some(me)) => (me, true),
            (Inlined::Nothing | Inlined::Resumed, old) => {
                talk.step(Step::Bind, StepState::Running(self.settings.resource.as_str().into())).await;
                let is_resumed = old.is_some() && talk.resume(&features, self.management).await?;
                match old.filter(|_| is_resumed) {
                    Some(me) => (me, true),
                    None => {
                        let resource = &self.settings.resource;
                        (talk.bind(&features, resource, self.management, &mut early).await?, false)
                    }
                }
            }
        };
        if !is_resumed && !self.is_ours(&me) {
            self.management.reset();
            let words = format!("it signed us in as {me}, which is not {} with a resource", self.settings.id);
            return Err(DownReason::ServerProof(words.into()));
        }
        let is_restored = is_resumed && self.management.is_restored();
        let words = match (is_resumed, is_restored) {
            (true, true) => format!("{me}, going on where parlour was before its start"),
            (true, false) => format!("{me}, going on where we were"),
            (false, _) => me.to_string(),
        };
        let how = if is_inlined { ", in the same step" } else { "" };
        talk.step(Step::Bind, StepState::Done(format!("{words}{how}").into())).await;
        let features = namespaces(&features);
        let does_early_count = is_inlined && self.management.is_on();
        Ok(Bound { wire: talk.wire, me, is_resumed, is_restored, features, early, is_asked, does_early_count, tls })
    }
}

/// By XEP-0388 where the server speaks it, else by RFC 6120 §6.
async fn sign_in(
    talk: &mut Talk<'_>,
    features: &minidom::Element,
    login: &Login<'_>,
    management: &mut Management,
) -> Result<Entered, Refused> {
    if sasl2::is_offered(features) {
        return talk.authenticate2(features, login, management).await;
    }
    let none = || DownReason::Password("the server wants the password".into());
    let password = login.password.ok_or_else(none)?;
    let features = talk.authenticate(features, login.user, password, login.terms).await?;
    Ok(Entered { features, session: Inlined::Nothing, early: Vec::new(), is_asked: false })
}

/// The settings with another host, as a server named it whose address reached so far. The certificate is still checked
/// for the JID's domain, and what leads into the user's own network is not connected to, unless the server is there.
///
/// # Errors
/// When that is no host.
pub fn elsewhere(
    settings: &AccountSettings,
    to: &Untrusted,
    is_direct: bool,
    from: Reach,
) -> Result<AccountSettings, DownReason> {
    let wrong = || DownReason::Stream("it sent us to something that is no host".into());
    let (host, port) = host_port(to.raw()).ok_or_else(wrong)?;
    let is_direct = port == Some(5223) || (is_direct && port.is_some());
    let port = Some(port.unwrap_or(5222));
    let sent_by = Some(settings.sent_by.unwrap_or(from));
    Ok(AccountSettings { host: Some(host), port, direct_tls: is_direct, sent_by, ..settings.clone() })
}

async fn secure<'a>(
    link: Link,
    domain: &str,
    tell: &'a mpsc::Sender<Progress>,
    watched: watch::Receiver<bool>,
    patience: Duration,
) -> Result<(Talk<'a>, TlsFacts), DownReason> {
    let mut talk = Talk::new(Wire::new(link.io, watched.clone()), domain, tell);
    match link.security {
        Security::Tls(tls) => {
            talk.secured(tls.info(true)).await;
            Ok((talk, *tls))
        }
        Security::InProcess => {
            talk.step(Step::Secure, StepState::Done("inside this program".into())).await;
            Ok((talk, TlsFacts { version: "demo".to_owned(), ..TlsFacts::default() }))
        }
        Security::StartTls(upgrade) => {
            talk.step(Step::Secure, StepState::Running("STARTTLS".into())).await;
            talk.start_tls(upgrade, watched, patience).await.map_err(unproven)
        }
    }
}

/// In the clear anybody on the way can send us elsewhere, so that is not done (T-17).
fn unproven(reason: DownReason) -> DownReason {
    let DownReason::SentElsewhere(to) = reason else { return reason };
    let words =
        format!("it sends us to {} before the connection is encrypted, which anybody can say; not followed", to.raw());
    DownReason::Stream(words.into())
}

async fn within<T>(
    deadline: Instant,
    step: Step,
    work: impl Future<Output = Result<T, DownReason>>,
) -> Result<T, DownReason> {
    timeout_at(deadline, work).await.unwrap_or(Err(DownReason::StepTimeout(step)))
}

/// Tells a step's failure.
async fn failed<T>(tell: &mpsc::Sender<Progress>, step: Step, result: Result<T, DownReason>) -> Result<T, DownReason> {
    if let Err(reason) = &result {
        let _gone = tell.send(Progress::Step(step, StepState::Failed(reason.words()))).await;
    }
    result
}
