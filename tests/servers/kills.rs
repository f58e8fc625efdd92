//! `kill -9` at random moments while sending, receiving and catching up with the archive (R-02): the database is sound,
//! what was shown is there, what was ticked is in the archive, drafts are kept, and nothing is sent twice.
//!
//! The victim is this very test binary, started again as a child that runs [`victim`] alone; it prints a
//! line for each thing that it would have shown. `KILLS_SEED` replays a run.

use crate::figures::{figure, scale, seed};
use crate::harness::Server;
use crate::peer::{Peer, assert_ordered, incoming, send};
use parlour::contract::archive::PageFrom;
use parlour::contract::event::chat::Event as Said;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Committed, Event, Query, UserWrite};
use parlour::model::{AccountId, AccountSettings, BareJid, ChatId, ChatKind, Delivery, Message};
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

/// In the place of a round's number: the victim writes nothing by itself.
pub const QUIET: &str = "quiet";

/// What is written to the victim while it is dead, so that each start has something to catch up with.
const MISSED: usize = 10;
/// So many messages are written each way in a life: then the server may catch up, so that something is ticked.
const LIFE: usize = 150;
/// When nothing has changed for so long, what is still open stays so.
const STUCK: Duration = Duration::from_mins(1);
/// So many lines after a draft was handed over it is on the disk, also where the lines are behind the commits.
const LATER: usize = 300;

/// Not a test of its own: the child that is killed. Does nothing unless the parent says so.
#[tokio::test(flavor = "multi_thread")]
async fn victim() {
    let Ok(order) = std::env::var("PARLOUR_VICTIM") else { return };
    let part: Vec<&str> = order.split('|').collect();
    let [dir, jid, port, ca, round] = part[..] else { panic!("{order}") };
    let jid = BareJid::parse(jid).unwrap();
    let bob = BareJid::parse(&format!("bob@{}", jid.domain())).unwrap();
    let settings = AccountSettings {
        host: Some("127.0.0.1".to_owned()),
        port: port.parse().ok(),
        ca_file: Some(ca.into()),
        ..AccountSettings::new(AccountId(jid), "parlour-alice".to_owned())
    };
    let began = Instant::now();
    let mut peer = Peer::start(Path::new(dir), settings, "pw-alice");
    let chat = peer.chat(&bob);
    let mut out = std::io::stdout();
    // A page of history can be shown and a message written from here on, connected or not.
    let page = Query::Page { chat: chat.clone(), from: PageFrom::Newest, limit: 100, seq: 1 };
    peer.store.queries.send(page).await.unwrap();
    peer.outputs.replies.recv().await.unwrap();
    writeln!(out, "USABLE {}", began.elapsed().as_millis()).unwrap();
    out.flush().unwrap();
    if round != QUIET {
        write_on(&peer, chat, round.to_owned());
    }
    loop {
        for event in peer.next().await {
            match event {
                Event::Chat(Said::MessageArrived(m)) => writeln!(out, "SHOWN {}", m.body.raw()).unwrap(),
                Event::Chat(Said::DeliveryChanged { row, delivery: Delivery::Acked | Delivery::Delivered, .. }) => {
                    writeln!(out, "TICKED {}", row.0).unwrap();
                }
                _ => {}
            }
        }
        out.flush().unwrap();
    }
}

/// Sends a hundred messages a second for a while, and drafts beside.
fn write_on(peer: &Peer, chat: ChatId, round: String) {
    let (commands, writes) = (peer.engine.commands.clone(), peer.store.writes.clone());
    let carol = BareJid::parse(&format!("carol@{}", peer.id.jid().domain())).unwrap();
    let beside = peer.chat(&carol);
    tokio::spawn(async move {
        let mut pace = tokio::time::interval(Duration::from_millis(10));
        for n in 0..LIFE {
            pace.tick().await;
            commands.send(send(&chat, &format!("a{round}-{n:04}"))).await.unwrap();
            if n % 5 == 0 {
                let text = format!("{round}.{n}");
                let draft = UserWrite::Draft { chat: beside.clone(), kind: ChatKind::Contact, text: text.clone() };
                writes.send(draft).await.unwrap();
                println!("DRAFTED {text}");
            }
        }
    });
}

/// What the victim is given, to live in `dir` against this server.
pub fn order(server: &Server, dir: &Path, round: &str) -> String {
    let ca = server.info["ca"].as_str().unwrap();
    format!("{}|alice@{}|{}|{ca}|{round}", dir.display(), server.host(), server.port("c2s"))
}

/// Starts the victim; its lines come through the channel.
pub fn start_victim(order: String) -> (Child, mpsc::UnboundedReceiver<String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kills::victim", "--nocapture"])
        .env("PARLOUR_VICTIM", order)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (show, told) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let _gone = show.send(line);
        }
    });
    (child, told)
}

/// Neither from somebody else nor known to have arrived.
fn is_open(message: &Message) -> bool {
    !matches!(message.delivery, Delivery::Incoming | Delivery::Acked | Delivery::Delivered)
}

/// What became of the victims, as far as they told.
#[derive(Default)]
struct Account {
    shown: HashSet<String>,
    ticked: HashSet<i64>,
    /// Milliseconds until a victim could be used.
    usable: Vec<u64>,
    /// Drafts, each with the number of lines that followed it.
    drafts: Vec<(String, usize)>,
}

impl Account {
    fn keep(&mut self, line: &str) {
        self.drafts.iter_mut().for_each(|(_, after)| *after += 1);
        if let Some(body) = line.strip_prefix("SHOWN ") {
            self.shown.insert(body.to_owned());
        } else if let Some(row) = line.strip_prefix("TICKED ") {
            self.ticked.insert(row.parse().unwrap());
        } else if let Some(ms) = line.strip_prefix("USABLE ") {
            self.usable.push(ms.parse().unwrap());
        } else if let Some(text) = line.strip_prefix("DRAFTED ") {
            self.drafts.push((text.to_owned(), 0));
        }
    }

    /// The oldest draft that may be on the disk.
    fn draft(&self) -> Option<usize> {
        self.drafts.iter().rposition(|(_, after)| *after >= LATER)
    }
}

/// After a failure the server's log and the databases are kept in the folder that `KILLS_KEEP` names.
struct Keep<'a>(&'a Server, &'a Path);

impl Drop for Keep<'_> {
    fn drop(&mut self) {
        let Some(keep) = std::env::var_os("KILLS_KEEP").filter(|_| std::thread::panicking()) else { return };
        let from = [self.0.info["log"].as_str().unwrap().as_ref(), self.1];
        let _copied = Command::new("cp").arg("-r").args(from).arg(keep).status();
    }
}

async fn kill_run(kind: &str) {
    let kills = scale(10, 100);
    let mut seed = std::env::var("KILLS_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(seed);
    let first = seed;
    println!("KILLS_SEED={seed} on {kind}");
    // In memory, where there is such a place: else the server's own waits for the disk set the pace, not parlour's.
    let memory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let server = Server::start_with(kind, &["--dir", memory.path().to_str().unwrap()]);
    let home = tempfile::tempdir().unwrap();
    let _keep = Keep(&server, home.path());
    let dir = home.path().join("alice");
    let alice = BareJid::parse(&format!("alice@{}", server.host())).unwrap();
    let mut bob = Peer::start(&home.path().join("bob"), server.settings("bob", false), "pw-bob");
    bob.online().await;
    let to_alice = bob.chat(&alice);
    let mut account = Account::default();
    let mut sent_by_bob = Vec::new();
    for round in 0..kills {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wanted = 20 + usize::try_from(seed >> 33).unwrap() % 120;
        for n in 0..MISSED {
            let text = format!("m{round}-{n:04}");
            bob.engine.commands.send(send(&to_alice, &text)).await.unwrap();
            sent_by_bob.push(text);
            tokio::select! {
                e = bob.outputs.committed.recv() => tell("bob", e),
                () = tokio::time::sleep(Duration::from_millis(2)) => {}
            }
        }
        let (mut child, mut told) = start_victim(order(&server, &dir, &round.to_string()));
        let lived = Instant::now();
        let mut lines = 0;
        let mut n = 0;
        // Bob writes as long as the victim lives; the moment of the kill is a number of things shown.
        let mut pace = tokio::time::interval(Duration::from_millis(10));
        let deadline = tokio::time::Instant::now() + Duration::from_mins(2);
        let before = account.ticked.len();
        // No victim dies before something of its own was ticked, or nothing would be said about ticks.
        while lines < wanted || account.ticked.len() == before {
            assert!(tokio::time::Instant::now() < deadline, "the victim tells nothing more: {lines} of {wanted}");
            tokio::select! {
                line = told.recv() => {
                    account.keep(&line.expect("the victim lives"));
                    lines += 1;
                }
                e = bob.outputs.committed.recv() => tell("bob", e),
                _ = pace.tick(), if n < LIFE => {
                    let text = format!("b{round}-{n:04}");
                    n += 1;
                    bob.engine.commands.send(send(&to_alice, &text)).await.unwrap();
                    sent_by_bob.push(text);
                }
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        while let Some(line) = told.recv().await {
            account.keep(&line);
        }
        check(&dir, &alice, &account);
        let (shown, ticked) = (account.shown.len(), account.ticked.len());
        println!("kill {round} after {lines} lines and {:?}: {shown} shown, {ticked} ticked in all", lived.elapsed());
    }

    // The last start is left alone until the two agree.
    let left_alone = Instant::now();
    let mut settings = server.settings("alice", false);
    "parlour-alice".clone_into(&mut settings.resource);
    let mut survivor = Peer::start(&dir, settings, "pw-alice");
    survivor.online().await;
    let to_bob = survivor.chat(bob.id.jid());
    // A slow machine may take its time, as long as something moves.
    let mut moved = (usize::MAX, Instant::now());
    let (mut at_alice, mut at_bob, mut left) = (Vec::new(), Vec::new(), None);
    let mut look = tokio::time::interval(Duration::from_millis(500));
    while moved.1.elapsed() < STUCK {
        tokio::select! {
            e = survivor.outputs.committed.recv() => { tell("alice", e); continue }
            e = bob.outputs.committed.recv() => { tell("bob", e); continue }
            _ = look.tick() => {}
        }
        at_alice = survivor.stored(&to_bob).await;
        at_bob = bob.stored(&to_alice).await;
        let open = at_alice.iter().chain(&at_bob).filter(|m| is_open(m)).count();
        left.get_or_insert(open);
        let own = at_alice.iter().filter(|m| m.is_own()).count();
        let (came, went) = (incoming(&at_alice).len(), incoming(&at_bob).len());
        let missing = (sent_by_bob.len() + own).saturating_sub(came + went);
        if open + missing != moved.0 {
            moved = (open + missing, Instant::now());
        }
        if open == 0 && came >= sent_by_bob.len() && went >= own {
            break;
        }
    }
    let (left, settled) = (left.unwrap_or_default(), left_alone.elapsed().as_secs_f64());
    println!("{left} open at the last start, settled after {settled:.1} s");
    let unsettled: Vec<String> = at_alice
        .iter()
        .chain(&at_bob)
        .filter(|m| is_open(m))
        .map(|m| format!("{} {:?}", m.body.raw(), m.delivery))
        .collect();
    assert_eq!(unsettled, Vec::<String>::new(), "nothing moves any more");
    // After a kill ejabberd delivers again what the dead session had not confirmed, among what is new and without
    // a stamp that tells; so nothing is asked of the order here. Order over cuts is in `cuts`.
    let mut from_bob = incoming(&at_alice);
    from_bob.sort();
    sent_by_bob.sort();
    assert_eq!(from_bob, sent_by_bob, "what alice has of bob's: nothing lost, nothing twice");
    let own: Vec<String> = at_alice.iter().filter(|m| m.is_own()).map(|m| m.body.raw().to_owned()).collect();
    let (mut from_alice, mut own) = (incoming(&at_bob), own);
    from_alice.sort();
    own.sort();
    assert_eq!(from_alice, own, "what bob has of alice's: nothing lost, nothing twice");
    let rows: HashSet<i64> = at_alice.iter().map(|m| m.row.0).collect();
    assert!(account.ticked.is_subset(&rows), "a ticked message is gone");
    assert_ordered(&at_alice);
    let archived = archive(&server, "alice").await;
    let is_ticked = |m: &&Message| matches!(m.delivery, Delivery::Acked | Delivery::Delivered);
    let ticked = at_alice.iter().filter(is_ticked).map(|m| m.body.raw());
    let missing: Vec<&str> = ticked.filter(|body| !archived.contains(*body)).collect();
    assert!(missing.is_empty(), "ticked, and not in the archive: {missing:?}");
    let (shown, ticked) = (account.shown.len(), account.ticked.len());
    let (worst, median) = {
        account.usable.sort_unstable();
        (account.usable[account.usable.len() - 1], account.usable[account.usable.len() / 2])
    };
    assert!(median <= 1000, "usable after {median} ms");
    figure(
        "R-02",
        kind,
        &format!(
            "{kills} kills -9 at 100 messages a second each way: {kills} sound, {shown} shown and {ticked} ticked, 0 lost, 0 doubled; \
             usable after {median} ms (worst {worst}); {left} open at the last start, settled {settled:.1} s later; seed {first}"
        ),
    );
    survivor.close().await;
    bob.close().await;
}

/// What happened to the connections: printed, so that a failure tells its story.
fn tell(who: &str, committed: Option<Committed>) {
    for event in committed.into_iter().flat_map(|c| c.events) {
        if let Event::Session(SessionEvent::StateChanged(state)) = event {
            println!("{who}: {state:?}");
        }
    }
}

/// The database after a kill: sound, and all that was shown is in it.
fn check(dir: &Path, alice: &BareJid, account: &Account) {
    let path = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "sqlite" || e == "db"))
        .expect("a database");
    let db = rusqlite::Connection::open(&path).unwrap();
    let sound: String = db.query_row("PRAGMA quick_check", [], |r| r.get(0)).unwrap();
    assert_eq!(sound, "ok", "after a kill of {alice}");
    let mut rows = db.prepare("SELECT body FROM messages").unwrap();
    let stored: HashSet<String> = rows.query_map([], |r| r.get::<_, String>(0)).unwrap().map(Result::unwrap).collect();
    let missing: Vec<_> = account.shown.difference(&stored).collect();
    assert!(missing.is_empty(), "shown, and not stored: {missing:?}");
    if let Some(oldest) = account.draft() {
        let kept: String =
            db.query_row("SELECT draft FROM chats WHERE address LIKE 'carol@%'", [], |r| r.get(0)).unwrap();
        let at = account.drafts.iter().position(|(text, _)| *text == kept);
        assert!(at.is_none_or(|at| at >= oldest), "the draft went back to {kept:?}: {:?}", account.drafts.last());
        assert!(!kept.is_empty());
    }
}

/// All bodies in a user's archive, asked for page by page on a connection that nothing of parlour's engine has.
async fn archive(server: &Server, user: &str) -> HashSet<String> {
    let mut io = crate::wire::raw_login(server, user).await;
    let (mut bodies, mut after) = (HashSet::new(), String::new());
    loop {
        let ask = format!(
            "<iq type='set' id='page'><query xmlns='urn:xmpp:mam:2' queryid='q'>\
             <set xmlns='http://jabber.org/protocol/rsm'><max>200</max>{after}</set></query></iq>"
        );
        io.write_all(ask.as_bytes()).await.unwrap();
        io.flush().await.unwrap();
        let mut answer = String::new();
        let mut bytes = vec![0; 16_384];
        while !(answer.contains("<fin") && answer.ends_with("</iq>")) {
            let count = tokio::time::timeout(crate::harness::PATIENCE, io.read(&mut bytes)).await.unwrap().unwrap();
            assert!(count > 0, "the archive hangs up: {answer}");
            answer.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        for piece in answer.split("<body>").skip(1) {
            bodies.extend(piece.split("</body>").next().map(str::to_owned));
        }
        let last = answer.split("<last>").nth(1).and_then(|rest| rest.split("</last>").next());
        match last {
            Some(last) if !answer.contains("complete='true'") && !answer.contains("complete=\"true\"") => {
                after = format!("<after>{last}</after>");
            }
            Some(_) | None => return bodies,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_prosody() {
    kill_run("prosody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_ejabberd() {
    kill_run("ejabberd").await;
}
