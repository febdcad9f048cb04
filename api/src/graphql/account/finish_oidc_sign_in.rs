//! `finishOidcSignIn`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};

use super::outcome::LetIn;
use crate::auth::CameBack;
use crate::graphql::command::{NotDone, answer};
use crate::graphql::visit::Visit;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct FinishOidcSignIn;

/// What `finishOidcSignIn` takes.
#[derive(InputObject)]
struct FinishOidcSignInInput {
    /// Who sent her back: what the page's address ends with.
    provider: String,
    /// What came with her, behind `state=`.
    state: String,
    /// What came with her, behind `code=`.
    code: String,
    /// What `beginOidcSignIn` answered; null where a browser keeps it as a cookie.
    browser_token: Option<String>,
    /// A code of her second factor, or one of her recovery codes. Without one, whoever has a second factor is answered
    /// `SECOND_FACTOR_NEEDED`, and asks again with it, and with all else as it was.
    second_factor_code: Option<String>,
}

/// What `finishOidcSignIn` answers.
#[derive(SimpleObject)]
struct FinishOidcSignInPayload {
    #[graphql(flatten)]
    outcome: LetIn,
}

#[Object]
impl FinishOidcSignIn {
    /// Signs a member in who is back from a provider: whoever has the address that the provider says. An address that nobody
    /// has is `WRONG_CREDENTIALS`; one that the provider does not vouch for is `NOT_VOUCHED_FOR`. What was begun is finished
    /// once, and in the browser where it was begun; else it is `BEGIN_AGAIN`.
    // That it was begun has been counted.
    async fn finish_oidc_sign_in(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What she came back with.")] input: FinishOidcSignInInput,
    ) -> Option<Result<FinishOidcSignInPayload, Error>> {
        let done = async {
            let visit = Visit::of(context)?;
            let back = CameBack {
                provider: &input.provider,
                state: input.state.into(),
                browser: input.browser_token.map(Into::into).or_else(|| visit.kept_browser_token()),
                code: input.code.into(),
                second_factor: input.second_factor_code.map(Into::into),
                client: visit.client(),
            };
            let tokens = visit.api.doors.finish_oidc_sign_in(back).await?;
            visit.forget_browser_token();
            Ok::<_, NotDone>(LetIn::with(visit, tokens))
        };
        answer(done, |outcome| FinishOidcSignInPayload { outcome }).await
    }
}
