use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::begin::{Journey, text};

const SET: &str = "mutation ($id: ID!, $priority: ConversationPriority!, $key: String) {
    setConversationPriority(input: { conversationId: $id, priority: $priority, idempotencyKey: $key }) {
        userErrors { code field } position } }";

const RESOLVE: &str = "mutation ($id: ID!, $key: String) {
    resolveConversation(input: { conversationId: $id, idempotencyKey: $key }) {
        userErrors { code field } position } }";

async fn set(journey: &Journey, id: &str, priority: &str, key: &str) -> Result<Value> {
    let variables = json!({"id": id, "priority": priority, "key": key});
    journey.graphql.ask(SET, &variables, "/setConversationPriority").await
}

async fn a_conversation(journey: &Journey) -> Result<String> {
    let hello = text("919820012345", "hello", 0, "My kitchen is under water!");
    journey.receive(std::slice::from_ref(&hello)).await?;
    journey.shows(&[hello]).await?;
    Ok(journey.graphql.conversations().await?.remove(0).id)
}

#[tokio::test]
async fn the_same_request_with_the_same_key_is_done_once() -> Result<()> {
    let journey = Journey::begin().await?;
    let id = a_conversation(&journey).await?;
    let first = try_join_all((0..8).map(|_| set(&journey, &id, "URGENT", "one"))).await?;
    assert!(first.iter().all(|answer| answer == &first[0] && answer["userErrors"] == json!([])), "{first:?}");
    // What was said since does not change what the first request came to, and is not undone by it.
    let low = set(&journey, &id, "LOW", "two").await?;
    assert_ne!(low["position"], first[0]["position"]);
    assert_eq!(set(&journey, &id, "URGENT", "one").await?, first[0]);
    let shown = journey.graphql.conversation(&id).await?;
    assert!(shown.is_some_and(|shown| shown.priority == "LOW"));
    // Nothing to do is an outcome too.
    let unchanged = set(&journey, &id, "LOW", "three").await?;
    set(&journey, &id, "HIGH", "four").await?;
    assert_eq!(set(&journey, &id, "LOW", "three").await?, unchanged);
    Ok(())
}

#[tokio::test]
async fn a_key_belongs_to_its_request() -> Result<()> {
    let journey = Journey::begin().await?;
    let id = a_conversation(&journey).await?;
    set(&journey, &id, "URGENT", "mine").await?;
    let reused = json!([{"code": "IDEMPOTENCY_KEY_REUSED", "field": "idempotencyKey"}]);
    assert_eq!(set(&journey, &id, "LOW", "mine").await?["userErrors"], reused);
    let resolved: Value =
        journey.graphql.ask(RESOLVE, &json!({"id": id, "key": "mine"}), "/resolveConversation").await?;
    assert_eq!(resolved["userErrors"], reused);
    // Another business has keys of its own.
    let other = Journey::begin().await?;
    let others = a_conversation(&other).await?;
    assert_eq!(set(&other, &others, "LOW", "mine").await?["userErrors"], json!([]));
    // Keys are told apart whatever is in them; a key is something and not a novel.
    for key in ["", &"k".repeat(256)] {
        let answer = journey.graphql.send(SET, &json!({"id": id, "priority": "LOW", "key": key})).await?;
        assert_eq!(answer.code(), Some("BAD_USER_INPUT"), "{key}: {answer:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_kept_as_well() -> Result<()> {
    let journey = Journey::begin().await?;
    // An id as the API gives them, of what does not exist.
    let nowhere = URL_SAFE_NO_PAD.encode("Conversation:00000000-0000-5000-8000-000000000000");
    let refused = set(&journey, &nowhere, "LOW", "key").await?;
    assert_eq!(refused["userErrors"], json!([{"code": "NOT_FOUND", "field": "conversationId"}]));
    assert_eq!(set(&journey, &nowhere, "LOW", "key").await?, refused);
    Ok(())
}
