//! A session that outlives the program (XEP-0198 §5): what the store keeps, and what the next start asks with it.

use super::fake::{BIND, Fake, How, Lie, Rig, SM};
use parlour::contract::command::session::Command as Ask;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Batch, Bootstrap, Entry, Event, Resumable, Write};
use parlour::model::{ConnState, Jid};

/// What a store would have after these batches.
#[derive(Default)]
struct Kept(Option<Resumable>);

impl Kept {
    fn take(&mut self, batch: &Batch) {
        for entry in &batch.entries {
            if let Entry::Write(Write::Resumable(session)) = entry {
                self.0.clone_from(session);
            }
        }
        if let (Some(session), Some(handled)) = (&mut self.0, batch.counted) {
            session.handled = handled;
        }
    }
}

/// Takes batches into `kept`, and commits them, while a server speaks.
async fn keeping<T>(rig: &mut Rig, kept: &mut Kept, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            batch = rig.batches.recv() => {
                let batch = batch.unwrap();
                kept.take(&batch);
                rig.commit.send_replace(batch.seq);
            }
            done = &mut work => return done,
        }
    }
}

fn before(handled: u32) -> Bootstrap {
    let me = Jid::parse("me@a.test/here").unwrap();
    Bootstrap { resumable: Some(Resumable { id: "old".to_owned(), me, handled }), ..Bootstrap::default() }
}

/// Signs in up to `<resume/>`, whose attributes it gives.
async fn asked(rig: &mut Rig) -> (Fake, String) {
    let mut fake = rig.accept().await;
    fake.scram(Lie::None).await;
    fake.features(&format!("{BIND}{SM}")).await;
    rig.during(fake.expect("<resume")).await;
    let resume = rig.during(fake.expect(">")).await;
    (fake, resume)
}

#[tokio::test]
async fn a_start_after_a_kill_goes_on_with_the_session() {
    let mut rig = Rig::start_with(How::Tls, before(3));
    let (mut fake, resume) = asked(&mut rig).await;
    assert!(resume.contains("h='3'") && resume.contains("previd='old'"), "{resume}");
    fake.send("<resumed xmlns='urn:xmpp:sm:3' previd='old' h='9'/>").await;
    fake.send("<message type='chat' from='bob@b.test/x' id='m4'><body>again</body></message>").await;
    let me = rig
        .wait("an address", |event| match event {
            Event::Session(SessionEvent::Bound(me)) => Some(me.to_string()),
            _ => None,
        })
        .await;
    assert_eq!(me, "me@a.test/here");
    // To the app it is a login like any other: contacts and rooms have to come again.
    assert!(!rig.is_resumed().await);
    let said = rig.during(fake.expect("jabber:iq:roster")).await;
    assert!(said.contains("<presence") && said.contains("type='unavailable'"), "{said}");
    fake.send("<r xmlns='urn:xmpp:sm:3'/>").await;
    rig.during(fake.expect("<a ")).await;
    assert!(rig.during(fake.expect(">")).await.contains("h='4'"));
    // What is sent now counts from the server's count: the unavailable presence is its tenth.
    fake.send("<a xmlns='urn:xmpp:sm:3' h='10'/>").await;
    fake.send("<iq type='get' id='alive' from='a.test'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    rig.during(fake.expect("id='alive'")).await;
}

#[tokio::test]
async fn a_session_that_the_server_forgot_costs_nothing() {
    for h in ["", " h='9'"] {
        let mut rig = Rig::start_with(How::Tls, before(3));
        let (mut fake, _) = asked(&mut rig).await;
        let condition = "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>";
        fake.send(&format!("<failed xmlns='urn:xmpp:sm:3'{h}>{condition}</failed>")).await;
        fake.bind(true).await;
        assert!(!rig.is_resumed().await);
        assert!(!rig.during(fake.expect("jabber:iq:roster")).await.contains("unavailable"));
    }
}

#[tokio::test]
async fn a_server_without_stream_management_is_not_asked() {
    let mut rig = Rig::start_with(How::Tls, before(3));
    let mut fake = rig.accept().await;
    let mut kept = Kept(before(3).resumable);
    let login = async {
        fake.login(false).await;
        fake.expect("jabber:iq:roster").await;
    };
    keeping(&mut rig, &mut kept, login).await;
    assert_eq!(kept.0, None, "the new bind ended it");
}

/// A crash between the wire and the disk: the next start asks again for what is not on the disk, and the server was
/// never told of more than that.
#[tokio::test]
async fn what_was_not_on_disk_is_asked_for_again() {
    for committed in 0..=4_u32 {
        let mut rig = Rig::start(How::Tls);
        rig.is_committing = false;
        let mut fake = rig.accept().await;
        let (mut kept, mut others) = (Kept::default(), 0);
        let talk = async {
            let mut told = 0;
            fake.login(true).await;
            for n in 1..=4 {
                let body = if n == 2 { String::new() } else { format!("<body>{n}</body>") };
                fake.send(&format!("<message type='chat' from='bob@b.test/x' id='m{n}'>{body}</message>")).await;
            }
            fake.expect("jabber:iq:roster").await;
            for _ in 0..5 {
                fake.send("<r xmlns='urn:xmpp:sm:3'/>").await;
                fake.expect("<a ").await;
                let h = fake.expect(">").await;
                told = told.max(h.split("h='").nth(1).unwrap().split('\'').next().unwrap().parse::<u32>().unwrap());
            }
            told
        };
        tokio::pin!(talk);
        let told = loop {
            tokio::select! {
                biased;
                told = &mut talk => break told,
                batch = rig.batches.recv() => {
                    let batch = batch.unwrap();
                    // The disk takes everything up to the one of this count, and then nothing more.
                    if batch.counted.unwrap_or_default() <= committed && others == 0 {
                        kept.take(&batch);
                        rig.commit.send_replace(batch.seq);
                    } else {
                        others += 1;
                    }
                }
            }
        };
        drop(rig);
        let session = kept.0.clone().expect("a session to go on with");
        assert_eq!(session.handled, committed, "the disk has {committed}");
        assert!(told <= session.handled, "told {told}, has {}", session.handled);
        let mut rig = Rig::start_with(How::Tls, Bootstrap { resumable: kept.0, ..Bootstrap::default() });
        let (_fake, resume) = asked(&mut rig).await;
        assert!(resume.contains(&format!("h='{committed}'")), "{resume}");
    }
}

#[tokio::test]
async fn a_goodbye_leaves_nothing_to_go_on_with() {
    let mut rig = Rig::start(How::Tls);
    let mut kept = Kept::default();
    let mut fake = rig.accept().await;
    let login = async {
        fake.login(true).await;
        fake.expect("jabber:iq:roster").await;
    };
    keeping(&mut rig, &mut kept, login).await;
    assert!(kept.0.is_some());
    rig.ask(Ask::Quit).await;
    let goodbye = async {
        fake.expect("</stream:stream>").await;
        fake.send("</stream:stream>").await;
    };
    keeping(&mut rig, &mut kept, goodbye).await;
    while let Some(batch) = rig.batches.recv().await {
        kept.take(&batch);
        rig.commit.send_replace(batch.seq);
    }
    assert_eq!(kept.0, None);
}

#[tokio::test]
async fn a_program_that_ends_while_the_link_is_down_leaves_its_session() {
    let mut rig = Rig::start(How::Tls);
    let mut kept = Kept::default();
    let mut fake = rig.accept().await;
    keeping(&mut rig, &mut kept, fake.login(true)).await;
    drop(fake);
    let is_waiting = |batch: &Batch| {
        let waits = |e: &Entry| {
            matches!(e, Entry::Event(Event::Session(SessionEvent::StateChanged(ConnState::Waiting { .. }))))
        };
        batch.entries.iter().any(waits)
    };
    loop {
        let batch = rig.batches.recv().await.unwrap();
        kept.take(&batch);
        if is_waiting(&batch) {
            break;
        }
    }
    rig.ask(Ask::Quit).await;
    while let Some(batch) = rig.batches.recv().await {
        kept.take(&batch);
    }
    assert_eq!(kept.0.map(|s| s.id).as_deref(), Some("old"));
}
