//! The witnesses: what the databases and the server's archive hold, and what the user was shown meanwhile.

use crate::harness::{PATIENCE, Server};
use crate::peer::Peer;
use crate::wire::raw_wire;
use parlour::contract::command::session::Command as Ask;
use parlour::contract::event::chat::Event as Said;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Command, Event};
use parlour::model::{BareJid, ConnState, Delivery, Jid, Message, Secret};
use parlour::xmpp::stanza::{Kind, Stanza};
use parlour::xmpp::stream::wire::Received;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout};

const MAM: &str = "urn:xmpp:mam:2";

/// What the user of one parlour was shown.
#[derive(Default)]
pub struct Story {
    /// How often it was online anew, and resumed.
    pub anew: u32,
    pub resumed: u32,
    /// Ticks: how far each own row was shown to be.
    ticks: HashMap<i64, Delivery>,
    /// Rows whose tick was taken back.
    pub withdrawn: Vec<String>,
    /// How many rows were ticked.
    pub ticked: usize,
}

/// Looks at all that a parlour's user is shown, from now on.
pub struct Watcher {
    pub state: watch::Receiver<ConnState>,
    pub story: Arc<Mutex<Story>>,
    commands: mpsc::Sender<Command>,
}

impl Watcher {
    /// Takes the events of a peer; [`Peer::stored`] works on. What happens to the connection is printed, so that a
    /// failure tells its story.
    pub fn over(peer: &mut Peer, who: &'static str) -> Self {
        // The peer keeps an end that never says anything.
        let (silent, nothing) = mpsc::channel(1);
        let mut committed = std::mem::replace(&mut peer.outputs.committed, nothing);
        let (tell, state) = watch::channel(ConnState::Idle);
        let story = Arc::new(Mutex::new(Story::default()));
        let began = Instant::now();
        let writes = story.clone();
        let is_wordy = std::env::var_os("PARLOUR_WIRE").is_some();
        if is_wordy {
            let watch = Command::Session(Ask::WatchWire(true));
            peer.engine.commands.try_send(watch).expect("an engine that has begun takes a command");
        }
        tokio::spawn(async move {
            while let Some(committed) = committed.recv().await {
                for event in committed.events {
                    if is_wordy {
                        println!("{:7.2} {who}: {event:?}", began.elapsed().as_secs_f32());
                    }
                    if let Event::Session(SessionEvent::StateChanged(state)) = &event {
                        println!("{:7.2} {who}: {state:?}", began.elapsed().as_secs_f32());
                        tell.send_replace(state.clone());
                    }
                    writes.lock().unwrap().note(&event);
                }
            }
            drop(silent);
        });
        Self { state, story, commands: peer.engine.commands.clone() }
    }

    /// Until the connection is so.
    pub async fn until(&mut self, what: &str, limit: Duration, is_so: impl Fn(&ConnState) -> bool) -> Duration {
        let began = Instant::now();
        let waited = timeout(limit, self.state.wait_for(|s| is_so(s))).await;
        assert!(waited.is_ok_and(|w| w.is_ok()), "not {what} within {limit:?}, but {:?}", *self.state.borrow());
        began.elapsed()
    }

    pub async fn online(&mut self, limit: Duration) -> Duration {
        self.until("online", limit, ConnState::is_online).await
    }

    pub async fn offline(&mut self, limit: Duration) -> Duration {
        self.until("offline", limit, |s| !s.is_online()).await
    }

    pub async fn ask(&self, command: Ask) {
        let _gone = self.commands.send(Command::Session(command)).await;
    }

    /// Connects now, until it works. A plain wish to connect has an allowance that a run of cuts uses up; a password
    /// that is typed is heard at any time, so that a session can still be met within its window.
    pub async fn connect_now(&mut self, password: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let may_go_on = |s: &ConnState| s.is_online() || matches!(s, ConnState::Waiting { .. });
            self.until("connected, nor waiting to be", left, may_go_on).await;
            if self.state.borrow().is_online() {
                return;
            }
            self.ask(Ask::SetPassword(Secret::new(password))).await;
            // It leaves the wait; where that went unheard, it is asked again.
            let _looked = timeout(Duration::from_secs(1), self.state.changed()).await;
            // A server that is down refuses at once, and nobody types without a pause.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Story {
    fn note(&mut self, event: &Event) {
        match event {
            Event::Session(SessionEvent::StateChanged(ConnState::Online { is_resumed, .. })) => {
                *(if *is_resumed { &mut self.resumed } else { &mut self.anew }) += 1;
            }
            Event::Chat(Said::MessageArrived(m)) if m.is_own() => self.tick(m.row.0, &m.delivery),
            Event::Chat(Said::DeliveryChanged { row, delivery, .. }) => self.tick(row.0, delivery),
            _ => {}
        }
    }

    fn tick(&mut self, row: i64, now: &Delivery) {
        let rank = |d: &Delivery| match d {
            Delivery::Acked => 1,
            Delivery::Delivered => 2,
            Delivery::Displayed => 3,
            _ => 0,
        };
        let old = self.ticks.insert(row, now.clone());
        let before = old.as_ref().map_or(0, rank);
        if rank(now) < before {
            self.withdrawn.push(format!("row {row}: {old:?}, then {now:?}"));
        }
        self.ticked += usize::from(before == 0 && rank(now) > 0);
    }
}

/// Whether everything on both sides has come to its end, and so much of the other's is there.
pub fn is_settled(messages: &[Message], from_other: usize) -> bool {
    messages.iter().filter(|m| !m.is_own()).count() >= from_other && unsettled(messages).is_empty()
}

/// Own messages that nobody has confirmed.
pub fn unsettled(messages: &[Message]) -> Vec<String> {
    let is_open = |m: &&Message| !matches!(m.delivery, Delivery::Incoming | Delivery::Acked | Delivery::Delivered);
    messages.iter().filter(is_open).map(|m| format!("{} {:?}", m.body.raw(), m.delivery)).collect()
}

/// One entry of an archive.
#[derive(Debug, Clone)]
pub struct Archived {
    pub from: BareJid,
    pub body: String,
    /// When the server took it, in milliseconds.
    pub at: i64,
}

/// What is in a user's archive, oldest first, as the server gives it to a client that has nothing to do with
/// parlour's store.
pub async fn archive(server: &Server, user: &str, with: &BareJid) -> Vec<Archived> {
    let mut wire = raw_wire(server, user).await;
    let mut all = Vec::new();
    let mut after = String::new();
    for page in 0.. {
        let form = format!(
            "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>{MAM}</value></field>\
             <field var='with'><value>{with}</value></field></x>"
        );
        let after_id = if after.is_empty() { String::new() } else { format!("<after>{after}</after>") };
        let set = format!("<set xmlns='http://jabber.org/protocol/rsm'><max>250</max>{after_id}</set>");
        let query = format!("<query xmlns='{MAM}' queryid='w{page}'>{form}{set}</query>");
        let mut question = Stanza::new(Kind::Iq).with_type("set").with_id(&format!("w{page}"));
        question.children.push(query.parse().unwrap());
        wire.send(&question).unwrap();
        let mut results = 0;
        loop {
            let received = timeout(PATIENCE, wire.next()).await.expect("the archive answers").unwrap();
            let Received::Stanza(stanza) = received else { continue };
            if stanza.kind == Kind::Iq && stanza.id.as_deref() == Some(format!("w{page}").as_str()) {
                assert_eq!(stanza.type_.as_deref(), Some("result"), "{:?}", stanza.children);
                break;
            }
            let Some(result) = stanza.child("result", MAM) else { continue };
            results += 1;
            result.attr("id").unwrap().clone_into(&mut after);
            all.extend(read(result));
        }
        if results == 0 {
            return all;
        }
    }
    all
}

fn read(result: &minidom::Element) -> Option<Archived> {
    let child = |of: &minidom::Element, name: &str| of.children().find(|e| e.name() == name).cloned();
    let forwarded = child(result, "forwarded").unwrap();
    let message = child(&forwarded, "message").unwrap();
    let stamp = child(&forwarded, "delay")?.attr("stamp")?.to_owned();
    Some(Archived {
        from: Jid::parse(message.attr("from").unwrap()).unwrap().bare(),
        body: child(&message, "body")?.text(),
        at: chrono::DateTime::parse_from_rfc3339(&stamp).unwrap().timestamp_millis(),
    })
}

/// The archive holds what `from` wrote, all of it and each once. Gives how many the server itself took twice: under
/// load ejabberd resumes a session with a count that it has already passed, and so asks for stanzas that it has
/// (docs/upstream/ejabberd-resume-count.md). Those two stand within a moment; whatever parlour sent again by its own
/// decision stands at least the pause of its second look apart, and fails.
pub fn assert_archived(archive: &[Archived], from: &BareJid, sent: &[String]) -> usize {
    let mut there: Vec<(&str, i64)> =
        archive.iter().filter(|a| a.from == *from).map(|a| (a.body.as_str(), a.at)).collect();
    there.sort_unstable();
    let twice: Vec<_> = there.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| (w[0].0, w[1].1 - w[0].1)).collect();
    let ours: Vec<_> = twice.iter().filter(|(_, apart)| *apart >= 1000).collect();
    assert!(ours.is_empty(), "the archive has these of {from} twice (ms apart): other clients see two: {ours:?}");
    let known: HashSet<&str> = there.iter().map(|(body, _)| *body).collect();
    let missing: Vec<&String> = sent.iter().filter(|b| !known.contains(b.as_str())).collect();
    assert!(missing.is_empty(), "the archive lacks these of {from}: {missing:?}");
    assert_eq!(known.len(), sent.len(), "the archive has more of {from} than was written");
    twice.len()
}

/// The database of a profile, for a look past the program.
pub fn database(dir: &Path) -> rusqlite::Connection {
    let files = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    let mut is_database = files.filter(|p| p.extension().is_some_and(|e| e == "sqlite" || e == "db"));
    rusqlite::Connection::open(is_database.next().expect("a database")).unwrap()
}
