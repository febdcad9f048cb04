use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::{StreamId, TenantId};
use leadflow_event_store::database;
use leadflow_projections::testing;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::begun::{begin, due, note, renew, take_back};
use super::*;

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
const WORKER: Uuid = Uuid::from_u128(90);
const OTHER: Uuid = Uuid::from_u128(91);

/// A kind of work that nobody does here.
struct Kind(Pace);

impl Work for Kind {
    fn kind(&self) -> &'static str {
        "kind"
    }

    fn pace(&self) -> Pace {
        self.0
    }

    fn work(&self, _job: Job, _stop: CancellationToken) -> BoxFuture<'_, Worked> {
        async { Worked::Done }.boxed()
    }
}

const AS_FAST: Kind = Kind(Pace::UNBOUNDED);

async fn pool() -> PgPool {
    database::owner_pool(testing::database().await.connect_options())
}

fn new(queue: &str, position: i64) -> NewJob {
    NewJob {
        tenant: TENANT,
        kind: "kind",
        queue: queue.to_owned(),
        lane: "lane".to_owned(),
        subject: StreamId::from_uuid(Uuid::from_u128(u128::from(position.unsigned_abs()))),
        position,
        after: Duration::ZERO,
    }
}

async fn put(pool: &PgPool, jobs: &[NewJob]) {
    let mut tx = pool.begin().await.unwrap();
    enqueue(&mut tx, jobs).await.unwrap();
    tx.commit().await.unwrap();
}

/// The subjects of what is begun now.
async fn begun(pool: &PgPool, worker: Uuid) -> Vec<Job> {
    begin(pool, &Arc::default(), &AS_FAST, "lane", worker, 100).await.unwrap()
}

fn numbers(jobs: &[Job]) -> Vec<u128> {
    let mut numbers: Vec<u128> = jobs.iter().map(|job| job.subject.as_uuid().as_u128()).collect();
    numbers.sort_unstable();
    numbers
}

async fn end(pool: &PgPool, job: &Job, worked: Worked) {
    note(pool, "lane", job, WORKER, &worked).await.unwrap();
}

async fn states(pool: &PgPool) -> Vec<(u128, &'static str)> {
    let range = JobRange { numbers: 1..=i64::MAX, from_oldest: true, limit: 100 };
    let mut rows = jobs(pool, &JobFilter::default(), &range).await.unwrap();
    rows.sort_by_key(|row| row.position);
    rows.iter().map(|row| (row.subject.as_uuid().as_u128(), row.state.as_str())).collect()
}

#[tokio::test]
async fn of_a_queue_one_is_done_at_a_time_in_the_order_of_the_log() {
    let pool = pool().await;
    put(&pool, &[new("a", 2), new("a", 1), new("b", 3)]).await;
    put(&pool, &[new("a", 4)]).await;
    let first = begun(&pool, WORKER).await;
    assert_eq!(numbers(&first), [1, 3]);
    assert_eq!(begun(&pool, OTHER).await, [], "the others wait for their turn");
    let a = first.iter().find(|job| job.queue == "a").unwrap();
    end(&pool, a, Worked::Again { after: Duration::ZERO, reason: "later".to_owned() }).await;
    let again = begun(&pool, WORKER).await;
    assert_eq!((numbers(&again), again[0].attempts), (vec![1], 2), "it keeps its place");
    end(&pool, &again[0], Worked::Done).await;
    let next = begun(&pool, WORKER).await;
    assert_eq!(numbers(&next), [2]);
    end(&pool, &next[0], Worked::Failed { reason: "never".to_owned() }).await;
    assert_eq!(numbers(&begun(&pool, WORKER).await), [4]);
    assert_eq!(states(&pool).await, [(1, "done"), (2, "failed"), (3, "running"), (4, "running")]);
}

#[tokio::test]
async fn the_same_event_leads_to_one_job() {
    let pool = pool().await;
    put(&pool, &[new("a", 1)]).await;
    put(&pool, &[new("a", 1), new("a", 2)]).await;
    assert_eq!(states(&pool).await, [(1, "waiting"), (2, "waiting")]);
    let first = begun(&pool, WORKER).await;
    end(&pool, &first[0], Worked::Done).await;
    put(&pool, &[new("a", 1)]).await;
    assert_eq!(numbers(&begun(&pool, WORKER).await), [2], "what is done is not done again");
}

#[tokio::test]
async fn the_turn_is_passed_on_whoever_comes_and_goes_at_once() {
    let pool = pool().await;
    put(&pool, &[new("a", 1)]).await;
    for round in 1..=20_i64 {
        let job = begun(&pool, WORKER).await.remove(0);
        // One ends while others come.
        let (one, two) = ([new("a", round * 10)], [new("a", round * 10 + 1)]);
        let ends = end(&pool, &job, Worked::Done);
        let comes = join_all([put(&pool, &one), put(&pool, &two)]);
        tokio::join!(ends, comes);
        let next = begun(&pool, WORKER).await;
        assert_eq!(next.len(), 1, "in round {round} somebody's turn it is");
        end(&pool, &next[0], Worked::Done).await;
        let last = begun(&pool, WORKER).await;
        assert_eq!(last.len(), 1, "in round {round}");
        end(&pool, &last[0], Worked::Done).await;
        assert_eq!(begun(&pool, WORKER).await, []);
        put(&pool, &[new("a", round * 10 + 2)]).await;
    }
}

#[tokio::test]
async fn a_lane_is_stopped_and_goes_on() {
    let pool = pool().await;
    put(&pool, &[new("a", 1), new("b", 2)]).await;
    let first = begin(&pool, &Arc::default(), &AS_FAST, "lane", WORKER, 1).await.unwrap();
    end(&pool, &first[0], Worked::Stopped { reason: "its token is over".to_owned() }).await;
    assert_eq!(due(&pool, &["kind"]).await.unwrap(), []);
    assert_eq!(begun(&pool, WORKER).await, []);
    let told = counts(&pool).await.unwrap().remove(0);
    assert_eq!((told.waiting, told.stopped), (0, 2));
    let mut connection = pool.acquire().await.unwrap();
    stop_lane(&mut connection, "lane", "another reason").await.unwrap();
    let row = job(&pool, first[0].id).await.unwrap().unwrap();
    assert_eq!(row.stopped.unwrap().1, "its token is over", "the first reason stays");
    resume_lane(&mut connection, "lane").await.unwrap();
    assert_eq!(due(&pool, &["kind"]).await.unwrap(), [("kind".to_owned(), "lane".to_owned())]);
    assert_eq!(numbers(&begun(&pool, WORKER).await), [1, 2]);
}

#[tokio::test]
async fn what_a_process_has_that_is_gone_others_do() {
    let pool = pool().await;
    put(&pool, &[new("a", 1)]).await;
    let job = begun(&pool, WORKER).await.remove(0);
    assert_eq!(take_back(&pool, false).await.unwrap(), 0, "it may live");
    sqlx::query("update jobs set leased_until = clock_timestamp() - interval '1 second'").execute(&pool).await.unwrap();
    renew(&pool, WORKER, &[job.id]).await.unwrap();
    assert_eq!(take_back(&pool, false).await.unwrap(), 0, "it said so");
    sqlx::query("update jobs set leased_until = clock_timestamp() - interval '1 second'").execute(&pool).await.unwrap();
    renew(&pool, WORKER, &[]).await.unwrap();
    assert_eq!(take_back(&pool, false).await.unwrap(), 1, "it lives, and knows nothing of it");
    let job = begun(&pool, WORKER).await.remove(0);
    assert_eq!(take_back(&pool, true).await.unwrap(), 1, "nobody else can be there");
    let theirs = begun(&pool, OTHER).await;
    assert_eq!((numbers(&theirs), theirs[0].attempts), (vec![1], 3));
    end(&pool, &job, Worked::Done).await;
    assert_eq!(states(&pool).await, [(1, "running")], "who woke up late has it no more");
    note(&pool, "lane", &theirs[0], OTHER, &Worked::Done).await.unwrap();
    assert_eq!(states(&pool).await, [(1, "done")]);
}

#[tokio::test]
async fn what_waits_is_cancelled_hastened_and_retried() {
    let pool = pool().await;
    let later = NewJob { after: Duration::from_secs(3_600), ..new("a", 1) };
    put(&pool, &[later.clone(), new("a", 2)]).await;
    assert_eq!(begun(&pool, WORKER).await, [], "it waits, and with it its queue");
    let mut connection = pool.acquire().await.unwrap();
    hasten(&mut connection, "kind", &[later.subject]).await.unwrap();
    let first = begun(&pool, WORKER).await;
    assert_eq!(numbers(&first), [1]);
    cancel_about(&mut connection, "kind", &[later.subject, new("a", 2).subject]).await.unwrap();
    assert_eq!(states(&pool).await, [(1, "running"), (2, "cancelled")], "what is being done is not touched");
    end(&pool, &first[0], Worked::Failed { reason: "never".to_owned() }).await;
    assert_eq!(begun(&pool, WORKER).await, []);
    assert!(retry(&pool, first[0].id).await.unwrap(), "an operator may know better");
    assert_eq!(numbers(&begun(&pool, WORKER).await), [1]);
    assert!(!retry(&pool, first[0].id).await.unwrap(), "it runs");
    assert!(!cancel(&pool, first[0].id).await.unwrap());
    assert!(!cancel(&pool, Uuid::nil()).await.unwrap());
    assert!(!retry(&pool, Uuid::nil()).await.unwrap());
}

/// That the jobs' times are a twentieth of a second apart, at least.
fn assert_each_has_its_time(jobs: &[Job]) {
    let mut times: Vec<Timestamp> = jobs.iter().map(|job| job.turn.at).collect();
    times.sort();
    let between: Vec<SignedDuration> = times.windows(2).map(|pair| pair[1].duration_since(pair[0])).collect();
    assert!(between.iter().all(|&between| between >= SignedDuration::from_millis(50)), "{between:?}");
    assert!(jobs.len() >= 2, "{between:?}");
}

#[tokio::test]
async fn a_lane_keeps_its_pace_whoever_begins_and_what_is_late_takes_a_time_of_its_own() {
    let pool = pool().await;
    let many: Vec<NewJob> = (1..=50).map(|nth| new(&format!("queue {nth}"), nth)).collect();
    put(&pool, &many).await;
    let clock = Arc::default();
    let paced = Kind(Pace { of_lane: 20.0, ..Pace::UNBOUNDED });
    let (one, other) = tokio::join!(
        begin(&pool, &clock, &paced, "lane", WORKER, 100),
        begin(&pool, &clock, &paced, "lane", OTHER, 100)
    );
    let mut begun = [one.unwrap(), other.unwrap()].concat();
    assert_each_has_its_time(&begun);
    for late in begun.clone() {
        let turn = Turn { at: late.turn.another().await.unwrap(), ..late.turn.clone() };
        begun.push(Job { turn, ..late });
    }
    assert_each_has_its_time(&begun);
}

#[tokio::test]
async fn so_does_a_business_with_several_lanes() {
    let pool = pool().await;
    let of = |lane: &str, position| NewJob { lane: lane.to_owned(), ..new(&format!("queue {position}"), position) };
    put(&pool, &(1..=20).map(|nth| of("one", nth)).collect::<Vec<_>>()).await;
    put(&pool, &(21..=40).map(|nth| of("two", nth)).collect::<Vec<_>>()).await;
    let clock = Arc::default();
    let paced = Kind(Pace { of_business: 20.0, ..Pace::UNBOUNDED });
    let mut begun = begin(&pool, &clock, &paced, "one", WORKER, 100).await.unwrap();
    let late = begun[0].clone();
    begun.push(Job { turn: Turn { at: late.turn.another().await.unwrap(), ..late.turn.clone() }, ..late });
    begun.append(&mut begin(&pool, &clock, &paced, "two", WORKER, 100).await.unwrap());
    assert_each_has_its_time(&begun);
}

#[tokio::test]
async fn a_queue_may_borrow_and_pays_back() {
    let pool = pool().await;
    let paced = Kind(Pace { of_queue: 1.0 / 6.0, at_once: 3, ..Pace::UNBOUNDED });
    put(&pool, &(1..=5).map(|nth| new("a", nth)).collect::<Vec<_>>()).await;
    for _ in 0..3 {
        let job = begin(&pool, &Arc::default(), &paced, "lane", WORKER, 100).await.unwrap().remove(0);
        end(&pool, &job, Worked::Done).await;
    }
    assert_eq!(begin(&pool, &Arc::default(), &paced, "lane", WORKER, 100).await.unwrap(), [], "three came at once");
    let waits: f64 =
        sqlx::query_scalar("select extract(epoch from due_at - clock_timestamp())::float8 from jobs where is_head")
            .fetch_one(&pool)
            .await
            .unwrap();
    // A step after the time of the first, which had a moment of notice.
    assert!((4.0..=6.1).contains(&waits), "the next is due a step after the first: {waits}");
}

#[tokio::test]
async fn a_lane_that_was_too_fast_is_held_for_a_while_and_gives_no_time() {
    let pool = pool().await;
    put(&pool, &[new("a", 1), new("b", 2)]).await;
    let job = begin(&pool, &Arc::default(), &AS_FAST, "lane", WORKER, 1).await.unwrap().remove(0);
    assert!(job.turn.another().await.is_ok());
    let mut connection = pool.acquire().await.unwrap();
    hold_lane(&mut connection, "lane", Duration::from_secs(3_600)).await.unwrap();
    hold_lane(&mut connection, "lane", Duration::ZERO).await.unwrap();
    assert_eq!(due(&pool, &["kind"]).await.unwrap(), []);
    assert_eq!(begun(&pool, WORKER).await, []);
    assert!(matches!(job.turn.another().await, Err(TurnLost::NoOther)));
    sqlx::query("update job_lanes set held_until = clock_timestamp()").execute(&pool).await.unwrap();
    assert_eq!(numbers(&begun(&pool, WORKER).await), [2], "once that is over it goes on");
    stop_lane(&mut connection, "lane", "its token is over").await.unwrap();
    assert!(matches!(job.turn.another().await, Err(TurnLost::NoOther)), "nor does one that is stopped");
}

#[tokio::test]
async fn a_clock_that_was_set_back_holds_nothing_up() {
    let pool = pool().await;
    put(&pool, &(1..=3).map(|nth| new(&format!("queue {nth}"), nth)).collect::<Vec<_>>()).await;
    let paced = Kind(Pace { of_lane: 20.0, of_business: 20.0, of_queue: 1.0 / 6.0, at_once: 1 });
    let clock = Arc::default();
    assert_ne!(begin(&pool, &clock, &paced, "lane", WORKER, 1).await.unwrap(), []);
    sqlx::query("update job_lanes set free_at = clock_timestamp() + interval '8 hours'").execute(&pool).await.unwrap();
    assert_ne!(begin(&pool, &clock, &paced, "lane", WORKER, 1).await.unwrap(), []);
}

#[tokio::test]
async fn whoever_stops_takes_no_turn() {
    let pool = pool().await;
    put(&pool, &[new("a", 1)]).await;
    let job = begin(&pool, &Arc::default(), &AS_FAST, "lane", WORKER, 1).await.unwrap().remove(0);
    let stop = CancellationToken::new();
    job.turn.comes(&stop).await.unwrap();
    stop.cancel();
    let never = Turn { at: job.turn.at + SignedDuration::from_hours(1), ..job.turn };
    assert!(matches!(never.comes(&stop).await, Err(TurnLost::Stopped)));
}

#[tokio::test]
async fn a_queue_that_nothing_is_in_is_forgotten_and_known_again() {
    let pool = pool().await;
    put(&pool, &[new("a", 1), new("b", 2)]).await;
    let begun = begun(&pool, WORKER).await;
    let a = begun.iter().find(|job| job.queue == "a").unwrap();
    end(&pool, a, Worked::Failed { reason: "never".to_owned() }).await;
    upkeep::forget(&pool).await.unwrap();
    let queues = || async { sqlx::query_scalar::<_, String>("select queue from job_queues").fetch_all(&pool).await };
    assert_eq!(queues().await.unwrap(), ["b"]);
    assert!(retry(&pool, a.id).await.unwrap());
    assert_eq!(numbers(&self::begun(&pool, WORKER).await), [1]);
    assert_eq!(queues().await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_comes_in_takes_of_what_may_leave_and_leaves_some() {
    let pool = pool().await;
    let free = || async {
        let sql = "select extract(epoch from free_at - clock_timestamp())::float8 from job_lanes where lane = 'lane'";
        sqlx::query_scalar::<_, f64>(sql).fetch_one(&pool).await.unwrap()
    };
    let mut connection = pool.acquire().await.unwrap();
    let now: jiff_sqlx::Timestamp =
        sqlx::query_scalar("select clock_timestamp() + interval '1 hour'").fetch_one(&pool).await.unwrap();
    let came = |many: usize, at: Timestamp| vec![("lane".to_owned(), at); many];
    count_in(&mut connection, &came(3, now.to_jiff()), 100.0).await.unwrap();
    hold_lane(&mut connection, "lane", Duration::ZERO).await.unwrap();
    let before = free().await;
    count_in(&mut connection, &came(3, now.to_jiff() - SignedDuration::from_hours(2)), 100.0).await.unwrap();
    assert!(free().await <= before, "what came long ago counts no more");
    sqlx::query("update job_lanes set free_at = clock_timestamp() + interval '500 seconds'")
        .execute(&pool)
        .await
        .unwrap();
    count_in(&mut connection, &came(3, now.to_jiff()), 100.0).await.unwrap();
    assert!(free().await <= 500.0, "it is far ahead as it is");
    sqlx::query("update job_lanes set free_at = clock_timestamp()").execute(&pool).await.unwrap();
    count_in(&mut connection, &came(1, now.to_jiff()), 0.25).await.unwrap();
    let once = free().await;
    assert!(once <= 0.25 && once > before, "{once}");
    count_in(&mut connection, &came(1_000, now.to_jiff()), 100.0).await.unwrap();
    assert!(free().await <= 1.0, "however much comes");
}
