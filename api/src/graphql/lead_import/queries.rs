//! Reading imports: whoever may bring files sees them.

use async_graphql::{Context, Error, ID, Object};
use leadflow_domain::role::Permission;
use uuid::Uuid;

use super::types::LeadImport;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::numbered::{self, Numbers};
use crate::graphql::plain_id::read_id;
use crate::lead_imports::ImportRange;

/// Queries about imports.
#[derive(Default)]
pub(in crate::graphql) struct LeadImportQueries;

#[Object]
impl LeadImportQueries {
    /// Files of leads that were brought in the last 90 days, newest first, and how far each is read. It needs the permission
    /// `MANAGE_CHANNELS`.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn lead_imports(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<LeadImport>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            request.allows(Permission::ManageChannels)?;
            let (files, tenant) = (&request.api.lead_imports, request.viewer.tenant());
            let failed = |error: sqlx::Error| internal("leadImports", &error);
            let scope = List::LeadImports.whole();
            let page = Window { first, after, last, before }.page(scope)?;
            let Numbers { within: numbers, from_smallest: from_oldest, limit } = Numbers::of(&page);
            let rows = files.imports(tenant, &ImportRange { numbers, from_oldest, limit }).await.map_err(failed)?;
            let total = match context.look_ahead().field("totalCount").exists() {
                true => Some(files.count(tenant).await.map_err(failed)?),
                false => None,
            };
            let rows = rows.into_iter().map(|row| (numbered::keyset(row.number), row.into()));
            Ok(connection(scope, page, rows, total))
        };
        Some(found.await)
    }

    /// One import; null when there is none with this id. It needs the permission `MANAGE_CHANNELS`.
    async fn lead_import(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, a uuid.")] id: ID,
    ) -> Option<Result<LeadImport, Error>> {
        let found = async {
            let request = Request::of(context)?;
            request.allows(Permission::ManageChannels)?;
            find(request, read_id("id", &id)?).await
        };
        found.await.transpose()
    }
}

/// One import, as it stands.
pub(super) async fn find(request: &Request, id: Uuid) -> Result<Option<LeadImport>, Error> {
    let found = request.api.lead_imports.import(request.viewer.tenant(), id).await;
    Ok(found.map_err(|error| internal("leadImport", &error))?.map(LeadImport::from))
}
