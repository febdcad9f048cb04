//! Any interleaving of commands at once, of answers that get lost, connections that are cut, callers who go away and ask
//! again, keys that come twice and facts that are already somebody's leaves a log that keeps its promises.
//!
//! Plans are drawn from a seed, which is printed on failure with the smallest plan that was found; how they interleave is
//! the machine's business. `PROPTEST_RNG_SEED` tries another seed, `PROPTEST_CASES` more plans.

mod answer;
mod check;
mod lost_answers;
mod plan;
mod run;
mod wire;
mod without_the_lock;

use std::collections::BTreeSet;
use std::sync::Mutex;

use futures_util::future::join;
use leadflow_event_store::{database, testing};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use self::answer::{Answer, Told};
use self::plan::Plan;
use self::run::Follower;
use self::wire::Wire;
use crate::support::Log;

const CASES: u32 = 16;

/// Connections of each process.
const POOL: u32 = 4;

/// What came up, so that a plan that shows nothing is seen.
fn notes(answers: &[Answer], lost: u32, plan: &Plan) -> BTreeSet<&'static str> {
    let mut notes: BTreeSet<&'static str> = answers
        .iter()
        .map(|answer| match answer.told {
            Told::Appended { .. } => "appended",
            Told::Before { .. } => "before",
            Told::AlreadySo { .. } => "already so",
            Told::Refused => "refused",
            Told::Erased => "erased",
            Told::Reserved { .. } => "reserved",
            Told::NotHeld => "not held",
            Told::KeyReused => "key reused",
            Told::Unsettled(_) | Told::Wrong(_) => "neither",
        })
        .collect();
    if lost > 0 {
        notes.insert("an answer was lost");
    }
    if !plan.cuts.is_empty() {
        notes.insert("a connection was cut");
    }
    notes
}

async fn carried_out(plan: &Plan, came_up: &Mutex<BTreeSet<&'static str>>) -> Vec<String> {
    let options = testing::database().await.connect_options();
    let (wire, losing) = Wire::new(&options, &plan.lost_answers);
    let pool = async |options| database::app_pool(options, POOL).await.unwrap();
    let processes = [
        Log::over(pool(losing).await),
        Log::over(pool(options.clone()).await),
        Log::without_cache(pool(options.clone()).await),
    ];
    let follower = Follower::new(&processes[1].reader);
    let carrying_out = async {
        let answers = run::carry_out(plan, &processes, &options).await;
        follower.stop_at_the_end();
        answers
    };
    let (answers, ()) = join(carrying_out, follower.follow()).await;
    came_up.lock().unwrap().extend(notes(&answers, wire.lost(), plan));
    check::check(&run::observe(&options, &follower, answers).await)
}

#[test]
fn any_interleaving_keeps_the_laws() {
    let mut config = Config { failure_persistence: None, max_shrink_iters: 64, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(20_251_121);
    }
    let seed = config.rng_seed;
    let came_up = Mutex::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let verdict = TestRunner::new(config).run(&plan::plans(), |plan| {
        let wrong = runtime.block_on(carried_out(&plan, &came_up));
        if wrong.is_empty() { Ok(()) } else { Err(TestCaseError::fail(wrong.join("\n"))) }
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    let all = [
        "a connection was cut",
        "already so",
        "an answer was lost",
        "appended",
        "before",
        "erased",
        "key reused",
        "not held",
        "refused",
        "reserved",
    ];
    assert_eq!(came_up.into_inner().unwrap(), BTreeSet::from(all), "the plans show everything, with {seed:?}");
}
