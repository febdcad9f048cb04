//! What is asked of contacts: who somebody is by what people know of her, and all of them.

use leadflow_domain::{ContactId, E164};
use uuid::Uuid;

use super::SCHEMA;
use super::filter::ContactField;
use super::rows::{ContactRow, contact_row, timestamp};
use crate::access::{select, walled};
use crate::filter::Condition;
use crate::paging::{Column, Order};
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

const COLUMNS: &str = "contact_id, display_name as contact_name, phone as contact_phone, marketing as contact_marketing, \
                       marketing_at as contact_marketing_at, listed_name as contact_listed_name, version as contact_version";

/// In which order contacts are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactOrder {
    /// By when they were first heard of, the latest first.
    Newest,
    /// By the same time, the earliest first.
    Oldest,
    /// By what the business calls them, or else they themselves, in the order of the letters' codes; who has no name comes
    /// last.
    Name,
}

impl ContactOrder {
    /// The columns of its order, and whether that goes down.
    fn columns(self, context: TenantContext) -> ([Column; 2], bool) {
        let id = Column::Id("contact_id");
        let sort_name = || Column::Found {
            name: "sort_name",
            table: format!("{SCHEMA}.contacts"),
            id: "contact_id",
            tenant: context.tenant().as_uuid(),
        };
        match self {
            Self::Newest => ([Column::At("introduced_at"), id], true),
            Self::Oldest => ([Column::At("introduced_at"), id], false),
            Self::Name => ([sort_name(), id], false),
        }
    }
}

/// Which contacts are listed, and how.
#[derive(Debug, Clone, Copy)]
pub struct ContactList<'a> {
    /// Which.
    pub filter: &'a Condition<ContactField>,
    /// In which order.
    pub order: ContactOrder,
}

/// A page of the tenant's contacts, each with her place in the list, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn contacts(
    reads: &TenantReads,
    context: TenantContext,
    list: ContactList<'_>,
    page: PageRequest,
) -> Result<Vec<(Keyset, ContactRow)>, sqlx::Error> {
    let (columns, is_descending) = list.order.columns(context);
    let mut sql = select(
        context,
        format!(
            "select {COLUMNS}, introduced_at from {SCHEMA}.contacts c where introduced_at is not null and tenant_id = "
        ),
    );
    sql.push_bind(context.tenant().as_uuid());
    list.filter.push_and(&mut sql);
    page.push(&mut sql, &Order { columns: &columns, is_descending });
    let rows = reads.rows(sql).await?;
    let listed = |row| {
        let contact = contact_row(row, "contact_")?.ok_or(sqlx::Error::RowNotFound)?;
        Ok((Keyset::new(timestamp(row, "introduced_at")?, contact.id), contact))
    };
    page.in_order(rows).iter().map(listed).collect()
}

/// How many contacts the tenant has.
///
/// # Errors
/// The database's.
pub async fn count_contacts(
    reads: &TenantReads,
    context: TenantContext,
    filter: &Condition<ContactField>,
) -> Result<i64, sqlx::Error> {
    let mut sql = select(
        context,
        format!("select count(*) from {SCHEMA}.contacts c where introduced_at is not null and tenant_id = "),
    );
    sql.push_bind(context.tenant().as_uuid());
    filter.push_and(&mut sql);
    reads.value(sql).await
}

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
        "select {COLUMNS} from {SCHEMA}.contacts \
         where tenant_id = $1 and phone = any($2) order by phone <> $3, contact_id limit 1"
    );
    let row = sqlx::query(&walled(&sql))
        .bind(context.tenant().as_uuid())
        .bind(phone.forms().into_iter().map(String::from).collect::<Vec<_>>())
        .bind(phone.as_str())
        .fetch_optional(&mut *reads.statement(context).await?)
        .await?;
    row.map_or(Ok(None), |row| contact_row(&row, "contact_"))
}

/// Some of the tenant's contacts; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn contacts_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[ContactId],
) -> Result<Vec<ContactRow>, sqlx::Error> {
    let sql = format!(
        "select {COLUMNS} from {SCHEMA}.contacts \
         where tenant_id = $1 and contact_id = any($2)"
    );
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let rows = sqlx::query(&walled(&sql))
        .bind(context.tenant().as_uuid())
        .bind(ids)
        .fetch_all(&mut *reads.statement(context).await?)
        .await?;
    rows.iter().filter_map(|row| contact_row(row, "contact_").transpose()).collect()
}
