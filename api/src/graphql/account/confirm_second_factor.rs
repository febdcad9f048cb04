//! `confirmSecondFactor`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use secrecy::ExposeSecret;

use super::herself::Herself;
use crate::graphql::command::{NotDone, answer};
use crate::graphql::payload::UserError;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ConfirmSecondFactor;

/// What `confirmSecondFactor` takes.
#[derive(InputObject)]
struct ConfirmSecondFactorInput {
    /// What her app shows.
    code: String,
}

/// What `confirmSecondFactor` answers.
#[derive(Default, SimpleObject)]
struct ConfirmSecondFactorPayload {
    /// Ten codes to write down: each stands in for one of the app's, once. They are shown this once; null when it was refused.
    recovery_codes: Option<Vec<String>>,
    /// Why it was refused; empty when it was not.
    user_errors: Vec<UserError>,
}

impl From<Vec<UserError>> for ConfirmSecondFactorPayload {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

#[Object]
impl ConfirmSecondFactor {
    /// Asks the member who asks for a code whenever she signs in from now on, as she shows that she has the secret.
    async fn confirm_second_factor(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The code.")] input: ConfirmSecondFactorInput,
    ) -> Option<Result<ConfirmSecondFactorPayload, Error>> {
        let done = async {
            let Herself { doors, member, asked, .. } = Herself::of(context)?;
            let codes = doors.confirm_second_factor(member, &input.code.into(), asked).await?;
            let recovery_codes = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
            Ok::<_, NotDone>(ConfirmSecondFactorPayload { recovery_codes: Some(recovery_codes), user_errors: vec![] })
        };
        answer(done, |payload| payload).await
    }
}
