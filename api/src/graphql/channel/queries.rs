//! Reading channels.

use async_graphql::{Context, Error, Object};
use leadflow_projections::inbox::{self, ChannelRow};

use super::types::Channel;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;

/// Queries about channels.
#[derive(Default)]
pub(in crate::graphql) struct ChannelQueries;

#[Object]
impl ChannelQueries {
    /// Where messages come from, also what was given up: first connected first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn channels(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<Channel>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let scope = List::Channels.whole();
            let page = Window { first, after, last, before }.page(scope)?;
            let rows = inbox::channels(reads, viewer, page).await.map_err(|error| internal("channels", &error))?;
            let total = if context.look_ahead().field("totalCount").exists() {
                let count = inbox::count_channels(reads, viewer).await;
                Some(count.map_err(|error| internal("channels.totalCount", &error))?)
            } else {
                None
            };
            Ok(connection(scope, page, rows.into_iter().map(|row| (ChannelRow::keyset(&row), row.into())), total))
        };
        Some(found.await)
    }
}
