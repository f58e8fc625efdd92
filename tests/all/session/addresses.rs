//! What a server says about who we are, and what it sends before there is a session: a wrong address or another session
//! ends the login with a reason, and hardly anything is kept of what comes too early.

use super::fake::{BIND, Fake, How, Lie, Rig, SM};
use crate::figures::figure;
use parlour::contract::{Bootstrap, Resumable};
use parlour::model::{ConnState, DownReason, Jid};

/// Signs in, and is bound as this address.
async fn bind_as(fake: &mut Fake, address: &str) {
    fake.scram(Lie::None).await;
    bound_as(fake, address).await;
}

async fn bound_as(fake: &mut Fake, address: &str) {
    fake.features(BIND).await;
    let asked = fake.expect("</iq>").await;
    let id = asked.split("id='").nth(1).unwrap().split('\'').next().unwrap();
    fake.send(&format!(
        "<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{address}</jid></bind></iq>"
    ))
    .await;
}

const WRONG: [&str; 8] = [
    "eve@a.test/here",
    "me@evil.test/here",
    "me@a.test",
    "a.test",
    "a.test/here",
    "me@a.test.evil.test/here",
    "mе@a.test/here",
    "me.@a.test/here",
];

#[tokio::test]
async fn another_address_than_the_accounts_ends_the_login() {
    for address in WRONG {
        let mut rig = Rig::start(How::Tls);
        let mut fake = rig.accept().await;
        rig.during(bind_as(&mut fake, address)).await;
        match rig.ended().await {
            ConnState::Stopped(DownReason::ServerProof(why)) => {
                assert!(why.raw().contains(address) && why.raw().contains("me@a.test"), "{why:?}");
            }
            other => panic!("{address}: {other:?}"),
        }
    }
    // The same by XEP-0388 with XEP-0386: the address comes in <success/>.
    for address in WRONG {
        let mut rig = Rig::with(How::Tls, |s| s.device = "d4565fa7-4d72-4749-b3d3-740edbf87770".to_owned(), tls());
        let mut fake = rig.accept().await;
        let bound = "<bound xmlns='urn:xmpp:bind:0'><enabled xmlns='urn:xmpp:sm:3' id='x' resume='true'/></bound>";
        let inline = "<bind xmlns='urn:xmpp:bind:0'><inline><feature var='urn:xmpp:sm:3'/></inline></bind>";
        rig.during(fake.scram2_as(inline, address, |_| bound.to_owned())).await;
        let reason = rig.reason().await;
        let is_told = matches!(&reason, DownReason::ServerProof(_))
            || matches!(&reason, DownReason::Stream(why) if why.raw().contains("no address"));
        assert!(is_told, "{address}: {reason:?}");
    }
}

fn tls() -> parlour::xmpp::link::TlsFacts {
    let words = "TLS 1.3".to_owned();
    parlour::xmpp::link::TlsFacts { version: words.clone(), words, ..parlour::xmpp::link::TlsFacts::default() }
}

#[tokio::test]
async fn the_accounts_address_in_any_spelling_is_taken() {
    for address in ["me@a.test/here", "ME@A.test/other", "me@a.test/🫠"] {
        let mut rig = Rig::start(How::Tls);
        let mut fake = rig.accept().await;
        rig.during(bind_as(&mut fake, address)).await;
        rig.state("online", ConnState::is_online).await;
    }
}

#[tokio::test]
async fn another_session_than_ours_is_not_gone_on_with() {
    for previd in ["other", "", "OLD", "old2"] {
        let me = Jid::parse("me@a.test/here").unwrap();
        let resumable = Some(Resumable { id: "old".to_owned(), me, handled: 3 });
        let mut rig = Rig::start_with(How::Tls, Bootstrap { resumable, ..Bootstrap::default() });
        let mut fake = rig.accept().await;
        rig.during(async {
            fake.scram(Lie::None).await;
            fake.features(&format!("{BIND}{SM}")).await;
            fake.expect("previd='old'").await;
            fake.send(&format!("<resumed xmlns='urn:xmpp:sm:3' previd='{previd}' h='0'/>")).await;
        })
        .await;
        match rig.reason().await {
            DownReason::Stream(why) => assert!(why.raw().contains("another session"), "{why:?}"),
            other => panic!("{previd:?}: {other:?}"),
        }
        // The next login binds anew.
        rig.ask(parlour::contract::command::session::Command::Connect).await;
        let mut fake = rig.accept().await;
        rig.during(fake.login(true)).await;
        rig.state("online", ConnState::is_online).await;
    }
}

#[tokio::test]
async fn hardly_anything_is_kept_of_what_comes_before_the_session() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.accept().await;
    let flood = |n: usize, len: usize| {
        format!(
            "<message from='bob@b.test/x' type='chat' id='early-{n}'><body>early {n} {}</body></message>",
            "x".repeat(len)
        )
    };
    rig.during(async {
        fake.scram(Lie::None).await;
        fake.features(BIND).await;
        let asked = fake.expect("</iq>").await;
        let id = asked.split("id='").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        for n in 0..3 {
            fake.send(&flood(n, 10)).await;
        }
        for n in 3..200 {
            fake.send(&flood(n, 500_000)).await;
        }
        for n in 200..400 {
            fake.send(&flood(n, 10)).await;
        }
        let bound = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>me@a.test/here</jid></bind>";
        fake.send(&format!("<iq type='result' id='{id}'>{bound}</iq>")).await;
    })
    .await;
    rig.state("online", ConnState::is_online).await;
    let live = flood(999, 10);
    rig.during(fake.send(&live)).await;
    rig.written(21).await;
    let said: Vec<&str> = rig.bodies.iter().map(|b| b.trim_end_matches('x').trim()).collect();
    assert_eq!(said[..3], ["early 0", "early 1", "early 2"]);
    assert_eq!((said.len(), said[20]), (21, "early 999"), "the first twenty small ones, and all that is live");
    let longest = rig.bodies.iter().map(String::len).max().unwrap();
    assert!(longest < 1_000, "{longest}");
    figure("early", "scripted server", "400 stanzas of 100 MB before the session: 20 kept, of 64 kB together at most");
}
