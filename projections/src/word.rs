//! Words in columns: written by a fold, read by queries, the same list for both.

use sqlx::Row;
use sqlx::postgres::PgRow;

/// A closed list of words that a column may hold.
pub(crate) type Words<T> = [(T, &'static str)];

/// The word for `value`.
pub(crate) fn word<T: PartialEq>(words: &Words<T>, value: T) -> &'static str {
    words.iter().find(|(known, _)| *known == value).map_or("", |(_, word)| word)
}

/// What the word in `column` stands for.
///
/// # Errors
/// The database's, or that the column holds no such word: another program has written it.
pub(crate) fn read_word<T: Copy>(row: &PgRow, column: &str, words: &Words<T>) -> Result<T, sqlx::Error> {
    let found: &str = row.try_get(column)?;
    let value = words.iter().find(|(_, word)| *word == found).map(|(value, _)| *value);
    value.ok_or_else(|| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: format!("`{found}` is no word of this column").into(),
    })
}
