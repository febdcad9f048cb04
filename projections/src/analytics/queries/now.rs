//! How it stands now.

use leadflow_domain::ChannelId;
use sqlx::Row;
use uuid::Uuid;

use crate::access::select;
use crate::analytics::SCHEMA;
use crate::{TenantContext, TenantReads};

/// How many conversations are open now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Now {
    /// Neither resolved nor set aside.
    pub open: i64,
    /// Of them: where the customer waits for an answer, or nobody of the business ever wrote.
    pub unattended: i64,
    /// Of them: assigned to nobody.
    pub unassigned: i64,
}

/// How many conversations are open now, of one channel or assigned to one member, if asked so.
///
/// # Errors
/// The database's.
pub async fn now(
    reads: &TenantReads,
    context: TenantContext,
    channel: Option<ChannelId>,
    assignee: Option<Uuid>,
) -> Result<Now, sqlx::Error> {
    let mut sql = select(
        context,
        format!(
            "select count(*) as open, count(*) filter (where is_unattended) as unattended, \
                count(*) filter (where assignee is null) as unassigned \
         from {SCHEMA}.conversations where is_open and tenant_id = "
        ),
    );
    sql.push_bind(context.tenant().as_uuid());
    if let Some(channel) = channel {
        sql.push(" and channel_id = ").push_bind(channel.as_uuid());
    }
    if let Some(assignee) = assignee {
        sql.push(" and assignee = ").push_bind(assignee);
    }
    let row = reads.row(sql).await?;
    Ok(Now {
        open: row.try_get("open")?,
        unattended: row.try_get("unattended")?,
        unassigned: row.try_get("unassigned")?,
    })
}
