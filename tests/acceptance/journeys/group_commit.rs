use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::Text;
use leadflow_tests::installation::Installation;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use leadflow_tests::trace::{self, Trace};

use super::begin::Journey;

const WRITERS: usize = 64;

#[tokio::test]
async fn sixty_four_writers_share_their_commits() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let texts: Vec<Text> = Trace::new(seed, 200).take(WRITERS * 32).collect();
    let bodies: Vec<Vec<u8>> = texts.iter().map(|text| journey.business.webhook(text)).collect();

    let before = installation.verify().await?;
    Sender::new(server.address(), WRITERS)?.deliver(&bodies).await?;
    installation.settle().await?;
    journey.shows(&texts).await?;
    let after = installation.verify().await?;

    assert!(after.ok, "{after:?}");
    let (commands, commits) = (after.commands - before.commands, after.commits - before.commits);
    eprintln!("{commands} commands in {commits} commits");
    assert!(commands >= texts.len() as u64, "{commands}");
    assert!(commits * 4 < commands, "{commands} commands took {commits} commits");
    server.stop().await
}
