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

    pub(crate) fn after_at(&self) -> Option<jiff_sqlx::Timestamp> {
        self.after.map(|after| after.at.into())
    }

    pub(crate) fn after_id(&self) -> Option<Uuid> {
        self.after.map(|after| after.id)
    }
}
