//! kill -9 of whoever changes many leads, in the middle of it.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::business::Business;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::imports::{bring, ended};
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::eventually;
use leadflow_tests::server::Server;
use serde_json::{Value, json};

const LEADS: i64 = 6_000;

const CHANGE: &str = "query ($id: ID!) { leadChange(id: $id) { state leadCount done changed unchanged refused } }";

const ASK: &str = "mutation ($input: ChangeLeadsInput!) { done: changeLeads(input: $input) {
    leadChange { id leadCount } userErrors { code } } }";

#[tokio::test]
async fn each_lead_is_changed_once_when_serve_is_killed_in_the_middle() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let business = Business::register(&installation).await?;
    let graphql = GraphQl::new(server.address(), &business.token)?;
    let mut file = "phone\n".to_owned();
    for nth in 0..LEADS {
        writeln!(file, "+39{}", 3_330_000_000_i64 + nth)?;
    }
    ended(&graphql, &bring(&graphql, "", file).await?).await?;
    installation.settle().await?;

    let input = json!({"filter": {}, "change": {"addTags": ["Spring", "Fair"]}, "idempotencyKey": "spring"});
    let asked: Value = graphql.ask(ASK, &json!({"input": input}), "/done").await?;
    ensure!(asked["leadChange"]["leadCount"] == LEADS, "{asked}");
    let id = asked["leadChange"]["id"].as_str().context("no id")?.to_owned();
    let id = json!({"id": id});
    eventually("the middle of it", async || {
        let change: Value = graphql.ask(CHANGE, &id, "/leadChange").await?;
        ensure!(change["done"].as_i64() >= Some(LEADS / 10), "{change}");
        Ok(())
    })
    .await?;
    server.kill()?;
    let server = Server::start(&installation).await?;
    let graphql = GraphQl::new(server.address(), &business.token)?;
    let again: Value = graphql.ask(ASK, &json!({"input": input}), "/done/leadChange/id").await?;
    ensure!(again == id["id"], "the same request is another change: {again}");
    let killed: Value = graphql.ask(CHANGE, &id, "/leadChange").await?;
    ensure!(killed["done"].as_i64() < Some(LEADS), "all was done before the server was killed: {killed}");
    let done: Value = eventually("it is made", async || {
        let change: Value = graphql.ask(CHANGE, &id, "/leadChange").await?;
        ensure!(change["state"] == "DONE", "{change}");
        Ok(change)
    })
    .await?;
    let all =
        json!({"state": "DONE", "leadCount": LEADS, "done": LEADS, "changed": LEADS, "unchanged": 0, "refused": 0});
    ensure!(done == all, "{done}");
    installation.settle().await?;
    let tagged = "{ leads(first: 0, filter: { and: [{ tags: [\"Spring\"] }, { tags: [\"Fair\"] }] }) { totalCount } }";
    let tagged: i64 = graphql.ask(tagged, &json!({}), "/leads/totalCount").await?;
    ensure!(tagged == LEADS, "{tagged} leads are marked");
    let verified = installation.verify().await?;
    ensure!(verified.ok, "events verify: {:?}", verified.problems);
    server.stop().await?;
    Ok(())
}
