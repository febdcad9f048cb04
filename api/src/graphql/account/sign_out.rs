//! `signOut`.

use async_graphql::{Context, Error, Object, SimpleObject};

use super::herself::Herself;
use super::outcome::Done;
use crate::auth::EndedBy;
use crate::graphql::command::{NotDone, answer};
use crate::graphql::visit::Visit;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SignOut;

/// What `signOut` answers.
#[derive(SimpleObject)]
struct SignOutPayload {
    #[graphql(flatten)]
    outcome: Done,
}

#[Object]
impl SignOut {
    /// Ends the session in which it is asked for. Its tokens are good for nothing from now on.
    async fn sign_out(&self, context: &Context<'_>) -> Option<Result<SignOutPayload, Error>> {
        let done = async {
            let Herself { doors, member, session, .. } = Herself::of(context)?;
            doors.end_session(member, session, EndedBy::SignedOut).await?;
            Visit::of(context)?.forget_tokens();
            Ok::<_, NotDone>(Done::default())
        };
        answer(done, |outcome| SignOutPayload { outcome }).await
    }
}
