use std::time::Duration;

use anyhow::Result;
use leadflow_tests::faults::start;

/// One run and no judgement of times: other tests share the cores. `faults -- start` judges.
#[tokio::test]
async fn it_starts_cold_and_warm_and_its_memory_can_be_told() -> Result<()> {
    let run = start::measure(Duration::ZERO).await?;
    eprintln!("{}", start::markdown(std::slice::from_ref(&run)));
    // A cluster need not be made twice.
    assert!(run.warm < run.cold, "{run:?}");
    assert!(run.server_kib > 1_024 && run.postgres_kib > 1_024, "{run:?}");
    Ok(())
}
