//! A program posts leads: it is let in, its fields are tried and mapped, and what it posts is answered and becomes somebody's lead.

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::colleagues::{Colleague, done};
use leadflow_tests::external::{Answer, Program};
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::eventually;
use leadflow_tests::server::Server;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::begin::{Journey, shared};
use super::clocks::database_clock;

const TRY: &str = "query ($input: TryExternalMappingInput!) { tryExternalMapping(input: $input) {
    isLead hindrance submissionId submittedAt name phone email form campaign clickId
    answers { key question answer } problems { field path message } userErrors { code field message } } }";

const SOURCE: &str = "query ($id: ID!) { source(id: $id) {
    kind status version lastSubmittedAt health lastError { at reason } recentForms recentCampaigns
    external { isSigned networks tokenIssuedAt lastReceivedAt waiting
        mapping { submissionId name phone answers { field question } keepsOthers } } } }";

/// What the program posts.
fn body(id: &str, phone: &str) -> Value {
    json!({"event": {"id": id, "at": "2026-11-06T08:00:00Z"},
           "lead": {"first": "Nora", "last": "Winter", "tel": phone, "mail": "nora.winter@example.com"},
           "utm_campaign": "spring", "colour": "blue", "consent": true})
}

fn mapping(phone: &str) -> Value {
    json!({"submissionId": "/event/id", "submittedAt": "/event/at", "name": ["/lead/first", "/lead/last"], "phone": phone,
           "email": "/lead/mail", "campaign": "utm_campaign",
           "answers": [{"field": "colour", "question": "Which colour?"}], "keepsOthers": true})
}

fn tell(what: &str, told: &str) -> String {
    let input = format!("{}{}Input", what[..1].to_uppercase(), &what[1..]);
    format!(
        "mutation ($input: {input}!) {{ done: {what}(input: $input) {{ {told} source {{ status version external {{ isSigned networks }} }} \
         userErrors {{ code field }} stale }} }}"
    )
}

async fn source(graphql: &GraphQl, program: &Program) -> Result<Value> {
    graphql.ask(SOURCE, &json!({"id": program.source}), "/source").await
}

async fn leads(graphql: &GraphQl) -> Result<Vec<Value>> {
    let document = "{ leads(first: 20) { edges { node { id source conversation { id } contact { displayName phone email }
        submissions(first: 10) { totalCount edges { node { source sourceId status submittedAt name campaignId providerLeadId
            answers { key question answer } } } } } } } }";
    let shown: Value = graphql.ask(document, &json!({}), "/leads/edges").await?;
    Ok(shown.as_array().context("no leads")?.iter().map(|edge| edge["node"].clone()).collect())
}

fn is(answer: &Answer, status: StatusCode, word: &str) -> Result<()> {
    let told = if status == StatusCode::ACCEPTED { &answer.body["status"] } else { &answer.body["code"] };
    ensure!(answer.status == status && told == word, "{answer:?}");
    Ok(())
}

#[tokio::test]
async fn a_mapping_is_tried_and_what_is_posted_becomes_a_lead_once() -> Result<()> {
    let journey = Journey::begin().await?;
    let (owner, address) = (&journey.graphql, shared().await?.server.address());
    let sample = body("P-1", "+91 98200 45001").to_string();
    let wrong: Value = owner
        .ask(TRY, &json!({"input": {"mapping": mapping("/lead/phone"), "sample": sample}}), "/tryExternalMapping")
        .await?;
    ensure!(
        wrong["isLead"] == true && wrong["phone"].is_null() && wrong["email"] == "nora.winter@example.com",
        "{wrong}"
    );
    let problems = json!([{"field": "phone", "path": "/lead/phone", "message": "nothing stands there"}]);
    ensure!(wrong["problems"] == problems, "{wrong}");
    let tried: Value = owner
        .ask(TRY, &json!({"input": {"mapping": mapping("/lead/tel"), "sample": sample}}), "/tryExternalMapping")
        .await?;
    let expected = json!({
        "isLead": true, "hindrance": null, "submissionId": "P-1", "submittedAt": "2026-11-06T08:00:00Z", "name": "Nora Winter",
        "phone": "+919820045001", "email": "nora.winter@example.com", "form": null, "campaign": "spring", "clickId": null,
        "answers": [{"key": "colour", "question": "Which colour?", "answer": "blue"},
                    {"key": "consent", "question": null, "answer": "true"}],
        "problems": [], "userErrors": [],
    });
    ensure!(tried == expected, "{tried}");
    let form =
        json!({"mapping": {"phone": "your-phone"}, "sample": "your-phone=%2B91+98200+45001", "mediaType": "FORM"});
    let tried: Value = owner.ask(TRY, &json!({"input": form}), "/tryExternalMapping").await?;
    ensure!(tried["isLead"] == true && tried["phone"] == "+919820045001", "{tried}");
    for (input, field) in [
        (json!({"mapping": {"name": ["x"]}, "sample": "{}"}), "mapping"),
        (json!({"mapping": {"phone": " "}, "sample": "{}"}), "mapping.phone"),
    ] {
        let tried: Value = owner.ask(TRY, &json!({"input": input}), "/tryExternalMapping").await?;
        ensure!(tried["isLead"] == false && tried["userErrors"][0]["field"] == field, "{tried}");
    }
    let tried: Value =
        owner.ask(TRY, &json!({"input": {"mapping": {"phone": "x"}, "sample": "[1]"}}), "/tryExternalMapping").await?;
    ensure!(tried["isLead"] == false && tried["hindrance"].is_string(), "{tried}");

    let program = Program::open(owner, &json!({"name": "Partner", "mapping": mapping("/lead/tel")}), 0).await?;
    ensure!(leads(owner).await?.is_empty(), "trying has changed nothing");
    ensure!(source(owner, &program).await?["health"] == "UNUSED");
    for _ in 0..2 {
        is(&program.post(address, &body("P-1", "+91 98200 45001")).await?, StatusCode::ACCEPTED, "ACCEPTED")?;
    }
    let lead = eventually("what was posted is a lead", async || {
        let mut leads = leads(owner).await?;
        ensure!(leads.len() == 1 && !leads[0]["contact"]["displayName"].is_null(), "{leads:?}");
        Ok(leads.remove(0))
    })
    .await?;
    shared().await?.installation.settle().await?;
    ensure!(lead["source"] == "EXTERNAL" && lead["conversation"].is_null(), "{lead}");
    let contact = json!({"displayName": "Nora Winter", "phone": "+919820045001", "email": "nora.winter@example.com"});
    ensure!(lead["contact"] == contact, "{lead}");
    let submission = json!({
        "source": "EXTERNAL", "sourceId": program.source, "status": "CREATED", "submittedAt": "2026-11-06T08:00:00Z",
        "name": "Nora Winter", "campaignId": "spring", "providerLeadId": "P-1",
        "answers": [{"key": "colour", "question": "Which colour?", "answer": "blue"},
                    {"key": "consent", "question": null, "answer": "true"}],
    });
    let told = &leads(owner).await?[0]["submissions"];
    ensure!(told["totalCount"] == 1 && told["edges"][0]["node"] == submission, "told twice it is one: {told}");
    let shown = source(owner, &program).await?;
    ensure!(shown["kind"] == "EXTERNAL" && shown["lastSubmittedAt"] == "2026-11-06T08:00:00Z", "{shown}");
    let external = &shown["external"];
    ensure!(!external["lastReceivedAt"].is_null() && !external["tokenIssuedAt"].is_null(), "{shown}");
    ensure!(shown["health"] == "WELL" && shown["lastError"].is_null(), "{shown}");
    ensure!(shown["recentForms"] == json!([]) && shown["recentCampaigns"] == json!(["spring"]), "{shown}");
    ensure!(external["mapping"]["phone"] == "/lead/tel" && external["waiting"] == 0, "{shown}");

    // Of campaigns the one that somebody came by last is the first.
    for (id, at, campaign) in [("P-2", "10:00", "autumn"), ("P-3", "09:00", "spring"), ("P-4", "07:00", "winter")] {
        let mut more = body(id, "+91 98200 45001");
        more["utm_campaign"] = json!(campaign);
        more["event"]["at"] = json!(format!("2026-11-06T{at}:00Z"));
        is(&program.post(address, &more).await?, StatusCode::ACCEPTED, "ACCEPTED")?;
    }
    eventually("its campaigns are told", async || {
        let shown = source(owner, &program).await?;
        ensure!(shown["recentCampaigns"] == json!(["autumn", "spring", "winter"]), "{shown}");
        Ok(())
    })
    .await?;

    // Another business finds nothing of it, and an agent lets nobody in.
    let other = Journey::begin().await?;
    ensure!(source(&other.graphql, &program).await?.is_null());
    let not_found: Value =
        other.graphql.ask(&tell("issueExternalToken", "token"), &json!({"input": program.about()}), "/done").await?;
    ensure!(not_found["userErrors"][0]["code"] == "NOT_FOUND" && not_found["token"].is_null(), "{not_found}");
    let agent = Colleague::join(&shared().await?.installation, owner, "AGENT", json!({})).await?.graphql;
    let denied: Value =
        agent.ask(&tell("issueExternalToken", "token"), &json!({"input": program.about()}), "/done").await?;
    ensure!(denied["userErrors"][0]["code"] == "FORBIDDEN" && denied["token"].is_null(), "{denied}");
    Ok(())
}

#[tokio::test]
async fn what_names_nobody_waits_until_its_fields_are_mapped() -> Result<()> {
    // Operators of the shared one would see what waits.
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let (owner, address) = (&journey.graphql, server.address());
    let wrong = json!({"submissionId": "id", "phone": "phone"});
    let program = Program::open(owner, &json!({"name": "Shop", "mapping": wrong}), 0).await?;
    is(&program.post_form(address, "id=W-1&mobile=%2B91+98200+45002").await?, StatusCode::ACCEPTED, "ACCEPTED")?;
    eventually("it waits, and says why", async || {
        let shown = source(owner, &program).await?;
        let reason = shown["lastError"]["reason"].as_str().unwrap_or_default().to_owned();
        ensure!(shown["health"] == "FAILING", "{shown}");
        ensure!(shown["external"]["waiting"] == 1 && reason.contains("phone at `phone`"), "{shown}");
        Ok(())
    })
    .await?;
    let change = tell("changeExternalMapping", "");
    let right = json!({"submissionId": "id", "phone": "mobile"});
    let seen = source(owner, &program).await?["version"].clone();
    let stale = json!({"sourceId": program.source, "mapping": right, "expectedVersion": 1});
    let conflict: Value = owner.ask(&change, &json!({"input": stale}), "/done").await?;
    ensure!(conflict["userErrors"][0]["code"] == "CONFLICT" && conflict["source"]["version"] == seen, "{conflict}");
    done(owner, &change, &json!({"sourceId": program.source, "mapping": right, "expectedVersion": seen})).await?;
    eventually("it is a lead", async || {
        let leads = leads(owner).await?;
        ensure!(leads.len() == 1 && leads[0]["contact"]["phone"] == "+919820045002", "{leads:?}");
        let shown = source(owner, &program).await?;
        ensure!(
            shown["external"]["waiting"] == 0 && shown["lastError"].is_null() && shown["health"] == "WELL",
            "{shown}"
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_program_shows_signs_and_comes_from_what_it_is_told_to() -> Result<()> {
    let journey = Journey::begin().await?;
    let (owner, address) = (&journey.graphql, shared().await?.server.address());
    let open = json!({"name": "Partner", "mapping": mapping("/lead/tel"), "networks": ["127.0.0.0/8", "::1"],
                      "isSigned": true, "idempotencyKey": "open-1"});
    let program = Program::open(owner, &open, database_clock().await?.as_second()).await?;
    let again: Value = owner.ask(&tell("openExternalSource", "token secret"), &json!({"input": open}), "/done").await?;
    ensure!(again["token"].is_null() && again["secret"].is_null() && again["userErrors"] == json!([]), "{again}");
    let posted = body("P-1", "+91 98200 45003");
    is(&program.post(address, &posted).await?, StatusCode::ACCEPTED, "ACCEPTED")?;
    let unsigned = Program { secret: None, ..program.clone() };
    is(&unsigned.post(address, &posted).await?, StatusCode::UNAUTHORIZED, "SIGNATURE")?;
    let wrong = Program { secret: Some("lfs_wrong".to_owned()), ..program.clone() };
    is(&wrong.post(address, &posted).await?, StatusCode::UNAUTHORIZED, "SIGNATURE")?;
    let stranger = Program { token: "lfx_wrong".to_owned(), ..program.clone() };
    is(&stranger.post(address, &posted).await?, StatusCode::UNAUTHORIZED, "TOKEN")?;
    // Seen on its way long ago.
    let bytes = posted.to_string().into_bytes();
    let secret = program.secret.clone().context("no secret")?;
    let replayed = unsigned
        .request(address, "application/json", bytes.clone())?
        .header(leadflow_gateways::external::TIMESTAMP, 1_763_712_000)
        .header(
            leadflow_gateways::external::SIGNATURE,
            leadflow_gateways::external::sign(secret.as_bytes(), 1_763_712_000, &bytes),
        );
    is(&Answer::to(replayed).await?, StatusCode::UNAUTHORIZED, "STALE")?;
    is(
        &Answer::to(program.request(address, "text/plain", bytes.clone())?).await?,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "MEDIA_TYPE",
    )?;
    is(&program.post(address, &json!([1])).await?, StatusCode::UNPROCESSABLE_ENTITY, "UNREADABLE")?;
    let huge = json!({"lead": {"tel": "x".repeat(300 << 10)}});
    is(&program.post(address, &huge).await?, StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE")?;

    let elsewhere = json!({"sourceId": program.source, "networks": ["203.0.113.0/24"]});
    let changed = done(owner, &tell("changeExternalNetworks", ""), &elsewhere).await?;
    ensure!(changed["source"]["external"]["networks"] == json!(["203.0.113.0/24"]), "{changed}");
    // No proxy is trusted here: what a stranger writes of where she is is not believed.
    let forged = program.request(address, "application/json", bytes)?.header("x-forwarded-for", "203.0.113.7");
    is(&Answer::to(forged).await?, StatusCode::FORBIDDEN, "NETWORK")?;
    eventually("people see what was refused", async || {
        let shown = source(owner, &program).await?;
        ensure!(shown["lastError"]["reason"].is_string(), "{shown}");
        Ok(())
    })
    .await?;
    let nowhere = json!({"sourceId": program.source, "networks": ["0.0.0.0/0"]});
    let invalid: Value = owner.ask(&tell("changeExternalNetworks", ""), &json!({"input": nowhere}), "/done").await?;
    ensure!(
        invalid["userErrors"][0]["code"] == "INVALID" && invalid["userErrors"][0]["field"] == "networks",
        "{invalid}"
    );
    done(owner, &tell("changeExternalNetworks", ""), &json!({"sourceId": program.source, "networks": []})).await?;
    is(&program.post(address, &posted).await?, StatusCode::ACCEPTED, "ACCEPTED")?;

    // Another token and another secret take the place of those that there were; without a secret nothing is signed.
    let text = |answer: &Value, of: &str| answer[of].as_str().map(str::to_owned).context("not told");
    let token = text(&done(owner, &tell("issueExternalToken", "token"), &program.about()).await?, "token")?;
    is(&program.post(address, &posted).await?, StatusCode::UNAUTHORIZED, "TOKEN")?;
    let program = Program { token, ..program };
    is(&program.post(address, &posted).await?, StatusCode::ACCEPTED, "ACCEPTED")?;
    let secret = text(&done(owner, &tell("issueExternalSecret", "secret"), &program.about()).await?, "secret")?;
    is(&program.post(address, &posted).await?, StatusCode::UNAUTHORIZED, "SIGNATURE")?;
    let program = Program { secret: Some(secret), ..program };
    is(&program.post(address, &posted).await?, StatusCode::ACCEPTED, "ACCEPTED")?;
    let removed = done(owner, &tell("removeExternalSecret", ""), &program.about()).await?;
    ensure!(removed["source"]["external"]["isSigned"] == false, "{removed}");
    let program = Program { secret: None, ..program };
    is(&program.post(address, &posted).await?, StatusCode::ACCEPTED, "ACCEPTED")?;
    done(owner, &tell("closeSource", ""), &program.about()).await?;
    let closed = source(owner, &program).await?;
    ensure!(closed["status"] == "CLOSED" && closed["health"].is_null(), "{closed}");
    is(&program.post(address, &posted).await?, StatusCode::NOT_FOUND, "UNKNOWN_SOURCE")?;
    done(owner, &tell("reopenSource", ""), &program.about()).await?;
    is(&program.post(address, &posted).await?, StatusCode::ACCEPTED, "ACCEPTED")?;
    shared().await?.installation.settle().await?;
    ensure!(leads(owner).await?.len() == 1, "however often it was told");
    Ok(())
}

#[tokio::test]
async fn whoever_posts_too_often_is_told_when_to_come_again_and_others_are_not() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start_with(&installation, |serve| {
        serve.env("LEADFLOW_LIMITS__EXTERNAL_SOURCE", "3/1h");
    })
    .await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let (owner, address) = (&journey.graphql, server.address());
    let open = |name: &str| json!({"name": name, "mapping": {"phone": "phone"}});
    let flood = Program::open(owner, &open("Flood"), 0).await?;
    let honest = Program::open(owner, &open("Honest"), 0).await?;
    for nth in 0..20 {
        let answer = flood.post(address, &json!({"phone": format!("+91982004510{}", nth % 10)})).await?;
        if nth < 3 {
            is(&answer, StatusCode::ACCEPTED, "ACCEPTED")?;
        } else {
            is(&answer, StatusCode::TOO_MANY_REQUESTS, "TOO_OFTEN")?;
            ensure!(answer.retry_after.is_some_and(|seconds| (1..=1_200).contains(&seconds)), "{answer:?}");
        }
    }
    is(&honest.post(address, &json!({"phone": "+919820045200"})).await?, StatusCode::ACCEPTED, "ACCEPTED")?;
    eventually("those that were taken are leads", async || {
        let leads = leads(owner).await?;
        ensure!(leads.len() == 4, "{leads:?}");
        Ok(())
    })
    .await
}
