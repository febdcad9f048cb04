//! How far changes have come, and what becomes of them.

use std::time::Duration;

use jiff::Timestamp;
use leadflow_domain::{StreamId, TenantId};
use leadflow_event_store::CommandContext;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Row};
use thiserror::Error;
use uuid::Uuid;

use super::{CHANGE_LEADS, Change, MOST_OPEN};
use crate::jobs::{NewJob, cancel_about, enqueue};

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeState {
    /// It waits for its turn.
    Waiting,
    /// It was begun.
    Running,
    /// All leads were asked.
    Done,
    /// It ended before its end.
    Failed,
    /// Somebody wanted no more of it.
    Cancelled,
}

impl ChangeState {
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
        known.ok_or_else(|| sqlx::Error::Protocol(format!("no change is {text}")))
    }
}

/// How many leads came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// That were asked.
    pub done: i32,
    /// Of these, those that are otherwise now.
    pub changed: i32,
    /// Those of which it was so already.
    pub unchanged: i32,
    /// Those that said no.
    pub refused: i32,
}

/// A change, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadChange {
    /// Its id.
    pub id: Uuid,
    /// Whose leads.
    pub tenant: TenantId,
    /// Who asked for it, as the log names whoever acts.
    pub actor: String,
    /// What is changed.
    pub change: Change,
    /// Where it stands.
    pub state: ChangeState,
    /// Of how many leads.
    pub lead_count: i32,
    /// How many came to what.
    pub counts: Counts,
    /// How often it was begun.
    pub(super) turns: i32,
    /// What says which request it is of.
    request: Uuid,
    /// When it was asked for.
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

const COLUMNS: &str = "change_id, tenant_id, actor, request, change, state, lead_count, done, changed, unchanged, refused, turns, \
     created_at, started_at, cancelled_at, ended_at, failure";

impl LeadChange {
    /// How much of it is done, from 0 to 1.
    #[must_use]
    pub fn progress(&self) -> f64 {
        if self.lead_count == 0 {
            return if self.state == ChangeState::Done { 1.0 } else { 0.0 };
        }
        f64::from(self.counts.done) / f64::from(self.lead_count)
    }

    /// Whether it was asked for by this request.
    #[must_use]
    pub fn is_of(&self, request: &CommandContext) -> bool {
        self.request == fingerprint(request)
    }
}

/// Two requests under one key differ in it.
fn fingerprint(request: &CommandContext) -> Uuid {
    request.event(0).as_uuid()
}

fn read(row: &PgRow) -> Result<LeadChange, sqlx::Error> {
    let moment = |column| {
        Ok::<_, sqlx::Error>(row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column)?.map(jiff_sqlx::Timestamp::to_jiff))
    };
    let Json(change) = row.try_get("change")?;
    Ok(LeadChange {
        id: row.try_get("change_id")?,
        tenant: TenantId::from_uuid(row.try_get("tenant_id")?),
        actor: row.try_get("actor")?,
        request: row.try_get("request")?,
        change,
        state: ChangeState::parse(row.try_get("state")?)?,
        lead_count: row.try_get("lead_count")?,
        counts: Counts {
            done: row.try_get("done")?,
            changed: row.try_get("changed")?,
            unchanged: row.try_get("unchanged")?,
            refused: row.try_get("refused")?,
        },
        turns: row.try_get("turns")?,
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
        started_at: moment("started_at")?,
        cancelled_at: moment("cancelled_at")?,
        ended_at: moment("ended_at")?,
        failure: row.try_get("failure")?,
    })
}

/// What somebody asks for.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The request, whose command's id is the change's: with an idempotency key the same request again is the same change.
    pub request: &'a CommandContext,
    /// What is changed.
    pub change: &'a Change,
    /// Of which leads, each once.
    pub leads: &'a [Uuid],
}

/// Why a change is not taken on.
#[derive(Debug, Error)]
pub enum NotAsked {
    /// The business has as many as it may.
    #[error("there are {MOST_OPEN} changes that are not done yet: wait for one of them")]
    TooMany,
    /// The database's word.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A lead that said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its place among the leads of the change.
    pub nth: i32,
    /// Which lead.
    pub lead: Uuid,
    /// A word for why.
    pub code: String,
    /// Why.
    pub reason: String,
}

/// For what reason how many leads said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedFor {
    /// A word for why.
    pub code: String,
    /// Why.
    pub reason: String,
    /// How many.
    pub leads: i64,
}

/// What came of putting down how far a change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PutDown {
    /// It goes on.
    GoesOn,
    /// Somebody wants no more of it.
    IsCancelled,
    /// It is another's by now.
    IsAnothers,
}

/// What came of wanting no more of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It ends now, or at the next place where it can.
    Ends,
    /// It has ended already.
    HadEnded,
}

/// Changes of many leads, and how far each is. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LeadChanges {
    pool: PgPool,
}

impl LeadChanges {
    /// Keeps them behind `pool`.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Takes a change on: it waits for its turn. What was taken on before, by its request, stays as it is.
    ///
    /// # Errors
    /// [`NotAsked`].
    pub async fn ask(&self, asked: &Asked<'_>) -> Result<(), NotAsked> {
        let (tenant, id) = (asked.request.tenant, asked.request.id.as_uuid());
        let mut tx = self.pool.begin().await?;
        // Two that come at once are counted one after the other.
        sqlx::query("select pg_advisory_xact_lock(hashtextextended('lead_changes ' || $1, 0))")
            .bind(tenant.to_string())
            .execute(&mut *tx)
            .await?;
        let open: i64 =
            sqlx::query_scalar("select count(*) from lead_changes where tenant_id = $1 and ended_at is null")
                .bind(tenant.as_uuid())
                .fetch_one(&mut *tx)
                .await?;
        let number: Option<i64> = sqlx::query_scalar(
            "insert into lead_changes (change_id, tenant_id, actor, request, change, leads, lead_count) \
             values ($1, $2, $3, $4, $5, $6, cardinality($6)) on conflict (change_id) do nothing returning number",
        )
        .bind(id)
        .bind(tenant.as_uuid())
        .bind(asked.request.actor.to_string())
        .bind(fingerprint(asked.request))
        .bind(Json(asked.change))
        .bind(asked.leads)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(number) = number else { return Ok(()) };
        if open >= MOST_OPEN {
            return Err(NotAsked::TooMany);
        }
        let lane = format!("change:{tenant}");
        let job = NewJob {
            tenant,
            kind: CHANGE_LEADS,
            queue: lane.clone(),
            lane,
            subject: StreamId::from_uuid(id),
            position: number,
            after: Duration::ZERO,
        };
        enqueue(&mut tx, &[job]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// One change of a business.
    ///
    /// # Errors
    /// The database's.
    pub async fn find(&self, tenant: TenantId, id: Uuid) -> Result<Option<LeadChange>, sqlx::Error> {
        let sql = format!("select {COLUMNS} from lead_changes where tenant_id = $1 and change_id = $2");
        let row = sqlx::query(&sql).bind(tenant.as_uuid()).bind(id).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// The first `most` leads that said no, in the order in which they were asked.
    ///
    /// # Errors
    /// The database's.
    pub async fn refused(&self, id: Uuid, most: i64) -> Result<Vec<Refused>, sqlx::Error> {
        let rows: Vec<(i32, Uuid, String, String)> = sqlx::query_as(
            "select nth, lead_id, code, reason from lead_change_refusals where change_id = $1 order by nth limit $2",
        )
        .bind(id)
        .bind(most)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|(nth, lead, code, reason)| Refused { nth, lead, code, reason }).collect())
    }

    /// Why leads said no, and how many for which reason, most first.
    ///
    /// # Errors
    /// The database's.
    pub async fn refused_for(&self, id: Uuid) -> Result<Vec<RefusedFor>, sqlx::Error> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "select code, min(reason), count(*) from lead_change_refusals where change_id = $1 \
             group by code order by 3 desc, code",
        )
        .bind(id)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|(code, reason, leads)| RefusedFor { code, reason, leads }).collect())
    }

    /// Nobody wants it any more. What was changed stays.
    ///
    /// # Errors
    /// The database's.
    pub async fn cancel(&self, change: &LeadChange) -> Result<Ended, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        // The job before the change, in the order in which whoever works takes them.
        cancel_about(&mut tx, CHANGE_LEADS, &[StreamId::from_uuid(change.id)]).await?;
        let has_ended: bool =
            sqlx::query_scalar("select ended_at is not null from lead_changes where change_id = $1 for update")
                .bind(change.id)
                .fetch_one(&mut *tx)
                .await?;
        if has_ended {
            return Ok(Ended::HadEnded);
        }
        let is_worked_on: bool = sqlx::query_scalar(
            "select exists (select from jobs where subject = $1 and kind = $2 and state = 'running')",
        )
        .bind(change.id)
        .bind(CHANGE_LEADS)
        .fetch_one(&mut *tx)
        .await?;
        // Whoever works on it ends it. Else it ends here.
        let sql = if is_worked_on {
            "update lead_changes set cancelled_at = coalesce(cancelled_at, clock_timestamp()) where change_id = $1"
        } else {
            "update lead_changes set cancelled_at = coalesce(cancelled_at, clock_timestamp()), state = 'cancelled', \
                                     leads = null, ended_at = clock_timestamp() where change_id = $1"
        };
        sqlx::query(sql).bind(change.id).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(Ended::Ends)
    }

    /// Begins it, or goes on: it, and the leads that are yet to be asked. None where there is nothing to be done.
    pub(super) async fn start(&self, id: Uuid) -> Result<Option<(LeadChange, Vec<Uuid>)>, sqlx::Error> {
        let sql = format!(
            "update lead_changes set state = 'running', turns = turns + 1, \
                                     started_at = coalesce(started_at, clock_timestamp()) \
             where change_id = $1 and state in ('waiting', 'running') returning {COLUMNS}, leads[done + 1:] as left_over"
        );
        let row = sqlx::query(&sql).bind(id).fetch_optional(&self.pool).await?;
        row.map(|row| Ok((read(&row)?, row.try_get("left_over")?))).transpose()
    }

    /// Puts down how far it has come, and who said no since.
    pub(super) async fn put_down(&self, change: &LeadChange, refused: &[Refused]) -> Result<PutDown, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let put_down: Option<bool> = sqlx::query_scalar(
            "update lead_changes set done = $3, changed = $4, unchanged = $5, refused = $6 \
             where change_id = $1 and turns = $2 and state = 'running' returning cancelled_at is not null",
        )
        .bind(change.id)
        .bind(change.turns)
        .bind(change.counts.done)
        .bind(change.counts.changed)
        .bind(change.counts.unchanged)
        .bind(change.counts.refused)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(is_cancelled) = put_down else { return Ok(PutDown::IsAnothers) };
        note(&mut tx, change.id, refused).await?;
        tx.commit().await?;
        Ok(if is_cancelled { PutDown::IsCancelled } else { PutDown::GoesOn })
    }

    /// It has come to an end, by whoever has it.
    pub(super) async fn end(
        &self,
        change: &LeadChange,
        state: ChangeState,
        failure: Option<&str>,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "update lead_changes set state = $3, failure = $4, leads = null, ended_at = clock_timestamp() \
             where change_id = $1 and turns = $2 and state = 'running'",
        )
        .bind(change.id)
        .bind(change.turns)
        .bind(state.as_str())
        .bind(failure)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

async fn note(rows: &mut PgConnection, change: Uuid, refused: &[Refused]) -> Result<(), sqlx::Error> {
    if refused.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into lead_change_refusals (change_id, nth, lead_id, code, reason) \
         select $1, r.* from unnest($2::int[], $3::uuid[], $4::text[], $5::text[]) r",
    )
    .bind(change)
    .bind(refused.iter().map(|one| one.nth).collect::<Vec<_>>())
    .bind(refused.iter().map(|one| one.lead).collect::<Vec<_>>())
    .bind(refused.iter().map(|one| one.code.as_str()).collect::<Vec<_>>())
    .bind(refused.iter().map(|one| one.reason.as_str()).collect::<Vec<_>>())
    .execute(rows)
    .await?;
    Ok(())
}
