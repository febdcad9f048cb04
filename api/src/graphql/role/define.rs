//! `defineRole`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::RoleId;
use leadflow_domain::role::{self, Permissions, RoleCommand, RoleName};

use super::mutate::{RoleOutcome, mutate, of_a_manager};
use super::types::Permission;
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed, valid};
use crate::graphql::member::must_have;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct DefineRole;

/// What `defineRole` takes.
#[derive(InputObject)]
struct DefineRoleInput {
    /// What it is called, 1 to 50 characters; no other is called so, in capitals or not.
    name: String,
    /// What whoever has it may do. None, for nothing.
    permissions: Vec<Permission>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `defineRole` answers.
#[derive(SimpleObject)]
struct DefineRolePayload {
    #[graphql(flatten)]
    outcome: RoleOutcome,
}

#[Object]
impl DefineRole {
    /// The business makes up a role of its own. Nobody gives what she may not do herself.
    async fn define_role(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is to be; and the request's key, where wanted.")] input: DefineRoleInput,
    ) -> Option<Result<DefineRolePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, role::Permission::ManagePeople).await?;
            let name = valid("name", RoleName::parse(&input.name))?;
            let permissions: Permissions = input.permissions.into_iter().map(role::Permission::from).collect();
            must_have(context, request, permissions).await?;
            let (key, version) = (input.idempotency_key.as_deref(), None);
            let command_context = of_a_manager(context, request, key, version).await?;
            // The same request is about the same role.
            let id = RoleId::from_uuid(command_context.id.as_uuid());
            mutate(request, id, RoleCommand::Define { name, permissions }, command_context).await
        };
        answer(done, |outcome| DefineRolePayload { outcome }).await
    }
}
