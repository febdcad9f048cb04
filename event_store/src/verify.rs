//! Checks that the log is what it promises: one dense order, and within it each stream's versions one by one.

use serde::Serialize;
use sqlx::{PgPool, Row};

/// How many of one kind of problem are spelled out.
const SHOWN: i64 = 20;

/// What a check of the whole log found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether all promises hold.
    pub ok: bool,
    /// Events in the log.
    pub events: i64,
    /// Commands that appended them.
    pub commands: i64,
    /// Commits that carried them.
    pub commits: i64,
    /// Streams they belong to.
    pub streams: i64,
    /// What is wrong, each in a sentence.
    pub problems: Vec<String>,
}

/// Reads the whole log once and reports.
///
/// Dense: positions are 1 to the head. Contiguous: versions of each stream are 1 to its newest. In agreement: a later
/// version stands at a later position. Timely: `recorded_at` rises with position.
///
/// # Errors
/// The database's.
pub async fn verify(pool: &PgPool) -> Result<Report, sqlx::Error> {
    // One snapshot for all the questions: the log may grow meanwhile.
    let mut tx = pool.begin().await?;
    sqlx::query("set transaction isolation level repeatable read, read only").execute(&mut *tx).await?;
    let totals = sqlx::query(
        "select count(*) as events, count(command_id) as commands, count(distinct recorded_at) as commits, \
         count(distinct (aggregate_type, aggregate_id)) as streams from events",
    )
    .fetch_one(&mut *tx)
    .await?;
    let mut problems = Vec::new();
    for check in CHECKS {
        let found = sqlx::query(check.sql).bind(SHOWN + 1).fetch_all(&mut *tx).await?;
        for row in found.iter().take(usize::try_from(SHOWN).unwrap_or(usize::MAX)) {
            problems.push(row.try_get(0)?);
        }
        if i64::try_from(found.len()).unwrap_or(i64::MAX) > SHOWN {
            problems.push(format!("... and more of this kind: {}", check.name));
        }
    }
    Ok(Report {
        ok: problems.is_empty(),
        events: totals.try_get("events")?,
        commands: totals.try_get("commands")?,
        commits: totals.try_get("commits")?,
        streams: totals.try_get("streams")?,
        problems,
    })
}

struct Check {
    name: &'static str,
    sql: &'static str,
}

const CHECKS: &[Check] = &[
    Check {
        name: "positions",
        sql: "select format('positions %s to %s are missing', before + 1, position - 1) from ( \
                  select position, lag(position, 1, 0) over (order by position) as before from events \
              ) p where position <> before + 1 order by position limit $1",
    },
    Check {
        name: "versions",
        sql: "select format('stream %s %s: version %s follows version %s', aggregate_type, aggregate_id, sequence, \
              before) from ( \
                  select aggregate_type, aggregate_id, sequence, \
                         lag(sequence, 1, 0) over (partition by aggregate_type, aggregate_id order by sequence) as before \
                  from events \
              ) v where sequence <> before + 1 order by 1 limit $1",
    },
    Check {
        name: "both orders",
        sql: "select format('stream %s %s: version %s stands before the version it follows', aggregate_type, \
              aggregate_id, sequence) from ( \
                  select aggregate_type, aggregate_id, sequence, position, \
                         lag(position) over (partition by aggregate_type, aggregate_id order by sequence) as before \
                  from events \
              ) o where position < before order by 1 limit $1",
    },
    Check {
        name: "tenants",
        sql: "select format('stream %s %s belongs to %s tenants', aggregate_type, aggregate_id, \
              count(distinct tenant_id)) from events group by aggregate_type, aggregate_id \
              having count(distinct tenant_id) > 1 order by 1 limit $1",
    },
    Check {
        name: "times",
        sql: "select format('position %s was recorded before the one it follows', position) from ( \
                  select position, recorded_at, lag(recorded_at) over (order by position) as before from events \
              ) t where recorded_at < before order by position limit $1",
    },
];
