//! Words in columns: written by a fold, read by queries, the same list for both.

use sqlx::Row;
use sqlx::postgres::PgRow;

/// A value that is stored as one of a closed list of words.
pub(crate) trait Word: Copy + 'static {
    /// Every value. One that is missing here can be written, and reading it says so.
    const ALL: &'static [Self];

    /// Its word: a match without `_`, so that a new value needs one.
    fn word(self) -> &'static str;
}

/// What the word in `column` stands for.
///
/// # Errors
/// The database's, or that the column holds no such word: another program has written it.
pub(crate) fn read_word<T: Word>(row: &PgRow, column: &str) -> Result<T, sqlx::Error> {
    known(row.try_get(column)?, column)
}

/// What the word in `column` stands for, if there is one.
///
/// # Errors
/// As [`read_word`].
pub(crate) fn read_maybe_word<T: Word>(row: &PgRow, column: &str) -> Result<Option<T>, sqlx::Error> {
    row.try_get::<Option<&str>, _>(column)?.map(|found| known(found, column)).transpose()
}

/// What `found`, in `column`, stands for.
///
/// # Errors
/// As [`read_word`].
pub(crate) fn known<T: Word>(found: &str, column: &str) -> Result<T, sqlx::Error> {
    let value = T::ALL.iter().copied().find(|value| value.word() == found);
    value.ok_or_else(|| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: format!("`{found}` is no word of this column").into(),
    })
}
