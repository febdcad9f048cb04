//! `requestPasswordReset`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::EmailAddress;

use super::outcome::Done;
use crate::graphql::command::{NotDone, answer, valid};
use crate::graphql::visit::Visit;
use crate::limits::LimitKind;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct RequestPasswordReset;

/// What `requestPasswordReset` takes.
#[derive(InputObject)]
struct RequestPasswordResetInput {
    /// The address of e-mail with which she signs in.
    email: String,
}

/// What `requestPasswordReset` answers.
#[derive(SimpleObject)]
struct RequestPasswordResetPayload {
    #[graphql(flatten)]
    outcome: Done,
}

#[Object]
impl RequestPasswordReset {
    /// Sends a link to whoever signs in with the address, which is good for an hour and which `resetPassword` takes. The
    /// answer is the same where nobody does.
    async fn request_password_reset(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whose password was forgotten.")] input: RequestPasswordResetInput,
    ) -> Option<Result<RequestPasswordResetPayload, Error>> {
        let done = async {
            let visit = Visit::of(context)?;
            let read = EmailAddress::parse(&input.email).map_err(|error| format!("is wrong: {error}"));
            let address = valid("email", read)?;
            visit.counts(LimitKind::Recovery).await?;
            visit.api.doors.request_password_reset(address).await?;
            Ok::<_, NotDone>(Done::default())
        };
        answer(done, |outcome| RequestPasswordResetPayload { outcome }).await
    }
}
