use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::Text;
use leadflow_tests::installation::Installation;
use leadflow_tests::server::Server;
use leadflow_tests::trace::{self, Trace};

use super::begin::Journey;

#[tokio::test]
async fn a_server_that_is_asked_to_stop_finishes_and_takes_its_postgres_along() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    let texts: Vec<Text> = Trace::new(seed, 5).take(100).collect();
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    journey.receive(&texts).await?;
    assert!(installation.has_postmaster_pid()?);
    // At once: what was acknowledged and not worked off yet has to wait for the next server.
    server.stop().await?;
    assert!(!installation.has_postmaster_pid()?);

    let server = Server::start(&installation).await?;
    Journey::of(&server, journey.business)?.shows(&texts).await?;
    server.stop().await
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused_and_the_first_unharmed() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let second = installation.leadflow(&["serve", "--until-stdin-closes"]).await?.refused()?;
    assert!(second.stderr.contains(&*installation.data_dir().to_string_lossy()), "{}", second.stderr);

    let journey = Journey::begin_on(&installation, &server).await?;
    let texts: Vec<Text> = Trace::new(1, 1).take(1).collect();
    journey.receive(&texts).await?;
    journey.shows(&texts).await?;
    server.stop().await
}
