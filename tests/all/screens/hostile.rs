//! S-40, S-42, S-44, S-45: whatever strangers write, no control character reaches a cell, and no cell
//! outside their own text changes.

use super::desk::{account_id, bare, chat_id, desk, textbox, verona};
use super::snapshots::{disco_view, form_view};
use super::{draw, lines};
use parlour::model::*;
use parlour::state::State;
use parlour::state::overlays::*;
use parlour::state::rooms::Membership;
use parlour::state::toasts::{Severity, Toast};
use ratatui::buffer::Buffer;

/// Texts that a terminal, a bidirectional renderer or a width table could trip over.
fn payloads() -> Vec<String> {
    let mut all: Vec<String> = [
        "\u{9b}31mred",
        "\u{9d}52;c;aGFjaw==\u{9c}",
        "\u{90}$q\u{9c}",
        "\u{7f}\u{7f}\u{7f}del",
        "a\u{85}b",
        "\u{1b}[2J\u{1b}]0;title\u{7}",
        "cr\r12:01 <bob> yes, send it",
        "hi\n12:01 <bob> yes, send it",
        "a\u{2028}b\u{2029}c",
        "\u{b}\u{c}vt",
        "bob\u{202e}exe.tar",
        "\u{2066}\u{2067}\u{2068}isolates",
        "unclosed \u{202d} override",
        "\u{200f}\u{200e}\u{61c}marks",
        "\u{feff}\u{200b}\u{2060}nothing",
        "\u{e0041}\u{e0042}\u{e007f}tags",
        "👩\u{200d}\u{200d}\u{200d}\u{200d}👧",
        "👩‍👩‍👧‍👦👨‍👩‍👧‍👦👩‍❤️‍💋‍👨",
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "1\u{fe0f}\u{20e3}#\u{fe0f}\u{20e3}☺\u{fe0f}☺\u{fe0e}",
        "宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽",
        "﷽﷽﷽﷽﷽﷽",
        "ｶﾞｷﾞｸﾞｹﾞｺﾞﾟﾟﾟﾟ",
        "ᄀᄀᄀᄀᄀᄀᄀᄀ각각각",
        "क्षि क्षि நி กำ",
        "\u{301}\u{301}\u{301}marks first",
        "\u{3164}\u{115f}\u{2800}",
        "\u{a0}\u{3000}\u{2003}",
        "\t\ttabs\t",
        "",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    all.push(format!("zalgo e{}", "\u{301}\u{302}\u{489}".repeat(200)));
    all.push("\u{200d}".repeat(500));
    all.push("x".repeat(100_000));
    all.push("🇩🇪".repeat(300));
    all
}

/// Puts a text into every field that a stranger can fill.
fn fill(state: &mut State, text: &str) {
    let own = || Untrusted::from(text);
    let account = account_id();
    for chat in state.chats.by_id.values_mut() {
        chat.name = Some(own());
    }
    for contact in state.roster.by_account.get_mut(&account).unwrap().values_mut() {
        contact.name = Some(own());
        contact.groups = vec![own()];
    }
    for list in state.presence.by_jid.values_mut() {
        for r in list {
            (r.status, r.client) = (Some(own()), Some(own()));
            if let Ok(jid) = r.jid.bare().with_resource(text) {
                r.jid = jid;
            }
        }
    }
    let room = state.rooms.entry(&account, &bare("verona-plaza@rooms.montague.lit"));
    room.subject = own();
    room.traits = vec![text.to_owned()];
    room.description = Some(own());
    let mut first = room.occupants["juliet"].clone();
    (first.nick, first.status) = (own(), Some(own()));
    room.put(first);
    for row in &mut state.sidebar.rows {
        if let parlour::state::sidebar::Row::Section { group: Some(group), .. } = row {
            *group = own();
        }
    }
    for (i, message) in state.timelines.list[0].messages.iter_mut().enumerate() {
        message.body = own();
        message.extra.subject = (i % 3 == 0).then(own);
        if let Ok(from) = message.from.bare().with_resource(text) {
            message.from = from.clone();
        }
        if matches!(message.delivery, Delivery::Failed(_)) {
            message.delivery = Delivery::Failed(own());
        }
    }
    state.toasts.list = vec![Toast { severity: Severity::Error, text: own(), until: None }];
    state.composer.error = Some((text.to_owned(), 0..text.len()));
    state.composer.text = textbox(text);
    state.accounts.list[0].conn = ConnState::Stopped(DownReason::Certificate(own().into()));
    state.console.note(state.now, own());
}

/// The overlays with a text in all their fields.
fn overlays(text: &str) -> Vec<Overlay> {
    let own = || Untrusted::from(text);
    let mut disco = disco_view();
    for node in &mut disco.nodes {
        node.name = Some(own());
        node.node = Some(text.to_owned());
        node.info_load = Load::Failed(own());
        if let Some(info) = &mut node.info {
            info.features.push(text.to_owned());
            for i in &mut info.identities {
                (i.name, i.category) = (Some(own()), text.to_owned());
            }
        }
    }
    let mut form = form_view();
    form.error = Some(own());
    form.errors = vec![(2, own())];
    (form.form.title, form.form.instructions) = (Some(own()), vec![own()]);
    for field in &mut form.form.fields {
        (field.label, field.desc, field.values) = (Some(own()), Some(own()), vec![text.to_owned()]);
        for option in &mut field.options {
            option.1 = Some(own());
        }
    }
    let row = PickerRow {
        mark: RowMark::Room,
        label: own(),
        matched: vec![0, 3],
        detail: own(),
        right: text.to_owned(),
        disabled: None,
        help: text.to_owned(),
        choice: Choice::Run(String::new()),
    };
    let picker = Picker {
        kind: PickerKind::Switch,
        input: textbox(text),
        is_typed: true,
        rows: vec![row],
        total: 1,
        selected: 0,
        top: 0,
    };
    let mut first_run = FirstRun::new("parlour");
    first_run.steps = vec![(Step::SignIn, StepState::Failed(own()))];
    first_run.error = Some((1, own()));
    first_run.keyring = Some(Err(text.to_owned()));
    let mut results = desk().timelines.list[0].messages.clone();
    for m in &mut *results {
        m.body = own();
    }
    let search = SearchView {
        chat: None,
        input: textbox(text),
        results,
        is_more: false,
        is_waiting: false,
        oldest: Some(Time(1_795_000_000_000)),
        is_asking: false,
        is_anew: false,
        is_all: false,
        selected: 1,
        top: 0,
        seq: 0,
    };
    let presence = PresenceView {
        account: None,
        availability: Availability::Away,
        text: textbox(text),
        priority: textbox(text),
        focused: 1,
        error: Some(text.to_owned()),
        contact: Some(chat_id("juliet@capulet.lit")),
    };
    vec![
        Overlay::Picker(picker),
        Overlay::Disco(Box::new(disco)),
        Overlay::Form(Box::new(form)),
        Overlay::FirstRun(Box::new(first_run)),
        Overlay::Search(Box::new(search)),
        Overlay::Presence(Box::new(presence)),
        Overlay::Text(TextView { title: text.to_owned(), lines: vec![own(), own()], top: 0, live: None, filter: None }),
        Overlay::Confirm(Confirm { text: own(), choice: Choice::Run(String::new()), instead: None, otherwise: None }),
        Overlay::Console,
    ]
}

/// No cell has a character that a terminal obeys or that moves others; wide characters have their room.
fn check(buffer: &Buffer, what: &str) {
    let area = buffer.area;
    for y in 0..area.height {
        let mut x = 0;
        while x < area.width {
            let symbol = buffer[(x, y)].symbol();
            let is_bad = |c: char| {
                c.is_control()
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
                    || matches!(c, '\u{e0000}'..='\u{e0fff}' | '\u{200b}' | '\u{feff}' | '\u{2060}')
            };
            assert!(!symbol.chars().any(is_bad), "{what}: {symbol:?} at {x},{y}");
            assert!(symbol.chars().count() <= 40, "{what}: a flood in one cell at {x},{y}");
            let width = u16::try_from(parlour::text::width(symbol)).unwrap();
            assert!(width >= 1 && x + width <= area.width, "{what}: {symbol:?} at {x},{y} is {width} wide");
            x += width;
        }
    }
}

#[test]
fn no_field_lets_a_control_character_through() {
    for text in payloads() {
        let short: String = text.chars().take(12).collect();
        let mut state = desk();
        fill(&mut state, &text);
        for (w, h) in [(40, 12), (80, 24), (140, 40)] {
            check(&draw(&state, w, h), &format!("main, {short:?}"));
        }
        for overlay in overlays(&text) {
            state.overlays = vec![overlay];
            for (w, h) in [(40, 12), (100, 40)] {
                check(&draw(&state, w, h), &format!("overlay, {short:?}"));
            }
        }
    }
}

#[test]
fn lines_between_panes_stand() {
    let clean = draw(&desk(), 140, 40);
    let walls: Vec<(u16, u16)> = (0..40)
        .flat_map(|y| (0..140).map(move |x| (x, y)))
        .filter(|at| matches!(clean[*at].symbol(), "│" | "┬" | "┴"))
        .collect();
    assert!(walls.len() > 40);
    for text in payloads() {
        let mut state = desk();
        fill(&mut state, &text);
        state.toasts.list.clear();
        // The draft and the trouble line change the layout's rows; these stay as they are.
        state.composer = desk().composer;
        state.accounts.list[0].conn = desk().accounts.list[0].conn.clone();
        let buffer = draw(&state, 140, 40);
        for at in &walls {
            assert_eq!(buffer[*at].symbol(), clean[*at].symbol(), "{text:?} at {at:?}");
        }
    }
}

#[test]
fn frames_of_overlays_stand() {
    for text in payloads() {
        for overlay in overlays(&text) {
            let mut state = desk();
            state.overlays = vec![overlay];
            let buffer = draw(&state, 100, 40);
            // Below the left upper corner the left edge goes down to the left lower corner, and so at the right.
            let corner = |symbol| {
                (0..40).flat_map(|y| (0..100).map(move |x| (x, y))).find(|at| buffer[*at].symbol() == symbol).unwrap()
            };
            let ((left, top), (right, _), (_, bottom)) = (corner("┌"), corner("┐"), corner("└"));
            for y in top + 1..bottom {
                for x in [left, right] {
                    assert!(
                        matches!(buffer[(x, y)].symbol(), "│" | "├" | "┤"),
                        "{text:?} at {x},{y}\n{}",
                        lines(&buffer).join("\n")
                    );
                }
            }
        }
    }
}

#[test]
fn a_message_changes_no_cell_of_the_next() {
    for text in payloads() {
        let mut state = desk();
        let messages = &mut state.timelines.list[0].messages;
        messages[8].body = text.as_str().into();
        messages.truncate(11);
        let shown = lines(&draw(&state, 140, 40));
        let clean = "Deny thy father and `refuse` thy name.";
        let line = shown.iter().find(|l| l.contains(clean)).unwrap_or_else(|| panic!("{text:?}\n{}", shown.join("\n")));
        assert!(line.contains(clean), "{line}");
        // The name and the clock of a line stand where they always stand.
        let juliet = shown.iter().find(|l| l.contains("romeo: wherefore")).unwrap();
        assert!(juliet.contains("10:41 juliet"), "{juliet}");
    }
}

#[test]
fn a_second_line_cannot_pass_for_another_message() {
    let mut state = desk();
    let forged = "hi\n12:01 bob      yes, send it\r12:02 bob  really";
    state.timelines.list[0].messages.truncate(3);
    state.timelines.list[0].messages[2].body = forged.into();
    let shown = lines(&draw(&state, 140, 40));
    let line = shown.iter().find(|l| l.contains("yes, send it")).unwrap();
    let honest = shown.iter().find(|l| l.contains("juliet ") && l.contains("hi")).unwrap();
    let column = |l: &str, what: &str| parlour::text::width(&l[..l.find(what).unwrap()]);
    assert_eq!(column(line, "12:01"), column(honest, "hi"), "{line}");
    assert!(line.contains("\\u{d}12:02"), "{line}");
}

#[test]
fn a_name_without_a_cell_is_shown_as_the_address() {
    let mut state = desk();
    let contacts = state.roster.by_account.get_mut(&account_id()).unwrap();
    contacts.get_mut(&bare("juliet@capulet.lit")).unwrap().name = Some("\u{200b}\u{3164}".into());
    assert!(lines(&draw(&state, 140, 40)).join("\n").contains("juliet@capulet"));
}

#[test]
fn a_room_of_ten_thousand_is_drawn_from_what_is_seen() {
    let mut state = desk();
    let room = state.rooms.entry(&account_id(), &verona().address.bare());
    room.membership = Membership::In;
    for n in 0..10_000 {
        let mut occupant = room.occupants["abram"].clone();
        occupant.nick = format!("guest{n:05}").into();
        room.put(occupant);
    }
    let shown = lines(&draw(&state, 140, 40)).join("\n");
    assert!(shown.contains("10008 here") && shown.contains("more"), "{shown}");
    assert!(!shown.contains("guest00100"));
}
