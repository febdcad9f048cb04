//! Several processes over one database: what they let through together.

use std::time::Duration;

use futures_util::future::join_all;
use leadflow_event_store::{Keys, database, testing as log_testing};
use leadflow_private_postgres::testing::TestDatabase;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor, PgPool, Row};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{LimitKey, LimitKind, Limited, Limits, Rate, Rates};
use crate::client_address::ClientAddress;

const ADA: LimitKey = LimitKey::Id(Uuid::from_u128(1));
const BOB: LimitKey = LimitKey::Id(Uuid::from_u128(2));

/// Long enough for no token to come back while a test runs.
const DAY: &str = "24h";

/// For a database that answers, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

fn rates(rate: &str) -> Rates {
    let rate: Rate = rate.parse().unwrap();
    Rates {
        login: rate,
        account: rate,
        register: rate,
        recovery: rate,
        second_factor: rate,
        invitation: rate,
        credentials: rate,
        templates: rate,
        walk_in: rate,
        walk_in_page: rate,
        walk_in_source: rate,
        walk_in_reserve: rate,
        walk_in_first: rate,
        external_source: rate,
        api: rate,
    }
}

struct Bed {
    database: TestDatabase,
}

impl Bed {
    async fn new() -> Self {
        Self { database: log_testing::database().await }
    }

    /// One process more.
    async fn process(&self, rate: &str) -> Limits {
        let pool = database::app_pool(self.database.connect_options(), 4).await.unwrap();
        Limits::start(pool, log_testing::keys(), rates(rate), PATIENCE)
    }

    async fn processes(&self, number: usize, rate: &str) -> Vec<Limits> {
        join_all((0..number).map(|_| self.process(rate))).await
    }

    fn owner(&self) -> PgPool {
        database::owner_pool(self.database.connect_options())
    }

    async fn execute(&self, sql: &str) {
        self.owner().execute(sql).await.unwrap();
    }

    async fn rows(&self) -> i64 {
        self.owner().fetch_one("select count(*) from rate_limits").await.unwrap().get(0)
    }
}

/// How many of `times` attempts of each process are let through, all at once.
async fn let_through(processes: &[Limits], times: usize, key: &LimitKey) -> usize {
    let attempts = processes.iter().flat_map(|limits| (0..times).map(|_| limits.check(LimitKind::Api, key.clone())));
    join_all(attempts).await.into_iter().filter(Result::is_ok).count()
}

#[tokio::test]
async fn processes_count_together_and_let_through_no_more_than_the_limit() {
    let bed = Bed::new().await;
    let processes = bed.processes(3, &format!("20/{DAY}")).await;
    assert_eq!(let_through(&processes, 30, &ADA).await, 20);
    assert_eq!(let_through(&processes, 1, &ADA).await, 0);
    assert_eq!(let_through(&processes, 10, &BOB).await, 20, "each has her own");
    assert_eq!(processes[0].check(LimitKind::Login, ADA).await, Ok(()), "and one for each kind");
}

#[tokio::test]
async fn whoever_is_refused_is_told_when_to_come_again_and_gets_it_then() {
    let bed = Bed::new().await;
    let limits = bed.process("2/10m").await;
    assert_eq!(let_through(std::slice::from_ref(&limits), 2, &ADA).await, 2);
    let Limited { retry_after } = limits.check(LimitKind::Api, ADA).await.unwrap_err();
    assert!(retry_after > Duration::from_secs(290) && retry_after <= Duration::from_secs(300), "{retry_after:?}");
    assert_eq!(limits.refused().collect::<Vec<_>>()[LimitKind::Api as usize], (LimitKind::Api, 1));

    // A process that knows nothing asks; five minutes later there is one.
    bed.execute("update rate_limits set full_at = full_at - interval '5 minutes'").await;
    let another = bed.process("2/10m").await;
    assert_eq!(another.check(LimitKind::Api, ADA).await, Ok(()));
    assert!(another.check(LimitKind::Api, ADA).await.is_err());
}

#[tokio::test]
async fn a_share_that_nobody_spends_goes_back_and_is_there_for_others() {
    let bed = Bed::new().await;
    let processes = bed.processes(3, &format!("1000/{DAY}")).await;
    assert_eq!(let_through(&processes[..2], 1, &ADA).await, 2, "each has nine more in memory");
    let share = 10;
    let to_the_third = let_through(&processes[2..], 1_100, &ADA).await;
    assert_eq!(to_the_third, 1_000 - 2 * share, "no more is missing than two shares");
    for idle in &processes[..2] {
        idle.round(true).await.unwrap();
    }
    let another = bed.process(&format!("1000/{DAY}")).await;
    assert_eq!(let_through(&[another], 100, &ADA).await, 2 * share - 2, "the rest of two shares, and not one more");
}

#[tokio::test]
async fn the_most_that_is_let_through_beyond_the_limit_is_what_lay_in_memory() {
    let bed = Bed::new().await;
    let processes = bed.processes(2, &format!("1000/{DAY}")).await;
    assert_eq!(let_through(&processes, 1, &ADA).await, 2);
    // As if the bucket had filled in the meantime.
    bed.execute("update rate_limits set full_at = clock_timestamp()").await;
    let share = 10;
    assert_eq!(let_through(&processes, 1_100, &ADA).await, 1_000 + 2 * (share - 1));
}

#[tokio::test]
async fn without_a_database_each_process_counts_by_itself() {
    let bed = Bed::new().await;
    let processes = bed.processes(2, &format!("20/{DAY}")).await;
    assert_eq!(let_through(&processes, 5, &ADA).await, 10);
    for limits in &processes {
        limits.counting.shared.pool.close().await;
    }
    assert_eq!(let_through(&processes, 50, &ADA).await, 2 * 20, "a bucket each, beside what was let through before");
    assert!(processes[0].check(LimitKind::Api, ADA).await.unwrap_err().retry_after > Duration::from_secs(60 * 60));
}

#[tokio::test]
async fn a_database_that_does_not_answer_holds_nobody_up_for_long() {
    // It takes connections, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = PgConnectOptions::new().host("127.0.0.1").port(silent.local_addr().unwrap().port());
    let pool = PgPoolOptions::new().connect_lazy_with(options);
    let limits = Limits::start(pool, log_testing::keys(), rates(&format!("20/{DAY}")), Duration::from_millis(20));
    let counted = let_through(&[limits], 1_000, &ADA).await;
    assert_eq!(counted, 20);
}

#[tokio::test]
async fn a_limit_or_a_clock_that_was_another_one_closes_nothing_for_longer_than_the_limit_does() {
    let bed = Bed::new().await;
    assert_eq!(bed.process(&format!("20/{DAY}")).await.check(LimitKind::Api, ADA).await, Ok(()));
    bed.execute("update rate_limits set full_at = full_at + interval '7 days'").await;
    let Limited { retry_after } = bed.process("6/1m").await.check(LimitKind::Api, ADA).await.unwrap_err();
    assert!(retry_after <= Duration::from_secs(10), "{retry_after:?}");
}

#[tokio::test]
async fn many_who_ask_of_several_processes_at_once_don_t_wait_for_each_other_for_ever() {
    let bed = Bed::new().await;
    let processes = bed.processes(3, &format!("2/{DAY}")).await;
    let keys: Vec<LimitKey> = (0..400).map(|key| LimitKey::Id(Uuid::from_u128(key))).collect();
    let attempts = processes.iter().enumerate().flat_map(|(nth, limits)| {
        // Each in another order.
        let keys: Vec<LimitKey> = keys[100 * nth..].iter().chain(&keys[..100 * nth]).cloned().collect();
        keys.into_iter().map(|key| limits.check(LimitKind::Api, key))
    });
    assert_eq!(join_all(attempts).await.into_iter().filter(Result::is_ok).count(), 2 * keys.len());
}

#[tokio::test]
async fn full_buckets_leave_the_table_and_others_stay() {
    let bed = Bed::new().await;
    let limits = bed.process("2/10m").await;
    for key in 0..100 {
        assert_eq!(limits.check(LimitKind::Api, LimitKey::Id(Uuid::from_u128(key))).await, Ok(()));
    }
    limits.round(false).await.unwrap();
    assert_eq!(bed.rows().await, 100);
    bed.execute("update rate_limits set full_at = clock_timestamp() where ctid > '(0,50)'").await;
    let kept =
        bed.owner().fetch_one("select count(*) from rate_limits where full_at > clock_timestamp()").await.unwrap();
    limits.round(false).await.unwrap();
    assert_eq!(bed.rows().await, kept.get::<i64, _>(0));
    bed.execute("update rate_limits set full_at = clock_timestamp()").await;
    limits.round(false).await.unwrap();
    assert_eq!(bed.rows().await, 0);
}

#[tokio::test]
async fn a_process_that_stops_gives_back_what_it_has() {
    let bed = Bed::new().await;
    let (stopping, another) = (bed.process(&format!("1000/{DAY}")).await, bed.process(&format!("1000/{DAY}")).await);
    assert_eq!(stopping.check(LimitKind::Api, ADA).await, Ok(()));
    let stop = CancellationToken::new();
    stop.cancel();
    stopping.keep(stop).await;
    assert_eq!(let_through(&[another], 1_100, &ADA).await, 999);
}

#[tokio::test]
async fn the_table_does_not_say_who_asked() {
    let bed = Bed::new().await;
    let address = ClientAddress::from("203.0.113.9".parse::<std::net::IpAddr>().unwrap());
    assert_eq!(bed.process("5/1m").await.check(LimitKind::Login, address).await, Ok(()));
    let row = bed.owner().fetch_one("select kind, key from rate_limits").await.unwrap();
    assert_eq!(row.get::<&str, _>("kind"), "login");
    let key: Vec<u8> = row.get("key");
    assert_eq!(key, log_testing::keys().limited_hash(&["login", "network", "203.0.113.9"]));
    let others = Keys::derive(&[8; 32]);
    assert_ne!(key, others.limited_hash(&["login", "network", "203.0.113.9"]));
}
