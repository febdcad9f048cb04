//! What is asked of contacts: who somebody is by what people know of her, and all of them.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::{ContactId, E164};
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::cells::Cells;
use super::conversation_columns::ContactColumns;
use super::filter::ContactField;
use super::persons::person_of;
use super::rows::{ContactRow, take_contact, timestamp};
use crate::access::{TenantQuery, select};
use crate::filter::Condition;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::{Keyset, PageRequest, PageUnread, TenantContext, TenantReads};

/// What is read of a contact in `c`, which is a row of contacts or of those who are shown.
fn columns() -> String {
    format!(
        "c.contact_id, display_name as contact_name, phone as contact_phone, email as contact_email, \
         marketing as contact_marketing, marketing_at as contact_marketing_at, listed_name as contact_listed_name, \
         version as contact_version, \
         (select p.merged_into from {SCHEMA}.persons p where p.contact_id = c.contact_id) as contact_merged_into"
    )
}

/// Puts that the contact in `c` is listed: she was heard of, and stands for herself.
fn push_listed(sql: &mut TenantQuery<'_>) {
    sql.push(format!(
        " and c.introduced_at is not null and not exists (select from {SCHEMA}.persons p \
           where p.contact_id = c.contact_id and p.merged_into is not null)"
    ));
}

/// A contact with who stands for her, of a row that begins with [`columns`].
fn whole(row: &PgRow) -> Result<Option<ContactRow>, sqlx::Error> {
    let mut cells = Cells::of(row);
    let contact = take_contact(&mut cells, "contact_", ContactColumns::ALL)?;
    let merged_into = cells.take("contact_merged_into")?;
    Ok(contact.map(|contact| ContactRow { merged_into, ..contact }))
}

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
    /// The columns of its order for `page`, and whether that goes down.
    async fn columns(
        self,
        reads: &TenantReads,
        context: TenantContext,
        page: PageRequest,
    ) -> Result<([Column; 2], bool), PageUnread> {
        let id = Column::Id("contact_id");
        Ok(match self {
            Self::Newest => ([Column::At("introduced_at"), id], true),
            Self::Oldest => ([Column::At("introduced_at"), id], false),
            Self::Name => {
                let of = names(reads, context, page).await?;
                ([Column::Text { name: "sort_name", of }, id], false)
            }
        })
    }

    /// Her place in the list, where she is listed by `sort_name`.
    fn keyset(self, introduced_at: Timestamp, contact: Uuid, sort_name: &str) -> Keyset {
        let keyset = Keyset::new(introduced_at, contact);
        match self {
            Self::Newest | Self::Oldest => keyset,
            Self::Name => Keyset { rank: check(contact, sort_name), ..keyset },
        }
    }
}

/// 16 bits of a digest: enough to see that she is called something else by now, and too few to tell a name by.
fn check(contact: Uuid, sort_name: &str) -> i16 {
    let digest = Sha256::new().chain_update(contact.as_bytes()).chain_update(sort_name).finalize();
    i16::from_be_bytes([digest[0], digest[1]])
}

/// By what those are listed whom the page's cursors name, if it is what it was then.
async fn names(
    reads: &TenantReads,
    context: TenantContext,
    page: PageRequest,
) -> Result<HashMap<Uuid, String>, PageUnread> {
    let cursors: Vec<Keyset> = page.after.into_iter().chain(page.before).collect();
    if cursors.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = select(context, format!("select c.contact_id, c.sort_name from {SCHEMA}.contacts c"));
    let mut sql = sql.where_seen(Seen::WithContact("c"));
    sql.push(" and c.contact_id = any(")
        .push_bind(cursors.iter().map(|cursor| cursor.id).collect::<Vec<_>>())
        .push(")");
    let names: HashMap<Uuid, String> = reads.pairs(sql).await?.into_iter().collect();
    let is_as_it_was =
        |cursor: &Keyset| names.get(&cursor.id).is_some_and(|name| check(cursor.id, name) == cursor.rank);
    if cursors.iter().all(is_as_it_was) { Ok(names) } else { Err(PageUnread::Moved) }
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
/// The database's, and where a list by name goes on behind somebody who is called something else by now.
pub async fn contacts(
    reads: &TenantReads,
    context: TenantContext,
    list: ContactList<'_>,
    page: PageRequest,
) -> Result<Vec<(Keyset, ContactRow)>, PageUnread> {
    let (columns, is_descending) = list.order.columns(reads, context, page).await?;
    // The page first, then those whom they stand for.
    let sql = format!(
        "select l.*, introduced_at, sort_name from (select contact_id, introduced_at, sort_name from {SCHEMA}.contacts c"
    );
    let mut sql = select(context, sql).where_seen(Seen::WithContact("c"));
    push_listed(&mut sql);
    list.filter.push_and(&mut sql);
    let order = Order { columns: &columns, is_descending };
    page.push(&mut sql, &order);
    sql.push(format!(
        ") page cross join lateral ( \
             select {} from {SCHEMA}.shown_contacts c where c.contact_id = page.contact_id and c.tenant_id = $1 limit 1) l",
        self::columns()
    ));
    order.push(&mut sql, is_descending);
    let rows = reads.rows(sql).await?;
    let listed = |row: &PgRow| {
        let contact = whole(row)?.ok_or(sqlx::Error::RowNotFound)?;
        let keyset = list.order.keyset(timestamp(row, "introduced_at")?, contact.id, row.try_get("sort_name")?);
        Ok((keyset, contact))
    };
    rows.iter().map(listed).collect()
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
    let sql = select(context, format!("select count(*) from {SCHEMA}.contacts c"));
    let mut sql = sql.where_seen(Seen::WithContact("c"));
    push_listed(&mut sql);
    filter.push_and(&mut sql);
    reads.value(sql).await
}

/// Who of the tenant's contacts is shown with this number, in whichever form it stands there; whoever was erased has
/// none. Of somebody who was merged that is whoever stands for her.
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
    let forms: Vec<String> = phone.forms().into_iter().map(String::from).collect();
    let mut sql = select(
        context,
        format!(
            "select {columns} from (select {person} as person_id from {SCHEMA}.contacts k \
             where k.tenant_id = $1 and k.phone = any(",
            columns = columns(),
            person = person_of("k.contact_id")
        ),
    );
    sql.push_bind(forms).push(") order by k.phone <> ").push_bind(phone.as_str());
    sql.push(format!(", k.contact_id limit 1) k join {SCHEMA}.shown_contacts c on c.contact_id = k.person_id"));
    let sql = sql.where_seen(Seen::WithContact("c"));
    let row = reads.maybe_row(sql).await?;
    row.map_or(Ok(None), |row| whole(&row))
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
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let sql = select(context, format!("select {} from {SCHEMA}.shown_contacts c", columns()));
    let mut sql = sql.where_seen(Seen::WithContact("c"));
    sql.push(" and c.contact_id = any(").push_bind(ids).push(")");
    let rows = reads.rows(sql).await?;
    rows.iter().filter_map(|row| whole(row).transpose()).collect()
}

/// A page of those for whom a contact stands, in one link or more, the latest known first, and one more if there is more. Each
/// is shown as she is by herself.
///
/// # Errors
/// The database's.
pub async fn merged_into(
    reads: &TenantReads,
    context: TenantContext,
    contact: ContactId,
    page: PageRequest,
) -> Result<Vec<(Keyset, ContactRow)>, sqlx::Error> {
    const LATEST_FIRST: Order<'static> =
        Order { columns: &[Column::At("introduced_at"), Column::Id("contact_id")], is_descending: true };
    let sql = select(context, format!("select {}, introduced_at from {SCHEMA}.contacts c", columns()));
    let mut sql = sql.where_seen(Seen::WithContact("c"));
    push_under(&mut sql, contact);
    page.push(&mut sql, &LATEST_FIRST);
    let rows = reads.rows(sql).await?;
    let listed = |row: &PgRow| {
        let contact = whole(row)?.ok_or(sqlx::Error::RowNotFound)?;
        Ok((Keyset::new(timestamp(row, "introduced_at")?, contact.id), contact))
    };
    page.in_order(rows).iter().map(listed).collect()
}

/// For how many a contact stands.
///
/// # Errors
/// The database's.
pub async fn count_merged(reads: &TenantReads, context: TenantContext, contact: ContactId) -> Result<i64, sqlx::Error> {
    let sql = select(context, format!("select count(*) from {SCHEMA}.contacts c"));
    let mut sql = sql.where_seen(Seen::WithContact("c"));
    push_under(&mut sql, contact);
    reads.value(sql).await
}

fn push_under(sql: &mut TenantQuery<'_>, contact: ContactId) {
    sql.push(format!(
        " and c.introduced_at is not null and exists (select from {SCHEMA}.persons p \
           where p.contact_id = c.contact_id and p.merged_into is not null and p.person_id = "
    ));
    sql.push_bind(contact.as_uuid()).push(")");
}
