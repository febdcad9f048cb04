//! `renameMember`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::member::{MemberCommand, MemberName};
use leadflow_domain::role::Permission;

use super::mutate::{Asked, MemberOutcome, mutate, named};
use super::standing::must_see_to;
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed, valid};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct RenameMember;

/// What `renameMember` takes.
#[derive(InputObject)]
struct RenameMemberInput {
    /// Who.
    member_id: ID,
    /// What she is called, 1 to 100 characters.
    name: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The member's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `renameMember` answers.
#[derive(SimpleObject)]
struct RenameMemberPayload {
    #[graphql(flatten)]
    outcome: MemberOutcome,
}

#[Object]
impl RenameMember {
    /// Somebody is called something else. Everybody says so of herself; of others, whoever manages people.
    async fn rename_member(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: RenameMemberInput,
    ) -> Option<Result<RenameMemberPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            let is_herself =
                request.viewer.member().is_some_and(|member| input.member_id.parse() == Ok(member.as_uuid()));
            if !is_herself {
                must_be_allowed(context, request, Permission::ManagePeople).await?;
            }
            let name = valid("name", MemberName::parse(&input.name))?;
            let target = named(request, &input.member_id).await?;
            must_see_to(request, &target)?;
            let asked = Asked { idempotency_key: input.idempotency_key, expected_version: input.expected_version };
            let command_context = if is_herself {
                asked.of_herself(context, request)?
            } else {
                asked.of_a_manager(context, request, None).await?
            };
            mutate(request, target.id, MemberCommand::Rename { name }, command_context).await
        };
        answer(done, |outcome| RenameMemberPayload { outcome }).await
    }
}
