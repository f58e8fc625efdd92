//! Wrapping and drawing: what one key press or one arrived message costs the screen.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot begin has nothing to measure")]

use criterion::{Criterion, criterion_group, criterion_main};
use parlour::model::{
    AccountId, Affiliation, Availability, BareJid, ChatId, ChatKind, Glyphs, Message, Occupant, Order, Role, RowId,
    ThemeName, Time,
};
use parlour::state::State;
use parlour::state::chats::Chat;
use parlour::state::rooms::Membership;
use parlour::state::sidebar::Row;
use parlour::state::timeline::Timeline;
use parlour::ui::{Depth, Memo, Theme, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::hint::black_box;

const WORDS: &str = "It was the nightingale, and not the lark, that pierced the fearful hollow of thine ear. ";

fn account() -> AccountId {
    AccountId(BareJid::parse("romeo@montague.lit").unwrap())
}

fn message(chat: &ChatId, n: i64) -> Message {
    let body = if n % 7 == 0 {
        "今天晚上的假面舞会你们都去吗？我带上面具和火把。".repeat(3)
    } else {
        WORDS.repeat(1 + n as usize % 3)
    };
    let from = chat.address.bare().with_resource(&format!("guest{}", n % 40)).unwrap();
    let time = Time(1_795_178_640_000 + n * 20_000);
    let mut message = Message::new(chat.clone(), ChatKind::Room, from, body, time);
    (message.row, message.order) = (RowId(n), Order(n));
    message
}

/// A room with 10,000 occupants and a full window of messages, 2,000 contacts in the sidebar.
fn desk() -> State {
    let mut state = State { is_focused: true, ..State::default() };
    let room = BareJid::parse("verona@rooms.montague.lit").unwrap();
    let id = ChatId::new(account(), room.to_jid());
    let mut chat = Chat::new(id.clone(), ChatKind::Room);
    chat.is_open = true;
    state.chats.by_id.insert(id.clone(), chat);
    state.chats.current = Some(id.clone());
    let entry = state.rooms.entry(&account(), &room);
    (entry.membership, entry.nick) = (Membership::In, "romeo".into());
    for n in 0..10_000 {
        entry.put(Occupant {
            nick: format!("guest{n}").into(),
            role: Role::Participant,
            affiliation: Affiliation::None,
            availability: Availability::Online,
            status: None,
            real_jid: None,
            occupant_id: None,
        });
    }
    let mut timeline = Timeline::new(id.clone());
    timeline.messages = (1..=500).map(|n| message(&id, n)).collect();
    state.timelines.list.push(timeline);
    state.sidebar.rows = (0..2_000)
        .map(|n| Row::Contact {
            account: account(),
            jid: BareJid::parse(&format!("contact{n}@capulet.lit")).unwrap(),
            availability: Availability::Online,
        })
        .collect();
    state
}

fn screen(c: &mut Criterion) {
    let text = WORDS.repeat(20);
    c.bench_function("wrap 1.8 kB of English", |b| b.iter(|| parlour::text::wrap(black_box(&text), 72)));
    let han = "今天晚上的假面舞会你们都去吗？我带上面具和火把，在广场等你们。".repeat(20);
    c.bench_function("wrap 1.9 kB of Chinese", |b| b.iter(|| parlour::text::wrap(black_box(&han), 72)));
    let dirty = format!("{WORDS}\u{9b}31m").repeat(10);
    c.bench_function("clean 1 kB with controls", |b| b.iter(|| parlour::text::body(black_box(&dirty)).len()));

    let state = desk();
    let theme = Theme::new(ThemeName::Auto, Glyphs::Unicode, Depth::Sixteen);
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    let mut memo = Memo::default();
    c.bench_function("draw 120x40, warm", |b| {
        b.iter(|| {
            terminal
                .draw(|f| {
                    view(black_box(&state), &theme, &mut memo, f);
                })
                .unwrap()
                .count
        });
    });
    c.bench_function("draw 120x40, cold", |b| {
        b.iter(|| {
            memo.clear();
            terminal
                .draw(|f| {
                    view(black_box(&state), &theme, &mut memo, f);
                })
                .unwrap()
                .count
        });
    });
}

criterion_group!(benches, screen);
criterion_main!(benches);
