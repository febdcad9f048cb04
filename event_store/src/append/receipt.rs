//! What is kept of a client's command, read outside an append.

use leadflow_domain::{CommandId, TenantId};
use sqlx::Row;

use super::outcome::{Before, detail};
use crate::LogReader;
use crate::keys::RequestHash;

/// What is kept under a command's id.
#[derive(Debug)]
pub(crate) enum Kept {
    /// What it came to.
    Outcome { position: i64, version: i64, what: Before },
    /// It was another request.
    OfAnotherRequest,
}

impl LogReader {
    /// What is kept of `request` under the id of its command.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn receipt(
        &self,
        tenant: TenantId,
        command: CommandId,
        request: &RequestHash,
    ) -> Result<Option<Kept>, sqlx::Error> {
        let found = sqlx::query(
            "select request_hash = $2 and tenant_id = $3 as is_the_same, outcome, detail::text as detail, position, version \
             from receipts where command_id = $1",
        )
        .bind(command.as_uuid())
        .bind(request.as_bytes())
        .bind(tenant.as_uuid())
        .fetch_optional(self.pool())
        .await?;
        let Some(row) = found else { return Ok(None) };
        if !row.try_get::<bool, _>("is_the_same")? {
            return Ok(Some(Kept::OfAnotherRequest));
        }
        let what = match row.try_get("outcome")? {
            "appended" => Before::Appended,
            "unchanged" => Before::Unchanged,
            "refused" => Before::Refused(detail(&row)?),
            "reserved" => Before::Reserved { holder: detail(&row)? },
            other => return Err(sqlx::Error::Protocol(format!("a receipt says `{other}`"))),
        };
        Ok(Some(Kept::Outcome { position: row.try_get("position")?, version: row.try_get("version")?, what }))
    }
}
