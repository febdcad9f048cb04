//! Two logs that live as long as the bench: beside one of them transactions are held open all the time, as a forgotten
//! `psql` would.

use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Executor};

use crate::BenchError;
use crate::bed::{Bed, Database};
use crate::closed_loop::{Pace, Seen, closed_loop};
use crate::message::Workload;
use crate::ours::{self, Ours};

/// Both logs.
pub(crate) struct Idle {
    free: Log,
    held: Log,
    /// One has read the log and keeps that snapshot, one has written and keeps its transaction id.
    holders: Vec<PgConnection>,
}

struct Log {
    database: Database,
    customers: u32,
    messages: u64,
}

impl Idle {
    pub(crate) async fn begin(bed: &Bed) -> Result<Self, BenchError> {
        let (free, held) = (Log::open(bed).await?, Log::open(bed).await?);
        let mut holders = Vec::new();
        for first in [
            "begin isolation level repeatable read; select count(*) from events",
            // A scratch table of its own, rolled back in the end.
            "begin; create temp table scribble (x int); insert into scribble values (1)",
        ] {
            let mut holder = held.database.options.connect().await?;
            holder.execute(first).await?;
            holders.push(holder);
        }
        Ok(Self { free, held, holders })
    }

    pub(crate) async fn measure(&mut self, held: bool, clients: u32, pace: Pace) -> Result<Seen, BenchError> {
        let log = if held { &mut self.held } else { &mut self.free };
        // Opened anew each time, so that no connections are kept from the others meanwhile.
        let ours = Ours::open(log.database.options.clone(), ours::CACHE, log.customers).await?;
        let seen = closed_loop(ours.clients(Workload::Growing, clients).await?, pace).await?;
        log.customers += clients;
        log.messages += seen.commands;
        ours.facts(log.messages).await?;
        ours.close().await;
        Ok(seen)
    }

    /// Gives everything back; an error if the transactions were not open all the time.
    pub(crate) async fn end(self, bed: &Bed) -> Result<(), BenchError> {
        for mut holder in self.holders {
            let open: bool = sqlx::query_scalar("select now() < statement_timestamp()").fetch_one(&mut holder).await?;
            if !open {
                return Err(BenchError::Void("an idle transaction ended before the bench did".to_owned()));
            }
        }
        for log in [self.free, self.held] {
            bed.drop(log.database).await?;
        }
        Ok(())
    }
}

impl Log {
    async fn open(bed: &Bed) -> Result<Self, BenchError> {
        let database = bed.database().await?;
        let ours = Ours::open(database.options.clone(), ours::CACHE, 0).await?;
        // So that there is something to read.
        let customers = 1;
        ours.customers(customers).await?;
        ours.close().await;
        Ok(Self { database, customers, messages: 0 })
    }
}
