//! S-40: whatever a server, a contact or a room writes into whatever field, the terminal is told nothing but what is ours.
//!
//! Each field gets each payload. The payload must be seen as a mark on the screen, so that a field that shows nothing
//! cannot pass; and all bytes that the program wrote are read by `ink`.

use super::{
    harness::{Home, Plan, Term},
    ink,
    rogue::{Login, Rogue},
};
use crate::figures::{figure, scale};
use std::cell::Cell;

/// What XML can carry and a terminal could obey (ESC itself cannot come over the wire), and how it is to be seen.
const PAYLOADS: &[(&str, &str)] = &[
    ("\u{9b}31mred", "\\u{9b}31mred"),
    ("\u{9d}52;c;aGFjaw==\u{9c}", "\\u{9d}52;c;aGFjaw==\\u{9c}"),
    ("\u{90}$q\u{9c}", "\\u{90}$q\\u{9c}"),
    ("\u{7f}\u{7f}\u{7f}", "\\u{7f}\\u{7f}\\u{7f}"),
    ("\u{85}next", "\\u{85}next"),
    ("\u{9b}2J", "\\u{9b}2J"),
    ("\u{9b}6n", "\\u{9b}6n"),
    ("\u{9b}c", "\\u{9b}c"),
    ("\u{9e}pm\u{9c}", "\\u{9e}pm\\u{9c}"),
    ("\u{9f}apc\u{9c}", "\\u{9f}apc\\u{9c}"),
    ("\u{98}sos\u{9c}", "\\u{98}sos\\u{9c}"),
    ("\u{8d}up", "\\u{8d}up"),
    ("\u{84}\u{88}", "\\u{84}\\u{88}"),
    ("\u{8e}\u{8f}", "\\u{8e}\\u{8f}"),
    ("\u{9a}id", "\\u{9a}id"),
    ("\u{80}\u{81}\u{99}", "\\u{80}\\u{81}\\u{99}"),
    ("\u{9b}?1049l", "\\u{9b}?1049l"),
    ("\u{9b}?1000h", "\\u{9b}?1000h"),
    ("\u{9d}0;title\u{9c}", "\\u{9d}0;title\\u{9c}"),
    ("\u{9d}8;;http://x\u{9c}", "\\u{9d}8;;http://x\\u{9c}"),
    ("\u{9d}9;note\u{9c}", "\\u{9d}9;note\\u{9c}"),
    ("\u{9d}777;notify;a;b\u{9c}", "\\u{9d}777;notify;a;b\\u{9c}"),
    ("\u{90}tmux;x\u{9c}", "\\u{90}tmux;x\\u{9c}"),
    ("\u{9b}8;50;50t", "\\u{9b}8;50;50t"),
    ("\u{9b}20l\u{96}\u{97}", "\\u{9b}20l\\u{96}\\u{97}"),
    ("\u{9b}1;1H\u{9b}K", "\\u{9b}1;1H\\u{9b}K"),
    ("\u{2028}line", "\\u{2028}line"),
    ("\u{202e}gnp.exe", "gnp.exe"),
    ("\u{2066}\u{feff}\u{200b}x\u{e0041}", "x"),
    ("\u{9b}!p\u{9b}>4;2m", "\\u{9b}!p\\u{9b}>4;2m"),
];

/// A payload under a number of its own, so that nothing older can be taken for it.
struct Poison {
    /// For the wire.
    text: String,
    /// The start of what must be seen: narrow columns cut the rest.
    seen: String,
}

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(0) };
    static FIELD: Cell<usize> = const { Cell::new(0) };
}

/// How many of the payloads a field leaves out between two.
fn step() -> usize {
    scale(3, 1)
}

/// The payloads of one field: all of them in a full run, else every third, each field beginning with another.
fn poisons() -> impl Iterator<Item = Poison> {
    let field = FIELD.replace(FIELD.get() + 1);
    PAYLOADS.iter().skip(field % step()).step_by(step()).map(|(text, mark)| {
        let number = NEXT.replace(NEXT.get() + 1);
        let start: String = mark.chars().take(6).collect();
        Poison { text: format!("q{number:03}{text}"), seen: format!("q{number:03}{start}") }
    })
}

/// How many payloads a field gets.
fn count() -> usize {
    PAYLOADS.len() / step()
}

/// A signed-in binary and its server.
struct Desk {
    rogue: Rogue,
    term: Term,
    _home: Home,
    fields: usize,
    /// The payload was seen already, before what showed it was closed.
    was_seen: bool,
}

impl Desk {
    fn open(prepare: impl FnOnce(&Rogue)) -> Self {
        let rogue = Rogue::start();
        prepare(&rogue);
        let home = rogue.home();
        let mut term = Term::start(&home, &Plan { size: (160, 50), args: &["--log", "trace"], ..Plan::default() });
        term.wait_for("● online");
        Self { rogue, term, _home: home, fields: 0, was_seen: false }
    }

    fn with_bob() -> Self {
        Self::open(|rogue| {
            let roster =
                "<query xmlns='jabber:iq:roster'><item jid='bob@a.test' name='Bob' subscription='both'/></query>";
            rogue.answer("", "jabber:iq:roster", roster);
        })
    }

    fn type_line(&mut self, line: &str) {
        self.term.send(line);
        self.term.wait_for(line.split(' ').next().unwrap());
        self.term.send("\r");
    }

    /// Waits until the payload is seen: for what is closed again.
    #[track_caller]
    fn see(&mut self, poison: &Poison) {
        self.term.wait_until(&poison.seen, |s| s.contents().contains(&poison.seen));
        self.was_seen = true;
    }

    /// Opens the service browser at an address, and closes it when it shows the text.
    fn look_into(&mut self, address: &str, poison: &Poison) {
        self.type_line(&format!("/disco {address}"));
        self.term.wait_for("Service discovery");
        self.see(poison);
        self.term.send("\x1b");
        self.term.wait_until("the browser is closed", |s| !s.contents().contains("Service discovery"));
    }

    /// Puts each payload into a field and waits until it is seen.
    #[track_caller]
    fn field(&mut self, name: &str, mut put: impl FnMut(&mut Self, &Poison)) {
        for poison in poisons() {
            put(self, &poison);
            if !std::mem::take(&mut self.was_seen) {
                self.term.wait_until(&format!("{name}: {}", poison.seen), |s| s.contents().contains(&poison.seen));
            }
        }
        self.check(name);
        self.fields += 1;
    }

    #[track_caller]
    fn check(&self, name: &str) {
        if let Err(why) = ink::read(&self.term.raw) {
            panic!("{name}: {why}");
        }
    }

    fn end(mut self, what: &str) {
        self.term.send("\x11");
        assert_eq!(self.term.wait_exit(), 0);
        self.check("the end");
        self.term.assert_restored();
        let words = format!("{} fields × {} payloads: 0 sequences that are not ours", self.fields, count());
        figure("S-40", what, &words);
    }
}

#[test]
fn s40_what_contacts_write() {
    let mut desk = Desk::with_bob();
    let message = |kind: &str, inner: &str| {
        format!("<message from='bob@a.test/x' to='me@a.test/here' type='{kind}'>{inner}</message>")
    };
    desk.field("roster name", |desk, poison| {
        let text = &poison.text;
        desk.rogue.say(&format!(
            "<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item jid='bob@a.test' name='{text}' subscription='both'/></query></iq>"
        ));
    });
    desk.field("group", |desk, poison| {
        let text = &poison.text;
        desk.rogue.say(&format!(
            "<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item jid='bob@a.test' name='Bob' subscription='both'><group>{text}</group></item></query></iq>"
        ));
    });
    desk.type_line("/msg bob@a.test");
    desk.term.wait_for("Write to");
    desk.field("status", |desk, poison| {
        let text = &poison.text;
        desk.rogue.say(&format!("<presence from='bob@a.test/x'><show>away</show><status>{text}</status></presence>"));
    });
    desk.field("body", |desk, poison| desk.rogue.say(&message("chat", &format!("<body>{}</body>", poison.text))));
    desk.field("subject", |desk, poison| {
        let text = &poison.text;
        desk.rogue.say(&message("normal", &format!("<subject>{text}</subject><body>b</body>")));
    });
    desk.field("fallback text", |desk, poison| {
        let text = &poison.text;
        let fallback = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'/>";
        desk.rogue.say(&message("chat", &format!("<body>{text}</body>{fallback}")));
    });
    desk.field("URL", |desk, poison| {
        let text = &poison.text;
        desk.rogue.say(&message("chat", &format!("<body>https://x.test/{text}</body>")));
    });
    desk.field("OOB description", |desk, poison| {
        let text = &poison.text;
        let oob = format!("<x xmlns='jabber:x:oob'><url>https://x.test/{text}</url><desc>{text}</desc></x>");
        desk.rogue.say(&message("chat", &format!("<body>{text}</body>{oob}")));
    });
    desk.field("error text", |desk, poison| {
        let text = &poison.text;
        desk.term.send("hello\r");
        let sent =
            desk.rogue.hear("the message", |s| s.name() == "message" && s.get_child("body", "jabber:client").is_some());
        let id = sent.attr("id").unwrap().to_owned();
        desk.rogue.say(&format!(
            "<message from='bob@a.test' to='me@a.test/here' type='error' id='{id}'><error type='cancel'>\
             <not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
             <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>{text}</text></error></message>"
        ));
    });
    desk.type_line("/msg a.test");
    desk.term.wait_for("Write to a.test");
    desk.field("message of the day", |desk, poison| {
        let text = &poison.text;
        desk.rogue.say(&format!(
            "<message from='a.test' type='headline'><subject>motd</subject><body>{text}</body></message>"
        ));
    });
    desk.end("contacts");
}

#[test]
fn s40_what_answers_say() {
    let mut desk = Desk::with_bob();
    let bob = |rogue: &Rogue, ns: &str, inner: &str| rogue.answer("bob@a.test", ns, inner);
    desk.type_line("/msg bob@a.test");
    desk.term.wait_for("Write to");
    desk.field("software version", |desk, poison| {
        let text = &poison.text;
        let ns = "jabber:iq:version";
        let said = format!("<query xmlns='{ns}'><name>{text}</name><version>{text}</version><os>{text}</os></query>");
        desk.rogue.answer("c@a.test/x", ns, &said);
        desk.type_line("/version c@a.test/x");
    });
    desk.field("answer's error text", |desk, poison| {
        let text = &poison.text;
        desk.rogue.answer("d@a.test/x", "jabber:iq:version", "later");
        desk.type_line("/version d@a.test/x");
        let asked = desk.rogue.hear("the question", |s| s.attr("to") == Some("d@a.test/x"));
        desk.rogue.say(&format!(
            "<iq type='error' id='{}' from='d@a.test/x'><error type='cancel'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
             <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>{text}</text></error></iq>",
            asked.attr("id").unwrap()
        ));
    });
    desk.field("vCard", |desk, poison| {
        let text = &poison.text;
        let card = format!("<vCard xmlns='vcard-temp'><FN>{text}</FN><DESC>{text}</DESC><URL>{text}</URL></vCard>");
        bob(&desk.rogue, "vcard-temp", &card);
        desk.type_line("/whois bob@a.test");
        desk.term.wait_for("Full name");
        desk.see(poison);
        desk.term.send("\x1b");
        desk.term.wait_until("the card is closed", |s| !s.contents().contains("Full name"));
    });
    let info = "http://jabber.org/protocol/disco#info";
    let items = "http://jabber.org/protocol/disco#items";
    desk.field("disco identity", |desk, poison| {
        let text = &poison.text;
        desk.rogue.answer(
            "s.a.test",
            info,
            &format!("<query xmlns='{info}'><identity category='server' type='im' name='{text}'/><feature var='{text}'/></query>"),
        );
        desk.rogue.answer("s.a.test", items, &format!("<query xmlns='{items}'/>"));
        desk.look_into("s.a.test", poison);
    });
    desk.field("disco item", |desk, poison| {
        let text = &poison.text;
        let item = format!("<query xmlns='{items}'><item jid='t.a.test' name='{text}' node='{text}'/></query>");
        desk.rogue.answer("s.a.test", items, &item);
        desk.look_into("s.a.test", poison);
    });
    desk.field("form", |desk, poison| {
        let text = &poison.text;
        desk.rogue.answer("g.a.test", "jabber:iq:register", &form(text));
        desk.type_line("/register g.a.test");
        desk.term.wait_for(&format!("field {}", &text[..4]));
        desk.see(poison);
        desk.term.send("\x1b");
        desk.term.wait_until("the form is closed", |s| !s.contents().contains("field q"));
    });
    desk.end("services");
}

/// A registration form with a text in all its parts.
fn form(text: &str) -> String {
    format!(
        "<query xmlns='jabber:iq:register'><instructions>{text}</instructions><x xmlns='jabber:x:data' type='form'><title>{text}</title>\
         <instructions>{text}</instructions><field type='text-single' var='{text}' label='field {text}'><desc>{text}</desc>\
         <value>{text}</value></field><field type='list-single' var='l' label='{text}'><option label='{text}'><value>{text}</value>\
         </option><value>{text}</value></field><field type='fixed'><value>{text}</value></field></x></query>"
    )
}

const PUBSUB: &str = "http://jabber.org/protocol/pubsub";
const ROOM: &str = "r@muc.a.test";

/// What the login and the connection itself say: one attempt after the other.
#[test]
fn s40_what_logins_say() {
    let rogue = Rogue::start();
    let home = Home::new().with_config(&rogue.account());
    let mut term = Term::start(&home, &Plan { size: (160, 50), ..Plan::default() });
    term.wait_for_box("Password of me@a.test");
    for poison in poisons() {
        rogue.set_login(Login::SaslFailure { condition: "not-authorized".into(), text: poison.text });
        term.send("wrong\r");
        term.wait_for_box(&poison.seen);
    }
    // The last password is good enough for a server that only ever says no in another way.
    rogue.set_login(Login::StreamError { text: "first".into() });
    term.send("some\r");
    term.wait_for("first");
    for poison in poisons() {
        rogue.set_login(Login::StreamError { text: poison.text.clone() });
        term.send("/reconnect\r");
        term.wait_until(&poison.seen, |s| s.contents().contains(&poison.seen));
    }
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0);
    ink::read(&term.raw).unwrap();
    figure("S-40", "login", &format!("2 fields × {} payloads: 0 sequences that are not ours", count()));
}

/// Certificates carry any bytes: also ESC, which XML cannot.
#[test]
fn s40_what_certificates_say() {
    let names = [
        "\u{1b}[31mred",
        "\u{1b}]0;title\u{7}",
        "\u{1b}]52;c;eA==\u{7}",
        "\u{1b}c",
        "a\u{7f}\u{8}\u{d}b",
        "\u{1b}P$q\u{1b}\\",
    ];
    for name in names {
        let rogue = Rogue::with_names(&format!("cn{name}"), &format!("san{name}"));
        let home = rogue.home();
        let mut term = Term::start(&home, &Plan { size: (160, 50), ..Plan::default() });
        let is_seen = |s: &vt100::Screen| {
            let shown = s.contents();
            shown.contains("should be for a.test") && (shown.contains("san\\u{") || shown.contains("sana\\u{"))
        };
        term.wait_until(&format!("the names of {name:?}"), is_seen);
        term.send("\x11");
        assert_eq!(term.wait_exit(), 0);
        ink::read(&term.raw).unwrap();
    }
    figure("S-40", "certificates", &format!("2 fields × {} payloads: 0 sequences that are not ours", names.len()));
}

/// The form of a server where one makes an account, and its no.
#[test]
fn s40_what_registrations_say() {
    let rogue = Rogue::start();
    let all: Vec<Poison> = poisons().collect();
    for list in all.chunks(5) {
        let all = |f: fn(&Poison) -> &str| list.iter().map(f).collect::<Vec<_>>().join(" ");
        let refusal = list[4].text.clone();
        let form = format!(
            "<query xmlns='jabber:iq:register'><instructions>{}</instructions><username/><password/></query>",
            all(|p| &p.text)
        );
        rogue.set_login(Login::Registration { form, refusal });
        let home = Home::new();
        let mut term = Term::start(&home, &Plan { size: (160, 50), ..Plan::default() });
        term.wait_for("no keyring");
        let steps = register_at(&rogue);
        for step in &steps {
            term.send(step);
        }
        for poison in list {
            term.wait_until(&poison.seen, |s| s.contents().contains(&poison.seen));
        }
        term.send("\x11");
        assert_eq!(term.wait_exit(), 0);
        ink::read(&term.raw).unwrap();
    }
    figure("S-40", "registration", &format!("1 field × {} payloads: 0 sequences that are not ours", count()));
}

/// The keys that ask a server on this port for a new account.
fn register_at(rogue: &Rogue) -> Vec<String> {
    // Mode → register; the address; the fields that few need; host, port, direct TLS, CA file; and go.
    let ca = rogue.ca_file().to_string_lossy().into_owned();
    [
        "\x1b[Z",
        " ",
        "\t",
        "me@a.test",
        "\t",
        " ",
        "\t",
        "127.0.0.1",
        "\t",
        &rogue.port.to_string(),
        "\t",
        " ",
        "\t",
        &ca,
        "\x13",
    ]
    .map(str::to_owned)
    .into()
}

#[test]
fn s40_what_rooms_say() {
    let mut desk = Desk::with_bob();
    desk.type_line(&format!("/join {ROOM}"));
    desk.rogue.admit(ROOM, "");
    desk.term.wait_for("first topic");
    let occupant = |nick: &str, inner: &str| {
        format!(
            "<presence from='{ROOM}/{nick}' to='me@a.test/here'>{inner}<x xmlns='http://jabber.org/protocol/muc#user'>\
             <item affiliation='none' role='participant'/></x></presence>"
        )
    };
    desk.field("topic", |desk, poison| {
        let text = &poison.text;
        let subject = format!("<subject>{text}</subject>");
        desk.rogue.say(&format!("<message from='{ROOM}/eve' to='me@a.test/here' type='groupchat'>{subject}</message>"));
    });
    desk.field("room message", |desk, poison| {
        let text = &poison.text;
        let body = format!("<body>{text}</body>");
        desk.rogue.say(&format!("<message from='{ROOM}/eve' to='me@a.test/here' type='groupchat'>{body}</message>"));
    });
    desk.field("kick reason", |desk, poison| {
        let text = &poison.text;
        let kicked = occupant("gone", "").replace("<presence ", "<presence type='unavailable' ").replace(
            "<item affiliation='none' role='participant'/>",
            &format!("<item affiliation='none' role='none'><actor nick='eve'/><reason>{text}</reason></item><status code='307'/>"),
        );
        desk.rogue.say(&(occupant("gone", "") + &kicked));
    });
    desk.field("occupant's status", |desk, poison| {
        let text = &poison.text;
        let status = format!("<status>{text}</status>");
        desk.rogue.say(&occupant("eve", &status));
        desk.term.wait_for(&text[..4]);
        desk.type_line("/whois eve");
        desk.term.wait_for("Nickname      eve");
        desk.see(poison);
        desk.term.send("\x1b");
        desk.term.wait_until("the card is closed", |s| !s.contents().contains("Nickname      eve"));
    });
    // Controls are not allowed in a nickname: who has one is not there at all. Who comes next is.
    for poison in poisons() {
        let honest = format!("ok{}", &poison.text[1..4]);
        desk.rogue.say(&(occupant(&poison.text, "") + &occupant(&honest, "")));
        desk.term.wait_for(&honest);
    }
    desk.check("nick");
    desk.fields += 1;
    desk.field("room name", |desk, poison| {
        let text = &poison.text;
        let info = "http://jabber.org/protocol/disco#info";
        let room = format!("n{}@muc.a.test", &text[1..4]);
        desk.rogue.answer(
            &room,
            info,
            &format!("<query xmlns='{info}'><identity category='conference' type='text' name='{text}'/></query>"),
        );
        desk.type_line(&format!("/join {room}"));
        desk.rogue.admit(&room, "");
        desk.see(poison);
        desk.type_line("/part");
        desk.term.wait_for("first topic");
    });
    desk.end("rooms");
}

#[test]
fn s40_what_strangers_ask() {
    let bookmarks: Vec<Poison> = poisons().collect();
    let item = |p: &Poison| {
        let conference = format!("<conference xmlns='urn:xmpp:bookmarks:1' name='{}'/>", p.text);
        format!("<item id='b{}@muc.a.test'>{conference}</item>", &p.text[1..4])
    };
    let items: String = bookmarks.iter().map(item).collect();
    let mut desk = Desk::open(|rogue| rogue.answer("", PUBSUB, "later"));
    desk.type_line("/msg bob@a.test");
    desk.term.wait_for("Write to");
    let asked = desk.rogue.hear("the question for bookmarks", |s| s.get_child("pubsub", PUBSUB).is_some());
    let id = asked.attr("id").unwrap();
    let node = format!("<pubsub xmlns='{PUBSUB}'><items node='urn:xmpp:bookmarks:1'>{items}</items></pubsub>");
    // What is said after it is seen after it.
    let after = "<message from='bob@a.test/x' type='chat'><body>after the bookmarks</body></message>";
    desk.rogue.say(&format!("<iq type='result' id='{id}'>{node}</iq>{after}"));
    desk.term.wait_for("after the bookmarks");
    for poison in &bookmarks {
        desk.term.send("\x0b");
        desk.term.wait_for("Go to");
        desk.term.send(&poison.text[..4]);
        let seen = |s: &vt100::Screen| s.contents().contains(&poison.seen);
        desk.term.wait_until(&format!("bookmark name: {}", poison.seen), seen);
        desk.term.send("\x1b");
        desk.term.wait_until("the list is closed", |s| !s.contents().contains("Go to"));
    }
    desk.check("bookmark name");
    desk.fields += 1;
    desk.field("request's text", |desk, poison| {
        let text = &poison.text;
        let from = format!("w{}@a.test", &text[1..4]);
        desk.rogue.say(&format!("<presence type='subscribe' from='{from}'><status>{text}</status></presence>"));
        desk.term.wait_for(&from);
        desk.term.send("\x1br");
        desk.term.wait_for("asks to see");
        desk.see(poison);
        desk.term.send("\x1b");
        desk.term.wait_until("the list is closed", |s| !s.contents().contains("asks to see"));
        desk.type_line(&format!("/deny {from}"));
        desk.term.wait_until("the request is gone", |s| !s.contents().contains("REQUESTS"));
    });
    desk.end("requests");
}
