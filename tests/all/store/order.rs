//! Where messages stand: live, delayed, and in pages of an archive.

use super::desk::{archived, delayed, said, said_in_room, wrote};
use super::{Desk, chat, room};
use parlour::contract::archive::PageFrom;
use parlour::model::*;

const HOME: &str = "me@home.test";

fn stored(n: usize, second: i64) -> Message {
    delayed(archived(said("bob@sec.test/a", &format!("m{n}"), &format!("{n}"), second * 1000), HOME, &format!("a{n}")))
}

fn numbers(range: impl Iterator<Item = usize>) -> Vec<String> {
    range.map(|n| n.to_string()).collect()
}

#[test]
fn live_messages_stand_as_they_came_whatever_the_clock_says() {
    let mut desk = Desk::new();
    let times = [5000, 5000, 4000, 5000, 1];
    let orders: Vec<Order> = times
        .iter()
        .enumerate()
        .map(|(n, t)| desk.fresh(said("bob@b/a", &n.to_string(), &n.to_string(), *t)).order)
        .collect();
    assert!(orders.is_sorted_by(|a, b| a < b), "{orders:?}");
    assert_eq!(orders[0], Order(5_000_000));
    assert_eq!(desk.bodies(&chat("bob@b")), numbers(0..5));
}

#[test]
fn delayed_messages_go_to_their_time() {
    let mut desk = Desk::new();
    desk.fresh(said_in_room("bob", "9", "live", 10_000));
    for (n, body) in ["one", "two", "three"].iter().enumerate() {
        desk.fresh(delayed(said_in_room("bob", &n.to_string(), body, 5000)));
    }
    desk.fresh(delayed(said_in_room("bob", "8", "zero", 4999)));
    assert_eq!(desk.bodies(&room()), ["zero", "one", "two", "three", "live"]);
}

#[test]
fn whole_second_stamps_keep_the_archives_order_over_pages() {
    let mut desk = Desk::new();
    // Sixty messages in one second, in pages of twenty: the newest first, then between what is stored.
    assert_eq!(desk.page((40..60).map(|n| stored(n, 7)).collect(), None, None), 20);
    assert_eq!(desk.page((0..20).map(|n| stored(n, 7)).collect(), None, Some("a40")), 20);
    assert_eq!(desk.page((20..40).map(|n| stored(n, 7)).collect(), Some("a19"), Some("a40")), 20);
    let (messages, _, _) = desk.read_page(&chat("bob@sec.test"), PageFrom::Newest, 100);
    let bodies: Vec<&str> = messages.iter().map(|m| m.body.raw()).collect();
    // There was no room left between the two pages: ties stand by row, and nothing is lost.
    assert_eq!(bodies, numbers(0..60));
}

#[test]
fn a_page_overlapping_what_is_stored_goes_on_from_there() {
    let mut desk = Desk::new();
    desk.page((10..20).map(|n| stored(n, 7)).collect(), None, None);
    assert_eq!(desk.page((0..12).map(|n| stored(n, 7)).collect(), None, None), 10);
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers(0..20));
}

#[test]
fn a_page_may_hold_a_message_twice() {
    let mut desk = Desk::new();
    assert_eq!(desk.page(vec![stored(1, 7), stored(2, 7), stored(2, 7)], None, None), 2);
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers(1..3));
}

#[test]
fn pages_walk_up_and_down_without_a_hole() {
    let mut desk = Desk::new();
    desk.page((0..100).map(|n| stored(n, 7 + n as i64 / 10)).collect(), None, None);
    let bob = chat("bob@sec.test");
    let mut all = Vec::new();
    let mut from = PageFrom::Newest;
    loop {
        let (page, is_oldest, is_newest) = desk.read_page(&bob, from, 7);
        assert_eq!(is_newest, all.is_empty());
        from = PageFrom::Before(page[0].order);
        all.splice(0..0, page.iter().map(|m| m.body.raw().to_owned()));
        if is_oldest {
            break;
        }
    }
    assert_eq!(all, numbers(0..100));
    let (middle, is_oldest, is_newest) = desk.read_page(&bob, PageFrom::Newest, 50);
    assert!(!is_oldest && is_newest);
    let (around, ..) = desk.read_page(&bob, PageFrom::Around(middle[0].order), 10);
    assert_eq!(around.iter().map(|m| m.body.raw().to_owned()).collect::<Vec<_>>(), numbers(46..56));
    let (after, is_oldest, is_newest) = desk.read_page(&bob, PageFrom::After(middle[39].order), 50);
    assert_eq!(after.len(), 10);
    assert!(!is_oldest && is_newest);
}

#[test]
fn ties_are_not_torn_apart_by_a_page() {
    let mut desk = Desk::new();
    desk.page(vec![stored(50, 0), stored(0, 1), stored(99, 1)], None, None);
    // No room between: all of these share the order of the first.
    desk.page((1..9).map(|n| stored(n, 1)).collect(), Some("a0"), Some("a99"));
    let (page, is_oldest, _) = desk.read_page(&chat("bob@sec.test"), PageFrom::Newest, 4);
    assert_eq!(page.first().map(|m| m.body.raw()), Some("0"));
    assert_eq!(page.iter().map(|m| m.body.raw().to_owned()).collect::<Vec<_>>()[..9], numbers(0..9));
    assert!(!is_oldest);
    let (rest, is_oldest, _) = desk.read_page(&chat("bob@sec.test"), PageFrom::Before(page[0].order), 4);
    assert_eq!(rest.len(), 1);
    assert!(is_oldest);
}

#[test]
fn an_unknown_chat_is_empty() {
    let mut desk = Desk::new();
    assert_eq!(desk.read_page(&chat("nobody@x"), PageFrom::Newest, 5), (vec![], true, true));
}

#[test]
fn what_is_delivered_again_after_a_cut_stands_behind_what_came_before_it() {
    let mut desk = Desk::new();
    desk.fresh(said("bob@sec.test/a", "random-id-000001", "0", 7_600));
    // Stamped with the whole second in which the first one came, too.
    for n in 1..4 {
        desk.fresh(delayed(said("bob@sec.test/a", &format!("random-id-10000{n}"), &n.to_string(), 7_000)));
    }
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers(0..4));
}

#[test]
fn archive_ids_that_are_times_put_right_what_was_overtaken() {
    let mut desk = Desk::new();
    let start = 1_795_000_000_000_i64;
    // Delivered as 0 3 4 1 2 5; the archive's ids are the microseconds in which they were sent.
    for (at, n) in [0_i64, 3, 4, 1, 2, 5].into_iter().enumerate() {
        let m = said("bob@sec.test/a", &format!("random-id-00000{n}"), &n.to_string(), start + 900 + at as i64);
        desk.fresh(archived(m, HOME, &((start + n) * 1000).to_string()));
    }
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers(0..6));
}

#[test]
fn r01_what_was_overtaken_leaves_room_for_what_is_still_missing() {
    let mut desk = Desk::new();
    let start = 1_795_000_000_000_i64;
    let live = |n: i64, at: i64| {
        let m = said("bob@sec.test/a", &format!("random-id-00000{n}"), &n.to_string(), start + at);
        archived(m, HOME, &((start + n * 100) * 1000).to_string())
    };
    // 0 was there; 9 came first after a lost session, then the server delivers 1 to 3 of that session again.
    for m in [live(0, 0), live(9, 950), live(1, 960), live(2, 961), live(3, 962)] {
        desk.fresh(m);
    }
    // What it did not deliver at all comes with the archive's page.
    let page = (1..=9).map(|n| live(n, n * 100)).map(|mut m| {
        m.is_delayed = true;
        m
    });
    desk.page(page.collect(), None, None);
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers(0..10));
}

#[test]
fn r01_what_was_overtaken_stands_behind_what_came_without_an_archive_id() {
    let mut desk = Desk::new();
    let came = |body: &str, id: Option<i64>, ms: i64| {
        let m = said("bob@sec.test/a", body, body, ms);
        id.map_or(m.clone(), |id| archived(m, HOME, &id.to_string()))
    };
    desk.fresh(came("0", Some(5_000_100), 5_010));
    desk.fresh(came("1", None, 5_060));
    desk.fresh(came("2", None, 5_061));
    desk.fresh(came("4", Some(5_050_400), 5_062));
    // Its own time lies before the two that came before it, of which the archive's place is not known yet.
    desk.fresh(delayed(came("3", Some(5_050_300), 5_070)));
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers(0..5));
    // Above what overtook it, one without an id tells nothing.
    for m in [came("6", Some(5_080_000), 5_081), came("7", None, 5_082), came("8", Some(5_083_000), 5_083)] {
        desk.fresh(m);
    }
    desk.fresh(came("5", Some(5_070_000), 5_084));
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers(0..9));
}

/// What came live stands where it arrived, which may be later than the archive's stamp of what came after it.
#[test]
fn r01_what_a_page_brings_stands_behind_older_ones_that_came_live() {
    let mut desk = Desk::new();
    let come = |n: i64, ms: i64| {
        archived(said("bob@sec.test/a", &format!("random-id-{n:07}"), &n.to_string(), ms), HOME, &format!("a{n}"))
    };
    for (n, ms) in [(0, 5_010), (1, 5_460), (4, 5_900)] {
        desk.fresh(come(n, ms));
    }
    // The archive got 1 at 5.1 s.
    let page = [(1, 5_100), (2, 5_150), (3, 5_480), (4, 5_600)].map(|(n, ms)| delayed(come(n, ms)));
    desk.page(page.to_vec(), Some("a0"), None);
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers(0..5));
}

/// So does a whole run of them: the first does not slip below what is older for the others' sake.
#[test]
fn r01_a_run_that_a_page_brings_stands_behind_older_ones_that_came_live() {
    let mut desk = Desk::new();
    let come = |n: i64, ms: i64| {
        archived(said("bob@sec.test/a", &format!("random-id-{n:07}"), &n.to_string(), ms), HOME, &format!("a{n}"))
    };
    for n in 0..4 {
        desk.fresh(come(n, 9_000 + n));
    }
    // The archive got all of them long before they arrived.
    desk.page((0..40).map(|n| delayed(come(n, 5_000 + n))).collect(), None, None);
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers(0..40));
}

/// The page's other end, which is not read yet, may be stored later than its own ids say.
#[test]
fn r01_a_page_read_backwards_stands_behind_what_was_delivered_again() {
    let mut desk = Desk::new();
    let start = 1_795_000_000_000_i64;
    let came = |n: i64, ms: i64| {
        let m = said("bob@sec.test/a", &format!("random-id-{n:07}"), &n.to_string(), start + ms);
        delayed(archived(m, HOME, &(start * 1000 + n * 300).to_string()))
    };
    let page = |range: std::ops::Range<i64>| range.map(|n| came(n, n * 300 / 1000)).collect::<Vec<_>>();
    // Stamped with the moment in which the lost session had got them; then the newest page; then what lay between.
    for n in 0..50 {
        desk.fresh(came(n, 500 + n));
    }
    desk.page(page(80..200), None, None);
    for n in 50..60 {
        desk.fresh(came(n, 560 + n));
    }
    desk.page(page(50..80), None, Some(&(start * 1000 + 80 * 300).to_string()));
    for n in 200..210 {
        desk.fresh(came(n, 900 + n));
    }
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers(0..210));
    // Where what is newer stands already, and nothing tells the page of it.
    desk.page(page(215..230), None, None);
    desk.page(page(205..215), None, None);
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers(0..230));
    // What the page follows may be of another chat.
    let id = |n: i64| (start * 1000 + n * 300).to_string();
    desk.fresh(delayed(archived(said("eve@sec.test/a", "random-id-eve", "eve", start + 10), HOME, &id(230))));
    desk.page(page(231..250), Some(&id(230)), None);
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers((0..230).chain(231..250)));
}

/// A message that stands late pushes up what follows it in its own chat, and nothing of another.
#[test]
fn what_came_late_in_one_chat_moves_nothing_in_another() {
    let mut desk = Desk::new();
    let late = || archived(said("bob@sec.test/a", "random-id-000001", "late", 9_000), HOME, "a1");
    desk.fresh(late());
    desk.fresh(wrote("eve@sec.test", "random-id-000002", "answer", 6_000, Delivery::Sent));
    let question = said("eve@sec.test/a", "random-id-000003", "question", 5_200);
    let mut known = delayed(late());
    known.time = Time(5_100);
    assert_eq!(desk.page(vec![known, delayed(archived(question, HOME, "a2"))], None, None), 1);
    assert_eq!(desk.bodies(&chat("eve@sec.test")), ["question", "answer"]);
}

/// What the server kept for the user's next login comes when a whole burst has overtaken it.
#[test]
fn r01_what_comes_very_late_finds_its_neighbours_too() {
    let mut desk = Desk::new();
    let start = 1_795_000_000_000_i64;
    // The archive has each a while before it arrives here.
    let came = |n: i64, ms: i64| {
        let m = said("bob@sec.test/a", &format!("random-id-{n:07}"), &n.to_string(), start + ms);
        archived(m, HOME, &(start * 1000 + n * 900).to_string())
    };
    for n in (0..40).chain(42..700) {
        desk.fresh(came(n, 200 + n));
    }
    for n in [40, 41] {
        desk.fresh(delayed(came(n, 300 + n)));
    }
    assert_eq!(desk.bodies(&chat("bob@sec.test")), numbers(0..700));
}

#[test]
fn a_message_sent_again_is_one_row_live_and_in_a_page() {
    let mut desk = Desk::new();
    let again = |archive: &str| archived(said("bob@sec.test/a", "random-id-000001", "once", 7_000), HOME, archive);
    desk.fresh(again("a1"));
    assert_eq!(desk.message(again("a2")), None);
    assert_eq!(desk.page(vec![again("a3"), again("a4")], None, None), 0);
    let other = archived(said("bob@sec.test/a", "random-id-000001", "another text", 7_000), HOME, "a5");
    desk.fresh(other);
    assert_eq!(desk.bodies(&chat("bob@sec.test")), ["once", "another text"]);
}

#[test]
fn r08_a_clock_that_jumps_changes_neither_order_nor_copies() {
    const DAY: i64 = 86_400_000;
    let start = 1_795_000_000_000;
    for jump in [DAY, -DAY, 3_650 * DAY, -3_650 * DAY, 3_600_000, -3_600_000, 30_000 * DAY, -30_000 * DAY] {
        let mut desk = Desk::new();
        // Before, meanwhile, and after the clock was set right again.
        for (n, time) in [0, 1, jump, jump + 1, jump + 2, 2, 3].into_iter().enumerate() {
            desk.fresh(archived(
                said("bob@b/a", &format!("s{n}"), &n.to_string(), start + time),
                HOME,
                &format!("a{n}"),
            ));
        }
        assert_eq!(desk.bodies(&chat("bob@b")), numbers(0..7), "{jump}");
        // The archive knows the true times; what it gives again is known, and stays where it stands.
        let again = (0..7i64).map(|n| {
            delayed(archived(said("bob@b/a", &format!("s{n}"), &n.to_string(), start + n), HOME, &format!("a{n}")))
        });
        assert_eq!(desk.page(again.collect(), None, None), 0, "{jump}");
        assert_eq!(desk.bodies(&chat("bob@b")), numbers(0..7), "{jump}");
        desk.close();
    }
}
