//! Reading usage: one statement for the lines, one for what is behind all of them.

use std::sync::Arc;

use async_graphql::{Context, Error, Lookahead, Object};
use leadflow_domain::role::Permission;
use leadflow_projections::usage::{self, LineKey, UsageLine as Line};

use super::explain::Explained;
use super::types::{UsageLine, UsageReport};
use crate::graphql::api::Request;
use crate::graphql::date_range::DateRangeInput;
use crate::graphql::failure::internal;

/// Lines that a day is reckoned to have: its items, and the categories of what was sent.
const LINES_A_DAY: usize = 6;

/// Queries about usage.
#[derive(Default)]
pub(in crate::graphql) struct UsageQueries;

#[Object]
impl UsageQueries {
    /// What was used, and is charged by; each line says what is behind it. A day is priced as 6 lines with all that is selected of
    /// each: a whole year of lines alone is well within what one operation may cost, with `explain(first: 3)` some 100 days are.
    #[graphql(complexity = "1 + (range.cost() * LINES_A_DAY).saturating_mul(child_complexity)")]
    async fn usage(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The days, at most 366; in UTC.")] range: DateRangeInput,
    ) -> Option<Result<UsageReport, Error>> {
        let found = async {
            let request = Request::of(context)?;
            request.allows(Permission::SeeUsage)?;
            let (from, to) = range.days()?;
            let lines = usage::usage(&request.api.reads, request.viewer.context(), from, to)
                .await
                .map_err(|error| internal("usage", &error))?;
            Ok(UsageReport { lines: explained(context, lines, &context.look_ahead().field("lines")).await? })
        };
        Some(found.await)
    }
}

/// Some of the viewer's lines, with what `selected` asks for.
pub(in crate::graphql) async fn by_keys(
    context: &Context<'_>,
    keys: &[&LineKey],
    selected: &Lookahead<'_>,
) -> Result<Vec<UsageLine>, Error> {
    let request = Request::of(context)?;
    // Of a node that she may not see she is told nothing.
    if request.allows(Permission::SeeUsage).is_err() {
        return Ok(vec![]);
    }
    let lines = usage::lines(&request.api.reads, request.viewer.context(), keys)
        .await
        .map_err(|error| internal("usage", &error))?;
    explained(context, lines, selected).await
}

async fn explained(context: &Context<'_>, lines: Vec<Line>, selected: &Lookahead<'_>) -> Result<Vec<UsageLine>, Error> {
    let explained = Arc::new(Explained::of(context, &lines, selected).await?);
    Ok(lines.into_iter().map(|line| UsageLine::new(line, Arc::clone(&explained))).collect())
}
