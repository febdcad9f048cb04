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
pub(super) fn mutation(name: &str, selection: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!(
        "mutation ($input: {input}!) {{ done: {name}(input: $input) {{ {selection} userErrors {{ code field }} }} }}"
    )
}

/// A business with a pool of agents of these weights, for everything.
pub(super) async fn with_pool(weights: &[u8]) -> Result<(Journey, Vec<Colleague>, String)> {
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
pub(super) async fn write(journey: &Journey, customers: std::ops::Range<usize>) -> Result<()> {
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
pub(super) async fn find(graphql: &GraphQl, nth: usize) -> Result<Conversation> {
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

pub(super) async fn becomes(journey: &Journey, nth: usize, agent: Option<&Colleague>) -> Result<()> {
    eventually("it is whose it should be", || async {
        let is = agent_of(journey, nth).await?;
        ensure!(is.as_deref() == agent.map(|agent| agent.id.as_str()), "{is:?}");
        Ok(())
    })
    .await
}

pub(super) async fn waits(journey: &Journey, count: u64) -> Result<()> {
    eventually("so much waits", || async {
        let waiting: u64 = journey.graphql.ask("{ routing { waiting } }", &json!({}), "/routing/waiting").await?;
        ensure!(waiting == count, "{waiting}");
        Ok(())
    })
    .await
}

pub(super) async fn resolve(journey: &Journey, nth: usize) -> Result<()> {
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

/// The lead of somebody who is entered so.
async fn enter(journey: &Journey, input: &Value) -> Result<String> {
    let entered = done(&journey.graphql, &mutation("addLead", "lead { id }"), input).await?;
    Ok(entered["lead"]["id"].as_str().context("no lead")?.to_owned())
}

/// With this number and, where given, by this campaign.
async fn enter_phone(journey: &Journey, nth: usize, campaign: Option<&str>) -> Result<String> {
    enter(journey, &json!({"phone": format!("+{}", phone(nth)), "campaign": campaign})).await
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

pub(super) async fn load_becomes(journey: &Journey, agent: &Colleague, count: u64) -> Result<()> {
    let load = format!("{{ routingMember(id: \"{}\") {{ load }} }}", agent.id);
    eventually("she sees to so much", || async {
        let load: u64 = journey.graphql.ask(&load, &json!({}), "/routingMember/load").await?;
        ensure!(load == count, "{load}");
        Ok(())
    })
    .await
}

pub(super) const EXPLAIN: &str = "query ($conversation: ID, $lead: ID) {
    why: explainAssignment(conversationId: $conversation, leadId: $lead) {
        memberId by holds poolId source { kind id } lastAgentId } }";

#[tokio::test]
async fn leads_with_a_number_open_conversations_and_go_to_who_their_campaign_is_for() -> Result<()> {
    let (journey, agents, _) = with_pool(&[2, 1]).await?;
    let installation = &shared().await?.installation;
    let spring = Colleague::join(installation, &journey.graphql, "AGENT", json!({})).await?;
    let input = json!({"terms": {"name": "Spring", "serves": [{"kind": "CAMPAIGN", "id": "spring-26"}]},
                       "members": [{"memberId": spring.id, "weight": 1}]});
    done(&journey.graphql, &mutation("createRoutingPool", "pool { id }"), &input).await?;

    let [bea, cleo] = &agents[..] else { anyhow::bail!("two of them") };
    // By weights of 2 and 1, in their order.
    for (nth, agent) in [bea, cleo, bea].into_iter().enumerate() {
        enter_phone(&journey, nth, None).await?;
        becomes(&journey, nth, Some(agent)).await?;
    }
    let of_spring = enter_phone(&journey, 3, Some("spring-26")).await?;
    becomes(&journey, 3, Some(&spring)).await?;
    let thread = find(&journey.graphql, 3).await?;
    ensure!(thread.last_message.is_none() && thread.unread_count == 1 && thread.status == "OPEN", "{thread:?}");
    ensure!(thread.window_open_until.is_none(), "she has not written: {thread:?}");
    let asked = "query ($id: ID!) { lead(id: $id) { conversation { id lastMessage { text } } } }";
    let conversation = json!({"id": thread.id, "lastMessage": null});
    let shown: Value = journey.graphql.ask(asked, &json!({"id": of_spring}), "/lead/conversation").await?;
    ensure!(shown == conversation, "{shown}");

    let why: Value = spring.graphql.ask(EXPLAIN, &json!({"conversation": thread.id}), "/why").await?;
    ensure!(why["memberId"] == json!(spring.id) && why["by"] == "TURN" && why["holds"] == true, "{why}");
    ensure!(why["source"] == json!({"kind": "CAMPAIGN", "id": "spring-26"}), "{why}");
    let unseen: Value = cleo.graphql.ask(EXPLAIN, &json!({"conversation": thread.id}), "/why").await?;
    ensure!(unseen.is_null(), "what she does not see she is told nothing of: {unseen}");

    // She writes: it is the same conversation, and hers who has it.
    write(&journey, 1..2).await?;
    eventually("it is there", || async {
        let thread = find(&journey.graphql, 1).await?;
        ensure!(thread.unread_count == 2 && thread.last_message.is_some(), "{thread:?}");
        Ok(())
    })
    .await?;
    becomes(&journey, 1, Some(cleo)).await?;
    load_becomes(&journey, cleo, 1).await?;

    // What was settled comes up again when she fills in a form, and is hers who had it.
    resolve(&journey, 1).await?;
    load_becomes(&journey, cleo, 0).await?;
    enter_phone(&journey, 1, None).await?;
    load_becomes(&journey, cleo, 1).await?;
    becomes(&journey, 1, Some(cleo)).await?;
    let thread = find(&journey.graphql, 1).await?;
    ensure!(thread.status == "OPEN", "{thread:?}");
    let count: u64 =
        journey.graphql.ask("{ conversations { totalCount } }", &json!({}), "/conversations/totalCount").await?;
    ensure!(count == 4, "one for each customer: {count}");
    Ok(())
}

#[tokio::test]
async fn a_lead_without_a_number_is_somebody_s_until_she_has_one_and_counts_once() -> Result<()> {
    let (journey, agents, everything) = with_pool(&[2, 1]).await?;
    let [bea, cleo] = &agents[..] else { anyhow::bail!("two of them") };
    let [first, second] = [json!({"email": "nora@example.com"}), json!({"email": "emil@example.com"})];
    let nora = enter(&journey, &first).await?;
    lead_becomes(&journey, &nora, Some(bea)).await?;
    let emil = enter(&journey, &second).await?;
    lead_becomes(&journey, &emil, Some(cleo)).await?;
    load_becomes(&journey, bea, 1).await?;

    let why: Value = bea.graphql.ask(EXPLAIN, &json!({"lead": nora}), "/why").await?;
    ensure!(why["memberId"] == json!(bea.id) && why["by"] == "TURN" && why["holds"] == true, "{why}");
    let unseen: Value = cleo.graphql.ask(EXPLAIN, &json!({"lead": nora}), "/why").await?;
    ensure!(unseen.is_null(), "what she does not see she is told nothing of: {unseen}");
    for both_or_none in [json!({}), json!({"lead": nora, "conversation": nora})] {
        let answer = journey.graphql.send(EXPLAIN, &both_or_none).await?;
        ensure!(answer.code() == Some("BAD_USER_INPUT"), "{answer:?}");
    }

    // She has room for one, and goes on with Nora all the same: the conversation takes the lead's place.
    let full = json!({"memberId": bea.id, "capacity": 1});
    done(&journey.graphql, &mutation("setMemberCapacity", "member { load }"), &full).await?;
    enter(&journey, &json!({"email": "nora@example.com", "phone": format!("+{}", phone(0))})).await?;
    becomes(&journey, 0, Some(bea)).await?;
    load_becomes(&journey, bea, 1).await?;
    let conversation = find(&journey.graphql, 0).await?.id;
    let why: Value = journey.graphql.ask(EXPLAIN, &json!({"conversation": conversation}), "/why").await?;
    ensure!(why["by"] == "LAST_AGENT" && why["lastAgentId"] == json!(bea.id), "{why}");
    ensure!(why["poolId"] == json!(everything), "{why}");

    // What is spam makes room, and what people say goes before.
    let spam = mutation("markLeadSpam", "lead { isSpam }");
    let marked = done(&journey.graphql, &spam, &json!({"leadId": emil})).await?;
    ensure!(marked["lead"]["isSpam"] == true, "{marked}");
    load_becomes(&journey, cleo, 0).await?;
    let third = enter(&journey, &json!({"email": "ida@example.com"})).await?;
    lead_becomes(&journey, &third, Some(cleo)).await?;
    let transfer = mutation("transferLead", "lead { ownerId }");
    done(&journey.graphql, &transfer, &json!({"leadId": third, "memberId": bea.id})).await?;
    load_becomes(&journey, cleo, 0).await?;
    load_becomes(&journey, bea, 2).await?;
    lead_becomes(&journey, &third, Some(bea)).await
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
    let mut filled_in = form.filled_in("lead-1", &[("PHONE_NUMBER", &format!("+{}", phone(0)))]);
    // What was told weeks ago is nobody's any more.
    let mut old = form.filled_in("lead-2", &[("PHONE_NUMBER", &format!("+{}", phone(2)))]);
    old["lead_submit_time"] = json!("2025-01-06T08:00:00Z");
    let (status, answer) = form.send(shared().await?.server.address(), &old).await?;
    ensure!(status.is_success(), "{status} {answer}");
    filled_in.as_object_mut().context("no form")?.remove("lead_submit_time");
    let (status, answer) = form.send(shared().await?.server.address(), &filled_in).await?;
    ensure!(status.is_success(), "{status} {answer}");
    enter_phone(&journey, 1, None).await?;
    becomes(&journey, 0, Some(&hers)).await?;
    becomes(&journey, 1, Some(&agents[0])).await?;
    let count = json!({"leads": {"totalCount": 3}, "conversations": {"totalCount": 2}});
    // Two read models, and either may be the first to know.
    eventually("what is old opened nothing", || async {
        let asked = "{ leads { totalCount } conversations { totalCount } }";
        let both: Value = journey.graphql.ask(asked, &json!({}), "").await?;
        ensure!(both == count, "{both}");
        Ok(())
    })
    .await
}

/// Where the customer of this number is answered.
async fn number_of(journey: &Journey, nth: usize) -> Result<String> {
    eventually("it is there", || async { Ok(find(&journey.graphql, nth).await?.channel.id) }).await
}

/// The business's other channel.
async fn other_channel(journey: &Journey, than: &str) -> Result<String> {
    let known = "{ channels(first: 5) { edges { node { id } } } }";
    let channels: Value = journey.graphql.ask(known, &json!({}), "/channels/edges").await?;
    let mut ids = channels.as_array().into_iter().flatten().filter_map(|edge| edge["node"]["id"].as_str());
    ids.find(|id| *id != than).map(str::to_owned).with_context(|| format!("no other than {than}: {channels}"))
}

#[tokio::test]
async fn leads_are_answered_by_the_number_that_the_business_says_also_without_pools() -> Result<()> {
    let journey = Journey::begin().await?;
    enter_phone(&journey, 0, None).await?;
    let first = number_of(&journey, 0).await?;
    let (tenant, ordinal) = (&journey.business.tenant, &journey.business.number.phone_number_id);
    let other = format!("{ordinal}7");
    let more = ["channel", "add-whatsapp", "--tenant", tenant, "--phone-number-id", &other];
    let more = [&more[..], &["--waba-id", "77", "--display-phone", "+390255507777"]].concat();
    let _added: Value = shared().await?.installation.json(&more).await?;
    enter_phone(&journey, 1, None).await?;
    ensure!(number_of(&journey, 1).await? == first, "the one that was connected first");

    let set = mutation("setSettings", "tenant { settings { answeringChannelId } }");
    eventually("the channel is there", || async { other_channel(&journey, &first).await.map(drop) }).await?;
    let answering = other_channel(&journey, &first).await?;
    let said = json!({"unassignedVisible": true, "answeringChannelId": answering});
    let settings = done(&journey.graphql, &set, &said).await?;
    ensure!(settings["tenant"]["settings"]["answeringChannelId"] == json!(answering), "{settings}");
    enter_phone(&journey, 2, None).await?;
    ensure!(number_of(&journey, 2).await? == answering, "the one that the business said");
    // Who has a conversation already is answered there.
    enter_phone(&journey, 0, None).await?;
    eventually("it is told there", || async {
        let thread = find(&journey.graphql, 0).await?;
        ensure!(thread.channel.id == first && thread.unread_count == 2, "{thread:?}");
        Ok(())
    })
    .await?;
    // Another business's is none, and what is left out stays.
    let elsewhere = Journey::begin().await?;
    eventually("it is there", || async { other_channel(&elsewhere, "").await.map(drop) }).await?;
    let theirs = other_channel(&elsewhere, "").await?;
    let said = json!({"input": {"unassignedVisible": true, "answeringChannelId": theirs}});
    let refused: Value = journey.graphql.ask(&set, &said, "/done/userErrors").await?;
    ensure!(refused == json!([{"code": "NOT_FOUND", "field": "answeringChannelId"}]), "{refused}");
    let kept = done(&journey.graphql, &set, &json!({"unassignedVisible": false})).await?;
    ensure!(kept["tenant"]["settings"]["answeringChannelId"] == json!(answering), "{kept}");
    let none = done(&journey.graphql, &set, &json!({"unassignedVisible": true, "answeringChannelId": null})).await?;
    ensure!(none["tenant"]["settings"]["answeringChannelId"].is_null(), "{none}");
    Ok(())
}
