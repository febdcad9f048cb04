//! `snoozeConversation`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::conversation::ConversationCommand;
use leadflow_domain::role::Permission;

use super::mutate::{Asked, Outcome, mutate};
use crate::graphql::api::Request;
use crate::graphql::command::answer;
use crate::graphql::failure::internal;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SnoozeConversation;

/// What `snoozeConversation` takes.
#[derive(InputObject)]
struct SnoozeConversationInput {
    /// Which conversation.
    conversation_id: ID,
    /// Until when: later than now, in whole seconds; what is less is dropped.
    until: Timestamp,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The conversation's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `snoozeConversation` answers.
#[derive(SimpleObject)]
struct SnoozeConversationPayload {
    #[graphql(flatten)]
    outcome: Outcome,
}

#[Object]
impl SnoozeConversation {
    /// Sets a conversation aside until a time, or until the customer writes or calls. What is resolved is reopened first.
    async fn snooze_conversation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: SnoozeConversationInput,
    ) -> Option<Result<SnoozeConversationPayload, Error>> {
        let done = async {
            let now = Request::of(context)?.api.now().await.map_err(|error| internal("snoozeConversation", &error))?;
            let command = ConversationCommand::Snooze { until: input.until, now };
            let asked = Asked {
                conversation_id: input.conversation_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            mutate(context, asked, Permission::WorkConversations, command).await
        };
        answer(done, |outcome| SnoozeConversationPayload { outcome }).await
    }
}
