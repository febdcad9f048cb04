//! Files as they are stored: piece by piece while they come, and whole only when all of it is there. Chats are kept here, too, while they
//! are read; they are never whole, and go with their answer.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use leadflow_domain::{Country, StreamId, TenantId};
use leadflow_event_store::{Actor, Keys, entropy};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::IMPORT_LEADS;
use super::columns::Layout;
use super::encoding::Encoding;
use super::imports::{COLUMNS, Import, read};
use super::seals::{Gone, Seals};
use crate::jobs::{NewJob, enqueue};

/// Files of a business that are coming, wait or are read at once.
pub const MOST_OPEN: i64 = 20;

/// How often a piece is sealed whose day's key is gone a moment later.
const ATTEMPTS: u32 = 3;

/// What is known of a file beside what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// What it is called, where that was said.
    pub name: Option<String>,
    /// What it was encoded in.
    pub encoding: Encoding,
    /// How it is read.
    pub layout: Layout,
    /// Whose numbers come without their country's code.
    pub country: Option<String>,
}

impl About {
    /// That country.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        self.country.as_deref().and_then(|country| Country::parse(country).ok())
    }
}

/// Files of leads, and how far each is read.
#[derive(Debug)]
pub struct Files {
    pub(super) pool: PgPool,
    pub(super) keys: Arc<Keys>,
    pub(super) seals: Seals,
}

/// What is whole.
#[derive(Debug)]
pub(super) struct Whole<'a> {
    pub(super) tenant: TenantId,
    pub(super) import: Uuid,
    pub(super) is_dry_run: bool,
    pub(super) fingerprint: &'a str,
    pub(super) file_bytes: i64,
    pub(super) text_bytes: i64,
    pub(super) about: &'a About,
}

impl Files {
    /// Stores and reads through `pool`, sealed with `keys`.
    #[must_use]
    pub fn new(pool: PgPool, keys: Arc<Keys>) -> Self {
        Self { seals: Seals::new(pool.clone(), Arc::clone(&keys)), pool, keys }
    }

    /// The time, by the clock that all processes share.
    ///
    /// # Errors
    /// The database's.
    pub async fn now(&self) -> Result<Timestamp, sqlx::Error> {
        let now: jiff_sqlx::Timestamp = sqlx::query_scalar("select clock_timestamp()").fetch_one(&self.pool).await?;
        Ok(now.to_jiff())
    }

    /// A file begins to come: its id. None where the business has as many as it may.
    pub(crate) async fn begin(
        &self,
        tenant: TenantId,
        actor: &Actor,
        is_dry_run: bool,
    ) -> Result<Option<Uuid>, sqlx::Error> {
        sqlx::query_scalar(
            "insert into lead_imports (import_id, tenant_id, actor, dry_run) \
             select $1, $2, $3, $4 \
             where (select count(*) from lead_imports where tenant_id = $2 and ended_at is null) < $5 \
             returning import_id",
        )
        .bind(entropy::uuid())
        .bind(tenant.as_uuid())
        .bind(actor.to_string())
        .bind(is_dry_run)
        .bind(MOST_OPEN)
        .fetch_optional(&self.pool)
        .await
    }

    /// The next piece of its text. A day's key that is not there any more stores nothing: what is sealed under it could never be read.
    pub(crate) async fn add(&self, import: Uuid, begins_at: i64, text: &[u8]) -> Result<(), sqlx::Error> {
        for _ in 0..ATTEMPTS {
            let sealed = self.seals.seal(text).await?;
            let done = sqlx::query(
                "with heard as (update lead_imports set heard_at = clock_timestamp() where import_id = $1) \
                 insert into lead_import_chunks (import_id, begins_at, key_day, seal_id, body) \
                 select $1, $2, k.day, $3, $4 from delivery_keys k where k.day = $5 and k.wrapped_key = $6",
            )
            .bind(import)
            .bind(begins_at)
            .bind(sealed.id)
            .bind(sealed.body)
            .bind(jiff_sqlx::Date::from(sealed.day))
            .bind(sealed.wrapped_key)
            .execute(&self.pool)
            .await?;
            if done.rows_affected() > 0 {
                return Ok(());
            }
            self.seals.forget().await;
        }
        Err(sqlx::Error::Protocol("the day's key is not there".to_owned()))
    }

    /// It is still worked on.
    pub(crate) async fn heard(&self, import: Uuid) -> Result<(), sqlx::Error> {
        sqlx::query("update lead_imports set heard_at = clock_timestamp() where import_id = $1")
            .bind(import)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// It does not come, or is nothing new: nothing of it is left.
    pub(crate) async fn discard(&self, import: Uuid) -> Result<(), sqlx::Error> {
        sqlx::query("delete from lead_imports where import_id = $1 and state = 'uploading'")
            .bind(import)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// All of it is there, and it waits for its turn. Where the same file was brought before, read in the same way, it is that one's
    /// import, and nothing of this one is left.
    pub(super) async fn complete(&self, whole: &Whole<'_>) -> Result<Option<Uuid>, sqlx::Error> {
        let about = serde_json::to_vec(whole.about).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
        // Another may be whole in the same moment: the index lets one of them pass, and the other finds it then.
        loop {
            if !whole.is_dry_run
                && let Some(before) = self.same(whole.tenant, whole.fingerprint).await?
            {
                self.discard(whole.import).await?;
                return Ok(Some(before));
            }
            let sealed = self.seals.seal(&about).await?;
            let mut tx = self.pool.begin().await?;
            let number = sqlx::query_scalar(
                "update lead_imports set state = 'waiting', fingerprint = $2, file_bytes = $3, text_bytes = $4, \
                                         about = $5, key_day = $6, seal_id = $7 \
                 where import_id = $1 and state = 'uploading' returning number",
            )
            .bind(whole.import)
            .bind(whole.fingerprint)
            .bind(whole.file_bytes)
            .bind(whole.text_bytes)
            .bind(sealed.body)
            .bind(jiff_sqlx::Date::from(sealed.day))
            .bind(sealed.id)
            .fetch_optional(&mut *tx)
            .await;
            let number: i64 = match number {
                Ok(Some(number)) => number,
                Ok(None) => return Err(sqlx::Error::RowNotFound),
                Err(error) if is_unique(&error) => continue,
                Err(error) => return Err(error),
            };
            let lane = format!("import:{}", whole.tenant);
            let job = NewJob {
                tenant: whole.tenant,
                kind: IMPORT_LEADS,
                queue: lane.clone(),
                lane,
                subject: StreamId::from_uuid(whole.import),
                position: number,
                after: Duration::ZERO,
            };
            enqueue(&mut tx, &[job]).await?;
            tx.commit().await?;
            return Ok(None);
        }
    }

    async fn same(&self, tenant: TenantId, fingerprint: &str) -> Result<Option<Uuid>, sqlx::Error> {
        sqlx::query_scalar(
            "select import_id from lead_imports where tenant_id = $1 and fingerprint = $2 \
                                                  and state in ('waiting', 'running', 'done') and not dry_run",
        )
        .bind(tenant.as_uuid())
        .bind(fingerprint)
        .fetch_optional(&self.pool)
        .await
    }

    /// The piece of the text in which its byte `at` is; none behind its end.
    pub(crate) async fn piece(
        &self,
        import: Uuid,
        at: i64,
    ) -> Result<Option<(i64, Result<Vec<u8>, Gone>)>, sqlx::Error> {
        let row = sqlx::query(
            "select c.begins_at, c.body, c.key_day, c.seal_id, k.wrapped_key \
             from lead_import_chunks c left join delivery_keys k on k.day = c.key_day \
             where c.import_id = $1 and c.begins_at <= $2 order by c.begins_at desc limit 1",
        )
        .bind(import)
        .bind(at)
        .fetch_optional(&self.pool)
        .await?;
        let read = |row: PgRow| Ok((row.try_get("begins_at")?, self.seals.open(&row)?));
        row.map(read).transpose()
    }

    /// One import of a business.
    ///
    /// # Errors
    /// The database's.
    pub async fn import(&self, tenant: TenantId, id: Uuid) -> Result<Option<Import>, sqlx::Error> {
        let sql = format!(
            "select {COLUMNS} from lead_imports i left join delivery_keys k on k.day = i.key_day \
             where i.tenant_id = $1 and i.import_id = $2 and i.state <> 'uploading'"
        );
        let row = sqlx::query(&sql).bind(tenant.as_uuid()).bind(id).fetch_optional(&self.pool).await?;
        row.map(|row| read(&self.seals, &row)).transpose()
    }
}

fn is_unique(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
