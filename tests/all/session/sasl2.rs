//! Sessions that go on within the login (XEP-0388 with XEP-0198 §8): what comes right behind `<resumed/>`, and logins
//! that break between it and the first stanza.

use super::fake::{Fake, How, Rig, SM};
use parlour::contract::{Addition, Batch, Bootstrap, Command, Entry, Resumable, Write, command};
use parlour::model::{BareJid, ChatId, ChatKind, Delivery, Jid, StanzaId};
use std::time::Duration;
use tokio::time::timeout;

const RESUMED: &str = "<resumed xmlns='urn:xmpp:sm:3' previd='old' h='{h}'/>";
const ASK: &str = "<r xmlns='urn:xmpp:sm:3'/>";

fn resumed(h: u32) -> String {
    RESUMED.replace("{h}", &h.to_string())
}

fn before() -> Bootstrap {
    let me = Jid::parse("me@a.test/here").unwrap();
    Bootstrap { resumable: Some(Resumable { id: "old".to_owned(), me, handled: 3 }), ..Bootstrap::default() }
}

/// `h` of the next `<a/>`.
async fn told(rig: &mut Rig, fake: &mut Fake) -> String {
    rig.during(fake.expect("<a ")).await;
    let rest = rig.during(fake.expect(">")).await;
    rest.split("h='").nth(1).unwrap().split('\'').next().unwrap().to_owned()
}

/// Goes on with the session on a new connection; `behind` follows in the same bytes.
async fn go_on(rig: &mut Rig, h: u32, behind: &str) -> Fake {
    let mut fake = rig.accept().await;
    let login = fake.scram2(SM, |request| {
        assert!(request.contains("<resume ") && request.contains("previd='old'"), "{request}");
        resumed(h)
    });
    // What the engine tells meanwhile waits for the test.
    login.await;
    fake.send(behind).await;
    fake
}

/// A session that was bound in the old way, and lost.
async fn lost(rig: &mut Rig) {
    let mut fake = rig.accept().await;
    fake.login(true).await;
    rig.is_resumed().await;
    rig.during(fake.expect("jabber:iq:roster")).await;
    drop(fake);
    rig.ask(command::session::Command::Connect).await;
}

#[tokio::test]
async fn a_server_that_asks_behind_an_inlined_resumption_is_answered() {
    let mut rig = Rig::start(How::Tls);
    lost(&mut rig).await;
    // Features must not come any more (XEP-0198 §8.1.2), and some send them all the same, behind what they held.
    for (n, features) in [(1, ""), (2, "<stream:features><sm xmlns='urn:xmpp:sm:3'/></stream:features>")] {
        let message = "<message type='chat' from='bob@b.test/x' id='m1'><body>held</body></message>";
        let mut fake = go_on(&mut rig, 1, &format!("{message}{ASK}{features}")).await;
        assert!(rig.is_resumed().await);
        // What is not on disk yet does not count; then a second answer follows.
        while told(&mut rig, &mut fake).await != n.to_string() {}
        drop(fake);
        rig.ask(command::session::Command::Connect).await;
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_features_that_must_not_come() {
    let mut rig = Rig::start(How::Tls);
    lost(&mut rig).await;
    let _fake = go_on(&mut rig, 1, "").await;
    let came = timeout(Duration::from_secs(1), rig.is_resumed()).await;
    assert!(came.expect("at once"));
}

#[tokio::test]
async fn a_flood_behind_an_inlined_resumption_is_taken() {
    let mut rig = Rig::start(How::Tls);
    lost(&mut rig).await;
    let flood = "<message type='headline' from='bob@b.test/x'/>".repeat(1_500);
    let mut fake = go_on(&mut rig, 1, "").await;
    let flooding = tokio::spawn(async move {
        fake.send(&format!("{flood}{ASK}")).await;
        fake
    });
    assert!(rig.is_resumed().await);
    let mut fake = rig.during(flooding).await.unwrap();
    let mut h = told(&mut rig, &mut fake).await;
    while h != "1500" {
        rig.during(fake.send(ASK)).await;
        h = told(&mut rig, &mut fake).await;
    }
}

#[tokio::test]
async fn a_start_whose_first_resumption_broke_brings_contacts_all_the_same() {
    let mut rig = Rig::start_with(How::Tls, before());
    drop(go_on(&mut rig, 9, "").await);
    rig.ask(command::session::Command::Connect).await;
    let mut fake = go_on(&mut rig, 9, "").await;
    rig.during(fake.expect("jabber:iq:roster")).await;
}

#[tokio::test(start_paused = true)]
async fn r06_a_server_that_hangs_over_an_inlined_resumption_is_asked_for_a_new_session() {
    let mut rig = Rig::start_with(How::Tls, before());
    let mut fake = rig.accept().await;
    let hang = async {
        fake.features(&format!(
            "<authentication xmlns='{}'><mechanism>SCRAM-SHA-256</mechanism><inline>{SM}</inline></authentication>",
            super::fake::SASL2
        ))
        .await;
        assert!(fake.expect("</authenticate>").await.contains("<resume "));
    };
    rig.during(hang).await;
    let mut again = rig.accept().await;
    let login = again.scram2(SM, |request| {
        assert!(!request.contains("<resume "), "{request}");
        String::new()
    });
    rig.during(login).await;
}

/// What a resumption confirms is confirmed, whatever becomes of that login.
#[tokio::test]
async fn r31_what_a_broken_login_confirmed_is_ticked() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.accept().await;
    fake.login(true).await;
    rig.is_resumed().await;
    let chat = ChatId::new(rig_account(), Jid::parse("bob@b.test").unwrap());
    let send = command::chat::Command::Send {
        chat,
        kind: ChatKind::Contact,
        body: "hello".to_owned(),
        id: StanzaId::from("one"),
        relation: parlour::model::Relation::default(),
    };
    rig.engine.commands.send(Command::Chat(send)).await.unwrap();
    let sent = rig.during(fake.expect("<body>hello</body>")).await;
    let count = sent.matches("<iq ").count() + sent.matches("<presence").count() + sent.matches("<message").count();
    drop(fake);
    rig.ask(command::session::Command::Connect).await;
    // It is gone again before it is online, as far as we can tell.
    drop(go_on(&mut rig, u32::try_from(count).unwrap(), "").await);
    let is_ticked = |batch: &Batch| {
        batch.entries.iter().any(|entry| {
            matches!(entry, Entry::Write(Write::Addition(Addition::Delivery { id, delivery: Delivery::Acked, .. })) if id.as_str() == "one")
        })
    };
    loop {
        let batch = timeout(Duration::from_secs(30), rig.batches.recv()).await.expect("a tick").unwrap();
        rig.commit.send_replace(batch.seq);
        if is_ticked(&batch) {
            return;
        }
    }
}

/// A new session of a login that broke was never entered: nothing was asked in it, so to go on with it would show nothing.
#[tokio::test]
async fn a_session_of_a_login_that_broke_is_not_gone_on_with() {
    let mut rig = Rig::start(How::Tls);
    lost(&mut rig).await;
    let mut fake = rig.accept().await;
    let login = fake.scram2(SM, |_| {
        "<failed xmlns='urn:xmpp:sm:3'/><bound xmlns='urn:xmpp:bind:0'><enabled xmlns='urn:xmpp:sm:3' id='new' resume='true'/></bound>"
            .to_owned()
    });
    login.await;
    drop(fake);
    rig.ask(command::session::Command::Connect).await;
    let mut again = rig.accept().await;
    let login = again.scram2(SM, |request| {
        assert!(!request.contains("<resume "), "{request}");
        String::new()
    });
    rig.during(login).await;
}

fn rig_account() -> parlour::model::AccountId {
    parlour::model::AccountId(BareJid::parse("me@a.test").unwrap())
}

/// XEP-0386 §3: the tag says which program it is; the server makes the resource of it, so it is the one that was set.
#[tokio::test]
async fn the_tag_of_a_bound_session_is_the_resource_that_was_set() {
    for resource in ["parlour", "büro"] {
        let mut rig = Rig::with(
            How::Tls,
            |settings| {
                settings.resource = resource.to_owned();
                settings.device = "d4565fa7-4d72-4749-b3d3-740edbf87770".to_owned();
            },
            parlour::xmpp::link::TlsFacts::default(),
        );
        let mut fake = rig.accept().await;
        let login = fake.scram2(
            "<bind xmlns='urn:xmpp:bind:0'><inline><feature var='urn:xmpp:sm:3'/></inline></bind>",
            |request| {
                let tag = format!("<tag>{resource}</tag>");
                assert!(request.contains(&tag) && request.contains("urn:xmpp:bind:0"), "{request}");
                "<bound xmlns='urn:xmpp:bind:0'><enabled xmlns='urn:xmpp:sm:3' id='x' resume='true'/></bound>"
                    .to_owned()
            },
        );
        login.await;
    }
}
