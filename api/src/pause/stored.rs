//! The row that says which database is to act, and whether this one waits (`database_identity`).

use jiff::Timestamp;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Row};

use super::identity::{Difference, Identity};

/// What acts waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Paused {
    /// Since when, by the database's clock.
    pub since: Timestamp,
    /// What a start found to differ.
    pub differences: Vec<Difference>,
}

impl Paused {
    /// What differs, as `the database oid is 7 and was 5`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let each = |Difference { what, known, found }: &Difference| format!("the {what} is {found} and was {known}");
        self.differences.iter().map(each).collect::<Vec<_>>().join(", ")
    }

    /// What differs, without how: for whoever may not know more.
    #[must_use]
    pub fn in_short(&self) -> String {
        self.differences.iter().map(|difference| difference.what).collect::<Vec<_>>().join(", ")
    }
}

struct Stored {
    known: Identity,
    paused: Option<Paused>,
}

const STORED: &str = "select known, found, paused_since from database_identity";

impl Stored {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let Json(known): Json<Identity> = row.try_get("known")?;
        let found: Option<Json<Identity>> = row.try_get("found")?;
        let since: Option<jiff_sqlx::Timestamp> = row.try_get("paused_since")?;
        let paused = found
            .zip(since)
            .map(|(Json(found), since)| Paused { since: since.to_jiff(), differences: known.differences(&found) });
        Ok(Self { known, paused })
    }

    /// Nobody else changes it until the transaction ends.
    async fn locked(connection: &mut PgConnection) -> Result<Self, sqlx::Error> {
        let row = sqlx::query(&format!("{STORED} for update")).fetch_one(connection).await?;
        Self::from_row(&row)
    }
}

/// Takes `identity` for the one that is to act, if nobody has said yet which is.
///
/// # Errors
/// The database's.
pub async fn note(pool: &PgPool, identity: &Identity) -> Result<(), sqlx::Error> {
    sqlx::query("insert into database_identity (known) values ($1) on conflict do nothing")
        .bind(Json(identity))
        .execute(pool)
        .await?;
    Ok(())
}

/// Compares `found` with the one that is to act, and has what acts wait if it is another. Whether it waits.
///
/// # Errors
/// The database's.
pub async fn compare(pool: &PgPool, found: &Identity) -> Result<Option<Paused>, sqlx::Error> {
    note(pool, found).await?;
    let mut tx = pool.begin().await?;
    let Stored { known, mut paused } = Stored::locked(&mut tx).await?;
    let differences = known.differences(found);
    if !differences.is_empty() {
        let since: jiff_sqlx::Timestamp = sqlx::query_scalar(
            "update database_identity set found = $1, paused_since = coalesce(paused_since, clock_timestamp()) \
             returning paused_since",
        )
        .bind(Json(found))
        .fetch_one(&mut *tx)
        .await?;
        paused = Some(Paused { since: since.to_jiff(), differences });
    } else if paused.is_none() {
        // What was not shown before may be now.
        let whole = known.clone().or(found);
        if whole != known {
            sqlx::query("update database_identity set known = $1").bind(Json(whole)).execute(&mut *tx).await?;
        }
    }
    tx.commit().await?;
    Ok(paused)
}

/// Whether what acts waits, since when and why.
///
/// # Errors
/// The database's.
pub async fn paused(pool: &PgPool) -> Result<Option<Paused>, sqlx::Error> {
    let row = sqlx::query(STORED).fetch_optional(pool).await?;
    Ok(row.as_ref().map(Stored::from_row).transpose()?.and_then(|stored| stored.paused))
}

/// `identity` is the one that is to act from here on.
///
/// # Errors
/// The database's.
pub async fn resume(pool: &PgPool, identity: &Identity) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update database_identity \
         set known = $1, known_since = clock_timestamp(), found = null, paused_since = null",
    )
    .bind(Json(identity))
    .execute(pool)
    .await?;
    Ok(())
}
