//! Small things in panes that a snapshot of the whole screen would not show by themselves.

use super::desk::{account_id, bare, chat_id, desk, jid, verona};
use super::{draw, lines};
use parlour::model::*;
use parlour::state::accounts::Account;
use parlour::state::sidebar::Row;

#[test]
fn the_new_line_counts_no_further_than_it_was_told_to() {
    let mut state = desk();
    let counted = |state: &_| {
        let lines = lines(&draw(state, 140, 40));
        let line = lines.iter().find(|l| l.contains(" new · ")).unwrap();
        let (_, rest) = line.split_once(" new · ").unwrap();
        rest.split(' ').next().unwrap().parse::<usize>().unwrap()
    };
    let all = counted(&state);
    assert!(all > 1);
    let after = state.current().unwrap().new_line.unwrap();
    let first = state.timeline().unwrap().messages.iter().find(|m| m.order > after && !m.is_own()).unwrap().order;
    state.chats.get_mut(&verona()).unwrap().new_until = Some(first);
    assert_eq!(counted(&state), 1);
}

#[test]
fn the_new_line_stands_above_what_somebody_else_wrote() {
    let mut state = desk();
    let messages = &state.timeline().unwrap().messages;
    let own = messages.iter().rposition(|m| m.is_own() && m.row.0 > 0).unwrap();
    let body = messages[own].body.raw().chars().take(20).collect::<String>();
    let after = Order(messages[own].order.0 - 1);
    let kept: Vec<_> = messages[..=own].to_vec();
    let mut other = kept.iter().rfind(|m| !m.is_own()).unwrap().clone();
    (other.row, other.order, other.body) = (RowId(9_999), Order(after.0 + 2), "written by another".into());
    let timeline = state.timelines.list.iter_mut().find(|t| t.chat == verona()).unwrap();
    timeline.messages = kept;
    timeline.messages.push(other);
    let chat = state.chats.get_mut(&verona()).unwrap();
    chat.put_new_line(Some(after));
    let lines = lines(&draw(&state, 140, 40));
    let at =
        |words: &str| lines.iter().position(|l| l.contains(words)).unwrap_or_else(|| panic!("{words}: {lines:#?}"));
    assert!(at(&body) < at(" new · ") && at(" new · ") < at("written by another"), "{lines:#?}");
}

#[test]
fn accounts_stand_apart_in_the_sidebar() {
    let mut state = desk();
    let other = AccountId(bare("nurse@capulet.lit"));
    state.accounts.list.push(Account::new(AccountSettings::new(other.clone(), "parlour".into())));
    state.sidebar.rows = vec![Row::Account(account_id()), Row::Chat(verona()), Row::Account(other)];
    let lines = lines(&draw(&state, 140, 40));
    let at = lines.iter().position(|l| l.contains("nurse@capulet.lit")).unwrap();
    let left = |at: usize| lines[at].chars().take(20).filter(|c| c.is_alphanumeric()).collect::<String>();
    assert_eq!(left(at - 1), "", "a blank line");
    assert_ne!(left(at - 2), "", "and no more than one");
}

#[test]
fn the_header_names_a_device_only_where_there_is_another() {
    let mut state = desk();
    let juliet = chat_id("juliet@capulet.lit");
    state.chats.current = Some(juliet.clone());
    let mut said = |device: &str| {
        state.chats.get_mut(&juliet).unwrap().device = Some(jid(device));
        lines(&draw(&state, 140, 40))
            .iter()
            .find_map(|l| l.split_once("messages go to ").map(|(_, who)| who.to_owned()))
    };
    let chamber = said("juliet@capulet.lit/chamber").expect("two are online");
    assert!(chamber.starts_with("chamber"), "{chamber}");
    // The only one that is there, and one that is not there while another is.
    let mercutio = chat_id("mercutio@verona.lit");
    state.chats.current = Some(mercutio.clone());
    for (device, is_said) in [("tavern", false), ("street", true)] {
        state.chats.get_mut(&mercutio).unwrap().device = Some(jid(&format!("mercutio@verona.lit/{device}")));
        let is_there = lines(&draw(&state, 140, 40)).iter().any(|l| l.contains("messages go to"));
        assert_eq!(is_there, is_said, "{device}");
    }
}

#[test]
fn the_numbers_of_chats_stand_in_the_sidebar_where_the_user_wants_them() {
    let mut state = desk();
    let shown = |state: &parlour::state::State| lines(&draw(state, 120, 36));
    assert!(!shown(&state).iter().any(|l| l.starts_with(" 1")));
    state.options.numbers = true;
    let all = shown(&state);
    for (number, name) in [("1", "Juliet"), ("2", "Mercutio"), ("3", "罗密欧"), ("5", "xmpp-dev"), ("6", "quiet-room")]
    {
        assert!(all.iter().any(|l| l.starts_with(&format!(" {number} ")) && l.contains(name)), "{}", all.join("\n"));
    }
    assert!(all.iter().any(|l| l.starts_with("▌4 ") && l.contains("verona-plaza")), "{}", all.join("\n"));
    // Where the list has scrolled, the numbers are still those of the keys.
    let all = lines(&draw(&state, 80, 14));
    assert!(all.iter().any(|l| l.starts_with("▌4 ") && l.contains("verona-plaza")), "{}", all.join("\n"));
}
