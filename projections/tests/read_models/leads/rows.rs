//! The rows of the leads and of the timelines. Times are microseconds of the epoch.

use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Lead {
    pub(crate) lead_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) conversation_id: Uuid,
    pub(crate) status: String,
    pub(crate) source: String,
    pub(crate) captured_at: i64,
    pub(crate) score: Option<i16>,
    pub(crate) reason: Option<String>,
    pub(crate) assessed_at: Option<i64>,
    pub(crate) version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Entry {
    pub(crate) position: i64,
    pub(crate) tenant_id: Uuid,
    pub(crate) event_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) kind: String,
    pub(crate) at: i64,
    pub(crate) conversation_id: Option<Uuid>,
    pub(crate) outbound_message_id: Option<Uuid>,
    pub(crate) lead_id: Option<Uuid>,
}

/// All of them, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) leads: Vec<Lead>,
    pub(crate) timeline: Vec<Entry>,
}

impl Rows {
    pub(super) async fn of(connection: &mut PgConnection) -> Self {
        let schema = leadflow_projections::leads::DEFINITION.schema();
        let leads = format!(
            "select lead_id, tenant_id, contact_id, conversation_id, status, source, score, reason, version, \
                    (extract(epoch from captured_at) * 1000000)::bigint as captured_at, \
                    (extract(epoch from assessed_at) * 1000000)::bigint as assessed_at \
             from {schema}.leads order by lead_id"
        );
        let timeline = format!(
            "select position, tenant_id, event_id, contact_id, kind, conversation_id, outbound_message_id, lead_id, \
                    (extract(epoch from at) * 1000000)::bigint as at \
             from {schema}.timeline order by position"
        );
        Self {
            leads: sqlx::query_as(&leads).fetch_all(&mut *connection).await.unwrap(),
            timeline: sqlx::query_as(&timeline).fetch_all(&mut *connection).await.unwrap(),
        }
    }
}
