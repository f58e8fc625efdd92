//! K-06, K-08: what is written about a session: the log at its chattiest, the raw-XML console, the command line. No
//! secret is in any of them.

use super::{
    harness::{Home, Plan, Term},
    ink,
    rogue::Rogue,
};
use crate::figures::figure;
use std::fs;

/// Stanzas with a secret each, as a server or a peer may send them.
fn stanzas() -> Vec<(&'static str, String)> {
    let from_bob =
        |inner: &str| format!("<message from='bob@a.test/x' to='me@a.test/here' type='chat'>{inner}</message>");
    let result = |inner: &str| format!("<iq type='result' id='nobody-asked' from='a.test'>{inner}</iq>");
    let muc = "http://jabber.org/protocol/muc#user";
    vec![
        (
            "mediated invite",
            format!(
                "<message from='r@muc.a.test'><x xmlns='{muc}'><invite from='bob@a.test'/><password>S3CR3T</password></x></message>"
            ),
        ),
        ("direct invite", from_bob("<x xmlns='jabber:x:conference' jid='r@muc.a.test' password='S3CR3T'/>")),
        (
            "bookmark",
            result(
                "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'><item id='r@muc.a.test'><conference xmlns='urn:xmpp:bookmarks:1'><password>S3CR3T</password></conference></item></items></pubsub>",
            ),
        ),
        (
            "old bookmark",
            result(
                "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'><conference jid='r@muc.a.test' password='S3CR3T'/></storage></query>",
            ),
        ),
        (
            "registration",
            result("<query xmlns='jabber:iq:register'><username>me</username><password>S3CR3T</password></query>"),
        ),
        (
            "form",
            result(
                "<command xmlns='http://jabber.org/protocol/commands' node='x'><x xmlns='jabber:x:data' type='form'><field type='text-private' var='pin'><value>S3CR3T</value></field></x></command>",
            ),
        ),
        (
            "room's form",
            result(
                "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'><field var='muc#roomconfig_roomsecret'><value>S3CR3T</value></field></x></query>",
            ),
        ),
        (
            "upload slot",
            result(
                "<slot xmlns='urn:xmpp:http:upload:0'><put url='https://x.test/'><header name='Authorization'>Basic S3CR3T</header></put></slot>",
            ),
        ),
        (
            "cookie",
            result(
                "<slot xmlns='urn:xmpp:http:upload:0'><put url='https://x.test/'><header name='Cookie'>a=S3CR3T</header></put></slot>",
            ),
        ),
        ("aesgcm link", from_bob("<body>aesgcm://x.test/f.jpg#S3CR3T done</body>")),
        (
            "aesgcm link out of band",
            from_bob("<body>b</body><x xmlns='jabber:x:oob'><url>aesgcm://x.test/f.jpg#S3CR3T</url></x>"),
        ),
        ("token", result("<token xmlns='urn:xmpp:fast:0' token='S3CR3T' expiry='2030-01-01T00:00:00Z'/>")),
        (
            "login",
            result(
                "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>S3CR3T</initial-response></authenticate>",
            ),
        ),
    ]
}

#[test]
fn k06_logs_and_console_hold_no_secret() {
    let mut rogue = Rogue::start();
    let password = "Vk1-account-S3CR3T";
    rogue.set_password(password);
    // Who writes is known, so that nothing is told of requests.
    let roster = "<query xmlns='jabber:iq:roster'><item jid='bob@a.test' subscription='both'/></query>";
    rogue.answer("", "jabber:iq:roster", roster);
    let config = format!("{}password_command = [\"echo\", \"{password}\"]\n", rogue.account());
    let home = Home::new().with_config(&config);
    let plan = Plan { size: (240, 50), args: &["--log", "trace"], ..Plan::default() };
    let mut term = Term::start(&home, &plan);
    term.wait_for("● online");
    // What the user types themselves is on the screen while they type.
    term.send("/join cellar@muc.a.test nurse room-S3CR3T\r");
    let join = rogue.hear("the way in", |s| s.name() == "presence" && s.attr("to") == Some("cellar@muc.a.test/nurse"));
    assert!(String::from(&join).contains("room-S3CR3T"), "{}", String::from(&join));
    term.send("/raw <iq type='set' id='raw1'><query xmlns='jabber:iq:register'><password>raw-S3CR3T</password></query></iq>\r");
    term.wait_until("the composer is empty", |s| !s.contents().contains("raw-S3CR3T"));
    // The console sees a whole login, and then each of these.
    term.send("/xml\r");
    term.wait_for("Raw XML");
    let from = term.raw.len();
    term.send("\x1bc");
    term.wait_for("[redacted]");
    term.wait_until("the login", |s| s.contents().contains("<response") && s.contents().contains("<success"));
    let stanzas = stanzas();
    // Each stands between two marks, so that what was left out is its own.
    let mark = |n: usize| format!("seen{n:02}");
    let marked =
        |n| format!("<message from='bob@a.test/x' type='chat' id='{}'><body>after it</body></message>", mark(n));
    rogue.say(&marked(0));
    term.wait_for(&mark(0));
    for (n, (what, xml)) in stanzas.iter().enumerate() {
        rogue.say(&format!("{xml}{}", marked(n + 1)));
        // A notice may lie over it for a while.
        term.wait_until(what, |screen| {
            let text = screen.contents();
            let own = text.split_once(&mark(n)).and_then(|(_, after)| after.split_once(&mark(n + 1)));
            own.is_some_and(|(own, _)| own.contains("[redacted]"))
        });
        let screen = term.screen().contents();
        assert!(!screen.contains("S3CR3T"), "{what}:\n{screen}");
    }
    let shown = String::from_utf8_lossy(&term.raw[from..]).into_owned();
    assert!(!shown.contains("S3CR3T"));
    term.send("\x1b");
    term.wait_until("the console is closed", |s| !s.contents().contains("Raw XML"));
    term.send("\x11");
    term.wait_exit();
    ink::read(&term.raw).unwrap();
    let log = fs::read_to_string(home.path().join("state/parlour/parlour.log")).unwrap();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "{log}");
    assert!(!log.contains("S3CR3T") && !log.contains("after it"), "{log}");
    figure("K-06", "pty", &format!("log at trace and console: 0 hits of {} secrets", stanzas.len() + 3));
}

#[test]
fn k08_no_option_takes_a_password() {
    let home = Home::new();
    for args in [["--password", "x"], ["--passwd", "x"], ["-p", "x"], ["--pass", "x"], ["--secret", "x"]] {
        let mut term = Term::start(&home, &Plan { args: &args, ..Plan::default() });
        assert_eq!(term.wait_exit(), 2, "{args:?}");
        assert!(term.screen().contents().contains("unexpected argument"), "{}", term.screen().contents());
    }
    let mut term = Term::start(&home, &Plan { args: &["--help"], size: (120, 60), ..Plan::default() });
    term.wait_exit();
    assert!(!term.screen().contents().to_lowercase().contains("password"), "{}", term.screen().contents());
}
