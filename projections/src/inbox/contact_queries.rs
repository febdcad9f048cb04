//! Who somebody is by what people know of her.

use leadflow_domain::E164;

use super::SCHEMA;
use super::rows::{ContactRow, contact_row};
use crate::{TenantContext, TenantReads};

/// Who of the tenant's contacts is shown with this number, in whichever form it stands there; whoever was erased has
/// none.
///
/// # Errors
/// The database's.
pub async fn contact_by_phone(
    reads: &TenantReads,
    context: TenantContext,
    phone: &E164,
) -> Result<Option<ContactRow>, sqlx::Error> {
    // A number belongs to one contact. Should two forms of it ever stand with two, the one that was asked for comes
    // first.
    let sql = format!(
        "select contact_id, display_name as contact_name, phone as contact_phone, marketing as contact_marketing, \
                marketing_at as contact_marketing_at, listed_name as contact_listed_name, version as contact_version \
         from {SCHEMA}.contacts \
         where tenant_id = $1 and phone = any($2) order by phone <> $3, contact_id limit 1"
    );
    let row = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(phone.forms().into_iter().map(String::from).collect::<Vec<_>>())
        .bind(phone.as_str())
        .fetch_optional(&mut *reads.begin(context).await?)
        .await?;
    row.map_or(Ok(None), |row| contact_row(&row, "contact_"))
}
