//! What was written before a number was connected is there to be looked up, and asks nobody for anything.

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator;
use leadflow_tests::export::CanonicalExport;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use leadflow_tests::trace;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use serde_json::{Value, json};

use super::any_order::begin;
use super::begin::{Journey, shared, text};
use super::erase_a_contact::{dump, found};

const ASHA: &str = "919820012345";
const BEA: &str = "393331112223";

/// The business's own number, as [`begin`] connects it.
const BUSINESS: &str = "15559990000";

/// Somebody's message; seconds count from the same morning as those of [`text`].
fn message(from: &str, id: &str, second: i64, kind: &str, inside: Value) -> Value {
    let timestamp = (1_794_000_000 + second).to_string();
    json!({"from": from, "id": format!("wamid.{id}"), "timestamp": timestamp, "type": kind, kind: inside})
}

fn words(from: &str, id: &str, second: i64, words: &str) -> Value {
    message(from, id, second, "text", json!({"body": words}))
}

/// As a history tells of it, which says how far it got.
fn with_status(mut message: Value, status: &str) -> Value {
    message["history_context"] = json!({"status": status});
    message
}

/// The place of a file, which comes later.
fn placeholder(from: &str, id: &str, second: i64, status: &str) -> Value {
    let mut message = with_status(message(from, id, second, "media_placeholder", json!({})), status);
    message.as_object_mut().map(|message| message.remove("media_placeholder"));
    message
}

fn chunk(journey: &Journey, business: &str) -> Vec<u8> {
    let with_asha = [
        with_status(words(business, "a1", 1, "Hello Asha"), "DELIVERED"),
        placeholder(ASHA, "a2", 2, "READ"),
        with_status(words(ASHA, "a3", 3, "Do you have the blue one?"), "READ"),
        placeholder(business, "a4", 4, "PLAYED"),
    ];
    let with_bea = [
        with_status(words(business, "b1", 5, "Thanks for your order!"), "READ"),
        with_status(words(BEA, "b2", 6, "Grazie"), "READ"),
    ];
    let threads = json!([{"id": ASHA, "messages": with_asha}, {"id": BEA, "messages": with_bea}]);
    let metadata = json!({"phase": 0, "chunk_order": 1, "progress": 100});
    let said = json!({"history": [{"metadata": metadata, "threads": threads}]});
    simulator::changes(&journey.business.number, &[("history", said)])
}

/// The files that had no room in the chunk, as they come.
fn files(journey: &Journey, business: &str) -> Vec<Vec<u8>> {
    let hers = message(ASHA, "a2", 2, "image", json!({"id": "7", "mime_type": "image/jpeg", "caption": "Like this"}));
    let mut ours = message(business, "a4", 4, "video", json!({"id": "8", "mime_type": "video/mp4"}));
    ours["to"] = json!(ASHA);
    let file =
        |message: Value| simulator::changes(&journey.business.number, &[("history", json!({ "messages": [message] }))]);
    vec![file(hers), file(ours)]
}

/// What was told of two of the messages when they were written, and of a third when it was read.
fn told_then(journey: &Journey, business: &str) -> Vec<Vec<u8>> {
    let mut echo = words(business, "a1", 1, "Hello Asha");
    echo["to"] = json!(ASHA);
    let status = json!({"id": "wamid.b1", "status": "delivered", "timestamp": "1794000007", "recipient_id": BEA});
    let change = |field: &str, said: Value| simulator::changes(&journey.business.number, &[(field, said)]);
    vec![
        change("messages", json!({"messages": [words(ASHA, "a3", 3, "Do you have the blue one?")]})),
        change("smb_message_echoes", json!({"message_echoes": [echo]})),
        change("messages", json!({"statuses": [status]})),
    ]
}

const MESSAGES: &str = "{ conversations(first: 10) { edges { node { unreadCount windowOpenUntil contact { id phone }
    messages(first: 10) { edges { node { providerMessageId direction kind text status deliveredAt isImported } } }
} } } }";

/// The thread with the person of this number, and its messages by the provider's ids.
async fn thread(graphql: &GraphQl, phone: &str) -> Result<Value> {
    let edges: Vec<Value> = graphql.ask(MESSAGES, &json!({}), "/conversations/edges").await?;
    let of = |edge: &&Value| edge["node"]["contact"]["phone"] == format!("+{phone}");
    let mut thread = edges.iter().find(of).context("there is no such thread")?["node"].clone();
    let messages: serde_json::Map<String, Value> = thread["messages"]["edges"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|edge| {
            let id = edge["node"]["providerMessageId"].as_str().unwrap_or_default();
            (id.trim_start_matches("wamid.").to_owned(), edge["node"].clone())
        })
        .collect();
    thread["messages"] = Value::Object(messages);
    Ok(thread)
}

#[tokio::test]
async fn however_it_is_told_and_in_whatever_order_the_inbox_is_the_same() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    let shared = shared().await?;
    let clean = begin("2065403500005").await?;
    let in_order = [vec![chunk(&clean, BUSINESS)], files(&clean, BUSINESS), told_then(&clean, BUSINESS)].concat();
    Sender::new(shared.server.address(), 1)?.deliver(&in_order).await?;

    let wild = begin("2065403500006").await?;
    let once = [vec![chunk(&wild, BUSINESS)], files(&wild, BUSINESS), told_then(&wild, BUSINESS)].concat();
    let mut bodies = [once.clone(), once.clone(), once].concat();
    let mut rng = StdRng::seed_from_u64(seed);
    // The files before their places, at least once.
    bodies.shuffle(&mut rng);
    bodies.splice(0..0, files(&wild, BUSINESS));
    Sender::new(shared.server.address(), 4)?.deliver(&bodies).await?;

    shared.installation.settle().await?;
    let clean_export = eventually("the inbox holds everything", || async {
        let export = CanonicalExport::read(&clean.graphql).await?;
        ensure!(export.message_count() == 6 && export.leads.len() == 1, "{export:?}");
        Ok(export)
    })
    .await?;
    eventually("both inboxes are the same", || async {
        let wild = CanonicalExport::read(&wild.graphql).await?;
        ensure!(clean_export == wild, "{}", clean_export.difference(&wild));
        Ok(())
    })
    .await?;

    for journey in [&clean, &wild] {
        let asha = thread(&journey.graphql, ASHA).await?;
        let shows = |thread: &Value, id: &str, expected: Value| {
            for (field, value) in expected.as_object().into_iter().flatten() {
                assert_eq!(thread["messages"][id][field], *value, "{field} of {id} in {thread}");
            }
        };
        shows(&asha, "a1", json!({"direction": "OUTBOUND", "status": "DELIVERED", "isImported": false}));
        shows(&asha, "a2", json!({"kind": "IMAGE", "text": "Like this", "isImported": true, "direction": "INBOUND"}));
        shows(&asha, "a3", json!({"kind": "TEXT", "isImported": false}));
        shows(&asha, "a4", json!({"kind": "VIDEO", "status": "PLAYED", "isImported": true, "direction": "OUTBOUND"}));
        assert_eq!(asha["unreadCount"], 1, "what she wrote while the number was connected is to be read");
        let bea = thread(&journey.graphql, BEA).await?;
        let read = json!({"status": "READ", "deliveredAt": "2026-11-06T21:20:07Z", "isImported": true});
        shows(&bea, "b1", read);
        // Long over: 24 hours after she wrote.
        assert_eq!(bea["windowOpenUntil"], "2026-11-07T21:20:06Z");
        assert_eq!(bea["unreadCount"], 0);
        let leads = journey.graphql.leads().await?;
        assert_eq!(leads.iter().map(|lead| lead.contact.phone.as_deref()).collect::<Vec<_>>(), [Some("+919820012345")]);
    }
    Ok(())
}

#[tokio::test]
async fn nothing_of_it_is_to_be_read_and_nobody_is_a_lead_until_she_writes() -> Result<()> {
    let (journey, shared) = (Journey::begin().await?, shared().await?);
    let business = &journey.business.number.display_phone;
    let bodies = [vec![chunk(&journey, business)], files(&journey, business)].concat();
    Sender::new(shared.server.address(), 1)?.deliver(&bodies).await?;
    shared.installation.settle().await?;
    eventually("the threads are there", || async {
        let conversations = journey.graphql.conversations().await?;
        ensure!(conversations.len() == 2, "{conversations:?}");
        ensure!(conversations.iter().all(|thread| thread.unread_count == 0 && thread.status == "OPEN"));
        ensure!(thread(&journey.graphql, ASHA).await?["messages"]["a4"]["kind"] == "VIDEO");
        Ok(())
    })
    .await?;
    assert_eq!(journey.graphql.leads().await?, []);

    // Settled before it is told: it stays so.
    let id = journey.graphql.conversations().await?.remove(0).id;
    let resolved = journey.graphql.resolve_conversation(&id).await?;
    ensure!(resolved.user_errors.is_empty(), "{resolved:?}");
    let late = words(BEA, "b0", 0, "Buongiorno");
    let threads = json!([{"id": BEA, "messages": [late]}, {"id": ASHA, "messages": [words(ASHA, "a0", 0, "Hi")]}]);
    let said = json!({"history": [{"threads": threads}]});
    let more = simulator::changes(&journey.business.number, &[("history", said)]);
    Sender::new(shared.server.address(), 1)?.deliver(&[more]).await?;
    eventually("the message is there", || async {
        ensure!(thread(&journey.graphql, BEA).await?["messages"]["b0"]["isImported"] == true);
        ensure!(thread(&journey.graphql, ASHA).await?["messages"]["a0"]["isImported"] == true);
        Ok(())
    })
    .await?;
    let shown = journey.graphql.conversation(&id).await?.context("the conversation is gone")?;
    assert_eq!((shown.status.as_str(), shown.unread_count), ("RESOLVED", 0));

    journey.receive(&[text(BEA, "b9", 9, "Ci siete?")]).await?;
    eventually("she is a lead since she wrote", || async {
        let leads = journey.graphql.leads().await?;
        let captured: Vec<&str> = leads.iter().map(|lead| lead.captured_at.as_str()).collect();
        ensure!(captured == ["2026-11-06T21:20:09Z"], "{leads:?}");
        ensure!(thread(&journey.graphql, BEA).await?["unreadCount"] == 1);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_comes_while_an_agent_of_meta_s_holds_the_thread_is_received() -> Result<()> {
    let (journey, shared) = (Journey::begin().await?, shared().await?);
    let said = json!({"messages": [words(ASHA, "s1", 1, "Is anybody there?")]});
    let standby = simulator::changes(&journey.business.number, &[("standby", said)]);
    Sender::new(shared.server.address(), 1)?.deliver(&[standby.clone(), standby]).await?;
    eventually("it is to be read, and she is a lead", || async {
        let asha = thread(&journey.graphql, ASHA).await?;
        ensure!((&asha["unreadCount"], &asha["messages"]["s1"]["isImported"]) == (&json!(1), &json!(false)), "{asha}");
        ensure!(journey.graphql.leads().await?.len() == 1);
        Ok(())
    })
    .await
}

const ERASE: &str = "mutation ($id: ID!) { eraseContact(input: { contactId: $id }) { userErrors { code } } }";

#[tokio::test]
async fn whoever_is_erased_is_gone_from_every_history() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let business = &journey.business.number.display_phone;
    let sender = Sender::new(server.address(), 1)?;
    let bodies = [vec![chunk(&journey, business)], files(&journey, business)].concat();
    sender.deliver(&bodies).await?;
    installation.settle().await?;
    let markers = [ASHA, "Do you have the blue one?", "Like this", "Hello Asha", "wamid.a1", "wamid.a2", "wamid.a3"];
    ensure!(!found(&dump(&installation).await?, &markers).is_empty(), "else this shows nothing");
    let id = thread(&journey.graphql, ASHA).await?["contact"]["id"].clone();
    let erased: Value = journey.graphql.ask(ERASE, &json!({ "id": id }), "/eraseContact").await?;
    assert_eq!(erased["userErrors"], json!([]));
    installation.settle().await?;
    assert_eq!(found(&dump(&installation).await?, &markers), Vec::<String>::new());
    let bea = || async { Ok::<_, anyhow::Error>(thread(&journey.graphql, BEA).await?["messages"].clone()) };
    let hers = bea().await?;
    assert_eq!(hers["b2"]["text"], "Grazie");
    assert_eq!(journey.graphql.conversations().await?.len(), 1, "there was nothing but her history");

    // What comes again brings nobody back, also where it is told otherwise than before.
    sender.deliver(&[bodies, told_then(&journey, business)].concat()).await?;
    installation.settle().await?;
    assert_eq!(found(&dump(&installation).await?, &markers), Vec::<String>::new());
    assert_eq!(journey.graphql.conversations().await?.len(), 1);
    assert_eq!(bea().await?["b2"], hers["b2"]);
    let verified = installation.verify().await?;
    ensure!(verified.ok, "{verified:?}");
    server.stop().await
}

#[tokio::test]
async fn a_chunk_of_thousands_is_imported_whole() -> Result<()> {
    let (journey, shared) = (Journey::begin().await?, shared().await?);
    let business = &journey.business.number.display_phone;
    let threads: Vec<Value> = (0..3)
        .map(|customer| {
            let phone = format!("39333222{customer:04}");
            let writer = |nth: i64| if nth % 3 == 0 { business } else { &phone };
            let message = |nth| with_status(words(writer(nth), &format!("{phone}.{nth}"), nth, "Old words"), "READ");
            json!({"id": phone, "messages": (0..1_000).map(message).collect::<Vec<_>>()})
        })
        .collect();
    let chunk =
        simulator::changes(&journey.business.number, &[("history", json!({"history": [{"threads": threads}]}))]);
    Sender::new(shared.server.address(), 1)?.deliver(&[chunk]).await?;
    shared.installation.settle().await?;
    let counts = "{ conversations(first: 10) { edges { node { unreadCount messages(first: 0) { totalCount } } } } }";
    eventually("all of it is there", || async {
        let threads: Vec<Value> = journey.graphql.ask(counts, &json!({}), "/conversations/edges").await?;
        ensure!(threads.len() == 3, "{threads:?}");
        let whole = json!({"unreadCount": 0, "messages": {"totalCount": 1_000}});
        ensure!(threads.iter().all(|thread| thread["node"] == whole), "{threads:?}");
        Ok(())
    })
    .await
}
