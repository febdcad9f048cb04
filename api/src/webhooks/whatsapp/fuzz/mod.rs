//! Fuzzing what reads a stranger's bytes: the signature, the envelope, the messages, the times.
//!
//! A target is a property that must hold of whatever its strategy makes: sound samples, hurt in a few places. With the tests each runs a
//! few hundred times from a fixed seed; `LEADFLOW_FUZZ_SECONDS=600` has each run that long from a seed of its own, which is
//! printed, and `PROPTEST_RNG_SEED` has that seed again. What fails is shrunk to the least that fails.

mod envelope;
mod hurt;
mod message;
mod samples;
mod signature;
mod timestamp;

use std::time::{Duration, Instant};

use leadflow_event_store::entropy;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// Cases between two looks at the clock.
const ROUND: u32 = 256;

/// Holds `property` against what `strategy` makes.
fn fuzz<S: Strategy>(target: &str, strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let long: Option<u64> =
        std::env::var("LEADFLOW_FUZZ_SECONDS").ok().map(|seconds| seconds.parse().expect("seconds, a whole number"));
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut seed = match (config.rng_seed, long) {
        (RngSeed::Fixed(seed), _) => seed,
        (RngSeed::Random, None) => 20_261_122,
        (RngSeed::Random, Some(_)) => u64::from_le_bytes(entropy::bytes::<8>()),
    };
    let cases = if long.is_some() { ROUND } else { config.cases };
    let begun = Instant::now();
    let mut rounds = 0_u64;
    loop {
        let config = Config { cases, rng_seed: RngSeed::Fixed(seed), ..config.clone() };
        if let Err(failure) = TestRunner::new(config).run(strategy, &property) {
            panic!("{target}, PROPTEST_RNG_SEED={seed}: {failure}");
        }
        rounds += 1;
        seed = seed.wrapping_add(1);
        if long.is_none_or(|seconds| begun.elapsed() >= Duration::from_secs(seconds)) {
            break;
        }
    }
    if long.is_some() {
        let last = seed.wrapping_sub(1);
        eprintln!(
            "{target}: {} cases held in {} s; last seed {last}",
            rounds * u64::from(cases),
            begun.elapsed().as_secs()
        );
    }
}
