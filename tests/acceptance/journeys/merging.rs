//! Two contacts turn out to be one person, are worked with as one, and turn out to be two after all.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::colleagues::done;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::eventually;
use leadflow_tests::server::Server;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};

const ASHA: &str = "919820071001";
const BO: &str = "919820071002";

const SHOWN: &str = "query ($asha: String!, $bo: String!) {
    asha: contactByPhone(phone: $asha) { id version mergedInto }
    bo: contactByPhone(phone: $bo) { id version mergedInto }
    contacts(first: 10) { totalCount edges { node { id } } }
    conversations(first: 10) { totalCount edges { node { id contact { id }
        messages(first: 10) { edges { node { text author { id } } } } } } }
    leads(first: 10) { totalCount edges { node { id status contact { id }
        timeline(first: 50) { totalCount edges { node { kind position } } } } } } }";

const MERGE: &str = "mutation ($input: MergeContactsInput!) { done: mergeContacts(input: $input) {
    winner { id mergedInto } loser { id mergedInto } userErrors { code field } position stale } }";

const UNMERGE: &str = "mutation ($input: UnmergeContactsInput!) { done: unmergeContacts(input: $input) {
    winner { id mergedInto } loser { id mergedInto } userErrors { code field } position stale } }";

const MERGED: &str = "query ($id: ID!) { mergedContacts(contactId: $id, first: 10) {
    totalCount edges { node { id mergedInto phone } } } }";

const HISTORY: &str =
    "query ($id: ID!) { history(id: $id, first: 20) { edges { node { type actor { kind } what } } } }";

const PAIRS: &str = "{ possibleDuplicates(first: 10) { totalCount edges { node {
    grounds one { id email } other { id email } } } } }";

const ADD: &str = "mutation ($input: AddLeadInput!) { done: addLead(input: $input) {
    lead { id } userErrors { code } position stale } }";

const DISMISS: &str = "mutation ($input: DismissDuplicateInput!) { done: dismissDuplicate(input: $input) {
    one { id } other { id } userErrors { code } position stale } }";

const ERASE: &str = "mutation ($input: EraseContactInput!) { done: eraseContact(input: $input) {
    contact { id phone } userErrors { code } stale } }";

async fn shown(graphql: &GraphQl) -> Result<Value> {
    graphql.ask(SHOWN, &json!({"asha": format!("+{ASHA}"), "bo": format!("+{BO}")}), "").await
}

fn nodes<'a>(shown: &'a Value, list: &str) -> Vec<&'a Value> {
    shown[list]["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"]).collect()
}

/// Whose each of a list's rows is, by the row's id.
fn whose(shown: &Value, list: &str) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    nodes(shown, list).into_iter().map(|node| (text(&node["id"]), text(&node["contact"]["id"]))).collect()
}

/// What is shown, without what tells of merging.
fn without_merges(mut shown: Value) -> Value {
    for contact in ["asha", "bo"] {
        shown[contact]["version"].take();
    }
    for lead in shown["leads"]["edges"].as_array_mut().into_iter().flatten() {
        let timeline = &mut lead["node"]["timeline"];
        timeline["totalCount"].take();
        if let Some(entries) = timeline["edges"].as_array_mut() {
            entries
                .retain(|entry| !["MERGED", "UNMERGED"].contains(&entry["node"]["kind"].as_str().unwrap_or_default()));
        }
    }
    shown
}

#[tokio::test]
async fn two_are_worked_with_as_one_and_are_two_again_with_all_that_came_since() -> Result<()> {
    let journey = Journey::begin().await?;
    let owner = &journey.graphql;
    let hello = [text(BO, "merge1", 0, "Good morning"), text(ASHA, "merge2", 60, "Is the blue one left?")];
    journey.receive(&hello).await?;
    journey.shows(&hello).await?;
    shared().await?.installation.settle().await?;
    let before = shown(owner).await?;
    let (asha, bo) = (&before["asha"]["id"], &before["bo"]["id"]);
    let leads = whose(&before, "leads");
    ensure!(leads.len() == 2 && asha != bo, "{before}");
    let bo_s_lead = leads.iter().find(|(_, contact)| *contact == bo).context("no lead of Bo's")?.0;

    let input = json!({"winnerId": asha, "loserId": bo, "reason": "One voice on the phone", "idempotencyKey": "merge",
                       "expectedVersion": before["bo"]["version"], "expectedWinnerVersion": before["asha"]["version"]});
    let merged = done(owner, MERGE, &input).await?;
    ensure!(merged["winner"] == json!({"id": asha, "mergedInto": null}), "{merged}");
    ensure!(merged["loser"] == json!({"id": bo, "mergedInto": asha}), "{merged}");
    ensure!(done(owner, MERGE, &input).await?["position"] == merged["position"]);

    let as_one = eventually("both are shown under Asha", async || {
        let shown = shown(owner).await?;
        let is_hers = |list| whose(&shown, list).values().all(|contact| contact == asha);
        ensure!(shown["contacts"]["totalCount"] == 1 && shown["bo"]["id"] == *asha, "{shown}");
        ensure!(is_hers("conversations") && is_hers("leads"), "{shown}");
        let kinds = |lead: &&Value| lead["timeline"]["edges"].to_string().contains("\"MERGED\"");
        ensure!(nodes(&shown, "leads").iter().all(kinds), "{shown}");
        Ok(shown)
    })
    .await?;
    ensure!(as_one["conversations"]["totalCount"] == 2 && as_one["leads"]["totalCount"] == 2, "{as_one}");
    let under: Value = owner.ask(MERGED, &json!({"id": asha}), "/mergedContacts").await?;
    let listed = json!([{"node": {"id": bo, "mergedInto": asha, "phone": format!("+{BO}")}}]);
    ensure!(under["totalCount"] == 1 && under["edges"] == listed, "{under}");
    // Who found so, and why.
    let history: Value = owner.ask(HISTORY, &json!({"id": bo}), "/history/edges").await?;
    ensure!(history[0]["node"]["type"] == "contact.merged", "{history}");
    ensure!(history.to_string().contains("One voice on the phone"), "{history}");

    // Bo goes on writing, and somebody works on his lead.
    let later = [text(BO, "merge3", 120, "And the red one?")];
    journey.receive(&later).await?;
    let qualify = "mutation ($input: QualifyLeadInput!) { done: qualifyLead(input: $input) { userErrors { code } } }";
    done(owner, qualify, &json!({"leadId": bo_s_lead, "score": 90})).await?;
    eventually("what comes later is shown under Asha", async || {
        let shown = shown(owner).await?;
        ensure!(shown["conversations"].to_string().contains("And the red one?"), "{shown}");
        ensure!(whose(&shown, "conversations").values().all(|contact| contact == asha), "{shown}");
        let authors = nodes(&shown, "conversations").into_iter().flat_map(|node| nodes(node, "messages"));
        ensure!(authors.into_iter().all(|message| message["author"]["id"] == *asha), "{shown}");
        Ok(())
    })
    .await?;

    // Neither ring nor a second winner.
    let ring: Value = owner.ask(MERGE, &json!({"input": {"winnerId": bo, "loserId": asha}}), "/done").await?;
    ensure!(ring["userErrors"] == json!([{"code": "WRONG_STATUS", "field": null}]), "{ring}");

    let apart = done(owner, UNMERGE, &json!({"winnerId": asha, "loserId": bo})).await?;
    ensure!(apart["loser"] == json!({"id": bo, "mergedInto": null}), "{apart}");
    let after = eventually("everything is where it belongs", async || {
        let shown = shown(owner).await?;
        ensure!(shown["contacts"]["totalCount"] == 2 && shown["bo"]["id"] == *bo, "{shown}");
        ensure!(whose(&shown, "leads") == leads, "{shown}");
        let bo_s = nodes(&shown, "conversations").into_iter().find(|node| node["contact"]["id"] == *bo);
        let bo_s = bo_s.context("no conversation of Bo's")?["messages"].to_string();
        ensure!(bo_s.contains("And the red one?") && !bo_s.contains("Is the blue one left?"), "{bo_s}");
        let lead = nodes(&shown, "leads").into_iter().find(|node| node["id"] == bo_s_lead.as_str());
        ensure!(lead.context("no lead of Bo's")?["status"] == "QUALIFIED", "{shown}");
        Ok(shown)
    })
    .await?;

    // As if nobody had ever been merged: Asha has what she had.
    let hers = |shown: Value| -> Vec<Value> {
        let shown = without_merges(shown);
        let lists = ["conversations", "leads"].map(|list| nodes(&shown, list).into_iter().cloned().collect::<Vec<_>>());
        lists.concat().into_iter().filter(|node| node["contact"]["id"] == *asha).collect()
    };
    ensure!(hers(after.clone()) == hers(before.clone()), "{after}, not {before}");
    Ok(())
}

#[tokio::test]
async fn possible_duplicates_are_confirmed_or_dismissed_by_people() -> Result<()> {
    let journey = Journey::begin().await?;
    let owner = &journey.graphql;
    let add = async |input: Value| done(owner, ADD, &input).await;
    // Nora by her address, somebody by a number, and then that number with Nora's address.
    add(json!({"email": "nora.w@example.com", "name": "Nora Winter"})).await?;
    add(json!({"phone": "+919820071011", "name": "N. Winter"})).await?;
    add(json!({"email": "spare@example.com", "name": "Someone"})).await?;
    let pairs = async || -> Result<Value> { owner.ask(PAIRS, &json!({}), "/possibleDuplicates").await };
    ensure!(pairs().await?["totalCount"] == 0);
    add(json!({"phone": "+919820071012", "name": "Paul Ray"})).await?;
    add(json!({"phone": "+919820071012", "email": "nora.w@example.com"})).await?;
    let pair = eventually("who came with another's address may be one with her", async || {
        let pairs = pairs().await?;
        ensure!(pairs["totalCount"] == 1, "{pairs}");
        Ok(pairs["edges"][0]["node"].clone())
    })
    .await?;
    ensure!(pair["grounds"] == json!(["IDENTIFIER"]), "{pair}");
    let is_nora = |contact: &&Value| contact["email"] == "nora.w@example.com";
    let nora =
        [&pair["one"], &pair["other"]].into_iter().find(is_nora).context("Nora is not one of them")?["id"].clone();
    let by_phone = "query ($phone: String!) { contactByPhone(phone: $phone) { id } }";
    let other: Value = owner.ask(by_phone, &json!({"phone": "+919820071011"}), "/contactByPhone/id").await?;
    let input = json!({"oneId": pair["one"]["id"], "otherId": pair["other"]["id"]});
    let dismissed = done(owner, DISMISS, &input).await?;
    ensure!(dismissed["one"]["id"] == pair["one"]["id"], "{dismissed}");
    eventually("it does not come back", async || {
        ensure!(pairs().await?["totalCount"] == 0);
        Ok(())
    })
    .await?;
    add(json!({"phone": "+919820071012", "email": "nora.w@example.com", "name": "Paul Ray"})).await?;
    shared().await?.installation.settle().await?;
    ensure!(pairs().await?["totalCount"] == 0);

    // One with an address and one with a number call themselves the same.
    add(json!({"phone": "+919820071011", "name": "Nora  Winter"})).await?;
    let pair = eventually("who is called the same, and nothing speaks against it, may be one", async || {
        let pairs = pairs().await?;
        ensure!(pairs["totalCount"] == 1, "{pairs}");
        Ok(pairs["edges"][0]["node"].clone())
    })
    .await?;
    ensure!(pair["grounds"] == json!(["NAME"]), "{pair}");
    let merged = done(owner, MERGE, &json!({"winnerId": other, "loserId": nora})).await?;
    ensure!(merged["loser"]["mergedInto"] == other, "{merged}");
    eventually("who is one is no pair", async || {
        ensure!(pairs().await?["totalCount"] == 0);
        let person: Value = owner
            .ask("query ($id: ID!) { contact(id: $id) { phone email } }", &json!({"id": other}), "/contact")
            .await?;
        ensure!(person == json!({"phone": "+919820071011", "email": "nora.w@example.com"}), "{person}");
        Ok(())
    })
    .await?;
    done(owner, UNMERGE, &json!({"winnerId": other, "loserId": nora})).await?;
    shared().await?.installation.settle().await?;
    ensure!(pairs().await?["totalCount"] == 0, "whoever was unmerged is two people");
    Ok(())
}

#[tokio::test]
async fn whoever_is_forgotten_is_forgotten_as_the_person_she_is_and_a_rebuild_shows_the_same() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let owner = &journey.graphql;
    let hello = [text(BO, "merge5", 0, "Good morning"), text(ASHA, "merge6", 60, "Is the blue one left?")];
    journey.receive(&hello).await?;
    journey.shows(&hello).await?;
    let before = shown(owner).await?;
    let (asha, bo) = (&before["asha"]["id"], &before["bo"]["id"]);
    let why = "Zanzibar cobalt voice";
    done(owner, MERGE, &json!({"winnerId": asha, "loserId": bo, "reason": why})).await?;
    installation.settle().await?;
    let as_one = shown(owner).await?;
    let rebuilt = installation.leadflow(&["projections", "rebuild", "inbox"]).await?.succeeded()?;
    ensure!(shown(owner).await? == as_one, "{}", rebuilt.stdout);

    // She writes from Bo's number, and it is Asha's record that is erased.
    done(owner, ERASE, &json!({"contactId": asha})).await?;
    installation.settle().await?;
    let gone = shown(owner).await?;
    ensure!(gone["asha"].is_null() && gone["bo"].is_null(), "{gone}");
    ensure!(!gone.to_string().contains("Good morning") && !gone.to_string().contains("blue"), "{gone}");
    let dump = super::erase_a_contact::dump(&installation).await?;
    let left = super::erase_a_contact::found(&dump, &[why, "Good morning", &format!("+{BO}")]);
    ensure!(left.is_empty(), "{left:?} are left");
    // Whoever writes from the number now is somebody new, by herself.
    journey.receive(&[text(BO, "merge7", 180, "Hello again")]).await?;
    eventually("somebody new", async || {
        let shown = shown(owner).await?;
        ensure!(shown["bo"]["id"].is_string() && shown["bo"]["id"] != *bo && shown["bo"]["id"] != *asha, "{shown}");
        Ok(())
    })
    .await
}
