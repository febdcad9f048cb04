//! What the business writes elsewhere stands in its threads, and shows how far it got, whatever came first.

use anyhow::{Result, ensure};
use leadflow_gateways::whatsapp::simulator;
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};

const ASHA: &str = "919820012345";

/// Seconds count from the same morning as those of [`text`].
fn timestamp(second: i64) -> String {
    (1_794_000_000 + second).to_string()
}

/// The same, as the API shows it.
fn at(second: i64) -> String {
    assert!((0..60).contains(&second));
    format!("2026-11-06T21:20:{second:02}Z")
}

fn echo(id: &str, second: i64, words: &str) -> Value {
    json!({"to": ASHA, "id": format!("wamid.{id}"), "timestamp": timestamp(second), "type": "text", "text": {"body": words}})
}

/// What was done to the message `about`, with what it says of it.
fn act(kind: &str, id: &str, second: i64, about: &str, said: Value) -> Value {
    let mut act =
        json!({"to": ASHA, "id": format!("wamid.{id}"), "timestamp": timestamp(second), "type": kind, kind: said});
    act[kind]["original_message_id"] = json!(format!("wamid.{about}"));
    act
}

fn status(id: &str, word: &str, second: i64) -> Value {
    json!({"id": format!("wamid.{id}"), "status": word, "timestamp": timestamp(second), "recipient_id": ASHA})
}

/// A delivery of changes, each of them a field and what it lists.
fn delivery(journey: &Journey, changes: &[(&str, &str, Vec<Value>)]) -> Vec<u8> {
    let contacts = json!([{"wa_id": ASHA, "profile": {"name": "Asha Rao"}}]);
    let changes: Vec<(&str, Value)> =
        changes.iter().map(|(field, list, said)| (*field, json!({"contacts": contacts, (*list): said}))).collect();
    simulator::changes(&journey.business.number, &changes)
}

fn echoes(said: Vec<Value>) -> (&'static str, &'static str, Vec<Value>) {
    ("smb_message_echoes", "message_echoes", said)
}

fn statuses(said: Vec<Value>) -> (&'static str, &'static str, Vec<Value>) {
    ("messages", "statuses", said)
}

async fn deliver(server: &Server, bodies: &[Vec<u8>]) -> Result<()> {
    Sender::new(server.address(), 1)?.deliver(bodies).await
}

const THREADS: &str = "{ conversations(first: 10) { edges { node {
    unreadCount windowOpenUntil contact { displayName phone } lastMessage { text }
    messages(first: 10) { edges { node {
        providerMessageId direction kind text status passedOnAt deliveredAt readAt playedAt failedAt
        failure { code title } editedText revokedAt reaction
    } } }
} } } }";

/// The only thread there is, and its messages, latest first.
async fn thread(journey: &Journey) -> Result<(Value, Vec<Value>)> {
    let mut threads: Vec<Value> = journey.graphql.ask(THREADS, &json!({}), "/conversations/edges").await?;
    ensure!(threads.len() == 1, "{threads:?}");
    let mut thread = threads.remove(0)["node"].take();
    let edges = thread["messages"]["edges"].as_array_mut().into_iter().flatten();
    let messages = edges.map(|edge| edge["node"].take()).collect();
    Ok((thread, messages))
}

/// Waits until the message `id` shows `expected`, and perhaps more.
async fn shows(journey: &Journey, id: &str, expected: &Value) -> Result<()> {
    eventually(&format!("{id} shows {expected}"), || async {
        let (_, messages) = thread(journey).await?;
        let message = messages.iter().find(|message| message["providerMessageId"] == format!("wamid.{id}"));
        for (field, value) in expected.as_object().into_iter().flatten() {
            ensure!(message.is_some_and(|message| message[field] == *value), "{message:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_is_told_of_a_message_counts_by_rank_also_before_the_message_itself() -> Result<()> {
    let (journey, server) = (Journey::begin().await?, &shared().await?.server);
    // Meta tells of all in one delivery, the last first.
    let told = [
        statuses(vec![status("a", "read", 9), status("a", "delivered", 7), status("a", "sent", 5)]),
        echoes(vec![echo("a", 4, "It is. Shall I keep it for you?")]),
    ];
    deliver(server, &[delivery(&journey, &told)]).await?;
    let read = json!({
        "direction": "OUTBOUND", "kind": "TEXT", "text": "It is. Shall I keep it for you?", "status": "READ",
        "passedOnAt": at(5), "deliveredAt": at(7), "readAt": at(9), "playedAt": null, "failedAt": null, "failure": null,
    });
    shows(&journey, "a", &read).await?;
    let (shown, _) = thread(&journey).await?;
    assert_eq!(shown["contact"], json!({"displayName": "Asha Rao", "phone": format!("+{ASHA}")}));
    assert_eq!(shown["lastMessage"]["text"], "It is. Shall I keep it for you?");
    assert_eq!((&shown["unreadCount"], &shown["windowOpenUntil"]), (&json!(0), &json!(null)), "she wrote nothing");

    // Told again, and once more with an earlier word: nothing goes back.
    let again = [delivery(&journey, &told), delivery(&journey, &[statuses(vec![status("a", "sent", 6)])])];
    deliver(server, &again).await?;
    shared().await?.installation.settle().await?;
    shows(&journey, "a", &read).await?;
    assert_eq!(thread(&journey).await?.1.len(), 1, "one message is one, however often it is told");
    Ok(())
}

#[tokio::test]
async fn what_failed_has_failed_until_it_turns_out_to_have_arrived() -> Result<()> {
    let (journey, server) = (Journey::begin().await?, &shared().await?.server);
    let mut failed = status("b", "failed", 6);
    failed["errors"] = json!([{"code": "131026", "title": "Message undeliverable"}]);
    let body = delivery(&journey, &[echoes(vec![echo("b", 4, "Hello?")]), statuses(vec![status("b", "sent", 5)])]);
    deliver(server, &[body, delivery(&journey, &[statuses(vec![failed])])]).await?;
    let failure = json!({"code": "131026", "title": "Message undeliverable"});
    shows(&journey, "b", &json!({"status": "FAILED", "failedAt": at(6), "failure": failure})).await?;

    deliver(server, &[delivery(&journey, &[statuses(vec![status("b", "delivered", 8)])])]).await?;
    let arrived = json!({"status": "DELIVERED", "deliveredAt": at(8), "failedAt": at(6), "failure": null});
    shows(&journey, "b", &arrived).await
}

#[tokio::test]
async fn one_of_a_group_or_an_unknown_word_says_nothing_of_how_far_a_message_got() -> Result<()> {
    let (journey, server) = (Journey::begin().await?, &shared().await?.server);
    let mut of_one = status("c", "read", 7);
    of_one["recipient_type"] = json!("group");
    of_one["participant_recipient_id"] = json!("919820099999");
    let told = [
        echoes(vec![echo("c", 4, "Dear all")]),
        statuses(vec![status("c", "delivered", 6), of_one, status("c", "warning", 8), json!({"status": "sent"})]),
    ];
    deliver(server, &[delivery(&journey, &told)]).await?;
    shows(&journey, "c", &json!({"status": "DELIVERED", "deliveredAt": at(6), "readAt": null})).await
}

#[tokio::test]
async fn what_somebody_changes_or_takes_back_in_the_app_shows_here_whatever_came_first() -> Result<()> {
    let (journey, server) = (Journey::begin().await?, &shared().await?.server);
    let edit = |id: &str, second: i64, words: &str| {
        act("edit", id, second, "d", json!({"message": {"type": "text", "text": {"body": words}}}))
    };
    let bodies = [
        delivery(&journey, &[echoes(vec![edit("d2", 8, "At nine.")])]),
        delivery(&journey, &[echoes(vec![act("revoke", "e1", 9, "e", json!({}))])]),
        delivery(&journey, &[echoes(vec![edit("d1", 6, "At ten.")])]),
        delivery(&journey, &[echoes(vec![echo("d", 4, "At eight."), echo("e", 5, "Wrong chat")])]),
    ];
    deliver(server, &bodies).await?;
    shows(&journey, "d", &json!({"text": "At eight.", "editedText": "At nine.", "revokedAt": null})).await?;
    shows(&journey, "e", &json!({"text": "Wrong chat", "revokedAt": at(9)})).await?;

    // She answers with a heart and in words: these are hers to be read.
    let heart = json!({
        "from": ASHA, "id": "wamid.f1", "timestamp": timestamp(10), "type": "reaction",
        "reaction": {"message_id": "wamid.d", "emoji": "❤️"},
    });
    deliver(server, &[delivery(&journey, &[("messages", "messages", vec![heart])])]).await?;
    journey.receive(&[text(ASHA, "f2", 11, "See you then")]).await?;
    shows(&journey, "d", &json!({"reaction": "❤️"})).await?;
    shows(&journey, "f2", &json!({"direction": "INBOUND", "status": null})).await?;
    assert_eq!(thread(&journey).await?.0["unreadCount"], 1);
    Ok(())
}

#[tokio::test]
async fn a_status_of_a_message_that_nobody_told_of_waits_and_joins_it() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let early = [statuses(vec![status("g", "delivered", 7), status("h", "read", 8)])];
    deliver(&server, &[delivery(&journey, &early)]).await?;
    installation.settle().await?;
    let kept = installation.deliveries().await?.remove(0).items;
    assert_eq!(kept.get("waiting"), Some(&2), "{kept:?}");

    deliver(&server, &[delivery(&journey, &[echoes(vec![echo("g", 4, "On its way.")])])]).await?;
    shows(&journey, "g", &json!({"status": "DELIVERED", "deliveredAt": at(7)})).await?;
    // The other one is told of by what was done to it.
    let gone = act("revoke", "h1", 9, "h", json!({}));
    deliver(&server, &[delivery(&journey, &[echoes(vec![gone])])]).await?;
    eventually("nothing waits any more", || async {
        let deliveries = installation.deliveries().await?;
        ensure!(deliveries.iter().all(|delivery| !delivery.items.contains_key("waiting")), "{deliveries:?}");
        Ok(())
    })
    .await?;
    deliver(&server, &[delivery(&journey, &[echoes(vec![echo("h", 5, "Wrong chat")])])]).await?;
    shows(&journey, "h", &json!({"status": "READ", "readAt": at(8), "revokedAt": at(9)})).await?;
    installation.settle().await?;
    let verified = installation.verify().await?;
    ensure!(verified.ok, "{verified:?}");
    server.stop().await
}
