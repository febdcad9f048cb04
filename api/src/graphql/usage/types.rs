//! Lines of usage, and what they count.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, Error, ID, SimpleObject};
use jiff::Timestamp;
use jiff::civil::Date;
use leadflow_projections::usage::{CountedRow, UsageLine as Line};

use super::explain::Explained;
use super::line_id;
use crate::graphql::connection::{Connection, Window, cost};
use crate::graphql::global_id::{Kind, encode};
use crate::graphql::log_id::LogId;
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

/// What was used on some days, in UTC.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct UsageReport {
    /// Ordered by day, item, category and booking. The sum of a day's lines of one item is what was used that day, as far as it is
    /// known.
    pub(super) lines: Vec<UsageLine>,
}

/// How much of one kind was used on one day.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct UsageLine {
    /// Global id.
    pub(in crate::graphql) id: ID,
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
    is_correction: bool,
    /// The number; negative where a correction takes more away than it adds.
    quantity: i64,
    #[graphql(skip)]
    line: Line,
    #[graphql(skip)]
    explained: Arc<Explained>,
}

/// One thing that a line counts, or takes back.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct UsageEvent {
    /// The global id of the message, conversation or contact; null for a message of the business.
    subject_id: Option<ID>,
    /// The id of the same in the log: of a customer's message the event, of a message of the business its stream.
    subject: LogId,
    /// When it was used, by the provider's clock.
    at: Timestamp,
    /// 1, or -1 where a correction takes it from another category.
    quantity: i32,
    /// The id of the event that it rests on, in the log.
    event: LogId,
    /// Where that event stands in the log.
    position: Position,
}

#[ComplexObject]
impl UsageLine {
    /// The events behind the number, latest first; their quantities add up to it. Read for all lines at once, of which a page may
    /// have 10,000 events in all. To page through one line's, ask `node` for it. Null where they can't be read, which leaves the
    /// lines as they are: an error says why.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn explain(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<UsageEvent>, Error>> {
        let window = Window { first, after, last, before };
        Some(self.explained.page(context, &self.id, &self.line, &window).await)
    }
}

impl UsageLine {
    /// `explained` is what was read of all lines of the answer at once.
    pub(super) fn new(line: Line, explained: Arc<Explained>) -> Self {
        Self {
            id: line_id::id(&line.key),
            day: line.key.day,
            item: line.key.item.into(),
            category: line.key.category.clone(),
            booked_on: line.key.booked_on,
            is_correction: line.key.is_correction(),
            quantity: line.quantity,
            line,
            explained,
        }
    }
}

impl UsageEvent {
    /// As what a line of `item` counts.
    pub(super) fn new(item: UsageItem, row: &CountedRow) -> Self {
        let kind = match item {
            UsageItem::MessageReceived => Some(Kind::Message),
            // The log knows it by its stream, and the inbox by the event that tells of it first.
            UsageItem::MessageSent => None,
            UsageItem::ConversationActive => Some(Kind::Conversation),
            UsageItem::ContactActive => Some(Kind::Contact),
        };
        Self {
            subject_id: kind.map(|kind| encode(kind, row.subject)),
            subject: row.subject.into(),
            at: row.at,
            quantity: row.quantity.into(),
            event: row.event.into(),
            position: Position(row.position),
        }
    }
}
