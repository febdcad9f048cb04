//! `labelConversation`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::conversation::{ConversationCommand, Label};
use leadflow_domain::role::Permission;

use super::mutate::{Asked, Outcome, mutate};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed, valid};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct LabelConversation;

/// What `labelConversation` takes.
#[derive(InputObject)]
struct LabelConversationInput {
    /// Which conversation.
    conversation_id: ID,
    /// The label, 1 to 50 characters. Labels that differ in a letter's case are two.
    label: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The conversation's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `labelConversation` answers.
#[derive(SimpleObject)]
struct LabelConversationPayload {
    #[graphql(flatten)]
    outcome: Outcome,
}

#[Object]
impl LabelConversation {
    /// Marks a conversation as being of some kind. It has 50 labels at most.
    async fn label_conversation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: LabelConversationInput,
    ) -> Option<Result<LabelConversationPayload, Error>> {
        let done = async {
            must_be_allowed(context, Request::of(context)?, Permission::WorkConversations).await?;
            let label = valid("label", Label::parse(&input.label))?;
            let command = ConversationCommand::Label { label };
            let asked = Asked {
                conversation_id: input.conversation_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            mutate(context, asked, Permission::WorkConversations, command).await
        };
        answer(done, |outcome| LabelConversationPayload { outcome }).await
    }
}
