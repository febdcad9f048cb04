//! `revokeSession`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::herself::Herself;
use super::outcome::Done;
use crate::auth::EndedBy;
use crate::graphql::command::{NotDone, answer};
use crate::graphql::failure::bad_input;
use crate::graphql::payload::{UserError, UserErrorCode};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct RevokeSession;

/// What `revokeSession` takes.
#[derive(InputObject)]
struct RevokeSessionInput {
    /// Which one, of `sessions`.
    session_id: ID,
}

/// What `revokeSession` answers.
#[derive(SimpleObject)]
struct RevokeSessionPayload {
    #[graphql(flatten)]
    outcome: Done,
}

#[Object]
impl RevokeSession {
    /// Ends a session of the member who asks, also another one than this. Its tokens are good for nothing from now on.
    async fn revoke_session(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which one.")] input: RevokeSessionInput,
    ) -> Option<Result<RevokeSessionPayload, Error>> {
        let done = async {
            let Herself { doors, member, .. } = Herself::of(context)?;
            let session = Uuid::parse_str(&input.session_id)
                .map_err(|_| bad_input("sessionId", "`sessionId` is not the id of a session"))?;
            if doors.end_session(member, session, EndedBy::Revoked).await? {
                return Ok::<_, NotDone>(Done::default());
            }
            let message = "there is no such session".to_owned();
            Ok(vec![UserError::new(UserErrorCode::NotFound, message, Some("sessionId"))].into())
        };
        answer(done, |outcome| RevokeSessionPayload { outcome }).await
    }
}
