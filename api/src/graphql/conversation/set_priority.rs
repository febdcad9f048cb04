//! `setConversationPriority`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::conversation::ConversationCommand;

use super::mutate::{Asked, Outcome, mutate};
use super::types::ConversationPriority;

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
        #[graphql(desc = "What it takes.")] input: SetConversationPriorityInput,
    ) -> Result<SetConversationPriorityPayload, Error> {
        let command = ConversationCommand::SetPriority { priority: input.priority.into() };
        let asked = Asked { conversation_id: input.conversation_id, idempotency_key: input.idempotency_key };
        let outcome = mutate(context, asked, command).await?;
        Ok(SetConversationPriorityPayload { outcome })
    }
}
