//! What pages of Facebook and accounts of Instagram really sent, of leads and of conversations, each file with an account of its own: many
//! of them have the same one and the same message id, and would be taken for one that comes again. Leads are those of a page that is
//! played, so that there is something to read.
//!
//! `meta.tsv` says what became of each item, as `whatsapp.tsv` does. What is no webhook, such as answers of the Graph API, is sent all the
//! same, and becomes nothing. `LEADFLOW_REGENERATE=1` writes the table, for somebody to look at the difference.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use leadflow_gateways::whatsapp::simulator::{Fill, Settings, Simulator};
use leadflow_tests::business::Business;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::installation::{APP_SECRET, Installation};
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use serde_json::{Value, json};

use super::{Event, Shown, named};

const TOKEN: &str = "EAAGpage";
const PAGE: &str = "138124712925158";
const FORM: &str = "172036835026334";

/// The lead of which Meta's dashboard tells. There is none.
const OF_THE_DASHBOARD: &str = "444444444444";

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A file, with an account and leads of its own.
struct Payload {
    name: String,
    body: Value,
    /// The network, and the account's id.
    accounts: Vec<(&'static str, String)>,
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What stands in a list, if there is one.
fn list<'v>(of: &'v mut Value, name: &str) -> impl Iterator<Item = &'v mut Value> {
    of.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Which party of a message is the business.
fn business_of(told: &Value) -> &'static str {
    if told["message"]["is_echo"] == true { "sender" } else { "recipient" }
}

/// Gives the leads of a change to those of the page that is played.
fn of_the_page(meta: &Simulator, change: &mut Value, leads: &mut HashMap<String, String>) -> Result<bool> {
    let Some(lead) = text(&change["value"]["leadgen_id"]).filter(|lead| lead != OF_THE_DASHBOARD) else {
        return Ok(false);
    };
    let filled_in = match leads.get(&lead) {
        Some(known) => known.clone(),
        None => {
            let phone = format!("+3933312{:05}", leads.len());
            let fill = Fill::answering(&[("full_name", "Nora Winter"), ("phone_number", &phone)]);
            let id = meta.fills_in_silently(FORM, fill)?;
            leads.insert(lead, id.clone());
            id
        }
    };
    change["value"]["leadgen_id"] = json!(filled_in);
    if !change["value"]["page_id"].is_null() {
        change["value"]["page_id"] = json!(PAGE);
    }
    Ok(true)
}

fn payload(meta: &Simulator, name: String, nth: usize, mut body: Value) -> Result<Payload> {
    let network = if body["object"] == "instagram" { "instagram" } else { "messenger" };
    let (mut accounts, mut leads) = (BTreeMap::new(), HashMap::new());
    for entry in list(&mut body, "entry") {
        let mut own_id = None;
        for change in list(entry, "changes") {
            if of_the_page(meta, change, &mut leads)? {
                own_id = Some(PAGE.to_owned());
            }
        }
        let of_entry = text(&entry["id"]);
        for told in list(entry, "messaging") {
            let party = business_of(told);
            let Some(account) = text(&told[party]["id"]) else { continue };
            let nth_of_file = accounts.len();
            let own: &String = accounts.entry(account.clone()).or_insert_with(|| format!("88{nth:04}{nth_of_file:02}"));
            told[party]["id"] = json!(own);
            if of_entry.as_ref() == Some(&account) {
                own_id = Some(own.clone());
            }
        }
        if let Some(id) = own_id {
            entry["id"] = json!(id);
        }
    }
    let accounts = accounts.into_values().map(|account| (network, account)).collect();
    Ok(Payload { name, body, accounts })
}

fn payloads(meta: &Simulator, fixtures: &Path) -> Result<Vec<Payload>> {
    let mut paths = BTreeSet::new();
    for folder in ["leadgen", "messenger"] {
        for entry in std::fs::read_dir(fixtures.join(folder))? {
            paths.insert(entry?.path());
        }
    }
    let read = paths.into_iter().enumerate().map(|(nth, path)| {
        let name = path.strip_prefix(fixtures)?.to_str().context("a name in UTF-8")?.to_owned();
        payload(meta, name, nth, serde_json::from_str(&std::fs::read_to_string(&path)?)?)
    });
    read.collect()
}

#[tokio::test]
async fn every_recorded_payload_of_a_page_or_an_account_becomes_what_the_table_says() -> Result<()> {
    let fixtures = here("../../shared/fixtures");
    if !fixtures.is_dir() {
        eprintln!("SKIPPED: {} is not here, so nothing that was really sent is tried", fixtures.display());
        return Ok(());
    }
    let meta = Simulator::start(Settings { app_secret: APP_SECRET.to_owned(), ..Settings::default() }).await?;
    meta.has_page(TOKEN, PAGE, "Saffron Sofas");
    meta.has_form(PAGE, FORM, "Spring")?;
    let payloads = payloads(&meta, &fixtures)?;
    let installation = Installation::new()?;
    let url = meta.url();
    let server = Server::start_with(&installation, |command| {
        command.env("LEADFLOW_GRAPH_URL", &url).env("LEADFLOW_GRAPH_TIMEOUT_MS", "3000");
    })
    .await?;
    let business = Business::register(&installation).await?;
    let connect = "mutation ($input: ConnectFacebookPageInput!) { done: connectFacebookPage(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "pageId": PAGE, "accessToken": TOKEN } });
    let done: Value = GraphQl::new(server.address(), &business.token)?.ask(connect, &input, "/done").await?;
    ensure!(done["userErrors"] == json!([]), "{done}");
    stream::iter(payloads.iter().flat_map(|payload| &payload.accounts))
        .map(|(network, account)| async {
            let connect = ["channel", "add-social", "--tenant", &business.tenant, "--network", network];
            let rest = ["--account-id", account, "--name", "Saffron Sofas"];
            installation.leadflow(&[&connect[..], &rest].concat()).await?.succeeded()
        })
        .buffer_unordered(4)
        .try_collect::<Vec<_>>()
        .await?;
    // One after another, so that the deliveries have the payloads' order.
    let sender = Sender::new(server.address(), 1)?;
    for payload in &payloads {
        sender.deliver(&[payload.body.to_string().into_bytes()]).await?;
    }
    installation.settle().await?;

    let events: Vec<Event> = installation.json(&["events", "show", "--limit", "10000"]).await?;
    let events: BTreeMap<i64, String> = events.iter().map(|event| (event.position, named(event))).collect();
    let mut found = "payload\tplace\tkind\tstate\tevent or reason\n".to_owned();
    for (payload, delivery) in payloads.iter().zip(1_i64..) {
        let shown: Shown = installation.json(&["webhooks", "show", &delivery.to_string()]).await?;
        ensure!(!shown.items.is_empty(), "{} came to nothing", payload.name);
        for item in &shown.items {
            let what = match item.state.as_str() {
                "applied" => item.position.and_then(|position| events.get(&position)).map(String::as_str),
                _ => item.reason.as_deref(),
            };
            found += &[&payload.name, &item.pointer, &item.kind, &item.state, what.unwrap_or_default()].join("\t");
            found.push('\n');
        }
    }
    server.stop().await?;
    let table = here("acceptance/recorded/meta.tsv");
    if std::env::var_os("LEADFLOW_REGENERATE").is_some() {
        std::fs::write(&table, &found)?;
    }
    let expected = std::fs::read_to_string(&table)?;
    ensure!(expected == found, "expected\n{expected}\nfound\n{found}");
    Ok(())
}
