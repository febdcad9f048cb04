//! Lines of usage, and what they count.

use async_graphql::{Enum, ID, InputObject, SimpleObject};
use jiff::Timestamp;
use jiff::civil::Date;
use leadflow_projections::usage::{CountedRow, UsageLine as Line};

use crate::graphql::position::Position;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::usage::UsageItem")]
pub(in crate::graphql) enum UsageItem {
    /// A customer's message.
    MessageReceived,
    /// A message of the business.
    MessageSent,
    /// A conversation in which somebody wrote that day, once.
    ConversationActive,
    /// A contact who wrote or was written to that day, once.
    ContactActive,
}

/// How much of one kind was used on one day.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct UsageLine {
    /// The day of use, in UTC.
    day: Date,
    /// What is counted.
    item: UsageItem,
    /// Of messages of the business what the provider prices them as, in its word; null while it has not said, and for all
    /// else.
    category: Option<String>,
    /// The day it is booked on. A day closes 48 hours after its end; what is known later is booked on the day on which it
    /// is, as a correction.
    booked_on: Date,
    /// Whether it corrects a day that had been closed.
    correction: bool,
    /// The number; negative where a correction takes more away than it adds.
    quantity: i64,
}

/// Names a line.
#[derive(InputObject)]
pub(super) struct UsageLineInput {
    /// The day of use.
    day: Date,
    /// What is counted.
    item: UsageItem,
    /// The category; null as in the line.
    category: Option<String>,
    /// The day it is booked on.
    booked_on: Date,
}

/// One thing that a line counts, or takes back.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct UsageEvent {
    /// The id of the message, conversation or contact.
    subject: ID,
    /// When it was used, by the provider's clock.
    at: Timestamp,
    /// 1, or -1 where a correction takes it from another category.
    quantity: i32,
    /// The id of the event that it rests on, in the log.
    event: ID,
    /// Where that event stands in the log.
    position: Position,
}

impl From<Line> for UsageLine {
    fn from(line: Line) -> Self {
        Self {
            correction: line.is_correction(),
            day: line.day,
            item: line.item.into(),
            category: line.category,
            booked_on: line.booked_on,
            quantity: line.quantity,
        }
    }
}

impl From<UsageLineInput> for Line {
    fn from(input: UsageLineInput) -> Self {
        Self {
            day: input.day,
            item: input.item.into(),
            category: input.category,
            booked_on: input.booked_on,
            quantity: 0,
        }
    }
}

impl From<CountedRow> for UsageEvent {
    fn from(row: CountedRow) -> Self {
        Self {
            subject: row.subject.into(),
            at: row.at,
            quantity: row.quantity.into(),
            event: row.event.into(),
            position: Position(row.position),
        }
    }
}
