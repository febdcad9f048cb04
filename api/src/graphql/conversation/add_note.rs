//! `addConversationNote`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::conversation::{ConversationCommand, Note};
use leadflow_domain::role::Permission;

use super::mutate::{Asked, Outcome, mutate};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed, valid};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct AddConversationNote;

/// What `addConversationNote` takes.
#[derive(InputObject)]
struct AddConversationNoteInput {
    /// Which conversation.
    conversation_id: ID,
    /// What is put down, 1 to 10,000 characters; line breaks and tabs may be among them.
    text: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The conversation's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `addConversationNote` answers.
#[derive(SimpleObject)]
struct AddConversationNotePayload {
    #[graphql(flatten)]
    outcome: Outcome,
}

#[Object]
impl AddConversationNote {
    /// Puts down something that the customer does not see. It is about her, and is erased with her; in a group it stays.
    async fn add_conversation_note(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: AddConversationNoteInput,
    ) -> Option<Result<AddConversationNotePayload, Error>> {
        let done = async {
            must_be_allowed(context, Request::of(context)?, Permission::WorkConversations).await?;
            let text = valid("text", Note::parse(&input.text))?;
            let command = ConversationCommand::AddNote { text };
            let asked = Asked {
                conversation_id: input.conversation_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            mutate(context, asked, Permission::WorkConversations, command).await
        };
        answer(done, |outcome| AddConversationNotePayload { outcome }).await
    }
}
