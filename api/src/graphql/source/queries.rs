//! Reading sources: everybody of a business sees them.

use std::collections::HashMap;

use async_graphql::{Context, Error, ID, Object};
use leadflow_domain::SourceId;
use leadflow_domain::source::SourceKind;
use leadflow_projections::Keyset;
use leadflow_projections::leads::{self, SourceRow};

use super::types::Source;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::plain_id::read_id;
use crate::webhooks::standings;

/// Queries about sources.
#[derive(Default)]
pub(in crate::graphql) struct SourceQueries;

#[Object]
impl SourceQueries {
    /// Places that leads come from, beside the numbers that people write to, first opened first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn sources(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<Source>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let scope = List::Sources.whole();
            let page = Window { first, after, last, before }.page(scope)?;
            let rows = leads::sources(reads, viewer, page).await.map_err(|error| internal("sources", &error))?;
            let total = if context.look_ahead().field("totalCount").exists() {
                let count = leads::count_sources(reads, viewer).await;
                Some(count.map_err(|error| internal("sources.totalCount", &error))?)
            } else {
                None
            };
            let keysets: Vec<Keyset> = rows.iter().map(SourceRow::keyset).collect();
            let rows = keysets.into_iter().zip(shown(request, rows).await?);
            Ok(connection(scope, page, rows, total))
        };
        Some(found.await)
    }

    /// One source; null when there is none with this id.
    async fn source(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, a uuid.")] id: ID,
    ) -> Option<Result<Source, Error>> {
        let found = async {
            let id = SourceId::from_uuid(read_id("id", &id)?);
            show(Request::of(context)?, id).await
        };
        found.await.transpose()
    }
}

/// The row of one source.
pub(super) async fn find(request: &Request, id: SourceId) -> Result<Option<SourceRow>, Error> {
    let found = leads::sources_by_id(&request.api.reads, request.viewer.context(), &[id]).await;
    Ok(found.map_err(|error| internal("source", &error))?.pop())
}

/// One source, as it is shown.
pub(super) async fn show(request: &Request, id: SourceId) -> Result<Option<Source>, Error> {
    let found = find(request, id).await?;
    Ok(shown(request, found.into_iter().collect()).await?.pop())
}

/// Sources as they are shown. Of those that have a door of their own it is looked at once how it goes at all of them.
async fn shown(request: &Request, rows: Vec<SourceRow>) -> Result<Vec<Source>, Error> {
    let has_door = |row: &&SourceRow| matches!(row.kind, SourceKind::External | SourceKind::GoogleForm);
    let with_door: Vec<SourceId> = rows.iter().filter(has_door).map(|row| row.id).collect();
    let mut standings = if with_door.is_empty() {
        HashMap::new()
    } else {
        let found = standings(&request.api.pool, request.viewer.tenant(), &with_door).await;
        found.map_err(|error| internal("source.health", &error))?
    };
    Ok(rows
        .into_iter()
        .map(|row| (standings.remove(&row.id), row))
        .map(|(standing, row)| Source::of(row, &request.api.forms_url, standing.as_ref()))
        .collect())
}
