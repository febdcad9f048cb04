//! `resetPassword`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};

use super::outcome::Done;
use crate::graphql::command::{NotDone, answer};
use crate::graphql::visit::Visit;
use crate::limits::LimitKind;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ResetPassword;

/// What `resetPassword` takes.
#[derive(InputObject)]
struct ResetPasswordInput {
    /// What stands in the link that was sent to her address, behind `#token=`.
    token: String,
    /// What only she is to know, 12 to 128 characters.
    password: String,
}

/// What `resetPassword` answers.
#[derive(SimpleObject)]
struct ResetPasswordPayload {
    #[graphql(flatten)]
    outcome: Done,
}

#[Object]
impl ResetPassword {
    /// Gives whoever brings the link back the password that she chooses. All her sessions end; she signs in with it, and with
    /// her second factor if she has one.
    async fn reset_password(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The link, and the password.")] input: ResetPasswordInput,
    ) -> Option<Result<ResetPasswordPayload, Error>> {
        let done = async {
            let visit = Visit::of(context)?;
            visit.counts(LimitKind::Login).await?;
            visit.api.doors.reset_password(&input.token.into(), input.password.into(), visit.asked()).await?;
            visit.forget_tokens();
            Ok::<_, NotDone>(Done::default())
        };
        answer(done, |outcome| ResetPasswordPayload { outcome }).await
    }
}
