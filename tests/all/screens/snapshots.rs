//! Screens as they are. `INSTA_UPDATE=always cargo test` writes them anew; look at each before it is kept.

use super::desk::{account_id, bare, chat_id, desk, hints, jid, textbox, verona};
use super::{draw_with, lines, show};
use parlour::model::*;
use parlour::state::State;
use parlour::state::composer::{Completion, TextBox};
use parlour::state::console::ConsoleView;
use parlour::state::focus::Pane;
use parlour::state::overlays::*;
use parlour::state::toasts::{Severity, Toast};
use parlour::ui::Memo;

const SIZES: [(u16, u16); 3] = [(40, 12), (80, 24), (140, 40)];

/// One snapshot for each size.
pub fn snap(name: &str, state: &State) {
    for (w, h) in SIZES {
        insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots" }, {
            insta::assert_snapshot!(format!("{name}_{w}x{h}"), show(state, w, h));
        });
    }
}

pub fn on_top(overlay: Overlay, keys: &[(&str, &str)]) -> State {
    let mut state = desk();
    state.overlays.push(overlay);
    state.hints = hints(keys);
    state
}

#[test]
fn main_screen() {
    snap("main", &desk());
}

#[test]
fn main_screen_in_ascii() {
    let mut state = desk();
    state.timelines.list[0].messages.retain(|m| m.body.raw().is_ascii());
    state.chats.by_id.remove(&chat_id("friends@verona.lit"));
    let room = state.rooms.entry(&account_id(), &bare("verona-plaza@rooms.montague.lit"));
    room.remove("罗瑟琳");
    room.subject = "no duels".into();
    let (buffer, _) = draw_with(&state, 140, 40, Glyphs::Ascii, &mut Memo::default());
    for line in lines(&buffer) {
        assert!(line.is_ascii(), "{line}");
    }
}

#[test]
fn one_to_one_with_trouble() {
    let mut state = desk();
    state.chats.current = Some(chat_id("juliet@capulet.lit"));
    state.composer = parlour::state::composer::Composer::default();
    let retry_at = state.now.plus(std::time::Duration::from_secs(12));
    let reason = DownReason::LinkLost("connection reset by peer".into());
    state.accounts.list[0].conn = ConnState::Waiting { reason, retry_at };
    snap("trouble", &state);
}

#[test]
fn nothing_open() {
    let mut state = desk();
    state.chats.current = None;
    state.composer = parlour::state::composer::Composer::default();
    snap("welcome", &state);
}

#[test]
fn composing() {
    let mut state = desk();
    state.composer.text = textbox("/invite nur");
    state.composer.error = Some(("nur is no address; did you mean nurse@capulet.lit?".into(), 8..11));
    let item = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let items = vec![
        item("nurse@capulet.lit", "Nurse"),
        item("nurse-maid@capulet.lit", "in this room"),
        item("nun@cell.lit", ""),
    ];
    state.composer.completion = Some(Completion { items, selected: 1, start: 8, end: 11 });
    let toast = |severity, text: &str| Toast { severity, text: text.into(), until: None };
    state.toasts.list = vec![
        toast(Severity::Info, "juliet is online"),
        toast(
            Severity::Error,
            "Could not invite peter@capulet.lit: the server said forbidden. Ask a moderator of the room, then try again.",
        ),
    ];
    state.focus.pane = Pane::Composer;
    snap("composing", &state);
}

#[test]
fn a_long_paste_asks() {
    let mut state = desk();
    state.composer.text = TextBox::default();
    state.composer.pending_paste = Some("line\n".repeat(14));
    let shown = show(&state, 80, 24);
    assert!(shown.contains("! 14 lines pasted, not sent  t as text  c as a code block  Esc drop"), "{shown}");
}

#[test]
fn drawers_and_selection() {
    let mut state = desk();
    state.sidebar.is_toggled = true;
    state.focus.pane = Pane::Sidebar;
    state.sidebar.selected = 7;
    snap("sidebar_toggled", &state);
    let mut state = desk();
    state.rooms.is_people_toggled = true;
    state.focus.pane = Pane::People;
    state.timelines.list[0].selected = Some(RowId(10));
    snap("people_toggled", &state);
}

fn row(mark: RowMark, label: &str, matched: &[u32], detail: &str, right: &str) -> PickerRow {
    PickerRow {
        mark,
        label: label.into(),
        matched: matched.to_vec(),
        detail: detail.into(),
        right: right.to_owned(),
        disabled: None,
        help: String::new(),
        choice: Choice::Run(String::new()),
    }
}

#[test]
fn switcher() {
    let rows = vec![
        row(RowMark::Room, "verona-plaza", &[0, 1, 2], "rooms.montague.lit", "@1 14"),
        row(RowMark::Person(Availability::Online), "Oliver", &[3, 4, 5], "oliver@arden.lit", "12:40"),
        row(RowMark::Room, "server-admins", &[3, 4, 5], "rooms.example.org", "joined"),
        row(RowMark::New, "join #ver@rooms.montague.lit", &[], "", "new room"),
        row(RowMark::New, "chat with ver@montague.lit", &[], "", "new chat"),
    ];
    let picker = Picker {
        kind: PickerKind::Switch,
        input: textbox("ver"),
        is_typed: true,
        rows,
        total: 212,
        selected: 0,
        top: 0,
    };
    snap("switcher", &on_top(Overlay::Picker(picker), &[("Enter", "open"), ("Tab", "complete"), ("Esc", "close")]));
}

#[test]
fn palette() {
    let mut rows = vec![
        row(RowMark::None, "Invite someone to this room", &[0, 1, 2], "/invite", "Alt-I"),
        row(RowMark::None, "Accept invitation", &[7, 8, 9], "/accept", ""),
        row(RowMark::None, "Reinvite everyone", &[2, 3, 4], "", ""),
    ];
    rows[0].help =
        "Asks for an address, then an optional reason. Sends a direct invitation (XEP-0249) or through the room."
            .into();
    rows[2].disabled = Some("owners only".into());
    let picker = Picker {
        kind: PickerKind::Palette,
        input: textbox("inv"),
        is_typed: true,
        rows,
        total: 41,
        selected: 0,
        top: 0,
    };
    snap("palette", &on_top(Overlay::Picker(picker), &[("Enter", "run"), ("Esc", "close")]));
}

fn node(address: &str, depth: u16, name: Option<&str>) -> DiscoNode {
    DiscoNode {
        jid: jid(address),
        node: None,
        name: name.map(Untrusted::from),
        depth,
        is_open: false,
        info: None,
        info_load: Load::Unasked,
        items_load: Load::Unasked,
        loaded: 0,
        count: None,
        next: None,
    }
}

pub fn disco_view() -> DiscoView {
    let identity = |category: &str, kind: &str, name: Option<&str>| DiscoIdentity {
        category: category.into(),
        kind: kind.into(),
        lang: String::new(),
        name: name.map(Untrusted::from),
    };
    let info = |i: DiscoIdentity, features: &[&str]| DiscoInfo {
        identities: vec![i],
        features: features.iter().map(|f| (*f).to_owned()).collect(),
        forms: Vec::new(),
    };
    let mut server = node("montague.lit", 0, None);
    (server.is_open, server.items_load, server.loaded) = (true, Load::Done, 4);
    server.info = Some(info(identity("server", "im", None), &[]));
    let mut rooms = node("rooms.montague.lit", 1, None);
    (rooms.is_open, rooms.items_load, rooms.loaded) = (true, Load::Done, 3);
    (rooms.count, rooms.next) = (Some(340), Some("3".into()));
    let features = ["http://jabber.org/protocol/muc", "urn:xmpp:mam:2", "urn:xmpp:sid:0", "urn:example:unknown:1"];
    rooms.info = Some(info(identity("conference", "text", Some("Public rooms")), &features));
    let contact = Field {
        var: "abuse-addresses".into(),
        kind: FieldKind::ListMulti,
        label: None,
        desc: None,
        is_required: false,
        values: vec!["xmpp:admin@montague.lit".into()],
        options: Vec::new(),
    };
    rooms.info.as_mut().unwrap().forms = vec![Form {
        kind: FormKind::Result,
        title: None,
        instructions: Vec::new(),
        fields: vec![contact],
        reported: Vec::new(),
        items: Vec::new(),
    }];
    let mut leaf = node("verona-plaza@rooms.montague.lit", 2, Some("Verona Plaza (23)"));
    leaf.items_load = Load::Done;
    let mut stats = node("stats.montague.lit", 1, None);
    stats.items_load = Load::Failed("timed out".into());
    let mut irc = node("irc.montague.lit", 1, None);
    irc.items_load = Load::Loading;
    irc.info = Some(info(identity("gateway", "irc", None), &[]));
    let mut cn = node("zh@rooms.montague.lit", 2, Some("中文交流"));
    cn.items_load = Load::Done;
    DiscoView {
        account: account_id(),
        address: textbox("montague.lit"),
        is_editing_address: false,
        nodes: vec![server, rooms, leaf, cn, node("upload.montague.lit", 1, None), irc, stats],
        filter: String::new(),
        is_filtering: false,
        selected: 1,
        top: 0,
        queue: std::collections::VecDeque::new(),
        waiting: Vec::new(),
        back: Vec::new(),
        forward: Vec::new(),
    }
}

#[test]
fn disco() {
    let keys = [("Enter", "open"), ("←", "fold"), ("b", "bookmark"), ("f", "form"), ("r", "retry"), ("Esc", "close")];
    snap("disco", &on_top(Overlay::Disco(Box::new(disco_view())), &keys));
}

fn field(var: &str, kind: FieldKind, label: &str, values: &[&str]) -> Field {
    Field {
        var: var.into(),
        kind,
        label: Some(label.into()),
        desc: None,
        is_required: false,
        values: values.iter().map(|v| (*v).to_owned()).collect(),
        options: Vec::new(),
    }
}

pub fn form_view() -> FormView {
    let option = |value: &str, label: &str| (value.to_owned(), Some(Untrusted::from(label)));
    let mut who = field("muc#roomconfig_whois", FieldKind::ListSingle, "Who sees addresses", &["moderators"]);
    who.options = vec![option("moderators", "moderators"), option("anyone", "anyone")];
    let mut many = field("muc#roomconfig_invite", FieldKind::ListSingle, "Send invitations", &["all"]);
    many.options = (0..6).map(|i| option(&format!("v{i}"), &format!("choice {i}"))).collect();
    many.values = vec!["v2".into()];
    let mut name = field("muc#roomconfig_roomname", FieldKind::TextSingle, "Room name", &["Verona Plaza"]);
    name.is_required = true;
    name.desc = Some("Shown in lists of rooms.".into());
    let fields = vec![
        field("FORM_TYPE", FieldKind::Hidden, "", &["http://jabber.org/protocol/muc#roomconfig"]),
        field("", FieldKind::Fixed, "Naming", &["Naming"]),
        name,
        field(
            "muc#roomconfig_roomdesc",
            FieldKind::TextMulti,
            "Description",
            &["Two households,", "both alike in dignity."],
        ),
        field("", FieldKind::Fixed, "Access", &["Access"]),
        field("muc#roomconfig_membersonly", FieldKind::Boolean, "Members only", &["1"]),
        field("muc#roomconfig_roomsecret", FieldKind::TextPrivate, "Password", &["mellon"]),
        who,
        many,
        field("muc#roomconfig_maxusers", FieldKind::TextSingle, "Maximum occupants", &["20o"]),
        field("muc#roomconfig_roomadmins", FieldKind::JidMulti, "Admins", &["juliet@capulet.lit"]),
    ];
    let form = Form {
        kind: FormKind::Form,
        title: Some("Configure room".into()),
        instructions: vec!["Set how this room behaves.".into()],
        fields,
        reported: Vec::new(),
        items: Vec::new(),
    };
    FormView {
        purpose: FormPurpose::Room(account_id(), bare("verona-plaza@rooms.montague.lit")),
        original: form.clone(),
        form,
        focused: 2,
        editor: textbox("Verona Plaza"),
        option: 0,
        errors: vec![(9, "must be a whole number, or \"none\"".into())],
        error: None,
        is_raw: false,
        is_revealed: false,
        top: 0,
        waiting: None,
    }
}

#[test]
fn form() {
    let keys = [("Tab", "next"), ("Space", "toggle"), ("Ctrl-S", "save"), ("Ctrl-R", "raw names"), ("Esc", "close")];
    let mut view = form_view();
    view.form.fields[2].values = vec!["Verona Square".into()];
    snap("form", &on_top(Overlay::Form(Box::new(view.clone())), &keys));
    view.focused = 8;
    view.option = 3;
    insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots" }, {
        insta::assert_snapshot!("form_list_80x24", show(&on_top(Overlay::Form(Box::new(view)), &keys), 80, 24));
    });
}

#[test]
fn presence() {
    let mut view = PresenceView {
        account: Some(account_id()),
        availability: Availability::Online,
        text: textbox("in Mantua until Friday"),
        priority: textbox("5"),
        focused: 1,
        error: None,
        contact: Some(chat_id("juliet@capulet.lit")),
    };
    let keys = [("Enter", "set"), ("Tab", "next"), ("Esc", "close")];
    snap("presence", &on_top(Overlay::Presence(Box::new(view.clone())), &keys));
    view.contact = Some(verona());
    view.focused = 0;
    view.error = Some("-128 to 127".into());
    insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots" }, {
        insta::assert_snapshot!("presence_room_80x24", show(&on_top(Overlay::Presence(Box::new(view)), &keys), 80, 24));
    });
}

#[test]
fn first_run() {
    let mut view = FirstRun::new("parlour");
    view.address = textbox("romeo@montague.lit");
    view.password = textbox("wherefore");
    view.keyring = Some(Ok("Secret Service".into()));
    view.focused = 2;
    let mut state = State { now: desk().now, ..State::default() };
    state.hints = hints(&[("Tab", "next"), ("Enter", "sign in"), ("F1", "help"), ("Ctrl-Q", "quit")]);
    state.overlays.push(Overlay::FirstRun(Box::new(view.clone())));
    snap("first_run", &state);
    view.steps = vec![
        (Step::Resolve, StepState::Done("xmpp.montague.lit:5223 (direct TLS)".into())),
        (Step::Connect, StepState::Done("192.0.2.7".into())),
        (Step::Secure, StepState::Done("TLS 1.3".into())),
        (Step::SignIn, StepState::Failed("wrong user name or password".into())),
    ];
    view.error = Some((2, "The server refused the user name or password. Type it again.".into()));
    state.overlays = vec![Overlay::FirstRun(Box::new(view))];
    snap("first_run_failed", &state);
}

#[test]
fn texts_and_questions() {
    let lines = [
        "# In the composer",
        "Enter        send",
        "Alt-Enter    new line",
        "",
        "# In the chat",
        "PgUp PgDn    scroll a page",
    ];
    let help = TextView {
        title: "Help".into(),
        lines: lines.into_iter().map(Untrusted::from).collect(),
        top: 0,
        live: None,
        filter: None,
    };
    snap("text", &on_top(Overlay::Text(help), &[("PgDn", "more"), ("Esc", "close")]));
    let confirm = Confirm {
        text: "Remove Juliet (juliet@capulet.lit) from your contacts? She will no longer see you.".into(),
        choice: Choice::Run(String::new()),
        instead: None,
        otherwise: None,
    };
    snap("confirm", &on_top(Overlay::Confirm(confirm), &[("y", "yes"), ("n", "no")]));
    let prompt = Prompt {
        saving: Some(false),
        kind: PromptKind::Password(account_id()),
        text: "Password for romeo@montague.lit".into(),
        input: textbox("secret"),
        is_secret: true,
        error: Some("The server refused it.".into()),
    };
    let consent = Prompt {
        saving: None,
        kind: PromptKind::Consent(account_id(), parlour::state::overlays::Consent::Plain),
        text: "romeo@montague.lit: the server takes nothing but your password itself (PLAIN). Type yes to hand it over for \
               this account. It goes through TLS, but whoever holds the server, or stands in for it, then has it. Nothing \
               was sent so far; Esc stays signed out."
            .into(),
        input: textbox("ye"),
        is_secret: false,
        error: Some("only yes, the whole word, signs in; Esc closes this".into()),
    };
    snap("consent", &on_top(Overlay::Prompt(consent), &[("Enter", "go on"), ("Esc", "close")]));
    snap("prompt", &on_top(Overlay::Prompt(prompt), &[("Enter", "sign in"), ("Esc", "close")]));
}

#[test]
fn search() {
    let mut found = desk().timelines.list[0].messages.clone();
    found.retain(|m| m.body.raw().contains("thy") || m.body.raw().contains("thou"));
    let view = SearchView {
        chat: None,
        input: textbox("thy thou"),
        results: found,
        is_more: true,
        is_waiting: false,
        oldest: Some(Time(1_795_000_000_000)),
        is_asking: false,
        is_anew: false,
        is_all: false,
        selected: 0,
        top: 0,
        seq: 1,
    };
    snap("search", &on_top(Overlay::Search(Box::new(view)), &[("Enter", "go there"), ("Esc", "close")]));
}

#[test]
fn console() {
    let mut state = on_top(Overlay::Console, &[("Tab", "log / XML"), ("/", "filter"), ("Esc", "close")]);
    state.console.note(state.now, "romeo@montague.lit: signed in".into());
    let wire = |direction, xml: &str| wire::WireLine { time: desk().now, direction, xml: xml.into() };
    state.console.wire(account_id(), wire(wire::Direction::Out, "<presence xmlns='jabber:client'/>"));
    state.console.wire(account_id(), wire(wire::Direction::In, "<message from='juliet@capulet.lit/balcony' type='chat'><body>Art thou not Romeo, and a Montague? Neither, fair saint, if either thee dislike.</body></message>"));
    state.console.view = ConsoleView::Xml;
    snap("console", &state);
}

#[test]
fn a_long_draft_keeps_the_cursor_in_sight() {
    let mut state = desk();
    let text = (1..=20).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
    state.composer.text = TextBox { cursor: text.len(), text };
    let shown = show(&state, 80, 30);
    assert!(shown.contains("line 20") && shown.contains("line 14") && !shown.contains("line 12\n"), "{shown}");
}
