use anyhow::Result;
use leadflow_tests::faults::kill::{self, Plan};
use leadflow_tests::trace;

/// Two kills of twenty; `faults -- kill` does them all and judges the rate too.
#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_doubled_when_serve_is_killed() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    let outcome = kill::run(Plan { life: (200, 800), ..Plan::new(seed, 2) }).await?;
    eprintln!("{}", outcome.markdown());
    outcome.hit_hard_enough()
}
