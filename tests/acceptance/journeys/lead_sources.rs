//! Leads from elsewhere than messages: a form in an ad, and what somebody of the business enters. Behind them is one person.

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::colleagues::{Colleague, done};
use leadflow_tests::forms::Form;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::patience::eventually;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};

const NORA: &str = "919820045001";
const ADDRESS: &str = "nora.winter@example.com";

const LEAD: &str = "id status source capturedAt version conversation { id } contact { id displayName phone email }
    timeline(first: 20) { edges { node { kind } } }
    submissions(first: 10) { totalCount edges { node {
        source sourceId status submittedAt name formId campaignId adGroupId adId assetGroupId providerLeadId clickId added
        answers { key question answer } } } }";

const ADD: &str = "mutation ($input: AddLeadInput!) { done: addLead(input: $input) {
    lead { id source contact { id displayName phone email } submissions(first: 10) { edges { node { status added } } } }
    userErrors { code field message } position stale } }";

async fn leads(graphql: &GraphQl) -> Result<Vec<Value>> {
    let document = format!("{{ leads(first: 20) {{ edges {{ node {{ {LEAD} }} }} }} }}");
    let shown: Value = graphql.ask(&document, &json!({}), "/leads/edges").await?;
    Ok(shown.as_array().context("no leads")?.iter().map(|edge| edge["node"].clone()).collect())
}

/// What a lead is linked to, latest first.
fn submissions(lead: &Value) -> Vec<&Value> {
    lead["submissions"]["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"]).collect()
}

async fn takes(form: &Form, body: &Value) -> Result<()> {
    let (status, answer) = form.send(shared().await?.server.address(), body).await?;
    ensure!(status == StatusCode::OK && answer == json!({}), "{status} {answer}");
    Ok(())
}

async fn refuses(form: &Form, body: &Value, with: StatusCode) -> Result<()> {
    let (status, answer) = form.send(shared().await?.server.address(), body).await?;
    ensure!(status == with && answer["message"].is_string(), "{status} {answer}");
    Ok(())
}

#[tokio::test]
async fn who_fills_in_a_form_and_writes_and_is_entered_is_one_person_with_one_lead() -> Result<()> {
    let journey = Journey::begin().await?;
    let owner = &journey.graphql;
    let form = Form::open(owner, "Spring offer").await?;
    let columns = [("FULL_NAME", "Nora Winter"), ("PHONE_NUMBER", "+91 98200 45001"), ("colour?", "Blue")];
    let filled_in = form.filled_in("lead-1", &columns);
    takes(&form, &filled_in).await?;
    takes(&form, &filled_in).await?;
    let lead = eventually("the form is a lead", async || {
        let mut leads = leads(owner).await?;
        ensure!(leads.len() == 1 && !leads[0]["contact"]["displayName"].is_null(), "{leads:?}");
        Ok(leads.remove(0))
    })
    .await?;
    ensure!(lead["source"] == "GOOGLE_FORM" && lead["conversation"].is_null(), "{lead}");
    ensure!(lead["capturedAt"] == "2026-11-06T08:00:00Z", "when she filled it in: {lead}");
    let contact = &lead["contact"];
    ensure!(contact["displayName"] == "Nora Winter" && contact["phone"] == format!("+{NORA}"), "{contact}");
    let expected = json!({
        "source": "GOOGLE_FORM", "sourceId": form.source, "status": "CREATED", "submittedAt": "2026-11-06T08:00:00Z",
        "name": "Nora Winter", "formId": "401", "campaignId": "402", "adGroupId": "403", "adId": "404",
        "assetGroupId": "405", "providerLeadId": "lead-1", "clickId": "click-lead-1", "added": ["PHONE"],
        "answers": [
            {"key": "FULL_NAME", "question": "Your FULL_NAME", "answer": "Nora Winter"},
            {"key": "PHONE_NUMBER", "question": "Your PHONE_NUMBER", "answer": "+91 98200 45001"},
            {"key": "colour?", "question": "Your colour?", "answer": "Blue"},
        ],
    });
    ensure!(submissions(&lead) == [&expected], "{lead}");

    // She writes, later on: her lead is the one that there is.
    let hello = text(NORA, "nora", 86_400, "I filled in your form");
    journey.receive(std::slice::from_ref(&hello)).await?;
    shared().await?.installation.settle().await?;
    // Somebody enters her, with an address that nobody knew.
    let entered = json!({"phone": NORA, "email": ADDRESS, "name": "Nora W.", "campaign": "fair",
                         "answers": [{"question": "Where did you meet?", "answer": "At the fair"}], "idempotencyKey": "fair-1"});
    let added = done(owner, ADD, &entered).await?;
    ensure!(added["lead"]["id"] == lead["id"], "{added}");
    let again = done(owner, ADD, &entered).await?;
    ensure!(again["lead"]["id"] == lead["id"] && again["position"] == added["position"], "{again}");
    let shown = leads(owner).await?;
    ensure!(shown.len() == 1 && shown[0]["source"] == "GOOGLE_FORM", "{shown:?}");
    ensure!(shown[0]["contact"]["email"] == ADDRESS, "{shown:?}");
    let linked = submissions(&shown[0]);
    ensure!(linked.len() == 2 && linked[1] == &expected, "{linked:?}");
    ensure!(linked[0]["source"] == "MANUAL" && linked[0]["status"] == "LINKED", "{linked:?}");
    ensure!(linked[0]["added"] == json!(["EMAIL"]) && linked[0]["sourceId"].is_null(), "{linked:?}");

    // A form with her address alone finds her, and so does one with another phone not.
    takes(&form, &form.filled_in("lead-2", &[("EMAIL", "Nora.Winter@example.com")])).await?;
    takes(&form, &form.filled_in("lead-3", &[("EMAIL", ADDRESS), ("PHONE_NUMBER", "+91 98200 45009")])).await?;
    let both = eventually("two people", async || {
        let leads = leads(owner).await?;
        let linked = |lead: &Value| lead["submissions"]["totalCount"].as_i64();
        ensure!(leads.len() == 2 && leads.iter().filter_map(linked).sum::<i64>() == 4, "{leads:?}");
        Ok(leads)
    })
    .await?;
    let other = both.iter().find(|known| known["id"] != lead["id"]).context("nobody else")?;
    ensure!(other["contact"]["email"].is_null(), "nobody is taken for somebody: {other}");
    let kinds = other["timeline"]["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"]["kind"]);
    ensure!(kinds.clone().any(|kind| kind == "IDENTIFIER_CONFLICTED"), "and people can see why: {other}");

    // She is erased: what she told is gone, and that she did is not.
    let erase =
        "mutation ($input: EraseContactInput!) { done: eraseContact(input: $input) { userErrors { code } stale } }";
    done(owner, erase, &json!({"contactId": lead["contact"]["id"]})).await?;
    let erased = eventually("she is erased", async || {
        let leads = leads(owner).await?;
        let hers = leads.into_iter().find(|known| known["id"] == lead["id"]).context("no lead of hers")?;
        ensure!(hers["contact"]["phone"].is_null() && hers["contact"]["email"].is_null(), "{hers}");
        ensure!(submissions(&hers).iter().all(|form| form["name"].is_null()), "{hers}");
        Ok(hers)
    })
    .await?;
    ensure!(submissions(&erased).len() == 3, "{erased}");
    ensure!(
        submissions(&erased).iter().all(|form| form["answers"] == json!([]) && form["clickId"].is_null()),
        "{erased}"
    );
    takes(&form, &filled_in).await?;
    shared().await?.installation.settle().await?;
    ensure!(leads(owner).await?.len() == 2, "what was told before brings nobody back");
    Ok(())
}

#[tokio::test]
async fn a_form_s_door_opens_by_its_key_while_it_is_open() -> Result<()> {
    let journey = Journey::begin().await?;
    let owner = &journey.graphql;
    let form = Form::open(owner, "Winter offer").await?;
    let filled_in = form.filled_in("lead-1", &[("PHONE_NUMBER", NORA)]);
    let with = |key: Value| {
        let mut body = filled_in.clone();
        body["google_key"] = key;
        body
    };
    for key in [json!(""), json!("x"), json!(null), json!(form.key.to_uppercase())] {
        refuses(&form, &with(key), StatusCode::UNAUTHORIZED).await?;
    }
    let elsewhere = Form { path: "/webhooks/google/00000000-0000-0000-0000-000000000001".to_owned(), ..form.clone() };
    refuses(&elsewhere, &filled_in, StatusCode::NOT_FOUND).await?;
    let mut test = filled_in.clone();
    test["is_test"] = json!(true);
    takes(&form, &test).await?;

    let version = |opened: &Value| opened["source"]["version"].clone();
    let tell = |what: &str| {
        let input = format!("{}{}Input", what[..1].to_uppercase(), &what[1..]);
        format!(
            "mutation ($input: {input}!) {{ done: {what}(input: $input) {{ source {{ status version }} userErrors {{ code }} stale }} }}"
        )
    };
    let about = json!({"sourceId": form.source});
    let closed = done(owner, &tell("closeSource"), &about).await?;
    ensure!(closed["source"]["status"] == "CLOSED" && version(&closed) == 2, "{closed}");
    refuses(&form, &filled_in, StatusCode::NOT_FOUND).await?;
    let reopened = done(owner, &tell("reopenSource"), &about).await?;
    ensure!(reopened["source"]["status"] == "OPEN" && version(&reopened) == 3, "{reopened}");
    shared().await?.installation.settle().await?;
    ensure!(leads(owner).await?.is_empty(), "a test is no lead");
    takes(&form, &filled_in).await?;
    eventually("now it is", async || {
        let leads = leads(owner).await?;
        ensure!(leads.len() == 1, "{leads:?}");
        Ok(())
    })
    .await?;

    // Another business finds nothing of it, and an agent opens none.
    let other = Journey::begin().await?;
    let not_found: Value = other.graphql.ask(&tell("closeSource"), &json!({"input": about}), "/done").await?;
    ensure!(not_found["userErrors"][0]["code"] == "NOT_FOUND", "{not_found}");
    let agent = Colleague::join(&shared().await?.installation, owner, "AGENT", json!({})).await?.graphql;
    let open = "mutation { done: openGoogleForm(input: {name: \"Mine\"}) { googleKey userErrors { code } } }";
    let denied: Value = agent.ask(open, &json!({}), "/done").await?;
    ensure!(denied["userErrors"][0]["code"] == "FORBIDDEN" && denied["googleKey"].is_null(), "{denied}");
    Ok(())
}

#[tokio::test]
async fn who_is_entered_by_hand_is_somebody_or_is_refused_by_name() -> Result<()> {
    let journey = Journey::begin().await?;
    let owner = &journey.graphql;
    for (input, field) in [
        (json!({"name": "Nora"}), "phone"),
        (json!({"phone": "call me"}), "phone"),
        (json!({"email": "nora at home"}), "email"),
        (json!({"phone": NORA, "answers": [{"question": " ", "answer": "x"}]}), "answers.0.question"),
    ] {
        let refused: Value = owner.ask(ADD, &json!({"input": input}), "/done").await?;
        let error = &refused["userErrors"][0];
        ensure!(error["code"] == "INVALID" && error["field"] == field && refused["lead"].is_null(), "{refused}");
    }
    ensure!(leads(owner).await?.is_empty());

    let by_address = done(owner, ADD, &json!({"email": ADDRESS, "name": "Nora Winter"})).await?;
    let lead = &by_address["lead"];
    ensure!(
        lead["source"] == "MANUAL" && lead["contact"]["email"] == ADDRESS && lead["contact"]["phone"].is_null(),
        "{lead}"
    );
    // She gives a phone later: it is hers, and she is found by it when she writes.
    let with_phone = done(owner, ADD, &json!({"email": ADDRESS, "phone": NORA})).await?;
    ensure!(
        with_phone["lead"]["id"] == lead["id"] && with_phone["lead"]["contact"]["phone"] == format!("+{NORA}"),
        "{with_phone}"
    );
    let hello = text(NORA, "nora", 0, "Hello");
    journey.receive(std::slice::from_ref(&hello)).await?;
    shared().await?.installation.settle().await?;
    let shown = leads(owner).await?;
    ensure!(shown.len() == 1 && shown[0]["id"] == lead["id"], "{shown:?}");
    // She wrote before she was entered, by the provider's clock: that is where it began.
    ensure!(shown[0]["source"] == "WHATSAPP" && !shown[0]["conversation"].is_null(), "{shown:?}");
    ensure!(submissions(&shown[0]).iter().filter(|form| form["status"] == "CREATED").count() == 1, "{shown:?}");
    Ok(())
}
