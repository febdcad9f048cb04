//! When the business is open, as it said last.

use leadflow_domain::tenant::Schedule;

use crate::access::walled;
use crate::analytics::SCHEMA;
use crate::{TenantContext, TenantReads};

/// The schedule that is valid now; `None` where there is none.
///
/// # Errors
/// The database's, or that what is there is no schedule.
pub async fn schedule(reads: &TenantReads, context: TenantContext) -> Result<Option<Schedule>, sqlx::Error> {
    let sql = format!("select schedule from {SCHEMA}.schedules where tenant_id = $1 order by version desc limit 1");
    let told: Option<Option<String>> = sqlx::query_scalar(&walled(&sql))
        .bind(context.tenant().as_uuid())
        .fetch_optional(&mut *reads.statement(context).await?)
        .await?;
    let schedule = told.flatten().map(|schedule| serde_json::from_str(&schedule)).transpose();
    schedule.map_err(|error| sqlx::Error::Decode(error.into()))
}
