use anyhow::Result;
use leadflow_tests::faults::import::{self, Plan};
use leadflow_tests::trace;

/// 20,000 rows and one kill, and no judgement of what is reached: other tests share the cores. `faults -- import` judges.
#[tokio::test]
async fn each_row_of_a_file_is_told_once_when_serve_is_killed_in_the_middle() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    eprintln!("{}", import::run(Plan { seed, rows: 20_000 }).await?.markdown());
    Ok(())
}
