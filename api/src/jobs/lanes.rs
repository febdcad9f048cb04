//! What paces jobs, and stops them.

use std::time::Duration;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use leadflow_domain::ChannelId;
use sqlx::PgConnection;

/// The lane of what goes by a number.
#[must_use]
pub fn lane_of(channel: ChannelId) -> String {
    channel.to_string()
}

/// Begins no job of the lane any more, for this reason, until it is resumed. One that is stopped already keeps its reason.
///
/// # Errors
/// The database's.
pub async fn stop_lane(rows: &mut PgConnection, lane: &str, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into job_lanes as l (lane, stopped_at, reason) values ($1, clock_timestamp(), $2) \
         on conflict (lane) do update set \
             stopped_at = coalesce(l.stopped_at, excluded.stopped_at), \
             reason = case when l.stopped_at is null then excluded.reason else l.reason end",
    )
    .bind(lane)
    .bind(reason)
    .execute(rows)
    .await?;
    Ok(())
}

/// Begins jobs of the lane again; those that waited for a time do so at once.
///
/// # Errors
/// The database's.
pub async fn resume_lane(rows: &mut PgConnection, lane: &str) -> Result<(), sqlx::Error> {
    sqlx::query("update job_lanes set stopped_at = null, reason = null where lane = $1 and stopped_at is not null")
        .bind(lane)
        .execute(rows)
        .await?;
    Ok(())
}

/// Begins no job of the lane for so long, as its pace was too fast for the provider.
///
/// # Errors
/// The database's.
pub async fn hold_lane(rows: &mut PgConnection, lane: &str, pause: Duration) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into job_lanes as l (lane, held_until) values ($1, clock_timestamp() + make_interval(secs => $2)) \
         on conflict (lane) do update set held_until = greatest(l.held_until, excluded.held_until)",
    )
    .bind(lane)
    .bind(pause.as_secs_f64())
    .execute(rows)
    .await?;
    Ok(())
}

/// What came in by lanes takes of what may leave by them, as the provider counts both: a job's time of each, `every` seconds, of
/// what came within the last second. However much comes, something leaves: a lane's next time is moved a second ahead at most.
///
/// # Errors
/// The database's.
pub async fn count_in(rows: &mut PgConnection, came: &[(String, Timestamp)], every: f64) -> Result<(), sqlx::Error> {
    if came.is_empty() || every <= 0.0 {
        return Ok(());
    }
    let lanes: Vec<&str> = came.iter().map(|(lane, _)| lane.as_str()).collect();
    let at: Vec<jiff_sqlx::Timestamp> = came.iter().map(|(_, at)| (*at).to_sqlx()).collect();
    // Lanes that nothing leaves by have time enough.
    sqlx::query(
        "update job_lanes l \
         set free_at = greatest(l.free_at, least(greatest(l.free_at, now.at) + t.many * make_interval(secs => $3), \
                                                 now.at + interval '1 second')) \
         from clock_timestamp() as now (at), \
              lateral (select lane, count(*) as many from unnest($1, $2) as c (lane, at) \
                       where c.at > now.at - interval '1 second' group by lane) t \
         where l.lane = t.lane and l.free_at > now.at - interval '1 second'",
    )
    .bind(lanes)
    .bind(at)
    .bind(every)
    .execute(rows)
    .await?;
    Ok(())
}
