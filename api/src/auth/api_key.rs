//! Secrets of API keys: 256 random bits, shown once, stored hashed. What a key is, and until when, is in the log.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::{ApiKeyId, TenantId};
use secrecy::SecretString;
use sqlx::Row;
use uuid::Uuid;

use super::doors::{Doors, Shut};
use super::secret_token;

/// Marks these secrets, so that a leaked one can be recognised.
pub(super) const PREFIX: &str = "lfk_";

/// A secret that was just made, for a key that is about to be issued.
#[derive(Debug)]
pub struct ApiKeySecret {
    /// What a program shows. It is shown this once.
    pub text: SecretString,
    key: ApiKeyId,
    is_kept: bool,
}

impl Doors {
    /// Makes what `key` is shown by. It is kept before the key is issued, and opens nothing until then; if another request for
    /// the same key has kept one already, whichever issues the key has the last word.
    ///
    /// # Errors
    /// The database's.
    pub async fn make_secret(&self, tenant: TenantId, key: ApiKeyId) -> Result<ApiKeySecret, Shut> {
        let text = secret_token::new(PREFIX);
        let sql = "insert into api_key_secrets (id, tenant_id, secret_hash) values ($1, $2, $3) \
                   on conflict (id) do nothing";
        let kept = sqlx::query(sql)
            .bind(key.as_uuid())
            .bind(tenant.as_uuid())
            .bind(secret_token::hash(&text))
            .execute(&self.pool)
            .await?;
        Ok(ApiKeySecret { text, key, is_kept: kept.rows_affected() == 1 })
    }

    /// Whoever has just issued the key shows it by this secret, and by no other.
    ///
    /// # Errors
    /// The database's.
    pub async fn confirm_secret(&self, secret: &ApiKeySecret) -> Result<(), Shut> {
        if !secret.is_kept {
            sqlx::query("update api_key_secrets set secret_hash = $2 where id = $1 and secret_hash is not null")
                .bind(secret.key.as_uuid())
                .bind(secret_token::hash(&secret.text))
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }

    /// There is no such key after all.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_secret(&self, secret: &ApiKeySecret) -> Result<(), Shut> {
        if secret.is_kept {
            let sql = "delete from api_key_secrets where id = $1";
            sqlx::query(sql).bind(secret.key.as_uuid()).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// What opened the door to `key`, which was revoked, is gone; when it was last used is still known.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_secret(&self, key: ApiKeyId) -> Result<(), Shut> {
        let sql = "update api_key_secrets set secret_hash = null where id = $1";
        sqlx::query(sql).bind(key.as_uuid()).execute(&self.pool).await?;
        Ok(())
    }

    /// When each of these keys of a tenant was last used, to within a minute; those that never were are absent.
    ///
    /// # Errors
    /// The database's.
    pub async fn last_uses(
        &self,
        tenant: TenantId,
        keys: &[ApiKeyId],
    ) -> Result<HashMap<ApiKeyId, Timestamp>, sqlx::Error> {
        let sql = "select id, last_used_at from api_key_secrets \
                   where tenant_id = $1 and id = any($2) and last_used_at is not null";
        let ids: Vec<Uuid> = keys.iter().map(|key| key.as_uuid()).collect();
        let rows = sqlx::query(sql).bind(tenant.as_uuid()).bind(ids).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                let at: jiff_sqlx::Timestamp = row.try_get("last_used_at")?;
                Ok((ApiKeyId::from_uuid(row.try_get("id")?), at.to_jiff()))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use leadflow_event_store::testing;
    use sqlx::PgPool;

    use super::*;
    use crate::auth::uses::Used;

    const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
    const KEY: ApiKeyId = ApiKeyId::from_uuid(Uuid::from_u128(2));

    async fn hashes(pool: &PgPool) -> Vec<Option<Vec<u8>>> {
        sqlx::query_scalar("select secret_hash from api_key_secrets").fetch_all(pool).await.unwrap()
    }

    #[tokio::test]
    async fn of_two_requests_for_one_key_the_one_that_issues_it_has_the_secret() {
        let pool = testing::pool().await;
        let doors = crate::testing::doors(&pool);
        let first = doors.make_secret(TENANT, KEY).await.unwrap();
        let second = doors.make_secret(TENANT, KEY).await.unwrap();
        assert_eq!(hashes(&pool).await, [Some(secret_token::hash(&first.text))]);
        // What another request has kept is not this one's to forget.
        doors.forget_secret(&second).await.unwrap();
        doors.confirm_secret(&first).await.unwrap();
        assert_eq!(hashes(&pool).await, [Some(secret_token::hash(&first.text))]);
        doors.confirm_secret(&second).await.unwrap();
        assert_eq!(hashes(&pool).await, [Some(secret_token::hash(&second.text))]);
        doors.end_secret(KEY).await.unwrap();
        assert_eq!(hashes(&pool).await, [None]);
        doors.forget_secret(&first).await.unwrap();
        assert_eq!(hashes(&pool).await, [] as [Option<Vec<u8>>; 0]);
    }

    #[tokio::test]
    async fn a_use_is_written_once_a_minute_and_told_to_its_business_alone() {
        let pool = testing::pool().await;
        let doors = crate::testing::doors(&pool);
        doors.make_secret(TENANT, KEY).await.unwrap();
        assert_eq!(doors.last_uses(TENANT, &[KEY]).await.unwrap(), HashMap::new());
        Used::Key(KEY).write(&pool).await.unwrap();
        let used = doors.last_uses(TENANT, &[KEY]).await.unwrap();
        assert!(used.contains_key(&KEY));
        Used::Key(KEY).write(&pool).await.unwrap();
        assert_eq!(doors.last_uses(TENANT, &[KEY]).await.unwrap(), used, "within the minute it is the same");
        let another = TenantId::from_uuid(Uuid::from_u128(3));
        assert_eq!(doors.last_uses(another, &[KEY]).await.unwrap(), HashMap::new());
        let sql = "update api_key_secrets set last_used_at = last_used_at - interval '61 seconds'";
        sqlx::query(sql).execute(&pool).await.unwrap();
        Used::Key(KEY).write(&pool).await.unwrap();
        assert!(doors.last_uses(TENANT, &[KEY]).await.unwrap()[&KEY] > used[&KEY]);
    }
}
