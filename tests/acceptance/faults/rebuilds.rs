use anyhow::Result;
use leadflow_tests::faults::rebuilds;
use leadflow_tests::trace;

/// Two rebuilds of twenty, of a short log; `faults -- rebuilds` does them all.
#[tokio::test]
async fn a_rebuild_is_what_is_read_and_no_read_fails() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    eprintln!("{}", rebuilds::run(seed, 2, 2_000).await?.markdown());
    Ok(())
}
