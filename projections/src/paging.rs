//! Keyset pages, from both ends: a page begins after the row that ended another one, or ends before the row that began one, at
//! the place that the row had then.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// No text is above one that begins with it, in the order of bytes.
const HIGHEST_LETTER: char = '\u{10ffff}';

/// A row's place in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Keyset {
    /// What the list is ordered by before all else; 0 in one that is ordered by time alone.
    pub rank: i16,
    /// The time the list is ordered by.
    pub at: Timestamp,
    /// Breaks ties first, where the order says so; else nil.
    pub tie: Uuid,
    /// Breaks ties.
    pub id: Uuid,
}

impl Keyset {
    /// In a list that is ordered by a time and then by an id.
    #[must_use]
    pub fn new(at: Timestamp, id: Uuid) -> Self {
        Self { rank: 0, at, tie: Uuid::nil(), id }
    }

    /// No row's time is earlier. Postgres holds it, and not all that are earlier.
    pub const EARLIEST: Timestamp = Timestamp::constant(-62_135_596_800, 0);

    /// Below every row.
    const LOWEST: Self = Self { rank: i16::MIN, at: Self::EARLIEST, tie: Uuid::nil(), id: Uuid::nil() };

    /// Above every row.
    const HIGHEST: Self = Self { rank: i16::MAX, at: Timestamp::MAX, tie: Uuid::max(), id: Uuid::max() };
}

/// From which end the rows of a page are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// From the beginning.
    First,
    /// From the end.
    Last,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageRequest {
    /// From which end of what lies between `after` and `before`.
    pub end: End,
    /// How many rows at most.
    pub size: u32,
    /// Whether one row more is read, if there is one, which tells that there is more.
    pub with_one_more: bool,
    /// The row that ends what comes before.
    pub after: Option<Keyset>,
    /// The row that begins what comes after.
    pub before: Option<Keyset>,
}

impl PageRequest {
    /// The first rows of a list.
    #[must_use]
    pub const fn first(size: u32) -> Self {
        Self { end: End::First, size, with_one_more: true, after: None, before: None }
    }

    /// The last rows of a list.
    #[must_use]
    pub const fn last(size: u32) -> Self {
        Self { end: End::Last, size, with_one_more: true, after: None, before: None }
    }

    /// How many rows are read at most.
    pub(crate) fn limit(&self) -> i64 {
        i64::from(self.size) + i64::from(self.with_one_more)
    }

    /// Puts the page's bounds behind the other conditions, and its order and limit behind them. The rows come from the end
    /// that is asked for: [`Self::in_order`] turns them.
    ///
    /// There is always a bound where the scan begins, without a row one that all rows are within, so that an index takes
    /// it. (`$1 is null or ...` and `coalesce` would be filters under row-level security.)
    pub(crate) fn push(&self, sql: &mut QueryBuilder<'_, Postgres>, order: &Order<'_>) {
        let (start, stop) = match self.end {
            End::First => (self.after, self.before),
            End::Last => (self.before, self.after),
        };
        let (begins, ends, open) =
            if self.goes_down(order) { ("<", ">", Keyset::HIGHEST) } else { (">", "<", Keyset::LOWEST) };
        order.push_bound(sql, begins, start.unwrap_or(open));
        if let Some(stop) = stop {
            order.push_bound(sql, ends, stop);
        }
        self.push_end(sql, order);
    }

    /// Puts the order and the limit behind all conditions: of rows that are within the page's bounds.
    pub(crate) fn push_end(&self, sql: &mut QueryBuilder<'_, Postgres>, order: &Order<'_>) {
        order.push(sql, self.goes_down(order));
        sql.push(" limit ").push_bind(self.limit());
    }

    /// In which direction the rows come, from the end that is asked for.
    fn goes_down(&self, order: &Order<'_>) -> bool {
        match self.end {
            End::First => order.is_descending,
            End::Last => !order.is_descending,
        }
    }

    /// The list's own order for rows that came from the end that was asked for. One more than was asked for is then the last
    /// of the first rows, and the first of the last.
    pub(crate) fn in_order<R>(&self, mut rows: Vec<R>) -> Vec<R> {
        if self.end == End::Last {
            rows.reverse();
        }
        rows
    }
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageUnread {
    /// The row that a cursor names is not where it was: what the list is ordered by is another text now, or gone. Where the page
    /// would begin nobody knows any more, so the list is to be read from its beginning.
    #[error("the row of a cursor has another place in its list by now")]
    Moved,
    /// The database's.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// What a list is ordered by: columns that an index has in this order, all upwards or all downwards.
#[derive(Debug)]
pub(crate) struct Order<'a> {
    pub(crate) columns: &'a [Column],
    pub(crate) is_descending: bool,
}

/// A column of an order.
#[derive(Debug)]
pub(crate) enum Column {
    /// [`Keyset::rank`].
    Rank(&'static str),
    /// [`Keyset::at`].
    At(&'static str),
    /// [`Keyset::tie`].
    Tie(&'static str),
    /// [`Keyset::id`].
    Id(&'static str),
    /// Text that no cursor tells.
    Text {
        name: &'static str,
        /// What it is in the rows that the page's cursors name, by [`Keyset::id`].
        of: HashMap<Uuid, String>,
    },
}

impl Column {
    fn name(&self) -> &'static str {
        match self {
            Self::Rank(name) | Self::At(name) | Self::Tie(name) | Self::Id(name) | Self::Text { name, .. } => name,
        }
    }
}

impl Order<'_> {
    /// ` order by` its columns, downwards or upwards.
    pub(crate) fn push(&self, sql: &mut QueryBuilder<'_, Postgres>, downwards: bool) {
        let direction = if downwards { " desc" } else { "" };
        for (nth, column) in self.columns.iter().enumerate() {
            sql.push(if nth == 0 { " order by " } else { ", " }).push(column.name()).push(direction);
        }
    }

    /// Its columns, as SQL lists them.
    pub(crate) fn list(&self) -> String {
        self.columns.iter().map(Column::name).collect::<Vec<_>>().join(", ")
    }

    /// One comparison of rows.
    fn push_bound(&self, sql: &mut QueryBuilder<'_, Postgres>, is: &str, keyset: Keyset) {
        sql.push(format!(" and ({}) {is} (", self.list()));
        for (nth, column) in self.columns.iter().enumerate() {
            if nth > 0 {
                sql.push(", ");
            }
            match column {
                Column::Rank(_) => sql.push_bind(keyset.rank),
                Column::At(_) => sql.push_bind(jiff_sqlx::Timestamp::from(keyset.at)),
                Column::Tie(_) => sql.push_bind(keyset.tie),
                Column::Id(_) => sql.push_bind(keyset.id),
                Column::Text { .. } if keyset == Keyset::HIGHEST => sql.push_bind(HIGHEST_LETTER.to_string()),
                Column::Text { of, .. } => sql.push_bind(of.get(&keyset.id).cloned().unwrap_or_default()),
            };
        }
        sql.push(")");
    }
}
