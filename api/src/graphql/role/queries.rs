//! Reading roles.

use async_graphql::{Context, Error, ID, Object};
use leadflow_domain::RoleId;
use leadflow_projections::people::{self, RoleRow};

use super::types::Role;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::plain_id::read_id;

/// Queries about roles.
#[derive(Default)]
pub(in crate::graphql) struct RoleQueries;

#[Object]
impl RoleQueries {
    /// The roles that the business has made up itself, first defined first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn roles(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<Role>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let scope = List::Roles.whole();
            let page = Window { first, after, last, before }.page(scope)?;
            let rows = people::roles(reads, viewer, page).await.map_err(|error| internal("roles", &error))?;
            let total = if context.look_ahead().field("totalCount").exists() {
                let count = people::count_roles(reads, viewer).await;
                Some(count.map_err(|error| internal("roles.totalCount", &error))?)
            } else {
                None
            };
            Ok(connection(scope, page, rows.into_iter().map(|row| (RoleRow::keyset(&row), row.into())), total))
        };
        Some(found.await)
    }

    /// One role of the business's own; null when there is none with this id.
    async fn role(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, a uuid.")] id: ID,
    ) -> Option<Result<Role, Error>> {
        let found = async { by_id(Request::of(context)?, RoleId::from_uuid(read_id("id", &id)?)).await };
        found.await.transpose()
    }
}

/// One role.
pub(super) async fn by_id(request: &Request, id: RoleId) -> Result<Option<Role>, Error> {
    let found = people::roles_by_id(&request.api.reads, request.viewer.context(), &[id]).await;
    Ok(found.map_err(|error| internal("role", &error))?.pop().map(Role::from))
}
