//! `signIn`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::EmailAddress;

use super::outcome::LetIn;
use crate::auth::Shown;
use crate::graphql::command::{NotDone, answer, valid};
use crate::graphql::visit::Visit;
use crate::limits::LimitKind;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SignIn;

/// What `signIn` takes.
#[derive(InputObject)]
struct SignInInput {
    /// Her address of e-mail.
    email: String,
    /// What only she knows.
    password: String,
    /// A code of her second factor, or one of her recovery codes. Without one, whoever has a second factor is answered
    /// `SECOND_FACTOR_NEEDED`, and asks again with it.
    second_factor_code: Option<String>,
}

/// What `signIn` answers.
#[derive(SimpleObject)]
struct SignInPayload {
    #[graphql(flatten)]
    outcome: LetIn,
}

#[Object]
impl SignIn {
    /// Signs a member in. An address that nobody has is answered as a wrong password is: `WRONG_CREDENTIALS`.
    async fn sign_in(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who she is, and how she proves it.")] input: SignInInput,
    ) -> Option<Result<SignInPayload, Error>> {
        let done = async {
            let visit = Visit::of(context)?;
            let read = EmailAddress::parse(&input.email).map_err(|error| format!("is wrong: {error}"));
            let address = &valid("email", read)?;
            visit.counts(LimitKind::Login).await?;
            let code = input.second_factor_code.map(Into::into);
            let shown = Shown { address, password: input.password.into(), code, client: visit.client() };
            Ok::<_, NotDone>(LetIn::with(visit, visit.api.doors.sign_in(shown).await?))
        };
        answer(done, |outcome| SignInPayload { outcome }).await
    }
}
