//! A business and its people: its owner registers, asks others by mail, and says whose conversations are; each sees what is
//! hers, and whoever is put out is out at once. All of it is in the audit.

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator::BusinessNumber;
use leadflow_tests::business::Business;
use leadflow_tests::colleagues::{Colleague, PASSWORD, address, done, link_to};
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::patience::eventually;
use reqwest::StatusCode;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};

use super::begin::{Journey, Shared, shared, text};
use super::clocks::database_clock;

const ASHA: &str = "919820012301";
const BEA: &str = "919820012302";
const CLEO: &str = "919820012303";

const TOKENS: &str = "tokens { accessToken } userErrors { code } stale";

/// A mutation that is called `done`.
fn mutation(name: &str, selection: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!("mutation ($input: {input}!) {{ done: {name}(input: $input) {{ {selection} }} }}")
}

fn signed_in(shared: &Shared, done: &Value) -> Result<GraphQl> {
    let token = done["tokens"]["accessToken"].as_str().with_context(|| format!("{done}"))?;
    GraphQl::new(shared.server.address(), token)
}

/// A business whose owner registered by herself, with a number of its own.
async fn registered(shared: &Shared) -> Result<Journey> {
    let (nobody, address) = (GraphQl::anonymous(shared.server.address())?, address());
    let input = json!({"businessName": "Saffron Sofas", "name": "Ada", "email": address, "password": PASSWORD});
    let register: Value =
        nobody.ask(&mutation("register", "userErrors { code }"), &json!({"input": input}), "/done").await?;
    ensure!(register["userErrors"] == json!([]), "{register}");
    let input = json!({"token": link_to(&shared.installation, &address).await?, "password": PASSWORD});
    let owner = signed_in(shared, &done(&nobody, &mutation("verifyEmail", TOKENS), &input).await?)?;

    let number = BusinessNumber {
        phone_number_id: "106540369999001".to_owned(),
        waba_id: "102290679999001".to_owned(),
        display_phone: "15559999001".to_owned(),
    };
    let input = json!({"phoneNumberId": number.phone_number_id, "wabaId": number.waba_id,
                       "displayPhone": format!("+{}", number.display_phone)});
    let connect = mutation("connectWhatsappNumber", "channel { id } userErrors { code } stale");
    let channel = done(&owner, &connect, &input).await?["channel"]["id"].as_str().context("no channel")?.to_owned();
    let tenant: String = owner.ask("{ viewer { tenant { id } } }", &json!({}), "/viewer/tenant/id").await?;
    // The harness writes as customers do, and asks as the owner.
    let business = Business { tenant, channel, token: String::new(), number };
    let mut journey = Journey::of(&shared.server, business)?;
    journey.graphql = owner;
    Ok(journey)
}

/// With a second factor, in another session.
async fn signs_in_with_totp(shared: &Shared, agent: &Colleague) -> Result<GraphQl> {
    let begin = mutation("beginSecondFactor", "secret userErrors { code }");
    let begun = done(&agent.graphql, &begin, &json!({"password": PASSWORD})).await?;
    let secret = begun["secret"].as_str().context("no secret")?.to_owned();
    let bytes = Secret::Encoded(secret).to_bytes().map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes, None, String::new())?;
    let now = u64::try_from(database_clock().await?.as_second())?;
    let confirm = mutation("confirmSecondFactor", "recoveryCodes userErrors { code }");
    done(&agent.graphql, &confirm, &json!({"code": totp.generate(now)})).await?;
    // A code counts once: the next one is good already.
    let input = json!({"email": agent.address, "password": PASSWORD, "secondFactorCode": totp.generate(now + 30)});
    let sign_in = mutation("signIn", "tokens { accessToken } userErrors { code }");
    let nobody = GraphQl::anonymous(shared.server.address())?;
    signed_in(shared, &done(&nobody, &sign_in, &input).await?)
}

/// Who wrote in the conversations that somebody sees.
async fn sees(graphql: &GraphQl) -> Result<Vec<String>> {
    let mut customers: Vec<String> =
        graphql.conversations().await?.into_iter().filter_map(|conversation| conversation.contact?.phone).collect();
    customers.sort();
    Ok(customers)
}

#[tokio::test]
async fn an_owner_asks_others_and_each_sees_what_is_hers_until_she_is_put_out() -> Result<()> {
    let shared = shared().await?;
    let journey = registered(shared).await?;
    let owner = &journey.graphql;
    let form = mutation("formTeam", "team { id } userErrors { code } stale");
    let team = done(owner, &form, &json!({"name": "Counter"})).await?["team"]["id"].take();
    let agent = Colleague::join(&shared.installation, owner, "AGENT", json!({"teamId": team})).await?;
    let lead = Colleague::join(&shared.installation, owner, "TEAM_LEAD", json!({"teamId": team})).await?;
    let with_code = signs_in_with_totp(shared, &agent).await?;

    let wrote =
        [text(ASHA, "people1", 0, "Hello"), text(BEA, "people2", 1, "Hello"), text(CLEO, "people3", 2, "Hello")];
    journey.receive(&wrote).await?;
    let [asha, bea, cleo] = [ASHA, BEA, CLEO].map(|phone| format!("+{phone}"));
    eventually("all have written", || async {
        ensure!(sees(owner).await?.len() == 3);
        Ok(())
    })
    .await?;
    let owner_id: String = owner.ask("{ viewer { member { id } } }", &json!({}), "/viewer/member/id").await?;
    for conversation in owner.conversations().await? {
        let phone = conversation.contact.as_ref().and_then(|contact| contact.phone.clone());
        let member = match phone.as_deref() {
            Some(phone) if phone == asha => &agent.id,
            Some(phone) if phone == bea => &lead.id,
            _ => &owner_id,
        };
        let assigned = owner.assign_conversation(&conversation.id, member).await?;
        ensure!(assigned.user_errors.is_empty(), "{assigned:?}");
    }
    eventually("each sees what is hers", || async {
        ensure!(sees(&with_code).await? == [&*asha]);
        ensure!(sees(&lead.graphql).await? == [&*asha, &*bea]);
        ensure!(sees(owner).await? == [&*asha, &*bea, &*cleo]);
        Ok(())
    })
    .await?;

    let assign = mutation("assignConversation", "conversation { assignee { id name } } userErrors { code } stale");
    let hers = agent.graphql.conversations().await?.remove(0).id;
    let again = json!({"conversationId": hers, "memberId": agent.id, "idempotencyKey": "hers"});
    let assigned = done(owner, &assign, &again).await?;
    ensure!(assigned["conversation"]["assignee"] == json!({"id": agent.id, "name": "Bo"}), "{assigned}");

    // Out, in all her sessions, for the next request.
    let deactivate = mutation("deactivateMember", "member { state secondFactor } userErrors { code } stale");
    let put_out = done(owner, &deactivate, &json!({"memberId": agent.id})).await?;
    ensure!(put_out["member"] == json!({"state": "DEACTIVATED", "secondFactor": true}), "{put_out}");
    for out in [&agent.graphql, &with_code] {
        let answer = out.send("{ viewer { id } }", &json!({})).await?;
        ensure!(answer.status == StatusCode::UNAUTHORIZED, "{}", answer.body);
    }
    ensure!(sees(&lead.graphql).await? == [asha, bea], "what was hers stays so");
    // What was done is told again; done anew it is not.
    done(owner, &assign, &again).await?;
    let anew = json!({"input": {"conversationId": hers, "memberId": agent.id}});
    let refused: Value = owner.ask(&assign, &anew, "/done/userErrors").await?;
    ensure!(refused == json!([{"code": "NOT_FOUND"}]), "{refused}");

    let audit = "{ audit(first: 100) { edges { node { type actor { kind id name } } } } }";
    eventually("the audit has all of it", || async {
        let told: Value = owner.ask(audit, &json!({}), "/audit/edges").await?;
        let told: Vec<&Value> = told.as_array().into_iter().flatten().map(|edge| &edge["node"]).collect();
        for (who, name, did) in [
            (&owner_id, "Ada", "team.formed"),
            (&owner_id, "Ada", "member.invited"),
            (&agent.id, "Bo", "member.joined"),
            (&agent.id, "Bo", "member.second_factor_enabled"),
            (&owner_id, "Ada", "conversation.assigned"),
            (&owner_id, "Ada", "member.deactivated"),
        ] {
            let act = json!({"type": did, "actor": {"kind": "MEMBER", "id": who, "name": name}});
            ensure!(told.contains(&&act), "{act}: {told:?}");
        }
        Ok(())
    })
    .await
}
