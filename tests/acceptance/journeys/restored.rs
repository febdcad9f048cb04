//! A database that was restored or cloned takes what comes, and acts once an operator says so.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::faults::desks::{self, Desks};
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::{PATIENCE, eventually};
use leadflow_tests::sender::connection;
use leadflow_tests::server::Server;
use serde_json::{Value, json};

use super::begin::{Journey, text};

const ASHA: &str = "919820012345";
const BO: &str = "919820054321";

async fn health(server: &Server) -> Result<Value> {
    Ok(connection()?.get(server.url("/health")).send().await?.json().await?)
}

async fn reactors(installation: &Installation) -> Result<BTreeMap<String, u64>> {
    Ok(installation.reactors().await?.into_iter().map(|reactor| (reactor.name, reactor.position)).collect())
}

/// What an operator is told in JSON, without saying that anything is to go on.
async fn told(installation: &Installation) -> Result<Value> {
    installation.leadflow(&["resume", "--json"]).await?.json()
}

fn differs_in(told: &Value) -> Vec<&str> {
    let differences = told["paused"]["differences"].as_array().into_iter().flatten();
    differences.filter_map(|difference| difference["what"].as_str()).collect()
}

/// Another installation, into which a dump of the first one's database was restored.
async fn restored(before: &Installation) -> Result<Installation> {
    let dump = before.leadflow(&["db", "dump", "--", "--clean", "--if-exists"]).await?.succeeded()?.stdout;
    let after = Installation::new()?;
    after.leadflow(&["migrate"]).await?.succeeded()?;
    let file = after.root().join("leadflow.sql");
    std::fs::write(&file, dump)?;
    let file = file.to_string_lossy().into_owned();
    after.leadflow(&["db", "psql", "--", "-qXv", "ON_ERROR_STOP=1", "-f", &file]).await?.succeeded()?;
    let key = std::path::Path::new("secrets/master.key");
    std::fs::create_dir_all(after.data_dir().join("secrets"))?;
    std::fs::copy(before.data_dir().join(key), after.data_dir().join(key))?;
    Ok(after)
}

#[tokio::test]
async fn a_dump_that_is_restored_elsewhere_acts_when_an_operator_says_so() -> Result<()> {
    let before = Installation::new()?;
    let server = Server::start(&before).await?;
    let journey = Journey::begin_on(&before, &server).await?;
    let mut texts = vec![text(ASHA, "asha", 0, "Is the blue one still there?")];
    journey.receive(&texts).await?;
    before.settle().await?;
    ensure!(journey.graphql.leads().await?.len() == 1);
    ensure!(told(&before).await?["paused"].is_null(), "nothing waits where nothing was restored");
    server.stop().await?;
    let after = restored(&before).await?;
    let server = Server::start(&after).await?;
    let stood = reactors(&after).await?;
    let journey = Journey::of(&server, journey.business)?;
    texts.push(text(BO, "bo", 60, "Good morning"));
    journey.receive(&texts[1..]).await?;
    eventually("what they wrote is shown", || async {
        let conversations = journey.graphql.conversations().await?;
        ensure!(conversations.len() == 2, "{conversations:?}");
        Ok(())
    })
    .await?;
    ensure!(journey.graphql.leads().await?.len() == 1 && reactors(&after).await? == stood, "a reactor has acted");
    let summary = health(&server).await?;
    ensure!(summary["ready"] == true && summary["paused"] == true, "{summary}");
    ensure!(summary["warnings"].to_string().contains("leadflow resume"), "{summary}");

    let human = after.leadflow(&["resume"]).await?.refused()?;
    ensure!(human.stdout.contains("capture_lead") && human.stderr.contains("--yes"), "{human:?}");
    let shown = told(&after).await?;
    ensure!(shown["resumed"] == false && differs_in(&shown).contains(&"system identifier"), "{shown}");
    ensure!(journey.graphql.leads().await?.len() == 1, "being told is no word to go on");
    let resumed: Value = after.json(&["resume", "--yes"]).await?;
    ensure!(resumed["resumed"] == true, "{resumed}");
    after.settle().await?;
    journey.shows(&texts).await?;
    ensure!(after.verify().await?.ok);
    server.stop().await?;

    let server = Server::start(&after).await?;
    ensure!(health(&server).await?["paused"] == false, "a restart is no restore");
    server.stop().await
}

/// On this installation, with that Meta.
async fn serve(installation: &Installation, meta: &str) -> Result<Server> {
    Server::start_with(installation, |command| {
        command.env("LEADFLOW_GRAPH_URL", meta);
    })
    .await
}

#[tokio::test]
async fn a_message_that_waited_when_the_dump_was_made_leaves_when_an_operator_says_so_and_once() -> Result<()> {
    let before = Installation::new()?;
    let meta = desks::meta().await?;
    let url = meta.url();
    let server = serve(&before, &url).await?;
    let desks = Desks::open(&before, &server, meta, 1, 1).await?;
    desks.meta.outage(true);
    desks.write(&server, &["One".to_owned()]).await?;
    before.settle().await?;
    server.stop().await?;
    let after = restored(&before).await?;
    desks.meta.outage(false);

    let server = serve(&after, &url).await?;
    ensure!(health(&server).await?["paused"] == true);
    desks.meta.posts_to(&server.url("/webhooks/whatsapp"));
    desks.write(&server, &["Two".to_owned()]).await?;
    let listed: Value = after.json(&["jobs", "list"]).await?;
    let jobs = listed["jobs"].as_array().context("jobs")?;
    ensure!(jobs.len() == 1 && jobs[0]["state"] == "waiting", "only the first has come to be a job: {listed}");
    let job = jobs[0]["job"].as_str().context("the job of the first")?;
    // Whatever wakes those who would send it: that an operator wants it at once, and what comes.
    after.leadflow(&["jobs", "retry", job]).await?.succeeded()?;
    let (business, number) = (&desks.businesses[0], desks.businesses[0].number.phone_number_id.clone());
    let graphql = GraphQl::new(server.address(), &business.token)?;
    for nth in 1..=5 {
        desks.meta.customer_writes(&number, &format!("39347000000{nth}"), "Bo", "Good morning").await?;
        eventually("she is shown", || async {
            let conversations = graphql.conversations().await?;
            ensure!(conversations.len() == 1 + nth, "{conversations:?}");
            Ok(())
        })
        .await?;
    }
    let shown = desks.shown(&server).await?;
    ensure!(shown.len() == 2 && shown.values().all(|message| message.status == "QUEUED"), "{shown:?}");
    ensure!(desks.taken().is_empty(), "it has left: {:?}", desks.taken());

    let resumed: Value = after.json(&["resume", "--yes"]).await?;
    ensure!(resumed["resumed"] == true, "{resumed}");
    desks.meta.until(PATIENCE, |seen| seen.accepted().len() >= 2).await?;
    after.settle().await?;
    server.stop().await?;
    let taken: Vec<String> = desks.taken().into_iter().map(|one| one.text).collect();
    ensure!(taken == ["One", "Two"], "once each, in their order: {taken:?}");
    Ok(())
}

#[tokio::test]
async fn a_dump_that_is_put_back_where_it_was_taken_waits_too() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    server.stop().await?;
    let dump = installation.leadflow(&["db", "dump", "--", "--clean", "--if-exists"]).await?.succeeded()?.stdout;
    let file = installation.root().join("leadflow.sql");
    std::fs::write(&file, dump)?;
    let file = file.to_string_lossy().into_owned();
    installation.leadflow(&["db", "psql", "--", "-qXv", "ON_ERROR_STOP=1", "-f", &file]).await?.succeeded()?;
    let server = Server::start(&installation).await?;
    ensure!(health(&server).await?["paused"] == true);
    let shown = told(&installation).await?;
    ensure!(differs_in(&shown) == ["log oid"], "{shown}");
    server.stop().await
}

#[tokio::test]
async fn a_copy_of_an_installation_s_folder_waits_too() -> Result<()> {
    let (before, after) = (Installation::new()?, Installation::new()?);
    before.leadflow(&["migrate"]).await?.succeeded()?;
    let copied = Command::new("cp").arg("-a").arg(before.data_dir()).arg(after.data_dir()).status()?;
    ensure!(copied.success());
    let server = Server::start(&after).await?;
    ensure!(health(&server).await?["paused"] == true);
    let shown = told(&after).await?;
    ensure!(differs_in(&shown) == ["data directory"], "{shown}");
    ensure!(shown["waiting"]["letters"] == json!(0), "{shown}");
    server.stop().await?;
    ensure!(told(&before).await?["paused"].is_null(), "the one that was copied has not noticed");
    Ok(())
}
