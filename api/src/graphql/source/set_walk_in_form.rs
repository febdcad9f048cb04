//! `setWalkInForm`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::role::Permission;
use leadflow_domain::source::SourceCommand;

use super::mutate::{Asked, SourceOutcome, mutate};
use super::walk_in_form::{WalkInFormInput, read};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SetWalkInForm;

/// What `setWalkInForm` takes.
#[derive(InputObject)]
struct SetWalkInFormInput {
    /// Which source: a walk-in.
    source_id: ID,
    /// What its form asks from now on, whole.
    form: WalkInFormInput,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The source's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `setWalkInForm` answers.
#[derive(SimpleObject)]
struct SetWalkInFormPayload {
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

#[Object]
impl SetWalkInForm {
    /// Has a walk-in's form ask otherwise. Whoever has the old one open is shown the new one with what she wrote, and asked to look at it.
    async fn set_walk_in_form(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "What it is about, and asks; the request's key, and the version that it is for, where wanted."
        )]
        input: SetWalkInFormInput,
    ) -> Option<Result<SetWalkInFormPayload, Error>> {
        let done = Box::pin(async {
            let SetWalkInFormInput { source_id, form, idempotency_key, expected_version } = input;
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageChannels).await?;
            let form = read(request, form).await?;
            let asked = Asked { source_id, idempotency_key, expected_version };
            mutate(context, asked, SourceCommand::SetForm(Box::new(form))).await
        });
        answer(done, |outcome| SetWalkInFormPayload { outcome }).await
    }
}
