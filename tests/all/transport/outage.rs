//! What a server's operators say of outages (XEP-0455), fetched over real TCP and TLS: what is taken, what is refused
//! (S-61), which way it goes (T-14).

use super::certs::{Authority, SRV_NAME, Shown, leaf, other_name};
use super::host::settings;
use super::pages::{Answer, Pages};
use super::socks::{Manner, Socks};
use crate::session::fake::Rig;
use futures_util::future::BoxFuture;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Bootstrap, Event, command::session::Command as Ask};
use parlour::model::{AccountSettings, Outage, Phase, Reach, Socks5, StatusNews, StatusPlaces, Time, Untrusted};
use parlour::xmpp::connect::NetDial;
use parlour::xmpp::connect::resolve::{Dns, Record};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const NAME: &str = "status.test";
const RUNNING: &str = r#"{"beginning":"2021-01-12T01:01:01Z","message":{"default":"a disk died","de":"kaputt"}}"#;

/// Every host has these addresses; counts the questions.
#[derive(Debug)]
struct Names(Vec<IpAddr>, AtomicUsize);

impl Names {
    fn here() -> Arc<Self> {
        Self::at(&["127.0.0.1"])
    }

    fn at(list: &[&str]) -> Arc<Self> {
        Arc::new(Self(list.iter().map(|a| a.parse().unwrap()).collect(), AtomicUsize::new(0)))
    }

    fn asked(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }
}

impl Dns for Names {
    fn srv<'a>(&'a self, _: &'a str, _: bool) -> BoxFuture<'a, Result<Vec<Record>, String>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn addresses<'a>(&'a self, _: &'a str, port: u16) -> BoxFuture<'a, Result<Vec<SocketAddr>, String>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move { Ok(self.0.iter().map(|ip| SocketAddr::new(*ip, port)).collect()) })
    }
}

/// A name that leads to where nobody is first, and to where the page is from then on.
#[derive(Debug, Default)]
struct Turning(AtomicUsize);

impl Dns for Turning {
    fn srv<'a>(&'a self, _: &'a str, _: bool) -> BoxFuture<'a, Result<Vec<Record>, String>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn addresses<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, Result<Vec<SocketAddr>, String>> {
        let is_first = host == NAME && self.0.fetch_add(1, Ordering::SeqCst) == 0;
        let ip = if is_first { Ipv4Addr::new(127, 0, 0, 2) } else { Ipv4Addr::LOCALHOST };
        Box::pin(async move { Ok(vec![SocketAddr::from((ip, port))]) })
    }
}

/// An account whose server is not there; it named these addresses when it was met at one of this reach.
struct Stage {
    ca: Authority,
    names: Arc<Names>,
    account: AccountSettings,
}

impl Stage {
    fn new(names: Arc<Names>) -> Self {
        let ca = Authority::new("Test CA");
        // Nobody listens on port 1.
        let account =
            AccountSettings { host: Some("127.0.0.1".to_owned()), port: Some(1), ..settings("a.test", ca.pem.path()) };
        Self { ca, names, account }
    }

    fn shown(&self) -> Shown {
        self.ca.sign(&leaf("x", &[NAME]))
    }

    async fn page(&self, answer: Answer) -> Pages {
        Pages::start(&self.shown(), answer).await
    }

    fn engine(&self, addresses: &[String], reach: Reach) -> Rig {
        let status_places = StatusPlaces { addresses: addresses.to_vec(), reach };
        let stored = Bootstrap { status_places, ..Bootstrap::default() };
        Rig::dialling(self.account.clone(), stored, Box::new(NetDial::with(self.names.clone())))
    }

    /// The user asks.
    async fn asks(&self, addresses: &[String], reach: Reach) -> StatusNews {
        let mut rig = self.engine(addresses, reach);
        rig.ask(Ask::CheckStatus).await;
        let (news, is_asked) = arrived(&mut rig).await;
        assert!(is_asked);
        news
    }

    async fn asks_of(&self, page: &Pages) -> StatusNews {
        self.asks(&[at(page)], Reach::Loopback).await
    }
}

fn at(page: &Pages) -> String {
    format!("https://{NAME}:{}/status.json?a=b", page.port)
}

async fn arrived(rig: &mut Rig) -> (StatusNews, bool) {
    rig.wait("news of outages", |event| match event {
        Event::Session(SessionEvent::StatusArrived { news, is_asked }) => Some((news.clone(), *is_asked)),
        _ => None,
    })
    .await
}

fn outage(news: StatusNews) -> Option<Outage> {
    match news {
        StatusNews::Told(outage) => outage,
        StatusNews::Unknown(why) => panic!("{why:?}"),
    }
}

fn why(news: StatusNews) -> String {
    match news {
        StatusNews::Unknown(why) => why.raw().to_owned(),
        StatusNews::Told(outage) => panic!("{outage:?}"),
    }
}

fn body(text: &str) -> Answer {
    Answer::Body(text.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_operators_say_is_read_planned_running_over_and_nothing() {
    let stage = Stage::new(Names::here());
    let page = stage.page(body(RUNNING)).await;
    let running = outage(stage.asks_of(&page).await).unwrap();
    assert_eq!((running.is_planned, running.phase(Time::now())), (false, Phase::Now));
    assert_eq!(running.message("de-CH").map(Untrusted::raw), Some("kaputt"));
    page.set(body(r#"{"planned":true,"beginning":"2121-01-12T01:01:01Z","expected_end":"2121-01-12T05:00:00Z"}"#));
    let planned = outage(stage.asks_of(&page).await).unwrap();
    assert_eq!((planned.is_planned, planned.phase(Time::now())), (true, Phase::Ahead));
    page.set(body(r#"{"planned":true,"beginning":"2021-01-12T01:01:01Z","expected_end":"2021-01-12T05:00:00Z"}"#));
    assert_eq!(outage(stage.asks_of(&page).await).unwrap().phase(Time::now()), Phase::Over);
    for nothing in ["{}", " {}\n", r#"{"else":1}"#] {
        page.set(body(nothing));
        assert_eq!(outage(stage.asks_of(&page).await), None, "{nothing}");
    }
    page.set(Answer::Raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n".to_owned()));
    assert_eq!(outage(stage.asks_of(&page).await), None, "in chunks");
    page.set(Answer::Raw("HTTP/1.0 200 OK\r\n\r\n{}".to_owned()));
    assert_eq!(outage(stage.asks_of(&page).await), None, "to the end of the stream");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_question_tells_nothing_of_who_asks() {
    let stage = Stage::new(Names::here());
    let page = stage.page(body("{}")).await;
    stage.asks_of(&page).await;
    let head = page.heads().pop().unwrap().to_ascii_lowercase();
    let mut lines: Vec<&str> = head.trim().lines().collect();
    assert_eq!(lines.remove(0), "get /status.json?a=b http/1.1");
    lines.sort_unstable();
    let host = format!("host: {NAME}:{}", page.port);
    assert_eq!(lines, ["accept: application/json", "connection: close", &host, "user-agent: parlour"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_failed_attempts_and_the_page_is_looked_at_without_a_question() {
    let stage = Stage::new(Names::here());
    let page = stage.page(body(RUNNING)).await;
    let mut rig = stage.engine(&[at(&page)], Reach::Loopback);
    // That one failure is nothing, and later ones are no reason to look again, `session::outage` can tell.
    let (news, is_asked) = arrived(&mut rig).await;
    assert!(!is_asked && outage(news).is_some());
    assert_eq!(page.connections(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_does_not_answer_delays_no_attempt() {
    let stage = Stage::new(Names::here());
    let page = stage.page(Answer::Silent).await;
    let mut rig = stage.engine(&[at(&page)], Reach::Loopback);
    rig.ask(Ask::CheckStatus).await;
    // All of them before the page's ten seconds are over: its news would be lost here, and waited for in vain below.
    for _ in 0..3 {
        rig.ask(Ask::Connect).await;
        rig.state("a failure", |s| matches!(s, parlour::model::ConnState::Waiting { .. })).await;
    }
    let (news, is_asked) = arrived(&mut rig).await;
    assert!(is_asked && why(news).contains("within 10 s"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_no_sense_is_no_outage_and_no_all_clear() {
    let stage = Stage::new(Names::here());
    let page = stage.page(body("<html>")).await;
    for (answer, words) in [
        (body("<html>"), "no JSON"),
        (body("[]"), "no JSON object"),
        (body(r#"{"beginning":"soon"}"#), "no time"),
        (Answer::Raw("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}".into()), "404"),
        (Answer::Raw("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}".into()), "packed"),
        (Answer::Raw("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{}".into()), "HTTP"),
        (Answer::Raw(format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n{{}}", "y".repeat(100_000))), "HTTP"),
        (Answer::Raw("SSH-2.0-x\r\n".into()), "HTTP"),
        (Answer::Raw(String::new()), "HTTP"),
    ] {
        page.set(answer.clone());
        let why = why(stage.asks_of(&page).await);
        assert!(why.contains(words) && why.contains(NAME), "{answer:?}: {why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s62_a_body_without_end_is_left_at_64_kb_and_a_slow_one_after_10_s() {
    let stage = Stage::new(Names::here());
    for length in [Some(10 << 20), None] {
        let page = stage.page(Answer::Endless(length)).await;
        let why = why(stage.asks_of(&page).await);
        assert!(why.contains("larger than 64 kB"), "{why}");
        // What the kernel took from the server beyond what we read.
        assert!(page.sent() < 8 << 20, "{}", page.sent());
    }
    let page = stage.page(Answer::Slow).await;
    let began = Instant::now();
    let why = why(stage.asks_of(&page).await);
    assert!(why.contains("within 10 s"), "{why}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn s61_no_redirect_is_followed() {
    let stage = Stage::new(Names::here());
    let other = stage.page(body(RUNNING)).await;
    let page = stage.page(body("{}")).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let location = at(&other);
        page.set(Answer::Raw(format!("HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")));
        let why = why(stage.asks_of(&page).await);
        assert!(why.contains("leads elsewhere"), "{status}: {why}");
    }
    assert_eq!((page.connections(), other.connections()), (5, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn s61_nothing_but_https_and_nothing_in_the_house() {
    let mut refused = 0;
    let stage = Stage::new(Names::here());
    let page = stage.page(body("{}")).await;
    let port = page.port;
    // A scheme that is not encrypted, wherever the server is.
    for scheme in ["http", "ftp", "gopher", "ws", "HTTP"] {
        let why = why(stage.asks(&[format!("{scheme}://{NAME}:{port}/")], Reach::Loopback).await);
        assert!(why.contains("not encrypted"), "{why}");
        refused += 1;
    }
    // Named by a server that was met out there, or in the house: by a name that leads here, and by number.
    let hosts = [
        NAME,
        "127.0.0.1",
        "[::1]",
        "localhost",
        "LOCALHOST.",
        "x.localhost",
        "[::ffff:127.0.0.1]",
        "127.1",
        "2130706433",
        "0x7f000001",
        "[64:ff9b::7f00:1]",
    ];
    for reach in [Reach::Public, Reach::Private, Reach::Link] {
        for host in hosts {
            let why = why(stage.asks(&[format!("https://{host}:{port}/")], reach).await);
            assert!(why.contains("its own network"), "{host}: {why}");
            refused += 1;
        }
    }
    for house in ["10.0.0.1", "192.168.1.1", "169.254.169.254", "fd00::1", "fe80::1", "0.0.0.0", "100.64.0.1", "::"] {
        let stage = Stage::new(Names::at(&[house]));
        let why = why(stage.asks(&[format!("https://{NAME}:{port}/")], Reach::Public).await);
        assert!(why.contains("its own network"), "{house}: {why}");
        refused += 1;
    }
    assert_eq!(page.connections(), 0);
    // A server of this machine may say so.
    assert_eq!(outage(stage.asks_of(&page).await), None);
    assert_eq!(page.connections(), 1);
    crate::figures::figure(
        "S-61",
        "status",
        &format!("{refused} addresses in the house or without TLS: 0 connections"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s61_a_name_is_asked_once_so_that_its_second_answer_leads_nowhere() {
    let stage = Stage::new(Names::here());
    let page = stage.page(body("{}")).await;
    let names = Arc::<Turning>::default();
    // Both answers may be followed, so that nothing but the number of questions keeps the second from being reached.
    let status_places = StatusPlaces { addresses: vec![at(&page)], reach: Reach::Loopback };
    let stored = Bootstrap { status_places, ..Bootstrap::default() };
    let mut rig = Rig::dialling(stage.account.clone(), stored, Box::new(NetDial::with(names.clone())));
    rig.ask(Ask::CheckStatus).await;
    let (news, is_asked) = arrived(&mut rig).await;
    let why = why(news);
    assert!(is_asked && why.contains("127.0.0.2"), "{why}");
    assert_eq!((names.0.load(Ordering::SeqCst), page.connections()), (1, 0), "questions, connections to the page");
}

#[tokio::test(flavor = "multi_thread")]
async fn t09_the_certificate_must_be_the_web_hosts() {
    let stage = Stage::new(Names::here());
    let strangers = Authority::new("Strangers");
    let cases = [
        stage.ca.sign(&leaf("x", &["a.test"])),
        stage.ca.sign(&leaf(NAME, &["x.status.test"])),
        stage.ca.sign(&other_name(leaf("x", &["b.test"]), SRV_NAME, &format!("_xmpp-client.{NAME}"))),
        strangers.sign(&leaf("x", &[NAME])),
        super::certs::self_signed(&leaf("x", &[NAME])),
    ];
    for shown in cases {
        let page = Pages::start(&shown, body("{}")).await;
        let why = why(stage.asks_of(&page).await);
        assert!(why.contains("TLS"), "{why}");
        assert_eq!(page.heads().len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t14_it_goes_by_the_accounts_proxy_or_not_at_all() {
    let mut stage = Stage::new(Names::here());
    let page = stage.page(body(RUNNING)).await;
    let proxy = Socks::start(Manner::Login, page.port).await;
    let by = |port| Some(Box::new(Socks5 { host: "127.0.0.1".to_owned(), port, login: None }));
    stage.account.socks5 = by(proxy.port);
    // How far it is cannot be judged by a name that the proxy looks up; what is plain to see is refused.
    assert!(outage(stage.asks(&[format!("https://{NAME}/")], Reach::Public).await).is_some());
    let asked: Vec<_> = proxy.asked().into_iter().filter(|r| r.host == NAME).collect();
    assert_eq!((asked.len(), asked[0].is_name, asked[0].port), (1, true, 443));
    let others: Vec<_> = proxy.asked().into_iter().filter(|r| r.host != NAME).collect();
    assert!(others.iter().all(|r| r.login != asked[0].login), "its own way: {others:?}");
    for host in ["127.0.0.1", "[::1]", "localhost", "10.0.0.1", "127.1", "0x7f.1", "printer"] {
        let why = why(stage.asks(&[format!("https://{host}/")], Reach::Public).await);
        assert!(why.contains("its own network"), "{host}: {why}");
    }
    // The account's own attempts end up at that port as well; only one question was asked.
    assert_eq!(page.heads().len(), 1);
    // Without the proxy there is no other way, though there would be one.
    let gone = Pages::start(&stage.shown(), Answer::Silent).await.port;
    for port in [1, gone] {
        stage.account.socks5 = by(port);
        let why = why(stage.asks_of(&page).await);
        assert!(why.contains("proxy") || why.contains("within 10 s"), "{why}");
    }
    assert_eq!((page.heads().len(), stage.names.asked()), (1, 0), "past the proxy; asked of DNS");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_address_has_its_turn_and_nowhere_to_look_is_said() {
    let stage = Stage::new(Names::here());
    let page = stage.page(body(RUNNING)).await;
    let list = [format!("http://{NAME}/"), format!("https://{NAME}:1/"), at(&page)];
    assert!(outage(stage.asks(&list, Reach::Loopback).await).is_some());
    let words = why(stage.asks(&[], Reach::Loopback).await);
    assert!(words.contains("has not said where"), "{words}");
}
