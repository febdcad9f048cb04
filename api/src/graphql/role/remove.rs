//! `removeRole`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::RoleId;
use leadflow_domain::role::{Permission, RoleCommand};

use super::mutate::{RoleOutcome, mutate, of_a_manager};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed};
use crate::graphql::plain_id::read_id;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct RemoveRole;

/// What `removeRole` takes.
#[derive(InputObject)]
struct RemoveRoleInput {
    /// Which role.
    role_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The role's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `removeRole` answers.
#[derive(SimpleObject)]
struct RemoveRolePayload {
    #[graphql(flatten)]
    outcome: RoleOutcome,
}

#[Object]
impl RemoveRole {
    /// There is no such role any more: whoever has it may do nothing from her next request on, until she is given another.
    async fn remove_role(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: RemoveRoleInput,
    ) -> Option<Result<RemoveRolePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManagePeople).await?;
            let id = RoleId::from_uuid(read_id("roleId", &input.role_id)?);
            let (key, version) = (input.idempotency_key.as_deref(), input.expected_version);
            let command_context = of_a_manager(context, request, key, version).await?;
            mutate(request, id, RoleCommand::Remove, command_context).await
        };
        answer(done, |outcome| RemoveRolePayload { outcome }).await
    }
}
