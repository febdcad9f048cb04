//! `markConversationRead`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::conversation::ConversationCommand;

use super::mutate::{Outcome, mutate};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct MarkConversationRead;

/// What `markConversationRead` takes.
#[derive(InputObject)]
struct MarkConversationReadInput {
    /// Which conversation was read.
    conversation_id: ID,
}

/// What `markConversationRead` answers.
#[derive(SimpleObject)]
struct MarkConversationReadPayload {
    #[graphql(flatten)]
    outcome: Outcome,
}

#[Object]
impl MarkConversationRead {
    /// Somebody of the business has read what there is; its unread count is 0 then.
    async fn mark_conversation_read(
        &self,
        context: &Context<'_>,
        input: MarkConversationReadInput,
    ) -> Result<MarkConversationReadPayload, Error> {
        let outcome = mutate(context, &input.conversation_id, ConversationCommand::MarkRead).await?;
        Ok(MarkConversationReadPayload { outcome })
    }
}
