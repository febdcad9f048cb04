//! What cqrs-es 0.5.0 and postgres-es 0.5.0 do that our store must not inherit (docs/adr/0002). Each test shows the defect
//! as it is, on stock tables; when an upgrade mends it, the test fails, and what we built around it can be looked at again.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{PersistedEventRepository, PersistedEventStore};
use cqrs_es::{Aggregate, AggregateError, CqrsFramework, DomainEvent, EventEnvelope, EventStore, Query};
use leadflow_event_store::{database, testing};
use postgres_es::PostgresEventRepository;
use serde::{Deserialize, Serialize};
use sqlx::{Executor, PgPool};

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Till {
    balance: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum TillEvent {
    Deposited { amount: u32 },
}

impl DomainEvent for TillEvent {
    fn event_type(&self) -> String {
        "deposited".to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

/// Amounts to deposit, one event each.
type Deposit = Vec<u32>;

impl Aggregate for Till {
    const TYPE: &'static str = "till";
    type Command = Deposit;
    type Event = TillEvent;
    type Error = std::convert::Infallible;
    type Services = ();

    async fn handle(&mut self, amounts: Deposit, _: &(), sink: &EventSink<Self>) -> Result<(), Self::Error> {
        for amount in amounts {
            sink.write(TillEvent::Deposited { amount }, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, TillEvent::Deposited { amount }: TillEvent) {
        self.balance += amount;
    }
}

/// The tables of postgres-es's `db/init.sql`, in a schema of their own.
async fn stock() -> PgPool {
    let owner = database::owner_pool(testing::database().await.connect_options());
    owner
        .execute(
            "create schema stock;
             create table stock.events (
                 aggregate_type text not null,
                 aggregate_id   text not null,
                 sequence       bigint not null check (sequence >= 0),
                 event_type     text not null,
                 event_version  text not null,
                 payload        json not null,
                 metadata       json not null,
                 primary key (aggregate_type, aggregate_id, sequence)
             );
             create table stock.snapshots (
                 aggregate_type   text not null,
                 aggregate_id     text not null,
                 last_sequence    bigint not null check (last_sequence >= 0),
                 current_snapshot bigint not null check (current_snapshot >= 0),
                 payload          json not null,
                 primary key (aggregate_type, aggregate_id, last_sequence)
             )",
        )
        .await
        .unwrap();
    owner
}

fn repository(pool: &PgPool) -> PostgresEventRepository {
    PostgresEventRepository::new(pool.clone()).with_tables("stock.events", "stock.snapshots")
}

type Store = PersistedEventStore<PostgresEventRepository, Till>;

fn plain(pool: &PgPool) -> CqrsFramework<Till, Store> {
    CqrsFramework::new(PersistedEventStore::new_event_store(repository(pool)), vec![], ())
}

/// Three deposits of 10, and the balance that `store` loads.
async fn thirty_as(store: impl Fn() -> Store) -> u32 {
    CqrsFramework::new(store(), vec![], ()).execute("one", vec![10, 10, 10]).await.unwrap();
    store().load_aggregate("one").await.unwrap().aggregate.balance
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "this test shows why they are banned")]
async fn upstream_defect_an_aggregate_store_applies_events_twice() {
    let pool = stock().await;
    assert_eq!(thirty_as(|| PersistedEventStore::new_aggregate_store(repository(&pool))).await, 60);
    // The events themselves are right.
    assert_eq!(
        PersistedEventStore::<_, Till>::new_event_store(repository(&pool))
            .load_aggregate("one")
            .await
            .unwrap()
            .aggregate
            .balance,
        30
    );
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "this test shows why they are banned")]
async fn upstream_defect_a_snapshot_store_applies_events_twice_and_stores_the_wrong_sequence() {
    let pool = stock().await;
    // Two of three events are due for the snapshot. Its state has all three from when they were decided, and those two
    // again; its sequence says that the third is in there.
    assert_eq!(thirty_as(|| PersistedEventStore::new_snapshot_store(repository(&pool), 2)).await, 50);
    let last_sequence: i64 =
        sqlx::query_scalar("select last_sequence from stock.snapshots").fetch_one(&pool).await.unwrap();
    assert_eq!(last_sequence, 3);
}

#[tokio::test]
async fn upstream_defect_any_unique_violation_is_called_a_conflict() {
    let pool = stock().await;
    pool.execute("create unique index on stock.events ((payload -> 'Deposited' ->> 'amount'))").await.unwrap();
    plain(&pool).execute("one", vec![10]).await.unwrap();
    // Nobody else writes this stream: to try again, as one does after a conflict, is to try for ever.
    let told = plain(&pool).execute("another", vec![10]).await;
    assert!(matches!(told, Err(AggregateError::AggregateConflict)), "{told:?}");
}

#[tokio::test]
async fn upstream_defect_all_events_come_in_the_order_of_no_log() {
    let pool = stock().await;
    for (stream, amount) in [("one", 1), ("one", 2), ("two", 3), ("two", 4), ("two", 5), ("one", 6)] {
        plain(&pool).execute(stream, vec![amount]).await.unwrap();
    }
    let mut all = repository(&pool).stream_all_events::<Till>().await.unwrap();
    let mut sequences = Vec::new();
    while let Some(event) = all.next::<Till>(&[]).await {
        sequences.push(event.unwrap().sequence);
    }
    assert_eq!(sequences, [1, 1, 2, 2, 3, 3], "each stream's first, each one's second, and so on");
}

#[tokio::test]
async fn upstream_defect_a_database_error_looks_like_the_end_of_the_events() {
    let pool = stock().await;
    plain(&pool).execute("one", vec![10]).await.unwrap();
    let nowhere = PostgresEventRepository::new(pool.clone()).with_tables("nowhere.events", "nowhere.snapshots");
    let mut all = nowhere.stream_all_events::<Till>().await.unwrap();
    assert!(all.next::<Till>(&[]).await.is_none(), "there is an event, and no such table");
}

#[tokio::test]
async fn upstream_defect_metadata_that_is_not_flat_can_t_be_loaded() {
    let pool = stock().await;
    let mut told = Vec::new();
    for metadata in [r#"{"actor": "somebody"}"#, r#"{"actor": {"name": "somebody"}}"#, r#"{"attempt": 2}"#] {
        pool.execute("truncate stock.events").await.unwrap();
        sqlx::query(
            "insert into stock.events values ('till', 'one', 1, 'deposited', '1', '{\"Deposited\": {\"amount\": 1}}', \
             $1::json)",
        )
        .bind(metadata)
        .execute(&pool)
        .await
        .unwrap();
        let store = PersistedEventStore::<_, Till>::new_event_store(repository(&pool));
        told.push(store.load_aggregate("one").await.is_ok());
    }
    assert_eq!(told, [true, false, false]);
}

/// Counts deposits, and crashes over one of 13.
#[derive(Clone, Default)]
struct Counting(Arc<Mutex<u32>>);

// As async-trait writes it.
impl Query<Till> for Counting {
    fn dispatch<'a, 'b, 'c, 'd>(
        &'a self,
        _: &'b str,
        events: &'c [EventEnvelope<Till>],
    ) -> Pin<Box<dyn Future<Output = ()> + Send + 'd>>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
        Self: 'd,
    {
        Box::pin(async move {
            for EventEnvelope { payload: TillEvent::Deposited { amount }, .. } in events {
                assert_ne!(*amount, 13, "the view crashes here; this message is meant to be seen");
                *self.0.lock().unwrap() += amount;
            }
        })
    }
}

#[tokio::test]
async fn upstream_defect_what_a_query_missed_it_never_sees() {
    let pool = stock().await;
    let view = Counting::default();
    for amount in [10, 13, 10] {
        let store = PersistedEventStore::new_event_store(repository(&pool));
        let cqrs = CqrsFramework::new(store, vec![Box::new(view.clone())], ());
        let _ = tokio::spawn(async move { cqrs.execute("one", vec![amount]).await.unwrap() }).await;
    }
    let store = PersistedEventStore::<_, Till>::new_event_store(repository(&pool));
    assert_eq!(store.load_aggregate("one").await.unwrap().aggregate.balance, 33);
    assert_eq!(*view.0.lock().unwrap(), 20);
}

#[tokio::test]
async fn upstream_defect_a_command_that_comes_twice_happens_twice() {
    let pool = stock().await;
    let metadata = HashMap::from([("command".to_owned(), "the same".to_owned())]);
    for _ in 0..2 {
        plain(&pool).execute_with_metadata("one", vec![10], metadata.clone()).await.unwrap();
    }
    let store = PersistedEventStore::<_, Till>::new_event_store(repository(&pool));
    assert_eq!(store.load_aggregate("one").await.unwrap().aggregate.balance, 20);
}
