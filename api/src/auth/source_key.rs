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

#[cfg(test)]
mod tests {
    use leadflow_domain::CommandId;
    use leadflow_domain::source::{Opening, SourceCommand, SourceKind, SourceName};
    use leadflow_event_store::{Actor, CommandContext, testing};
    use sqlx::PgPool;
    use uuid::Uuid;

    use super::*;
    use crate::commands::Commands;

    const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
    const SOURCE: SourceId = SourceId::from_uuid(Uuid::from_u128(2));

    async fn hashes(pool: &PgPool) -> Vec<Vec<u8>> {
        sqlx::query_scalar("select key_hash from source_keys").fetch_all(pool).await.unwrap()
    }

    #[tokio::test]
    async fn of_two_requests_for_one_source_the_one_that_opens_it_has_the_key() {
        let pool = testing::pool().await;
        let doors = crate::testing::doors(&pool);
        let first = doors.make_source_key(TENANT, SOURCE).await.unwrap();
        let second = doors.make_source_key(TENANT, SOURCE).await.unwrap();
        assert_eq!(hashes(&pool).await, [secret_token::hash(&first.text)]);
        // What another request has kept is not this one's to forget.
        doors.forget_source_key(&second).await.unwrap();
        doors.confirm_source_key(&second).await.unwrap();
        assert_eq!(hashes(&pool).await, [secret_token::hash(&second.text)]);
        doors.forget_source_key(&first).await.unwrap();
        assert_eq!(hashes(&pool).await, [] as [Vec<u8>; 0]);
    }

    #[tokio::test]
    async fn the_door_is_as_the_log_says() {
        let pool = testing::pool().await;
        let (doors, store) = (crate::testing::doors(&pool), testing::event_store(&pool));
        let commands = Commands::new(&store);
        doors.make_source_key(TENANT, SOURCE).await.unwrap();
        let is_open = async || {
            doors.tell_door(store.reader(), SOURCE).await.unwrap();
            let open: bool =
                sqlx::query_scalar("select closed_at is null from source_keys").fetch_one(&pool).await.unwrap();
            open
        };
        let name = SourceName::parse("Spring offer").unwrap();
        let opened = SourceCommand::Open(Opening { kind: SourceKind::GoogleForm, name });
        assert!(!is_open().await, "there is no such source yet");
        for (command, expected) in [(opened, true), (SourceCommand::Close, false), (SourceCommand::Reopen, true)] {
            let id = CommandId::derive(TENANT, "test", &[&format!("{command:?}")]);
            let context = CommandContext::new(TENANT, id, Actor::CommandLine, "test");
            commands.sources.execute(SOURCE, command, context).await.unwrap();
            for _ in 0..2 {
                assert_eq!(is_open().await, expected);
            }
        }
    }
}
