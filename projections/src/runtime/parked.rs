//! What is parked, for people to look at, and asking to try it again.

use jiff::Timestamp;
use leadflow_domain::{StreamId, TenantId};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Postgres, QueryBuilder, Row};

use crate::paging::{Column, Order};
use crate::{Keyset, OperatorContext, PageRequest};

/// A stream that waits in a consumer, by the event it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedStream {
    /// `projector/NAME/VERSION` or `reactor/NAME`.
    pub consumer: String,
    /// Whose it is.
    pub tenant: TenantId,
    /// Kind of stream.
    pub aggregate_type: String,
    /// The stream.
    pub stream: StreamId,
    /// The event that could not be dealt with.
    pub position: i64,
    /// Why.
    pub reason: String,
    /// How often it was tried.
    pub attempts: i32,
    /// Since when it waits.
    pub parked_at: Timestamp,
    /// Events of the stream that wait, this one included.
    pub events: i64,
}

/// A group's columns, of the events of one stream in one consumer.
const STREAM: &str = "consumer, aggregate_type, stream_id, count(*) as events, min(position) as position, \
     (array_agg(tenant_id order by position))[1] as tenant_id, (array_agg(reason order by position))[1] as reason, \
     (array_agg(attempts order by position))[1] as attempts, (array_agg(parked_at order by position))[1] as parked_at";

/// Every stream that waits in a consumer whose name begins with `prefix`, in the order of the log, at most `limit`.
///
/// # Errors
/// The database's.
pub async fn parked(pool: &PgPool, prefix: &str, limit: i64) -> Result<Vec<ParkedStream>, sqlx::Error> {
    let sql = format!(
        "select {STREAM} from parked_events where starts_with(consumer, $1) \
         group by consumer, aggregate_type, stream_id order by min(position), consumer limit $2"
    );
    let rows = sqlx::query(&sql).bind(prefix).bind(limit).fetch_all(pool).await?;
    rows.iter().map(parked_stream).collect()
}

fn parked_stream(row: &PgRow) -> Result<ParkedStream, sqlx::Error> {
    Ok(ParkedStream {
        consumer: row.try_get("consumer")?,
        tenant: TenantId::from_uuid(row.try_get("tenant_id")?),
        aggregate_type: row.try_get("aggregate_type")?,
        stream: StreamId::from_uuid(row.try_get("stream_id")?),
        position: row.try_get("position")?,
        reason: row.try_get::<Option<String>, _>("reason")?.unwrap_or_default(),
        attempts: row.try_get("attempts")?,
        parked_at: row.try_get::<jiff_sqlx::Timestamp, _>("parked_at")?.to_jiff(),
        events: row.try_get("events")?,
    })
}

/// Newest first. A stream may wait in several consumers, each of which is a row of its own.
const NEWEST_FIRST: Order<'static> =
    Order { columns: &[Column::At("parked_at"), Column::Id("key")], is_descending: true };

/// A page of the streams that wait in consumers, of all or of one, those that wait for the shortest time first; and one more if
/// there is more. Each with its place in the list.
///
/// # Errors
/// The database's.
pub async fn parked_page(
    pool: &PgPool,
    _operator: OperatorContext,
    consumer: Option<&str>,
    page: PageRequest,
) -> Result<Vec<(Keyset, ParkedStream)>, sqlx::Error> {
    let mut sql = QueryBuilder::new(format!(
        "select * from (select {STREAM}, \
                md5(consumer || '/' || aggregate_type || '/' || stream_id)::uuid as key from parked_events"
    ));
    push_of(&mut sql, consumer);
    sql.push(" group by consumer, aggregate_type, stream_id) parked where true");
    page.push(&mut sql, &NEWEST_FIRST);
    let rows = sql.build().fetch_all(pool).await?;
    page.in_order(rows)
        .iter()
        .map(|row| {
            let stream = parked_stream(row)?;
            Ok((Keyset::new(stream.parked_at, row.try_get("key")?), stream))
        })
        .collect()
}

/// How many streams wait in consumers, in all or in one.
///
/// # Errors
/// The database's.
pub async fn count_parked(
    pool: &PgPool,
    _operator: OperatorContext,
    consumer: Option<&str>,
) -> Result<i64, sqlx::Error> {
    let mut sql = QueryBuilder::new("select count(distinct (consumer, aggregate_type, stream_id)) from parked_events");
    push_of(&mut sql, consumer);
    sql.build_query_scalar().fetch_one(pool).await
}

fn push_of(sql: &mut QueryBuilder<'_, Postgres>, consumer: Option<&str>) {
    if let Some(consumer) = consumer {
        sql.push(" where consumer = ").push_bind(consumer.to_owned());
    }
}

/// Asks whoever works for `consumer` to try what waits there again: one stream, or all of them. How many streams
/// that are.
///
/// # Errors
/// The database's.
pub async fn retry(pool: &PgPool, consumer: &str, stream: Option<(&str, StreamId)>) -> Result<u64, sqlx::Error> {
    let asked = sqlx::query(
        "update parked_events p set retry = true where p.consumer = $1 and p.reason is not null \
         and ($2::text is null or (p.aggregate_type, p.stream_id) = ($2, $3))",
    )
    .bind(consumer)
    .bind(stream.map(|(aggregate_type, _)| aggregate_type))
    .bind(stream.map(|(_, id)| id.as_uuid()))
    .execute(pool)
    .await?;
    Ok(asked.rows_affected())
}
