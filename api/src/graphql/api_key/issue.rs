//! `issueApiKey`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::ApiKeyId;
use leadflow_domain::api_key::{ApiKeyCommand, ApiKeyName, Terms};
use leadflow_domain::role::{self, Permissions};
use leadflow_event_store::{CommandContext, Done, ExecuteError};
use leadflow_projections::people;
use secrecy::ExposeSecret;

use super::mutate::{ApiKeyOutcome, outcome};
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, command_context, must_be_allowed, valid};
use crate::graphql::failure::internal;
use crate::graphql::member::{MemberRole, must_have, named_role};
use crate::graphql::payload::UserError;
use crate::graphql::role::Permission;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct IssueApiKey;

/// What `issueApiKey` takes.
#[derive(InputObject)]
struct IssueApiKeyInput {
    /// What it is called, 1 to 100 characters; others may be called so, too.
    name: String,
    /// As what it works: it may do what this role may at the time.
    role: MemberRole,
    /// Which of the business's own roles, with CUSTOM.
    custom_role_id: Option<ID>,
    /// What it may do at most of what its role may; all of that, when not given.
    scope: Option<Vec<Permission>>,
    /// From when on it opens nothing; it has no end, when not given.
    expires_at: Option<Timestamp>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later, but for the secret.
    idempotency_key: Option<String>,
}

/// What `issueApiKey` answers.
#[derive(Default, SimpleObject)]
struct IssueApiKeyPayload {
    /// What the program shows with each request, as `Authorization: Bearer`. It is told this once: null when the same request was
    /// done before, and when it was refused. Who lost it revokes the key, and issues another.
    secret: Option<String>,
    #[graphql(flatten)]
    outcome: ApiKeyOutcome,
}

impl From<Vec<UserError>> for IssueApiKeyPayload {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { secret: None, outcome: user_errors.into() }
    }
}

#[Object]
impl IssueApiKey {
    /// Gives a program a key to work for the business with, which may do what a role may, or less. Nobody gives what she may not do
    /// herself.
    async fn issue_api_key(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is to be; and the request's key, where wanted.")] input: IssueApiKeyInput,
    ) -> Option<Result<IssueApiKeyPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, role::Permission::ManageApiKeys).await?;
            let name = valid("name", ApiKeyName::parse(&input.name))?;
            let (key, needed) = (input.idempotency_key.as_deref(), role::Permission::ManageApiKeys);
            let command_context = command_context(context, request, needed, key, None).await?;
            // The same request is about the same key.
            let key = ApiKeyId::issued_by(command_context.id);
            if let Some(before) = request.api.commands.api_keys.before(&command_context).await {
                return Ok(IssueApiKeyPayload { secret: None, outcome: outcome(request, key, before).await? });
            }
            let named = named_role(request, input.role, input.custom_role_id.as_ref()).await?;
            let scope: Option<Permissions> =
                input.scope.map(|scope| scope.into_iter().map(role::Permission::from).collect());
            must_have(context, request, scope.unwrap_or(named.permissions)).await?;
            let (scope, expires_at) = within_the_issuer_s(request, scope, input.expires_at).await?;
            let command_context = named.asserting.into_iter().fold(command_context, CommandContext::asserting);
            let terms = Terms { name, role: named.role, scope, expires_at };
            issue(request, key, terms, command_context).await
        };
        answer(done, |payload| payload).await
    }
}

/// A key that a key issues has the bounds of that: it may never do more, whatever its role comes to let it do, and has its end
/// no later.
async fn within_the_issuer_s(
    request: &Request,
    scope: Option<Permissions>,
    expires_at: Option<Timestamp>,
) -> Result<(Option<Permissions>, Option<Timestamp>), NotDone> {
    let Some(issuer) = request.viewer.api_key() else { return Ok((scope, expires_at)) };
    let found = people::api_keys_by_id(&request.api.reads, request.viewer.context(), &[issuer]).await;
    let issuer = found.map_err(|error| internal("issueApiKey", &error))?.pop();
    let ends = issuer.and_then(|issuer| issuer.expires_at);
    let scope = scope.unwrap_or_else(|| request.viewer.permissions());
    Ok((Some(scope), expires_at.into_iter().chain(ends).min()))
}

async fn issue(
    request: &Request,
    key: ApiKeyId,
    terms: Terms,
    command_context: CommandContext,
) -> Result<IssueApiKeyPayload, NotDone> {
    let (api, failed) = (&request.api, |error: &dyn std::error::Error| internal("issueApiKey", error));
    let now = api.now().await.map_err(|error| failed(&error))?;
    let secret = api.doors.make_secret(request.viewer.tenant(), key).await.map_err(|error| failed(&error))?;
    let answer = api.commands.api_keys.execute(key, ApiKeyCommand::Issue { terms, now }, command_context).await;
    let mut told = None;
    match &answer {
        Ok(receipt) if receipt.done == Done::Appended => {
            api.doors.confirm_secret(&secret).await.map_err(|error| failed(&error))?;
            told = Some(secret.text.expose_secret().to_owned());
        }
        Ok(_) => {}
        // Nothing was issued, now or before.
        Err(ExecuteError::Refused(_) | ExecuteError::RefusedBefore(_) | ExecuteError::KeyReused) => {
            api.doors.forget_secret(&secret).await.map_err(|error| failed(&error))?;
        }
        // It may have been issued all the same.
        Err(_) => {}
    }
    Ok(IssueApiKeyPayload { secret: told, outcome: outcome(request, key, answer).await? })
}
