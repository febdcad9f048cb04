//! Keys of sources: 256 random bits, shown once, stored hashed. What a source is, and whether it is open, is in the log.

use leadflow_domain::source::Source;
use leadflow_domain::{SourceId, TenantId};
use leadflow_event_store::LogReader;
use secrecy::SecretString;

use super::doors::{Doors, Shut};
use super::secret_token;

/// Marks these keys, so that a leaked one can be recognised. With it a key has 47 characters; Google takes 50.
const PREFIX: &str = "lfg_";

/// A key that was just made, for a source that is about to be opened.
#[derive(Debug)]
pub struct SourceKey {
    /// What its deliveries show. It is shown this once.
    pub text: SecretString,
    source: SourceId,
    is_kept: bool,
}

impl Doors {
    /// Makes what deliveries of `source` show. It is kept before the source is opened, and brings nothing until then; if another
    /// request for the same source has kept one already, whichever opens the source has the last word.
    ///
    /// # Errors
    /// The database's.
    pub async fn make_source_key(&self, tenant: TenantId, source: SourceId) -> Result<SourceKey, Shut> {
        let text = secret_token::new(PREFIX);
        let sql = "insert into source_keys (source_id, tenant_id, key_hash) values ($1, $2, $3) \
                   on conflict (source_id) do nothing";
        let kept = sqlx::query(sql)
            .bind(source.as_uuid())
            .bind(tenant.as_uuid())
            .bind(secret_token::hash(&text))
            .execute(&self.pool)
            .await?;
        Ok(SourceKey { text, source, is_kept: kept.rows_affected() == 1 })
    }

    /// Whoever has just opened the source has this key, and no other.
    ///
    /// # Errors
    /// The database's.
    pub async fn confirm_source_key(&self, key: &SourceKey) -> Result<(), Shut> {
        if !key.is_kept {
            sqlx::query("update source_keys set key_hash = $2 where source_id = $1")
                .bind(key.source.as_uuid())
                .bind(secret_token::hash(&key.text))
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }

    /// There is no such source after all.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_source_key(&self, key: &SourceKey) -> Result<(), Shut> {
        if key.is_kept {
            sqlx::query("delete from source_keys where source_id = $1")
                .bind(key.source.as_uuid())
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }

    /// The door is open or closed, as `log` says of the source. Of two who tell it at once the later finds what both have told.
    ///
    /// # Errors
    /// The database's.
    pub async fn tell_door(&self, log: &LogReader, source: SourceId) -> Result<(), Shut> {
        let mut tx = self.pool.begin().await?;
        let sql = "select from source_keys where source_id = $1 for update";
        sqlx::query(sql).bind(source.as_uuid()).execute(&mut *tx).await?;
        let loaded = log.load::<Source>(source.into()).await;
        let is_open = loaded.map_err(|error| sqlx::Error::Protocol(error.to_string()))?.state.is_open();
        let sql = "update source_keys set closed_at = case when $2 then null else clock_timestamp() end \
                   where source_id = $1 and (closed_at is null) <> $2";
        sqlx::query(sql).bind(source.as_uuid()).bind(is_open).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }
}
