//! What the screen says while something is not there yet: a login, a message, a presence, the rest of a form.

use super::desk::{account_id, chat_id, desk};
use super::show;
use super::snapshots::{form_view, on_top};
use parlour::model::*;
use parlour::state::State;
use parlour::state::overlays::Overlay;
use std::time::Duration;

fn top(state: &State, width: u16) -> String {
    show(state, width, 36).lines().next().unwrap().to_owned()
}

#[test]
fn a_login_says_its_step_and_its_seconds() {
    let mut state = desk();
    let account = &mut state.accounts.list[0];
    (account.conn, account.connecting_since) = (ConnState::Connecting, Some(state.now));
    account.steps = vec![(Step::Resolve, StepState::Done("found".into()))];
    assert!(top(&state, 120).contains("◌ finding the server ·"), "{}", top(&state, 120));
    state.now = state.now.plus(Duration::from_secs(12));
    for (step, words) in [
        (Step::Connect, "◌ connecting · 12 s"),
        (Step::Secure, "◌ securing the connection · 12 s"),
        (Step::SignIn, "◌ signing in · 12 s"),
        (Step::Bind, "◌ opening the session · 12 s"),
    ] {
        state.accounts.list[0].steps.push((step, StepState::Running("x".into())));
        assert!(top(&state, 120).contains(words), "{}", top(&state, 120));
    }
}

#[test]
fn a_message_waits_without_a_connection_and_is_sent_with_one() {
    let mut state = desk();
    for timeline in &mut state.timelines.list {
        for message in timeline.messages.iter_mut().filter(|m| m.is_own()) {
            message.delivery = Delivery::Pending;
        }
    }
    assert!(show(&state, 120, 36).contains("⋯ sending"));
    let reason = DownReason::Silent;
    state.accounts.list[0].conn = ConnState::Waiting { reason, retry_at: state.now.plus(Duration::from_secs(9)) };
    let shown = show(&state, 120, 36);
    assert!(shown.contains("⋯ waiting") && !shown.contains("⋯ sending"), "{shown}");
}

#[test]
fn an_unknown_presence_is_not_called_offline() {
    let juliet = chat_id("juliet@capulet.lit");
    let line = |state: &State| show(state, 120, 36).lines().nth(3).unwrap().to_owned();
    let mut state = desk();
    state.chats.current = Some(juliet.clone());
    state.presence.by_jid.clear();
    for (subscription, words) in [
        (Subscription::Both, "offline"),
        (Subscription::To, "offline"),
        (Subscription::From, "presence unknown"),
        (Subscription::None, "presence unknown"),
    ] {
        let contacts = state.roster.by_account.get_mut(&account_id()).unwrap();
        contacts.get_mut(&juliet.address.bare()).unwrap().subscription = subscription;
        assert!(line(&state).contains(words), "{subscription:?}: {}", line(&state));
    }
    state.roster.by_account.clear();
    assert!(line(&state).contains("presence unknown"), "a stranger: {}", line(&state));
}

#[test]
fn long_names_of_fields_are_read_whole_and_more_below_is_said() {
    let mut view = form_view();
    let label = "Persistent (room should remain even when the last person has left it)";
    view.form.fields[5].label = Some(label.into());
    let form = on_top(Overlay::Form(Box::new(view)), &[]);
    let shown = show(&form, 80, 24);
    let words: Vec<&str> = label.split(' ').collect();
    assert!(words.iter().all(|word| shown.contains(word)), "{shown}");
    assert!(!shown.contains("▼"), "all of it is there: {shown}");
    let shown = show(&form, 80, 18);
    let more = shown.lines().find(|line| line.contains("▼")).unwrap_or_else(|| panic!("{shown}"));
    let count = more.split_whitespace().skip_while(|w| *w != "▼").nth(1).unwrap();
    assert!(count.parse::<usize>().unwrap() > 0 && more.contains("more"), "{more}");
}
