//! Long streams beside short ones, in a process that has them at hand and in one that has nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use leadflow_domain::conversation::Conversation;
use leadflow_event_store::{EventStore, Executor, database};
use sqlx::{ConnectOptions, Executor as _, PgPool};

use crate::bed::{Bed, Database};
use crate::closed_loop::{Client, Pace, Seen, closed_loop};
use crate::message::{Customer, Thread, Workload};
use crate::ours::{AT_ONCE, Ours, failed};
use crate::{BenchError, Plan};

/// Messages of one stream that are prepared as one batch.
const BATCH: u32 = 500;

/// A snapshot is taken each 8 events, so a load reads it and a tail of about as many.
pub(crate) const MOST_ROWS: f64 = 200.0;

/// For everything that is prepared here.
const CACHE: usize = 256 << 20;

/// How long the last snapshots may take to be written.
const PATIENCE: Duration = Duration::from_secs(30);

/// Which streams are written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Length {
    /// Some 10,000 events, one stream for each client.
    Long,
    /// Opened a moment ago; each command takes another.
    Short,
}

/// A log with both.
pub(crate) struct Streams {
    database: Database,
    /// Has all of them at hand.
    warm: Ours,
    /// Customers who write in a process that has nothing at hand, so that each command loads its stream.
    cold_customers: AtomicU32,
    long: Vec<Thread>,
    /// The short ones of each, since a stream that another process wrote is no longer at hand.
    short_warm: Arc<Short>,
    short_cold: Arc<Short>,
}

struct Short {
    threads: Vec<Thread>,
    next: AtomicUsize,
}

impl Streams {
    pub(crate) async fn prepare(bed: &Bed, plan: &Plan) -> Result<Self, BenchError> {
        let database = bed.database().await?;
        let warm = Ours::open(database.options.clone(), CACHE, 0).await?;
        let long = long(&warm, plan).await?;
        let short_warm = short(&warm, plan).await?;
        let short_cold = short(&warm, plan).await?;
        let cold_customers = AtomicU32::new(1_000_000);
        let streams = Self { database, warm, cold_customers, long, short_warm, short_cold };
        streams.settle(plan).await?;
        Ok(streams)
    }

    /// Waits until the snapshots are there, and has Postgres tidy up now rather than while it is measured.
    async fn settle(&self, plan: &Plan) -> Result<(), BenchError> {
        let begun = Instant::now();
        let far = i64::from(plan.long) - 100;
        loop {
            let there: i64 = sqlx::query_scalar("select count(*) from snapshots where version >= $1")
                .bind(far)
                .fetch_one(&self.warm.pool)
                .await?;
            if usize::try_from(there) == Ok(self.long.len()) {
                break;
            }
            if begun.elapsed() > PATIENCE {
                return Err(BenchError::Void(format!("{there} of {} snapshots were written", self.long.len())));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let owner = database::owner_pool(self.database.options.clone().disable_statement_logging());
        for tidy in ["vacuum analyze", "checkpoint"] {
            owner.execute(tidy).await?;
        }
        owner.close().await;
        Ok(())
    }

    pub(crate) async fn measure(
        &self,
        length: Length,
        at_hand: bool,
        clients: u32,
        pace: Pace,
    ) -> Result<Seen, BenchError> {
        if at_hand {
            return closed_loop(self.writers(&self.warm, &self.short_warm, length, clients).await?, pace).await;
        }
        let first = self.cold_customers.fetch_add(clients, Ordering::Relaxed);
        let cold = Ours::open(self.database.options.clone(), 0, first).await?;
        let seen = closed_loop(self.writers(&cold, &self.short_cold, length, clients).await?, pace).await?;
        cold.close().await;
        Ok(seen)
    }

    async fn writers(
        &self,
        ours: &Ours,
        short: &Arc<Short>,
        length: Length,
        clients: u32,
    ) -> Result<Vec<Writer>, BenchError> {
        let customers = ours.customers(clients).await?.into_iter().zip(&self.long);
        let writer = |(customer, long): (Customer, &Thread)| Writer {
            conversations: ours.conversations.clone(),
            customer,
            long: (length == Length::Long).then_some(*long),
            short: Arc::clone(short),
        };
        Ok(customers.map(writer).collect())
    }

    /// How many rows Postgres reads for one load: the most of all long streams, and the most of as many short ones.
    pub(crate) async fn rows_read(&self) -> Result<(f64, f64), BenchError> {
        // One connection, so that its counts are all there are.
        let pool = database::app_pool(self.database.options.clone(), 1).await?;
        let reader = Reader { store: EventStore::open(&pool, self.warm.keys(), 0), pool };
        let (mut long, mut short) = (0, 0);
        for (one, other) in self.long.iter().zip(&self.short_cold.threads) {
            long = long.max(reader.rows_of(*one).await?);
            short = short.max(reader.rows_of(*other).await?);
        }
        reader.pool.close().await;
        Ok((long as f64, short as f64))
    }

    pub(crate) async fn end(self, bed: &Bed) -> Result<(), BenchError> {
        self.warm.close().await;
        bed.drop(self.database).await
    }
}

struct Reader {
    store: EventStore,
    pool: PgPool,
}

impl Reader {
    async fn rows_of(&self, thread: Thread) -> Result<i64, BenchError> {
        let before = self.count().await?;
        self.store.reader().load::<Conversation>(thread.conversation().into()).await.map_err(failed)?;
        Ok(self.count().await? - before)
    }

    /// Rows of the log and of its snapshots that Postgres has read so far, by scans and through indexes.
    async fn count(&self) -> Result<i64, BenchError> {
        // Otherwise a connection tells of what it did once a second.
        self.pool.execute("select pg_stat_force_next_flush()").await?;
        Ok(sqlx::query_scalar(
            "select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint from pg_stat_user_tables \
             where relname in ('events', 'snapshots')",
        )
        .fetch_one(&self.pool)
        .await?)
    }
}

/// As many long streams as clients will write to, all built at once, batch by batch.
async fn long(ours: &Ours, plan: &Plan) -> Result<Vec<Thread>, BenchError> {
    let customers = ours.customers(plan.few).await?;
    let build = async |mut customer: Customer| {
        let thread = customer.thread(Workload::Growing);
        // The opening is an event, too.
        let mut left = plan.long - 1;
        while left > 0 {
            let batch = left.min(BATCH);
            let sent: Vec<_> = (0..batch)
                .map(|_| customer.writes(thread))
                .map(|message| ours.conversations.submit(message.conversation.into(), message.command, message.context))
                .collect();
            for answer in sent {
                answer.await.map_err(failed)?;
            }
            left -= batch;
        }
        Ok(thread)
    };
    stream::iter(customers).map(build).buffer_unordered(plan.few as usize).try_collect().await
}

/// Streams of two events.
async fn short(ours: &Ours, plan: &Plan) -> Result<Arc<Short>, BenchError> {
    let writers: Vec<Customer> = ours.customers(plan.few).await?;
    let each = plan.short.div_ceil(plan.few);
    let messages = writers.into_iter().flat_map(|mut customer| {
        (0..each).map(move |_| {
            let thread = customer.thread(Workload::Opening);
            (thread, customer.writes(thread))
        })
    });
    let threads = stream::iter(messages)
        .map(async |(thread, message)| Ours::receive(&ours.conversations, message).await.map(|()| thread))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(Arc::new(Short { threads, next: AtomicUsize::new(0) }))
}

impl Short {
    fn next(&self) -> Option<Thread> {
        let at = self.next.fetch_add(1, Ordering::Relaxed).checked_rem(self.threads.len())?;
        self.threads.get(at).copied()
    }
}

struct Writer {
    conversations: Executor<Conversation>,
    customer: Customer,
    long: Option<Thread>,
    short: Arc<Short>,
}

impl Client for Writer {
    async fn command(&mut self) -> Result<(), BenchError> {
        let thread = self.long.or_else(|| self.short.next());
        let thread = thread.ok_or_else(|| BenchError::Void("there is no short stream".to_owned()))?;
        Ours::receive(&self.conversations, self.customer.writes(thread)).await
    }
}
