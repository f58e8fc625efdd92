//! When the operators' page is looked at (XEP-0455), on a clock that jumps.

use super::fake::{How, PipeDial, Rig};
use futures_util::future::BoxFuture;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Bootstrap, Entry, Event, command::session::Command as Ask};
use parlour::model::{
    AccountId, AccountSettings, BareJid, ConnState, DownReason, Reach, StatusNews, StatusPlaces, Step, StepState,
};
use parlour::xmpp::connect::Dial;
use parlour::xmpp::connect::https::Fetch;
use parlour::xmpp::link::Link;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

const RUNNING: &str = r#"{"beginning":"2021-01-12T01:01:01Z"}"#;

/// A page without a network.
#[derive(Debug, Default)]
struct Page {
    text: Mutex<String>,
    /// Attempts to reach the server.
    attempts: AtomicUsize,
    /// How many of them had been made when it was looked at, for each look.
    attempts_before: Mutex<Vec<usize>>,
}

impl Fetch for Page {
    fn get(&self, _: &AccountSettings, _: &str, _: Reach) -> BoxFuture<'static, Result<Vec<u8>, String>> {
        self.attempts_before.lock().unwrap().push(self.attempts.load(Ordering::SeqCst));
        let text = self.text.lock().unwrap().clone();
        Box::pin(async move { if text.is_empty() { Err("no answer".to_owned()) } else { Ok(text.into_bytes()) } })
    }
}

/// A server that is there or not.
struct Way {
    pipe: PipeDial,
    is_there: Arc<AtomicBool>,
    page: Arc<Page>,
}

impl Dial for Way {
    fn dial<'a>(
        &'a mut self,
        settings: &'a AccountSettings,
        steps: &'a mut (dyn FnMut(Step, StepState) + Send),
    ) -> BoxFuture<'a, Result<Link, DownReason>> {
        self.page.attempts.fetch_add(1, Ordering::SeqCst);
        if self.is_there.load(Ordering::SeqCst) {
            return self.pipe.dial(settings, steps);
        }
        Box::pin(async { Err(DownReason::Unreachable("nobody answers".into())) })
    }

    fn fetch(&self) -> Option<Arc<dyn Fetch>> {
        Some(self.page.clone())
    }
}

struct Stage {
    rig: Rig,
    ends: mpsc::UnboundedReceiver<tokio::io::DuplexStream>,
    is_there: Arc<AtomicBool>,
    page: Arc<Page>,
}

impl Stage {
    fn new(is_there: bool, text: &str) -> Self {
        let (pipe, ends) = PipeDial::new(How::Tls);
        let (is_there, page) = (Arc::new(AtomicBool::new(is_there)), Arc::<Page>::default());
        text.clone_into(&mut page.text.lock().unwrap());
        let way = Way { pipe, is_there: is_there.clone(), page: page.clone() };
        let settings = AccountSettings::new(AccountId(BareJid::parse("me@a.test").unwrap()), "here".to_owned());
        let addresses = vec!["https://status.test/".to_owned()];
        let stored =
            Bootstrap { status_places: StatusPlaces { addresses, reach: Reach::Public }, ..Bootstrap::default() };
        Self { rig: Rig::dialling(settings, stored, Box::new(way)), ends, is_there, page }
    }

    fn says(&self, text: &str) {
        text.clone_into(&mut self.page.text.lock().unwrap());
    }

    fn looks(&self) -> usize {
        self.page.attempts_before.lock().unwrap().len()
    }

    /// Lets time pass.
    async fn passes(&mut self, time: Duration) {
        self.rig.during(tokio::time::sleep(time)).await;
    }

    /// The next news, however long they take, and how long that was.
    async fn news(&mut self) -> (StatusNews, Duration) {
        let began = Instant::now();
        loop {
            let batch = self.rig.batches.recv().await.expect("the engine lives");
            self.rig.commit.send_replace(batch.seq);
            for entry in batch.entries {
                if let Entry::Event(Event::Session(SessionEvent::StatusArrived { news, .. })) = entry {
                    return (news, began.elapsed());
                }
            }
        }
    }

    /// A login that works; gives the server's end of it.
    async fn login(&mut self) -> super::fake::Fake {
        let end = self.rig.during(self.ends.recv()).await.unwrap();
        let mut fake = super::fake::Fake::new(end);
        self.rig.during(fake.login(false)).await;
        self.rig.state("online", ConnState::is_online).await;
        fake
    }
}

fn is_outage(news: &StatusNews) -> bool {
    matches!(news, StatusNews::Told(Some(_)))
}

/// The clock goes on only where nobody has anything left to do: what an attempt led to was done before the next one.
#[tokio::test(start_paused = true)]
async fn one_failed_attempt_is_nothing_and_not_every_later_one_is_a_look() {
    let mut stage = Stage::new(false, RUNNING);
    assert!(is_outage(&stage.news().await.0));
    for _ in 0..3 {
        stage.rig.state("another failure", |s| matches!(s, ConnState::Waiting { .. })).await;
    }
    assert_eq!(*stage.page.attempts_before.lock().unwrap(), [2], "attempts before each look");
}

#[tokio::test(start_paused = true)]
async fn while_nobody_answers_the_page_is_looked_at_every_ten_minutes() {
    let mut stage = Stage::new(false, RUNNING);
    let (news, after) = stage.news().await;
    assert!(is_outage(&news) && after < Duration::from_secs(10), "{after:?}");
    for _ in 0..3 {
        let (_, after) = stage.news().await;
        assert!((600..=700).contains(&after.as_secs()), "{after:?}");
    }
    assert_eq!(stage.looks(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_login_during_an_outage_looks_whether_it_is_over_and_nobody_looks_after_that() {
    let mut stage = Stage::new(false, RUNNING);
    assert!(is_outage(&stage.news().await.0));
    stage.says("{}");
    stage.is_there.store(true, Ordering::SeqCst);
    let _fake = stage.login().await;
    let (news, after) = stage.news().await;
    assert_eq!(news, StatusNews::Told(None));
    assert!(after <= Duration::from_secs(31), "{after:?}");
    assert_eq!(stage.looks(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_goes_down_soon_after_a_look_is_looked_after_all_the_same() {
    let mut stage = Stage::new(true, "{}");
    let fake = stage.login().await;
    stage.rig.ask(Ask::CheckStatus).await;
    assert_eq!(stage.news().await.0, StatusNews::Told(None));
    stage.says(RUNNING);
    stage.is_there.store(false, Ordering::SeqCst);
    drop(fake);
    let (news, after) = stage.news().await;
    assert!(is_outage(&news) && after < Duration::from_secs(90), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn an_unchanged_address_is_no_reason_to_look_and_a_sign_out_is_none_either() {
    let mut stage = Stage::new(true, RUNNING);
    let fake = stage.login().await;
    stage.passes(Duration::from_mins(1)).await;
    assert_eq!(stage.looks(), 0, "a login with what is known");
    stage.rig.ask(Ask::Disconnect).await;
    stage.rig.state("signed out", |s| *s == ConnState::Stopped(DownReason::Asked)).await;
    drop(fake);
    stage.passes(Duration::from_hours(3)).await;
    assert_eq!(stage.looks(), 0, "nobody is missed");
    stage.rig.ask(Ask::CheckStatus).await;
    assert!(is_outage(&stage.news().await.0), "who asks is answered, signed out or not");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_found_out_is_tried_again_and_tells_so() {
    let mut stage = Stage::new(false, "");
    let (news, _) = stage.news().await;
    assert!(matches!(&news, StatusNews::Unknown(why) if why.raw().contains("no answer")), "{news:?}");
    stage.says(RUNNING);
    assert!(is_outage(&stage.news().await.0));
}

/// Who names no pages any more can tell of no end, so the line must not stand there for ever.
#[tokio::test(start_paused = true)]
async fn an_outage_is_over_where_the_server_names_no_pages_any_more() {
    let mut stage = Stage::new(false, RUNNING);
    assert!(is_outage(&stage.news().await.0));
    stage.is_there.store(true, Ordering::SeqCst);
    let mut fake = stage.login().await;
    let answer = async {
        loop {
            let asked = fake.expect("disco#info").await;
            let iq = asked.rsplit("<iq ").next().unwrap();
            let value = |name: &str| iq.split(&format!("{name}='")).nth(1).and_then(|rest| rest.split('\'').next());
            let from = value(" to").map(|to| format!(" from='{to}'")).unwrap_or_default();
            let id = value("id").unwrap();
            fake.send(&format!(
                "<iq type='result' id='{id}'{from}><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:ping'/></query></iq>"
            ))
            .await;
        }
    };
    let over = async { while stage.news().await.0 != StatusNews::Told(None) {} };
    let both = async {
        tokio::select! {
            () = over => {}
            () = answer => {}
        }
    };
    // Not by a look at the page: that tells of an outage.
    tokio::time::timeout(Duration::from_secs(40), both).await.expect("the line goes");
}
