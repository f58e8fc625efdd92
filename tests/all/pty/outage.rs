//! A server's outage (XEP-0455) as the user of the real binary sees it: announced, asked for, and told when the server
//! is gone, by a parlour that was started anew.

use super::harness::{Plan, Term};
use super::rogue::Rogue;
use crate::transport::certs::{Authority, leaf};
use crate::transport::pages::{Answer, Pages};
use std::os::unix::fs::PermissionsExt;

fn said(planned: bool, hours: i64, message: &str) -> Answer {
    let from = (chrono::Utc::now() + chrono::TimeDelta::hours(hours)).to_rfc3339();
    Answer::Body(format!(r#"{{"planned":{planned},"beginning":"{from}","message":{{"default":"{message}"}}}}"#))
}

#[test]
fn an_outage_is_announced_asked_for_and_told_when_the_server_is_gone() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let ca = Authority::new("Test CA");
    let page = runtime.block_on(Pages::start(&ca.sign(&leaf("x", &["localhost"])), said(true, 24, "a new disk")));
    let rogue = Rogue::start();
    rogue.answer(
        "a.test",
        "http://jabber.org/protocol/disco#info",
        &format!(
            "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/>\
             <x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:sos:0</value></field>\
             <field var='external-status-addresses'><value>https://localhost:{}/s.json</value></field></x></query>",
            page.port
        ),
    );
    let home = rogue.home();
    // The account trusts the page's authority as well as its server's.
    let both = home.path().join("both.pem");
    let pems = [rogue.ca_file(), ca.pem.path().to_owned()].map(|path| std::fs::read_to_string(path).unwrap());
    std::fs::write(&both, pems.concat()).unwrap();
    let config = std::fs::read_to_string(home.config()).unwrap();
    let config = config.replace(&rogue.ca_file().display().to_string(), &both.display().to_string());
    std::fs::write(home.config(), config).unwrap();
    std::fs::set_permissions(home.config(), std::fs::Permissions::from_mode(0o600)).unwrap();

    let plan = Plan { size: (120, 30), env: &[("LANG", "C.UTF-8")], ..Plan::default() };
    let mut term = Term::start(&home, &plan);
    term.wait_for("● online");
    term.wait_for("a.test: maintenance is planned from");
    assert_eq!(page.connections(), 1, "one look, by itself");
    page.set(Answer::Body("{}".to_owned()));
    term.send("/outage\r");
    term.wait_for("its operators report no outage");
    term.wait_until("the line is gone", |s| !s.contents().contains("maintenance is planned"));
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0);

    // The server is gone; only its operators' page says why.
    drop(rogue);
    page.set(said(false, -2, "both disks died"));
    let mut term = Term::start(&home, &plan);
    term.wait_for("a.test: outage since");
    term.wait_for("both disks died");
    assert!(term.screen().contents().contains("/reconnect"), "{}", term.screen().contents());
    term.send("/connection\r");
    term.wait_for("What the operators of the server say");
    term.send("\x1b");
    term.wait_until("the page is closed", |s| !s.contents().contains("What the operators"));
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0);
}
