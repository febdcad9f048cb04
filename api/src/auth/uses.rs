//! When what somebody shows was last used: written behind the requests that show it, so that none waits for it, and seldom.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use leadflow_domain::ApiKeyId;
use sqlx::PgPool;
use uuid::Uuid;

/// What was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Used {
    /// An API key.
    Key(ApiKeyId),
    /// An access token of this session.
    Session(Uuid),
}

/// Writes down when what is shown is used. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses {
    /// Of what it is being written now.
    writing: Arc<Mutex<HashSet<Used>>>,
}

impl Used {
    /// Whether another use of an API key, row `s`, is worth writing down.
    pub(super) const KEY_IS_DUE: &str =
        "(s.last_used_at is null or s.last_used_at < clock_timestamp() - interval '1 minute')";

    /// Whether another use of a session, row `s`, is worth writing down.
    pub(super) const SESSION_IS_DUE: &str = "(s.seen_at < clock_timestamp() - interval '30 seconds')";

    /// Writes that it is used, unless another process just has.
    pub(super) async fn write(self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let (sql, id) = match self {
            Self::Key(key) => (
                format!(
                    "update api_key_secrets s set last_used_at = clock_timestamp() where s.id = $1 and {}",
                    Self::KEY_IS_DUE
                ),
                key.as_uuid(),
            ),
            Self::Session(session) => (
                format!(
                    "update sessions s set seen_at = clock_timestamp() where s.id = $1 and {}",
                    Self::SESSION_IS_DUE
                ),
                session,
            ),
        };
        sqlx::query(&sql).bind(id).execute(pool).await?;
        Ok(())
    }
}

impl Uses {
    /// It is used, and that is worth writing down.
    pub(super) fn note(&self, pool: &PgPool, used: Used) {
        if !self.writing().insert(used) {
            return;
        }
        let (uses, pool) = (self.clone(), pool.clone());
        tokio::spawn(async move {
            if let Err(error) = used.write(&pool).await {
                tracing::warn!(error = %error, used = ?used, "auth.note_use: when it was used could not be written");
            }
            uses.writing().remove(&used);
        });
    }

    fn writing(&self) -> MutexGuard<'_, HashSet<Used>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
