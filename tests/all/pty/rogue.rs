//! A server that says whatever a test wants to the real binary: on loopback, behind TLS with a certificate made on the
//! spot. It signs in like any other (or refuses in a test's words), answers questions from a list, and notes the rest.

use super::harness::{DEADLINE, Home};
use crate::session::fake::{Fake, SASL, mechanisms};
use minidom::Element;
use parlour::xmpp::stream::scan::{Bounds, Frame, Scanner};
use rcgen::{CertificateParams, DnType, KeyPair, SanType};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::{
    collections::VecDeque,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::{Arc, Mutex, mpsc as std_mpsc},
    time::Instant,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

const HEADER: &str =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='a.test' version='1.0'>";

/// How a login goes.
#[derive(Debug, Clone)]
pub enum Login {
    /// Well.
    Fine,
    /// Nothing comes after this.
    Silent(After),
    /// SASL refuses with this element and text.
    SaslFailure { condition: String, text: String },
    /// A stream error with this text comes in place of the features.
    StreamError { text: String },
    /// This is the registration form; who sends it is told this error text.
    Registration { form: String, refusal: String },
}

/// Where a server falls silent.
#[derive(Debug, Clone, Copy)]
pub enum After {
    Handshake,
    Features,
    Login,
}

/// What the thread of the server and the test share.
struct Manner {
    login: Login,
    password: String,
    /// How many clients came so far.
    logins: usize,
    /// How many of them wait for an answer that never comes.
    stuck: usize,
    /// (`to`, namespace of the payload, its node) → the result's inner XML.
    answers: Vec<(String, String, String)>,
}

/// The server.
pub struct Rogue {
    pub port: u16,
    folder: tempfile::TempDir,
    manner: Arc<Mutex<Manner>>,
    orders: mpsc::UnboundedSender<String>,
    heard: std_mpsc::Receiver<Element>,
    /// What was heard and not asked for yet.
    kept: VecDeque<Element>,
    _runtime: tokio::runtime::Runtime,
}

impl Rogue {
    /// Listens with a certificate for the right name.
    pub fn start() -> Self {
        let mut params = CertificateParams::new(vec!["a.test".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "a.test");
        Self::with_certificate(params)
    }

    /// Listens with a certificate whose names are these: the common name, and one of the alternative names.
    pub fn with_names(common: &str, alternative: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, common);
        params.subject_alt_names.push(SanType::DnsName(alternative.try_into().unwrap()));
        Self::with_certificate(params)
    }

    fn with_certificate(params: CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let cert = params.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), cert.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut tls = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        tls.alpn_protocols = vec![b"xmpp-client".to_vec()];
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let manner = Arc::new(Mutex::new(Manner {
            login: Login::Fine,
            password: "secret".to_owned(),
            logins: 0,
            stuck: 0,
            answers: usual_answers(),
        }));
        let (orders, ordered) = mpsc::unbounded_channel();
        let (tell, heard) = std_mpsc::channel();
        runtime.spawn(serve(
            listener,
            TlsAcceptor::from(Arc::new(tls)),
            manner.clone(),
            Arc::new(tokio::sync::Mutex::new(ordered)),
            tell,
        ));
        Self { port, folder, manner, orders, heard, kept: VecDeque::new(), _runtime: runtime }
    }

    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The account's settings, without a password.
    pub fn account(&self) -> String {
        format!(
            "[accounts.\"me@a.test\"]\nhost = \"127.0.0.1\"\nport = {}\ndirect_tls = true\nresource = \"here\"\nca_file = \"{}\"\n",
            self.port,
            self.ca_file().display()
        )
    }

    /// A home whose config has the account and its password.
    pub fn home(&self) -> Home {
        let home = Home::new()
            .with_config(&format!("{}allow_plaintext_password = true\npassword = \"secret\"\n", self.account()));
        std::fs::set_permissions(home.config(), std::fs::Permissions::from_mode(0o600)).unwrap();
        home
    }

    pub fn set_login(&self, login: Login) {
        self.manner.lock().unwrap().login = login;
    }

    /// How many clients came so far.
    pub fn logins(&self) -> usize {
        self.manner.lock().unwrap().logins
    }

    /// How many clients have asked a silent server so far.
    pub fn stuck(&self) -> usize {
        self.manner.lock().unwrap().stuck
    }

    /// The account has this password from now on.
    pub fn set_password(&self, password: &str) {
        password.clone_into(&mut self.manner.lock().unwrap().password);
    }

    /// From now on, questions of this namespace to this address get this answer.
    pub fn answer(&self, to: &str, ns: &str, inner: &str) {
        let mut manner = self.manner.lock().unwrap();
        manner.answers.retain(|(t, n, _)| (t.as_str(), n.as_str()) != (to, ns));
        manner.answers.push((to.to_owned(), ns.to_owned(), inner.to_owned()));
    }

    /// What says things over the open stream, for another thread.
    pub fn voice(&self) -> mpsc::UnboundedSender<String> {
        self.orders.clone()
    }

    /// Says this over the open stream.
    pub fn say(&self, xml: &str) {
        self.orders.send(xml.to_owned()).unwrap();
    }

    /// The next stanza of the client that `pick` takes.
    #[track_caller]
    pub fn hear(&mut self, what: &str, pick: impl Fn(&Element) -> bool) -> Element {
        if let Some(at) = self.kept.iter().position(&pick) {
            return self.kept.remove(at).unwrap();
        }
        let deadline = Instant::now() + DEADLINE;
        loop {
            match self.heard.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(stanza) if pick(&stanza) => return stanza,
                Ok(stanza) => self.kept.push_back(stanza),
                Err(e) => panic!("{what}: {e}; heard: {:#?}", self.kept.iter().map(String::from).collect::<Vec<_>>()),
            }
        }
    }

    /// Everything that was heard until now and not asked for.
    pub fn heard(&mut self) -> Vec<Element> {
        self.kept.extend(self.heard.try_iter());
        self.kept.drain(..).collect()
    }

    /// Lets the client into a room: waits for its presence, and gives it back as the room does.
    pub fn admit(&mut self, room: &str, occupants: &str) {
        let join = self.hear("the way into the room", |s| {
            s.name() == "presence" && s.attr("to").is_some_and(|to| to.starts_with(&format!("{room}/")))
        });
        let own = join.attr("to").unwrap();
        self.say(&format!(
            "{occupants}<presence from='{own}' to='me@a.test/here'><x xmlns='http://jabber.org/protocol/muc#user'>\
             <item affiliation='owner' role='moderator'/><status code='110'/></x></presence>\
             <message from='{room}' to='me@a.test/here' type='groupchat'><subject>first topic</subject></message>"
        ));
    }
}

/// What a small server would answer.
fn usual_answers() -> Vec<(String, String, String)> {
    let info = "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/>\
                <feature var='http://jabber.org/protocol/disco#info'/></query>";
    [
        ("a.test", "http://jabber.org/protocol/disco#info", info),
        ("a.test", "http://jabber.org/protocol/disco#items", "<query xmlns='http://jabber.org/protocol/disco#items'/>"),
        ("", "jabber:iq:roster", "<query xmlns='jabber:iq:roster'/>"),
        ("", "urn:xmpp:ping", ""),
    ]
    .map(|(to, ns, inner)| (to.to_owned(), ns.to_owned(), inner.to_owned()))
    .into()
}

type Heard = std_mpsc::Sender<Element>;

type Orders = Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<String>>>;

async fn serve(listener: TcpListener, tls: TlsAcceptor, manner: Arc<Mutex<Manner>>, orders: Orders, tell: Heard) {
    while let Ok((socket, _)) = listener.accept().await {
        // A client that hangs up in the middle ends its own task alone.
        let (tls, manner, orders, tell) = (tls.clone(), manner.clone(), orders.clone(), tell.clone());
        tokio::spawn(async move {
            if let Ok(stream) = tls.accept(socket).await {
                greet(Fake::new(stream), &manner, &orders, &tell).await;
            }
        });
    }
}

async fn greet(mut fake: Fake<TlsStream<TcpStream>>, manner: &Mutex<Manner>, orders: &Orders, tell: &Heard) {
    manner.lock().unwrap().logins += 1;
    let login = manner.lock().unwrap().login.clone();
    fake.password = manner.lock().unwrap().password.clone();
    match login {
        Login::Fine => {
            fake.login(false).await;
            talk(fake.io, manner, &mut *orders.lock().await, tell).await;
        }
        Login::Silent(after) => {
            // The question that is not answered.
            match after {
                After::Handshake => fake.expect("version='1.0' xml:lang='en'>").await,
                After::Features => {
                    fake.features(&mechanisms(&["SCRAM-SHA-256"])).await;
                    fake.expect("</auth>").await
                }
                After::Login => {
                    fake.login(false).await;
                    fake.expect("jabber:iq:roster").await
                }
            };
            manner.lock().unwrap().stuck += 1;
            drain(fake.io).await;
        }
        Login::SaslFailure { condition, text } => {
            fake.features(&mechanisms(&["SCRAM-SHA-256"])).await;
            fake.expect("</auth>").await;
            fake.send(&format!("<failure xmlns='{SASL}'><{condition}/><text>{text}</text></failure>")).await;
            drain(fake.io).await;
        }
        Login::StreamError { text } => {
            fake.expect("version='1.0' xml:lang='en'>").await;
            fake.send(&format!(
                "{}<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
                 <text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{text}</text></stream:error></stream:stream>",
                crate::session::fake::HEADER
            ))
            .await;
            drain(fake.io).await;
        }
        Login::Registration { form, refusal } => register(fake, &form, &refusal).await,
    }
}

/// Waits until the client hangs up, however it does.
async fn drain(mut io: TlsStream<TcpStream>) {
    let mut bytes = [0; 512];
    while io.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
}

async fn register(mut fake: Fake<TlsStream<TcpStream>>, form: &str, refusal: &str) {
    fake.features("<register xmlns='http://jabber.org/features/iq-register'/>").await;
    let id_of = |said: &str| said.split("id='").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    let asked = fake.expect("</iq>").await;
    fake.send(&format!("<iq type='result' id='{}'>{form}</iq>", id_of(&asked))).await;
    let filled = fake.expect("</iq>").await;
    fake.send(&format!(
        "<iq type='error' id='{}'><error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
         <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>{refusal}</text></error></iq>",
        id_of(&filled)
    ))
    .await;
    drain(fake.io).await;
}

/// Answers, notes and says until the client goes.
async fn talk(
    mut io: TlsStream<TcpStream>,
    manner: &Mutex<Manner>,
    orders: &mut mpsc::UnboundedReceiver<String>,
    tell: &Heard,
) {
    let mut scanner = Scanner::new(Bounds::default());
    let mut frames = VecDeque::new();
    scanner.feed(HEADER.as_bytes(), &mut frames).unwrap();
    let mut bytes = [0; 8192];
    loop {
        tokio::select! {
            read = io.read(&mut bytes) => {
                let count = read.unwrap_or(0);
                if count == 0 || scanner.feed(&bytes[..count], &mut frames).is_err() {
                    return;
                }
            }
            order = orders.recv() => {
                let Some(order) = order else { return };
                if io.write_all(order.as_bytes()).await.is_err() {
                    return;
                }
            }
        }
        for frame in frames.drain(..) {
            match frame {
                Frame::Stanza(bytes) => {
                    let stanza = read(&bytes);
                    let answer = answer(&stanza, &manner.lock().unwrap().answers);
                    if let Some(answer) = answer {
                        if io.write_all(answer.as_bytes()).await.is_err() {
                            return;
                        }
                        continue;
                    }
                    // The test may be over.
                    let _ = tell.send(stanza);
                }
                Frame::Footer => {
                    let _ = io.write_all(b"</stream:stream>").await;
                    let _ = io.shutdown().await;
                    return;
                }
                Frame::Header(_) | Frame::Oversized(..) => {}
            }
        }
    }
}

fn read(bytes: &[u8]) -> Element {
    let text = std::str::from_utf8(bytes).unwrap();
    let whole: Element = format!("<w xmlns='jabber:client'>{text}</w>").parse().unwrap();
    whole.children().next().unwrap().clone()
}

/// The answer to a question: from the list, else that nobody serves it. `None` for what is no question.
fn answer(stanza: &Element, answers: &[(String, String, String)]) -> Option<String> {
    if stanza.name() != "iq" || !matches!(stanza.attr("type"), Some("get" | "set")) {
        return None;
    }
    let (to, id) = (stanza.attr("to").unwrap_or_default(), stanza.attr("id").unwrap_or_default());
    let ns = stanza.children().next().map(Element::ns).unwrap_or_default();
    let from = if to.is_empty() { String::new() } else { format!(" from='{to}'") };
    let found = answers.iter().find(|(t, n, _)| t == to && *n == ns);
    // The test may want to look at it, and answer by itself.
    if found.is_some_and(|(_, _, inner)| inner == "later") {
        return None;
    }
    Some(match found {
        Some((_, _, inner)) => format!("<iq type='result' id='{id}'{from}>{inner}</iq>"),
        None => format!(
            "<iq type='error' id='{id}'{from}><error type='cancel'>\
             <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ),
    })
}
