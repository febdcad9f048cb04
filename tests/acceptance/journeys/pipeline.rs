//! A business works its leads: through its own stages, until they are won or lost, and with what it puts down about them; and takes
//! them away as a file.

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::colleagues::Colleague;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::patience::eventually;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};

const ASHA: &str = "919820012345";
const BO: &str = "919820054321";

const LEADS: &str = "query ($filter: LeadFilter, $orderBy: LeadOrder) {
    leads(filter: $filter, orderBy: $orderBy) { totalCount edges { node { id } } } }";

const LEAD: &str = "query ($id: ID!) { lead(id: $id) {
    status score reason isSpam tags company ownerId version
    stage { id name kind } lostReason { name } worth { amountMinor currency }
    quality { points grounds { ground points } } attributes { name value }
    notes { totalCount edges { node { text } } } timeline(first: 50) { edges { node { kind } } } } }";

const PIPELINE: &str = "{ leadPipeline { stages { id name kind } lostReasons { id name }
    attributes { id name kind choices } version } }";

/// A mutation of a lead, or of the pipeline; the payload.
async fn change(graphql: &GraphQl, name: &str, input: Value) -> Result<Value> {
    let type_name = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let of = if PIPELINE_MUTATIONS.contains(&name) { "leadPipeline { version }" } else { "lead { id version }" };
    let document = format!(
        "mutation ($input: {type_name}!) {{ done: {name}(input: $input) {{ {of} userErrors {{ code field }} position stale }} }}"
    );
    graphql.ask(&document, &json!({"input": input}), "/done").await
}

const PIPELINE_MUTATIONS: [&str; 10] = [
    "createLeadStage",
    "renameLeadStage",
    "reorderLeadStages",
    "removeLeadStage",
    "addLostReason",
    "renameLostReason",
    "removeLostReason",
    "defineLeadAttribute",
    "changeLeadAttribute",
    "removeLeadAttribute",
];

/// That it is done, and shown.
async fn done(graphql: &GraphQl, name: &str, input: Value) -> Result<Value> {
    let payload = change(graphql, name, input.clone()).await?;
    ensure!(
        payload["userErrors"] == json!([]) && payload["position"].is_u64() && payload["stale"].is_null(),
        "{name} {input}: {payload}"
    );
    Ok(payload)
}

/// That it is refused with this code, for this field.
async fn refused(graphql: &GraphQl, name: &str, input: Value, code: &str, field: &str) -> Result<()> {
    let payload = change(graphql, name, input.clone()).await?;
    ensure!(
        payload["userErrors"] == json!([{"code": code, "field": field}]) && payload["position"].is_null(),
        "{name} {input}: {payload}"
    );
    Ok(())
}

async fn lead(journey: &Journey, id: &str) -> Result<Value> {
    journey.graphql.ask(LEAD, &json!({"id": id}), "/lead").await
}

async fn found(journey: &Journey, filter: Value) -> Result<Vec<String>> {
    let leads: Value = journey.graphql.ask(LEADS, &json!({"filter": filter}), "/leads").await?;
    let ids = leads["edges"].as_array().into_iter().flatten().filter_map(|edge| edge["node"]["id"].as_str());
    let ids: Vec<String> = ids.map(str::to_owned).collect();
    ensure!(leads["totalCount"] == ids.len(), "{leads}");
    Ok(ids)
}

/// The ids of the pipeline's stages, reasons or attributes, by name.
async fn named(journey: &Journey, what: &str, name: &str) -> Result<String> {
    let pipeline: Value = journey.graphql.ask(PIPELINE, &json!({}), "/leadPipeline").await?;
    let mut all = pipeline[what].as_array().into_iter().flatten();
    let one = all.find(|one| one["name"] == name).with_context(|| format!("no {name}: {pipeline}"))?;
    Ok(one["id"].as_str().context("no id")?.to_owned())
}

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

#[tokio::test]
async fn a_lead_goes_through_a_business_s_own_stages_until_it_is_won_or_lost() -> Result<()> {
    let (journey, asha, bo) = two_leads().await?;
    let graphql = &journey.graphql;
    let begins: Value = graphql.ask(PIPELINE, &json!({}), "/leadPipeline").await?;
    let names: Vec<&Value> = begins["stages"].as_array().into_iter().flatten().map(|stage| &stage["name"]).collect();
    ensure!(json!(names) == json!(["New", "Contacted", "Negotiating", "Won", "Lost"]), "{begins}");
    ensure!(begins["version"] == 0 && lead(&journey, &asha).await?["stage"]["name"] == "New", "{begins}");

    let create = json!({"name": "Visited", "kind": "OPEN", "idempotencyKey": "visited"});
    done(graphql, "createLeadStage", create.clone()).await?;
    // Asked again it is the same stage.
    done(graphql, "createLeadStage", create).await?;
    refused(graphql, "createLeadStage", json!({"name": "VISITED", "kind": "WON"}), "TAKEN", "name").await?;
    let (new, visited) = (named(&journey, "stages", "New").await?, named(&journey, "stages", "Visited").await?);
    done(graphql, "moveLead", json!({"leadId": asha, "stageId": visited})).await?;
    ensure!(found(&journey, json!({"stageId": {"eq": visited}})).await? == std::slice::from_ref(&asha));

    // There is a stage less, where every lead begins; Bo's stands at its successor, and so does whoever comes.
    refused(graphql, "removeLeadStage", json!({"stageId": new, "successorId": new}), "INVALID", "successorId").await?;
    done(graphql, "removeLeadStage", json!({"stageId": new, "successorId": visited})).await?;
    ensure!(lead(&journey, &bo).await?["stage"]["name"] == "Visited");
    let cleo = [text("919820067890", "cleo", 120, "Hello")];
    journey.receive(&cleo).await?;
    eventually("whoever comes begins where the first stage's leads stand now", async || {
        let there = found(&journey, json!({"stageId": {"eq": visited}})).await?;
        ensure!(there.len() == 3, "{there:?}");
        Ok(())
    })
    .await?;
    refused(graphql, "moveLead", json!({"leadId": asha, "stageId": new}), "NOT_FOUND", "stageId").await?;

    // Bo is lost for a reason of the business's, Asha buys.
    done(graphql, "addLostReason", json!({"name": "Too expensive"})).await?;
    let (reason, lost) =
        (named(&journey, "lostReasons", "Too expensive").await?, named(&journey, "stages", "Lost").await?);
    refused(
        graphql,
        "moveLead",
        json!({"leadId": bo, "stageId": visited, "lostReasonId": reason}),
        "INVALID",
        "lostReasonId",
    )
    .await?;
    done(graphql, "moveLead", json!({"leadId": bo, "stageId": lost, "lostReasonId": reason})).await?;
    done(graphql, "removeLostReason", json!({"lostReasonId": reason})).await?;
    let shown = lead(&journey, &bo).await?;
    ensure!(shown["lostReason"]["name"] == "Too expensive" && shown["stage"]["kind"] == "LOST", "{shown}");

    refused(graphql, "convertLead", json!({"leadId": asha, "amountMinor": 5}), "INVALID", "currency").await?;
    refused(
        graphql,
        "convertLead",
        json!({"leadId": asha, "amountMinor": -5, "currency": "EUR"}),
        "INVALID",
        "amountMinor",
    )
    .await?;
    done(graphql, "convertLead", json!({"leadId": asha, "amountMinor": 129_900, "currency": "EUR"})).await?;
    let won = lead(&journey, &asha).await?;
    ensure!(won["status"] == "QUALIFIED" && won["stage"]["name"] == "Won", "{won}");
    ensure!(won["worth"] == json!({"amountMinor": 129_900, "currency": "EUR"}), "{won}");
    // Who has bought was worth pursuing.
    let disqualified = change(graphql, "disqualifyLead", json!({"leadId": asha})).await?;
    ensure!(disqualified["userErrors"][0]["code"] == "WRONG_STATUS", "{disqualified}");
    // What is not is not worked on, until it is again.
    done(graphql, "disqualifyLead", json!({"leadId": bo})).await?;
    let refused_move = change(graphql, "moveLead", json!({"leadId": bo, "stageId": visited})).await?;
    ensure!(refused_move["userErrors"][0]["code"] == "WRONG_STATUS", "{refused_move}");
    done(graphql, "qualifyLead", json!({"leadId": bo})).await?;
    ensure!(lead(&journey, &bo).await?["stage"]["name"] == "Visited");

    let counts: Value =
        graphql.ask("{ leadCounts { stages { stage { name } leads } } }", &json!({}), "/leadCounts/stages").await?;
    let expected = json!([{"stage": {"name": "Visited"}, "leads": 2}, {"stage": {"name": "Won"}, "leads": 1}]);
    ensure!(counts == expected, "{counts}");
    ensure!(found(&journey, json!({"stageKind": {"eq": "WON"}})).await? == std::slice::from_ref(&asha));
    let kinds: Vec<&Value> =
        won["timeline"]["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"]["kind"]).collect();
    for kind in ["LEAD_CONVERTED", "LEAD_QUALIFIED", "LEAD_MOVED", "LEAD_CAPTURED"] {
        ensure!(kinds.iter().any(|one| **one == kind), "{kind}: {kinds:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_put_down_about_a_lead_is_found_taken_away_as_a_file_and_erased_with_her() -> Result<()> {
    let (journey, asha, bo) = two_leads().await?;
    let graphql = &journey.graphql;
    for (name, kind, choices) in [
        ("Budget", "NUMBER", Value::Null),
        ("Size", "CHOICE", json!(["Small", "Large"])),
        ("Since", "DATE", Value::Null),
    ] {
        done(graphql, "defineLeadAttribute", json!({"name": name, "kind": kind, "choices": choices})).await?;
    }
    let (budget, size) = (named(&journey, "attributes", "Budget").await?, named(&journey, "attributes", "Size").await?);
    for (attribute, value) in [(&budget, "much"), (&size, "small"), (&budget, "1e9")] {
        let said = json!({"leadId": asha, "attributeId": attribute, "value": value});
        refused(graphql, "setLeadAttribute", said, "INVALID", "value").await?;
    }
    for (name, input) in [
        ("setLeadAttribute", json!({"leadId": asha, "attributeId": budget, "value": "0950.50"})),
        ("setLeadAttribute", json!({"leadId": asha, "attributeId": size, "value": "Large"})),
        ("setLeadAttribute", json!({"leadId": bo, "attributeId": budget, "value": "70"})),
        ("setLeadCompany", json!({"leadId": asha, "company": "=HYPERLINK(\"http://example.com\")"})),
        ("tagLead", json!({"leadId": asha, "tag": "Fair"})),
        ("addLeadNote", json!({"leadId": asha, "text": "Call her sister,\nnot her."})),
        ("markLeadSpam", json!({"leadId": bo})),
    ] {
        done(graphql, name, input).await?;
    }
    let shown = lead(&journey, &asha).await?;
    let attributes = json!([{"name": "Budget", "value": "950.5"}, {"name": "Size", "value": "Large"}]);
    ensure!(shown["attributes"] == attributes && shown["tags"] == json!(["Fair"]), "{shown}");
    ensure!(shown["notes"]["edges"][0]["node"]["text"] == "Call her sister,\nnot her.", "{shown}");
    let grounds = json!([{"ground": "WROTE", "points": 25}, {"ground": "COMPANY", "points": 5}]);
    ensure!(shown["quality"] == json!({"points": 30, "grounds": grounds}), "{shown}");
    let spam = lead(&journey, &bo).await?;
    ensure!(spam["isSpam"] == true && spam["quality"]["points"] == 0, "{spam}");

    for (filter, whose) in [
        (json!({"tags": ["Fair", "VIP"]}), vec![&asha]),
        (json!({"isSpam": true}), vec![&bo]),
        (json!({"company": {"contains": "hyper"}}), vec![&asha]),
        (json!({"attribute": {"attributeId": budget, "gte": "100"}}), vec![&asha]),
        (json!({"attribute": {"attributeId": budget, "lte": "950.5"}}), vec![&asha, &bo]),
        (json!({"attribute": {"attributeId": size, "isNull": true}}), vec![&bo]),
        (json!({"quality": {"gte": 1}}), vec![&asha]),
        (json!({"ownerId": {"isNull": false}}), vec![]),
    ] {
        ensure!(found(&journey, filter.clone()).await?.iter().eq(whose.iter().copied()), "{filter}");
    }
    for order in ["HIGHEST_QUALITY", "LATEST_MOVED"] {
        let leads: Value = graphql.ask(LEADS, &json!({"orderBy": order}), "/leads").await?;
        ensure!(leads["edges"][0]["node"]["id"] == asha.as_str(), "{order}: {leads}");
    }

    // A spreadsheet takes nothing of it for a formula, and others' is nobody else's.
    let (status, table) = graphql.get("/exports/leads").await?;
    ensure!(status == StatusCode::OK && table.lines().count() == 3, "{status}: {table}");
    ensure!(
        table.contains("\"'=HYPERLINK(\"\"http://example.com\"\")\"") && table.contains("'+919820012345"),
        "{table}"
    );
    let (status, lines) = graphql.get("/exports/leads?format=jsonl&filter=%7B%22isSpam%22%3Afalse%7D").await?;
    let exported = lines.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    ensure!(status == StatusCode::OK && exported.len() == 1, "{status}: {lines}");
    let (line, expected) = (&exported[0], json!({"Budget": "950.5", "Size": "Large"}));
    ensure!(line["attributes"] == expected && line["stage"] == "New" && line["source"] == "WHATSAPP", "{line}");
    ensure!(line["phone"] == format!("+{ASHA}") && line["quality"] == 30, "{line}");
    for odd in ["?format=xlsx", "?filter=x", "?filter=%7B%22mood%22%3A1%7D", "?order=1"] {
        let (status, refused) = graphql.get(&format!("/exports/leads{odd}")).await?;
        ensure!(status == StatusCode::BAD_REQUEST && refused.contains("BAD_USER_INPUT"), "{odd}: {status} {refused}");
    }
    let stranger = Journey::begin().await?;
    let (status, none) = stranger.graphql.get("/exports/leads?format=jsonl").await?;
    ensure!(status == StatusCode::OK && none.is_empty(), "{status}: {none}");
    let (status, _) = GraphQl::anonymous(graphql.address())?.get("/exports/leads").await?;
    ensure!(status == StatusCode::UNAUTHORIZED, "{status}");
    let mine = json!({"leadId": asha, "tag": "Mine"});
    refused(&stranger.graphql, "tagLead", mine, "NOT_FOUND", "leadId").await?;

    let contact: Value = graphql
        .ask("query ($id: ID!) { lead(id: $id) { contact { id } } }", &json!({"id": asha}), "/lead/contact")
        .await?;
    let erase = "mutation ($id: ID!) { eraseContact(input: { contactId: $id }) { userErrors { code } } }";
    let errors: Value = graphql.ask(erase, &json!({"id": contact["id"]}), "/eraseContact/userErrors").await?;
    ensure!(errors == json!([]), "{errors}");
    let erased = eventually("her lead is without her", async || {
        let erased = lead(&journey, &asha).await?;
        ensure!(erased["company"].is_null() && erased["attributes"] == json!([]), "{erased}");
        Ok(erased)
    })
    .await?;
    ensure!(erased["notes"]["totalCount"] == 1 && erased["notes"]["edges"][0]["node"]["text"].is_null(), "{erased}");
    // What it came to stays, and so does the business's own word.
    ensure!(erased["quality"] == shown["quality"] && erased["tags"] == json!(["Fair"]), "{erased}");
    let (_, lines) = graphql.get("/exports/leads?format=jsonl").await?;
    ensure!(!lines.contains("HYPERLINK") && !lines.contains(ASHA), "{lines}");
    Ok(())
}

#[tokio::test]
async fn conversations_go_along_with_a_lead_that_is_handed_on_and_an_old_request_takes_nothing_back() -> Result<()> {
    let (journey, asha, bo) = two_leads().await?;
    let installation = &shared().await?.installation;
    let bea = Colleague::join(installation, &journey.graphql, "AGENT", json!({})).await?;
    let carl = Colleague::join(installation, &journey.graphql, "AGENT", json!({})).await?;
    let to = |member: &str, key: &str| json!({"leadId": asha, "memberId": member, "idempotencyKey": key});
    let is_with = async |member: &str| {
        eventually("the conversation is hers, too", || async {
            let conversations = journey.graphql.conversations().await?;
            let hers = conversations.iter().find(|one| {
                one.contact.as_ref().and_then(|contact| contact.phone.as_deref()) == Some(&format!("+{ASHA}"))
            });
            let assignee = hers.and_then(|one| one.assignee.as_ref()).map(|assignee| assignee.id.as_str());
            let owner = lead(&journey, &asha).await?["ownerId"].clone();
            ensure!(assignee == Some(member) && owner == json!(member), "{assignee:?} {owner}");
            Ok(())
        })
        .await
    };
    done(&journey.graphql, "transferLead", to(&bea.id, "to Bea")).await?;
    is_with(&bea.id).await?;
    let seen: Value = bea.graphql.ask(LEADS, &json!({}), "/leads").await?;
    let ids: Vec<&Value> = seen["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"]["id"]).collect();
    ensure!(ids.contains(&&json!(asha)), "{seen}");
    done(&journey.graphql, "transferLead", to(&carl.id, "to Carl")).await?;
    is_with(&carl.id).await?;

    // Asked again, late: it is answered, and nothing is done.
    let again = change(&journey.graphql, "transferLead", to(&bea.id, "to Bea")).await?;
    ensure!(again["userErrors"] == json!([]), "{again}");
    is_with(&carl.id).await?;
    let others = lead(&journey, &bo).await?;
    ensure!(others["ownerId"].is_null(), "{others}");
    Ok(())
}
