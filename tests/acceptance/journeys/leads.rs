//! What people of a business think of a lead, and what happened with her.

use anyhow::{Context as _, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::try_join_all;
use leadflow_tests::patience::eventually;
use serde_json::{Value, json};

use super::begin::{Journey, text};

const ASHA: &str = "919820012345";
const BO: &str = "919820054321";

const QUALIFY: &str = "mutation ($input: QualifyLeadInput!) { qualifyLead(input: $input) {
    lead { id status score reason assessedAt } userErrors { code field } position stale } }";

const DISQUALIFY: &str = "mutation ($input: DisqualifyLeadInput!) { disqualifyLead(input: $input) {
    lead { id status score reason assessedAt } userErrors { code field } position stale } }";

const LEADS: &str = "query ($status: LeadStatusFilter, $first: Int!, $after: String) {
    leads(filter: {status: $status}, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id score reason status } } } }";

const LEAD: &str = "query ($id: ID!) { lead(id: $id) { status score reason assessedAt } }";

const TIMELINE: &str = "query ($id: ID!, $first: Int!, $after: String) { lead(id: $id) {
    timeline(first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { cursor node { kind at conversationId outboundMessage event position } } } } }";

/// A business to which Bo and then Asha have written: their leads, latest first.
async fn two_leads() -> Result<(Journey, String, String)> {
    let journey = Journey::begin().await?;
    let hello = [text(BO, "bo", 0, "Good morning"), text(ASHA, "asha", 60, "Is the blue one still there?")];
    journey.receive(&hello).await?;
    journey.shows(&hello).await?;
    let mut leads = journey.graphql.leads().await?;
    ensure!(leads.len() == 2, "{leads:?}");
    let bo = leads.remove(1).id;
    Ok((journey, leads.remove(0).id, bo))
}

async fn qualify(journey: &Journey, input: Value) -> Result<Value> {
    journey.graphql.ask(QUALIFY, &json!({"input": input}), "/qualifyLead").await
}

async fn disqualify(journey: &Journey, input: Value) -> Result<Value> {
    journey.graphql.ask(DISQUALIFY, &json!({"input": input}), "/disqualifyLead").await
}

/// That it was done, and is shown: where the lead stands now, and why.
fn stands(payload: &Value, expected: Value) -> Result<()> {
    let lead = &payload["lead"];
    ensure!(payload["userErrors"] == json!([]) && payload["stale"].is_null(), "{payload}");
    ensure!(json!([lead["status"], lead["score"], lead["reason"]]) == expected, "{payload}, not {expected}");
    ensure!(lead["assessedAt"].is_string() && payload["position"].is_u64(), "{payload}");
    Ok(())
}

fn ids(leads: &[Value]) -> Vec<&str> {
    leads.iter().filter_map(|lead| lead["id"].as_str()).collect()
}

#[tokio::test]
async fn a_lead_is_worth_pursuing_or_not_and_minds_change() -> Result<()> {
    let (journey, asha, bo) = two_leads().await?;
    let every = async |status: &str| -> Result<Vec<Value>> {
        journey.graphql.every(LEADS, json!({"status": {"eq": status}}), "/leads").await
    };
    ensure!(ids(&every("NEW").await?) == [&*asha, &*bo]);

    let wants = json!({"leadId": asha, "reason": "Has a budget, and wants it now.", "score": 80});
    let payload = qualify(&journey, wants.clone()).await?;
    stands(&payload, json!(["QUALIFIED", 80, "Has a budget, and wants it now."]))?;
    // Saying it again changes nothing.
    ensure!(qualify(&journey, wants).await? == payload);
    stands(&disqualify(&journey, json!({"leadId": bo, "score": 0})).await?, json!(["DISQUALIFIED", 0, null]))?;

    ensure!(every("NEW").await?.is_empty());
    ensure!(ids(&every("QUALIFIED").await?) == [&*asha]);
    ensure!(ids(&every("DISQUALIFIED").await?) == [&*bo]);
    ensure!(ids(&journey.graphql.every(LEADS, json!({}), "/leads").await?) == [&*asha, &*bo]);
    let counts: Value =
        journey.graphql.ask("{ leadCounts { new qualified disqualified } }", &json!({}), "/leadCounts").await?;
    ensure!(counts == json!({"new": 0, "qualified": 1, "disqualified": 1}), "{counts}");

    // What was said before is not what is thought now.
    stands(&qualify(&journey, json!({"leadId": bo})).await?, json!(["QUALIFIED", null, null]))?;
    ensure!(ids(&every("QUALIFIED").await?) == [&*asha, &*bo]);
    ensure!(every("DISQUALIFIED").await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn what_is_not_yours_or_makes_no_sense_is_refused() -> Result<()> {
    let (journey, asha, _) = two_leads().await?;
    let stranger = Journey::begin().await?;
    let nowhere = URL_SAFE_NO_PAD.encode("Lead:00000000-0000-5000-8000-000000000000");
    for (whose, lead) in [(&stranger, &asha), (&journey, &nowhere)] {
        for refused in [
            qualify(whose, json!({"leadId": lead, "reason": "Mine!"})).await?,
            disqualify(whose, json!({"leadId": lead})).await?,
        ] {
            let not_found = json!([{"code": "NOT_FOUND", "field": "leadId"}]);
            ensure!(refused["userErrors"] == not_found && refused["lead"].is_null(), "{refused}");
            ensure!(refused["position"].is_null(), "{refused}");
        }
    }
    let conversation = journey.graphql.conversations().await?.remove(0).id;
    for odd in [
        json!({"leadId": conversation}),
        json!({"leadId": "somebody"}),
        json!({"leadId": asha, "score": 0.5}),
        json!({"leadId": asha, "idempotencyKey": ""}),
        json!({"leadId": asha, "mood": "good"}),
    ] {
        for document in [QUALIFY, DISQUALIFY] {
            let answer = journey.graphql.send(document, &json!({"input": odd})).await?;
            ensure!(answer.code() == Some("BAD_USER_INPUT"), "{odd}: {}", answer.body);
        }
    }
    for (field, odd) in [
        ("reason", json!(" ")),
        ("reason", json!("two\nlines")),
        ("reason", json!("x".repeat(501))),
        ("score", json!(-1)),
        ("score", json!(101)),
        ("score", json!(256)),
    ] {
        let refused = qualify(&journey, json!({"leadId": asha, (field): odd})).await?;
        ensure!(refused["userErrors"] == json!([{"code": "INVALID", "field": field}]), "{odd}: {refused}");
        ensure!(refused["lead"].is_null() && refused["position"].is_null(), "{refused}");
    }
    // Nothing of it was done.
    let lead: Value = journey.graphql.ask(LEAD, &json!({"id": asha}), "/lead").await?;
    ensure!(lead == json!({"status": "NEW", "score": null, "reason": null, "assessedAt": null}), "{lead}");
    Ok(())
}

#[tokio::test]
async fn the_same_assessment_with_the_same_key_is_done_once() -> Result<()> {
    let (journey, asha, _) = two_leads().await?;
    let first = json!({"leadId": asha, "score": 70, "idempotencyKey": "one"});
    let done = try_join_all((0..4).map(|_| qualify(&journey, first.clone()))).await?;
    ensure!(done.iter().all(|payload| payload["position"] == done[0]["position"]), "{done:?}");
    stands(&done[0], json!(["QUALIFIED", 70, null]))?;

    stands(&disqualify(&journey, json!({"leadId": asha})).await?, json!(["DISQUALIFIED", null, null]))?;
    // What the first request came to is told again, and not done again.
    let again = qualify(&journey, first).await?;
    ensure!(again["position"] == done[0]["position"] && again["lead"]["status"] == "DISQUALIFIED", "{again}");

    let reused = json!([{"code": "IDEMPOTENCY_KEY_REUSED", "field": "idempotencyKey"}]);
    let other = qualify(&journey, json!({"leadId": asha, "score": 71, "idempotencyKey": "one"})).await?;
    ensure!(other["userErrors"] == reused, "{other}");
    let other = disqualify(&journey, json!({"leadId": asha, "score": 70, "idempotencyKey": "one"})).await?;
    ensure!(other["userErrors"] == reused, "{other}");
    Ok(())
}

#[tokio::test]
async fn leads_come_in_pages_of_their_own_list() -> Result<()> {
    let (journey, ..) = two_leads().await?;
    let send = async |status: Option<&str>, first: i64, after: Option<&str>| {
        journey
            .graphql
            .send(LEADS, &json!({"status": status.map(|status| json!({"eq": status})), "first": first, "after": after}))
            .await
    };
    let page = send(Some("NEW"), 1, None).await?.body["data"]["leads"].clone();
    ensure!(page["totalCount"] == 2 && page["pageInfo"]["hasNextPage"] == true, "{page}");
    let cursor = page["pageInfo"]["endCursor"].as_str().context("a cursor")?;
    let next = send(Some("NEW"), 1, Some(cursor)).await?.body["data"]["leads"].clone();
    ensure!(next["pageInfo"]["hasNextPage"] == false && next["edges"][0] != page["edges"][0], "{next}");

    for (status, first, after) in [
        (None, 1, Some(cursor)),
        (Some("QUALIFIED"), 1, Some(cursor)),
        (Some("NEW"), 101, None),
        (Some("NEW"), -1, None),
        (Some("WON"), 1, None),
    ] {
        let answer = send(status, first, after).await?;
        let code = if after.is_some() { "INVALID_CURSOR" } else { "BAD_USER_INPUT" };
        ensure!(answer.code() == Some(code), "{status:?} {first} {after:?}: {}", answer.body);
    }
    Ok(())
}

#[tokio::test]
async fn what_happened_with_a_lead_is_told_latest_first_and_outlasts_her() -> Result<()> {
    let (journey, asha, bo) = two_leads().await?;
    let graphql = &journey.graphql;
    let conversation = graphql.conversations().await?.remove(0);
    qualify(&journey, json!({"leadId": asha, "reason": "She knows what she wants."})).await?;
    graphql.resolve_conversation(&conversation.id).await?;

    let timeline = async |lead: &str| -> Result<Vec<Value>> {
        graphql.every(TIMELINE, json!({"id": lead}), "/lead/timeline").await
    };
    let kinds = |events: &[Value]| -> Vec<String> {
        events.iter().filter_map(|event| event["kind"].as_str().map(str::to_owned)).collect()
    };
    let told = ["CONVERSATION_RESOLVED", "LEAD_QUALIFIED", "CONVERSATION_OPENED", "INTRODUCED"];
    // Of one time are what she wrote and that it captured a lead.
    let hers = ["LEAD_CAPTURED", "MESSAGE_RECEIVED"];
    eventually("it is told what happened", || async {
        let shown = kinds(&timeline(&asha).await?);
        let (of_us, mut of_her): (Vec<_>, Vec<_>) = shown.into_iter().partition(|kind| told.contains(&&**kind));
        of_her.sort_unstable();
        ensure!(of_us[..2] == told[..2] && of_us.len() == told.len() && of_her == hers, "{of_us:?} {of_her:?}");
        Ok(())
    })
    .await?;
    let events = timeline(&asha).await?;
    for event in &events {
        let is_of_thread = event["conversationId"] == json!(conversation.id);
        let of_no_thread = ["LEAD_QUALIFIED", "INTRODUCED"].contains(&event["kind"].as_str().unwrap_or_default());
        ensure!(is_of_thread != of_no_thread && event["position"].as_i64().is_some_and(|at| at > 0), "{event}");
        ensure!(event["event"].is_string() && event["outboundMessage"].is_null(), "{event}");
    }
    ensure!(!kinds(&timeline(&bo).await?).contains(&"LEAD_QUALIFIED".to_owned()));

    // A list of leads loads a page for each of them; a page is bounded, and its cursor belongs to timelines.
    let list = "query ($first: Int!, $after: String) { leads { edges { node { id
        timeline(first: $first, after: $after) { totalCount edges { cursor node { kind } } } } } } }";
    let pages: Value = graphql.ask(list, &json!({"first": 1, "after": null}), "/leads/edges").await?;
    ensure!(pages[0]["node"]["timeline"]["totalCount"] == events.len(), "{pages}");
    ensure!(pages[0]["node"]["timeline"]["edges"][0]["node"]["kind"] == told[0], "{pages}");
    ensure!(pages[1]["node"]["timeline"]["edges"][0]["node"]["kind"] != told[0], "{pages}");
    let leads: Value = graphql.ask(LEADS, &json!({"first": 1}), "/leads/pageInfo").await?;
    for (first, after, code) in
        [(101, Value::Null, "BAD_USER_INPUT"), (1, leads["endCursor"].clone(), "INVALID_CURSOR")]
    {
        let answer = graphql.send(list, &json!({"first": first, "after": after})).await?;
        ensure!(answer.code() == Some(code), "{first} {after}: {}", answer.body);
    }

    // Another business has no such lead, and so no timeline.
    let stranger = Journey::begin().await?.graphql;
    let theirs: Value = stranger.ask(TIMELINE, &json!({"id": asha, "first": 1}), "").await?;
    ensure!(theirs["lead"].is_null(), "{theirs}");

    // When she is erased, the reason goes and what happened stays.
    let erase = "mutation ($id: ID!) { eraseContact(input: { contactId: $id }) { userErrors { code } } }";
    let contact = conversation.contact.map(|contact| contact.id);
    let erased: Value = graphql.ask(erase, &json!({"id": contact}), "/eraseContact/userErrors").await?;
    ensure!(erased == json!([]), "{erased}");
    eventually("the reason is gone", || async {
        let lead: Value = graphql.ask(LEAD, &json!({"id": asha}), "/lead").await?;
        ensure!(lead["status"] == "QUALIFIED" && lead["reason"].is_null(), "{lead}");
        ensure!(timeline(&asha).await?.len() == events.len() + 1);
        Ok(())
    })
    .await?;
    let refused = disqualify(&journey, json!({"leadId": asha, "reason": "She left."})).await?;
    ensure!(refused["userErrors"][0]["code"] == "ERASED", "{refused}");
    stands(&disqualify(&journey, json!({"leadId": asha})).await?, json!(["DISQUALIFIED", null, null]))
}
