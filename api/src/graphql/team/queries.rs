//! Reading teams.

use std::collections::HashMap;

use async_graphql::{Context, Error, ID, Object};
use leadflow_domain::team::{TeamRefusal, team_reservation};
use leadflow_domain::{Assertion, TeamId};
use leadflow_projections::people::{self, TeamRow};

use super::types::Team;
use crate::graphql::api::Request;
use crate::graphql::command::NotDone;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::payload::UserError;
use crate::graphql::plain_id::read_id;

/// Queries about teams.
#[derive(Default)]
pub(in crate::graphql) struct TeamQueries;

#[Object]
impl TeamQueries {
    /// The teams of the business, first formed first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn teams(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<Team>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let scope = List::Teams.whole();
            let page = Window { first, after, last, before }.page(scope)?;
            let rows = people::teams(reads, viewer, page).await.map_err(|error| internal("teams", &error))?;
            let total = if context.look_ahead().field("totalCount").exists() {
                let count = people::count_teams(reads, viewer).await;
                Some(count.map_err(|error| internal("teams.totalCount", &error))?)
            } else {
                None
            };
            Ok(connection(scope, page, rows.into_iter().map(|row| (TeamRow::keyset(&row), row.into())), total))
        };
        Some(found.await)
    }

    /// One team; null when there is none with this id.
    async fn team(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, a uuid.")] id: ID,
    ) -> Option<Result<Team, Error>> {
        let found = async { by_id(Request::of(context)?, TeamId::from_uuid(read_id("id", &id)?)).await };
        found.await.transpose()
    }
}

/// One team.
pub(super) async fn by_id(request: &Request, id: TeamId) -> Result<Option<Team>, Error> {
    let found = people::teams_by_id(&request.api.reads, request.viewer.context(), &[id]).await;
    Ok(found.map_err(|error| internal("team", &error))?.pop().map(Team::from))
}

/// Some teams; those that are not there are absent.
pub(in crate::graphql) async fn by_ids(request: &Request, ids: &[TeamId]) -> Result<HashMap<TeamId, Team>, Error> {
    let rows = people::teams_by_id(&request.api.reads, request.viewer.context(), ids).await;
    let rows = rows.map_err(|error| internal("teams", &error))?;
    Ok(rows.into_iter().map(|row| (row.id, row.into())).collect())
}

/// That a team is there, and that it still is when it is said of it.
///
/// # Errors
/// `NOT_FOUND`, also of another business's, and of one that was disbanded.
pub(in crate::graphql) async fn must_be_a_team(request: &Request, team: TeamId) -> Result<Assertion, NotDone> {
    let found = people::teams_by_id(&request.api.reads, request.viewer.context(), &[team]).await;
    if found.map_err(|error| internal("team", &error))?.is_empty() {
        return Err(NotDone::Invalid(vec![UserError::refused(&TeamRefusal::NotFound)]));
    }
    Ok(Assertion { reservation: team_reservation(team), holder: team.into() })
}
