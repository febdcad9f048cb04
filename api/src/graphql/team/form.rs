//! `formTeam`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::TeamId;
use leadflow_domain::role::Permission;
use leadflow_domain::team::{TeamCommand, TeamName};

use super::mutate::{TeamOutcome, mutate, of_a_manager};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed, valid};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct FormTeam;

/// What `formTeam` takes.
#[derive(InputObject)]
struct FormTeamInput {
    /// What it is called, 1 to 50 characters; no other is called so, in capitals or not.
    name: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `formTeam` answers.
#[derive(SimpleObject)]
struct FormTeamPayload {
    #[graphql(flatten)]
    outcome: TeamOutcome,
}

#[Object]
impl FormTeam {
    /// Some people of the business work together from now on; `moveMemberToTeam` says who.
    async fn form_team(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is to be; and the request's key, where wanted.")] input: FormTeamInput,
    ) -> Option<Result<FormTeamPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManagePeople).await?;
            let name = valid("name", TeamName::parse(&input.name))?;
            let (key, version) = (input.idempotency_key.as_deref(), None);
            let command_context = of_a_manager(context, request, key, version).await?;
            // The same request is about the same team.
            let id = TeamId::from_uuid(command_context.id.as_uuid());
            mutate(request, id, TeamCommand::Form { name }, command_context).await
        };
        answer(done, |outcome| FormTeamPayload { outcome }).await
    }
}
