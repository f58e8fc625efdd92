//! Order keys and row ids.
//!
//! The order key of a message is its time in microseconds, moved where the order of arrival or of the archive demands
//! it. The row id is the order key with ten more bits. So rows, indexes and search results are sorted by time without
//! a sort step, whatever order they were written in.

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

/// The orders of one chat's messages in an archive's page, found from the newest backwards.
///
/// A stamp of a whole second may stand for any moment in it, so it counts as the end of that second;
/// then each message comes below the one after it, and stamps that are equal or disagree with the
/// archive's order cannot turn it around.
#[derive(Debug)]
pub(super) struct Chain {
    /// That of the newer message that was placed last.
    next: i64,
    /// The lowest of the newer ones that are stored.
    limit: i64,
}

impl Chain {
    /// A chain below this order, where something newer is stored.
    pub(super) fn new(before: Option<i64>) -> Self {
        let next = before.unwrap_or_else(last_order);
        Self { next, limit: next }
    }

    /// The place of the next older message: where its stamp says, but above `older`, the order of what is stored before
    /// it, with room between the two for the rest of a `run` of so many that ends with it. Where there is no room they
    /// share the order of what is older: rows of one order stand as they are written.
    pub(super) fn place(&mut self, stamp: Time, older: i64, run: i64) -> i64 {
        let micros = micros(stamp);
        let upper = if stamp.0 % 1000 == 0 { micros.saturating_add(999_999) } else { micros };
        let order = upper.max(older.saturating_add(run)).min(self.next.saturating_sub(1)).max(older);
        self.next = order.min(self.limit.saturating_sub(1)).max(1);
        self.next
    }

    /// The next older message, of somebody else, is stored already: the chain goes on from where it stands.
    /// The user's own stand where they were typed, which says nothing of the archive's order.
    pub(super) fn known(&mut self, order: Order) {
        self.next = self.next.min(order.0);
        self.limit = self.limit.min(order.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seconds_keep_the_archives_order() {
        let mut chain = Chain::new(None);
        let newest_first: Vec<i64> = [5000, 5000, 5000, 4000].iter().map(|t| chain.place(Time(*t), 0, 1)).collect();
        assert_eq!(newest_first, [5_999_999, 5_999_998, 5_999_997, 4_999_999]);
    }

    #[test]
    fn stamps_that_disagree_do_not_turn_the_order() {
        let mut chain = Chain::new(None);
        let orders: Vec<i64> = [5001, 9001, 5003].iter().map(|t| chain.place(Time(*t), 0, 1)).collect();
        assert_eq!(orders, [5_001_000, 5_000_999, 5_000_998]);
    }

    #[test]
    fn bounds() {
        let mut chain = Chain::new(Some(10));
        let places = [3, 2, 1].map(|run| chain.place(Time(0), 8, run));
        assert_eq!(places, [9, 8, 8], "ties go by row");
        assert_eq!(Chain::new(Some(9)).place(Time(1), 8, 1), 8, "no room");
        assert_eq!(Chain::new(Some(9)).place(Time(1), 20, 1), 8, "what is newer bounds it");
        let mut chain = Chain::new(None);
        assert_eq!([3, 2, 1].map(|run| chain.place(Time(5), 9_000, run)), [9_003, 9_002, 9_001], "a run has its room");
        let mut chain = Chain::new(None);
        chain.known(Order(1_000));
        assert_eq!(chain.place(Time(5), 0, 1), 999);
        chain.known(Order(100_000_000));
        assert_eq!(chain.place(Time(5), 0, 1), 998, "a stored row never loosens the chain");
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
