//! `changeRole`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::RoleId;
use leadflow_domain::role::{self, Permissions, RoleCommand, RoleName};

use super::mutate::{RoleOutcome, mutate, of_a_manager};
use super::types::Permission;
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed, valid};
use crate::graphql::member::must_have;
use crate::graphql::plain_id::read_id;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ChangeRole;

/// What `changeRole` takes.
#[derive(InputObject)]
struct ChangeRoleInput {
    /// Which role.
    role_id: ID,
    /// What it is called, 1 to 50 characters; no other is called so, in capitals or not.
    name: String,
    /// What whoever has it may do. None, for nothing.
    permissions: Vec<Permission>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The role's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `changeRole` answers.
#[derive(SimpleObject)]
struct ChangeRolePayload {
    #[graphql(flatten)]
    outcome: RoleOutcome,
}

#[Object]
impl ChangeRole {
    /// A role of the business's own is called something else, or lets do something else: whoever has it may do so from her next
    /// request on. Nobody gives what she may not do herself.
    async fn change_role(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: ChangeRoleInput,
    ) -> Option<Result<ChangeRolePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, role::Permission::ManagePeople).await?;
            let name = valid("name", RoleName::parse(&input.name))?;
            let id = RoleId::from_uuid(read_id("roleId", &input.role_id)?);
            let permissions: Permissions = input.permissions.into_iter().map(role::Permission::from).collect();
            must_have(context, request, permissions).await?;
            let (key, version) = (input.idempotency_key.as_deref(), input.expected_version);
            let command_context = of_a_manager(context, request, key, version).await?;
            mutate(request, id, RoleCommand::Change { name, permissions }, command_context).await
        };
        answer(done, |outcome| ChangeRolePayload { outcome }).await
    }
}
