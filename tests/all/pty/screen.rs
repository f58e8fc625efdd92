//! S-41, S-46 and S-49: what reaches the terminal beside the cells, and what happens in them.

use super::{
    harness::{Home, Plan, Term},
    ink::{self, Told},
    rogue::Rogue,
};
use crate::figures::figure;
use std::{fs, os::unix::fs::PermissionsExt};

const BOB: &str = "<query xmlns='jabber:iq:roster'><item jid='bob@a.test' name='Bob' subscription='both'/></query>";

/// Signed in, with Bob's chat open.
fn with_bob(size: (u16, u16), env: &[(&str, &str)]) -> (Rogue, Home, Term) {
    let rogue = Rogue::start();
    rogue.answer("", "jabber:iq:roster", BOB);
    let home = rogue.home();
    let mut term = Term::start(&home, &Plan { size, env, args: &["--log", "trace"], ..Plan::default() });
    term.wait_for("● online");
    term.wait_for("○ Bob");
    term.send("/msg bob@a.test\r");
    term.wait_for("Write to Bob");
    (rogue, home, term)
}

fn from_bob(inner: &str) -> String {
    format!("<message from='bob@a.test/x' to='me@a.test/here' type='chat'>{inner}</message>")
}

fn end(mut term: Term) -> Told {
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
    term.assert_restored();
    ink::read(&term.raw).unwrap()
}

#[test]
fn s49_what_is_pasted_is_never_obeyed() {
    let (mut rogue, _home, mut term) = with_bob((100, 30), &[]);
    let pastes = [
        "\n/quit\n",
        "/quit\r",
        "a\r\nb\r\n",
        "x\x1b[201~/quit\r",
        "x\x1b[201~\x11",
        "\x1b[201~\r\x1b[200~/quit\r",
        "\x03\x04\x1a\x11",
        "\x1b]52;c;?\x07",
        "\x1bOP\x1b[24~",
        "/disconnect\n\n",
        "\u{9b}31m\u{202e}",
    ];
    for (n, paste) in pastes.iter().enumerate() {
        term.send(&format!("\x1b[200~{paste}p{n}q\x1b[201~"));
        term.wait_for(&format!("p{n}q"));
        // The line is emptied by hand, several lines of it.
        term.send("\x1b[1;5F");
        term.send(&"\x7f".repeat(40));
        term.wait_for("Write to Bob");
    }
    term.send("typed\r");
    let sent = rogue.hear("what was typed", |s| s.get_child("body", "jabber:client").is_some());
    assert_eq!(sent.get_child("body", "jabber:client").unwrap().text(), "typed");
    // The program asks, unless it knows by now that the text has left.
    term.send("\x11");
    term.send("y");
    assert_eq!(term.wait_exit(), 0);
    assert_eq!(ink::read(&term.raw).unwrap().copies, Vec::<String>::new());
    assert!(rogue.heard().iter().all(|s| s.get_child("body", "jabber:client").is_none()), "nothing else was sent");
    figure("S-49", "pty", &format!("{} pastes: 0 obeyed, 0 sent", pastes.len()));
}

/// Title, bell, notification: only ours, plain, and at most 120 cells. No program is started for them.
#[test]
fn s41_s46_titles_and_notifications_are_plain() {
    let folder = tempfile::tempdir().unwrap();
    let called = folder.path().join("called");
    for program in ["notify-send", "xdg-open", "open", "gio", "dbus-send", "wslview"] {
        let path = folder.path().join(program);
        fs::write(&path, format!("#!/bin/bash\necho \"$0 $*\" >>'{}'\n", called.display())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let search = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let (rogue, home, mut term) = with_bob((120, 40), &[("PATH", &search)]);
    let texts = [
        "<a href='https://evil.test'>click</a>",
        "<img src='file:///etc/passwd'/>",
        "--help",
        "-u critical",
        "%n %s %1$n",
        "$(touch pwned) `id`",
        "a;b;1;4;50",
        "\u{9d}9;x\u{9c}\u{9b}31m\u{202e}gnp\u{200b}",
    ];
    let long = "long ".repeat(200);
    // The terminal lost the focus: now it may ring. What is typed after it is seen after it.
    term.send("\x1b[Oseen");
    term.wait_for("> seen");
    for (n, text) in texts.iter().chain([&long.as_str()]).enumerate() {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;");
        // The name goes into the title, the text into the notification.
        rogue.say(&format!(
            "<iq type='set' id='r{n}'><query xmlns='jabber:iq:roster'><item jid='bob@a.test' name='b{n}b {escaped}' subscription='both'/></query></iq>"
        ));
        term.wait_for(&format!("b{n}b"));
        // One ring a second is the most, so each has its own.
        let from = term.raw.len();
        rogue.say(&from_bob(&format!("<body>n{n}n {escaped}</body>")));
        term.wait_for(&format!("n{n}n"));
        term.wait_for_bytes(from, format!("]9;b{n}b").as_bytes());
        term.wait_for_bytes(from, format!("n{n}n").as_bytes());
        std::thread::sleep(std::time::Duration::from_millis(1010));
    }
    term.send("\x15");
    term.wait_until("the line is empty", |s| !s.contents().contains("> seen"));
    let told = end(term);
    assert_eq!(told.notifications.len(), texts.len() + 1);
    assert!(told.bells >= told.notifications.len(), "{}", told.bells);
    for words in told.titles.iter().chain(&told.notifications) {
        assert!(parlour::text::width(words) <= 120, "{words}");
    }
    assert!(
        told.notifications[0].contains("<a href='https://evil.test'>click</a>"),
        "plain text: {:?}",
        told.notifications[0]
    );
    assert!(told.titles.iter().any(|t| t.contains("b7b \\u{9d}9;x")), "{:?}", told.titles);
    assert_eq!(fs::read_to_string(&called).unwrap_or_default(), "", "no program is started");
    assert!(!home.path().join("pwned").exists());
    figure("S-46", "pty", &format!("{} texts: 0 markup, 0 arguments, 0 programs", texts.len() + 1));
}

/// The log has lines of its own alone, whatever strangers write.
#[test]
fn s41_the_log_is_plain() {
    let (rogue, home, mut term) = with_bob((120, 40), &[]);
    let texts = [
        "\u{9b}31m",
        "\u{9d}0;x\u{9c}",
        "\u{7f}\u{85}",
        "a\nERROR parlour: forged",
        "\u{2028}x",
        "\u{202e}y",
        "\u{90}tmux;\u{9c}",
        "\r\r",
    ];
    // The log takes the first line of a kind and counts the rest, so each has all of it.
    let all = texts.concat();
    for (n, text) in std::iter::once(all.as_str()).chain(texts).enumerate() {
        rogue.say(&from_bob(&format!("<body>{text}l{n}l</body><subject>{text}</subject><thread>{text}</thread>")));
        rogue.say(
            &format!("<iq type='get' id='{text}' from='eve@evil.test/{text}'><{n}odd xmlns='{text}'/></iq>")
                .replace(&format!("<{n}odd"), "<odd"),
        );
        rogue.say(&format!("<message from='eve@evil.test' type='error' id='x'><error type='{text}'><text>{text}</text></error></message>"));
        rogue.say(&format!("<presence from='bob@a.test/x' type='error'><error><text>{text}</text></error></presence>"));
        rogue.say(&format!(
            "<iq type='set' id='s{n}' from='eve@evil.test'><query xmlns='jabber:iq:roster'><item jid='e@e.test' name='{text}'/></query></iq>"
        ));
        term.wait_for(&format!("l{n}l"));
    }
    end(term);
    let log = fs::read_to_string(home.path().join("state/parlour/parlour.log")).unwrap();
    assert!(log.lines().count() > 5, "{log}");
    assert!(log.contains("more like it within a minute"), "{log}");
    let is_bad = |c: &char| (c.is_control() && *c != '\n') || matches!(c, '\u{202e}' | '\u{2028}');
    assert_eq!(log.chars().find(is_bad), None, "{log}");
    assert!(log.lines().all(|l| l.starts_with("20") || l.starts_with("   ")), "{log}");
    assert!(!log.contains("l0l"), "no body is in the log");
}

/// What the user's own surroundings say before there is a screen: paths, arguments, the config.
#[test]
fn s41_plain_lines_before_the_screen_are_plain() {
    let bad = "x\u{1b}]0;pwned\u{7}\u{9b}31m";
    let home = Home::new();
    let folder = home.path().join(bad);
    fs::create_dir_all(&folder).unwrap();
    let inside = |name: &str| folder.join(name).to_string_lossy().into_owned();
    fs::write(inside("theme.toml"), "[ui]\ntheme = \"pi\\u001b]0;x\\u0007nk\"\n").unwrap();
    fs::write(inside("key.toml"), "[accounts.\"a\\u001b[31m@b\"]\n").unwrap();
    fs::write(inside("raw.toml"), "[ui]\n\u{9b}31m = \"\u{9d}0;x\u{9c}\"\n").unwrap();
    fs::write(
        inside("command.toml"),
        "[accounts.\"a@b.test\"]\nhost = \"127.0.0.1\"\nport = 9\npassword_command = [\"no\\u001b]0;x\\u0007such\"]\n",
    )
    .unwrap();
    fs::create_dir(inside("a folder.toml")).unwrap();
    let long = format!("{bad}@b");
    let starts: [&[&str]; 9] = [
        &["--account", &long],
        &["--profile", bad],
        &[bad],
        &[&format!("--{bad}")],
        &["--config", &inside("theme.toml")],
        &["--config", &inside("key.toml")],
        &["--config", &inside("raw.toml")],
        &["--config", &inside("a folder.toml")],
        &["--log", &inside("no/such/folder")],
    ];
    for args in starts {
        let mut term = Term::start(&home, &Plan { args, ..Plan::default() });
        assert_ne!(term.wait_exit(), 0, "{args:?}");
        assert!(term.screen().contents().len() > 20, "it says why");
        // The library that reads the command line may colour its words.
        let told = String::from_utf8_lossy(&term.raw).into_owned();
        let inked = told.replace("\u{1b}[1m", "").replace("\u{1b}[4m", "");
        ink::read(inked.as_bytes()).unwrap_or_else(|e| panic!("{args:?}: {e}"));
        assert!(!told.contains("pwned\u{7}"));
    }
    let mut term = Term::start(&home, &Plan { args: &["--config", &inside("command.toml")], ..Plan::default() });
    term.wait_for_box("Password of a@b.test");
    let told = end(term);
    assert!(told.text.contains("no\\u{1b}]0;x"), "{}", told.text);
}
