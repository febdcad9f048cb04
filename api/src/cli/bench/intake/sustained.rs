//! Deliveries that come in their time, and how long they take from the door to the log, and to every read model.

use std::time::Duration;

use anyhow::bail;
use leadflow_bench::{BenchError, Figures, paced};
use sqlx::PgPool;
use sqlx::Row as _;

use super::Plan;
use super::contender::{self, Contender, Pace};
use super::watch::Watch;
use crate::app::App;
use crate::serving::Serving;

/// How long the last ones may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a message's way ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Its event is recorded.
    Log,
    /// Every read model shows it.
    ReadModels,
}

pub(super) async fn measure(pace: Pace, until: Until, plan: &Plan, app: App) -> anyhow::Result<Figures> {
    contender::connect_number(&app).await?;
    let serving = Serving::start(app).await?;
    let measured = match until {
        Until::Log => through_the_door(pace, plan, &serving).await,
        Until::ReadModels => {
            let watch = Watch::start(serving.app().pool.clone());
            match through_the_door(pace, plan, &serving).await {
                Ok(_) => watch.figures(&serving.app().pool, plan.pace.warm_up, PATIENCE).await,
                failed => failed,
            }
        }
    };
    serving.stop().await?;
    measured
}

async fn through_the_door(pace: Pace, plan: &Plan, serving: &Serving) -> anyhow::Result<Figures> {
    let posters = contender::posters(Contender::At(pace), plan, serving.address()).await?;
    let seen = paced(posters, plan.pace, pace.per_second()).await?;
    contender::all_are_there(serving.app(), &seen).await?;
    let pool = &serving.app().pool;
    all_are_translated(pool).await?;
    let applied: i64 =
        sqlx::query_scalar("select count(*) from webhook_items where state = 'applied'").fetch_one(pool).await?;
    if u64::try_from(applied) != Ok(seen.commands) {
        bail!(BenchError::Void(format!("{applied} messages are in the log of {} that were answered", seen.commands)));
    }
    figures(pool, plan.pace.warm_up).await
}

async fn all_are_translated(pool: &PgPool) -> anyhow::Result<()> {
    let waiting = async {
        while sqlx::query_scalar::<_, bool>(
            "select exists (select from webhook_deliveries where translated_at is null)",
        )
        .fetch_one(pool)
        .await?
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    };
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(translated) => translated,
        Err(_) => bail!(BenchError::Void(format!("not all is translated {PATIENCE:?} after the last delivery"))),
    }
}

/// By the database's clock, from when it stored a delivery to when it recorded the event: both before they were committed.
async fn figures(pool: &PgPool, warm_up: Duration) -> anyhow::Result<Figures> {
    let row = sqlx::query(
        "with way as ( \
             select d.received_at, e.recorded_at from webhook_deliveries d \
             join webhook_items i on i.delivery_id = d.id join events e on e.position = i.position \
         ), counted as ( \
             select *, 1000 * extract(epoch from recorded_at - received_at)::float8 as milliseconds from way \
             where received_at >= (select min(received_at) from way) + $1 * interval '1 second' \
         ) \
         select count(*) / greatest(extract(epoch from max(recorded_at) - min(received_at))::float8, 0.001) as per_second, \
                coalesce(percentile_disc(0.5) within group (order by milliseconds), 0) as p50, \
                coalesce(percentile_disc(0.99) within group (order by milliseconds), 0) as p99 \
         from counted",
    )
    .bind(warm_up.as_secs_f64())
    .fetch_one(pool)
    .await?;
    Ok(Figures {
        per_second: row.try_get::<Option<f64>, _>("per_second")?.unwrap_or_default(),
        p50: row.try_get("p50")?,
        p99: row.try_get("p99")?,
    })
}
