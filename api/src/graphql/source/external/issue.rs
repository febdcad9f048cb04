//! What is told once: it is kept before the log says that it counts, and forgotten when it never comes to.

use async_graphql::{Context, Error};
use leadflow_domain::SourceId;
use leadflow_domain::role::Permission;
use leadflow_domain::source::{SourceCommand, SourceRefusal};
use leadflow_event_store::{Done, ExecuteError, Receipt};
use secrecy::{ExposeSecret, SecretString};

use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, command_context, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::plain_id::read_id;
use crate::graphql::source::mutate::{Asked, SourceOutcome, outcome};
use crate::webhooks::external::{NewSecret, NewToken};

/// What is made anew.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    /// What programs show.
    Token,
    /// What they sign with.
    Secret,
}

/// What was made.
enum Made {
    Token(NewToken),
    Secret(NewSecret),
}

impl Made {
    fn command(&self) -> SourceCommand {
        match self {
            Self::Token(token) => SourceCommand::IssueToken { token: token.id },
            Self::Secret(secret) => SourceCommand::IssueSecret { credential: secret.id },
        }
    }

    fn text(&self) -> &SecretString {
        match self {
            Self::Token(token) => &token.text,
            Self::Secret(secret) => &secret.text,
        }
    }
}

/// What failed behind it.
pub(super) fn failed(error: &dyn std::error::Error) -> Error {
    internal("externalSource", error)
}

/// Whether nothing of it is in the log, now or before. Of other errors it may be all the same.
pub(super) fn came_to_nothing(answer: &Result<Receipt, ExecuteError<SourceRefusal>>) -> bool {
    match answer {
        Ok(receipt) => receipt.done != Done::Appended,
        Err(error) => matches!(
            error,
            ExecuteError::Refused(_)
                | ExecuteError::RefusedBefore(_)
                | ExecuteError::KeyReused
                | ExecuteError::ForeignStream
                | ExecuteError::AnotherVersion { .. }
        ),
    }
}

/// Makes it, and tells the log and the door that it counts. Its text is there when it has come to count by this.
pub(super) async fn issue(
    context: &Context<'_>,
    asked: Asked,
    what: What,
) -> Result<(Option<String>, SourceOutcome), NotDone> {
    let request = Request::of(context)?;
    let api = &request.api;
    must_be_allowed(context, request, Permission::ManageChannels).await?;
    let source = SourceId::from_uuid(read_id("sourceId", &asked.source_id)?);
    let (key, version) = (asked.idempotency_key.as_deref(), asked.expected_version);
    let command_context = command_context(context, request, Permission::ManageChannels, key, version).await?;
    if let Some(before) = api.commands.sources.before(&command_context).await {
        api.external.tell(source).await.map_err(|error| failed(&error))?;
        return Ok((None, outcome(request, source, before).await?));
    }
    let made = match what {
        What::Token => api.external.make_token(source).await.map(Made::Token),
        What::Secret => api.external.make_secret(request.viewer.tenant(), source).await.map(Made::Secret),
    };
    let made = made.map_err(|error| failed(&error))?;
    let answer = api.commands.sources.execute(source, made.command(), command_context).await;
    let is_new = answer.as_ref().is_ok_and(|receipt| receipt.done == Done::Appended);
    if came_to_nothing(&answer) {
        let forgotten = match &made {
            Made::Token(token) => api.external.forget_token(token).await,
            Made::Secret(secret) => api.external.forget_secret(secret).await,
        };
        forgotten.map_err(|error| failed(&error))?;
    }
    if answer.is_ok() {
        api.external.tell(source).await.map_err(|error| failed(&error))?;
    }
    let text = is_new.then(|| made.text().expose_secret().to_owned());
    Ok((text, outcome(request, source, answer).await?))
}
