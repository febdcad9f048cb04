//! Operators see how the installation is and nothing of a business; a business sees its own and nothing of that.

use anyhow::{Result, ensure};
use leadflow_tests::business::issue_operator_token;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::installation::Installation;
use leadflow_tests::server::Server;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};

const VIEWER: &str = "{ viewer { id role tenant { id name } } }";
const PROJECTIONS: &str = "{ projections {
    name definition generation position head lagEvents lagSeconds state error parkedStreams parkedEvents } }";
const DELIVERIES: &str =
    "query ($status: WebhookDeliveryStatus, $first: Int, $after: String, $last: Int, $before: String) {
        webhookDeliveries(status: $status, first: $first, after: $after, last: $last, before: $before) {
            totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
            nodes: edges { node {
                id receivedAt app status attempts error itemCount items { kind outcome reason waitsFor tenantId }
            } }
        } }";
const PARKED: &str =
    "{ parked { totalCount edges { node { consumer key tenantId reason position since attempts events } } } }";

/// Fails unless `document` is forbidden, at a field of which the rest of the answer does not hang.
async fn is_forbidden(graphql: &GraphQl, document: &str, variables: &Value) -> Result<Value> {
    let answer = graphql.send(document, variables).await?;
    let errors = answer.body["errors"].as_array().map_or(0, Vec::len);
    ensure!(answer.code() == Some("FORBIDDEN") && errors == 1, "{document}: {}", answer.body);
    Ok(answer.body["data"].clone())
}

async fn operator() -> Result<GraphQl> {
    let shared = shared().await?;
    GraphQl::new(shared.server.address(), &issue_operator_token(&shared.installation).await?)
}

#[tokio::test]
async fn an_operator_has_no_tenant_and_everybody_else_has_one() -> Result<()> {
    let (journey, operator) = (Journey::begin().await?, operator().await?);
    let installation = &shared().await?.installation;
    let viewer: Value = operator.ask(VIEWER, &json!({}), "/viewer").await?;
    ensure!(viewer["role"] == "OPERATOR" && viewer["tenant"] == Value::Null, "{viewer}");
    let owner: Value = journey.graphql.ask(VIEWER, &json!({}), "/viewer").await?;
    let name = format!("Business at +{}", journey.business.number.display_phone);
    ensure!(owner["role"] == "OWNER" && owner["tenant"]["name"] == name, "{owner}");
    ensure!(
        journey.graphql.node_type(owner["tenant"]["id"].as_str().unwrap_or_default()).await?.as_deref()
            == Some("Tenant")
    );

    let listed: Vec<Value> = installation.json(&["token", "list"]).await?;
    let of = |viewer: &Value| listed.iter().find(|token| token["tokenId"] == viewer["id"]).cloned().unwrap_or_default();
    ensure!(of(&viewer)["role"] == "OPERATOR" && of(&viewer)["tenantId"] == Value::Null, "{listed:?}");
    ensure!(of(&owner)["tenantId"] == json!(journey.business.tenant), "{listed:?}");
    installation.leadflow(&["token", "list"]).await?.succeeded()?;

    let of_tenant = ["token", "issue", "--role", "OPERATOR", "--tenant", &journey.business.tenant];
    let refused = installation.leadflow(&of_tenant).await?.refused()?;
    ensure!(refused.stderr.contains("leave --tenant out"), "{}", refused.stderr);
    let refused = installation.leadflow(&["token", "issue", "--role", "OWNER"]).await?.refused()?;
    ensure!(refused.stderr.contains("--tenant"), "{}", refused.stderr);
    Ok(())
}

#[tokio::test]
async fn neither_sees_what_is_the_other_s() -> Result<()> {
    let (journey, operator) = (Journey::begin().await?, operator().await?);
    let hello = text("919820012345", "hello", 0, "Is the blue one still there?");
    journey.receive(std::slice::from_ref(&hello)).await?;
    journey.shows(std::slice::from_ref(&hello)).await?;
    let id = journey.graphql.conversations().await?.remove(0).id;

    for of_installation in [PROJECTIONS, DELIVERIES, PARKED] {
        is_forbidden(&journey.graphql, of_installation, &json!({})).await?;
        ensure!(operator.send(of_installation, &json!({})).await?.body.get("errors").is_none());
    }
    let beside = is_forbidden(&journey.graphql, "{ projections { name } viewer { role } }", &json!({})).await?;
    ensure!(beside == json!({"projections": null, "viewer": {"role": "OWNER"}}), "{beside}");

    for of_tenant in [
        "{ conversations(first: 1) { totalCount } }",
        "{ conversationCounts { open } }",
        "query ($id: ID!) { conversation(id: $id) { id } }",
        "query ($id: ID!) { node(id: $id) { id } }",
        "query ($id: ID!) { nodes(ids: [$id]) { id } }",
        "query ($id: ID!) { history(id: $id) { totalCount } }",
        "{ leads(first: 1) { totalCount } }",
        "{ leadCounts { new } }",
        "{ contactByPhone(phone: \"+919820012345\") { id } }",
        "{ businessHours { timeZone } }",
        "mutation ($id: ID!) { resolveConversation(input: { conversationId: $id }) { position } }",
        "mutation { connectWhatsappNumber(input: { phoneNumberId: \"1\", wabaId: \"2\", displayPhone: \"3\" }) { position } }",
    ] {
        is_forbidden(&operator, of_tenant, &json!({"id": id})).await?;
    }
    let variables = json!({"id": id});
    let beside = "query ($id: ID!) { conversation(id: $id) { id } viewer { role } }";
    let beside = is_forbidden(&operator, beside, &variables).await?;
    ensure!(beside == json!({"conversation": null, "viewer": {"role": "OPERATOR"}}), "{beside}");
    // And nothing was done.
    journey.shows(&[hello]).await
}

#[tokio::test]
async fn an_operator_sees_what_arrived_and_how_far_it_came_but_not_what_it_says() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let operator = GraphQl::new(server.address(), &issue_operator_token(&installation).await?)?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let texts = [text("919820012345", "one", 0, "Sapphire"), text("919820012346", "two", 1, "Emerald")];
    journey.receive(&texts).await?;
    journey.shows(&texts).await?;
    installation.settle().await?;

    let projections: Vec<Value> = operator.ask(PROJECTIONS, &json!({}), "/projections").await?;
    let names: Vec<_> = projections.iter().map(|projection| projection["name"].as_str().unwrap_or_default()).collect();
    ensure!(names == ["analytics", "audit", "inbox", "leads", "people", "templates", "usage"], "{projections:?}");
    for projection in &projections {
        let stands = ["generation", "state", "error"].map(|field| projection[field].clone());
        ensure!(stands == [json!("SERVING"), json!("LIVE"), Value::Null], "{projection}");
        let counts = ["lagEvents", "parkedStreams", "parkedEvents"].map(|field| projection[field].as_i64());
        ensure!(counts == [Some(0); 3] && projection["position"] == projection["head"], "{projection}");
    }
    let parked: Value = operator.ask(PARKED, &json!({}), "/parked").await?;
    ensure!(parked == json!({"totalCount": 0, "edges": []}), "{parked}");

    let page: Value = operator.ask(DELIVERIES, &json!({"first": 1}), "/webhookDeliveries").await?;
    ensure!(page["totalCount"] == 2 && page["pageInfo"]["hasNextPage"] == true, "{page}");
    let newest = &page["nodes"][0]["node"];
    let became = ["id", "app", "status", "attempts", "error", "itemCount"].map(|field| newest[field].clone());
    ensure!(became == [json!("2"), Value::Null, json!("TRANSLATED"), json!(0), Value::Null, json!(1)], "{newest}");
    let item = json!([{"kind": "messages.text", "outcome": "APPLIED", "reason": null, "waitsFor": null,
                       "tenantId": journey.business.tenant}]);
    ensure!(newest["items"] == item, "{newest}");
    let after = &page["pageInfo"]["endCursor"];
    let next: Value = operator.ask(DELIVERIES, &json!({"after": after}), "/webhookDeliveries").await?;
    ensure!(next["nodes"][0]["node"]["id"] == "1" && next["pageInfo"]["hasNextPage"] == false, "{next}");
    let last: Value = operator.ask(DELIVERIES, &json!({"last": 1}), "/webhookDeliveries").await?;
    ensure!(last["nodes"][0]["node"]["id"] == "1" && last["pageInfo"]["hasPreviousPage"] == true, "{last}");
    for text in [page.to_string(), next.to_string()] {
        ensure!(["Sapphire", "Emerald", "91982001234"].iter().all(|said| !text.contains(said)), "{text}");
    }

    for (status, expected) in [("TRANSLATED", 2), ("WAITING", 0), ("PARKED", 0)] {
        let of: Value = operator.ask(DELIVERIES, &json!({"status": status}), "/webhookDeliveries").await?;
        ensure!(
            of["totalCount"] == expected && of["nodes"].as_array().map(Vec::len) == Some(expected),
            "{status}: {of}"
        );
    }
    // A cursor belongs to its filter.
    let other = operator.send(DELIVERIES, &json!({"status": "TRANSLATED", "after": after})).await?;
    ensure!(other.code() == Some("INVALID_CURSOR"), "{}", other.body);
    server.stop().await
}
