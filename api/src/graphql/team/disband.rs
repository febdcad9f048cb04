//! `disbandTeam`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::TeamId;
use leadflow_domain::role::Permission;
use leadflow_domain::team::TeamCommand;

use super::mutate::{TeamOutcome, mutate, of_a_manager};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed};
use crate::graphql::plain_id::read_id;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct DisbandTeam;

/// What `disbandTeam` takes.
#[derive(InputObject)]
struct DisbandTeamInput {
    /// Which team.
    team_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The team's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `disbandTeam` answers.
#[derive(SimpleObject)]
struct DisbandTeamPayload {
    #[graphql(flatten)]
    outcome: TeamOutcome,
}

#[Object]
impl DisbandTeam {
    /// A team is one no more: whoever is in it is in none, and whoever saw its conversations sees her own.
    async fn disband_team(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: DisbandTeamInput,
    ) -> Option<Result<DisbandTeamPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManagePeople).await?;
            let id = TeamId::from_uuid(read_id("teamId", &input.team_id)?);
            let (key, version) = (input.idempotency_key.as_deref(), input.expected_version);
            let command_context = of_a_manager(context, request, key, version).await?;
            mutate(request, id, TeamCommand::Disband, command_context).await
        };
        answer(done, |outcome| DisbandTeamPayload { outcome }).await
    }
}
