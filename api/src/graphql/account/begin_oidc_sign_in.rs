//! `beginOidcSignIn`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use secrecy::ExposeSecret;

use crate::graphql::command::{NotDone, answer};
use crate::graphql::payload::UserError;
use crate::graphql::visit::Visit;
use crate::limits::LimitKind;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct BeginOidcSignIn;

/// What `beginOidcSignIn` takes.
#[derive(InputObject)]
struct BeginOidcSignInInput {
    /// Whom she proves herself to: the key of one of `oidcProviders`.
    provider: String,
}

/// What `beginOidcSignIn` answers.
#[derive(Default, SimpleObject)]
struct BeginOidcSignInPayload {
    /// Where her browser goes; null when it was refused. The provider sends it back to the page `/sign-in/with/` and the
    /// provider's key, with `code` and `state` behind a `?`, for `finishOidcSignIn`.
    authorization_url: Option<String>,
    /// What the page keeps to itself until she is back, where only pages of its origin can read it, for `finishOidcSignIn`;
    /// null when it was refused, and where her browser keeps it as a cookie.
    browser_token: Option<String>,
    /// Why it was refused; empty when it was not.
    user_errors: Vec<UserError>,
}

impl From<Vec<UserError>> for BeginOidcSignInPayload {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

#[Object]
impl BeginOidcSignIn {
    /// Begins to sign a member in by what a provider says (OIDC), instead of a password. She has ten minutes. A provider that
    /// does not answer is `PROVIDER_UNAVAILABLE`.
    async fn begin_oidc_sign_in(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "With whom.")] input: BeginOidcSignInInput,
    ) -> Option<Result<BeginOidcSignInPayload, Error>> {
        let done = async {
            let visit = Visit::of(context)?;
            visit.counts(LimitKind::Login).await?;
            let begun = visit.api.doors.begin_oidc_sign_in(&input.provider).await?;
            let browser_token = visit.hand_over_browser_token(begun.browser);
            Ok::<_, NotDone>(BeginOidcSignInPayload {
                authorization_url: Some(begun.authorization_url.into()),
                browser_token: browser_token.map(|token| token.expose_secret().to_owned()),
                user_errors: vec![],
            })
        };
        answer(done, |payload| payload).await
    }
}
