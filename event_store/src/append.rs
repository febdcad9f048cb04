//! The appender: one task per process that carries whatever waits to the log in one call, one round trip and one
//! commit.

use std::sync::Arc;
use std::time::Duration;

use leadflow_domain::{CommandId, EventId, ReservationChange, StreamId, TenantId};
use sqlx::{PgPool, Row};
use tokio::sync::{oneshot, watch};
use uuid::Uuid;

use crate::reservations::stored_scope;
use crate::{Closed, GroupCommit};

/// Commands that one call carries at most. Past this, latency grows and throughput doesn't.
const MOST_IN_A_GROUP: usize = 256;

/// How often a call is tried while the connection fails, with pauses of 1.5 s in all. Commands carry their ids, so whether the lost call was
/// committed settles itself: it then answers `duplicate`.
const ATTEMPTS: u32 = 6;

/// What one command appends.
#[derive(Debug, Clone)]
pub(crate) struct Append {
    pub(crate) tenant: TenantId,
    pub(crate) aggregate_type: &'static str,
    pub(crate) stream: StreamId,
    pub(crate) expected_version: i64,
    pub(crate) command: CommandId,
    pub(crate) metadata: String,
    pub(crate) events: Vec<NewEvent>,
    pub(crate) reservations: Vec<ReservationChange>,
}

/// An event on its way to the log.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent {
    pub(crate) id: EventId,
    pub(crate) event_type: String,
    pub(crate) event_version: String,
    pub(crate) payload: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Appended {
    /// It is in the log now.
    Now { last_position: i64, version: i64 },
    /// It was there before.
    Before { last_position: i64, version: i64 },
    /// The stream is at another version.
    Conflict,
    /// Another stream owns a fact it would take.
    Reserved { holder: StreamId },
    /// The stream is another tenant's.
    ForeignStream,
    /// The database can't take this command, whatever its neighbours.
    Unstorable { reason: String },
    /// The database could not be reached, or did not say what became of it.
    Unavailable { reason: String },
}

/// The way into the log. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Appender {
    queue: GroupCommit<Append, Appended>,
    head: watch::Receiver<i64>,
}

impl Appender {
    /// Starts the appending task on `pool`; it ends when the last clone is dropped.
    #[must_use]
    pub fn start(pool: PgPool) -> Self {
        let (told, head) = watch::channel(0);
        let told = Arc::new(told);
        let queue = GroupCommit::spawn(MOST_IN_A_GROUP, move |group| {
            let (pool, told) = (pool.clone(), Arc::clone(&told));
            async move {
                let results = append_group(&pool, group).await;
                let newest = results
                    .iter()
                    .filter_map(|result| match result {
                        Appended::Now { last_position, .. } => Some(*last_position),
                        Appended::Before { .. }
                        | Appended::Conflict
                        | Appended::Reserved { .. }
                        | Appended::ForeignStream
                        | Appended::Unstorable { .. }
                        | Appended::Unavailable { .. } => None,
                    })
                    .max();
                if let Some(newest) = newest {
                    told.send_replace(newest);
                }
                results
            }
        });
        Self { queue, head }
    }

    /// Wakes whoever follows the log, when this process has appended. A hint: others append too.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<i64> {
        self.head.clone()
    }

    pub(crate) async fn enqueue(&self, append: Append) -> Result<oneshot::Receiver<Appended>, Closed> {
        self.queue.enqueue(append).await
    }
}

async fn append_group(pool: &PgPool, group: Vec<Append>) -> Vec<Appended> {
    match append_with_retries(pool, &group).await {
        Ok(results) => results,
        Err(error) if is_about_data(&error) && group.len() > 1 => {
            // One of them carries what the database refuses: each goes on its own, so that only that one fails.
            let mut results = Vec::with_capacity(group.len());
            for append in &group {
                results.push(match append_with_retries(pool, std::slice::from_ref(append)).await {
                    Ok(mut one) => one.remove(0),
                    Err(error) => failed(&error),
                });
            }
            results
        }
        Err(error) => group.iter().map(|_| failed(&error)).collect(),
    }
}

fn failed(error: &sqlx::Error) -> Appended {
    // Without the database's words: they may quote a personal value.
    let reason = match error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
        Some(code) => format!("SQLSTATE {code}"),
        None => error.to_string(),
    };
    if is_about_data(error) { Appended::Unstorable { reason } } else { Appended::Unavailable { reason } }
}

/// Whether the database answered, and what it refuses is the data (SQLSTATE classes 22, 23 and 54) rather than the hour.
fn is_about_data(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.code().map(|code| ["22", "23", "54"].iter().any(|class| code.starts_with(class))))
        .unwrap_or(false)
}

async fn append_with_retries(pool: &PgPool, group: &[Append]) -> Result<Vec<Appended>, sqlx::Error> {
    let mut attempt = 1;
    loop {
        match call(pool, group).await {
            Ok(results) => return Ok(results),
            Err(error) if is_about_data(&error) || attempt == ATTEMPTS => return Err(error),
            Err(error) => {
                tracing::warn!(
                    error = %error,
                    attempt,
                    commands = group.len(),
                    "log.append: the call failed and is repeated"
                );
                tokio::time::sleep(Duration::from_millis(25) * 2_u32.pow(attempt)).await;
                attempt += 1;
            }
        }
    }
}

/// One call of `append_events`. It runs on its own, outside any transaction of ours: it is its own commit.
async fn call(pool: &PgPool, group: &[Append]) -> Result<Vec<Appended>, sqlx::Error> {
    let arrays = Arrays::of(group);
    let rows = sqlx::query(
        "select outcome, last_position, version, holder from append_events(\
         $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
    )
    .bind(arrays.tenant)
    .bind(arrays.aggregate_type)
    .bind(arrays.stream)
    .bind(arrays.expected)
    .bind(arrays.command)
    .bind(arrays.count)
    .bind(arrays.event_tenant)
    .bind(arrays.event_aggregate_type)
    .bind(arrays.event_stream)
    .bind(arrays.event_sequence)
    .bind(arrays.event_command)
    .bind(arrays.event_type)
    .bind(arrays.event_version)
    .bind(arrays.event_payload)
    .bind(arrays.event_metadata)
    .bind(arrays.event_id)
    .bind(arrays.reservation_command)
    .bind(arrays.reservation_take)
    .bind(arrays.reservation_scope)
    .bind(arrays.reservation_kind)
    .bind(arrays.reservation_value)
    .fetch_all(pool)
    .await?;
    if rows.len() != group.len() {
        return Err(sqlx::Error::Protocol(format!(
            "append_events answered {} of {} commands",
            rows.len(),
            group.len()
        )));
    }
    rows.iter()
        .map(|row| {
            let outcome: &str = row.try_get("outcome")?;
            Ok(match outcome {
                "appended" => {
                    Appended::Now { last_position: row.try_get("last_position")?, version: row.try_get("version")? }
                }
                "duplicate" => {
                    Appended::Before { last_position: row.try_get("last_position")?, version: row.try_get("version")? }
                }
                "conflict" => Appended::Conflict,
                "reserved" => {
                    let holder: &str = row.try_get("holder")?;
                    Appended::Reserved { holder: holder.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))? }
                }
                "foreign_stream" => Appended::ForeignStream,
                other => return Err(sqlx::Error::Protocol(format!("append_events answered `{other}`"))),
            })
        })
        .collect()
}

/// A group, column by column, as the function takes it.
#[derive(Default)]
struct Arrays<'a> {
    tenant: Vec<Uuid>,
    aggregate_type: Vec<&'static str>,
    stream: Vec<String>,
    expected: Vec<i64>,
    command: Vec<Uuid>,
    count: Vec<i32>,
    event_tenant: Vec<Uuid>,
    event_aggregate_type: Vec<&'static str>,
    event_stream: Vec<String>,
    event_sequence: Vec<i64>,
    event_command: Vec<Option<Uuid>>,
    event_type: Vec<&'a str>,
    event_version: Vec<&'a str>,
    event_payload: Vec<&'a str>,
    event_metadata: Vec<&'a str>,
    event_id: Vec<Uuid>,
    reservation_command: Vec<i32>,
    reservation_take: Vec<bool>,
    reservation_scope: Vec<Uuid>,
    reservation_kind: Vec<&'static str>,
    reservation_value: Vec<&'a str>,
}

impl<'a> Arrays<'a> {
    fn of(group: &'a [Append]) -> Self {
        let mut arrays = Self::default();
        for (command, append) in (1..).zip(group) {
            let stream = append.stream.to_string();
            for (nth, event) in (1..).zip(&append.events) {
                arrays.event_tenant.push(append.tenant.as_uuid());
                arrays.event_aggregate_type.push(append.aggregate_type);
                arrays.event_stream.push(stream.clone());
                arrays.event_sequence.push(append.expected_version + nth);
                arrays.event_command.push((nth == 1).then_some(append.command.as_uuid()));
                arrays.event_type.push(&event.event_type);
                arrays.event_version.push(&event.event_version);
                arrays.event_payload.push(&event.payload);
                arrays.event_metadata.push(&append.metadata);
                arrays.event_id.push(event.id.as_uuid());
            }
            for change in &append.reservations {
                let (take, reservation) = match change {
                    ReservationChange::Take(reservation) => (true, reservation),
                    ReservationChange::Release(reservation) => (false, reservation),
                };
                arrays.reservation_command.push(command);
                arrays.reservation_take.push(take);
                arrays.reservation_scope.push(stored_scope(reservation.scope, append.tenant));
                arrays.reservation_kind.push(reservation.kind);
                arrays.reservation_value.push(&reservation.value);
            }
            arrays.tenant.push(append.tenant.as_uuid());
            arrays.aggregate_type.push(append.aggregate_type);
            arrays.stream.push(stream);
            arrays.expected.push(append.expected_version);
            arrays.command.push(append.command.as_uuid());
            arrays.count.push(i32::try_from(append.events.len()).unwrap_or(i32::MAX));
        }
        arrays
    }
}
