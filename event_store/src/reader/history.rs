//! One stream's own events, for people to look at: what happened, who did it, when, and why.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use leadflow_domain::upcast::is_current;
use leadflow_domain::{CommandId, Decide, ERASED_MARK, EventId, PERSONAL_MARK, StreamId, TenantId, upcast};
use serde_json::Value;

use super::{LogReader, ReadError, subjects};
use crate::RawEvent;
use crate::metadata::RecordedActor;
use crate::recorded::with_opened;

/// An event of a stream, and what its metadata tell of it.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEvent {
    /// Place in the log.
    pub position: i64,
    /// Version of the stream after it.
    pub version: i64,
    /// Its id.
    pub id: EventId,
    /// Stable name.
    pub event_type: String,
    /// What it says, in the form of today where this program knows it: personal values as they are, null where they were
    /// erased.
    pub what: Value,
    /// When it was appended, by the database's clock.
    pub recorded_at: Timestamp,
    /// Who caused it; `None` for a kind that only a newer program knows.
    pub actor: Option<RecordedActor>,
    /// The command that it followed from.
    pub command: Option<CommandId>,
    /// The request that all of this began with.
    pub correlation: String,
    /// The event that led to it, if one did.
    pub causation: Option<String>,
}

/// Some of a stream's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRange {
    /// Those of these versions.
    pub versions: RangeInclusive<i64>,
    /// The oldest of them, instead of the newest.
    pub from_oldest: bool,
    /// How many at most.
    pub limit: i64,
}

impl LogReader {
    /// Some events of a stream of `tenant`'s, newest first. Another tenant's stream has none.
    ///
    /// # Errors
    /// [`ReadError`] at the first event that can't be opened.
    pub async fn history<A: Decide>(
        &self,
        tenant: TenantId,
        stream: StreamId,
        range: HistoryRange,
    ) -> Result<Vec<HistoryEvent>, ReadError> {
        let order = if range.from_oldest { "asc" } else { "desc" };
        let sql = format!(
            "select {} from events \
             where tenant_id = $1 and aggregate_type = $2 and aggregate_id = $3 and sequence between $4 and $5 \
             order by sequence {order} limit $6",
            RawEvent::COLUMNS
        );
        let rows = sqlx::query(&sql)
            .bind(tenant.as_uuid())
            .bind(A::TYPE)
            .bind(stream.to_string())
            .bind(range.versions.start())
            .bind(range.versions.end())
            .bind(range.limit)
            .fetch_all(&self.pool)
            .await?;
        let raw = rows.iter().map(RawEvent::from_row).collect::<Result<Vec<_>, _>>()?;
        let keys = self.subject_keys.to_read(&subjects(raw.iter())).await?;
        let mut history = Vec::with_capacity(raw.len());
        for raw in raw {
            history.push(HistoryEvent {
                what: said(&raw, with_opened(&raw, &keys)?),
                position: raw.position,
                version: raw.version,
                id: raw.id,
                event_type: raw.event_type,
                recorded_at: raw.recorded_at,
                actor: RecordedActor::parse(&raw.actor),
                command: raw.command,
                correlation: raw.correlation,
                causation: raw.causation,
            });
        }
        if range.from_oldest {
            history.reverse();
        }
        Ok(history)
    }

    /// How many events a stream of `tenant`'s has; another tenant's has none.
    ///
    /// # Errors
    /// The database's.
    pub async fn version<A: Decide>(&self, tenant: TenantId, stream: StreamId) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar(
            "select coalesce(max(sequence), 0) from events \
             where tenant_id = $1 and aggregate_type = $2 and aggregate_id = $3",
        )
        .bind(tenant.as_uuid())
        .bind(A::TYPE)
        .bind(stream.to_string())
        .fetch_one(&self.pool)
        .await
    }
}

/// What stands under the event's name, in the form of today, its marks taken away.
fn said(raw: &RawEvent, opened: Value) -> Value {
    let mut payload = match is_current(&raw.event_type, &raw.event_version) {
        true => opened,
        // What a newer program wrote is shown as it wrote it.
        false => upcast(&raw.event_type, &raw.event_version, opened.clone()).unwrap_or(opened),
    };
    let mut said = match payload.get_mut(&raw.event_type) {
        Some(content) => content.take(),
        None => payload,
    };
    unmark(&mut said);
    said
}

/// Personal values as they are, and null in the place of those that were erased.
fn unmark(value: &mut Value) {
    match value {
        Value::String(text) if text == ERASED_MARK => *value = Value::Null,
        Value::Object(fields) if fields.len() == 1 && fields.contains_key(PERSONAL_MARK) => {
            *value = fields.remove(PERSONAL_MARK).unwrap_or_default();
        }
        Value::Object(fields) => fields.values_mut().for_each(unmark),
        Value::Array(items) => items.iter_mut().for_each(unmark),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn marks_are_taken_away_wherever_they_are() {
        let mut value = json!({
            "name": {"$personal": "Ada"},
            "deep": [{"text": {"$personal": {"first": ["Ada", 7]}}}, "$erased"],
            "plain": {"a": 1, "$personal": 2},
            "gone": "$erased",
        });
        unmark(&mut value);
        let expected = json!({
            "name": "Ada",
            "deep": [{"text": {"first": ["Ada", 7]}}, null],
            "plain": {"a": 1, "$personal": 2},
            "gone": null,
        });
        assert_eq!(value, expected);
    }
}
