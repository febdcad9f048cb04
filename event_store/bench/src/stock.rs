//! The peer: cqrs-es and postgres-es as their documentation shows them, with our aggregate and the same commands.
//! Personal values stand in clear there: it knows no sealing.

use std::collections::HashMap;
use std::sync::Arc;

use leadflow_domain::conversation::Conversation;
use postgres_es::{PostgresCqrs, postgres_cqrs};
use sqlx::Executor;
use sqlx::postgres::PgPoolOptions;

use crate::BenchError;
use crate::bed::Database;
use crate::closed_loop::{Client, Pace, Seen, closed_loop};
use crate::message::{Customer, TENANT, Workload};

/// A connection for each client up to here; its own default is 10, and with more than this two cores do worse.
const MOST_CONNECTIONS: u32 = 32;

/// `db/init.sql` of postgres-es 0.5, in a schema of its own.
const TABLE: &str = "create schema stock;
    create table stock.events (
        aggregate_type text                         not null,
        aggregate_id   text                         not null,
        sequence       bigint check (sequence >= 0) not null,
        event_type     text                         not null,
        event_version  text                         not null,
        payload        json                         not null,
        metadata       json                         not null,
        primary key (aggregate_type, aggregate_id, sequence)
    )";

pub(crate) async fn measure(database: &Database, clients: u32, pings: bool, pace: Pace) -> Result<Seen, BenchError> {
    let pool = PgPoolOptions::new()
        .max_connections(clients.clamp(1, MOST_CONNECTIONS))
        .test_before_acquire(pings)
        .connect_with(database.options.clone().options([("search_path", "stock")]))
        .await?;
    pool.execute(TABLE).await?;
    let framework = Arc::new(postgres_cqrs::<Conversation>(pool.clone(), vec![], ()));
    let clients =
        (0..clients).map(|number| Writer { framework: framework.clone(), customer: Customer::new(number) }).collect();
    let seen = closed_loop(clients, pace).await?;
    let commands: i64 =
        sqlx::query_scalar("select count(*) from stock.events where sequence = 1").fetch_one(&pool).await?;
    pool.close().await;
    if u64::try_from(commands) != Ok(seen.commands) {
        return Err(BenchError::Void(format!("stock postgres-es stored {commands} commands of {}", seen.commands)));
    }
    Ok(seen)
}

struct Writer {
    framework: Arc<PostgresCqrs<Conversation>>,
    customer: Customer,
}

impl Client for Writer {
    async fn command(&mut self) -> Result<(), BenchError> {
        let message = self.customer.writes(self.customer.thread(Workload::Opening));
        let context = message.context;
        let metadata = HashMap::from([
            ("tenant".to_owned(), TENANT.to_string()),
            ("actor".to_owned(), context.actor.to_string()),
            ("command".to_owned(), context.id.to_string()),
            ("correlation".to_owned(), context.correlation),
            ("subject".to_owned(), self.customer.contact().to_string()),
        ]);
        self.framework
            .execute_with_metadata(&message.conversation.to_string(), message.command, metadata)
            .await
            .map_err(|error| BenchError::Command { contender: "stock postgres-es", reason: error.to_string() })
    }
}
