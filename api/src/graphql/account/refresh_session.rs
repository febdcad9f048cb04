//! `refreshSession`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};

use super::outcome::LetIn;
use crate::auth::Shut;
use crate::graphql::command::{NotDone, answer};
use crate::graphql::visit::Visit;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct RefreshSession;

/// What `refreshSession` takes.
#[derive(InputObject)]
struct RefreshSessionInput {
    /// What came with the access token before; null where a browser keeps it as a cookie.
    refresh_token: Option<String>,
}

/// What `refreshSession` answers.
#[derive(SimpleObject)]
struct RefreshSessionPayload {
    #[graphql(flatten)]
    outcome: LetIn,
}

#[Object]
impl RefreshSession {
    /// Renews a session: new tokens instead of the ones before. A token counts once; when it comes again it is stolen, or was,
    /// and the session ends for whoever has it: `SESSION_ENDED`.
    async fn refresh_session(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What renews it.")] input: RefreshSessionInput,
    ) -> Option<Result<RefreshSessionPayload, Error>> {
        let done = async {
            let visit = Visit::of(context)?;
            let shown = input.refresh_token.map(Into::into).or_else(|| visit.kept_refresh_token());
            let renewed = match shown {
                Some(token) => visit.api.doors.renew(&token).await,
                None => Err(Shut::Ended),
            };
            if let Err(Shut::Ended) = renewed {
                visit.forget_tokens();
            }
            Ok::<_, NotDone>(LetIn::with(visit, renewed?))
        };
        answer(done, |outcome| RefreshSessionPayload { outcome }).await
    }
}
