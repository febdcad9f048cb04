//! `openWalkIn`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::SourceId;
use leadflow_domain::role::Permission;
use leadflow_domain::source::{SourceCommand, SourceName, WalkInSlug};
use leadflow_event_store::entropy;

use super::mutate::{SourceOutcome, outcome};
use super::walk_in_form::{WalkInFormInput, read};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, command_context, must_be_allowed, valid};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct OpenWalkIn;

/// What `openWalkIn` takes.
#[derive(InputObject)]
struct OpenWalkInInput {
    /// What the business calls it, 1 to 100 characters; whoever fills in the form does not see it.
    name: String,
    /// What its form asks.
    form: WalkInFormInput,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `openWalkIn` answers.
#[derive(SimpleObject)]
struct OpenWalkInPayload {
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

#[Object]
impl OpenWalkIn {
    /// Puts up a form of ours for people who walk in, behind a QR code: what is filled in there becomes leads. The source's `walkIn` has its
    /// address and its codes.
    async fn open_walk_in(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is called, and asks; and the request's key, where wanted.")] input: OpenWalkInInput,
    ) -> Option<Result<OpenWalkInPayload, Error>> {
        let done = Box::pin(async {
            let request = Request::of(context)?;
            let needed = Permission::ManageChannels;
            must_be_allowed(context, request, needed).await?;
            let name = valid("name", SourceName::parse(&input.name))?;
            let form = Box::new(read(request, input.form).await?);
            let key = input.idempotency_key.as_deref();
            let command_context = command_context(context, request, needed, key, None).await?;
            // The same request is about the same source, which keeps the address that it was given first.
            let source = SourceId::opened_by(command_context.id);
            let slug = WalkInSlug::of(u128::from_be_bytes(entropy::bytes()));
            let command = SourceCommand::OpenWalkIn { name, slug, form };
            let answer = request.api.commands.sources.execute(source, command, command_context).await;
            Ok(outcome(request, source, answer).await?)
        });
        answer(done, |outcome| OpenWalkInPayload { outcome }).await
    }
}
