//! How far imports have come, and what becomes of them.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use leadflow_domain::{StreamId, TenantId};
use leadflow_event_store::Actor;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row};
use uuid::Uuid;

use super::IMPORT_LEADS;
use super::files::{About, Files};
use super::row::RowError;
use super::seals::Seals;
use crate::auth;
use crate::jobs::cancel_about;

/// Rows that could not be read, of which it is kept why.
pub const MOST_ERRORS: i64 = 10_000;

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// It waits for its turn.
    Waiting,
    /// It was begun.
    Running,
    /// All is read.
    Done,
    /// It ended before its end.
    Failed,
    /// Somebody wanted no more of it.
    Cancelled,
}

impl ImportState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn parse(text: &str) -> Result<Self, sqlx::Error> {
        let known = Self::ALL.into_iter().find(|state| state.as_str() == text);
        known.ok_or_else(|| sqlx::Error::Protocol(format!("no import is {text}")))
    }
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// That were read.
    pub read: i64,
    /// Of these, those that nobody had told of.
    pub new: i64,
    /// Those that the log had already.
    pub known: i64,
    /// Those that become nothing.
    pub invalid: i64,
}

impl Counts {
    pub(super) fn add(&mut self, other: Self) {
        self.read += other.read;
        self.new += other.new;
        self.known += other.known;
        self.invalid += other.invalid;
    }
}

/// An import, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: Uuid,
    /// Its place among all: it counts up.
    pub number: i64,
    /// Whose it is.
    pub tenant: TenantId,
    /// Who brought it, as the log names whoever acts.
    pub actor: String,
    /// Where it stands.
    pub state: ImportState,
    /// Whether it is only looked what would become of it.
    pub is_dry_run: bool,
    /// What is known of the file; none once the retention has ended.
    pub about: Option<About>,
    /// Length of the file.
    pub file_bytes: i64,
    /// Length of its text.
    pub text_bytes: i64,
    /// How much of that is read.
    pub read_to: i64,
    /// The number of the last row that is read.
    pub rows_passed: i64,
    /// The last event of what is put down.
    pub told_to: i64,
    /// How many rows came to what.
    pub counts: Counts,
    /// How often it was begun.
    pub turns: i32,
    /// When the file began to come.
    pub created_at: Timestamp,
    /// When it was first begun.
    pub started_at: Option<Timestamp>,
    /// When somebody wanted no more of it.
    pub cancelled_at: Option<Timestamp>,
    /// When it came to an end.
    pub ended_at: Option<Timestamp>,
    /// Why that was before its end.
    pub failure: Option<String>,
}

pub(super) const COLUMNS: &str = "i.import_id, i.number, i.tenant_id, i.actor, i.state, i.dry_run, i.about as body, i.key_day, i.seal_id, \
     k.wrapped_key, i.file_bytes, i.text_bytes, i.read_to, i.rows_passed, i.told_to, i.rows_read, i.rows_new, i.rows_known, i.rows_invalid, \
     i.turns, i.created_at, i.started_at, i.cancelled_at, i.ended_at, i.failure";

impl Import {
    /// How much of it is read, from 0 to 1.
    #[must_use]
    pub fn progress(&self) -> f64 {
        if self.state == ImportState::Done || self.text_bytes == 0 {
            return if self.state == ImportState::Done { 1.0 } else { 0.0 };
        }
        #[expect(clippy::cast_precision_loss, reason = "files are far smaller than what a float counts exactly")]
        let share = self.read_to as f64 / self.text_bytes as f64;
        share.clamp(0.0, 1.0)
    }

    /// Who brought it.
    pub(super) fn actor(&self) -> Option<Actor> {
        auth::named(&self.actor)
    }
}

pub(super) fn read(seals: &Seals, row: &PgRow) -> Result<Import, sqlx::Error> {
    let moment = |column| {
        Ok::<_, sqlx::Error>(row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column)?.map(jiff_sqlx::Timestamp::to_jiff))
    };
    Ok(Import {
        id: row.try_get("import_id")?,
        number: row.try_get("number")?,
        tenant: TenantId::from_uuid(row.try_get("tenant_id")?),
        actor: row.try_get("actor")?,
        state: ImportState::parse(row.try_get("state")?)?,
        is_dry_run: row.try_get("dry_run")?,
        about: seals.open(row)?.ok().and_then(|about| serde_json::from_slice(&about).ok()),
        file_bytes: row.try_get("file_bytes")?,
        text_bytes: row.try_get("text_bytes")?,
        read_to: row.try_get("read_to")?,
        rows_passed: row.try_get("rows_passed")?,
        told_to: row.try_get("told_to")?,
        counts: Counts {
            read: row.try_get("rows_read")?,
            new: row.try_get("rows_new")?,
            known: row.try_get("rows_known")?,
            invalid: row.try_get("rows_invalid")?,
        },
        turns: row.try_get("turns")?,
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
        started_at: moment("started_at")?,
        cancelled_at: moment("cancelled_at")?,
        ended_at: moment("ended_at")?,
        failure: row.try_get("failure")?,
    })
}

/// Some imports of a business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRange {
    /// Those of these numbers.
    pub numbers: RangeInclusive<i64>,
    /// The oldest of them, instead of the newest.
    pub from_oldest: bool,
    /// How many at most.
    pub limit: i64,
}

/// What came of putting down how far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PutDown {
    /// It goes on.
    GoesOn,
    /// Somebody wants no more of it.
    IsCancelled,
    /// It is another's by now.
    IsAnothers,
}

/// What came of wanting no more of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// It ends now, or at the next place where it can.
    Ends,
    /// It has ended already.
    HadEnded,
    /// There is none.
    NotFound,
}

impl Files {
    /// Some of a business's imports, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn imports(&self, tenant: TenantId, range: &ImportRange) -> Result<Vec<Import>, sqlx::Error> {
        let order = if range.from_oldest { "asc" } else { "desc" };
        let sql = format!(
            "select {COLUMNS} from lead_imports i left join delivery_keys k on k.day = i.key_day \
             where i.tenant_id = $1 and i.number between $2 and $3 and i.state <> 'uploading' \
             order by i.number {order} limit $4"
        );
        let rows = sqlx::query(&sql)
            .bind(tenant.as_uuid())
            .bind(range.numbers.start())
            .bind(range.numbers.end())
            .bind(range.limit)
            .fetch_all(&self.pool)
            .await?;
        let mut imports = rows.iter().map(|row| read(&self.seals, row)).collect::<Result<Vec<_>, _>>()?;
        if range.from_oldest {
            imports.reverse();
        }
        Ok(imports)
    }

    /// How many a business has.
    ///
    /// # Errors
    /// The database's.
    pub async fn count(&self, tenant: TenantId) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar("select count(*) from lead_imports where tenant_id = $1 and state <> 'uploading'")
            .bind(tenant.as_uuid())
            .fetch_one(&self.pool)
            .await
    }

    /// Begins it, or goes on; none where there is nothing to be done. A dry run begins anew: what it has seen is nowhere but in
    /// memory.
    pub(super) async fn start(&self, id: Uuid) -> Result<Option<Import>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let begun: Option<bool> = sqlx::query_scalar(
            "update lead_imports set \
                 state = 'running', turns = turns + 1, started_at = coalesce(started_at, clock_timestamp()), \
                 read_to = case when dry_run then 0 else read_to end, \
                 rows_passed = case when dry_run then 0 else rows_passed end, \
                 rows_read = case when dry_run then 0 else rows_read end, \
                 rows_new = case when dry_run then 0 else rows_new end, \
                 rows_known = case when dry_run then 0 else rows_known end, \
                 rows_invalid = case when dry_run then 0 else rows_invalid end \
             where import_id = $1 and state in ('waiting', 'running') returning dry_run",
        )
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(is_dry_run) = begun else { return Ok(None) };
        if is_dry_run {
            sqlx::query("delete from lead_import_errors where import_id = $1").bind(id).execute(&mut *tx).await?;
        }
        let sql = format!(
            "select {COLUMNS} from lead_imports i left join delivery_keys k on k.day = i.key_day where i.import_id = $1"
        );
        let row = sqlx::query(&sql).bind(id).fetch_one(&mut *tx).await?;
        tx.commit().await?;
        read(&self.seals, &row).map(Some)
    }

    /// Puts down how far it has come, and what could not be read of the rows since.
    pub(super) async fn put_down(&self, import: &Import, errors: &[RowError]) -> Result<PutDown, sqlx::Error> {
        // Before the transaction: who waits for a connection must not hold one.
        let sealed = match errors.first() {
            Some(first) => {
                let json = serde_json::to_vec(errors).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
                Some((first.row, self.seals.seal(&json).await?))
            }
            None => None,
        };
        let mut tx = self.pool.begin().await?;
        let put_down: Option<bool> = sqlx::query_scalar(
            "update lead_imports set read_to = $3, rows_passed = $4, rows_read = $5, rows_new = $6, rows_known = $7, \
                                     rows_invalid = $8, told_to = $9 \
             where import_id = $1 and turns = $2 and state = 'running' returning cancelled_at is not null",
        )
        .bind(import.id)
        .bind(import.turns)
        .bind(import.read_to)
        .bind(import.rows_passed)
        .bind(import.counts.read)
        .bind(import.counts.new)
        .bind(import.counts.known)
        .bind(import.counts.invalid)
        .bind(import.told_to)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(is_cancelled) = put_down else { return Ok(PutDown::IsAnothers) };
        if let Some((first_row, sealed)) = sealed {
            sqlx::query(
                "insert into lead_import_errors (import_id, first_row, errors, key_day, seal_id, body) \
                 select $1, $2, $3, $4, $5, $6 \
                 where (select coalesce(sum(errors), 0) from lead_import_errors where import_id = $1) < $7",
            )
            .bind(import.id)
            .bind(first_row)
            .bind(i32::try_from(errors.len()).unwrap_or(i32::MAX))
            .bind(jiff_sqlx::Date::from(sealed.day))
            .bind(sealed.id)
            .bind(sealed.body)
            .bind(MOST_ERRORS)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(if is_cancelled { PutDown::IsCancelled } else { PutDown::GoesOn })
    }

    /// It has come to an end, by whoever has it: its text goes.
    pub(super) async fn end(
        &self,
        import: &Import,
        state: ImportState,
        failure: Option<&str>,
    ) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let ended = sqlx::query(
            "update lead_imports set state = $3, failure = $4, ended_at = clock_timestamp() \
             where import_id = $1 and turns = $2 and state = 'running'",
        )
        .bind(import.id)
        .bind(import.turns)
        .bind(state.as_str())
        .bind(failure)
        .execute(&mut *tx)
        .await?;
        if ended.rows_affected() > 0 {
            clear(&mut tx, import.id).await?;
        }
        tx.commit().await
    }

    /// Nobody wants it any more. What it told the log stays.
    ///
    /// # Errors
    /// The database's.
    pub async fn cancel(&self, tenant: TenantId, id: Uuid) -> Result<Cancelled, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        // The job before the import, in the order in which whoever works takes them.
        cancel_about(&mut tx, IMPORT_LEADS, &[StreamId::from_uuid(id)]).await?;
        let has_ended: Option<bool> = sqlx::query_scalar(
            "select ended_at is not null from lead_imports \
             where import_id = $1 and tenant_id = $2 and state <> 'uploading' for update",
        )
        .bind(id)
        .bind(tenant.as_uuid())
        .fetch_optional(&mut *tx)
        .await?;
        match has_ended {
            // Another business's job was not touched: nothing of this is committed.
            None => return Ok(Cancelled::NotFound),
            Some(true) => return Ok(Cancelled::HadEnded),
            Some(false) => {}
        }
        let is_worked_on: bool = sqlx::query_scalar(
            "select exists (select from jobs where subject = $1 and kind = $2 and state = 'running')",
        )
        .bind(id)
        .bind(IMPORT_LEADS)
        .fetch_one(&mut *tx)
        .await?;
        // Whoever works on it ends it. Else it ends here.
        let sql = if is_worked_on {
            "update lead_imports set cancelled_at = coalesce(cancelled_at, clock_timestamp()) where import_id = $1"
        } else {
            "update lead_imports set cancelled_at = coalesce(cancelled_at, clock_timestamp()), state = 'cancelled', \
                                     ended_at = clock_timestamp() where import_id = $1"
        };
        sqlx::query(sql).bind(id).execute(&mut *tx).await?;
        if !is_worked_on {
            clear(&mut tx, id).await?;
        }
        tx.commit().await?;
        Ok(Cancelled::Ends)
    }

    /// What could not be read, in the order of rows, behind those that begin with row `after`: where it goes on from, and the errors.
    /// None when there are no more.
    ///
    /// # Errors
    /// The database's.
    pub async fn errors(&self, id: Uuid, after: i64) -> Result<Option<(i64, Vec<RowError>)>, sqlx::Error> {
        let row = sqlx::query(
            "select e.first_row, e.body, e.key_day, e.seal_id, k.wrapped_key \
             from lead_import_errors e left join delivery_keys k on k.day = e.key_day \
             where e.import_id = $1 and e.first_row > $2 order by e.first_row limit 1",
        )
        .bind(id)
        .bind(after)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let errors = self.seals.open(&row)?.ok().and_then(|body| serde_json::from_slice(&body).ok());
        Ok(Some((row.try_get("first_row")?, errors.unwrap_or_default())))
    }

    /// The first `most` rows that could not be read.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_errors(&self, id: Uuid, most: usize) -> Result<Vec<RowError>, sqlx::Error> {
        let (mut found, mut after) = (Vec::new(), 0);
        while found.len() < most
            && let Some((row, errors)) = self.errors(id, after).await?
        {
            found.extend(errors);
            after = row;
        }
        found.truncate(most);
        Ok(found)
    }
}

/// Whether a job reads a file whose import has ended: then there is nothing to read any more.
///
/// # Errors
/// The database's.
pub async fn has_ended(pool: &PgPool, job: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from jobs j join lead_imports i on i.import_id = j.subject \
                        where j.job_id = $1 and j.kind = $2 and i.ended_at is not null)",
    )
    .bind(job)
    .bind(IMPORT_LEADS)
    .fetch_one(pool)
    .await
}

/// Nothing of its text is left.
pub(super) async fn clear(rows: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    for table in ["lead_import_chunks", "lead_import_erased"] {
        sqlx::query(&format!("delete from {table} where import_id = $1")).bind(id).execute(&mut *rows).await?;
    }
    Ok(())
}
