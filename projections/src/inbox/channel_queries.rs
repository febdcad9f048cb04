//! What is asked of channels.

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{QueryBuilder, Row};
use uuid::Uuid;

use super::SCHEMA;
use super::rows::timestamp;
use super::words::ChannelStatus;
use crate::paging::{Column, Order};
use crate::word::read_word;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// A business number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRow {
    /// Its id.
    pub id: Uuid,
    /// The number as people read it.
    pub display_phone: String,
    /// Whether messages come by it.
    pub status: ChannelStatus,
    /// When it was first connected.
    pub connected_at: Timestamp,
}

impl ChannelRow {
    /// Its place in the list of channels.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.connected_at, self.id)
    }
}

const FIRST_CONNECTED: Order<'static> =
    Order { columns: &[Column::At("connected_at"), Column::Id("channel_id")], is_descending: false };

/// A page of the tenant's channels, first connected first, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn channels(
    reads: &TenantReads,
    context: TenantContext,
    page: PageRequest,
) -> Result<Vec<ChannelRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new(format!(
        "select channel_id, display_phone, status as channel_status, connected_at from {SCHEMA}.channels \
         where tenant_id = "
    ));
    sql.push_bind(context.tenant().as_uuid());
    page.push(&mut sql, &FIRST_CONNECTED);
    let rows = sql.build().fetch_all(&mut *reads.begin(context).await?).await?;
    page.in_order(rows).iter().map(channel_row).collect()
}

/// How many channels the tenant has.
///
/// # Errors
/// The database's.
pub async fn count_channels(reads: &TenantReads, context: TenantContext) -> Result<i64, sqlx::Error> {
    let sql = format!("select count(*) from {SCHEMA}.channels where tenant_id = $1");
    sqlx::query_scalar(&sql).bind(context.tenant().as_uuid()).fetch_one(&mut *reads.begin(context).await?).await
}

/// One of the tenant's channels.
///
/// # Errors
/// The database's.
pub async fn channel(reads: &TenantReads, context: TenantContext, id: Uuid) -> Result<Option<ChannelRow>, sqlx::Error> {
    let sql = format!(
        "select channel_id, display_phone, status as channel_status, connected_at from {SCHEMA}.channels \
         where tenant_id = $1 and channel_id = $2"
    );
    let row = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(id)
        .fetch_optional(&mut *reads.begin(context).await?)
        .await?;
    row.as_ref().map(channel_row).transpose()
}

pub(super) fn channel_row(row: &PgRow) -> Result<ChannelRow, sqlx::Error> {
    Ok(ChannelRow {
        id: row.try_get("channel_id")?,
        display_phone: row.try_get("display_phone")?,
        status: read_word(row, "channel_status")?,
        connected_at: timestamp(row, "connected_at")?,
    })
}
