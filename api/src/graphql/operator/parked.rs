//! `parked`: what followers of the log have set aside.

use async_graphql::{Context, Error, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::{ParkedStream as Row, count_parked, parked_page};

use crate::graphql::api::OperatorRequest;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::log_id::LogId;
use crate::graphql::position::Position;

/// The query.
#[derive(Default)]
pub(super) struct ParkedQueries;

/// A stream that a follower of the log has set aside: an event of it that could not be dealt with, and what follows.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct ParkedStream {
    /// Which follower: `projector/NAME/DEFINITION` or `reactor/NAME`.
    consumer: String,
    /// What waits, as `leadflow projections retry --stream` takes it: a kind of stream, a slash, and its id.
    key: String,
    /// Whose it is.
    tenant_id: LogId,
    /// Why its first event that waits could not be dealt with.
    reason: String,
    /// The position of that event.
    position: Position,
    /// Since when it waits.
    since: Timestamp,
    /// How often it was tried.
    attempts: i32,
    /// How many of its events wait, the first included.
    events: i64,
}

#[Object]
impl ParkedQueries {
    /// For operators: what read models and reactors have set aside, what waits for the shortest time first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn parked(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only what this follower has: `projector/NAME/DEFINITION` or `reactor/NAME`.")]
        consumer: Option<String>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<ParkedStream>, Error>> {
        Some(page(context, consumer.as_deref(), Window { first, after, last, before }).await)
    }
}

async fn page(
    context: &Context<'_>,
    consumer: Option<&str>,
    window: Window,
) -> Result<Connection<ParkedStream>, Error> {
    let OperatorRequest { api, operator, .. } = OperatorRequest::of(context)?;
    let failed = |error: sqlx::Error| internal("parked", &error);
    let scope = List::Parked.narrowed(&consumer);
    let page = window.page(scope)?;
    let found = parked_page(&api.pool, operator.context(), consumer, page).await.map_err(failed)?;
    let total = match context.look_ahead().field("totalCount").exists() {
        true => Some(count_parked(&api.pool, operator.context(), consumer).await.map_err(failed)?),
        false => None,
    };
    let rows = found.into_iter().map(|(keyset, row)| (keyset, ParkedStream::from(row)));
    Ok(connection(scope, page, rows, total))
}

impl From<Row> for ParkedStream {
    fn from(row: Row) -> Self {
        Self {
            key: format!("{}/{}", row.aggregate_type, row.stream),
            consumer: row.consumer,
            tenant_id: row.tenant.as_uuid().into(),
            reason: row.reason,
            position: Position(row.position),
            since: row.parked_at,
            attempts: row.attempts,
            events: row.events,
        }
    }
}
