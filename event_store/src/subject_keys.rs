//! Whose key is it, and is it still there: data subjects' keys from the database, a few thousand kept at hand.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use leadflow_domain::{DataSubjectId, TenantId};
use quick_cache::sync::Cache;
use sqlx::{PgPool, Row};
use thiserror::Error;
use uuid::Uuid;

use crate::Keys;
use crate::append::Subject;
use crate::batched::Batched;
use crate::keys::{DataSubjectKey, Whose};

/// Keys kept at hand; some 200 bytes each.
const AT_HAND: usize = 20_000;

/// A person's key as appends use it.
#[derive(Debug)]
pub(crate) struct HeldKey {
    pub(crate) key: DataSubjectKey,
    /// Asserted at append: a key that was destroyed meanwhile writes nothing.
    pub(crate) generation: i32,
    /// The stored form of a key that was made here.
    pub(crate) wrapped: Vec<u8>,
    stored: AtomicBool,
}

impl HeldKey {
    /// One for a person whom the log has not heard of.
    pub(crate) fn generate(keys: &Keys, whose: Whose) -> Self {
        let key = DataSubjectKey::generate();
        let wrapped = keys.wrap(whose, &key);
        Self { key, generation: 1, wrapped, stored: AtomicBool::new(false) }
    }

    /// The stored form, while no append has carried it to the database.
    pub(crate) fn to_store(&self) -> Option<&[u8]> {
        (!self.stored.load(Ordering::Relaxed)).then_some(&self.wrapped)
    }

    /// An append has carried it.
    pub(crate) fn mark_stored(&self) {
        self.stored.store(true, Ordering::Relaxed);
    }
}

/// Whether there is a key to write with.
#[derive(Debug, Clone)]
pub(crate) enum KeyState {
    /// There is.
    Held(Arc<HeldKey>),
    /// The person was erased.
    Erased,
}

/// A person's key can't be had.
#[derive(Debug, Error)]
pub enum SubjectKeyError {
    /// The database did not answer.
    #[error("a data subject's key can't be read now")]
    Database(#[from] sqlx::Error),
    /// Its row was damaged, or belongs to another installation.
    #[error(
        "the key of data subject {0} does not open: her row in `data_subjects` was damaged or is another \
         installation's; restore it from a backup"
    )]
    Broken(DataSubjectId),
}

/// Data subjects' keys.
#[derive(Debug, Clone)]
pub(crate) struct SubjectKeys {
    pool: PgPool,
    keys: Arc<Keys>,
    held: Arc<Cache<DataSubjectId, Arc<HeldKey>>>,
    batched: Batched<DataSubjectId, Option<Stored>>,
}

/// A person's row.
#[derive(Debug)]
struct Stored {
    generation: i32,
    /// `None` once she was erased.
    wrapped: Option<Vec<u8>>,
}

impl SubjectKeys {
    pub(crate) fn new(pool: PgPool, keys: Arc<Keys>) -> Self {
        let batched = Batched::start(&pool, |pool, subjects: Vec<_>| async move { stored(&pool, &subjects).await });
        Self { pool, keys, held: Arc::new(Cache::new(AT_HAND)), batched }
    }

    /// The installation's own.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The key to write with; made anew for a person the log has not heard of.
    pub(crate) async fn of(&self, tenant: TenantId, subject: DataSubjectId) -> Result<KeyState, SubjectKeyError> {
        if let Some(held) = self.held.get(&subject) {
            return Ok(KeyState::Held(held));
        }
        let whose = Whose { tenant, subject };
        let stored = match self.batched.ask(subject).await {
            Some(stored) => stored,
            None => stored(&self.pool, &[subject]).await?.pop().flatten(),
        };
        let held = match stored {
            Some(Stored { generation, wrapped }) => {
                let Some(wrapped) = wrapped else { return Ok(KeyState::Erased) };
                let key = self.keys.unwrap(whose, &wrapped).map_err(|_| SubjectKeyError::Broken(subject))?;
                HeldKey { key, generation, wrapped, stored: AtomicBool::new(true) }
            }
            None => HeldKey::generate(&self.keys, whose),
        };
        // Two who make one at once go on with the same.
        let held = self.held.get_or_insert_with(&subject, || Ok::<_, SubjectKeyError>(Arc::new(held)))?;
        Ok(KeyState::Held(held))
    }

    /// An append that had to do with `subject` is in the log.
    pub(crate) fn confirmed(&self, subject: Option<&Subject>) {
        match subject {
            Some(Subject::Sealed(_, held)) => held.mark_stored(),
            Some(Subject::Erases(subject)) => self.forget(*subject),
            None => {}
        }
    }

    /// Somebody else made or destroyed it.
    pub(crate) fn forget(&self, subject: DataSubjectId) {
        self.held.remove(&subject);
    }

    /// The keys to read with, as they stand now: nothing kept at hand is used, so what was erased reads as erased from
    /// that commit on. `None` for whom was erased; absent for whom the database does not know.
    pub(crate) async fn to_read(
        &self,
        subjects: &[DataSubjectId],
    ) -> Result<HashMap<DataSubjectId, Option<DataSubjectKey>>, SubjectKeyError> {
        if subjects.is_empty() {
            return Ok(HashMap::new());
        }
        let rows =
            sqlx::query("select subject_id, tenant_id, wrapped_key from data_subjects where subject_id = any($1)")
                .bind(subjects.iter().map(|subject| subject.as_uuid()).collect::<Vec<Uuid>>())
                .fetch_all(&self.pool)
                .await?;
        rows.iter()
            .map(|row| {
                let subject = DataSubjectId::from_uuid(row.try_get("subject_id")?);
                let tenant = TenantId::from_uuid(row.try_get("tenant_id")?);
                let key = row
                    .try_get::<Option<&[u8]>, _>("wrapped_key")?
                    .map(|wrapped| self.keys.unwrap(Whose { tenant, subject }, wrapped))
                    .transpose()
                    .map_err(|_| SubjectKeyError::Broken(subject))?;
                Ok((subject, key))
            })
            .collect()
    }
}

/// What the database has of each of `subjects`, in their order.
async fn stored(pool: &PgPool, subjects: &[DataSubjectId]) -> Result<Vec<Option<Stored>>, sqlx::Error> {
    let rows = sqlx::query("select generation, wrapped_key from load_data_subjects($1)")
        .bind(subjects.iter().map(|subject| subject.as_uuid()).collect::<Vec<Uuid>>())
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| match row.try_get("generation")? {
            Some(generation) => Ok(Some(Stored { generation, wrapped: row.try_get("wrapped_key")? })),
            None => Ok(None),
        })
        .collect()
}
