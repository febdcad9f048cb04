use anyhow::Result;
use leadflow_tests::faults::points;
use leadflow_tests::trace;

/// Ten kills of a hundred; `faults -- points` does them all.
#[tokio::test]
async fn nothing_is_lost_or_doubled_wherever_the_translator_is_killed() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    eprintln!("{}", points::run(seed, 10).await?.markdown());
    Ok(())
}
