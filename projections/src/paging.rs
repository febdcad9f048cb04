//! Keyset pages: a page begins after the row that ended the last one, wherever that row is by now.

use jiff::Timestamp;
use uuid::Uuid;

/// A row's place in a list that is ordered by a time and then by an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyset {
    /// The time the list is ordered by.
    pub at: Timestamp,
    /// Breaks ties.
    pub id: Uuid,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// How many rows at most.
    pub first: u32,
    /// The row that ended the page before.
    pub after: Option<Keyset>,
}

impl PageRequest {
    /// One more than asked for: it tells whether there is a next page.
    pub(crate) fn limit(&self) -> i64 {
        i64::from(self.first) + 1
    }

    /// The page begins below this row: without one below the end of time, so that there is one condition for all
    /// pages, and an index takes it. (`$1 is null or ...` and `coalesce` would be filters under row-level security.)
    fn below(&self) -> Keyset {
        self.after.unwrap_or(Keyset { at: Timestamp::MAX, id: Uuid::max() })
    }

    pub(crate) fn below_at(&self) -> jiff_sqlx::Timestamp {
        self.below().at.into()
    }

    pub(crate) fn below_id(&self) -> Uuid {
        self.below().id
    }
}
