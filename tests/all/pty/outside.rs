//! S-43, S-61, S-64, S-67 and S-69: what leaves the terminal. Programs that are started, connections that are made, and
//! who is told to be whom.

use super::{
    harness::{DEADLINE, Home, Plan, Term, says},
    ink,
    rogue::Rogue,
};
use crate::figures::figure;
use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const ROSTER: &str = "<query xmlns='jabber:iq:roster'><item jid='bob@a.test' name='Bob' subscription='both'/>\
                      <item jid='alice@a.test' name='Alice' subscription='both'/></query>";

/// A signed-in binary whose openers of links write down how they were called.
struct Desk {
    rogue: Rogue,
    term: Term,
    home: Home,
    called: PathBuf,
    _openers: tempfile::TempDir,
}

impl Desk {
    fn open() -> Self {
        let rogue = Rogue::start();
        rogue.answer("", "jabber:iq:roster", ROSTER);
        let openers = tempfile::tempdir().unwrap();
        let called = openers.path().join("called");
        for program in ["xdg-open", "open", "gio", "gnome-open", "kde-open", "wslview"] {
            let path = openers.path().join(program);
            let script = format!("#!/bin/bash\nprintf '%s|%s\\n' \"$#\" \"$*\" >>'{}'\n", called.display());
            fs::write(&path, script).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let search = format!("{}:{}", openers.path().display(), std::env::var("PATH").unwrap());
        let home = Home::new().with_config(&format!("{}password_command = [\"echo\", \"secret\"]\n", rogue.account()));
        let env = [("PATH", search.as_str())];
        let mut term = Term::start(&home, &Plan { size: (130, 40), env: &env, ..Plan::default() });
        term.wait_for("● online");
        term.wait_for("Alice");
        Self { rogue, term, home, called, _openers: openers }
    }

    fn line(&mut self, line: &str) {
        self.term.send(&format!("{line}\r"));
    }

    fn bob_says(&mut self, body: &str) {
        let body = body.replace('&', "&amp;").replace('<', "&lt;");
        let inner = format!("<body>{body}</body>");
        self.rogue.say(&format!("<message from='bob@a.test/x' to='me@a.test/here' type='chat'>{inner}</message>"));
    }

    fn calls(&self) -> Vec<String> {
        fs::read_to_string(&self.called).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// Waits until so many programs were started.
    #[track_caller]
    fn wait_for_calls(&mut self, count: usize) {
        let deadline = Instant::now() + DEADLINE;
        while self.calls().len() < count {
            assert!(Instant::now() < deadline, "{count}: {:?}\n{}", self.calls(), self.term.screen().contents());
            self.term.pump(Duration::from_millis(10));
        }
    }

    fn end(mut self) {
        self.term.send("\x11");
        assert_eq!(self.term.wait_exit(), 0, "{}", self.term.screen().contents());
        ink::read(&self.term.raw).unwrap();
    }
}

#[test]
fn s64_links_are_one_argument_and_asked_about() {
    let opened = [
        "https://x.test/$(touch pwned)",
        "https://x.test/`touch pwned`",
        "https://x.test/;touch pwned",
        "https://x.test/|touch pwned",
        "https://x.test/&touch pwned",
        "https://x.test/'$(touch pwned)'",
        "https://x.test/\"$(touch pwned)\"",
        "https://x.test/>pwned",
        "https://x.test/\\$(touch\\ pwned)",
        "https://x.test/%0atouch%20pwned",
        "https://x.test/%00",
        "https://x.test/a b c",
        "https://x.test/${IFS}pwned",
        "https://x.test/--help",
        "http://x.test/?q=-oProxyCommand=touch",
        "HTTPS://X.TEST/UP",
        "https://user:pass@evil.test/x.test",
        "https://x.test/{a,b}*?[c]~",
        "https://x.test/!!#!$",
        "xmpp:eve@evil.test?remove",
        "xmpp:r@muc.evil.test?join;password=$(id)",
        "mailto:a@b.test?attach=/etc/passwd",
    ];
    let refused = [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "-oProxyCommand=touch pwned",
        "data:text/html,<b>x",
        "ssh://-oProxyCommand=touch/x",
        "vbscript:x",
        "smb://evil.test/x",
        "tel:110",
        "\u{9b}https\u{9d}://x",
        "https:/x.test",
        "https:// x",
    ];
    let mut desk = Desk::open();
    desk.line("/msg bob@a.test");
    desk.term.wait_for("Write to Bob");
    for (n, url) in refused.iter().enumerate() {
        desk.bob_says(&format!("{url} r{n}r"));
        desk.term.wait_for(&format!("r{n}r"));
    }
    desk.line("/open");
    desk.term.wait_for("there is no link in this chat");
    desk.term.send("\x15");
    desk.term.wait_for("Write to Bob");
    for (n, url) in opened.iter().enumerate() {
        desk.bob_says(&format!("{url}\no{n}o"));
        desk.term.wait_for(&format!("o{n}o"));
        desk.line("/open");
        desk.term.wait_for("Open this link?");
        let start: String = url.chars().take(14).collect();
        assert!(says(desk.term.screen(), &start), "{}", desk.term.screen().contents());
        if url.starts_with("xmpp:") {
            assert!(says(desk.term.screen(), "to do something"), "{}", desk.term.screen().contents());
        }
        if url.contains('@') && url.starts_with("https") {
            assert!(says(desk.term.screen(), "It leads to evil.test"), "{}", desk.term.screen().contents());
        }
        assert_eq!(desk.calls().len(), n, "not before a yes");
        desk.term.send("\r");
        desk.wait_for_calls(n + 1);
        desk.term.wait_until("the question is gone", |s| !s.contents().contains("Open this link?"));
    }
    // No is no.
    desk.line("/open");
    desk.term.wait_for("Open this link?");
    desk.term.send("n");
    desk.term.wait_until("the question is gone", |s| !s.contents().contains("Open this link?"));
    for call in desk.calls() {
        let (count, link) = call.split_once('|').unwrap();
        assert_eq!(count, "1", "one argument: {call}");
        let known = ["https://", "HTTPS://", "http://", "xmpp:", "mailto:"].iter().any(|s| link.starts_with(s));
        assert!(known && link.bytes().all(|b| b.is_ascii_graphic()), "{call}");
    }
    assert_eq!(desk.calls().len(), opened.len());
    let is_clean = |folder: &Path| !folder.join("pwned").exists();
    assert!(is_clean(desk.home.path()) && is_clean(Path::new(".")));
    desk.end();
    figure("S-64", "pty", &format!("{} links: 0 files made, {} refused", opened.len() + refused.len(), refused.len()));
}

#[test]
fn s43_addresses_and_links_that_pass_for_others_are_told() {
    let mut desk = Desk::open();
    desk.line("/add аlice@a.test");
    desk.term.wait_until("the contact to add", |s| says(s, "looks like alice@a.test and is not: written with U+0430"));
    desk.rogue.say("<presence type='subscribe' from='alicе@a.test'/>");
    desk.term.wait_until("the request", |s| says(s, "alicе@a.test looks like alice@a.test and is not"));
    desk.term.send("\x1br");
    desk.term.wait_for("asks to see");
    desk.term.wait_until("in the list", |s| says(s, "looks like alice@a.test and is not: written with U+0435"));
    desk.term.send("\x1b");
    desk.term.wait_until("the list is closed", |s| !s.contents().contains("asks to see"));
    desk.line("/msg carol@xn--pple-43d.test");
    desk.term.wait_until("the domain", |s| says(s, "is really xn--pple-43d.test: its letters pass for others"));
    desk.line("/msg аlicе@a.test");
    desk.term.wait_until("the conversation", |s| says(s, "U+0430, U+0435"));
    desk.line("/msg bob@a.test");
    desk.term.wait_for("Write to Bob");
    // In its own letters and encoded it is told what it stands for.
    for (link, seen) in [("https://аpple.com/1 one", "/1 one"), ("https://xn--pple-43d.com/2 two", "/2 two")] {
        desk.bob_says(link);
        desk.term.wait_for(seen);
        desk.line("/open");
        desk.term.wait_until("the link", |s| says(s, "is really xn--pple-43d.com: its letters pass for others"));
        desk.term.wait_until("its plain form", |s| says(s, &format!("https://xn--pple-43d.com{}", &seen[..2])));
        desk.term.send("\x1b");
        desk.term.wait_until("the question is gone", |s| !s.contents().contains("Open this link?"));
    }
    // Whoever is who they are is told nothing of.
    desk.line("/msg alice@a.test");
    desk.term.wait_for("Write to Alice");
    assert!(!desk.term.screen().contents().contains("alice@a.test looks like"), "{}", desk.term.screen().contents());
    desk.end();
    figure("S-43", "pty", "6 of 6 look-alikes told: a contact, a request, a domain, a conversation, two links");
}

/// Files are not built; what would fetch one by itself is tested to do nothing.
#[test]
fn s61_s67_nothing_is_fetched_and_nobody_is_called() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut desk = Desk::open();
    desk.line("/msg bob@a.test");
    desk.term.wait_for("Write to Bob");
    let mut offers = 0;
    for scheme in ["http", "https", "ftp", "gopher", "file", "aesgcm"] {
        let url = format!("{scheme}://127.0.0.1:{port}/x.png");
        for payload in [
            format!("<x xmlns='jabber:x:oob'><url>{url}</url></x>"),
            format!("<reference xmlns='urn:xmpp:reference:0' type='data' uri='{url}'/>"),
            format!(
                "<file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline'><sources><url-data xmlns='http://jabber.org/protocol/url-data' target='{url}'/></sources></file-sharing>"
            ),
            format!(
                "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:avatar:metadata'><item id='1'><metadata xmlns='urn:xmpp:avatar:metadata'><info bytes='1' id='1' type='image/png' url='{url}'/></metadata></item></items></event>"
            ),
            format!(
                "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'><img src='{url}'/></body></html>"
            ),
        ] {
            offers += 1;
            desk.rogue.say(&format!(
                "<message from='bob@a.test/x' to='me@a.test/here' type='chat'><body>{url} f{offers}f</body>{payload}</message>"
            ));
        }
    }
    desk.term.wait_for(&format!("f{offers}f"));
    // Calls: whoever accepted one would connect to a candidate.
    let host = format!("host='127.0.0.1' port='{port}'");
    let calls = [
        format!(
            "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='1'><content creator='initiator' name='f'><description xmlns='urn:xmpp:jingle:apps:file-transfer:5'/>\
             <transport xmlns='urn:xmpp:jingle:transports:s5b:1' sid='s'><candidate cid='c' {host} jid='bob@a.test/x' priority='1' type='direct'/></transport></content></jingle>"
        ),
        format!(
            "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='2'><content creator='initiator' name='a'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/>\
             <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'><candidate component='1' foundation='1' generation='0' id='i' ip='127.0.0.1' port='{port}' priority='1' protocol='tcp' type='host'/></transport></content></jingle>"
        ),
        format!("<query xmlns='http://jabber.org/protocol/bytestreams' sid='s' mode='tcp'><streamhost jid='bob@a.test/x' {host}/></query>"),
        "<open xmlns='http://jabber.org/protocol/ibb' sid='i' block-size='4096'/>".to_owned(),
        "<data xmlns='http://jabber.org/protocol/ibb' sid='i' seq='0'>eA==</data>".to_owned(),
        "<si xmlns='http://jabber.org/protocol/si' id='a' profile='http://jabber.org/protocol/si/profile/file-transfer'/>".to_owned(),
        format!("<query xmlns='jabber:iq:oob'><url>http://127.0.0.1:{port}/</url></query>"),
    ];
    for (n, call) in calls.iter().enumerate() {
        for from in ["bob@a.test/x", "eve@evil.test/x", "me@a.test/other"] {
            let id = format!("c{n}");
            desk.rogue.say(&format!("<iq type='set' id='{id}' from='{from}' to='me@a.test/here'>{call}</iq>"));
            let answer = desk.rogue.hear("the refusal", |s| s.name() == "iq" && s.attr("id") == Some(&id));
            assert_eq!((answer.attr("type"), answer.attr("to")), (Some("error"), Some(from)));
            // RFC 6120 §8.4: what is not served at all.
            let error = answer.get_child("error", "jabber:client").unwrap();
            assert_eq!(error.children().next().unwrap().name(), "service-unavailable");
        }
    }
    let came = listener.accept().map(|(_, who)| who);
    assert_eq!(came.unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "a connection was made");
    assert_eq!(desk.calls(), Vec::<String>::new());
    desk.end();
    figure("S-61", "pty", &format!("{offers} messages with links to fetch: 0 connections seen by the listener"));
    figure("S-67", "pty", &format!("{} calls from 3 senders: all refused, 0 connections", calls.len()));
}

#[test]
fn s69_a_form_that_asks_for_a_password_gets_none_by_itself() {
    let mut desk = Desk::open();
    let fields = [
        "<field type='text-private' var='password' label='Re-enter password'/>",
        "<field type='text-single' var='pass' label='Your password'/>",
        "<field type='text-single' var='username' label='Your name'/>",
        "<field type='hidden' var='FORM_TYPE'><value>jabber:iq:register</value></field>",
    ];
    let form = format!(
        "<query xmlns='jabber:iq:register'><instructions>Sign in again</instructions><password/><x xmlns='jabber:x:data' type='form'><title>Session expired</title>{}</x></query>",
        fields.concat()
    );
    desk.rogue.answer("g.a.test", "jabber:iq:register", &form);
    desk.line("/register g.a.test");
    desk.term.wait_for_box("Re-enter password");
    assert!(says(desk.term.screen(), "g.a.test"), "who asks is told: {}", desk.term.screen().contents());
    assert!(!desk.term.screen().contents().contains("••••") && !desk.term.screen().contents().contains("****"));
    desk.rogue.answer("g.a.test", "jabber:iq:register", "later");
    desk.term.send("\x13");
    let sent = desk.rogue.hear("the form", |s| s.attr("to") == Some("g.a.test") && s.attr("type") == Some("set"));
    assert!(!String::from(&sent).contains("secret"), "{}", String::from(&sent));
    desk.term.send("\x1b");
    desk.term.wait_until("the form is closed", |s| !s.contents().contains("Session expired"));
    desk.end();
    figure("S-69", "pty", "a form with 3 traps: 0 secrets filled in");
}
