//! When every read model has come how far, by the database's clock.

use std::time::Duration;

use anyhow::bail;
use jiff::Timestamp;
use leadflow_bench::{BenchError, Figures};
use sqlx::{PgPool, Row};
use tokio::task::JoinHandle;

/// How often it is looked; what is seen may have been there for as long.
const OFTEN: Duration = Duration::from_millis(5);

/// How far the read model that is behind all others was, and when that was seen.
#[derive(Debug, Clone, Copy)]
struct Sight {
    at: Timestamp,
    position: i64,
}

/// Looks on until it is asked.
pub(super) struct Watch(JoinHandle<Result<Vec<Sight>, sqlx::Error>>, tokio::sync::watch::Sender<Option<i64>>);

impl Watch {
    pub(super) fn start(pool: PgPool) -> Self {
        let (until, asked) = tokio::sync::watch::channel(None);
        Self(tokio::spawn(look_on(pool, asked)), until)
    }

    /// How long after they were stored deliveries were seen in every read model.
    pub(super) async fn figures(self, pool: &PgPool, warm_up: Duration, patience: Duration) -> anyhow::Result<Figures> {
        let Self(looking, until) = self;
        let head: i64 = sqlx::query_scalar("select coalesce(max(position), 0) from events").fetch_one(pool).await?;
        until.send_replace(Some(head));
        let Ok(seen) = tokio::time::timeout(patience, looking).await else {
            bail!(BenchError::Void(format!("not all read models show all {patience:?} after the last delivery")));
        };
        let seen = seen??;
        let rows = sqlx::query(
            "select d.received_at, i.position from webhook_deliveries d join webhook_items i on i.delivery_id = d.id \
             order by d.received_at",
        )
        .fetch_all(pool)
        .await?;
        let mut ways = Vec::with_capacity(rows.len());
        for row in &rows {
            let received: jiff_sqlx::Timestamp = row.try_get("received_at")?;
            let position: i64 = row.try_get("position")?;
            if let Some(sight) = seen.get(seen.partition_point(|sight| sight.position < position)) {
                ways.push((received.to_jiff(), sight.at));
            }
        }
        Ok(figures(&ways, warm_up))
    }
}

/// What ways from a moment to another come to, without those that began while it warmed up.
fn figures(ways: &[(Timestamp, Timestamp)], warm_up: Duration) -> Figures {
    let Some((first, _)) = ways.first() else { return Figures::default() };
    let begin = first.saturating_add(warm_up).unwrap_or(Timestamp::MAX);
    let counted: Vec<_> = ways.iter().filter(|(from, _)| *from >= begin).collect();
    let (Some((begun, _)), Some(ended)) = (counted.first(), counted.iter().map(|(_, to)| *to).max()) else {
        return Figures::default();
    };
    let mut milliseconds: Vec<f64> =
        counted.iter().map(|(from, to)| to.duration_since(*from).as_secs_f64() * 1_000.0).collect();
    milliseconds.sort_by(f64::total_cmp);
    let of_hundred = |percent: usize| milliseconds[(milliseconds.len() * percent).div_ceil(100).max(1) - 1];
    let seconds = ended.duration_since(*begun).as_secs_f64().max(0.001);
    Figures { per_second: counted.len() as f64 / seconds, p50: of_hundred(50), p99: of_hundred(99) }
}

async fn look_on(pool: PgPool, until: tokio::sync::watch::Receiver<Option<i64>>) -> Result<Vec<Sight>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let mut seen = Vec::new();
    let mut turns = tokio::time::interval(OFTEN);
    loop {
        turns.tick().await;
        let row = sqlx::query(
            "select clock_timestamp() as at, min(position) as position from checkpoints where consumer like 'projector/%'",
        )
        .fetch_one(&mut *connection)
        .await?;
        let at: jiff_sqlx::Timestamp = row.try_get("at")?;
        let position = row.try_get("position")?;
        seen.push(Sight { at: at.to_jiff(), position });
        if until.borrow().is_some_and(|head| position >= head) {
            return Ok(seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_counts_once_it_is_warm() {
        let at = |millisecond: i64| Timestamp::from_millisecond(millisecond).unwrap();
        let ways = [(at(0), at(900)), (at(1_000), at(1_010)), (at(1_500), at(1_520)), (at(2_000), at(3_000))];
        let figures = figures(&ways, Duration::from_secs(1));
        assert_eq!(figures, Figures { per_second: 1.5, p50: 20.0, p99: 1_000.0 });
        assert_eq!(super::figures(&[], Duration::ZERO), Figures::default());
    }
}
