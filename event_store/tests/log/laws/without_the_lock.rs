//! The negative control: over a plain sequence and without the log's lock, the same check on the same load goes red.

use futures_util::future::join;
use leadflow_event_store::{database, testing};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor};

use super::answer::Answer;
use super::plan::{Ask, Key, Plan, Step};
use super::run::{Follower, carry_out, observe};
use super::{POOL, check};
use crate::support::Log;

const WAITING: &str = "select exists (select from pg_locks where locktype = 'advisory' and not granted \
                       and (classid, objid) = (7, 2) \
                       and database = (select oid from pg_database where datname = current_database()))";

fn message(process: usize, thread: u8, number: u8) -> Step {
    let what = Ask::Receive { thread, number: None };
    Step { process, what, key: Key::Fact(number), goes_away: false }
}

/// The first process is slow: its command begins before the load and commits after it.
fn slow() -> Step {
    message(0, 0, 0)
}

/// Another one writes on: it alone, so that whatever is missed is missed for the slow one.
fn load() -> Plan {
    let writer = |thread| (0..8).map(|number| message(1, thread, number)).collect();
    Plan { callers: vec![writer(1), writer(2)], lost_answers: Vec::new(), cuts: Vec::new() }
}

/// The same function, but it takes positions from a sequence and no lock. The slow command has taken its positions
/// and waits for whoever holds (7, 2).
async fn take_the_lock_away(owner: &PgConnectOptions) {
    let mut owner = owner.connect().await.unwrap();
    owner
        .execute(
            "create sequence plain_positions;
             create function next_positions(count bigint, is_slow boolean) returns bigint language plpgsql as $$
             declare first bigint;
             begin
                 perform pg_advisory_lock(7, 1);
                 first := nextval('plain_positions');
                 perform setval('plain_positions', first + count - 1);
                 perform pg_advisory_unlock(7, 1);
                 if is_slow then perform pg_advisory_xact_lock(7, 2); end if;
                 return first - 1;
             end $$",
        )
        .await
        .unwrap();
    let mut source: String =
        sqlx::query_scalar("select pg_get_functiondef('append_events'::regproc)").fetch_one(&mut owner).await.unwrap();
    let next = format!(
        "v_head := next_positions((select sum(c) from unnest(c_count) c), '{}' = any(c_command));",
        slow().id()
    );
    for (with, without) in
        [("perform pg_advisory_xact_lock(7235421, 1);", ""), ("v_head := coalesce(v_head, 0);", next.as_str())]
    {
        assert_eq!(source.matches(with).count(), 1, "{with}");
        source = source.replace(with, without);
    }
    owner.execute(source.as_str()).await.unwrap();
}

async fn what_is_wrong(with_the_lock: bool) -> Vec<String> {
    let options = testing::database().await.connect_options();
    if !with_the_lock {
        take_the_lock_away(&options).await;
    }
    let mut pause = options.connect().await.unwrap();
    pause.execute("select pg_advisory_lock(7, 2)").await.unwrap();
    let pool = database::app_pool(options.clone(), POOL).await.unwrap();
    let processes = [Log::over(pool.clone()), Log::over(pool.clone()), Log::over(pool)];
    let follower = Follower::new(&processes[1].reader);
    let writing = async {
        let slow_one = tokio::spawn(slow().submit(&processes[0]));
        while !with_the_lock && !sqlx::query_scalar::<_, bool>(WAITING).fetch_one(&mut pause).await.unwrap() {}
        let mut answers = carry_out(&load(), &processes, &options).await;
        // The reader has seen all there is before the slow one commits.
        while follower.checkpoint().await < processes[1].reader.head().await.unwrap() {
            tokio::task::yield_now().await;
        }
        pause.execute("select pg_advisory_unlock(7, 2)").await.unwrap();
        answers.push(Answer { to: slow(), told: slow_one.await.unwrap() });
        follower.stop_at_the_end();
        answers
    };
    let (answers, ()) = join(writing, follower.follow()).await;
    check::check(&observe(&options, &follower, answers).await)
}

#[tokio::test]
async fn the_check_goes_red_over_a_plain_sequence() {
    assert_eq!(what_is_wrong(true).await, [""; 0], "with the lock");
    assert_eq!(
        what_is_wrong(false).await,
        ["the reader missed position 1", "the reader missed position 2"],
        "they were committed when its checkpoint had passed them"
    );
}
