//! Several people and the business talk in one place. What each of them wrote stays hers.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator::{self, BusinessNumber};
use leadflow_tests::export::CanonicalExport;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::graphql::inbox::{Conversation, Message};
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use leadflow_tests::trace;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use serde_json::{Value, json};

use super::begin::{Journey, shared};
use super::erase_a_contact::{dump, found};

const GROUP: &str = "HBgLMTIzZ3JvdXA";
const ADA: &str = "393331234567";
const BICE: &str = "393337654321";
const CARLA: &str = "393330000000";
const ADA_S_WORDS: &str = "Has anybody seen the cobalt teapot?";

/// Seconds from some morning in November 2026.
fn timestamp(second: i64) -> String {
    (1_794_000_000 + second).to_string()
}

fn messages(number: &BusinessNumber, messages: &[Value]) -> Vec<u8> {
    let contacts = [(ADA, "Ada Cobalt"), (BICE, "Bice")].map(|(phone, name)| {
        let writes = messages.iter().any(|message| message["from"] == phone);
        writes.then(|| json!({"wa_id": phone, "profile": {"name": name}}))
    });
    let contacts: Vec<Value> = contacts.into_iter().flatten().collect();
    simulator::messages_change(number, &json!(contacts), &json!(messages))
}

fn text(from: &str, id: &str, second: i64, words: &str) -> Value {
    json!({
        "from": from, "id": format!("wamid.{id}"), "timestamp": timestamp(second), "type": "text",
        "text": {"body": words},
    })
}

fn in_group(mut message: Value) -> Value {
    message["group_id"] = json!(GROUP);
    message
}

/// What is told of the group in a change of a `field`.
fn told(number: &BusinessNumber, field: &str, second: i64, said: &Value) -> Vec<u8> {
    let mut group = json!({"group_id": GROUP, "timestamp": timestamp(second), "request_id": "request 1"});
    for (name, value) in said.as_object().into_iter().flatten() {
        group[name] = value.clone();
    }
    simulator::changes(number, &[(field, json!({"groups": [group]}))])
}

/// A day of a group, a delivery each.
fn day(number: &BusinessNumber) -> Vec<Vec<u8>> {
    let people = |list: &str, people: &[&str]| {
        let people: Vec<Value> = people.iter().map(|phone| json!({"wa_id": phone})).collect();
        json!({"type": "group_participants_change", "reason": "invite_link", list: people})
    };
    let settings = json!({
        "type": "group_settings_update",
        "group_subject": {"text": "Red things", "update_successful": true},
        "group_description": {
            "text": "All that is red", "update_successful": false, "errors": [{"code": 100, "title": "Too long"}],
        },
    });
    let reaction = json!({
        "from": ADA, "id": "wamid.like", "timestamp": timestamp(8), "type": "reaction",
        "reaction": {"message_id": "wamid.hope", "emoji": "💙"},
    });
    vec![
        told(number, "group_lifecycle_update", 0, &json!({"type": "group_create", "subject": "Blue things"})),
        told(number, "group_participants_update", 1, &people("added_participants", &[ADA, BICE, CARLA])),
        messages(number, &[in_group(text(ADA, "teapot", 2, ADA_S_WORDS))]),
        messages(number, &[in_group(text(BICE, "hope", 3, "I hope it is blue")), text(BICE, "price", 4, "How much?")]),
        told(number, "group_participants_update", 5, &people("removed_participants", &[CARLA])),
        told(number, "group_settings_update", 6, &settings),
        told(number, "group_status_update", 7, &json!({"type": "group_suspend"})),
        messages(number, &[in_group(reaction)]),
        told(number, "group_status_update", 9, &json!({"type": "group_painted_red"})),
    ]
}

async fn deliver(server: &Server, connections: usize, bodies: &[Vec<u8>]) -> Result<()> {
    Sender::new(server.address(), connections)?.deliver(bodies).await
}

/// The group's conversation and the others.
async fn threads(graphql: &GraphQl) -> Result<(Conversation, Vec<Conversation>)> {
    let (mut groups, others): (Vec<_>, Vec<_>) =
        graphql.conversations().await?.into_iter().partition(|conversation| conversation.group.is_some());
    ensure!(groups.len() == 1, "{groups:?}");
    Ok((groups.remove(0), others))
}

/// Who wrote what there, oldest first.
async fn said(graphql: &GraphQl, conversation: &str) -> Result<Vec<(Option<String>, Option<String>)>> {
    let mut messages = graphql.messages(conversation).await?;
    messages.sort_by(|one, other| one.sent_at.cmp(&other.sent_at));
    let author = |message: &Message| message.author.as_ref().and_then(|author| author.phone.clone());
    Ok(messages.into_iter().map(|message| (author(&message), message.text)).collect())
}

fn by(phone: &str, words: &str) -> (Option<String>, Option<String>) {
    (Some(format!("+{phone}")), Some(words.to_owned()))
}

#[tokio::test]
async fn several_people_talk_in_one_place_and_one_of_them_in_person() -> Result<()> {
    let (journey, server) = (Journey::begin().await?, &shared().await?.server);
    deliver(server, 1, &day(&journey.business.number)).await?;
    shared().await?.installation.settle().await?;

    let (group, others) = threads(&journey.graphql).await?;
    let shown = group.group.as_ref().context("the group")?;
    assert_eq!((shown.subject.as_deref(), shown.state.as_str()), (Some("Red things"), "SUSPENDED"));
    assert_eq!((shown.participant_count, group.contact.as_ref(), group.unread_count), (2, None, 2));
    assert_eq!(
        said(&journey.graphql, &group.id).await?,
        [by(ADA, ADA_S_WORDS), by(BICE, "I hope it is blue"), by(ADA, "💙")]
    );
    let liked = journey.graphql.messages(&group.id).await?;
    let liked = liked.iter().find(|message| message.provider_message_id.as_deref() == Some("wamid.hope"));
    assert_eq!(liked.and_then(|message| message.more.get("reaction")), Some(&json!("💙")));

    let [hers] = &others[..] else { panic!("{others:?}") };
    assert_eq!(hers.contact.as_ref().and_then(|contact| contact.phone.clone()), Some(format!("+{BICE}")));
    assert_eq!(said(&journey.graphql, &hers.id).await?, [by(BICE, "How much?")]);
    let leads = journey.graphql.leads().await?;
    let [lead] = &leads[..] else { panic!("only who writes in person is a lead: {leads:?}") };
    assert_eq!(lead.contact.phone, Some(format!("+{BICE}")));
    assert_eq!(lead.conversation.as_ref().map(|conversation| &conversation.id), Some(&hers.id));
    assert_eq!(journey.graphql.node_type(&shown.id).await?.as_deref(), Some("Group"));

    // Members of the business do with it what they do with any.
    journey.graphql.mark_conversation_read(&group.id).await?;
    journey.graphql.set_conversation_priority(&group.id, "HIGH").await?;
    let resolved = journey.graphql.resolve_conversation(&group.id).await?.conversation.context("the group's")?;
    assert_eq!((resolved.unread_count, resolved.priority.as_str()), (0, "HIGH"));
    assert_eq!((resolved.status.as_str(), resolved.group.as_ref()), ("RESOLVED", Some(shown)));
    let later = messages(&journey.business.number, &[in_group(text(BICE, "found", 10, "Found it!"))]);
    deliver(server, 1, &[later]).await?;
    eventually("a word of anybody opens it again", || async {
        let (group, _) = threads(&journey.graphql).await?;
        ensure!((group.status.as_str(), group.unread_count) == ("OPEN", 1), "{group:?}");
        Ok(())
    })
    .await
}

/// All that one can see, but our own ids.
async fn export(graphql: &GraphQl) -> Result<(CanonicalExport, Value)> {
    let (group, _) = threads(graphql).await?;
    let group = group.group.context("a group")?;
    Ok((
        CanonicalExport::read(graphql).await?,
        json!({"subject": group.subject, "state": group.state, "participants": group.participant_count}),
    ))
}

#[tokio::test]
async fn in_whatever_order_and_however_often_it_is_told_it_is_the_same() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    let shared = shared().await?;
    let (clean, wild) = (Journey::begin().await?, Journey::begin().await?);
    deliver(&shared.server, 1, &day(&clean.business.number)).await?;
    let mut bodies: Vec<Vec<u8>> = (0..3).flat_map(|_| day(&wild.business.number)).collect();
    bodies.shuffle(&mut StdRng::seed_from_u64(seed));
    deliver(&shared.server, 4, &bodies).await?;
    shared.installation.settle().await?;
    // The businesses have different numbers, and these alone differ.
    let mut shown = Vec::new();
    for journey in [&clean, &wild] {
        let (mut export, group) = export(&journey.graphql).await?;
        export.conversations.iter_mut().for_each(|conversation| conversation.channel = None);
        shown.push((export, group));
    }
    ensure!(shown[0] == shown[1], "{}\n{shown:?}", shown[0].0.difference(&shown[1].0));
    assert_eq!(shown[0].0.message_count(), 4);
    Ok(())
}

/// How many events of each type the log has.
async fn types(installation: &Installation) -> Result<BTreeMap<String, usize>> {
    let events: Vec<Value> = installation.json(&["events", "show", "--limit", "1000"]).await?;
    let mut types = BTreeMap::new();
    for event in events {
        *types.entry(event["type"].as_str().context("a type")?.to_owned()).or_default() += 1;
    }
    Ok(types)
}

#[tokio::test]
async fn what_one_of_them_wrote_is_forgotten_with_her_alone() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let day = day(&journey.business.number);
    deliver(&server, 1, &day).await?;
    installation.settle().await?;

    // Each field is told by events of its own.
    let before = types(&installation).await?;
    let of_groups: BTreeMap<&str, usize> =
        before.iter().filter(|(kind, _)| kind.starts_with("group.")).map(|(kind, count)| (&kind[..], *count)).collect();
    let expected = [
        ("group.introduced", 1),
        ("group.created", 1),
        ("group.participant_joined", 3),
        ("group.participant_left", 1),
        ("group.described", 1),
        ("group.suspended", 1),
        ("group.remarked", 1),
    ];
    assert_eq!(of_groups, BTreeMap::from(expected));

    let markers = [ADA, "Ada Cobalt", ADA_S_WORDS];
    let in_dump: BTreeSet<String> = found(&dump(&installation).await?, &markers).into_iter().collect();
    ensure!(markers.iter().all(|marker| in_dump.contains(*marker)), "the search finds what is there: {in_dump:?}");
    let (group, _) = threads(&journey.graphql).await?;
    let messages = journey.graphql.messages(&group.id).await?;
    let author =
        |message: &&Message| message.author.as_ref().is_some_and(|author| author.phone == Some(format!("+{ADA}")));
    let ada = messages.iter().find(author).and_then(|message| message.author.clone()).context("she wrote")?;
    let erase = "mutation ($id: ID!) { eraseContact(input: { contactId: $id }) { userErrors { code } } }";
    let erased: Value = journey.graphql.ask(erase, &json!({"id": ada.id}), "/eraseContact").await?;
    assert_eq!(erased["userErrors"], json!([]));
    installation.settle().await?;

    // Her words are gone, and the others' are not.
    assert_eq!(said(&journey.graphql, &group.id).await?, [(None, None), by(BICE, "I hope it is blue"), (None, None)]);
    assert_eq!(found(&dump(&installation).await?, &markers), Vec::<String>::new());
    let verified = installation.verify().await?;
    ensure!(verified.ok, "{verified:?}");

    // Her neighbours' items are there to be read again, in the same delivery as hers.
    let joined: Value = installation.json(&["webhooks", "show", "2"]).await?;
    let erased: Vec<&Value> = joined["items"].as_array().into_iter().flatten().map(|item| &item["erased"]).collect();
    assert_eq!(erased, [&json!(true), &json!(false), &json!(false)], "{joined}");
    let log = types(&installation).await?;
    let deliveries: Vec<String> = (1..=day.len()).map(|delivery| delivery.to_string()).collect();
    let again: Vec<&str> = ["webhooks", "retry"].into_iter().chain(deliveries.iter().map(String::as_str)).collect();
    installation.leadflow(&again).await?.succeeded()?;
    installation.settle().await?;
    assert_eq!(installation.json::<Value>(&["webhooks", "show", "2"]).await?["items"], joined["items"]);

    // What comes again brings nobody back, and is kept no longer than she was.
    deliver(&server, 1, &day).await?;
    installation.settle().await?;
    assert_eq!(types(&installation).await?, log);
    eventually("what came again is cleared of her", || async {
        let left = found(&dump(&installation).await?, &markers);
        ensure!(left.is_empty(), "{left:?}");
        Ok(())
    })
    .await
}
