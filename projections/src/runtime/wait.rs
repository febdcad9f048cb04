//! Waiting until a read model shows what was written.

use std::time::Duration;

use leadflow_domain::TenantId;
use sqlx::PgPool;
use tokio::time::Instant;

use super::{CheckpointState, ProjectorProgress};
use crate::Definition;

/// Whether a read model shows a position yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It does.
    Current,
    /// The wait ended first.
    Lagging,
    /// The position's event is parked, and waiting is of no use.
    Parked,
    /// Its projector can't work; waiting is of no use.
    Stopped,
}

/// How soon another process's progress is looked up first; each time it takes twice as long.
const FIRST_LOOK: Duration = Duration::from_millis(20);

/// How often it is looked up at last: most where it lags are many who wait.
const LATER_LOOKS: Duration = Duration::from_millis(100);

/// Waits, at most `patience`, until the read model shows `position` to `tenant`. Progress of this process is seen at once, and
/// without asking the database; another's by looking it up. Of what is parked it tells the tenant whose it is
/// alone, and who asks for none.
///
/// # Errors
/// The database's.
pub async fn wait_until(
    pool: &PgPool,
    progress: &ProjectorProgress,
    definition: &Definition,
    (tenant, position): (Option<TenantId>, i64),
    patience: Duration,
) -> Result<Freshness, sqlx::Error> {
    let mut here = progress.of(definition);
    let looking_up = async {
        let (mut pause, mut has_looked) = (FIRST_LOOK, false);
        // Where nobody tells, there is nothing to wait for first.
        let mut next_look = Instant::now() + if here.is_some() { pause } else { Duration::ZERO };
        loop {
            if let Some(told) = &mut here {
                let reached = *told.borrow_and_update();
                if reached.position >= position {
                    if !reached.has_parked {
                        return Ok(Freshness::Current);
                    }
                    // It may be what is parked.
                    if !has_looked {
                        next_look = Instant::now();
                    }
                }
            }
            match &mut here {
                Some(told) if Instant::now() < next_look => {
                    if let Ok(Err(_gone)) = tokio::time::timeout_at(next_look, told.changed()).await {
                        here = None;
                    }
                    continue;
                }
                Some(_) | None => tokio::time::sleep_until(next_look).await,
            }
            if let Some(found) = look_up(pool, definition, (tenant, position)).await? {
                return Ok(found);
            }
            has_looked = true;
            next_look = Instant::now() + pause;
            pause = (pause * 2).min(LATER_LOOKS);
        }
    };
    tokio::time::timeout(patience, looking_up).await.unwrap_or(Ok(Freshness::Lagging))
}

/// How it stands by the checkpoint; `None` while it is to be waited for.
async fn look_up(
    pool: &PgPool,
    definition: &Definition,
    (tenant, position): (Option<TenantId>, i64),
) -> Result<Option<Freshness>, sqlx::Error> {
    let (there, state, is_parked): (i64, String, bool) = sqlx::query_as(
        "select c.position, c.state, \
                exists (select from parked_events p \
                        where p.consumer = c.consumer and p.position = $2 and ($3 is null or p.tenant_id = $3)) \
         from checkpoints c where c.consumer = $1",
    )
    .bind(definition.consumer())
    .bind(position)
    .bind(tenant.map(TenantId::as_uuid))
    .fetch_one(pool)
    .await?;
    if is_parked {
        return Ok(Some(Freshness::Parked));
    }
    if there >= position {
        return Ok(Some(Freshness::Current));
    }
    Ok((CheckpointState::parse(&state)? == CheckpointState::Stopped).then_some(Freshness::Stopped))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
    use tokio::sync::watch;
    use uuid::Uuid;

    use super::*;
    use crate::Reached;
    use crate::inbox::DEFINITION;

    #[tokio::test]
    async fn what_this_process_tells_is_asked_of_nobody() {
        // Whoever asked it would fail.
        let nowhere = PgPoolOptions::new().connect_lazy_with(PgConnectOptions::new().host("/nowhere"));
        let (tell, told) = watch::channel(Reached::default());
        let progress = ProjectorProgress(Arc::new(HashMap::from([(DEFINITION.consumer(), told)])));
        let tenant = TenantId::from_uuid(Uuid::from_u128(1));
        let telling = async {
            for position in 1..=50 {
                tell.send_replace(Reached { position, has_parked: false });
                tokio::task::yield_now().await;
            }
        };
        let waiting = wait_until(&nowhere, &progress, &DEFINITION, (Some(tenant), 50), Duration::MAX);
        let (found, ()) = tokio::join!(waiting, telling);
        assert_eq!(found.unwrap(), Freshness::Current);
    }
}
