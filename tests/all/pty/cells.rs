//! S-42 to S-48: what hostile text does to the cells around it. Nothing: the frame, the clock, the names and the lines of
//! others stay what they were, also in a terminal that counts cells in its own, simpler way.

use super::{
    harness::{Home, Plan, Term},
    ink::{self, Told},
    rogue::Rogue,
};
use crate::figures::figure;
use crate::uncertain::KINDS;
use base64::Engine as _;

const ROOM: &str = "r@muc.a.test";
const BOB: &str = "<query xmlns='jabber:iq:roster'><item jid='bob@a.test' name='Bob' subscription='both'/></query>";

/// A signed-in binary that warns of nothing: the password comes from a command.
struct Desk {
    rogue: Rogue,
    term: Term,
    _home: Home,
}

/// A cell of the frame: row, column, what it shows.
type Cell = (u16, u16, String);

impl Desk {
    fn open(size: (u16, u16)) -> Self {
        let rogue = Rogue::start();
        rogue.answer("", "jabber:iq:roster", BOB);
        let home = Home::new().with_config(&format!("{}password_command = [\"echo\", \"secret\"]\n", rogue.account()));
        let mut term = Term::start(&home, &Plan { size, ..Plan::default() });
        term.wait_until("it is online", |s| s.contents().contains(if size.0 < 60 { "●" } else { "● online" }));
        Self { rogue, term, _home: home }
    }

    fn with_bob(size: (u16, u16)) -> Self {
        let mut desk = Self::open(size);
        desk.term.send("/msg bob@a.test\r");
        desk.term.wait_for("Write to Bob");
        desk
    }

    fn in_room(size: (u16, u16)) -> Self {
        let mut desk = Self::open(size);
        desk.term.send(&format!("/join {ROOM}\r"));
        desk.rogue.admit(ROOM, "");
        desk.term.wait_for("Write to #r");
        desk
    }

    fn bob_says(&mut self, inner: &str) {
        self.rogue.say(&format!("<message from='bob@a.test/x' to='me@a.test/here' type='chat'>{inner}</message>"));
    }

    fn room_says(&mut self, nick: &str, body: &str) {
        self.rogue.say(&format!(
            "<message from='{ROOM}/{nick}' to='me@a.test/here' type='groupchat'><body>{body}</body></message>"
        ));
    }

    fn comes(&mut self, nick: &str) {
        self.rogue.say(&format!(
            "<presence from='{ROOM}/{nick}' to='me@a.test/here'><x xmlns='http://jabber.org/protocol/muc#user'>\
             <item affiliation='none' role='participant'/></x></presence>"
        ));
    }

    fn rows(&self) -> Vec<String> {
        let screen = self.term.screen();
        screen.rows(0, screen.size().1).collect()
    }

    /// The same without the blanks at the ends: what was erased counts as what was written blank.
    fn trimmed_rows(&self) -> Vec<String> {
        self.rows().iter().map(|row| row.trim_end().to_owned()).collect()
    }

    /// What stands in one cell.
    fn cell(&self, row: u16, col: u16) -> String {
        self.term.screen().cell(row, col).map(|c| c.contents().to_owned()).unwrap_or_default()
    }

    /// The lines that the screen is divided by.
    fn frame(&self) -> Vec<Cell> {
        let (rows, cols) = self.term.screen().size();
        let all = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
        let cells = all.map(|(row, col)| (row, col, self.cell(row, col)));
        // News come and go over the first rows.
        let cells = cells.filter(|(row, ..)| *row > 6);
        cells.filter(|(_, _, c)| !c.is_empty() && "│─┌┐└┘├┤┬┴┼".contains(c.as_str())).collect()
    }

    #[track_caller]
    fn assert_frame(&self, frame: &[Cell], what: &str) {
        let lost: Vec<&Cell> = frame.iter().filter(|(row, col, c)| self.cell(*row, *col) != *c).collect();
        assert!(lost.is_empty(), "{what:?}: {lost:?}\n{}", self.term.screen().contents());
    }

    fn end(mut self) -> Told {
        self.term.send("\x11");
        assert_eq!(self.term.wait_exit(), 0, "{}", self.term.screen().contents());
        self.term.assert_restored();
        ink::read(&self.term.raw).unwrap()
    }
}

/// Where a text begins on the screen: row and column.
fn find(rows: &[String], text: &str) -> (usize, usize) {
    let row = rows.iter().position(|r| r.contains(text)).unwrap_or_else(|| panic!("{text} in\n{}", rows.join("\n")));
    (row, rows[row].split(text).next().unwrap().chars().count())
}

#[test]
fn s42_bidi_and_zero_width_move_nothing() {
    let mut desk = Desk::in_room((120, 36));
    let frame = desk.frame();
    assert!(frame.len() > 50);
    let texts = [
        "\u{202e}gnp.exe",
        "unclosed \u{202e}RLO and \u{2067}RLI",
        "\u{2066}\u{2067}\u{2068}never closed",
        "closed too often\u{2069}\u{2069}\u{202c}\u{202c}",
        "\u{200f}\u{200e}\u{61c}marks",
        "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}zero",
        "a\u{200d}\u{200d}\u{200d}\u{200d}b",
        "\u{e0041}\u{e0042}\u{e007f}tags",
        "v\u{fe0f}\u{fe0e}\u{fe00}\u{fe01}s",
        "\u{202a}\u{202b}\u{202d}embedded",
        "\u{180e}\u{34f}\u{115f}\u{1160}fillers",
        "שלום hello עולם 123",
        "\u{ad}so\u{ad}ft",
        "two\n\u{202e}lines\nof it",
    ];
    for (n, text) in texts.iter().enumerate() {
        desk.room_says("eve", &format!("{text} b{n}b"));
        desk.term.wait_for(&format!("b{n}b"));
        // Who comes next is drawn as if nobody had written such things.
        desk.room_says("bob", &format!("plain a{n}a"));
        desk.term.wait_for(&format!("plain a{n}a"));
        let rows = desk.rows();
        let (row, col) = find(&rows, &format!("plain a{n}a"));
        let line: Vec<char> = rows[row].chars().collect();
        let head: String = line[col - 17..col].iter().collect();
        assert_eq!((&head[2..3], head[5..].trim()), (":", "bob"), "{head:?} after {text:?}");
        desk.assert_frame(&frame, text);
    }
    // Nicknames: the column, the list of people, and the lines of others.
    for (n, nick) in ["n\u{202e}exe", "n\u{2067}rli", "n\u{200b}\u{feff}z", "n\u{e0041}t"].iter().enumerate() {
        let nick = format!("{nick}{n}");
        desk.comes(&nick);
        desk.room_says(&nick, &format!("said c{n}c"));
        desk.term.wait_for(&format!("said c{n}c"));
        desk.room_says("bob", &format!("plain d{n}d"));
        desk.term.wait_for(&format!("plain d{n}d"));
        desk.assert_frame(&frame, &nick);
    }
    desk.end();
    figure("S-42", "pty", &format!("{} texts, 4 nicknames: 0 cells of others changed", texts.len()));
}

/// Texts whose cells programs count differently.
const LIES: &[&str] = &[
    "👨\u{200d}👩\u{200d}👧\u{200d}👦",
    "❤\u{fe0f}❤\u{fe0e}☎\u{fe0f}",
    "🇩🇪🇩🇪🇩",
    "1\u{fe0f}\u{20e3}#\u{fe0f}\u{20e3}",
    "👍🏽👍🏿",
    "宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽",
    "①②③αβγ─═±",
    "क्षि த்ரி ကျွန်ုပ်",
    "﷽﷽﷽",
    "ᄀ\u{1161}\u{11a8}ᄀ\u{1161}",
    "\tx\ty",
    "\u{3164}\u{115f}\u{2800}x",
    "ｶﾞｷﾞ",
    "\u{e000}\u{f8ff}\u{10fffd}",
    "🏴\u{e0067}\u{e0062}\u{e007f}",
    "Z\u{334}\u{335}\u{336}\u{337}\u{338}\u{489}\u{20dd}\u{1ab0}\u{1dc0}\u{fe20}\u{301}",
    "\u{301}\u{302}alone",
    "⚠️⏱️🅰️",
    "\u{1f1e6}",
    "𒐫𒈙꧅",
];

#[test]
fn s44_width_lies() {
    let mut desk = Desk::in_room((120, 36));
    let frame = desk.frame();
    let mut count = 0;
    for (n, text) in LIES.iter().enumerate() {
        for (m, body) in [(*text).to_owned(), text.repeat(30), format!("{}{text}", "x".repeat(53))].iter().enumerate() {
            desk.room_says("eve", &format!("{body} b{n}b{m}"));
            desk.term.wait_for(&format!("b{n}b{m}"));
            desk.assert_frame(&frame, body);
            count += 1;
        }
        let nick = format!("{n}{}", text.replace('\t', ""));
        desk.comes(&nick);
        desk.room_says(&nick, &format!("said c{n}c"));
        desk.term.wait_for(&format!("said c{n}c"));
        desk.assert_frame(&frame, &nick);
        count += 1;
    }
    desk.term.send("/topic\x15");
    for (n, text) in LIES.iter().enumerate() {
        desk.rogue.say(&format!(
            "<message from='{ROOM}/eve' to='me@a.test/here' type='groupchat'><subject>t{n}t {}</subject></message>",
            text.repeat(40)
        ));
        desk.term.wait_for(&format!("t{n}t"));
        desk.assert_frame(&frame, text);
        count += 1;
    }
    desk.end();
    figure("S-44", "pty", &format!("{count} texts, nicknames and topics: 0 border cells overwritten"));
}

/// A name that shows nothing would let its owner's words pass for somebody else's.
#[test]
fn s44_a_name_without_a_visible_cell_is_an_address() {
    let mut desk = Desk::with_bob((120, 36));
    for name in ["\u{3164}", "\u{200b}\u{feff}", " ", "\u{2800}\u{2800}", "\u{202e}", "\u{ad}", "\u{115f}", "\u{e0041}"]
    {
        desk.rogue.say(&format!(
            "<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item jid='bob@a.test' name='{name}' subscription='both'/></query></iq>"
        ));
        desk.term.wait_for("Write to bob@a.test");
        desk.rogue.say("<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item jid='bob@a.test' name='Bob' subscription='both'/></query></iq>");
        desk.term.wait_for("Write to Bob");
    }
    desk.end();
}

#[test]
fn s45_no_line_is_forged() {
    let breaks =
        ["\n", "\r", "\r\n", "\u{2028}", "\u{2029}", "\u{85}", "\n\n", "\n\u{202e}\n", "\n> ", "\n```\n", "\t"];
    // A time that no honest line of this test can have.
    let clock = (chrono::Utc::now() + chrono::TimeDelta::hours(6)).format("%H:%M").to_string();
    let [columns, plain] = [format!("{clock} bob        yes, send it"), format!("{clock} <bob> yes, send it")];
    let lines = [columns.as_str(), plain.as_str(), "──── Sun 1 March 2020 ────"];
    for size in [(120, 36), (50, 30), (40, 16)] {
        let mut desk = Desk::in_room(size);
        let honest = "q7q";
        desk.room_says("eve", honest);
        desk.term.wait_for(honest);
        // Where a line of the chat begins: at the clock where there is room for one, else at the name.
        let rows = desk.rows();
        let (row, _) = find(&rows, honest);
        let has_clock = rows[row].contains(':');
        for (n, (between, line)) in breaks.iter().flat_map(|b| lines.iter().map(move |l| (b, l))).enumerate() {
            let between = between.replace('\r', "&#13;").replace('>', "&gt;");
            let line = line.replace('<', "&lt;");
            desk.room_says("eve", &format!("hi{between}{line} e{n}e"));
            desk.term.wait_for(&format!("e{n}e"));
            for row in desk.rows() {
                let (_, chat) = row.split_once('│').unwrap_or(("", &row));
                let begins = chat.trim_start_matches(' ');
                let indent = chat.chars().count() - begins.chars().count();
                let is_forged = (begins.starts_with(&clock) && indent < if has_clock { 10 } else { 2 })
                    || (begins.starts_with("────") && begins.contains("2020") && indent < 2);
                assert!(!is_forged, "{size:?} {between:?}: {row:?}\n{}", desk.term.screen().contents());
            }
        }
        desk.end();
    }
    figure(
        "S-45",
        "pty",
        &format!("{} forgeries in 3 sizes: 0 passed for a line of their own", breaks.len() * lines.len()),
    );
}

#[test]
fn s47_only_the_user_copies() {
    let mut desk = Desk::with_bob((120, 36));
    for (n, text) in [
        "\u{9d}52;c;aGFjaw==\u{9c}",
        "\u{9d}52;c;?\u{9c}",
        "\u{9d}52;p;aGFjaw==\u{7f}",
        "]52;c;aGk=",
        "copy this: \u{9d}52;;?\u{9c}",
    ]
    .iter()
    .enumerate()
    {
        desk.bob_says(&format!("<subject>{text}</subject><body>{text} b{n}b</body>"));
        desk.term.wait_for(&format!("b{n}b"));
    }
    desk.bob_says("<body>take \u{9b}31m this\nand that</body>");
    desk.term.wait_for("and that");
    desk.term.send("/copy\r");
    desk.term.wait_for("sent to the terminal");
    let told = desk.end();
    let plain = base64::engine::general_purpose::STANDARD.encode("take 31m this\nand that");
    assert_eq!(told.copies, [format!("c;{plain}")]);
    figure("S-47", "pty", "5 texts: 0 copies but the user's own, 0 queries");
}

#[test]
fn s48_actions_quotes_styles_and_xhtml() {
    let mut desk = Desk::with_bob((120, 36));
    let frame = desk.frame();
    let xhtml = [
        "<p>SMUGGLED</p>",
        "<script>SMUGGLED</script>",
        "<style>SMUGGLED</style>",
        "<img src='https://evil.test/SMUGGLED.png' alt='SMUGGLED'/>",
        "<a href='javascript:SMUGGLED'>SMUGGLED</a>",
        "<p onclick='x' style='position:fixed;SMUGGLED'>SMUGGLED</p>",
        "<iframe src='file:///SMUGGLED'>SMUGGLED</iframe>",
        "<object>SMUGGLED</object>",
        "<form><input value='SMUGGLED'/></form>",
    ];
    for (n, html) in xhtml.iter().enumerate() {
        let html = format!(
            "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>{html}</body></html>"
        );
        let body = format!("<body>what is said x{n}x</body>");
        desk.bob_says(&if n % 2 == 0 { format!("{html}{body}") } else { format!("{body}{html}") });
        desk.term.wait_for(&format!("what is said x{n}x"));
    }
    // Without a body there is nothing to say.
    desk.bob_says("<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>SMUGGLED</body></html>");
    // An action names who acts; what a quote, a style or a block leaves open ends with its message.
    for (n, body) in [
        "/me is\n12:00 Bob: me too",
        "*never closed",
        "`code *and",
        "```\nnever closed",
        "> > > > > > > > > > > > deep",
        "/me",
        "_/me_ x",
        "~~~~~",
    ]
    .iter()
    .enumerate()
    {
        desk.bob_says(&format!("<body>{} m{n}m</body>", body.replace('>', "&gt;")));
        desk.bob_says(&format!("<body>plain p{n}p</body>"));
        desk.term.wait_for(&format!("plain p{n}p"));
        let (row, col) = find(&desk.rows(), &format!("plain p{n}p"));
        let cell = desk.term.screen().cell(row.try_into().unwrap(), col.try_into().unwrap()).unwrap();
        assert!(!cell.bold() && !cell.italic() && !cell.underline(), "{body}");
        desk.assert_frame(&frame, body);
    }
    let told = desk.end();
    assert!(!told.text.contains("SMUGGLED"));
    assert!(told.notifications.iter().chain(&told.titles).all(|t| !t.contains("SMUGGLED")));
    figure("S-48", "pty", &format!("{} messages with XHTML: the body alone is shown", xhtml.len()));
}

/// S-42, S-44: what one writes changes nothing of what others write afterwards: the screen is what it is after Ctrl-L.
#[test]
fn s42_the_screen_is_what_it_is_after_ctrl_l() {
    let mut desk = Desk::in_room((80, 24));
    for (n, text) in KINDS.iter().enumerate() {
        desk.room_says("eve", &format!("{text} and {text}"));
        desk.room_says(&format!("eve{n}{text}"), &format!("{text}said"));
        desk.rogue.say(&format!(
            "<message from='{ROOM}/eve' to='me@a.test/here' type='groupchat'><subject>{text} {n}</subject></message>"
        ));
        for line in 0..3 {
            desk.room_says("bob", &format!("pay 100 now {n}.{line}"));
        }
        desk.term.wait_for(&format!("pay 100 now {n}.2"));
        // What is typed and erased leaves nothing either.
        desk.term.send(text);
        desk.term.send(&"\x7f".repeat(text.chars().count() / 2));
        desk.term.send("\x15mark");
        desk.term.wait_for("> mark");
        desk.term.send("\x15");
        desk.term.wait_for("> ");
        desk.term.wait_until("an empty line", |s| !s.contents().contains("> mark"));
        let before = desk.trimmed_rows();
        let from = desk.term.raw.len();
        desk.term.send("\x0c");
        desk.term.wait_for_bytes(from, b"\x1b[2J");
        let erased = from + desk.term.raw[from..].windows(4).position(|w| w == b"\x1b[2J").unwrap();
        desk.term.wait_for_bytes(erased, b"\x1b[?2026l");
        assert_eq!(before, desk.trimmed_rows(), "{text:?}");
        assert!(before.iter().any(|row| row.contains(&format!("pay 100 now {n}.2"))), "{before:#?}");
    }
    figure("S-44", "pty, redrawn", &format!("{} texts as message, name, topic and typed: 0 cells differ", KINDS.len()));
    drop(desk.end());
}
