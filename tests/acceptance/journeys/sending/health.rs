//! What WhatsApp tells of an account is heeded before it has to refuse a message.

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::faults::desks::{self, Desks};
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::{PATIENCE, eventually};
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use serde_json::{Value, json};

use super::desk::Desk;
use super::templates::filled;
use crate::journeys::begin::of_account;

const UNTIL_2100: i64 = 4_102_444_800;

const HEALTH: &str = "{ channels(first: 1) { edges { node { health { account restrictions { kind } quality } } } } }";

fn restricted(kinds: &[&str]) -> Value {
    let told: Vec<Value> =
        kinds.iter().map(|kind| json!({"restriction_type": kind, "expiration": UNTIL_2100})).collect();
    json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": told})
}

fn disabled(state: &str) -> Value {
    json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state, "waba_ban_date": "April 17, 2027"}})
}

/// Waits until this is what is shown of the number's `field`.
async fn shows(graphql: &GraphQl, field: &str, expected: Value) -> Result<()> {
    eventually("what was told of the number", async || {
        let health: Value = graphql.ask(HEALTH, &json!({}), "/channels/edges/0/node/health").await?;
        ensure!(health[field] == expected, "{health}");
        Ok(())
    })
    .await
}

impl Desk {
    /// WhatsApp tells this of the account, and it is known.
    async fn is_told(&self, time: i64, value: Value, field: &str, expected: Value) -> Result<()> {
        let told = of_account(&self.journey.business.number, "account_update", time, &value);
        Sender::new(self.address(), 1)?.deliver(&[told]).await?;
        shows(self.graphql(), field, expected).await
    }

    async fn is_restricted(&self, time: i64, kinds: &[&str]) -> Result<()> {
        let shown: Vec<Value> = kinds.iter().map(|kind| json!({ "kind": kind })).collect();
        self.is_told(time, restricted(kinds), "restrictions", json!(shown)).await
    }

    /// Why it is refused: the code, and the words.
    async fn refuses(&self, said: Value) -> Result<(String, String)> {
        let answer = self.sends(said).await?;
        let error = &answer["userErrors"][0];
        let text = |name: &str| error[name].as_str().map(str::to_owned).with_context(|| format!("{answer}"));
        Ok((text("code")?, text("message")?))
    }
}

#[tokio::test]
async fn what_an_account_may_not_do_for_a_while_is_refused_and_all_else_is_sent() -> Result<()> {
    let desk = Desk::open().await?;
    let (template, _) = desk.template().await?;
    desk.is_restricted(1_794_000_100, &["RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_ADD_PHONE_NUMBER_ACTION"])
        .await?;
    let first = desk.writes("She has written: this is an answer").await?;
    desk.becomes(&first, "ACCEPTED").await?;
    let desk = desk.with_somebody_of_long_ago().await?;
    let (code, why) = desk.refuses(filled(&template, &["Bob", "77"])).await?;
    assert!(code == "NUMBER_NOT_READY" && why.contains("24 hours"), "{code} {why}");
    desk.is_restricted(1_794_000_200, &["RESTRICTED_CUSTOMER_INITIATED_MESSAGING"]).await?;
    let sent = desk.sends(filled(&template, &["Bob", "77"])).await?;
    assert_eq!(sent["userErrors"], json!([]), "it answers nobody: {sent}");

    let desk = Desk::open().await?;
    desk.is_restricted(1_794_000_100, &["RESTRICTED_CUSTOMER_INITIATED_MESSAGING"]).await?;
    let (code, why) = desk.refuses(json!({ "text": "Yes" })).await?;
    assert!(code == "NUMBER_NOT_READY" && why.contains("answer"), "{code} {why}");
    // An older word does not lift it, a newer one does.
    let older = of_account(&desk.journey.business.number, "account_update", 1_794_000_050, &restricted(&[]));
    Sender::new(desk.address(), 1)?.deliver(&[older]).await?;
    desk.is_told(1_794_000_150, disabled("SCHEDULE_FOR_DISABLE"), "account", json!("TO_BE_DISABLED")).await?;
    assert_eq!(desk.refuses(json!({ "text": "Yes" })).await?.0, "NUMBER_NOT_READY");
    desk.is_restricted(1_794_000_200, &[]).await?;
    let id = desk.writes("Yes").await?;
    desk.becomes(&id, "ACCEPTED").await?;
    Ok(())
}

#[tokio::test]
async fn somebody_may_have_seen_to_an_account_of_which_whatsapp_told_no_end() -> Result<()> {
    let desk = Desk::open().await?;
    desk.is_told(1_794_000_100, json!({"event": "ACCOUNT_OFFBOARDED"}), "account", json!("OFFBOARDED")).await?;
    let (code, why) = desk.refuses(json!({ "text": "Yes" })).await?;
    assert!(code == "NUMBER_NOT_READY" && why.contains("account"), "{code} {why}");
    let resume = "mutation ($id: ID!) { resumeSending(input: { channelId: $id }) {
        channel { health { account } } userErrors { code } } }";
    let resumed = desk.ask(resume, json!({ "id": desk.channel().await? })).await?["resumeSending"].take();
    assert_eq!(resumed["userErrors"], json!([]), "{resumed}");
    assert_eq!(resumed["channel"]["health"]["account"], "OFFBOARDED", "WhatsApp has told nothing else");
    let id = desk.writes("Yes").await?;
    desk.becomes(&id, "ACCEPTED").await?;
    desk.is_told(1_794_000_200, json!({"event": "ACCOUNT_DELETED"}), "account", json!("DELETED")).await?;
    assert_eq!(desk.refuses(json!({ "text": "Yes" })).await?.0, "NUMBER_NOT_READY");
    Ok(())
}

#[tokio::test]
async fn what_waits_is_held_while_the_account_is_closed_and_fails_when_it_is_restricted() -> Result<()> {
    let meta = desks::meta().await?;
    let installation = Installation::new()?;
    let url = meta.url();
    let server = Server::start_with(&installation, |command| {
        command.env("LEADFLOW_GRAPH_URL", &url);
    })
    .await?;
    let desks = Desks::open(&installation, &server, meta, 1, 2).await?;
    let business = &desks.businesses[0];
    let (graphql, sender) = (GraphQl::new(server.address(), &business.token)?, Sender::new(server.address(), 1)?);
    let tell = async |time: i64, value: Value, field: &str, expected: Value| {
        sender.deliver(&[of_account(&business.number, "account_update", time, &value)]).await?;
        shows(&graphql, field, expected).await
    };
    let texts = ["One", "Two"].map(str::to_owned);
    desks.meta.outage(true);
    desks.write(&server, &texts).await?;
    tell(1_794_000_100, disabled("DISABLE"), "account", json!("DISABLED")).await?;
    let all = 2 * texts.len();
    let are_held = async || {
        let listed: Value = installation.json(&["jobs", "list"]).await?;
        let jobs = listed["jobs"].as_array().context("jobs")?;
        let because = |job: &&Value| job["stoppedBecause"].as_str().is_some_and(|why| why.contains("account"));
        let waits = |job: &&Value| job["state"] == "waiting";
        ensure!(jobs.iter().filter(because).filter(waits).count() == all, "{listed}");
        Ok(())
    };
    // What was begun before may still be under way, and would be taken.
    eventually("all of it is held", are_held).await?;
    desks.meta.outage(false);
    are_held().await?;
    assert!(desks.taken().is_empty(), "{:?}", desks.taken());
    tell(1_794_000_200, disabled("REINSTATE"), "account", json!("GOOD")).await?;
    desks.meta.until(PATIENCE, |seen| seen.accepted().len() >= all).await?;

    desks.meta.outage(true);
    desks.write(&server, &["Three".to_owned()]).await?;
    let no_answers = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING";
    tell(1_794_000_300, restricted(&[no_answers]), "restrictions", json!([{ "kind": no_answers }])).await?;
    eventually("they say that they were not sent", async || {
        let shown = desks.shown(&server).await?;
        let third: Vec<_> = shown.iter().filter(|((_, text), _)| text == "Three").map(|(_, message)| message).collect();
        let is_barred =
            |one: &desks::Shown| one.status == "FAILED" && one.cause.as_deref() == Some("ACCOUNT_RESTRICTED");
        ensure!(third.len() == 2 && third.into_iter().all(is_barred), "{shown:?}");
        Ok(())
    })
    .await?;
    desks.meta.outage(false);
    server.stop().await?;
    let taken = desks.taken();
    assert!(taken.len() == all && taken.iter().all(|one| one.text != "Three"), "{taken:?}");
    Ok(())
}
