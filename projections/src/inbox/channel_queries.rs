//! What is asked of channels.

use jiff::Timestamp;
use leadflow_domain::channel::Health;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::health::health_of;
use super::rows::{maybe, timestamp};
use super::words::{ChannelKind, ChannelStatus};
use crate::access::select;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::word::read_word;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// A business number, or an account of Messenger or Instagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRow {
    /// Its id.
    pub id: Uuid,
    /// What of these it is.
    pub kind: ChannelKind,
    /// The number as people read it; `None` of accounts.
    pub display_phone: Option<String>,
    /// Meta's id of the number; `None` of accounts.
    pub phone_number_id: Option<String>,
    /// Meta's id of the WhatsApp Business Account that owns it; `None` of accounts.
    pub waba_id: Option<String>,
    /// The account, where it is one.
    pub account: Option<AccountRow>,
    /// The key of the Meta app that brings its webhooks; `None` for the default app.
    pub app: Option<String>,
    /// Whether messages come by it.
    pub status: ChannelStatus,
    /// When it was first connected.
    pub connected_at: Timestamp,
    /// Since when there are the credentials that there are.
    pub credentials_entered_at: Option<Timestamp>,
    /// That the provider takes nothing more from it, until somebody sees to it.
    pub stopped: Option<StoppedRow>,
    /// How it and its account stand, once WhatsApp told anything of that.
    pub health: Option<Health>,
    /// The number of its stream's latest event here.
    pub version: i64,
}

/// An account of Messenger or Instagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Meta's id of it.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// Since when and why a provider takes nothing more from a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoppedRow {
    /// Since when.
    pub at: Timestamp,
    /// The provider's number of the reason.
    pub code: i64,
    /// The reason in the provider's words.
    pub title: Option<String>,
}

impl ChannelRow {
    /// Its place in the list of channels.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.connected_at, self.id)
    }
}

const COLUMNS: &str = "channel_id, kind as channel_kind, account_id, account_name, display_phone, phone_number_id, \
                       waba_id, app, status as channel_status, connected_at, credentials_entered_at, stopped_at, stop_code, stop_title, health, version as channel_version";

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
    let sql = select(context, format!("select {COLUMNS} from {SCHEMA}.channels h"));
    let mut sql = sql.where_seen(Seen::ByEverybody("h"));
    page.push(&mut sql, &FIRST_CONNECTED);
    let rows = reads.rows(sql).await?;
    page.in_order(rows).iter().map(channel_row).collect()
}

/// How many channels the tenant has.
///
/// # Errors
/// The database's.
pub async fn count_channels(reads: &TenantReads, context: TenantContext) -> Result<i64, sqlx::Error> {
    let sql = select(context, format!("select count(*) from {SCHEMA}.channels h"));
    reads.value(sql.where_seen(Seen::ByEverybody("h"))).await
}

/// Some of the tenant's channels; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn channels_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[Uuid],
) -> Result<Vec<ChannelRow>, sqlx::Error> {
    let sql = select(context, format!("select {COLUMNS} from {SCHEMA}.channels h"));
    let mut sql = sql.where_seen(Seen::ByEverybody("h"));
    sql.push(" and h.channel_id = any(").push_bind(ids).push(")");
    let rows = reads.rows(sql).await?;
    rows.iter().map(channel_row).collect()
}

/// The tenant's connected channels of a WhatsApp account that have credentials, first connected first.
///
/// # Errors
/// The database's.
pub async fn channels_of_account(
    reads: &TenantReads,
    context: TenantContext,
    waba_id: &str,
) -> Result<Vec<ChannelRow>, sqlx::Error> {
    let sql = select(context, format!("select {COLUMNS} from {SCHEMA}.channels h"));
    let mut sql = sql.where_seen(Seen::ByEverybody("h"));
    sql.push(" and h.credentials_entered_at is not null and h.status = 'connected' and h.waba_id = ");
    sql.push_bind(waba_id.to_owned());
    FIRST_CONNECTED.push(&mut sql, false);
    let rows = reads.rows(sql).await?;
    rows.iter().map(channel_row).collect()
}

/// The channel in these columns, if there is one.
pub(super) fn maybe_channel_row(row: &PgRow) -> Result<Option<ChannelRow>, sqlx::Error> {
    row.try_get::<Option<Uuid>, _>("channel_id")?.map(|_| channel_row(row)).transpose()
}

fn channel_row(row: &PgRow) -> Result<ChannelRow, sqlx::Error> {
    Ok(ChannelRow {
        id: row.try_get("channel_id")?,
        kind: read_word(row, "channel_kind")?,
        display_phone: row.try_get("display_phone")?,
        phone_number_id: row.try_get("phone_number_id")?,
        waba_id: row.try_get("waba_id")?,
        account: match row.try_get("account_id")? {
            Some(id) => Some(AccountRow { id, name: row.try_get("account_name")? }),
            None => None,
        },
        app: row.try_get("app")?,
        status: read_word(row, "channel_status")?,
        connected_at: timestamp(row, "connected_at")?,
        credentials_entered_at: maybe(row, "credentials_entered_at")?,
        stopped: match maybe(row, "stopped_at")? {
            Some(at) => Some(StoppedRow { at, code: row.try_get("stop_code")?, title: row.try_get("stop_title")? }),
            None => None,
        },
        health: health_of(row)?,
        version: row.try_get("channel_version")?,
    })
}
