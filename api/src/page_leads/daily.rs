//! Once a day it is looked for leads that no webhook told of, or of which what told was lost: Meta tells for some 36 hours, and then no
//! more.
//!
//! What is asked for has an id of the page and the day, so that all processes, and each look of the day, ask for the same.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use leadflow_domain::source::{SourceCommand, SourceRefusal, page_id_reservation};
use leadflow_domain::{CommandId, SourceId, TenantId};
use leadflow_event_store::{Actor, CommandContext, ExecuteError, LogReader};
use sqlx::{PgPool, Row};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::commands::Commands;

/// How often it is looked whether a day has begun.
const HOURLY: Duration = Duration::from_secs(3_600);

/// How soon it is looked again when something could not be done.
const SOON: Duration = Duration::from_secs(60);

/// How far back it is looked: longer than Meta tells, and than a weekend on which nothing was read.
const BACK: SignedDuration = SignedDuration::from_hours(96);

/// Asks for what nobody told of. Several may run.
pub struct LookDaily {
    pool: PgPool,
    log: LogReader,
    commands: Commands,
    /// Whether all that acts by itself is to wait.
    paused: watch::Receiver<bool>,
    stop: CancellationToken,
}

/// Why a look did not come to its end.
#[derive(Debug, thiserror::Error)]
enum Unfinished {
    #[error("the database can't be asked: {0}")]
    Database(#[from] sqlx::Error),
    #[error("{failed} pages could not be looked at, the first because {cause}")]
    Pages { failed: usize, cause: ExecuteError<SourceRefusal> },
}

impl LookDaily {
    /// Looks for pages through `pool`, and asks through `commands`, by the clock of `log`, until `stop`; not while `paused`.
    #[must_use]
    pub fn new(
        pool: PgPool,
        log: LogReader,
        commands: Commands,
        paused: watch::Receiver<bool>,
        stop: CancellationToken,
    ) -> Self {
        Self { pool, log, commands, paused, stop }
    }

    /// Runs until the process stops.
    pub async fn run(self) {
        loop {
            let looked = async { self.look(self.log.now().await?).await };
            let pause = match looked.await {
                Ok(()) => HOURLY,
                Err(error) => {
                    tracing::warn!(error = %error, "page_leads.look: could not be finished, and is tried again");
                    SOON
                }
            };
            if tokio::time::timeout(pause, self.stop.cancelled()).await.is_ok() {
                return;
            }
        }
    }

    /// Asks for each page that is connected, if nobody has on this day. What can't be asked for one holds up no other.
    async fn look(&self, now: Timestamp) -> Result<(), Unfinished> {
        if *self.paused.borrow() {
            return Ok(());
        }
        let rows = sqlx::query(
            "select tenant_id, owner_id from reservations where scope = $1 and kind = $2 and owner_type = 'source'",
        )
        .bind(Uuid::nil())
        .bind(page_id_reservation("").kind)
        .fetch_all(&self.pool)
        .await?;
        let mut failures = Vec::new();
        for row in rows {
            let tenant = TenantId::from_uuid(row.try_get("tenant_id")?);
            let Ok(source) = row.try_get::<&str, _>("owner_id")?.parse::<SourceId>() else { continue };
            match self.ask(tenant, source, now).await {
                // It was closed a moment ago.
                Ok(()) | Err(ExecuteError::Refused(SourceRefusal::NoPage)) => {}
                Err(error) => failures.push(error),
            }
        }
        let failed = failures.len();
        match failures.into_iter().next() {
            None => Ok(()),
            Some(cause) => Err(Unfinished::Pages { failed, cause }),
        }
    }

    async fn ask(&self, tenant: TenantId, source: SourceId, now: Timestamp) -> Result<(), ExecuteError<SourceRefusal>> {
        let day = now.strftime("%Y-%m-%d").to_string();
        let id = CommandId::derive(tenant, "page.look", &[&source.to_string(), &day]);
        let context = CommandContext::new(tenant, id, Actor::Reactor("look_daily"), id.to_string());
        let since = now.saturating_sub(BACK).ok();
        self.commands.sources.execute(source, SourceCommand::AskBackfill { since }, context).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use leadflow_domain::CredentialId;
    use leadflow_domain::channel::ProviderId;
    use leadflow_domain::source::{Page, SourceName};
    use leadflow_event_store::{database, testing as log_testing};
    use leadflow_projections::testing;

    use super::*;

    #[tokio::test]
    async fn each_page_that_is_connected_is_looked_at_once_a_day() {
        let pool = database::owner_pool(testing::database().await.connect_options());
        let store = log_testing::event_store(&pool);
        let commands = Commands::new(&store);
        let tenant = TenantId::from_uuid(Uuid::from_u128(1));
        let execute = async |source, key: &str, command| {
            let context =
                CommandContext::new(tenant, CommandId::derive(tenant, "test", &[key]), Actor::CommandLine, "test");
            commands.sources.execute(source, command, context).await.unwrap();
        };
        for page in ["7", "8"] {
            let command = SourceCommand::ConnectPage {
                name: SourceName::parse("Page").unwrap(),
                page: Page { page_id: ProviderId::parse(page).unwrap(), app: None },
                credential: CredentialId::from_uuid(Uuid::from_u128(1)),
            };
            execute(SourceId::of_page(tenant, page), page, command).await;
        }
        execute(SourceId::of_page(tenant, "8"), "close", SourceCommand::Close).await;
        let looks = |paused| {
            let (_pause, told) = watch::channel(paused);
            LookDaily::new(pool.clone(), store.reader().clone(), commands.clone(), told, CancellationToken::new())
        };
        let day: Timestamp = "2026-02-28T01:00:00Z".parse().unwrap();
        looks(true).look(day).await.unwrap();
        for (hours, asked) in [(0, 1), (1, 1), (22, 1), (23, 2), (24, 2)] {
            looks(false).look(day + SignedDuration::from_hours(hours)).await.unwrap();
            let found: Vec<(String, Option<String>)> = sqlx::query_as(
                "select aggregate_id, payload -> event_type ->> 'since' from events \
                 where event_type = 'source.backfill_asked' order by position",
            )
            .fetch_all(&pool)
            .await
            .unwrap();
            assert_eq!(found.len(), asked, "after {hours} hours");
            let first = (SourceId::of_page(tenant, "7").to_string(), Some("2026-02-24T01:00:00Z".to_owned()));
            assert_eq!(found[0], first, "and not the page that was closed");
        }
    }
}
