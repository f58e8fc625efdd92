//! What of an archive is stored: stretches without gaps, oldest first.
//!
//! Catch-up takes the newest page first, so between what was stored and what comes in there is a gap that each page
//! shrinks. A program that dies in the middle leaves a gap that is known, never a hole that looks like history.

use crate::contract::Interval;
use crate::model::Time;

/// How far the server's clock may be behind ours, in milliseconds.
const CLOCKS: i64 = 600_000;

/// One page of an archive, as it came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    /// The archive ids and times of its items, oldest first.
    pub seen: &'a [(String, Time)],
    /// It ends just before this id, the first of a stretch that we have; `None` for the newest page.
    pub cursor: Option<&'a str>,
    /// It was asked to begin just after this id, the last of a stretch that we have.
    pub floor: Option<&'a str>,
    /// Nothing lies between the floor (or the archive's start) and the page.
    pub is_complete: bool,
}

/// What a page did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Merged {
    /// The items of the page that were stored before are up to and with this one.
    pub known_up_to: Option<String>,
    /// The gap below the page is closed.
    pub is_closed: bool,
}

/// Puts a page into the list.
pub(super) fn merge(list: &mut Vec<Interval>, page: Page<'_>) -> Merged {
    let Some(at) = target(list, page) else {
        return Merged { known_up_to: page.floor.map(str::to_owned), is_closed: page.is_complete };
    };
    if let Some((id, below)) = overlap(list, at, page.seen) {
        join(list, below, at);
        return Merged { known_up_to: Some(id), is_closed: true };
    }
    if let Some((first, time)) = page.seen.first() {
        list[at].first.clone_from(first);
        list[at].first_time = *time;
    }
    if let Some(anchor) = list[..at].iter().find(|i| i.last.is_empty())
        && page.seen.first().is_some_and(|(_, time)| *time <= anchor.last_time)
    {
        list.drain(..at);
        return Merged { known_up_to: None, is_closed: true };
    }
    let below_floor = page.floor.and_then(|floor| list[..at].iter().position(|i| i.last == floor));
    let at = swallow(list, at, below_floor);
    match below_floor {
        _ if !page.is_complete => Merged { known_up_to: None, is_closed: false },
        Some(below) => {
            join(list, below, at);
            Merged { known_up_to: page.floor.map(str::to_owned), is_closed: true }
        }
        // The stretch below has another end by now; the gap between the two is still to be read.
        None if page.floor.is_some() && at > 0 => Merged { known_up_to: None, is_closed: true },
        None => {
            list.drain(..at);
            list[0].is_start = page.floor.is_none();
            Merged { known_up_to: None, is_closed: true }
        }
    }
}

/// The archive is asked for the first time: a stretch without messages stands for all that was before. One page is
/// read of it; what came after this moment is read to the last message, even if the program is killed before the
/// first page is there. `now` is taken earlier by what two clocks may differ.
pub(super) fn anchor(list: &mut Vec<Interval>, now: Time) -> bool {
    let is_new = list.is_empty();
    if is_new {
        list.push(single("", Time(now.0.saturating_sub(CLOCKS))));
    }
    is_new
}

/// When the first reading began, as long as what stands for all before it is there: it goes with the page that reaches it.
pub(super) fn never_read(list: &[Interval]) -> Option<Time> {
    let anchor = list.iter().find(|i| i.last.is_empty())?;
    Some(Time(anchor.last_time.0.saturating_add(CLOCKS)))
}

/// A live message: the newest stretch reaches up to it.
pub(super) fn grow(list: &mut Vec<Interval>, id: &str, time: Time) {
    match list.last_mut() {
        Some(anchor) if anchor.last.is_empty() => *anchor = Interval { is_start: true, ..single(id, time) },
        Some(newest) => {
            id.clone_into(&mut newest.last);
            newest.last_time = time.max(newest.last_time);
        }
        None => list.push(single(id, time)),
    }
}

/// A live message that does not join what is known: it begins a stretch of its own.
pub(super) fn begin(list: &mut Vec<Interval>, id: &str, time: Time) {
    list.push(single(id, time));
}

/// What is known, one stretch, ends with this item of it, and what is newer is a gap. Answers whether that is news.
pub(super) fn cut(list: &mut [Interval], id: &str, time: Time) -> bool {
    // Where a gap was left anyway, nobody can tell on which side of it the item lies.
    let [only] = list else { return false };
    let is_news = only.last != id && !only.last.is_empty();
    if is_news {
        id.clone_into(&mut only.last);
        only.last_time = time;
        only.first_time = only.first_time.min(time);
    }
    is_news
}

/// The stretch that the page extends; the newest page begins a new one.
fn target(list: &mut Vec<Interval>, page: Page<'_>) -> Option<usize> {
    let below = page.cursor.and_then(|cursor| list.iter().position(|i| i.first == cursor));
    if below.is_some() {
        return below;
    }
    let (last, time) = page.seen.last()?;
    list.push(single(last, *time));
    Some(list.len() - 1)
}

fn single(id: &str, time: Time) -> Interval {
    Interval { first: id.to_owned(), last: id.to_owned(), first_time: time, last_time: time, is_start: false }
}

/// The newest item that is an end of an older stretch, and that stretch.
fn overlap(list: &[Interval], at: usize, seen: &[(String, Time)]) -> Option<(String, usize)> {
    seen.iter().rev().find_map(|(id, _)| {
        let below = list[..at].iter().rposition(|i| i.last == *id)?;
        Some((id.clone(), below))
    })
}

/// `below` and `at` become one, and what is between them with them.
fn join(list: &mut Vec<Interval>, below: usize, at: usize) {
    let upper = list[at].clone();
    list[below].last = upper.last;
    list[below].last_time = upper.last_time;
    list.drain(below + 1..=at);
}

/// Forgets older stretches that the page has passed: their ends are no longer in the archive. Forgetting never makes
/// a hole, since the page's own stretch is whole. Answers where that stretch is now.
fn swallow(list: &mut Vec<Interval>, at: usize, keep: Option<usize>) -> usize {
    let first_time = list[at].first_time;
    let from = keep.map_or(0, |k| k + 1);
    let passed = list[from..at].iter().filter(|i| i.first_time > first_time && !i.last.is_empty()).count();
    let mut index = 0;
    list.retain(|i| {
        let is_gone = index >= from && index < at && i.first_time > first_time && !i.last.is_empty();
        index += 1;
        !is_gone
    });
    at - passed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(ids: std::ops::RangeInclusive<i64>) -> Vec<(String, Time)> {
        ids.map(|i| (i.to_string(), Time(i))).collect()
    }

    fn list(ranges: &[(i64, i64)]) -> Vec<Interval> {
        let make = |&(a, b): &(i64, i64)| Interval {
            first: a.to_string(),
            last: b.to_string(),
            first_time: Time(a),
            last_time: Time(b),
            is_start: false,
        };
        ranges.iter().map(make).collect()
    }

    #[test]
    fn the_first_catch_up_reads_one_page_and_all_that_came_since() {
        let start = Time(CLOCKS + 25);
        let mut l = Vec::new();
        assert!(anchor(&mut l, start));
        assert!(!anchor(&mut l, start));
        assert!(put(&mut l, 20..=39, None, None, false), "the first page is enough");
        assert_eq!(ranges(&l), [(20, 39, false)]);

        let mut l = Vec::new();
        anchor(&mut l, start);
        assert!(!put(&mut l, 50..=59, None, None, false), "the program was away; all since the start is wanted");
        assert_eq!(l.len(), 2);
        assert!(!put(&mut l, 40..=49, Some(50), None, false));
        assert!(put(&mut l, 24..=39, Some(40), None, false));
        assert_eq!(ranges(&l), [(24, 59, false)]);

        let mut l = Vec::new();
        anchor(&mut l, start);
        assert!(put(&mut l, 30..=39, None, None, true));
        assert_eq!(ranges(&l), [(30, 39, true)]);
        let mut l = Vec::new();
        anchor(&mut l, start);
        grow(&mut l, "77", Time(77));
        assert_eq!(ranges(&l), [(77, 77, true)], "an empty archive, then a live message");
    }

    fn ranges(list: &[Interval]) -> Vec<(i64, i64, bool)> {
        list.iter().map(|i| (i.first.parse().unwrap(), i.last.parse().unwrap(), i.is_start)).collect()
    }

    fn put(
        l: &mut Vec<Interval>,
        ids: std::ops::RangeInclusive<i64>,
        cursor: Option<i64>,
        floor: Option<i64>,
        c: bool,
    ) -> bool {
        let (cursor, floor) = (cursor.map(|c| c.to_string()), floor.map(|f| f.to_string()));
        let seen = seen(ids);
        let page = Page { seen: &seen, cursor: cursor.as_deref(), floor: floor.as_deref(), is_complete: c };
        merge(l, page).is_closed
    }

    #[test]
    fn the_first_page_of_all() {
        let mut l = Vec::new();
        assert!(!put(&mut l, 5..=9, None, None, false));
        assert_eq!(ranges(&l), [(5, 9, false)]);
        assert!(put(&mut l, 1..=4, Some(5), None, true));
        assert_eq!(ranges(&l), [(1, 9, true)]);
    }

    #[test]
    fn pages_close_the_gap_from_above() {
        let mut l = list(&[(1, 10)]);
        assert!(!put(&mut l, 40..=50, None, None, false));
        assert_eq!(ranges(&l), [(1, 10, false), (40, 50, false)], "a kill here leaves a known gap");
        assert!(!put(&mut l, 20..=39, Some(40), None, false));
        assert!(put(&mut l, 5..=19, Some(20), None, false), "10 is in the page");
        assert_eq!(ranges(&l), [(1, 50, false)]);
    }

    #[test]
    fn a_floor_closes_it_without_overlap() {
        let mut l = list(&[(1, 10)]);
        assert!(put(&mut l, 11..=20, None, Some(10), true));
        assert_eq!(ranges(&l), [(1, 20, false)]);
        let nothing = Page { seen: &[], cursor: None, floor: Some("20"), is_complete: true };
        assert!(merge(&mut l, nothing).is_closed);
        assert_eq!(ranges(&l), [(1, 20, false)]);
    }

    #[test]
    fn a_floor_that_is_no_end_any_more_forgets_nothing() {
        let mut l = list(&[(1, 10), (20, 32)]);
        assert!(put(&mut l, 34..=40, None, Some(30), true));
        assert_eq!(ranges(&l), [(1, 10, false), (20, 32, false), (34, 40, false)], "the gaps are still to be read");
    }

    #[test]
    fn an_empty_last_page_closes_too() {
        let mut l = list(&[(1, 10), (20, 30)]);
        let page = Page { seen: &[], cursor: Some("20"), floor: Some("10"), is_complete: true };
        assert!(merge(&mut l, page).is_closed);
        assert_eq!(ranges(&l), [(1, 30, false)]);
    }

    #[test]
    fn stretches_whose_ends_expired_are_forgotten_not_claimed() {
        let mut l = list(&[(5, 10), (40, 50)]);
        let mut without_ten = seen(2..=39);
        without_ten.retain(|(id, _)| id != "10");
        let page = Page { seen: &without_ten, cursor: Some("40"), floor: None, is_complete: false };
        assert!(!merge(&mut l, page).is_closed);
        assert_eq!(ranges(&l), [(2, 50, false)]);
    }

    #[test]
    fn an_archive_that_begins_later_now() {
        let mut l = list(&[(1, 10)]);
        assert!(put(&mut l, 30..=40, None, None, true));
        assert_eq!(ranges(&l), [(30, 40, true)]);
    }

    #[test]
    fn live_messages_grow_the_newest() {
        let mut l = list(&[(1, 10), (20, 30)]);
        grow(&mut l, "31", Time(31));
        assert_eq!(ranges(&l), [(1, 10, false), (20, 31, false)]);
    }

    #[test]
    fn what_is_cut_off_is_a_gap_below_the_next_live_message() {
        let mut l = list(&[(1, 30)]);
        assert!(cut(&mut l, "25", Time(25)));
        assert_eq!(ranges(&l), [(1, 25, false)]);
        assert!(!cut(&mut l, "25", Time(25)), "no news");
        begin(&mut l, "60", Time(60));
        assert_eq!(ranges(&l), [(1, 25, false), (60, 60, false)]);
        assert!(!cut(&mut l, "15", Time(15)), "there is a gap already, and 15 may lie in it");
        assert_eq!(l.len(), 2);
        let mut ahead = vec![Interval { first_time: Time(900), ..list(&[(1, 30)]).remove(0) }];
        assert!(cut(&mut ahead, "25", Time(25)), "a live message began it, by a clock that is ahead");
        assert_eq!(ahead[0].first_time, Time(25));
        let mut first = Vec::new();
        anchor(&mut first, Time(5));
        assert!(!cut(&mut first, "9", Time(CLOCKS)), "nothing is known yet");
    }
}
