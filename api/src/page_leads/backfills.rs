//! How far the reading of leads of before has come.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use leadflow_domain::{SourceId, TenantId};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row};

/// A backfill, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backfill {
    /// The event that asked for it.
    pub position: i64,
    /// Of which page.
    pub source: SourceId,
    /// Leads filled in after this moment; all that the provider has, where nothing is said.
    pub since: Option<Timestamp>,
    /// The page's forms; none while they are not listed.
    pub forms: Option<Vec<String>>,
    /// How many of them are read.
    pub forms_read: i32,
    /// Where the next one goes on.
    pub cursor: Option<String>,
    /// How many leads were read.
    pub leads_read: i64,
    /// How many of these nobody had told of.
    pub leads_new: i64,
    /// How many can't become leads.
    pub leads_missed: i64,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it came to its end.
    pub ended_at: Option<Timestamp>,
    /// Why that was before its end.
    pub failure: Option<String>,
}

const COLUMNS: &str = "position, source_id, since, forms, forms_read, cursor, leads_read, leads_new, leads_missed, \
                       asked_at, ended_at, failure";

/// What an event at `position` asks for.
///
/// # Errors
/// The database's.
pub async fn ask(
    rows: &mut PgConnection,
    (tenant, source): (TenantId, SourceId),
    position: i64,
    since: Option<Timestamp>,
    asked_at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into lead_backfills (position, tenant_id, source_id, since, asked_at) values ($1, $2, $3, $4, $5) \
         on conflict (position) do nothing",
    )
    .bind(position)
    .bind(tenant.as_uuid())
    .bind(source.as_uuid())
    .bind(since.map(ToSqlx::to_sqlx))
    .bind(asked_at.to_sqlx())
    .execute(rows)
    .await?;
    Ok(())
}

/// The newest of a tenant's source.
///
/// # Errors
/// The database's.
pub async fn newest(pool: &PgPool, tenant: TenantId, source: SourceId) -> Result<Option<Backfill>, sqlx::Error> {
    let sql = format!(
        "select {COLUMNS} from lead_backfills where tenant_id = $1 and source_id = $2 order by position desc limit 1"
    );
    let row = sqlx::query(&sql).bind(tenant.as_uuid()).bind(source.as_uuid()).fetch_optional(pool).await?;
    row.as_ref().map(read).transpose()
}

/// The one that an event asked for.
pub(super) async fn at(pool: &PgPool, position: i64) -> Result<Option<Backfill>, sqlx::Error> {
    let sql = format!("select {COLUMNS} from lead_backfills where position = $1");
    sqlx::query(&sql).bind(position).fetch_optional(pool).await?.as_ref().map(read).transpose()
}

/// It did not go on: how often that is so since the last page.
pub(super) async fn failed(pool: &PgPool, position: i64) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar("update lead_backfills set failures = failures + 1 where position = $1 returning failures")
        .bind(position)
        .fetch_optional(pool)
        .await
        .map(Option::unwrap_or_default)
}

/// Puts down how far it has come; what failed before that counts no more.
pub(super) async fn put_down(pool: &PgPool, backfill: &Backfill) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update lead_backfills set forms = $2, forms_read = $3, cursor = $4, leads_read = $5, leads_new = $6, \
                                   leads_missed = $7, failures = 0 \
         where position = $1",
    )
    .bind(backfill.position)
    .bind(&backfill.forms)
    .bind(backfill.forms_read)
    .bind(&backfill.cursor)
    .bind(backfill.leads_read)
    .bind(backfill.leads_new)
    .bind(backfill.leads_missed)
    .execute(pool)
    .await?;
    Ok(())
}

/// It has come to its end, or to one before it.
pub(super) async fn end(pool: &PgPool, position: i64, failure: Option<&str>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update lead_backfills set ended_at = clock_timestamp(), failure = $2 where position = $1 and ended_at is null",
    )
    .bind(position)
    .bind(failure)
    .execute(pool)
    .await?;
    Ok(())
}

fn read(row: &PgRow) -> Result<Backfill, sqlx::Error> {
    let moment = |column| {
        Ok::<_, sqlx::Error>(row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column)?.map(jiff_sqlx::Timestamp::to_jiff))
    };
    Ok(Backfill {
        position: row.try_get("position")?,
        source: SourceId::from_uuid(row.try_get("source_id")?),
        since: moment("since")?,
        forms: row.try_get("forms")?,
        forms_read: row.try_get("forms_read")?,
        cursor: row.try_get("cursor")?,
        leads_read: row.try_get("leads_read")?,
        leads_new: row.try_get("leads_new")?,
        leads_missed: row.try_get("leads_missed")?,
        asked_at: row.try_get::<jiff_sqlx::Timestamp, _>("asked_at")?.to_jiff(),
        ended_at: moment("ended_at")?,
        failure: row.try_get("failure")?,
    })
}
