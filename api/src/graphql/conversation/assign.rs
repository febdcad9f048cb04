//! `assignConversation`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::MemberId;
use leadflow_domain::conversation::ConversationCommand;
use leadflow_domain::role::Permission;

use super::mutate::{Asked, Outcome, mutate};
use crate::graphql::api::Request;
use crate::graphql::command::answer;
use crate::graphql::failure::bad_input;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct AssignConversation;

/// What `assignConversation` takes.
#[derive(InputObject)]
struct AssignConversationInput {
    /// Which conversation.
    conversation_id: ID,
    /// Who is to see to it: the id of a member who works for the business, a uuid.
    member_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The conversation's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `assignConversation` answers.
#[derive(SimpleObject)]
struct AssignConversationPayload {
    #[graphql(flatten)]
    outcome: Outcome,
}

#[Object]
impl AssignConversation {
    /// Somebody is to see to a conversation, instead of whoever was before. Who may not say so of others may take one that is
    /// nobody's herself.
    async fn assign_conversation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: AssignConversationInput,
    ) -> Option<Result<AssignConversationPayload, Error>> {
        let done = async {
            let member: Option<MemberId> = input.member_id.parse().ok();
            // What is nobody's falls to the id of zeros.
            let member = member.filter(|member| !member.as_uuid().is_nil());
            let member =
                member.ok_or_else(|| bad_input("memberId", "`memberId` must be a uuid, and not the nil one"))?;
            let viewer = Request::of(context)?.viewer;
            let takes_it = viewer.member() == Some(member);
            let (needed, command) = if takes_it && !viewer.permissions().contains(Permission::AssignConversations) {
                (Permission::WorkConversations, ConversationCommand::Take { member })
            } else {
                (Permission::AssignConversations, ConversationCommand::Assign { member })
            };
            let asked = Asked {
                conversation_id: input.conversation_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            mutate(context, asked, needed, command).await
        };
        answer(done, |outcome| AssignConversationPayload { outcome }).await
    }
}
