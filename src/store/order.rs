//! Order keys and row ids.
//!
//! The place of a message in its chat is a number of microseconds, pushed apart where arrival or the
//! archive asks for it. The row id is that place with ten more bits, so that rows, indexes and search
//! results stand in order of time without a sort, whatever order they were written in.

use crate::model::{Order, RowId, Time};

/// Bits of a row id below the order.
const BITS: u32 = 10;

/// The first row id that an order may have.
pub(super) fn first_id(order: i64) -> i64 {
    order.saturating_mul(1 << BITS)
}

/// The last row id that an order may have.
pub(super) fn last_id(order: i64) -> i64 {
    first_id(order).saturating_add((1 << BITS) - 1)
}

/// The order of a row id.
pub(super) fn order_of(row: i64) -> Order {
    Order(row >> BITS)
}

/// Row id and order.
pub(super) fn row(id: i64) -> (RowId, Order) {
    (RowId(id), order_of(id))
}

/// A point in time as an order; kept within what a row id can hold (the years 1970 to 2255).
pub(super) fn micros(time: Time) -> i64 {
    time.0.saturating_mul(1000).clamp(1, last_order())
}

/// The greatest order.
pub(super) fn last_order() -> i64 {
    (i64::MAX >> BITS) - 1
}

/// The orders of an archive's page, found from its newest message backwards.
///
/// A stamp of a whole second may stand for any moment in it, so it counts as the end of that second;
/// then each message comes below the one after it, and stamps that are equal or disagree with the
/// archive's order cannot turn it around.
#[derive(Debug)]
pub(super) struct Chain {
    next: i64,
    floor: i64,
}

impl Chain {
    /// A chain below `before`'s order and above `after`'s, where these are stored. Where there is no room
    /// between the two it takes `after`'s: rows of one order stand as they were written.
    pub(super) fn new(before: Option<Order>, after: Option<Order>) -> Self {
        let next = before.map_or(last_order(), |o| o.0);
        Self { next, floor: after.map_or(1, |o| o.0.saturating_add(1).min(next.saturating_sub(1)).max(1)) }
    }

    /// The place of the next older message, above `below`, the highest order of what is older, where there is room.
    pub(super) fn place(&mut self, stamp: Time, below: i64) -> i64 {
        let micros = micros(stamp);
        let upper = if stamp.0 % 1000 == 0 { micros.saturating_add(999_999) } else { micros };
        let order = upper.max(below.saturating_add(1)).min(self.next.saturating_sub(1)).max(self.floor);
        self.next = order;
        order
    }

    /// The next older message, of somebody else, is stored already: the chain goes on from where it stands.
    /// The user's own stand where they were typed, which says nothing of the archive's order.
    pub(super) fn known(&mut self, order: Order) {
        self.next = self.next.min(order.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seconds_keep_the_archives_order() {
        let mut chain = Chain::new(None, None);
        let newest_first: Vec<i64> = [5000, 5000, 5000, 4000].iter().map(|t| chain.place(Time(*t), 0)).collect();
        assert_eq!(newest_first, [5_999_999, 5_999_998, 5_999_997, 4_999_999]);
    }

    #[test]
    fn stamps_that_disagree_do_not_turn_the_order() {
        let mut chain = Chain::new(None, None);
        let orders: Vec<i64> = [5001, 9001, 5003].iter().map(|t| chain.place(Time(*t), 0)).collect();
        assert_eq!(orders, [5_001_000, 5_000_999, 5_000_998]);
    }

    #[test]
    fn bounds() {
        let mut chain = Chain::new(Some(Order(10)), Some(Order(8)));
        assert_eq!(
            (chain.place(Time(1), 0), chain.place(Time(1), 0), chain.place(Time(1), 0)),
            (9, 9, 9),
            "ties go by row"
        );
        assert_eq!(Chain::new(Some(Order(9)), Some(Order(8))).place(Time(1), 0), 8, "no room");
        let mut chain = Chain::new(None, None);
        chain.known(Order(1_000));
        assert_eq!(chain.place(Time(5), 0), 999);
        chain.known(Order(100_000_000));
        assert_eq!(chain.place(Time(5), 0), 998, "a stored row never loosens the chain");
    }

    #[test]
    fn ids_sort_as_orders() {
        assert!(last_id(7) < first_id(8));
        assert_eq!(order_of(last_id(7)), Order(7));
        assert!(last_id(last_order()) > first_id(last_order()));
        assert_eq!(micros(Time(i64::MAX)), last_order());
        assert_eq!(micros(Time(i64::MIN)), 1);
    }
}
