//! Reading usage: one statement for the lines, one for what is behind a line.

use async_graphql::{Context, Error, Object};
use jiff::civil::Date;
use leadflow_projections::usage::{self, CountedRow};

use super::types::{UsageEvent, UsageLine, UsageLineInput};
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::{bad_input, internal};

/// Most days of one question: a year and a day.
const MOST_DAYS: i32 = 366;

/// Queries about usage.
#[derive(Default)]
pub(in crate::graphql) struct UsageQueries;

#[Object]
impl UsageQueries {
    /// What was used on the days from `from` to `to`, both included, at most 366 of them; in UTC. Ordered by day, item,
    /// category and booking. The sum of a day's lines of one item is what was used that day, as far as it is known.
    async fn usage(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Date,
        #[graphql(desc = "The last day.")] to: Date,
    ) -> Result<Vec<UsageLine>, Error> {
        let request = Request::of(context)?;
        let days = (to - from).get_days() + 1;
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(bad_input(&format!("`from` and `to` must be 1 to {MOST_DAYS} days, not {days}")));
        }
        let lines = usage::usage(&request.api.reads, request.viewer.context(), from, to)
            .await
            .map_err(|error| internal("usage", &error))?;
        Ok(lines.into_iter().map(UsageLine::from).collect())
    }

    /// What a line of usage counts, latest first: for every number the events behind it.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn usage_events(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The line.")] line: UsageLineInput,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Result<Connection<UsageEvent>, Error> {
        let request = Request::of(context)?;
        let line = line.into();
        let scope = List::UsageEvents.narrowed(&line);
        let page = Window { first, after, last, before }.page(scope)?;
        let rows = usage::counted(&request.api.reads, request.viewer.context(), &line, page)
            .await
            .map_err(|error| internal("usageEvents", &error))?;
        let total = if context.look_ahead().field("totalCount").exists() {
            let count = usage::count_counted(&request.api.reads, request.viewer.context(), &line).await;
            Some(count.map_err(|error| internal("usageEvents.totalCount", &error))?)
        } else {
            None
        };
        let rows = rows.into_iter().map(|row| (CountedRow::keyset(&row), UsageEvent::from(row)));
        Ok(connection(scope, page, rows, total))
    }
}
