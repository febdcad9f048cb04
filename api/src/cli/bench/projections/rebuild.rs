//! A rebuild, beside what bounds it: reading and decoding the log without folding it, copying the same rows into the same
//! tables, and what Postgres does in one statement of its own.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures_util::TryStreamExt;
use leadflow_event_store::PersonalValues;
use leadflow_projections::generations::{self, GenerationError};
use leadflow_projections::{Definition, Generation};
use sqlx::Executor;
use sqlx::postgres::PgPoolCopyExt;

use super::log::Log;
use super::models;

/// Bytes that are handed to a COPY at once.
const CHUNK: usize = 1 << 20;

/// What a rebuild took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rebuilt {
    pub(super) took: Duration,
    /// The most that this process had in memory meanwhile.
    pub(super) peak_mib: f64,
}

/// Events that are read at a time, as a rebuild does.
const PAGE: i64 = 10_000;

fn rebuilt(definition: &Definition) -> String {
    definition.schema_of(Generation::Next)
}

fn copied(definition: &Definition) -> String {
    format!("{}_copied", definition.schema())
}

/// Reads the log page by page, and does nothing with it.
pub(super) async fn plain(log: &Log, personal: PersonalValues) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let (reader, mut position) = (log.app.store.reader(), 0);
    loop {
        let page = reader.read(reader.after(position, PAGE).await?, personal).await?;
        let Some(last) = page.last() else { break };
        position = last.position;
    }
    ensure!(position == log.head(), "{position} events were read of {}", log.head());
    Ok(begun.elapsed())
}

/// Folds the log into a generation beside the one that is served, which stays.
pub(super) async fn ours(log: &Log, definition: &Definition) -> anyhow::Result<Rebuilt> {
    log.settle().await?;
    let memory = Memory::watch()?;
    let begun = Instant::now();
    models::fold(log, definition, Generation::Next).await?;
    Ok(Rebuilt { took: begun.elapsed(), peak_mib: memory.peak_mib()? })
}

/// Copies the rows of the rebuilt schema into fresh tables with the same indexes.
pub(super) async fn copy(log: &Log, definition: &Definition) -> anyhow::Result<Duration> {
    let (from, to) = (rebuilt(definition), copied(definition));
    models::make(&log.owner, definition, &to).await?;
    let tables = models::tables(&log.owner, &from).await?;
    let mut files = Vec::new();
    for (table, columns) in tables {
        let mut file = tempfile::tempfile_in(log.folder()).context("a file for a table's rows")?;
        let mut rows =
            log.owner.copy_out_raw(&format!("copy {from}.{table} ({columns}) to stdout (format binary)")).await?;
        while let Some(chunk) = rows.try_next().await? {
            file.write_all(&chunk)?;
        }
        files.push((table, columns, file));
    }
    log.settle().await?;
    let begun = Instant::now();
    for (table, columns, file) in files {
        copy_in(log, &format!("copy {to}.{table} ({columns}) from stdin (format binary)"), file).await?;
    }
    let took = begun.elapsed();
    models::remove(&log.owner, &to).await?;
    Ok(took)
}

async fn copy_in(log: &Log, statement: &str, mut file: File) -> anyhow::Result<()> {
    file.rewind()?;
    let mut into = log.owner.copy_in_raw(statement).await?;
    let mut chunk = vec![0; CHUNK];
    loop {
        let length = file.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        into.send(&chunk[..length]).await?;
    }
    into.finish().await?;
    Ok(())
}

/// In one statement: the text of every payload, and the rows of the rebuilt schema into fresh tables with the same indexes.
pub(super) async fn one_statement(log: &Log, definition: &Definition) -> anyhow::Result<Duration> {
    let (from, to) = (rebuilt(definition), copied(definition));
    models::make(&log.owner, definition, &to).await?;
    let tables = models::tables(&log.owner, &from).await?;
    let inserts = tables.iter().map(|(table, columns)| {
        format!(", of_{table} as (insert into {to}.{table} ({columns}) select {columns} from {from}.{table})")
    });
    let statement = format!(
        "with read as (select sum(length(payload::text)) as bytes from events){} select bytes from read",
        inserts.collect::<String>()
    );
    log.settle().await?;
    let begun = Instant::now();
    log.owner.execute(statement.as_str()).await?;
    let took = begun.elapsed();
    models::remove(&log.owner, &to).await?;
    Ok(took)
}

/// Drops what [`ours`] has left.
pub(super) async fn clear(log: &Log, definition: &Definition) -> anyhow::Result<()> {
    match generations::discard(&log.owner, definition, Generation::Next).await {
        // The measurement ended before it began.
        Ok(()) | Err(GenerationError::Missing(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The most memory that this process has, from a moment on (proc(5)).
struct Memory;

impl Memory {
    fn watch() -> anyhow::Result<Self> {
        // 5 resets the peak.
        std::fs::write("/proc/self/clear_refs", "5").context("this process's peak of memory can't be reset")?;
        Ok(Self)
    }

    fn peak_mib(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string("/proc/self/status")?;
        let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        let kib: f64 = kib.context("/proc/self/status tells no VmHWM")?;
        Ok(kib / 1024.0)
    }
}
