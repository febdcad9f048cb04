//! Payloads that providers really sent, from a folder beside the checkout, against what each must become.
//!
//! `whatsapp.tsv` says it for every item of every payload: where it stands, what it is, what became of it, and which event
//! or reason. What a notice says is the provider's word and is left out. `LEADFLOW_REGENERATE=1` writes the table, for
//! somebody to look at the difference.

mod google;
mod meta;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use leadflow_tests::business::Business;
use leadflow_tests::installation::Installation;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Shown {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    pointer: String,
    kind: String,
    state: String,
    reason: Option<String>,
    position: Option<i64>,
}

#[derive(Deserialize)]
struct Event {
    position: i64,
    #[serde(rename = "type")]
    kind: String,
    payload: Value,
}

/// A payload, with numbers of its own: many of them have the same number and the same message id, and would be taken for
/// one that comes again.
struct Payload {
    name: String,
    body: String,
    numbers: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures/whatsapp")
}

fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("acceptance/recorded/whatsapp.tsv")
}

fn numbers(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(number) if name == "phone_number_id" => drop(found.insert(number.clone())),
                    Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
                    Value::Array(_) | Value::Object(_) => numbers(field, found),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| numbers(element, found)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn payloads(folder: &Path) -> Result<Vec<Payload>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    let numbered = paths.into_iter().enumerate().map(|(nth, path)| {
        let name = path.file_name().and_then(|name| name.to_str()).context("a name in UTF-8")?.to_owned();
        let mut body = std::fs::read_to_string(&path)?;
        let mut found = BTreeSet::new();
        numbers(&serde_json::from_str(&body)?, &mut found);
        let mut renamed = Vec::new();
        for (which, number) in found.iter().enumerate() {
            let own = format!("77{nth:04}{which:02}");
            body = body.replace(&format!("\"{number}\""), &format!("\"{own}\""));
            renamed.push(own);
        }
        Ok(Payload { name, body, numbers: renamed })
    });
    numbered.collect()
}

/// What an event is, with the kind of what was written.
fn named(event: &Event) -> String {
    let inside = &event.payload[&event.kind];
    let content =
        ["/message/content", "/edit/content"].iter().find_map(|at| inside.pointer(at)?.as_object()?.keys().next());
    match content {
        Some(content) => format!("{}/{content}", event.kind),
        None => event.kind.clone(),
    }
}

#[tokio::test]
async fn every_recorded_payload_becomes_what_the_table_says() -> Result<()> {
    let folder = folder();
    if !folder.is_dir() {
        eprintln!("SKIPPED: {} is not here, so nothing that was really sent is tried", folder.display());
        return Ok(());
    }
    let payloads = payloads(&folder)?;
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let business = Business::register(&installation).await?;
    let numbers: Vec<&String> = payloads.iter().flat_map(|payload| &payload.numbers).collect();
    stream::iter(&numbers)
        .map(|number| async {
            let connect = ["channel", "add-whatsapp", "--tenant", &business.tenant, "--phone-number-id", number];
            let rest = ["--waba-id", "20", "--display-phone", "+15550000000"];
            installation.leadflow(&[&connect[..], &rest].concat()).await?.succeeded()
        })
        .buffer_unordered(4)
        .try_collect::<Vec<_>>()
        .await?;

    let bodies: Vec<Vec<u8>> = payloads.iter().map(|payload| payload.body.clone().into_bytes()).collect();
    // One after another, so that the deliveries have the payloads' order.
    let sender = Sender::new(server.address(), 1)?;
    for body in &bodies {
        sender.deliver(std::slice::from_ref(body)).await?;
    }
    installation.settle().await?;

    let events: Vec<Event> = installation.json(&["events", "show", "--limit", "10000"]).await?;
    let events: BTreeMap<i64, String> = events.iter().map(|event| (event.position, named(event))).collect();
    let lines = stream::iter(payloads.iter().zip(1..))
        .map(|(payload, delivery): (&Payload, i64)| {
            let (installation, events) = (&installation, &events);
            async move {
                let shown: Shown = installation.json(&["webhooks", "show", &delivery.to_string()]).await?;
                ensure!(!shown.items.is_empty(), "{} came to nothing", payload.name);
                let lines = shown.items.iter().map(|item| {
                    let what = match item.state.as_str() {
                        "applied" => item.position.and_then(|position| events.get(&position)).map(String::as_str),
                        "notice" => None,
                        _ => item.reason.as_deref(),
                    };
                    [&payload.name, &item.pointer, &item.kind, &item.state, what.unwrap_or_default()].join("\t")
                });
                Ok(lines.collect::<Vec<_>>())
            }
        })
        .buffered(4)
        .try_collect::<Vec<_>>()
        .await?
        .concat();
    server.stop().await?;

    let found = format!("payload\tplace\tkind\tstate\tevent or reason\n{}\n", lines.join("\n"));
    if std::env::var_os("LEADFLOW_REGENERATE").is_some() {
        std::fs::write(table(), &found)?;
    }
    let expected = std::fs::read_to_string(table())?;
    let differs = |one: &str, other: &str| {
        let other: BTreeSet<&str> = other.lines().collect();
        one.lines().filter(|line| !other.contains(line)).map(str::to_owned).collect::<Vec<_>>()
    };
    let (missing, unexpected) = (differs(&expected, &found), differs(&found, &expected));
    ensure!(missing.is_empty() && unexpected.is_empty(), "expected {missing:#?}, found {unexpected:#?}");
    eprintln!("{} payloads, {} items, all as the table says", payloads.len(), lines.len());
    Ok(())
}
