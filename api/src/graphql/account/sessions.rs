//! `sessions`.

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use jiff::Timestamp;
use uuid::Uuid;

use super::herself::Herself;
use crate::auth;
use crate::graphql::failure::internal;

/// The query.
#[derive(Default)]
pub(in crate::graphql) struct SessionQueries;

/// Where a member is signed in.
#[derive(Debug, Clone, SimpleObject)]
struct Session {
    /// For `revokeSession`.
    id: ID,
    /// What the program that she signed in with calls itself; null if it says nothing.
    client: Option<String>,
    /// When she signed in.
    created_at: Timestamp,
    /// When it was renewed last.
    last_used_at: Timestamp,
    /// When it ends unless it is renewed.
    expires_at: Timestamp,
    /// Whether this is asked in it.
    current: bool,
}

impl Session {
    fn of(session: auth::Session, current: Uuid) -> Self {
        let auth::Session { id, client, created_at, last_used_at, expires_at } = session;
        Self { id: id.into(), client, created_at, last_used_at, expires_at, current: id == current }
    }
}

#[Object]
impl SessionQueries {
    /// Where the member who asks is signed in, the latest first; 50 at most.
    #[graphql(complexity = "50 * child_complexity")]
    async fn sessions(&self, context: &Context<'_>) -> Option<Result<Vec<Session>, Error>> {
        let found = async {
            let Herself { doors, member, session, .. } = Herself::of(context)?;
            let found = doors.sessions(member).await.map_err(|error| internal("sessions", &error))?;
            Ok(found.into_iter().map(|found| Session::of(found, session)).collect())
        };
        Some(found.await)
    }
}
