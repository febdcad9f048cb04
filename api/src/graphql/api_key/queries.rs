//! Reading API keys: whoever manages them sees them, and each sees itself (`viewer`).

use async_graphql::{Context, Error, ID, Object};
use leadflow_domain::ApiKeyId;
use leadflow_domain::role::Permission;
use leadflow_projections::Keyset;
use leadflow_projections::people::{self, ApiKeyRow};

use super::types::ApiKey;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::plain_id::read_id;

/// Queries about API keys.
#[derive(Default)]
pub(in crate::graphql) struct ApiKeyQueries;

#[Object]
impl ApiKeyQueries {
    /// The business's API keys, also those that open nothing any more, first issued first. For whoever manages them.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn api_keys(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<ApiKey>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            request.allows(Permission::ManageApiKeys)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let scope = List::ApiKeys.whole();
            let page = Window { first, after, last, before }.page(scope)?;
            let rows = people::api_keys(reads, viewer, page).await.map_err(|error| internal("apiKeys", &error))?;
            let total = if context.look_ahead().field("totalCount").exists() {
                let count = people::count_api_keys(reads, viewer).await;
                Some(count.map_err(|error| internal("apiKeys.totalCount", &error))?)
            } else {
                None
            };
            Ok(connection(scope, page, shown(request, rows).await?, total))
        };
        Some(found.await)
    }

    /// One API key; null when there is none with this id. For whoever manages them.
    async fn api_key(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, a uuid.")] id: ID,
    ) -> Option<Result<ApiKey, Error>> {
        let found = async {
            let request = Request::of(context)?;
            request.allows(Permission::ManageApiKeys)?;
            by_id(request, ApiKeyId::from_uuid(read_id("id", &id)?)).await
        };
        found.await.transpose()
    }
}

/// One API key.
pub(in crate::graphql) async fn by_id(request: &Request, id: ApiKeyId) -> Result<Option<ApiKey>, Error> {
    let found = people::api_keys_by_id(&request.api.reads, request.viewer.context(), &[id]).await;
    let rows = found.map_err(|error| internal("apiKey", &error))?;
    Ok(shown(request, rows).await?.pop().map(|(_, key)| key))
}

/// The keys in these rows, each with when it was last used, and its place in the list.
async fn shown(request: &Request, rows: Vec<ApiKeyRow>) -> Result<Vec<(Keyset, ApiKey)>, Error> {
    let ids: Vec<ApiKeyId> = rows.iter().map(|row| row.id).collect();
    let uses = request.api.doors.last_uses(request.viewer.tenant(), &ids).await;
    let uses = uses.map_err(|error| internal("apiKeys.lastUsedAt", &error))?;
    let shown = |row: ApiKeyRow| {
        let used = uses.get(&row.id).copied();
        (row.keyset(), ApiKey::of(row, used))
    };
    Ok(rows.into_iter().map(shown).collect())
}
