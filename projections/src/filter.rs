//! Conditions on the rows of a list, compiled to SQL with bound values: nothing that a client wrote stands in a statement.

use jiff::Timestamp;
use sqlx::{Encode, Postgres, QueryBuilder, Type};
use uuid::Uuid;

use crate::Keyset;

/// A condition on rows, or several that are joined. It is true or false: `not` is true of a row in which a value is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition<F> {
    /// All of these. Of none it is true.
    All(Vec<Self>),
    /// At least one of these. Of none it is false.
    Any(Vec<Self>),
    /// It is not so.
    Not(Box<Self>),
    /// What is asked of one field.
    Is(F),
}

impl<F> Default for Condition<F> {
    /// True of every row.
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

/// What can be asked of one field of a row.
pub(crate) trait Field {
    /// The condition, in SQL. It may be null where the field is.
    fn push(&self, sql: &mut QueryBuilder<'_, Postgres>);
}

impl<F> Condition<F> {
    /// Puts ` and` and the condition behind other ones. One that is true of every row leaves no trace.
    pub(crate) fn push_and(&self, sql: &mut QueryBuilder<'_, Postgres>)
    where
        F: Field,
    {
        if !matches!(self, Self::All(parts) if parts.is_empty()) {
            sql.push(" and ");
            self.push(sql);
        }
    }

    fn push(&self, sql: &mut QueryBuilder<'_, Postgres>)
    where
        F: Field,
    {
        match self {
            Self::All(parts) => join(sql, parts, " and ", "true"),
            Self::Any(parts) => join(sql, parts, " or ", "false"),
            Self::Not(part) => {
                sql.push("(");
                part.push(sql);
                sql.push(") is not true");
            }
            Self::Is(field) => field.push(sql),
        }
    }
}

fn join<F: Field>(sql: &mut QueryBuilder<'_, Postgres>, parts: &[Condition<F>], by: &str, of_none: &str) {
    if parts.is_empty() {
        sql.push(of_none);
        return;
    }
    for (nth, part) in parts.iter().enumerate() {
        sql.push(if nth == 0 { "(" } else { by });
        part.push(sql);
    }
    sql.push(")");
}

/// What can be asked of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdIs {
    /// It is one of these.
    In(Vec<Uuid>),
    /// There is none, or there is one.
    Null(bool),
}

/// What can be asked of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextIs {
    /// It is one of these, letter by letter.
    In(Vec<String>),
    /// It contains this, in capitals or not.
    Contains(String),
    /// There is none, or there is one.
    Null(bool),
}

/// What can be asked of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberIs {
    /// It is one of these.
    In(Vec<i32>),
    /// It is this or more.
    AtLeast(i32),
    /// It is this or less.
    AtMost(i32),
    /// There is none, or there is one.
    Null(bool),
}

/// What can be asked of a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeIs {
    /// It is one of these, to the microsecond.
    In(Vec<Timestamp>),
    /// It is this or later.
    From(Timestamp),
    /// It is this or earlier.
    Until(Timestamp),
    /// There is none, or there is one.
    Null(bool),
}

impl IdIs {
    pub(crate) fn push(&self, sql: &mut QueryBuilder<'_, Postgres>, column: &str) {
        match self {
            Self::In(ids) => one_of(sql, column, ids),
            Self::Null(is_null) => null(sql, column, *is_null),
        }
    }
}

impl TextIs {
    pub(crate) fn push(&self, sql: &mut QueryBuilder<'_, Postgres>, column: &str) {
        match self {
            Self::In(texts) => one_of(sql, column, texts),
            Self::Contains(text) => contains(sql, column, text),
            Self::Null(is_null) => null(sql, column, *is_null),
        }
    }
}

impl NumberIs {
    pub(crate) fn push(&self, sql: &mut QueryBuilder<'_, Postgres>, column: &str) {
        let (is, number) = match self {
            Self::In(numbers) => return one_of(sql, column, numbers),
            Self::Null(is_null) => return null(sql, column, *is_null),
            Self::AtLeast(number) => (">=", number),
            Self::AtMost(number) => ("<=", number),
        };
        sql.push(format!("{column} {is} ")).push_bind(*number);
    }
}

impl TimeIs {
    pub(crate) fn push(&self, sql: &mut QueryBuilder<'_, Postgres>, column: &str) {
        let (is, time) = match self {
            Self::In(times) => {
                // Postgres does not hold all the times that there are, and no row has an earlier one.
                let held = times.iter().filter(|time| **time >= Keyset::EARLIEST);
                return one_of(sql, column, &held.copied().map(jiff_sqlx::Timestamp::from).collect::<Vec<_>>());
            }
            Self::From(time) => (">=", time),
            Self::Until(time) => ("<=", time),
            Self::Null(is_null) => return null(sql, column, *is_null),
        };
        let time = jiff_sqlx::Timestamp::from(*time.max(&Keyset::EARLIEST));
        sql.push(format!("{column} {is} ")).push_bind(time);
    }
}

/// One value is compared with `=`, which an index on more columns than this one still gives in the order of the others.
pub(crate) fn one_of<V>(sql: &mut QueryBuilder<'_, Postgres>, column: &str, values: &[V])
where
    V: Clone + for<'q> Encode<'q, Postgres> + Type<Postgres> + sqlx::postgres::PgHasArrayType + 'static,
{
    match values {
        [value] => sql.push(format!("{column} = ")).push_bind(value.clone()),
        values => sql.push(format!("{column} = any(")).push_bind(values.to_vec()).push(")"),
    };
}

/// No pattern: whatever is looked for stands for itself. The columns are ordered by bytes, and letters are the database's.
pub(crate) fn contains(sql: &mut QueryBuilder<'_, Postgres>, column: &str, text: &str) {
    sql.push(format!("strpos(lower({column} collate \"default\"), lower(")).push_bind(text.to_owned());
    sql.push("::text collate \"default\")) > 0");
}

pub(crate) fn null(sql: &mut QueryBuilder<'_, Postgres>, column: &str, is_null: bool) {
    sql.push(format!("{column} is {}", if is_null { "null" } else { "not null" }));
}
