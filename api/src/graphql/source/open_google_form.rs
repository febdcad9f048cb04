//! `openGoogleForm`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::SourceId;
use leadflow_domain::role::Permission;
use leadflow_domain::source::{Opening, SourceCommand, SourceKind, SourceName};
use leadflow_event_store::{CommandContext, Done, ExecuteError};
use secrecy::ExposeSecret;

use super::mutate::{SourceOutcome, outcome};
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, command_context, must_be_allowed, valid};
use crate::graphql::failure::internal;
use crate::graphql::payload::UserError;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct OpenGoogleForm;

/// What `openGoogleForm` takes.
#[derive(InputObject)]
struct OpenGoogleFormInput {
    /// What the business calls it, 1 to 100 characters; others may be called so, too.
    name: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later, but for the key.
    idempotency_key: Option<String>,
}

/// What `openGoogleForm` answers.
#[derive(Default, SimpleObject)]
struct OpenGoogleFormPayload {
    /// What is entered as the key of the form's webhook at Google, beside the source's `webhookPath` as its URL. It is told this once: null when the same request was done
    /// before, and when it was refused. Who lost it closes the source, and opens another.
    google_key: Option<String>,
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

impl From<Vec<UserError>> for OpenGoogleFormPayload {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { google_key: None, outcome: user_errors.into() }
    }
}

#[Object]
impl OpenGoogleForm {
    /// Opens a lead form in Google's ads as a source: what is filled in there becomes leads.
    async fn open_google_form(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is called; and the request's key, where wanted.")] input: OpenGoogleFormInput,
    ) -> Option<Result<OpenGoogleFormPayload, Error>> {
        let done = Box::pin(async {
            let request = Request::of(context)?;
            let needed = Permission::ManageChannels;
            must_be_allowed(context, request, needed).await?;
            let name = valid("name", SourceName::parse(&input.name))?;
            let key = input.idempotency_key.as_deref();
            let command_context = command_context(context, request, needed, key, None).await?;
            // The same request is about the same source.
            let source = SourceId::opened_by(command_context.id);
            if let Some(before) = request.api.commands.sources.before(&command_context).await {
                return Ok(OpenGoogleFormPayload {
                    google_key: None,
                    outcome: outcome(request, source, before).await?,
                });
            }
            open(request, source, Opening { kind: SourceKind::GoogleForm, name }, command_context).await
        });
        answer(done, |payload| payload).await
    }
}

async fn open(
    request: &Request,
    source: SourceId,
    opening: Opening,
    command_context: CommandContext,
) -> Result<OpenGoogleFormPayload, NotDone> {
    let (api, failed) = (&request.api, |error: &dyn std::error::Error| internal("openGoogleForm", error));
    let key = api.doors.make_source_key(request.viewer.tenant(), source).await.map_err(|error| failed(&error))?;
    let answer = api.commands.sources.execute(source, SourceCommand::Open(opening), command_context).await;
    let mut google_key = None;
    match &answer {
        Ok(receipt) if receipt.done == Done::Appended => {
            api.doors.confirm_source_key(&key).await.map_err(|error| failed(&error))?;
            google_key = Some(key.text.expose_secret().to_owned());
        }
        Ok(_) => {}
        // Nothing was opened, now or before.
        Err(ExecuteError::Refused(_) | ExecuteError::RefusedBefore(_) | ExecuteError::KeyReused) => {
            api.doors.forget_source_key(&key).await.map_err(|error| failed(&error))?;
        }
        // It may have been opened all the same.
        Err(_) => {}
    }
    Ok(OpenGoogleFormPayload { google_key, outcome: outcome(request, source, answer).await? })
}
