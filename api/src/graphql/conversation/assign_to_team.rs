//! `assignConversationToTeam`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::TeamId;
use leadflow_domain::conversation::ConversationCommand;
use leadflow_domain::role::Permission;

use super::mutate::{Asked, Outcome, mutate};
use crate::graphql::command::answer;
use crate::graphql::plain_id::read_id;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct AssignConversationToTeam;

/// What `assignConversationToTeam` takes.
#[derive(InputObject)]
struct AssignConversationToTeamInput {
    /// Which conversation.
    conversation_id: ID,
    /// Which team is to see to it: its id, a uuid.
    team_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The conversation's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `assignConversationToTeam` answers.
#[derive(SimpleObject)]
struct AssignConversationToTeamPayload {
    #[graphql(flatten)]
    outcome: Outcome,
}

#[Object]
impl AssignConversationToTeam {
    /// A team is to see to a conversation, instead of whoever was before: it is nobody's in particular until one has it. Where a
    /// routing pool serves the team, one of its members is given it, and where none does, it is taken by whoever sees what is nobody's, or what the team is asked for.
    async fn assign_conversation_to_team(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: AssignConversationToTeamInput,
    ) -> Option<Result<AssignConversationToTeamPayload, Error>> {
        let done = async {
            let team = TeamId::from_uuid(read_id("teamId", &input.team_id)?);
            let command = ConversationCommand::AssignToTeam { team };
            let asked = Asked {
                conversation_id: input.conversation_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            mutate(context, asked, Permission::AssignConversations, command).await
        };
        answer(done, |outcome| AssignConversationToTeamPayload { outcome }).await
    }
}
