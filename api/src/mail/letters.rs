//! What operators see of letters.

use std::io::{self, ErrorKind};
use std::time::Duration;

use jiff::Timestamp;
use leadflow_event_store::Keys;
use leadflow_gateways::email::Failure;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::post::Post;

/// A letter, without what it says and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LetterSummary {
    /// Its id.
    pub id: Uuid,
    /// What kind of letter it is.
    pub kind: String,
    /// `waiting`, `sending`, `sent` or `given_up`.
    pub state: String,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// How often sending it was begun, since it was last asked for.
    pub attempts: i32,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it is tried, while it waits.
    pub due_at: Option<Timestamp>,
    /// When it was sent or given up.
    pub ended_at: Option<Timestamp>,
}

const SUMMARY: &str = "id, kind, created_at, attempts, last_error, coalesce(sent_at, given_up_at) as ended_at, \
     case when sent_at is not null then 'sent' when given_up_at is not null then 'given_up' \
          when attempts > 0 and last_error is null and due_at > clock_timestamp() then 'sending' \
          else 'waiting' end as state, \
     case when sealed is not null then due_at end as due_at";

impl LetterSummary {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let time = |column: &str| {
            row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column).map(|time| time.map(jiff_sqlx::Timestamp::to_jiff))
        };
        Ok(Self {
            id: row.try_get("id")?,
            kind: row.try_get("kind")?,
            state: row.try_get("state")?,
            created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
            attempts: row.try_get("attempts")?,
            last_error: row.try_get("last_error")?,
            due_at: time("due_at")?,
            ended_at: time("ended_at")?,
        })
    }
}

/// The newest letters, newest first; only those that are not sent, if that is asked for.
///
/// # Errors
/// The database's.
pub async fn recent(pool: &PgPool, most: i64, only_unsent: bool) -> Result<Vec<LetterSummary>, sqlx::Error> {
    let sql = format!(
        "select {SUMMARY} from letters where not $2 or sent_at is null order by created_at desc, id desc limit $1"
    );
    sqlx::query(&sql).bind(most).bind(only_unsent).fetch_all(pool).await?.iter().map(LetterSummary::from_row).collect()
}

/// One letter; none if there is no such, or none any more.
///
/// # Errors
/// The database's.
pub async fn letter(pool: &PgPool, id: Uuid) -> Result<Option<LetterSummary>, sqlx::Error> {
    let sql = format!("select {SUMMARY} from letters where id = $1");
    let row = sqlx::query(&sql).bind(id).fetch_optional(pool).await?;
    row.as_ref().map(LetterSummary::from_row).transpose()
}

/// Why a letter can't be read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// What it says was destroyed.
    #[error("what it said was destroyed when it was sent or given up")]
    Over,
    /// It can't be put into words.
    #[error(transparent)]
    Broken(#[from] Failure),
    /// The file in the folder can't be read.
    #[error("{path} can't be read")]
    Closed {
        /// Where it is.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The database's.
    #[error("the database can't be asked")]
    Database(#[from] sqlx::Error),
}

/// The letter itself, as a file: while it waits, and afterwards if it stayed in a folder.
///
/// # Errors
/// [`Unread`].
pub async fn text(pool: &PgPool, keys: &Keys, post: &Post, id: Uuid) -> Result<Vec<u8>, Unread> {
    let waiting: Option<(Vec<u8>, jiff_sqlx::Timestamp)> =
        sqlx::query_as("select sealed, created_at from letters where id = $1 and sealed is not null")
            .bind(id)
            .fetch_optional(pool)
            .await?;
    if let Some((sealed, created_at)) = waiting {
        return Ok(post.written(keys, id, &sealed, created_at.to_jiff())?.file()?);
    }
    let path = post.folder().ok_or(Unread::Over)?.file(id);
    match tokio::fs::read(&path).await {
        Ok(letter) => Ok(letter),
        // Given up, or sent another way.
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Unread::Over),
        Err(source) => Err(Unread::Closed { path: path.display().to_string(), source }),
    }
}

/// Has letters that wait after a failed attempt sent now, with all their attempts before them: these, or all. How many. Of
/// those that were given up nothing is left to be sent.
///
/// # Errors
/// The database's.
pub async fn retry(pool: &PgPool, these: Option<&[Uuid]>) -> Result<u64, sqlx::Error> {
    let queued = sqlx::query(
        "update letters set attempts = 0, due_at = clock_timestamp() \
         where sealed is not null and last_error is not null and ($1::uuid[] is null or id = any($1))",
    )
    .bind(these)
    .execute(pool)
    .await?;
    Ok(queued.rows_affected())
}

/// How letters stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many wait.
    pub waiting: i64,
    /// For how long the first of them has been waiting.
    pub longest: Duration,
    /// How many were given up since yesterday.
    pub given_up: i64,
}

/// How letters stand.
///
/// # Errors
/// The database's.
pub async fn standing(pool: &PgPool) -> Result<Standing, sqlx::Error> {
    let (waiting, longest, given_up): (i64, f64, i64) = sqlx::query_as(
        "select count(*), greatest(0, coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0))::float8, \
                (select count(*) from letters where sealed is null and given_up_at is not null \
                    and coalesce(sent_at, given_up_at) > clock_timestamp() - interval '1 day') \
         from letters where sealed is not null",
    )
    .fetch_one(pool)
    .await?;
    Ok(Standing { waiting, longest: Duration::try_from_secs_f64(longest).unwrap_or(Duration::MAX), given_up })
}
