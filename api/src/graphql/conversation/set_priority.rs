//! `setConversationPriority`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::conversation::ConversationCommand;
use leadflow_domain::role::Permission;

use super::mutate::{Asked, Outcome, mutate};
use super::types::ConversationPriority;
use crate::graphql::command::answer;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SetConversationPriority;

/// What `setConversationPriority` takes.
#[derive(InputObject)]
struct SetConversationPriorityInput {
    /// Which conversation.
    conversation_id: ID,
    /// How much it matters.
    priority: ConversationPriority,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The conversation's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `setConversationPriority` answers.
#[derive(SimpleObject)]
struct SetConversationPriorityPayload {
    #[graphql(flatten)]
    outcome: Outcome,
}

#[Object]
impl SetConversationPriority {
    /// Says how much a conversation matters.
    async fn set_conversation_priority(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: SetConversationPriorityInput,
    ) -> Option<Result<SetConversationPriorityPayload, Error>> {
        let done = async {
            let command = ConversationCommand::SetPriority { priority: input.priority.into() };
            let asked = Asked {
                conversation_id: input.conversation_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            mutate(context, asked, Permission::WorkConversations, command).await
        };
        answer(done, |outcome| SetConversationPriorityPayload { outcome }).await
    }
}
