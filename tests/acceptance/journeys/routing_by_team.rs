//! A team is asked to see to a conversation: it goes to whoever of the team's pool can take it, by turns, and waits while nobody can,
//! where the team sees it, is found as the team's, and is nobody else's.

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::colleagues::{Colleague, done};
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::graphql::inbox::Team;
use leadflow_tests::patience::eventually;
use serde_json::{Value, json};

use super::begin::{Journey, shared};
use super::routing::{EXPLAIN, becomes, find, load_becomes, mutation, resolve, waits, with_pool, write};

/// A business whose service is a team: two agents who are its pool, and who leads them.
struct Service {
    journey: Journey,
    /// Of sales, to whom everything goes.
    seller: Colleague,
    team: String,
    agents: [Colleague; 2],
    lead: Colleague,
}

impl Service {
    /// Where nobody sees what is nobody's.
    async fn new() -> Result<Self> {
        let (journey, mut sellers, _) = with_pool(&[1]).await?;
        let owner = &journey.graphql;
        let form = mutation("formTeam", "team { id } stale");
        let team = done(owner, &form, &json!({"name": "Service"})).await?["team"]["id"].take();
        let installation = &shared().await?.installation;
        let join = |role| Colleague::join(installation, owner, role, json!({"teamId": team}));
        let mut agents = [join("AGENT").await?, join("AGENT").await?];
        // Of members of one weight whose turn it is at once, the smaller id goes first.
        agents.sort_by(|one, other| one.id.cmp(&other.id));
        let lead = join("TEAM_LEAD").await?;
        let members: Vec<Value> = agents.iter().map(|agent| json!({"memberId": agent.id, "weight": 1})).collect();
        let terms = json!({"name": "Service", "serves": [{"kind": "TEAM", "id": team}]});
        let create = mutation("createRoutingPool", "pool { serves { kind id } }");
        let created = done(owner, &create, &json!({"terms": terms, "members": members})).await?;
        ensure!(created["pool"]["serves"] == json!([{"kind": "TEAM", "id": team}]), "{created}");
        for agent in &agents {
            let capacity = json!({"memberId": agent.id, "capacity": 1});
            done(owner, &mutation("setMemberCapacity", "member { capacity }"), &capacity).await?;
        }
        let service = Self {
            seller: sellers.pop().context("somebody sells")?,
            team: team.as_str().context("no team")?.to_owned(),
            agents,
            lead,
            journey,
        };
        service.shows_unassigned(false).await?;
        Ok(service)
    }

    /// Whether everybody sees what is nobody's.
    async fn shows_unassigned(&self, visible: bool) -> Result<()> {
        let set = mutation("setSettings", "tenant { settings { unassignedVisible } } stale");
        done(&self.journey.graphql, &set, &json!({"unassignedVisible": visible})).await.map(drop)
    }

    /// The team is asked to see to what is with the customer of this number.
    async fn is_asked(&self, nth: usize) -> Result<()> {
        let id = find(&self.journey.graphql, nth).await?.id;
        let asked = self.journey.graphql.assign_conversation_to_team(&id, &self.team).await?;
        ensure!(asked.user_errors.is_empty() && asked.position.is_number(), "{asked:?}");
        Ok(())
    }

    /// How many conversations are the team's and nobody's, for whoever asks.
    async fn waiting_for(&self, graphql: &GraphQl) -> Result<u64> {
        let asked = "query ($filter: ConversationFilter) { conversations(filter: $filter) { totalCount } }";
        let filter = json!({"filter": {"teamId": {"eq": self.team}, "assigneeId": {"isNull": true}}});
        graphql.ask(asked, &filter, "/conversations/totalCount").await
    }
}

#[tokio::test]
async fn a_team_is_asked_and_its_people_get_it_by_turns() -> Result<()> {
    let service = Service::new().await?;
    let (journey, [bea, cleo]) = (&service.journey, &service.agents);
    write(journey, 0..4).await?;
    for nth in 0..4 {
        becomes(journey, nth, Some(&service.seller)).await?;
    }
    service.is_asked(0).await?;
    becomes(journey, 0, Some(bea)).await?;
    load_becomes(journey, &service.seller, 3).await?;
    service.is_asked(1).await?;
    becomes(journey, 1, Some(cleo)).await?;

    // Both are full: it waits, in the order in which the team was asked, and is nobody else's.
    service.is_asked(2).await?;
    waits(journey, 1).await?;
    service.is_asked(3).await?;
    waits(journey, 2).await?;
    load_becomes(journey, &service.seller, 0).await?;
    let waiting = find(&journey.graphql, 2).await?;
    let asked = Some(Team { id: service.team.clone(), name: "Service".to_owned() });
    ensure!(waiting.assignee.is_none() && waiting.team == asked, "{waiting:?}");
    ensure!(service.waiting_for(&journey.graphql).await? == 2, "they are found as the team's");
    let unassigned = "{ conversationCounts { open unassigned } }";
    let counts: Value = journey.graphql.ask(unassigned, &json!({}), "/conversationCounts").await?;
    ensure!(counts == json!({"open": 4, "unassigned": 2}), "{counts}");

    // It is explained by the team, once somebody has it.
    resolve(journey, 0).await?;
    becomes(journey, 2, Some(bea)).await?;
    becomes(journey, 3, None).await?;
    let taken = find(&journey.graphql, 2).await?;
    ensure!(taken.team.is_none(), "a member has it: {taken:?}");
    ensure!(service.waiting_for(&journey.graphql).await? == 1, "the other one waits still");
    let why: Value = bea.graphql.ask(EXPLAIN, &json!({"conversation": taken.id}), "/why").await?;
    ensure!(why["memberId"] == json!(bea.id) && why["by"] == "TURN" && why["holds"] == true, "{why}");
    ensure!(why["source"] == json!({"kind": "TEAM", "id": service.team}), "{why}");
    ensure!(why["lastAgentId"].is_null(), "whoever had it is nobody to come back to: {why}");

    // What happened is told as anything else is.
    let history = "query ($id: ID!) { history(id: $id) { edges { node { type what } } } }";
    let told: Value = journey.graphql.ask(history, &json!({"id": taken.id}), "/history/edges").await?;
    let told = told.as_array().into_iter().flatten().map(|edge| &edge["node"]);
    let asked: Vec<&Value> = told.filter(|event| event["type"] == "conversation.assigned_to_team").collect();
    ensure!(asked.len() == 1 && asked[0]["what"]["team"] == json!(service.team), "{asked:?}");
    Ok(())
}

#[tokio::test]
async fn what_a_team_is_asked_for_is_seen_by_who_sees_the_team_s_and_else_as_what_is_nobody_s() -> Result<()> {
    let service = Service::new().await?;
    let (journey, [bea, cleo]) = (&service.journey, &service.agents);
    for agent in [bea, cleo] {
        let away = mutation("setMemberAway", "member { availability }");
        done(&journey.graphql, &away, &json!({"memberId": agent.id})).await?;
    }
    write(journey, 0..2).await?;
    becomes(journey, 1, Some(&service.seller)).await?;
    service.is_asked(0).await?;
    waits(journey, 1).await?;
    let id = find(&journey.graphql, 0).await?.id;

    let sees = async |colleague: &Colleague, expected: bool| {
        let asked = "query ($id: ID!) { conversation(id: $id) { team { name } } }";
        let shown: Value = colleague.graphql.ask(asked, &json!({"id": id}), "/conversation").await?;
        let listed = colleague.graphql.conversations().await?.iter().any(|listed| listed.id == id);
        let number = service.waiting_for(&colleague.graphql).await? == 1;
        ensure!([!shown.is_null(), listed, number] == [expected; 3], "{shown} {listed} {number}");
        ensure!(!expected || shown["team"]["name"] == "Service", "{shown}");
        Ok(())
    };
    sees(&service.lead, true).await?;
    for colleague in [bea, cleo, &service.seller] {
        sees(colleague, false).await?;
    }
    service.shows_unassigned(true).await?;
    for colleague in [&service.lead, bea, cleo, &service.seller] {
        sees(colleague, true).await?;
    }

    // Whoever sees it may take it, away or not, and then it is hers.
    let taken = cleo.graphql.assign_conversation(&id, &cleo.id).await?;
    ensure!(taken.user_errors.is_empty(), "{taken:?}");
    becomes(journey, 0, Some(cleo)).await?;
    waits(journey, 0).await?;
    service.shows_unassigned(false).await?;
    ensure!(service.waiting_for(&service.lead.graphql).await? == 0, "it is the team's no more");
    ensure!(service.lead.graphql.conversations().await?.len() == 1, "and somebody's of the team");
    Ok(())
}

#[tokio::test]
async fn who_may_not_and_a_team_that_is_not_there_are_refused() -> Result<()> {
    let service = Service::new().await?;
    let (journey, seller) = (&service.journey, &service.seller);
    write(journey, 0..1).await?;
    becomes(journey, 0, Some(seller)).await?;
    let id = find(&journey.graphql, 0).await?.id;
    let ask = mutation("assignConversationToTeam", "conversation { id } position");
    let told = async |graphql: &GraphQl, team: &str, more: Value| -> Result<Value> {
        let mut input = json!({"conversationId": id, "teamId": team});
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        graphql.ask(&ask, &json!({"input": input}), "/done/userErrors").await
    };
    let elsewhere = Service::new().await?;
    for nobody in ["6f1b8c1e-0000-4000-8000-000000000001", &elsewhere.team] {
        let refused = told(&journey.graphql, nobody, json!({})).await?;
        ensure!(refused == json!([{"code": "NOT_FOUND", "field": "teamId"}]), "{refused}");
    }
    let refused = told(&seller.graphql, &service.team, json!({})).await?;
    ensure!(refused == json!([{"code": "FORBIDDEN", "field": null}]), "{refused}");
    let refused = told(&journey.graphql, &service.team, json!({"expectedVersion": 1})).await?;
    ensure!(refused == json!([{"code": "CONFLICT", "field": "expectedVersion"}]), "{refused}");
    let unseen = told(&elsewhere.journey.graphql, &elsewhere.team, json!({})).await?;
    ensure!(unseen == json!([{"code": "NOT_FOUND", "field": "conversationId"}]), "{unseen}");
    becomes(journey, 0, Some(seller)).await?;

    // Asked twice by one key it is done once, and answered alike once the team is no more.
    let keyed = json!({"idempotencyKey": "hand over"});
    ensure!(told(&journey.graphql, &service.team, keyed.clone()).await? == json!([]), "it is done");
    becomes(journey, 0, Some(&service.agents[0])).await?;
    done(&journey.graphql, &mutation("disbandTeam", "stale"), &json!({"teamId": service.team})).await?;
    ensure!(told(&journey.graphql, &service.team, keyed).await? == json!([]), "it was done");
    let refused = told(&journey.graphql, &service.team, json!({})).await?;
    ensure!(refused == json!([{"code": "NOT_FOUND", "field": "teamId"}]), "{refused}");
    eventually("it is whose it was", || async {
        let assignee = find(&journey.graphql, 0).await?.assignee.map(|member| member.id);
        ensure!(assignee.as_ref() == Some(&service.agents[0].id), "{assignee:?}");
        Ok(())
    })
    .await
}
