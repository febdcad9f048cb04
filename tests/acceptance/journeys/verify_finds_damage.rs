use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::Text;
use leadflow_tests::cli::Ended;
use leadflow_tests::installation::Installation;
use leadflow_tests::server::Server;
use leadflow_tests::trace::Trace;

use super::begin::Journey;

async fn psql(installation: &Installation, statements: &str) -> Result<Ended> {
    installation.leadflow(&["db", "psql", "--", "-X", "-v", "ON_ERROR_STOP=1", "-c", statements]).await
}

/// Does what no application can: takes the log's own guard off for one change.
async fn damage(installation: &Installation, statement: &str) -> Result<()> {
    let unguarded = format!(
        "begin; alter table events disable trigger all; {statement}; alter table events enable trigger all; commit"
    );
    psql(installation, &unguarded).await?.succeeded()?;
    Ok(())
}

/// The last event of some stream that has several, whatever else is in the log.
const LAST_OF_A_STREAM: &str = "(select max(position) from events group by aggregate_type, aggregate_id \
     having count(*) > 2 order by 1 limit 1)";

/// The second event of the log.
const SECOND_OF_THE_LOG: &str = "(select min(position) + 1 from events)";

#[tokio::test]
async fn the_log_guards_itself_and_verify_finds_what_got_past_the_guard() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let texts: Vec<Text> = Trace::new(4, 3).take(30).collect();
    journey.receive(&texts).await?;
    journey.shows(&texts).await?;
    installation.settle().await?;
    server.stop().await?;
    let before = installation.verify().await?;
    assert!(before.ok && before.events > 30, "{before:?}");

    for statement in [
        "delete from events",
        "update events set payload = '{}'",
        "update events set position = -position",
        "truncate events",
        "truncate events cascade",
    ] {
        // The private cluster's psql is a superuser: the grants don't hold him, the trigger does.
        psql(&installation, statement).await?.refused()?;
    }
    assert_eq!(installation.verify().await?.events, before.events);

    // A stream that skips a version while positions stay dense.
    damage(&installation, &format!("update events set sequence = sequence + 1 where position = {LAST_OF_A_STREAM}"))
        .await?;
    let skipped = installation.verify().await?;
    assert!(!skipped.ok && skipped.events == before.events, "{skipped:?}");
    damage(&installation, &format!("update events set sequence = sequence - 1 where position = {LAST_OF_A_STREAM}"))
        .await?;
    assert!(installation.verify().await?.ok);

    // A hole in the log.
    damage(&installation, &format!("delete from events where position = {SECOND_OF_THE_LOG}")).await?;
    let hole = installation.verify().await?;
    assert!(!hole.ok && hole.events == before.events - 1, "{hole:?}");
    // A script sees it too.
    installation.leadflow(&["events", "verify"]).await?.refused()?;
    Ok(())
}
