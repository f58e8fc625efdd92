//! S-16, S-34: what a room, a contact or a stranger can make grow: the lists of chats, the memory, the database.

use super::BUILD;
use super::server::{MUC_USER, Server, answer};
use super::stage::{BOB, EVE, Stage, account};
use super::strangers::rss;
use crate::figures::{figure, scale};
use parlour::model::{BareJid, ChatKind};

const ROOM: &str = "r@muc.a.test";

/// Anybody in a room can write in private under ever new nicknames. A few are chats as they should be; the others stand
/// under REQUESTS like strangers, and are bounded like them, in the database too.
#[tokio::test]
async fn s16_private_chats_under_ever_new_nicknames() {
    let mut stage = Stage::new().await;
    stage.joins(ROOM, &["bob"]).await;
    stage.opens(BOB).await;
    let before = rss();
    let nicknames = scale(1_000, 30_000);
    for n in 0..nicknames {
        stage.send(&format!(
            "<message from='{ROOM}/nick {n}' type='chat' id='p{n}'><body>look here {n}</body><x xmlns='{MUC_USER}'/></message>"
        ));
        if n % 500 == 0 {
            stage.settle().await;
        }
    }
    stage.settle().await;
    let grown = rss().saturating_sub(before);
    let private = stage.state.chats.by_id.values().filter(|c| c.kind == ChatKind::Occupant);
    let (requests, chats): (Vec<_>, Vec<_>) = private.partition(|c| !c.is_accepted);
    assert_eq!(chats.len(), 10, "the first ten are chats");
    assert_eq!(requests.len(), 200, "as many requests as of strangers");
    assert_eq!(stage.state.requests.list.len(), 200);
    let noises = stage.noises();
    assert!(noises <= 20, "{noises} bells and notifications");
    // Ten chats, two hundred requests, and the line in the room that says so.
    let stored = stage.stored();
    assert_eq!(stored, 211);
    let room = stage.bodies(ROOM).await;
    assert!(room.last().is_some_and(|l| l.contains("is not kept")), "{room:?}");
    let screen = stage.screen();
    assert!(screen.contains("REQUESTS"), "{screen}");
    // Who looks at them has room again, and an answer ends all limits.
    stage.opens(&format!("{ROOM}/nick 0")).await;
    stage.says(&format!("<message from='{ROOM}/late' type='chat' id='late'><body>may I</body></message>")).await;
    assert_eq!(stage.bodies(&format!("{ROOM}/late")).await, ["may I"]);
    let words = format!(
        "{nicknames} private messages under as many nicknames: 10 chats, 200 requests, {noises} noises, {stored} rows; memory +{} MB",
        grown >> 20
    );
    figure("S-16", "scripted server, private chats", &words);
}

/// What a stranger may have in the database is bounded; the user is told, and accepting ends it.
#[tokio::test]
async fn s16_a_stranger_has_a_budget_in_the_database() {
    let mut stage = Stage::new().await;
    let say = |n: usize, len: usize| {
        format!("<message from='{EVE}' type='chat' id='e{n}'><body>{n} {}</body></message>", "x".repeat(len))
    };
    let sent = 20_300;
    for n in 0..sent {
        stage.send(&say(n, 10));
        if n % 500 == 0 {
            stage.settle().await;
        }
    }
    stage.settle().await;
    let bodies = stage.bodies("eve@evil.test").await;
    let stored = stage.stored();
    assert_eq!(stored, 20_001, "twenty thousand and one line");
    assert!(
        bodies.last().is_some_and(|l| l.contains("eve@evil.test") && l.contains("is not kept")),
        "{:?}",
        bodies.last()
    );
    // By size as well, and each stranger for themselves.
    for n in 0..12 {
        stage.says(&say(n, 900_000).replace(EVE, "mallory@evil.test/x")).await;
    }
    let bytes = stage.count("SELECT sum(length(body)) FROM messages WHERE sender LIKE 'mallory%'");
    assert!((3_000_000..=(4 << 20) + 1_000).contains(&bytes), "{bytes}");
    assert_eq!(stage.bodies("mallory@evil.test").await.len(), 5);
    // A contact has none, and whoever is accepted.
    stage
        .says(&format!("<message from='{BOB}/a' type='chat' id='b'><body>{}</body></message>", "y".repeat(900_000)))
        .await;
    assert_eq!(stage.bodies(BOB).await.len(), 1);
    stage.enters("/accept eve@evil.test").await;
    stage.says(&say(90_000, 10)).await;
    assert!(stage.bodies("eve@evil.test").await.last().is_some_and(|l| l.starts_with("90000 ")));
    let words = format!(
        "{sent} messages of one stranger: {stored} rows kept; of large ones {} kB; told in the chat",
        bytes >> 10
    );
    figure("S-16", "scripted server, database", &words);
}

/// A status is cut where it comes in: of occupants, of whom a hostile room sends any number, and of contacts.
#[tokio::test]
async fn s34_statuses_without_end() {
    let mut stage = Stage::new().await;
    stage.joins(ROOM, &["bob"]).await;
    let before = rss();
    let people = scale(1_000, 50_000);
    let long = "s".repeat(20_000);
    for n in 0..people {
        stage.send(&format!(
            "<presence from='{ROOM}/somebody {n}'><status>{long}</status><x xmlns='{MUC_USER}'><item affiliation='none' \
            role='participant'/></x></presence>"
        ));
        if n % 100 == 0 {
            stage.settle().await;
        }
    }
    for n in 0..50 {
        stage.send(&format!("<presence from='{BOB}/r{n}'><status>{}</status></presence>", "é".repeat(50_000)));
        stage.send(&format!("<presence from='{BOB}/r{n}' type='unavailable'><status>{long}</status></presence>"));
        stage.send(&format!("<presence from='{BOB}/r{n}'><status>{}</status></presence>", "é".repeat(50_000)));
    }
    stage.settle().await;
    let grown = rss().saturating_sub(before);
    let room = stage.state.rooms.get(&account(), &BareJid::parse(ROOM).unwrap()).unwrap();
    assert!(room.occupants.len() > people, "nobody is left out");
    let occupants = room.occupants.values().filter_map(|o| o.status.as_ref());
    let contacts = stage.state.presence.of(&account(), &BareJid::parse(BOB).unwrap());
    assert_eq!(contacts.len(), 50);
    let kept: usize = occupants.clone().map(|s| s.raw().len()).sum();
    assert!(kept <= 8 << 20, "{kept}");
    let longest =
        occupants.chain(contacts.iter().filter_map(|r| r.status.as_ref())).map(|s| s.raw().chars().count()).max();
    assert_eq!(longest, Some(500));
    // The test's own server remembers what it said.
    let words = format!(
        "{people} occupants with 20 kB of status, 50 resources with 100 kB: 500 characters kept of each, memory +{} MB",
        grown >> 20
    );
    figure("S-34", "scripted server, statuses", &words);
}

/// How many contacts there are, with bob and carol, who are in every roster of the stage.
fn contacts(stage: &Stage) -> usize {
    stage.state.roster.by_account.get(&account()).map_or(0, std::collections::HashMap::len)
}

fn with_roster(roster: String) -> Server {
    let mut server = Server::default();
    server.roster = roster;
    server
}

fn items(count: usize) -> String {
    (0..count)
        .map(|n| {
            format!(
                "<item jid='somebody-with-a-long-name-{n}@contacts.example.org' name='Somebody Number {n}' \
                subscription='both'><group>Everybody</group></item>"
            )
        })
        .collect()
}

#[tokio::test]
async fn s34_a_long_roster_loads() {
    let server = with_roster(items(12_000));
    let bytes = server.roster.len();
    assert!(bytes > 1 << 20);
    let begin = std::time::Instant::now();
    let mut stage = Stage::signed_in(false, server).await;
    assert_eq!(contacts(&stage), 12_002);
    assert_eq!(stage.count("SELECT count(*) FROM contacts"), 12_002);
    assert!(!stage.toasts().iter().any(|t| t.contains("contact list")), "{:?}", stage.toasts());
    stage.opens("somebody-with-a-long-name-11999@contacts.example.org").await;
    let words = format!(
        "a roster of 12,002 contacts, {} kB: all of them, shown after {:.1} s ({BUILD})",
        bytes >> 10,
        begin.elapsed().as_secs_f32()
    );
    figure("S-34", "scripted server, roster", &words);
}

#[tokio::test]
async fn s34_a_roster_without_end_is_cut_and_told() {
    // One entry that nobody can read costs itself; the user is told.
    let odd = format!(
        "{}<item jid='x@a.test' name='{}'/>{}",
        items(5),
        "x".repeat(9_000),
        items(7).replace("somebody", "other")
    );
    for (what, roster, least, most) in [("too long", items(70_000), 30_000, 69_999), ("an odd entry", odd, 14, 14)] {
        let mut stage = Stage::signed_in(true, with_roster(roster)).await;
        let shown = contacts(&stage);
        assert!((least..=most).contains(&shown), "{what}: {shown}");
        let told = stage.toasts();
        assert!(told.iter().any(|t| t.contains("contact list") && t.contains(&shown.to_string())), "{what}: {told:?}");
        stage.says(&format!("<message from='{EVE}' type='chat' id='1'><body>alive</body></message>")).await;
        assert_eq!((stage.stored(), stage.dials), (1, 1), "{what}");
        // What is not whole has no version: the next login asks for all of it.
        let version = "SELECT count(*) FROM accounts WHERE roster_version IS NOT NULL";
        assert_eq!(stage.count(version), 0, "{what}");
    }
}

/// What cannot be read says nothing, least of all "as it was".
#[tokio::test]
async fn s34_a_roster_that_cannot_be_read_is_told() {
    for (what, inside) in [
        (
            "nested",
            format!("<query xmlns='jabber:iq:roster'>{}{}</query>", "<a>".repeat(36_000), "</a>".repeat(36_000)),
        ),
        ("a long attribute", format!("<query xmlns='jabber:iq:roster' a='{}'/>", "x".repeat(9_000))),
        ("not a roster", "<query xmlns='jabber:iq:other'/>".to_owned()),
        ("namespaces that are none", "<query xmlns='jabber:iq:roster'><x:item/></query>".to_owned()),
    ] {
        let mut server = Server::default();
        server.hook(move |stanza| {
            stanza.child("query", "jabber:iq:roster").filter(|_| stanza.type_.as_deref() == Some("get"))?;
            Some(answer(None, stanza.id.as_deref().unwrap(), &inside))
        });
        let stage = Stage::signed_in(false, server).await;
        let told = stage.toasts();
        assert!(told.iter().any(|t| t.contains("the contact list")), "{what}: {told:?}");
        assert!(stage.is_online(), "{what}");
    }
}
