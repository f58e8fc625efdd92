//! Search: words of every script, newest first, nothing that could be a query of its own.

use super::desk::{archived, delayed, said};
use super::{Desk, chat};
use parlour::contract::UserWrite;
use parlour::model::*;

fn found(desk: &mut Desk, words: &str) -> Vec<String> {
    desk.search(words, None, None, 50).iter().map(|m| m.body.raw().to_owned()).collect()
}

#[test]
fn words_of_one_two_and_four_characters_and_emoji() {
    let mut desk = Desk::new();
    let bodies = [
        "我们今天去北京大学看书",
        "京都は良いところです",
        "서울에서 만나요",
        "party tonight 🎉🎉",
        "melting 🫠 away",
        "Crème brûlée",
        "𠮷野家で食べる",
    ];
    for (n, body) in bodies.iter().enumerate() {
        desk.fresh(said("bob@b/a", &n.to_string(), body, n as i64 * 1000));
    }
    for (words, at) in [
        ("书", 0),
        ("北京", 0),
        ("北京大学", 0),
        ("京都", 1),
        ("ところ", 1),
        ("서울", 2),
        ("🎉", 3),
        ("🫠", 4),
        ("creme", 5),
        ("BRULEE crème", 5),
        ("𠮷野家", 6),
        ("party 🎉", 3),
    ] {
        assert_eq!(found(&mut desk, words), [bodies[at]], "{words}");
    }
    assert_eq!(found(&mut desk, "京"), [bodies[1], bodies[0]], "newest first");
    assert_eq!(found(&mut desk, "学北"), Vec::<String>::new(), "a word is a phrase");
}

#[test]
fn s66_what_was_typed_is_words_and_nothing_else() {
    let mut desk = Desk::new();
    desk.fresh(said("bob@b/a", "1", "one plain line or two", 1000));
    for words in
        ["' OR 1=1 --", "\"*", "NEAR(", "col:", "%_", "*", "\"", "a AND", "scope:c1", "{body", "(((", "\0", "-"]
    {
        let hits = found(&mut desk, words);
        assert!(hits.is_empty(), "{words:?} found {hits:?}");
    }
    for words in ["plain\"", "(plain)", "plain*", "plain^", "'plain'", "plain !!! line", "OR", "two or one"] {
        assert_eq!(found(&mut desk, words).len(), 1, "{words:?}");
    }
    assert!(found(&mut desk, "   ").is_empty());
    assert!(found(&mut desk, "!!! ... ——").is_empty());
    // What names a chat in the index is no word of a message.
    assert!(found(&mut desk, "c1").is_empty() && found(&mut desk, "a1").is_empty());
}

#[test]
fn hostile_texts_are_stored_as_they_are() {
    let mut desk = Desk::new();
    let body = "'); DROP TABLE messages; -- \u{9b}31m \u{202e}";
    desk.fresh(said("bob@b/'); DROP TABLE chats; --", "'; --", body, 1000));
    assert_eq!(desk.bodies(&chat("bob@b")), [body]);
}

#[test]
fn newest_first_page_by_page_whatever_was_stored_first() {
    let mut desk = Desk::new();
    let m = |n: i64| {
        delayed(archived(
            said(["bob@b/a", "eve@b/a"][n as usize % 2], &n.to_string(), &format!("word {n}"), n * 1000),
            "me@home.test",
            &n.to_string(),
        ))
    };
    desk.page((20..40).map(m).collect(), None, None);
    desk.page((0..20).map(m).collect(), None, Some("20"));
    let mut all = Vec::new();
    let mut before = None;
    loop {
        let page = desk.search("word", None, before, 7);
        let Some(last) = page.last() else { break };
        before = Some(last.order);
        all.extend(page.iter().map(|m| m.time.0 / 1000));
    }
    assert_eq!(all, (0..40).rev().collect::<Vec<_>>());
    let eve = desk.search("word", Some(chat("eve@b")), None, 50);
    assert_eq!(eve.len(), 20);
    assert!(eve.iter().all(|m| m.chat == chat("eve@b") && m.chat_kind == ChatKind::Contact));
}

#[test]
fn a_forgotten_account_is_found_nowhere() {
    let mut desk = Desk::new();
    desk.fresh(said("bob@b/a", "1", "remember", 1000));
    desk.user(UserWrite::Forget(super::account()));
    assert!(found(&mut desk, "remember").is_empty());
    assert!(desk.chats().is_empty());
    // The account can come back at once, with nothing of its past.
    desk.fresh(said("bob@b/a", "1", "anew", 2000));
    assert_eq!(desk.bodies(&chat("bob@b")), ["anew"]);
    desk.close();
    let mut desk = Desk::at(desk.dir());
    assert_eq!(found(&mut desk, "anew").len(), 1);
}

#[test]
fn words_are_found_by_their_beginning_in_every_script_and_without_their_marks() {
    let mut desk = Desk::new();
    let bodies = [
        "a wonderful evening",
        "ёлка и ёжик",
        "שָׁלוֹם לכולם",
        "ฉันรักประเทศไทยมาก",
        "ຂ້ອຍຮັກປະເທດລາວ",
        "ខ្ញុំស្រឡាញ់ភាសាខ្មែរ",
        "မြန်မာစာသင်တယ်",
        "Tiếng Việt đồng",
        "मुझे हिन्दी पसंद है",
        "مُحَمَّد كتب",
        "words side by side",
        "side words by",
    ];
    for (n, body) in bodies.iter().enumerate() {
        desk.fresh(said("bob@b/a", &n.to_string(), body, n as i64 * 1000));
    }
    for (words, at) in [
        ("wo", vec![11, 10, 0]),
        ("wonder", vec![0]),
        ("WONDERF eve", vec![0]),
        ("onder", vec![]),
        ("\"wonder\"", vec![]),
        ("елк", vec![1]),
        ("ЕЖИК", vec![1]),
        ("שלום", vec![2]),
        ("ไทย", vec![3]),
        ("รัก", vec![3]),
        ("ลาว", vec![]),
        ("ລາວ", vec![4]),
        ("ភាសា", vec![5]),
        ("စာ", vec![6]),
        ("viet dong", vec![7]),
        ("हिन्", vec![8]),
        ("محمد", vec![9]),
        ("\"words side\"", vec![10]),
        ("\"side words\"", vec![11]),
        ("\"words si", vec![10]),
        ("side words", vec![11, 10]),
    ] {
        let wanted: Vec<&str> = at.into_iter().map(|n: usize| bodies[n]).collect();
        assert_eq!(found(&mut desk, words), wanted, "{words}");
    }
}

#[test]
fn s66_a_question_of_any_size_and_shape_is_answered() {
    let mut desk = Desk::new();
    desk.fresh(said("bob@b/a", "1", "one plain line", 1000));
    let long = "w".repeat(10_000);
    let many = "plain ".repeat(2_000);
    let quotes = "\"".repeat(999);
    for words in [&long, &many, &quotes, "\u{301}\u{301}", "\u{200d}", "\"\0", "\u{10ffff}", "เ", "ิ"] {
        let hits = found(&mut desk, words);
        assert_eq!(hits.len(), usize::from(words == many), "{}", words.chars().take(20).collect::<String>());
    }
    assert_eq!(found(&mut desk, "pla").len(), 1, "the store answers on");
}
