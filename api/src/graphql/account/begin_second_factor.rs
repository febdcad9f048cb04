//! `beginSecondFactor`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use secrecy::ExposeSecret;

use super::herself::Herself;
use crate::auth::Offer;
use crate::graphql::command::{NotDone, answer};
use crate::graphql::payload::UserError;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct BeginSecondFactor;

/// What `beginSecondFactor` takes.
#[derive(InputObject)]
struct BeginSecondFactorInput {
    /// Her password, once more.
    password: String,
}

/// What `beginSecondFactor` answers.
#[derive(Default, SimpleObject)]
struct BeginSecondFactorPayload {
    /// What her app makes codes from, in base 32, to be typed; null when it was refused.
    secret: Option<String>,
    /// The same as a URL (`otpauth:`), to be shown as a picture; null when it was refused.
    url: Option<String>,
    /// Why it was refused; empty when it was not.
    user_errors: Vec<UserError>,
}

impl From<Offer> for BeginSecondFactorPayload {
    fn from(offer: Offer) -> Self {
        let shown = |secret: secrecy::SecretString| Some(secret.expose_secret().to_owned());
        Self { secret: shown(offer.secret), url: shown(offer.url), user_errors: vec![] }
    }
}

impl From<Vec<UserError>> for BeginSecondFactorPayload {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

#[Object]
impl BeginSecondFactor {
    /// Shows the member who asks a secret for her app (TOTP). No code is asked for before she has shown one with
    /// `confirmSecondFactor`, within an hour.
    async fn begin_second_factor(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "That it is she.")] input: BeginSecondFactorInput,
    ) -> Option<Result<BeginSecondFactorPayload, Error>> {
        let done = async {
            let Herself { doors, member, .. } = Herself::of(context)?;
            let offer = doors.begin_second_factor(member, input.password.into()).await?;
            Ok::<BeginSecondFactorPayload, NotDone>(offer.into())
        };
        answer(done, |payload| payload).await
    }
}
