//! What is over is deleted: links, sessions, signing keys, sign-ins that were begun with a provider.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::{oidc, signing_keys};
use crate::upkeep::keep;

/// How often it is looked at.
const HOURLY: Duration = Duration::from_secs(3_600);

/// How long a session is kept when it is over: whoever asks how somebody came in, asks within days.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Deletes what is over. Several may run.
pub struct Upkeep {
    pool: PgPool,
    stop: CancellationToken,
}

impl Upkeep {
    /// Sees to what is behind `pool` until `stop`.
    #[must_use]
    pub fn new(pool: PgPool, stop: CancellationToken) -> Self {
        Self { pool, stop }
    }

    /// Runs until the process stops.
    pub async fn run(self) {
        keep("auth.upkeep", HOURLY, &self.stop, || self.round()).await;
    }

    async fn round(&self) -> Result<(), sqlx::Error> {
        sqlx::query("delete from mailed_links where expires_at < clock_timestamp()").execute(&self.pool).await?;
        sqlx::query("delete from sessions where expires_at < clock_timestamp() - $1")
            .bind(KEPT)
            .execute(&self.pool)
            .await?;
        oidc::forget_old(&self.pool).await?;
        signing_keys::forget_old(&self.pool).await
    }
}

#[cfg(test)]
mod tests {
    use leadflow_domain::{MemberId, TenantId};
    use leadflow_event_store::testing;
    use uuid::Uuid;

    use super::*;
    use crate::auth::link::{self, Purpose};
    use crate::auth::session;

    #[tokio::test]
    async fn what_is_over_is_deleted_and_nothing_else() {
        let pool = testing::pool().await;
        let mut tx = pool.acquire().await.unwrap();
        let ada = (TenantId::from_uuid(Uuid::from_u128(1)), MemberId::from_uuid(Uuid::from_u128(2)));
        for age in ["0", "10 days", "40 days"] {
            let begun = session::begin(&mut tx, ada, None).await.unwrap();
            sqlx::query("update sessions set expires_at = expires_at - $2::interval where id = $1")
                .bind(begun.session)
                .bind(age)
                .execute(&pool)
                .await
                .unwrap();
            link::make_for(&mut tx, Purpose::Invitation, ada).await.unwrap();
            sqlx::query("update mailed_links set expires_at = expires_at - $1::interval")
                .bind(age)
                .execute(&pool)
                .await
                .unwrap();
        }
        drop(tx);
        Upkeep::new(pool.clone(), CancellationToken::new()).round().await.unwrap();
        let left = async |table| -> i64 {
            sqlx::query_scalar(&format!("select count(*) from {table}")).fetch_one(&pool).await.unwrap()
        };
        assert_eq!((left("sessions").await, left("refresh_tokens").await, left("mailed_links").await), (2, 2, 0));
    }
}
