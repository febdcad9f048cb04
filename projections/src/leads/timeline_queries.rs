//! What timelines are asked.

use jiff::Timestamp;
use leadflow_domain::ContactId;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::words::TimelineKind;
use crate::word::read_word;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// Something that happened with a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineRow {
    /// The event that tells of it; of what she wrote or did it names the message.
    pub event: Uuid,
    /// What kind of thing.
    pub kind: TimelineKind,
    /// When, by the provider's clock; when it was recorded, where no provider says.
    pub at: Timestamp,
    /// In which thread.
    pub conversation: Option<Uuid>,
    /// With which message of the business, by its stream.
    pub outbound_message: Option<Uuid>,
    /// With which lead.
    pub lead: Option<Uuid>,
    /// The event's place in the log.
    pub position: i64,
}

impl TimelineRow {
    /// Its place in the timeline.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset { at: self.at, id: self.event }
    }
}

/// A page of what happened with one of the tenant's contacts, latest first, and one more if there is a next page. A lead's
/// timeline is its contact's.
///
/// # Errors
/// The database's.
pub async fn timeline(
    reads: &TenantReads,
    context: TenantContext,
    contact: ContactId,
    page: PageRequest,
) -> Result<Vec<TimelineRow>, sqlx::Error> {
    let sql = format!(
        "select event_id, kind, at, conversation_id, outbound_message_id, lead_id, position from {SCHEMA}.timeline \
         where tenant_id = $1 and contact_id = $2 and (at, event_id) < ($3, $4) \
         order by at desc, event_id desc limit $5"
    );
    let rows = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(contact.as_uuid())
        .bind(page.below_at())
        .bind(page.below_id())
        .bind(page.limit())
        .fetch_all(&mut *reads.begin(context).await?)
        .await?;
    rows.iter().map(timeline_row).collect()
}

/// How much there is in a contact's timeline.
///
/// # Errors
/// The database's.
pub async fn count_timeline(
    reads: &TenantReads,
    context: TenantContext,
    contact: ContactId,
) -> Result<i64, sqlx::Error> {
    let sql = format!("select count(*) from {SCHEMA}.timeline where tenant_id = $1 and contact_id = $2");
    sqlx::query_scalar(&sql)
        .bind(context.tenant().as_uuid())
        .bind(contact.as_uuid())
        .fetch_one(&mut *reads.begin(context).await?)
        .await
}

fn timeline_row(row: &PgRow) -> Result<TimelineRow, sqlx::Error> {
    Ok(TimelineRow {
        event: row.try_get("event_id")?,
        kind: read_word(row, "kind")?,
        at: row.try_get::<jiff_sqlx::Timestamp, _>("at")?.to_jiff(),
        conversation: row.try_get("conversation_id")?,
        outbound_message: row.try_get("outbound_message_id")?,
        lead: row.try_get("lead_id")?,
        position: row.try_get("position")?,
    })
}
