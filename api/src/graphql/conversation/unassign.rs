//! `unassignConversation`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::conversation::ConversationCommand;
use leadflow_domain::role::Permission;

use super::mutate::{Asked, Outcome, mutate};
use crate::graphql::command::answer;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct UnassignConversation;

/// What `unassignConversation` takes.
#[derive(InputObject)]
struct UnassignConversationInput {
    /// Which conversation.
    conversation_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The conversation's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `unassignConversation` answers.
#[derive(SimpleObject)]
struct UnassignConversationPayload {
    #[graphql(flatten)]
    outcome: Outcome,
}

#[Object]
impl UnassignConversation {
    /// Nobody in particular is to see to a conversation any more, nor any team.
    async fn unassign_conversation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: UnassignConversationInput,
    ) -> Option<Result<UnassignConversationPayload, Error>> {
        let done = async {
            let command = ConversationCommand::Unassign;
            let asked = Asked {
                conversation_id: input.conversation_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            mutate(context, asked, Permission::AssignConversations, command).await
        };
        answer(done, |outcome| UnassignConversationPayload { outcome }).await
    }
}
