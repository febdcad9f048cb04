//! Checks that the log is what it promises, and that what was derived from it inside the append still agrees with it.
//!
//! It reads the log in pages while others append, and holds a snapshot of the database only for the last few events
//! and the tables beside the log: a long one would keep Postgres from cleaning up behind everybody else.

mod beside;
mod events;

use serde::Serialize;

use self::events::Pass;
use crate::EventStore;

/// How many of one kind of problem are spelled out.
const SHOWN: usize = 20;

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
    /// Unique facts that are taken.
    pub reservations: i64,
    /// Receipts of clients' commands.
    pub receipts: i64,
    /// Snapshots of streams.
    pub snapshots: i64,
    /// What is wrong, each in a sentence.
    pub problems: Vec<String>,
}

/// How far a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last event it has read.
    pub position: i64,
    /// The newest event of the log.
    pub head: i64,
}

/// Reads the whole log once and reports; `told` hears how far it is.
///
/// Dense: positions are 1 to the head. Contiguous: versions of each stream are 1 to its newest. In agreement: a later
/// version stands at a later position. Timely: `recorded_at` never falls with position. Readable: every event decodes,
/// and its personal values open or were erased. Kept: reservations are what the events took and gave up, receipts and
/// snapshots point at what they say, and whoever was erased has no key.
///
/// # Errors
/// The database's.
pub async fn verify(store: &EventStore, mut told: impl FnMut(Progress)) -> Result<Report, sqlx::Error> {
    let pool = store.reader().pool();
    let mut pass = Pass::default();
    let mut head = store.reader().head().await?;
    while pass.position() < head {
        let mut connection = pool.acquire().await?;
        pass.page(store, &mut connection).await?;
        told(Progress { position: pass.position(), head });
        if pass.position() >= head {
            head = store.reader().head().await?;
        }
    }
    let mut tx = pool.begin_with("begin isolation level repeatable read read only").await?;
    while pass.page(store, &mut tx).await? > 0 {}
    let (found, totals) = pass.end();
    let mut problems = found.events;
    let reservations = beside::reservations(&mut tx, found.reservations, &mut problems).await?;
    let receipts = beside::receipts(&mut tx, &mut problems).await?;
    let snapshots = beside::snapshots(&mut tx, &mut problems).await?;
    beside::erased(&mut tx, &found.erased, &mut problems).await?;
    tx.rollback().await?;
    let problems = problems.spelled_out();
    Ok(Report {
        ok: problems.is_empty(),
        events: totals.events,
        commands: totals.commands,
        commits: totals.commits,
        streams: totals.streams,
        reservations,
        receipts,
        snapshots,
        problems,
    })
}

/// What is wrong, by kind, so that a thousand of one don't hide the one of another.
#[derive(Debug, Default)]
struct Problems(Vec<(&'static str, usize, Vec<String>)>);

impl Problems {
    fn add(&mut self, kind: &'static str, problem: impl FnOnce() -> String) {
        let place = self.0.iter().position(|(known, ..)| *known == kind).unwrap_or_else(|| {
            self.0.push((kind, 0, Vec::new()));
            self.0.len() - 1
        });
        let (_, count, shown) = &mut self.0[place];
        *count += 1;
        if shown.len() < SHOWN {
            shown.push(problem());
        }
    }

    fn spelled_out(self) -> Vec<String> {
        let mut all = Vec::new();
        for (kind, count, shown) in self.0 {
            let more = count - shown.len();
            all.extend(shown);
            if more > 0 {
                all.push(format!("... and {more} more of this kind: {kind}"));
            }
        }
        all
    }
}
