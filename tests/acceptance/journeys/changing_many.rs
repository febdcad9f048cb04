//! A business changes many leads at once, and is told how far that is and which leads say no.

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::colleagues::Colleague;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::patience::eventually;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};

const ASHA: &str = "919820012346";
const BO: &str = "919820054322";

const CHANGE: &str =
    "id kind state leadCount done changed unchanged refused progress startedAt endedAt cancelledAt failure
    refusedFor { code leads reason } firstRefusals { leadId code reason }";

const LEADS: &str =
    "{ leads { edges { node { id isSpam tags ownerId stage { id name } conversation { assignee { id } } } } } }";

/// What a change of many leads is answered.
async fn ask(graphql: &GraphQl, input: Value) -> Result<Value> {
    let document = format!(
        "mutation ($input: ChangeLeadsInput!) {{ \
             done: changeLeads(input: $input) {{ leadChange {{ {CHANGE} }} userErrors {{ code field }} }} }}"
    );
    graphql.ask(&document, &json!({"input": input}), "/done").await
}

/// A change that is taken on, once all of its leads were asked.
async fn made(graphql: &GraphQl, input: Value) -> Result<Value> {
    let taken_on = ask(graphql, input).await?;
    ensure!(taken_on["userErrors"] == json!([]), "{taken_on}");
    let id = taken_on["leadChange"]["id"].as_str().with_context(|| format!("{taken_on}"))?;
    eventually("the change is made", async || {
        let change = change(graphql, id).await?;
        ensure!(change["state"] == "DONE", "{change}");
        Ok(change)
    })
    .await
}

async fn change(graphql: &GraphQl, id: &str) -> Result<Value> {
    let document = format!("query ($id: ID!) {{ leadChange(id: $id) {{ {CHANGE} }} }}");
    graphql.ask(&document, &json!({"id": id}), "/leadChange").await
}

fn counts(change: &Value) -> [i64; 4] {
    ["leadCount", "changed", "unchanged", "refused"].map(|count| change[count].as_i64().unwrap_or(-1))
}

/// The leads that somebody sees, latest first.
async fn leads(graphql: &GraphQl) -> Result<Vec<Value>> {
    let leads: Value = graphql.ask(LEADS, &json!({}), "/leads/edges").await?;
    Ok(leads.as_array().into_iter().flatten().map(|edge| edge["node"].clone()).collect())
}

/// Waits until what somebody sees of leads is so.
async fn show(graphql: &GraphQl, what: &str, is_so: impl Fn(&[Value]) -> bool) -> Result<Vec<Value>> {
    eventually(what, async || {
        let leads = leads(graphql).await?;
        ensure!(is_so(&leads), "{leads:?}");
        Ok(leads)
    })
    .await
}

async fn stages(graphql: &GraphQl) -> Result<Value> {
    graphql.ask("{ leadPipeline { stages { id name } } }", &json!({}), "/leadPipeline/stages").await
}

/// A business to which Bo and then Asha have written, its leads, latest first, and somebody who works for it.
async fn begin() -> Result<(Journey, [String; 2], Colleague)> {
    let journey = Journey::begin().await?;
    let wrote = [text(BO, "changed1", 0, "Hello"), text(ASHA, "changed2", 60, "Is the sofa there?")];
    journey.receive(&wrote).await?;
    let both = show(&journey.graphql, "both are leads", |leads| leads.len() == 2).await?;
    let ids = both.iter().filter_map(|lead| lead["id"].as_str().map(str::to_owned)).collect::<Vec<_>>();
    let ids = ids.try_into().map_err(|ids| anyhow::anyhow!("{ids:?}"))?;
    let installation = &shared().await?.installation;
    let colleague = Colleague::join(installation, &journey.graphql, "AGENT", json!({})).await?;
    Ok((journey, ids, colleague))
}

#[tokio::test]
async fn many_leads_are_changed_at_once_and_each_says_yes_or_no() -> Result<()> {
    let (journey, [asha, bo], colleague) = begin().await?;
    let graphql = &journey.graphql;
    let stages = stages(graphql).await?;
    let disqualify =
        "mutation ($id: ID!) { done: disqualifyLead(input: { leadId: $id }) { userErrors { code } stale } }";
    let disqualified: Value = graphql.ask(disqualify, &json!({"id": bo}), "/done").await?;
    ensure!(disqualified == json!({"userErrors": [], "stale": null}), "{disqualified}");

    // What is not worth pursuing is not worked on; a request is one change, however often it comes.
    let contacted = json!({"filter": {}, "change": {"stageId": stages[1]["id"]}, "idempotencyKey": "contacted"});
    let moved = made(graphql, contacted.clone()).await?;
    ensure!(counts(&moved) == [2, 1, 0, 1] && moved["kind"] == "STAGE" && moved["progress"] == 1.0, "{moved}");
    ensure!(moved["failure"].is_null() && moved["cancelledAt"].is_null() && moved["startedAt"].is_string(), "{moved}");
    let refusal = &moved["firstRefusals"][0];
    ensure!(refusal["leadId"] == bo.as_str() && refusal["code"] == "WRONG_STATUS", "{moved}");
    ensure!(moved["refusedFor"][0]["leads"] == 1 && moved["refusedFor"][0]["reason"] == refusal["reason"], "{moved}");
    let again = ask(graphql, contacted.clone()).await?;
    ensure!(again == json!({"leadChange": moved, "userErrors": []}), "{again}");
    let mut another = contacted;
    another["filter"] = json!({"isSpam": false});
    let reused = ask(graphql, another).await?;
    ensure!(reused["userErrors"] == json!([{"code": "IDEMPOTENCY_KEY_REUSED", "field": "idempotencyKey"}]), "{reused}");

    let tags = json!({"addTags": ["Fair", "VIP"], "removeTags": ["Cold"]});
    let tagged = made(graphql, json!({"leadIds": [asha, asha], "change": tags})).await?;
    ensure!(counts(&tagged) == [1, 1, 0, 0], "{tagged}");
    let spam = made(graphql, json!({"filter": {"tags": ["VIP"]}, "change": {"isSpam": true}})).await?;
    ensure!(counts(&spam) == [1, 1, 0, 0], "{spam}");
    show(graphql, "it is so", |leads| {
        let [asha, bo] = leads else { return false };
        asha["isSpam"] == true
            && asha["tags"] == json!(["Fair", "VIP"])
            && asha["stage"]["name"] == "Contacted"
            && bo["isSpam"] == false
            && bo["tags"] == json!([])
            && bo["stage"]["name"] == "Lost"
    })
    .await?;

    // Who is to see to them sees them, and the conversations go along.
    let owner = json!({"owner": {"memberId": colleague.id}});
    let handed = made(graphql, json!({"leadIds": [asha, bo], "change": owner})).await?;
    ensure!(counts(&handed) == [2, 2, 0, 0] && handed["kind"] == "OWNER", "{handed}");
    show(&colleague.graphql, "they are hers", |leads| {
        leads.len() == 2
            && leads.iter().all(|lead| {
                lead["ownerId"] == colleague.id.as_str()
                    && lead["conversation"]["assignee"]["id"] == colleague.id.as_str()
            })
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn whoever_sees_less_changes_less_and_what_can_t_be_is_refused() -> Result<()> {
    let (journey, [asha, bo], colleague) = begin().await?;
    let (graphql, agent) = (&journey.graphql, &colleague.graphql);
    let stages = stages(graphql).await?;
    let settings = "mutation { done: setSettings(input: { unassignedVisible: false }) { userErrors { code } stale } }";
    let set: Value = graphql.ask(settings, &json!({}), "/done").await?;
    ensure!(set["userErrors"] == json!([]), "{set}");
    let owner = json!({"owner": {"memberId": colleague.id}});
    made(graphql, json!({"leadIds": [asha], "change": owner})).await?;
    show(agent, "one is hers", |leads| leads.len() == 1 && leads[0]["id"] == asha.as_str()).await?;

    // What she does not see says no as what there is not; and she changes of all what is hers.
    let fair = json!({"addTags": ["Fair"]});
    let hers = made(agent, json!({"leadIds": [asha, bo], "change": fair})).await?;
    ensure!(counts(&hers) == [2, 1, 0, 1] && hers["refusedFor"][0]["code"] == "NOT_FOUND", "{hers}");
    ensure!(hers["firstRefusals"][0]["leadId"] == bo.as_str(), "{hers}");
    let all = made(agent, json!({"filter": {}, "change": {"removeTags": ["Fair"]}})).await?;
    ensure!(counts(&all) == [1, 1, 0, 0], "{all}");
    let (hers, other) = (hers["id"].as_str().context("no id")?, Journey::begin().await?);
    ensure!(!change(graphql, hers).await?.is_null(), "the owner sees everybody's");
    ensure!(change(&other.graphql, hers).await?.is_null(), "a stranger sees it");
    let of_the_owner = made(graphql, json!({"leadIds": [asha], "change": {"isSpam": false}})).await?;
    let of_the_owner = of_the_owner["id"].as_str().context("no id")?;
    ensure!(change(agent, of_the_owner).await?.is_null(), "she sees what others asked for");
    let theirs = made(&other.graphql, json!({"leadIds": [asha, bo], "change": {"isSpam": true}})).await?;
    ensure!(counts(&theirs) == [2, 0, 0, 2], "{theirs}");

    let cancel = "mutation ($id: ID!) { cancelLeadChange(input: { leadChangeId: $id }) { userErrors { code } } }";
    for (who, code) in [(graphql, "WRONG_STATUS"), (agent, "NOT_FOUND"), (&other.graphql, "NOT_FOUND")] {
        let refused: Value =
            who.ask(cancel, &json!({"id": of_the_owner}), "/cancelLeadChange/userErrors/0/code").await?;
        ensure!(refused == code, "{refused}");
    }
    let nobody = "00000000-0000-0000-0000-000000000009";
    let many: Vec<&String> = std::iter::repeat_n(&asha, 501).collect();
    let (spam, of_bo) = (json!({"isSpam": true}), json!([bo]));
    for (who, input, code, field) in [
        (agent, json!({"leadIds": [asha], "change": owner}), "FORBIDDEN", None),
        (graphql, json!({"change": spam}), "INVALID", Some("leadIds")),
        (graphql, json!({"leadIds": of_bo, "filter": {}, "change": spam}), "INVALID", Some("leadIds")),
        (graphql, json!({"leadIds": many, "change": spam}), "TOO_MANY", Some("leadIds")),
        (graphql, json!({"filter": {}, "change": {}}), "INVALID", Some("change")),
        (graphql, json!({"filter": {}, "change": {"addTags": []}}), "INVALID", Some("change")),
        (graphql, json!({"filter": {}, "change": {"isSpam": true, "addTags": ["Fair"]}}), "INVALID", Some("change")),
        (graphql, json!({"filter": {}, "change": {"addTags": [""]}}), "INVALID", Some("change.addTags")),
        (graphql, json!({"filter": {}, "change": {"removeTags": vec!["a"; 21]}}), "INVALID", Some("change.removeTags")),
        (graphql, json!({"filter": {}, "change": {"stageId": nobody}}), "NOT_FOUND", Some("change.stageId")),
        (
            graphql,
            json!({"filter": {}, "change": {"stageId": stages[4]["id"], "lostReasonId": nobody}}),
            "NOT_FOUND",
            Some("change.lostReasonId"),
        ),
        (
            graphql,
            json!({"filter": {}, "change": {"isSpam": true, "lostReasonId": nobody}}),
            "INVALID",
            Some("change.lostReasonId"),
        ),
        (graphql, json!({"filter": {}, "change": {"owner": {"memberId": nobody}}}), "NOT_FOUND", Some("memberId")),
    ] {
        let refused = ask(who, input.clone()).await?;
        let expected = json!({"leadChange": null, "userErrors": [{"code": code, "field": field}]});
        ensure!(refused == expected, "{input}: {refused}");
    }
    Ok(())
}
