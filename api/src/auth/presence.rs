//! Who is here, by what she asked last. It is worth nothing to history, so sessions know it and the log does not.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::{MemberId, TenantId};
use sqlx::Row;
use uuid::Uuid;

use super::doors::Doors;

/// Who asked for something within so many seconds is online.
const ONLINE_FOR: i64 = 120;

/// Who asked for something within so many seconds, and is not online, is away.
const AWAY_FOR: i64 = 900;

/// Whether somebody is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresenceState {
    /// She asked for something within 2 minutes.
    Online,
    /// She asked for something within 15 minutes.
    Away,
    /// She did not, or has signed out everywhere.
    Offline,
}

/// When somebody was here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presence {
    /// Whether she is.
    pub state: PresenceState,
    /// When she asked for something last, to within half a minute; none where that is not known any more.
    pub last_seen_at: Option<Timestamp>,
}

impl Presence {
    /// Of whom nothing is known.
    pub const UNKNOWN: Self = Self { state: PresenceState::Offline, last_seen_at: None };
}

impl PresenceState {
    /// What somebody is who asked for something so many seconds ago, where she is signed in still.
    fn of(seconds_ago: Option<i64>) -> Self {
        match seconds_ago {
            Some(..ONLINE_FOR) => Self::Online,
            Some(..AWAY_FOR) => Self::Away,
            Some(_) | None => Self::Offline,
        }
    }
}

impl Doors {
    /// Whether each of these members of a tenant is here; of those that are absent nothing is known.
    ///
    /// # Errors
    /// The database's.
    pub async fn presences(
        &self,
        tenant: TenantId,
        members: &[MemberId],
    ) -> Result<HashMap<MemberId, Presence>, sqlx::Error> {
        // By the database's clock alone: processes may have others.
        let sql = "select member_id, max(seen_at) as seen_at, \
                       extract(epoch from clock_timestamp() - max(seen_at) filter \
                           (where ended_at is null and expires_at > clock_timestamp()))::bigint as seconds_ago \
                   from sessions where tenant_id = $1 and member_id = any($2) group by member_id";
        let ids: Vec<Uuid> = members.iter().map(|member| member.as_uuid()).collect();
        let rows = sqlx::query(sql).bind(tenant.as_uuid()).bind(ids).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                let seen_at: jiff_sqlx::Timestamp = row.try_get("seen_at")?;
                let state = PresenceState::of(row.try_get("seconds_ago")?);
                let presence = Presence { state, last_seen_at: Some(seen_at.to_jiff()) };
                Ok((MemberId::from_uuid(row.try_get("member_id")?), presence))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use leadflow_event_store::testing;
    use sqlx::PgPool;

    use super::*;
    use crate::auth::session::{self, EndedBy};
    use crate::auth::uses::Used;

    const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
    const ADA: MemberId = MemberId::from_uuid(Uuid::from_u128(2));

    async fn session(pool: &PgPool, seconds_ago: i32) -> Uuid {
        let mut connection = pool.acquire().await.unwrap();
        let begun = session::begin(&mut connection, (TENANT, ADA), None).await.unwrap();
        sqlx::query("update sessions set seen_at = seen_at - make_interval(secs => $2) where id = $1")
            .bind(begun.session)
            .bind(f64::from(seconds_ago))
            .execute(pool)
            .await
            .unwrap();
        begun.session
    }

    async fn ada(doors: &Doors) -> Presence {
        doors.presences(TENANT, &[ADA]).await.unwrap().remove(&ADA).unwrap_or(Presence::UNKNOWN)
    }

    #[test]
    fn who_asked_lately_is_here_and_after_a_while_away() {
        for (seconds_ago, state) in [
            (Some(0), PresenceState::Online),
            (Some(119), PresenceState::Online),
            (Some(120), PresenceState::Away),
            (Some(899), PresenceState::Away),
            (Some(900), PresenceState::Offline),
            (None, PresenceState::Offline),
        ] {
            assert_eq!(PresenceState::of(seconds_ago), state, "{seconds_ago:?}");
        }
    }

    #[tokio::test]
    async fn she_is_where_she_asked_last_and_nowhere_once_she_has_signed_out() {
        let pool = testing::pool().await;
        let (doors, another) = (crate::testing::doors(&pool), TenantId::from_uuid(Uuid::from_u128(3)));
        assert_eq!(ada(&doors).await, Presence::UNKNOWN);
        session(&pool, 86_400).await;
        let long_ago = ada(&doors).await;
        assert!(long_ago.state == PresenceState::Offline && long_ago.last_seen_at.is_some());
        session(&pool, 600).await;
        assert_eq!(ada(&doors).await.state, PresenceState::Away);
        let here = session(&pool, 10).await;
        assert_eq!(ada(&doors).await.state, PresenceState::Online);
        assert!(doors.presences(another, &[ADA]).await.unwrap().is_empty(), "she is another business's");
        session::end(&pool, ADA, here, EndedBy::SignedOut).await.unwrap();
        let now = ada(&doors).await;
        assert_eq!(now.state, PresenceState::Away, "she is signed in elsewhere");
        assert!(now.last_seen_at > long_ago.last_seen_at);
    }

    #[tokio::test]
    async fn what_a_session_asks_is_written_twice_a_minute() {
        let pool = testing::pool().await;
        let doors = crate::testing::doors(&pool);
        let at = session(&pool, 10).await;
        let before = ada(&doors).await;
        Used::Session(at).write(&pool).await.unwrap();
        assert_eq!(ada(&doors).await, before);
        let at = session(&pool, 31).await;
        Used::Session(at).write(&pool).await.unwrap();
        assert!(ada(&doors).await.last_seen_at > before.last_seen_at);
    }
}
