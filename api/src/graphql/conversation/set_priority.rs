//! `setConversationPriority`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::conversation::ConversationCommand;

use super::mutate::{Outcome, mutate};
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
        input: SetConversationPriorityInput,
    ) -> Result<SetConversationPriorityPayload, Error> {
        let command = ConversationCommand::SetPriority { priority: input.priority.into() };
        let outcome = mutate(context, &input.conversation_id, command).await?;
        Ok(SetConversationPriorityPayload { outcome })
    }
}
