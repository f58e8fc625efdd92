//! two parlours talk through links that are cut again and again, in all the ways in which links end, half
//! of them for longer than the server keeps a session: nothing is lost, doubled or disordered, and no tick is taken
//! back.

use super::Dice;
use super::witness::{Watcher, archive, assert_archived, is_settled, unsettled};
use crate::figures::{figure, scale, seed};
use crate::harness::{PATIENCE, Server};
use crate::peer::{Peer, assert_incoming, assert_ordered, send};
use crate::proxy::{Proxy, Way};
use parlour::model::{BareJid, Message};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long the servers are told to keep a session.
const WINDOW: Duration = Duration::from_secs(3);
/// Prosody's watchdog (util.watchdog) looks a second later than it was told.
const LATE: Duration = Duration::from_secs(1);
/// 50 messages a second, with a rest after each run of these, so that the cuts fall among them all the time.
const PACE: Duration = Duration::from_millis(20);
const RUN: usize = 250;
const REST: Duration = Duration::from_millis(1500);
/// After the last cut everything must be there within this; a small run also passes on a machine with much else to do.
const SETTLE: Duration = Duration::from_secs(30);
const SETTLE_SMALL: Duration = Duration::from_secs(90);

/// One way to lose a link.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Reset,
    Fin,
    /// Nothing comes through for so many milliseconds, then the link ends.
    Hole(u64),
    /// The same in one direction: the other end hears, and is not heard.
    Half(Way, u64),
    /// In the middle of whatever is said after so many bytes.
    After(Way, u32),
}

/// One cut: how long the link lives before it, how it ends, and how long it stays away.
#[derive(Debug)]
struct Cut {
    after: Duration,
    kind: Kind,
    /// Beyond the window; else the user connects again at once.
    away: Option<Duration>,
}

/// Cuts of all kinds, every second one past the window, in an order that the dice give.
fn plan(dice: &mut Dice, count: usize) -> Vec<Cut> {
    let mut cuts: Vec<Cut> = (0..count)
        .map(|n| {
            let way = if dice.below(2) == 0 { Way::Up } else { Way::Down };
            let kind = match dice.below(5) {
                0 => Kind::Reset,
                1 => Kind::Fin,
                2 => Kind::Hole(100 + dice.below(700)),
                3 => Kind::Half(way, 100 + dice.below(700)),
                _ => Kind::After(way, u32::try_from(1 + dice.below(3000)).unwrap()),
            };
            let away = (n % 2 == 1).then(|| WINDOW + LATE + Duration::from_millis(300 + dice.below(600)));
            Cut { after: Duration::from_millis(50 + dice.below(1600)), kind, away }
        })
        .collect();
    for at in (1..cuts.len()).rev() {
        cuts.swap(at, usize::try_from(dice.below(at as u64 + 1)).unwrap());
    }
    cuts
}

async fn play(cuts: Vec<Cut>, proxy: &Proxy, watcher: &mut Watcher, who: &str) {
    let began = Instant::now();
    for (n, cut) in cuts.into_iter().enumerate() {
        sleep(cut.after).await;
        println!("{:7.2} {who}: cut {n}: {cut:?}", began.elapsed().as_secs_f32());
        // From here on nobody gets in, so that the link is surely away as long as it shall be.
        proxy.refuse(true);
        match cut.kind {
            Kind::Reset => proxy.cut(),
            Kind::Fin => proxy.fin(),
            Kind::Hole(ms) => {
                proxy.hole(true);
                sleep(Duration::from_millis(ms)).await;
                proxy.cut();
                proxy.hole(false);
            }
            Kind::Half(way, ms) => {
                proxy.half(way, true);
                sleep(Duration::from_millis(ms)).await;
                proxy.cut();
                proxy.half(way, false);
            }
            Kind::After(way, bytes) => {
                proxy.cut_after(way, bytes);
                // Where too little is said, the link ends all the same.
                let went =
                    tokio::time::timeout(Duration::from_secs(2), watcher.state.wait_for(|s| !s.is_online())).await;
                if went.is_err() {
                    proxy.cut();
                }
            }
        }
        watcher.offline(PATIENCE).await;
        if let Some(away) = cut.away {
            sleep(away).await;
        }
        proxy.refuse(false);
        watcher.connect_now(&format!("pw-{who}")).await;
    }
}

async fn write(
    peer: tokio::sync::mpsc::Sender<parlour::contract::Command>,
    chat: parlour::model::ChatId,
    texts: Vec<String>,
) {
    let mut tick = tokio::time::interval(PACE);
    for (n, text) in texts.iter().enumerate() {
        if n % RUN == RUN - 1 {
            sleep(REST).await;
            tick.reset();
        }
        tick.tick().await;
        peer.send(send(&chat, text)).await.unwrap();
    }
}

/// What has become of messages that nobody confirmed: printed, so that a failure tells whose it is.
async fn tell_unsettled(server: &Server, user: &str, rows: &[Message], others: &[Message], with: &BareJid) {
    let open = unsettled(rows);
    if open.is_empty() {
        return;
    }
    let own = archive(server, user, with).await;
    let theirs =
        archive(server, with.local().unwrap_or_default(), &server.settings(user, false).id.jid().clone()).await;
    for line in open {
        let text = line.split(' ').next().unwrap_or_default();
        println!(
            "unsettled: {line}: in {user}'s archive {}, in {with}'s archive {}, shown to {with} {}",
            own.iter().filter(|a| a.body == text).count(),
            theirs.iter().filter(|a| a.body == text).count(),
            others.iter().filter(|m| !m.is_own() && m.body.raw() == text).count()
        );
    }
    let log = server.log();
    let wanted = |l: &&str| l.contains("[error]") || l.contains("[warning]") || l.contains("\terror\t");
    log.lines().filter(wanted).take(60).for_each(|line| println!("server: {line}"));
}

async fn cut_run(kind: &str) {
    let (messages, cuts) = (scale(1_000, 10_000), scale(20, 200));
    let seed = seed();
    println!("R-01 on {kind}: PARLOUR_SEED={seed}, {messages} messages each way, {cuts} cuts");
    let mut dice = Dice::new(seed);
    let server = Server::start_with(kind, &["--resume-window", "3", "--log", "warning"]);
    let home = tempfile::tempdir().unwrap();
    let links = [Proxy::start(server.port("c2s")).await, Proxy::start(server.port("c2s")).await];
    let start = |user: &str, link: &Proxy| {
        let mut settings = server.settings(user, false);
        settings.port = Some(link.port);
        Peer::start(&home.path().join(user), settings, &format!("pw-{user}"))
    };
    let (mut alice, mut bob) = (start("alice", &links[0]), start("bob", &links[1]));
    let (mut at_alice, mut at_bob) = (Watcher::over(&mut alice, "alice"), Watcher::over(&mut bob, "bob"));
    at_alice.online(PATIENCE).await;
    at_bob.online(PATIENCE).await;
    let (to_bob, to_alice) = (alice.chat(bob.id.jid()), bob.chat(alice.id.jid()));
    let texts = |who: &str| (0..messages).map(|n| format!("{who}-{n:05}")).collect::<Vec<_>>();
    let (from_alice, from_bob) = (texts("alice"), texts("bob"));
    let plans = [plan(&mut dice, cuts / 2), plan(&mut dice, cuts / 2)];
    let [for_alice, for_bob] = plans;
    let writing = [
        tokio::spawn(write(alice.engine.commands.clone(), to_bob.clone(), from_alice.clone())),
        tokio::spawn(write(bob.engine.commands.clone(), to_alice.clone(), from_bob.clone())),
    ];
    tokio::join!(play(for_alice, &links[0], &mut at_alice, "alice"), play(for_bob, &links[1], &mut at_bob, "bob"),);
    let mut last_cut = Instant::now();
    for side in writing {
        if !side.is_finished() {
            side.await.unwrap();
            last_cut = Instant::now();
        }
    }
    let (mut rows_alice, mut rows_bob) = (Vec::new(), Vec::new());
    while last_cut.elapsed() < Duration::from_mins(3) {
        rows_alice = alice.stored(&to_bob).await;
        rows_bob = bob.stored(&to_alice).await;
        if is_settled(&rows_alice, messages) && is_settled(&rows_bob, messages) {
            break;
        }
        sleep(Duration::from_millis(300)).await;
    }
    let settled = last_cut.elapsed();
    println!("{kind}: all there {:.1} s after the last cut", settled.as_secs_f32());
    for (user, rows, others, with) in
        [("alice", &rows_alice, &rows_bob, bob.id.jid()), ("bob", &rows_bob, &rows_alice, alice.id.jid())]
    {
        tell_unsettled(&server, user, rows, others, with).await;
    }
    assert_eq!(unsettled(&rows_alice), Vec::<String>::new(), "alice's own");
    assert_eq!(unsettled(&rows_bob), Vec::<String>::new(), "bob's own");
    assert_incoming(&rows_bob, &from_alice);
    assert_incoming(&rows_alice, &from_bob);
    for rows in [&rows_alice, &rows_bob] {
        assert_eq!(rows.len(), 2 * messages);
        assert_ordered(rows);
    }
    let archived = archive(&server, "alice", bob.id.jid()).await;
    let twice =
        assert_archived(&archived, alice.id.jid(), &from_alice) + assert_archived(&archived, bob.id.jid(), &from_bob);
    assert!(twice == 0 || kind == "ejabberd", "{kind} took {twice} messages twice on resumes");
    let (mut resumed, mut anew, mut ticked) = (0, 0, 0);
    for watcher in [&at_alice, &at_bob] {
        let story = watcher.story.lock().unwrap();
        assert!(story.withdrawn.is_empty(), "ticks were taken back: {:?}", story.withdrawn);
        resumed += story.resumed;
        anew += story.anew - 1;
        ticked += story.ticked;
    }
    assert_eq!(ticked, 2 * messages, "every message was ticked");
    assert!(settled <= scale(SETTLE_SMALL, SETTLE), "all is there, but only after {settled:?}");
    figure(
        "R-01",
        kind,
        &format!(
            "{messages} messages each way, {cuts} cuts ({resumed} resumed, {anew} anew): 0 lost, 0 doubled, order kept; \
             all there {:.1} s after the last cut{}; seed {seed}",
            settled.as_secs_f32(),
            if twice > 0 { format!(" (its own archive took {twice} twice on resumes)") } else { String::new() },
        ),
    );
    figure("R-31", kind, &format!("{ticked} ticks over {cuts} cuts: 0 withdrawn; seed {seed}"));
    alice.close().await;
    bob.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r01_r31_cuts_prosody() {
    cut_run("prosody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r01_r31_cuts_ejabberd() {
    cut_run("ejabberd").await;
}
