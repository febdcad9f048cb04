//! When the business is open, as it said last.

use leadflow_domain::tenant::Schedule;
use sqlx::Row;

use crate::access::select;
use crate::analytics::SCHEMA;
use crate::sight::Seen;
use crate::{TenantContext, TenantReads};

/// The schedule that is valid now; `None` where there is none.
///
/// # Errors
/// The database's, or that what is there is no schedule.
pub async fn schedule(reads: &TenantReads, context: TenantContext) -> Result<Option<Schedule>, sqlx::Error> {
    let sql = select(context, format!("select schedule from {SCHEMA}.schedules s"));
    let mut sql = sql.where_seen(Seen::ByEverybody("s"));
    sql.push(" order by version desc limit 1");
    let told: Option<String> = reads.maybe_row(sql).await?.map_or(Ok(None), |row| row.try_get(0))?;
    let schedule = told.map(|schedule| serde_json::from_str(&schedule)).transpose();
    schedule.map_err(|error| sqlx::Error::Decode(error.into()))
}
