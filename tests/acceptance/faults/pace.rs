use anyhow::Result;
use leadflow_tests::faults::pace;

/// Ten seconds, and no judgement of what is reached: other tests share the cores. `faults -- pace` judges.
#[tokio::test]
async fn two_processes_together_send_no_faster_than_a_number_may() -> Result<()> {
    eprintln!("{}", pace::run(10).await?.markdown());
    Ok(())
}
