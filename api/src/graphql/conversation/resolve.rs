//! `resolveConversation`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::conversation::ConversationCommand;

use super::mutate::{Outcome, mutate};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ResolveConversation;

/// What `resolveConversation` takes.
#[derive(InputObject)]
struct ResolveConversationInput {
    /// Which conversation is settled.
    conversation_id: ID,
}

/// What `resolveConversation` answers.
#[derive(SimpleObject)]
struct ResolveConversationPayload {
    #[graphql(flatten)]
    outcome: Outcome,
}

#[Object]
impl ResolveConversation {
    /// The matter is settled. A message of the customer opens it again.
    async fn resolve_conversation(
        &self,
        context: &Context<'_>,
        input: ResolveConversationInput,
    ) -> Result<ResolveConversationPayload, Error> {
        let outcome = mutate(context, &input.conversation_id, ConversationCommand::Resolve).await?;
        Ok(ResolveConversationPayload { outcome })
    }
}
