//! `verifyEmail`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};

use super::outcome::JoinedOutcome;
use crate::graphql::command::{NotDone, answer};
use crate::graphql::visit::Visit;
use crate::limits::LimitKind;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct VerifyEmail;

/// What `verifyEmail` takes.
#[derive(InputObject)]
struct VerifyEmailInput {
    /// What stands in the link that was sent to the address, behind `#token=`.
    token: String,
    /// The password that `register` was given.
    password: String,
}

/// What `verifyEmail` answers.
#[derive(SimpleObject)]
struct VerifyEmailPayload {
    #[graphql(flatten)]
    outcome: JoinedOutcome,
}

#[Object]
impl VerifyEmail {
    /// Registers the business that `register` was told of, with whoever brings the link and the password back as its first
    /// owner, and signs her in.
    async fn verify_email(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The link.")] input: VerifyEmailInput,
    ) -> Option<Result<VerifyEmailPayload, Error>> {
        let done = async {
            let visit = Visit::of(context)?;
            visit.counts(LimitKind::Login).await?;
            let joined = {
                let shown = (&input.token.into(), input.password.into());
                visit.api.doors.verify_address(shown, visit.client(), visit.asked()).await?
            };
            Ok::<_, NotDone>(JoinedOutcome::with(visit, joined).await)
        };
        answer(done, |outcome| VerifyEmailPayload { outcome }).await
    }
}
