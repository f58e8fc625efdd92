//! Which candidates are offered in which place.

use super::*;
use crate::model::{AccountSettings, BareJid, ChatId, Contact, Jid, Occupant, Subscription, Untrusted};
use crate::state::accounts::Account;
use crate::state::chats::Chat;
use crate::state::rooms::Membership;
use proptest::prelude::*;

fn desk() -> State {
    let mut state = State::default();
    let id = AccountId(BareJid::parse("romeo@montague.lit").unwrap());
    let mut account = Account::new(AccountSettings::new(id.clone(), "r".into()));
    account.services.push(("rooms".into(), Jid::parse("rooms.montague.lit").unwrap()));
    state.accounts.list.push(account);
    let juliet = Contact {
        jid: BareJid::parse("juliet@capulet.lit").unwrap(),
        name: Some("My Sun".into()),
        groups: vec!["Verona".into()],
        subscription: Subscription::Both,
        is_asked: false,
    };
    state.roster.by_account.entry(id.clone()).or_default().insert(juliet.jid.clone(), juliet);
    let plaza = BareJid::parse("plaza@rooms.montague.lit").unwrap();
    let room = state.rooms.entry(&id, &plaza);
    room.membership = Membership::In;
    room.nick = "romeo".into();
    for nick in ["romeo", "Nurse", "Friar Lawrence", "nestor"] {
        room.put(Occupant {
            nick: nick.into(),
            role: crate::model::Role::Participant,
            affiliation: crate::model::Affiliation::None,
            availability: Availability::Online,
            status: None,
            real_jid: None,
            occupant_id: None,
        });
    }
    let chat = ChatId::new(id, plaza);
    state.chats.by_id.insert(chat.clone(), Chat { is_open: true, ..Chat::new(chat.clone(), ChatKind::Room) });
    state.chats.current = Some(chat);
    state
}

fn offered(text: &str) -> Vec<String> {
    let offer = complete(&desk(), text, text.len());
    offer.map_or_else(Vec::new, |o| {
        o.items.into_iter().map(|(insert, _)| format!("{}{insert}", &text[..o.range.start])).collect()
    })
}

#[test]
fn nicknames() {
    assert_eq!(offered("n"), ["nestor: ", "Nurse: "]);
    assert_eq!(offered("hi NU"), ["hi Nurse "]);
    assert_eq!(offered("hi @nu"), ["hi @Nurse "]);
    assert_eq!(offered("fri"), ["Friar Lawrence: "]);
    assert!(offered("rom").is_empty(), "not oneself");
    assert!(offered("").is_empty());
    assert!(offered("hi ").is_empty());
}

#[test]
fn emoji_by_name() {
    assert!(offered("well :smil").contains(&"well 😄".to_owned()));
    assert_eq!(offered(":+1")[0], "👍");
    assert!(offered(":s").is_empty());
    assert!(offered(":xyzzy").is_empty());
}

#[test]
fn commands() {
    assert_eq!(offered("/jo"), ["/join "]);
    assert_eq!(offered("/whis"), ["/pm "]);
    assert_eq!(offered("/p")[0], "/part ");
    assert!(offered("//jo").is_empty());
    assert!(offered("/nonsense x").is_empty());
}

#[test]
fn arguments_by_their_kind() {
    assert_eq!(offered("/kick fri"), ["/kick \"Friar Lawrence\" "]);
    assert_eq!(offered("/kick \"Friar L"), ["/kick \"Friar Lawrence\" "]);
    assert_eq!(offered("/msg my"), ["/msg juliet@capulet.lit "]);
    assert_eq!(offered("/msg jul"), ["/msg juliet@capulet.lit "]);
    assert_eq!(offered("/join #pl"), ["/join plaza@rooms.montague.lit "]);
    assert_eq!(offered("/status d"), ["/status dnd "]);
    assert_eq!(offered("/status dnd nu"), ["/status dnd Nurse "]);
    assert_eq!(offered("/set ui.th"), ["/set ui.theme "]);
    assert_eq!(offered("/set ui.theme "), ["auto", "light", "dark", "mono"].map(|v| format!("/set ui.theme {v}")));
    assert_eq!(offered("/account u"), ["/account use "]);
    assert_eq!(offered("/account use "), ["/account use romeo@montague.lit"]);
    assert_eq!(offered("/list "), ["/list montague.lit", "/list rooms.montague.lit"]);
    assert_eq!(offered("/group juliet@capulet.lit V"), ["/group juliet@capulet.lit Verona"]);
    assert_eq!(offered("/win pl"), ["/win plaza"]);
    assert_eq!(offered("/help jo"), ["/help join"]);
    assert_eq!(offered("/search -"), ["/search -a "]);
    assert_eq!(offered("/search nu"), ["/search Nurse "]);
    assert!(offered("/close x").is_empty());
}

#[test]
fn hostile_nicknames_are_not_put_in() {
    let mut state = desk();
    let (account, jid) = state.current_room().map(|(a, j)| (a.clone(), j)).unwrap();
    let nick: Untrusted = "nasty\u{1b}[2J".into();
    let first = state.rooms.get(&account, &jid).unwrap().occupants.values().next().unwrap().clone();
    state.rooms.entry(&account, &jid).put(Occupant { nick, ..first });
    assert_eq!(complete(&state, "nas", 3), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_stands_there(text in "(/(join|msg|set|search|kick|x)? ?)?[\"@:]?\\PC{0,8} ?[\"@:]?\\PC{0,6}", cut in 0usize..30) {
        let cursor = text.floor_char_boundary(cut);
        if let Some(offer) = complete(&desk(), &text, cursor) {
            prop_assert!(!offer.items.is_empty());
            prop_assert!(text.get(offer.range.clone()).is_some() && offer.range.end <= cursor);
        }
    }
}
