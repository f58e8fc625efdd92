//! Who is heard when: the user, the server, the disk and the clock each in turn, whatever the others do.

use super::fake::{BIND, Fake, How, Lie, Rig, SM};
use parlour::contract::command::session::Command as Ask;
use parlour::contract::{Command, command};
use parlour::model::{AccountId, BareJid, ChatId, ChatKind, ConnState, Jid, StanzaId};
use std::time::Duration;
use tokio::time::timeout;

fn message(n: usize) -> Command {
    Command::Chat(command::chat::Command::Send {
        chat: ChatId {
            account: AccountId(BareJid::parse("me@a.test").unwrap()),
            address: Jid::parse("bob@b.test").unwrap(),
        },
        kind: ChatKind::Contact,
        body: format!("body {n}"),
        id: StanzaId::from(format!("m-{n:05}.")),
        relation: parlour::model::Relation::default(),
    })
}

/// A user who writes without a pause.
fn write_on(rig: &Rig) -> tokio::task::JoinHandle<()> {
    let commands = rig.engine.commands.clone();
    tokio::spawn(async move {
        for n in 0.. {
            if commands.send(message(n)).await.is_err() {
                return;
            }
        }
    })
}

/// What the login sends: questions about the roster, the server, the account and the services.
const LOGIN: usize = 4;
const SOON: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn r02_the_server_is_answered_while_the_user_writes_without_a_pause() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.online(true).await;
    let writer = write_on(&rig);
    for n in 0..5 {
        fake.send(&format!(
            "<r xmlns='urn:xmpp:sm:3'/><iq type='get' id='ping{n}' from='a.test'><ping xmlns='urn:xmpp:ping'/></iq>"
        ))
        .await;
        let answers = async {
            fake.expect("<a ").await;
            fake.expect(&format!("id='ping{n}'")).await;
        };
        timeout(SOON, rig.during(answers)).await.expect("the server is answered");
    }
    writer.abort();
}

/// The numbers of the messages in what was read.
fn numbers(said: &str) -> Vec<usize> {
    said.split("id='m-").skip(1).filter_map(|rest| rest.split('.').next()?.parse().ok()).collect()
}

/// Reads up to the next `<r/>`; the numbers of the messages before it.
async fn burst(fake: &mut Fake) -> Vec<usize> {
    let said = fake.expect("<r ").await;
    let mut found = numbers(&said);
    // The origin-id says it again.
    found.dedup();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn r02_no_more_goes_out_than_the_server_keeps_up_with() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.online(true).await;
    let mut h = LOGIN;
    let commands = rig.engine.commands.clone();
    tokio::spawn(async move {
        for n in 0..300 {
            commands.send(message(n)).await.unwrap();
        }
    });
    let mut all: Vec<usize> = Vec::new();
    while all.len() < 300 {
        // Silent for a moment: everything that would come is there.
        rig.during(tokio::time::sleep(Duration::from_millis(150))).await;
        let said = rig.during(burst(&mut fake)).await;
        assert!(said.len() <= 50, "{} on the wire without a confirmation", said.len());
        h += said.len();
        all.extend(said);
        fake.send(&format!("<a xmlns='urn:xmpp:sm:3' h='{h}'/>")).await;
    }
    assert!(all.iter().copied().eq(0..300), "all of them, once and in order");
}

#[tokio::test(flavor = "multi_thread")]
async fn r02_after_a_cut_only_what_was_on_the_wire_goes_again() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.online(true).await;
    for n in 0..200 {
        rig.during(rig_send(&rig.engine.commands.clone(), n)).await;
    }
    rig.during(fake.expect("m-00010.")).await;
    drop(fake);
    rig.reason().await;
    let mut fake = rig.accept().await;
    fake.scram(Lie::None).await;
    fake.features(&format!("{BIND}{SM}")).await;
    rig.during(async { fake.expect("<resume").await + &fake.expect(">").await }).await;
    let mut h = LOGIN + 5;
    fake.send(&format!("<resumed xmlns='urn:xmpp:sm:3' previd='old' h='{h}'/>")).await;
    rig.state("online", ConnState::is_online).await;
    let mut all: Vec<usize> = Vec::new();
    while all.last() != Some(&199) {
        let said = rig.during(burst(&mut fake)).await;
        h += said.len();
        all.extend(said);
        fake.send(&format!("<a xmlns='urn:xmpp:sm:3' h='{h}'/>")).await;
    }
    assert!(all.iter().copied().eq(5..200), "from the first that was not confirmed, once and in order: {all:?}");
}

async fn rig_send(commands: &tokio::sync::mpsc::Sender<Command>, n: usize) {
    commands.send(message(n)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_the_user_is_heard_in_a_flood() {
    let mut rig = Rig::start(How::Tls);
    let fake = rig.online(false).await;
    let (pipe, _) = fake.into_parts();
    let (read, mut write) = tokio::io::split(pipe);
    let flood = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        for n in 0u64.. {
            let stanza = format!("<message type='chat' from='eve@b.test/x' id='f{n}'><body>flood {n}</body></message>");
            if write.write_all(stanza.as_bytes()).await.is_err() {
                return;
            }
        }
    });
    let mut fake = Fake::new(tokio::io::join(read, tokio::io::sink()));
    rig.written(100).await;
    for n in 0..5 {
        rig.engine.commands.send(message(n)).await.unwrap();
        let id = format!("m-{n:05}.");
        timeout(SOON, rig.during(fake.expect(&id))).await.expect("the user is heard");
    }
    // The flood comes through as well.
    rig.written(rig.bodies.len() + 100).await;
    flood.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_disk_is_no_dead_link() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.online(true).await;
    rig.ask(Ask::SendRaw("<message id='asks' to='b@b.test'/>".to_owned())).await;
    rig.during(fake.expect("<r ")).await;
    // The answer stands behind more than the disk takes.
    let flood = "<message type='chat' from='bob@b.test/x'><body>slow</body></message>".repeat(200);
    fake.send(&format!("{flood}<a xmlns='urn:xmpp:sm:3' h='0'/>")).await;
    tokio::time::sleep(Duration::from_secs(17)).await;
    rig.ask(Ask::SendRaw("<message id='alive' to='b@b.test'/>".to_owned())).await;
    timeout(SOON, rig.during(fake.expect("id='alive'"))).await.expect("the link is not given up");
}
