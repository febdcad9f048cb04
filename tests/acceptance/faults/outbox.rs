use anyhow::Result;
use leadflow_tests::faults::outbox::{self, Plan};
use leadflow_tests::trace;

/// A tenth: 500 messages and one kill; `faults -- outbox` does them all.
#[tokio::test]
async fn no_message_is_sent_twice_and_what_is_lost_is_known_to_be_when_serve_is_killed() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    let outcome = outbox::run(Plan { life: (50, 700), hurries: true, ..Plan::new(seed, 500, 1) }).await?;
    eprintln!("{}", outcome.markdown());
    outcome.hit_hard_enough()
}
