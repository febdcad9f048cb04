//! Customers write, and go to whoever is there, by weight and in turns; what nobody can take waits, first come, first served. Why
//! somebody was given a conversation can be asked, and what other weights would have come to.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use jiff::SignedDuration;
use leadflow_tests::colleagues::{Colleague, done};
use leadflow_tests::forms::Form;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::graphql::inbox::Conversation;
use leadflow_tests::patience::eventually;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};
use super::clocks::database_clock;

/// A mutation that is called `done`.
fn mutation(name: &str, selection: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!(
        "mutation ($input: {input}!) {{ done: {name}(input: $input) {{ {selection} userErrors {{ code field }} }} }}"
    )
}

/// A business with a pool of agents of these weights, for everything.
async fn with_pool(weights: &[u8]) -> Result<(Journey, Vec<Colleague>, String)> {
    let journey = Journey::begin().await?;
    let mut agents = Vec::new();
    for _ in weights {
        agents.push(Colleague::join(&shared().await?.installation, &journey.graphql, "AGENT", json!({})).await?);
    }
    let members: Vec<Value> =
        agents.iter().zip(weights).map(|(agent, weight)| json!({"memberId": agent.id, "weight": weight})).collect();
    let input = json!({"terms": {"name": "Sales", "serves": [{"kind": "EVERYTHING"}]}, "members": members});
    let created = done(&journey.graphql, &mutation("createRoutingPool", "pool { id }"), &input).await?;
    let pool = created["pool"]["id"].as_str().context("no pool")?.to_owned();
    Ok((journey, agents, pool))
}

fn phone(nth: usize) -> String {
    format!("9198200124{nth:02}")
}

/// So many customers write, one after another, beginning with the one of this number.
async fn write(journey: &Journey, customers: std::ops::Range<usize>) -> Result<()> {
    for nth in customers {
        let hello = text(&phone(nth), &format!("routing{nth}"), i64::try_from(nth)?, "Is the blue one still there?");
        journey.receive(&[hello]).await?;
        // In the order in which they wrote.
        eventually("it is there", || async {
            find(&journey.graphql, nth).await?;
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// The conversation with the customer of this number.
async fn find(graphql: &GraphQl, nth: usize) -> Result<Conversation> {
    let phone = format!("+{}", phone(nth));
    let is_hers = |conversation: &Conversation| {
        conversation.contact.as_ref().and_then(|contact| contact.phone.as_ref()) == Some(&phone)
    };
    graphql.conversations().await?.into_iter().find(is_hers).with_context(|| format!("nothing of {phone}"))
}

/// Whose the conversation with the customer of this number is.
async fn agent_of(journey: &Journey, nth: usize) -> Result<Option<String>> {
    Ok(find(&journey.graphql, nth).await?.assignee.map(|member| member.id))
}

async fn becomes(journey: &Journey, nth: usize, agent: Option<&Colleague>) -> Result<()> {
    eventually("it is whose it should be", || async {
        let is = agent_of(journey, nth).await?;
        ensure!(is.as_deref() == agent.map(|agent| agent.id.as_str()), "{is:?}");
        Ok(())
    })
    .await
}

async fn waits(journey: &Journey, count: u64) -> Result<()> {
    eventually("so much waits", || async {
        let waiting: u64 = journey.graphql.ask("{ routing { waiting } }", &json!({}), "/routing/waiting").await?;
        ensure!(waiting == count, "{waiting}");
        Ok(())
    })
    .await
}

async fn resolve(journey: &Journey, nth: usize) -> Result<()> {
    let id = find(&journey.graphql, nth).await?.id;
    let resolved = journey.graphql.resolve_conversation(&id).await?;
    ensure!(resolved.user_errors.is_empty(), "{resolved:?}");
    Ok(())
}

#[tokio::test]
async fn customers_go_to_agents_by_weight_and_it_can_be_told_why() -> Result<()> {
    let (journey, agents, pool) = with_pool(&[2, 1]).await?;
    write(&journey, 0..6).await?;
    eventually("all are somebody's", || async {
        let mut shares = BTreeMap::<String, u32>::new();
        for nth in 0..6 {
            *shares.entry(agent_of(&journey, nth).await?.context("nobody's")?).or_default() += 1;
        }
        ensure!(shares == [(agents[0].id.clone(), 4), (agents[1].id.clone(), 2)].into(), "{shares:?}");
        Ok(())
    })
    .await?;

    let hers = agents[1].graphql.conversations().await?;
    ensure!(hers.len() == 2, "each sees what is hers: {hers:?}");
    let explain = "query ($id: ID!) { explainAssignment(conversationId: $id) { memberId by holds poolId source { kind }
        candidates { memberId weight availability load } } }";
    let why: Value = agents[1].graphql.ask(explain, &json!({"id": hers[0].id}), "/explainAssignment").await?;
    ensure!(why["memberId"] == json!(agents[1].id) && why["by"] == "TURN" && why["holds"] == true, "{why}");
    ensure!(why["poolId"] == json!(pool) && why["source"]["kind"] == "EVERYTHING", "{why}");
    ensure!(why["candidates"].as_array().is_some_and(|candidates| candidates.len() == 2), "{why}");
    let others = find(&journey.graphql, 0).await?.id;
    let unseen: Value = agents[1].graphql.ask(explain, &json!({"id": others}), "/explainAssignment").await?;
    ensure!(unseen.is_null(), "what she does not see she is told nothing of: {unseen}");

    let backtest = "query ($input: RoutingBacktestInput!) { routingBacktest(input: $input) {
        requests changed shares { memberId actual simulated } } }";
    let mut input = json!({"from": "2000-01-01T00:00:00Z", "until": "2999-01-01T00:00:00Z"});
    let was: Value = journey.graphql.ask(backtest, &json!({"input": input}), "/routingBacktest").await?;
    ensure!(was["requests"] == 6 && was["changed"] == 0, "{was}");
    input["poolId"] = json!(pool);
    input["weights"] = json!([{"memberId": agents[0].id, "weight": 1}]);
    let even: Value = journey.graphql.ask(backtest, &json!({"input": input}), "/routingBacktest").await?;
    let shares = even["shares"].as_array().context("no shares")?;
    ensure!(shares.iter().all(|share| share["simulated"] == 3), "{even}");
    Ok(())
}

#[tokio::test]
async fn what_nobody_can_take_waits_first_come_first_served() -> Result<()> {
    let (journey, agents, _) = with_pool(&[1]).await?;
    let bea = &agents[0];
    let capacity = mutation("setMemberCapacity", "member { capacity }");
    done(&journey.graphql, &capacity, &json!({"memberId": bea.id, "capacity": 1})).await?;
    write(&journey, 0..3).await?;
    becomes(&journey, 0, Some(bea)).await?;
    waits(&journey, 2).await?;
    resolve(&journey, 0).await?;
    becomes(&journey, 1, Some(bea)).await?;
    becomes(&journey, 2, None).await?;

    // She says herself that she is away, and back.
    let away = mutation("setMemberAway", "member { availability }");
    let gone = done(&bea.graphql, &away, &json!({"memberId": bea.id})).await?;
    ensure!(gone["member"]["availability"] == "AWAY", "{gone}");
    resolve(&journey, 1).await?;
    write(&journey, 3..4).await?;
    waits(&journey, 2).await?;
    let back = mutation("setMemberBack", "member { availability }");
    done(&bea.graphql, &back, &json!({"memberId": bea.id})).await?;
    becomes(&journey, 2, Some(bea)).await?;
    becomes(&journey, 3, None).await?;

    // Whoever is away until a time is back by the clock.
    let until = database_clock().await? + SignedDuration::from_secs(2);
    done(&bea.graphql, &away, &json!({"memberId": bea.id, "until": until.to_string()})).await?;
    resolve(&journey, 2).await?;
    becomes(&journey, 3, Some(bea)).await?;
    ensure!(database_clock().await? >= until, "not before that");
    waits(&journey, 0).await
}

#[tokio::test]
async fn what_comes_up_again_is_hers_who_had_it_if_she_is_there() -> Result<()> {
    let (journey, agents, _) = with_pool(&[1, 1]).await?;
    let [bea, cleo] = &agents[..] else { anyhow::bail!("two of them") };
    let said = |id: &str, second| text(&phone(0), id, second, "One more question");
    let away = mutation("setMemberAway", "member { availability }");
    done(&journey.graphql, &away, &json!({"memberId": cleo.id})).await?;
    write(&journey, 0..1).await?;
    becomes(&journey, 0, Some(bea)).await?;
    let back = mutation("setMemberBack", "member { availability }");
    done(&journey.graphql, &back, &json!({"memberId": cleo.id})).await?;

    // There she is, though it would be the other one's turn.
    resolve(&journey, 0).await?;
    journey.receive(&[said("again", 60)]).await?;
    let load = format!("{{ routingMember(id: \"{}\") {{ load }} }}", bea.id);
    eventually("she sees to it again", || async {
        let load: u64 = journey.graphql.ask(&load, &json!({}), "/routingMember/load").await?;
        ensure!(load == 1, "{load}");
        Ok(())
    })
    .await?;
    becomes(&journey, 0, Some(bea)).await?;

    resolve(&journey, 0).await?;
    done(&bea.graphql, &away, &json!({"memberId": bea.id})).await?;
    journey.receive(&[said("once more", 120)]).await?;
    becomes(&journey, 0, Some(cleo)).await?;

    // What people say goes before.
    let id = find(&journey.graphql, 0).await?.id;
    let assigned = journey.graphql.assign_conversation(&id, &bea.id).await?;
    ensure!(assigned.user_errors.is_empty(), "{assigned:?}");
    eventually("it counts for her", || async {
        let load: u64 = journey.graphql.ask(&load, &json!({}), "/routingMember/load").await?;
        ensure!(load == 1, "{load}");
        Ok(())
    })
    .await?;
    becomes(&journey, 0, Some(bea)).await
}

/// The lead of somebody who was entered with this number and, where given, by this campaign.
async fn enter(journey: &Journey, nth: usize, campaign: Option<&str>) -> Result<String> {
    let input = json!({"phone": format!("+{}", phone(nth)), "campaign": campaign});
    let entered = done(&journey.graphql, &mutation("addLead", "lead { id }"), &input).await?;
    Ok(entered["lead"]["id"].as_str().context("no lead")?.to_owned())
}

async fn lead_becomes(journey: &Journey, lead: &str, agent: Option<&Colleague>) -> Result<()> {
    let owner = "query ($id: ID!) { lead(id: $id) { ownerId } }";
    eventually("the lead is whose it should be", || async {
        let is: Value = journey.graphql.ask(owner, &json!({"id": lead}), "/lead/ownerId").await?;
        ensure!(is.as_str() == agent.map(|agent| agent.id.as_str()), "{is}");
        Ok(())
    })
    .await
}

async fn load_becomes(journey: &Journey, agent: &Colleague, count: u64) -> Result<()> {
    let load = format!("{{ routingMember(id: \"{}\") {{ load }} }}", agent.id);
    eventually("she sees to so much", || async {
        let load: u64 = journey.graphql.ask(&load, &json!({}), "/routingMember/load").await?;
        ensure!(load == count, "{load}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn leads_go_to_who_their_campaign_is_for_and_their_conversations_after_them() -> Result<()> {
    let (journey, agents, everything) = with_pool(&[2, 1]).await?;
    let installation = &shared().await?.installation;
    let spring = Colleague::join(installation, &journey.graphql, "AGENT", json!({})).await?;
    let input = json!({"terms": {"name": "Spring", "serves": [{"kind": "CAMPAIGN", "id": "spring-26"}]},
                       "members": [{"memberId": spring.id, "weight": 1}]});
    done(&journey.graphql, &mutation("createRoutingPool", "pool { id }"), &input).await?;

    let [bea, cleo] = &agents[..] else { anyhow::bail!("two of them") };
    let mut leads = Vec::new();
    // By weights of 2 and 1, in their order.
    for (nth, agent) in [bea, cleo, bea].into_iter().enumerate() {
        let lead = enter(&journey, nth, None).await?;
        lead_becomes(&journey, &lead, Some(agent)).await?;
        leads.push(lead);
    }
    let of_spring = enter(&journey, 3, Some("spring-26")).await?;
    lead_becomes(&journey, &of_spring, Some(&spring)).await?;

    let explain = "query ($conversation: ID, $lead: ID) {
        why: explainAssignment(conversationId: $conversation, leadId: $lead) {
            memberId by holds poolId source { kind id } lastAgentId } }";
    let why: Value = spring.graphql.ask(explain, &json!({"lead": of_spring}), "/why").await?;
    ensure!(why["memberId"] == json!(spring.id) && why["by"] == "TURN" && why["holds"] == true, "{why}");
    ensure!(why["source"] == json!({"kind": "CAMPAIGN", "id": "spring-26"}), "{why}");
    let unseen: Value = cleo.graphql.ask(explain, &json!({"lead": of_spring}), "/why").await?;
    ensure!(unseen.is_null(), "what she does not see she is told nothing of: {unseen}");
    for both_or_none in [json!({}), json!({"lead": of_spring, "conversation": of_spring})] {
        let answer = journey.graphql.send(explain, &both_or_none).await?;
        ensure!(answer.code() == Some("BAD_USER_INPUT"), "{answer:?}");
    }

    // She writes: who sees to her lead goes on with her, though it would be another's turn, and it counts once.
    load_becomes(&journey, cleo, 1).await?;
    write(&journey, 1..2).await?;
    becomes(&journey, 1, Some(cleo)).await?;
    load_becomes(&journey, cleo, 1).await?;
    let conversation = find(&journey.graphql, 1).await?.id;
    let why: Value = journey.graphql.ask(explain, &json!({"conversation": conversation}), "/why").await?;
    ensure!(why["by"] == "LAST_AGENT" && why["lastAgentId"] == json!(cleo.id), "{why}");
    ensure!(why["poolId"] == json!(everything), "{why}");

    // What is settled makes room, and what people say goes before.
    load_becomes(&journey, bea, 2).await?;
    let spam =
        done(&journey.graphql, &mutation("markLeadSpam", "lead { isSpam }"), &json!({"leadId": leads[0]})).await?;
    ensure!(spam["lead"]["isSpam"] == true, "{spam}");
    load_becomes(&journey, bea, 1).await?;
    let transfer = mutation("transferLead", "lead { ownerId }");
    done(&journey.graphql, &transfer, &json!({"leadId": leads[2], "memberId": cleo.id})).await?;
    load_becomes(&journey, bea, 0).await?;
    load_becomes(&journey, cleo, 2).await?;
    lead_becomes(&journey, &leads[2], Some(cleo)).await
}

#[tokio::test]
async fn a_place_that_leads_come_from_has_a_pool_of_its_own() -> Result<()> {
    let (journey, agents, _) = with_pool(&[1]).await?;
    let installation = &shared().await?.installation;
    let form = Form::open(&journey.graphql, "Spring offer").await?;
    let hers = Colleague::join(installation, &journey.graphql, "AGENT", json!({})).await?;
    let input = json!({"terms": {"name": "Form", "serves": [{"kind": "LEAD_SOURCE", "id": form.source}]},
                       "members": [{"memberId": hers.id, "weight": 1}]});
    done(&journey.graphql, &mutation("createRoutingPool", "pool { serves { kind id } }"), &input).await?;
    let filled_in = form.filled_in("lead-1", &[("PHONE_NUMBER", &format!("+{}", phone(0)))]);
    let (status, answer) = form.send(shared().await?.server.address(), &filled_in).await?;
    ensure!(status.is_success(), "{status} {answer}");
    let entered = enter(&journey, 1, None).await?;
    lead_becomes(&journey, &entered, Some(&agents[0])).await?;
    let lead = "{ leads(first: 2) { edges { node { id ownerId } } } }";
    eventually("the form's lead is hers", || async {
        let leads: Value = journey.graphql.ask(lead, &json!({}), "/leads/edges").await?;
        let owners: Vec<&Value> = leads.as_array().into_iter().flatten().map(|edge| &edge["node"]["ownerId"]).collect();
        ensure!(owners.len() == 2 && owners.contains(&&json!(hers.id)), "{leads}");
        Ok(())
    })
    .await
}
