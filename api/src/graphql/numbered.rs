//! Lists in the order of a number that counts up, newest first: of their cursors the number alone is told.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use leadflow_projections::{End, Keyset, PageRequest};
use uuid::Uuid;

/// The part of such a list that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) within: RangeInclusive<i64>,
    /// From the end of the list, where the smallest are.
    pub(super) from_smallest: bool,
    /// One more than asked for: it tells whether there are rows beyond the page.
    pub(super) limit: i64,
}

impl Numbers {
    pub(super) fn of(page: &PageRequest) -> Self {
        // What comes after a row in the list is smaller.
        let from = page.before.map_or(0, number).saturating_add(1);
        let until = page.after.map_or(i64::MAX, number).saturating_sub(i64::from(page.after.is_some()));
        Self { within: from..=until, from_smallest: page.end == End::Last, limit: i64::from(page.size) + 1 }
    }
}

/// The place of the row with this number, which is not negative.
pub(super) fn keyset(number: i64) -> Keyset {
    Keyset::new(Timestamp::UNIX_EPOCH, Uuid::from_u128(u128::from(number.unsigned_abs())))
}

fn number(keyset: Keyset) -> i64 {
    // No other cursor was given for such a list, unless somebody made it herself.
    i64::try_from(keyset.id.as_u128()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_before_its_bounds() {
        let first = PageRequest::first(2);
        let whole = Numbers { within: 1..=i64::MAX, from_smallest: false, limit: 3 };
        assert_eq!(Numbers::of(&first), whole);
        assert_eq!(Numbers::of(&PageRequest::last(2)), Numbers { from_smallest: true, ..whole.clone() });
        let after = PageRequest { after: Some(keyset(7)), ..first };
        assert_eq!(Numbers::of(&after), Numbers { within: 1..=6, ..whole.clone() });
        let between = PageRequest { after: Some(keyset(7)), before: Some(keyset(3)), ..first };
        assert_eq!(Numbers::of(&between), Numbers { within: 4..=6, ..whole });
        for odd in [Uuid::max(), Uuid::nil()] {
            let odd = Some(Keyset::new(Timestamp::UNIX_EPOCH, odd));
            let Numbers { within, .. } = Numbers::of(&PageRequest { after: odd, before: odd, ..first });
            assert!(within.is_empty(), "{within:?}");
        }
    }
}
