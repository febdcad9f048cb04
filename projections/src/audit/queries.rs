//! What the audit is asked.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use leadflow_domain::CommandId;
use leadflow_event_store::AskedFrom;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::filter::ActField;
use crate::access::select;
use crate::filter::Condition;
use crate::sight::Seen;
use crate::{TenantContext, TenantReads};

/// Something that somebody did, or tried to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActRow {
    /// Where its event stands in the log.
    pub position: i64,
    /// Its event.
    pub event: Uuid,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who caused it, as the log has it.
    pub actor: String,
    /// The event's name.
    pub what: String,
    /// The kind of stream it happened to.
    pub thing_kind: String,
    /// That stream.
    pub thing: Uuid,
    /// The command that it followed from.
    pub command: Option<CommandId>,
    /// The request that it began with.
    pub correlation: String,
    /// The event that led to it, if one did.
    pub causation: Option<String>,
    /// The network address that it was asked from, sealed.
    pub source: Option<String>,
}

impl ActRow {
    /// What there is to open of where it was asked from.
    #[must_use]
    pub fn asked_from(&self) -> Option<AskedFrom<'_>> {
        let (command, sealed) = (self.command?, self.source.as_deref()?);
        Some(AskedFrom { actor: &self.actor, command, sealed })
    }
}

/// Which part of the list, which is the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActNumbers {
    /// Those at these positions.
    pub within: RangeInclusive<i64>,
    /// The oldest of them, instead of the newest.
    pub from_oldest: bool,
    /// How many at most.
    pub limit: i64,
}

/// Some of what was done in the tenant's business, newest first.
///
/// # Errors
/// The database's.
pub async fn acts(
    reads: &TenantReads,
    context: TenantContext,
    filter: &Condition<ActField>,
    numbers: &ActNumbers,
) -> Result<Vec<ActRow>, sqlx::Error> {
    let sql = select(
        context,
        format!(
            "select position, event_id, at, actor, what, thing_kind, thing_id, command_id, correlation, causation, source \
             from {SCHEMA}.acts a"
        ),
    );
    let mut sql = sql.where_seen(Seen::ByEverybody("a"));
    sql.push(" and position between ").push_bind(*numbers.within.start());
    sql.push(" and ").push_bind(*numbers.within.end());
    filter.push_and(&mut sql);
    sql.push(if numbers.from_oldest { " order by position limit " } else { " order by position desc limit " });
    sql.push_bind(numbers.limit);
    let mut rows = reads.rows(sql).await?.iter().map(act_row).collect::<Result<Vec<_>, _>>()?;
    if numbers.from_oldest {
        rows.reverse();
    }
    Ok(rows)
}

/// How much was done in the tenant's business.
///
/// # Errors
/// The database's.
pub async fn count_acts(
    reads: &TenantReads,
    context: TenantContext,
    filter: &Condition<ActField>,
) -> Result<i64, sqlx::Error> {
    let mut sql = select(context, format!("select count(*) from {SCHEMA}.acts a")).where_seen(Seen::ByEverybody("a"));
    filter.push_and(&mut sql);
    reads.value(sql).await
}

fn act_row(row: &PgRow) -> Result<ActRow, sqlx::Error> {
    Ok(ActRow {
        position: row.try_get("position")?,
        event: row.try_get("event_id")?,
        at: row.try_get::<jiff_sqlx::Timestamp, _>("at")?.to_jiff(),
        actor: row.try_get("actor")?,
        what: row.try_get("what")?,
        thing_kind: row.try_get("thing_kind")?,
        thing: row.try_get("thing_id")?,
        command: row.try_get::<Option<Uuid>, _>("command_id")?.map(CommandId::from_uuid),
        correlation: row.try_get("correlation")?,
        causation: row.try_get("causation")?,
        source: row.try_get("source")?,
    })
}
