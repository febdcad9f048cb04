//! `reopenConversation`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::conversation::ConversationCommand;

use super::mutate::{Asked, Outcome, mutate};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ReopenConversation;

/// What `reopenConversation` takes.
#[derive(InputObject)]
struct ReopenConversationInput {
    /// Which conversation.
    conversation_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `reopenConversation` answers.
#[derive(SimpleObject)]
struct ReopenConversationPayload {
    #[graphql(flatten)]
    outcome: Outcome,
}

#[Object]
impl ReopenConversation {
    /// Takes up again what was settled, or set aside for a while.
    async fn reopen_conversation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it takes.")] input: ReopenConversationInput,
    ) -> Result<ReopenConversationPayload, Error> {
        let command = ConversationCommand::Reopen;
        let asked = Asked { conversation_id: input.conversation_id, idempotency_key: input.idempotency_key };
        let outcome = mutate(context, asked, command).await?;
        Ok(ReopenConversationPayload { outcome })
    }
}
