//! A row's columns, one after the other.

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row, Type};

use crate::word::{Word, known};

/// The columns of a row in the order in which its statement lists them. An inbox has a thousand rows, and a name would be looked up for each
/// column of each.
///
/// Each is taken by its name all the same, and its prefix where it has one: a build with assertions, as tests have, panics where another column
/// stands at its place, and refuses one of another type.
pub(super) struct Cells<'r> {
    row: &'r PgRow,
    next: usize,
}

impl<'r> Cells<'r> {
    /// From the row's first column on.
    pub(super) fn of(row: &'r PgRow) -> Self {
        Self { row, next: 0 }
    }

    /// The whole row, for what is taken by name wherever it stands.
    pub(super) fn row(&self) -> &'r PgRow {
        self.row
    }

    /// The next column.
    pub(super) fn take<T>(&mut self, name: &str) -> Result<T, sqlx::Error>
    where
        T: Decode<'r, Postgres> + Type<Postgres>,
    {
        self.take_of("", name)
    }

    /// The next column, whose name begins with `prefix`.
    pub(super) fn take_of<T>(&mut self, prefix: &str, name: &str) -> Result<T, sqlx::Error>
    where
        T: Decode<'r, Postgres> + Type<Postgres>,
    {
        debug_assert_eq!(
            self.row.columns().get(self.next).map(sqlx::Column::name),
            Some(&*format!("{prefix}{name}")),
            "the next column"
        );
        // Whether the column's type is one that the value can be read of is asked by name, and never changes.
        let value = if cfg!(debug_assertions) {
            self.row.try_get(self.next)?
        } else {
            self.row.try_get_unchecked(self.next)?
        };
        self.next += 1;
        Ok(value)
    }

    /// Goes past so many columns.
    pub(super) fn skip(&mut self, columns: usize) {
        self.next += columns;
    }

    pub(super) fn timestamp(&mut self, name: &str) -> Result<Timestamp, sqlx::Error> {
        self.timestamp_of("", name)
    }

    pub(super) fn timestamp_of(&mut self, prefix: &str, name: &str) -> Result<Timestamp, sqlx::Error> {
        self.take_of::<jiff_sqlx::Timestamp>(prefix, name).map(jiff_sqlx::Timestamp::to_jiff)
    }

    pub(super) fn maybe_timestamp(&mut self, name: &str) -> Result<Option<Timestamp>, sqlx::Error> {
        self.maybe_timestamp_of("", name)
    }

    pub(super) fn maybe_timestamp_of(&mut self, prefix: &str, name: &str) -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(self.take_of::<Option<jiff_sqlx::Timestamp>>(prefix, name)?.map(jiff_sqlx::Timestamp::to_jiff))
    }

    /// What the word in the next column stands for.
    pub(super) fn word<T: Word>(&mut self, name: &str) -> Result<T, sqlx::Error> {
        known(self.take(name)?, name)
    }

    /// Likewise, if there is one.
    pub(super) fn maybe_word_of<T: Word>(&mut self, prefix: &str, name: &str) -> Result<Option<T>, sqlx::Error> {
        self.take_of::<Option<&str>>(prefix, name)?.map(|found| known(found, name)).transpose()
    }
}
