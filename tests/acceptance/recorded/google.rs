//! What Google's lead forms really sent, each with the key of a form that is open here in the place of its own; an empty key stays.
//!
//! `google.tsv` says what Google hears, and what became of it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::business::Business;
use leadflow_tests::forms::Form;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::installation::Installation;
use leadflow_tests::server::Server;
use serde_json::Value;

use super::{Event, Shown};

fn here(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[tokio::test]
async fn every_recorded_form_becomes_what_the_table_says() -> Result<()> {
    let folder = here("../../shared/fixtures/google");
    if !folder.is_dir() {
        eprintln!("SKIPPED: {} is not here, so nothing that was really sent is tried", folder.display());
        return Ok(());
    }
    let mut paths: Vec<_> = std::fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let business = Business::register(&installation).await?;
    let form = Form::open(&GraphQl::new(server.address(), &business.token)?, "Recorded").await?;
    let (mut answers, mut deliveries) = (Vec::new(), 0);
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str()).context("a name in UTF-8")?.to_owned();
        let mut body: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
        for (member, value) in body.as_object_mut().context("an object")? {
            if member.eq_ignore_ascii_case("google_key") && value != "" {
                *value = form.key.clone().into();
            }
        }
        let (status, _) = form.send(server.address(), &body).await?;
        deliveries += i64::from(status.is_success());
        answers.push((name, status.as_u16(), status.is_success().then_some(deliveries)));
    }
    installation.settle().await?;
    let events: Vec<Event> = installation.json(&["events", "show", "--limit", "10000"]).await?;
    let events: BTreeMap<i64, String> = events.into_iter().map(|event| (event.position, event.kind)).collect();
    let mut found = "payload\tanswer\tkind\tstate\tevent or reason\n".to_owned();
    for (name, status, delivery) in answers {
        let (mut kind, mut state, mut what) = (String::new(), String::new(), String::new());
        if let Some(delivery) = delivery {
            let mut shown: Shown = installation.json(&["webhooks", "show", &delivery.to_string()]).await?;
            let item = shown.items.pop().with_context(|| format!("{name} came to nothing"))?;
            ensure!(shown.items.is_empty() && item.pointer.is_empty(), "{name} is one item");
            what = match item.state.as_str() {
                "applied" => item.position.and_then(|position| events.get(&position)).cloned().unwrap_or_default(),
                "notice" => String::new(),
                _ => item.reason.unwrap_or_default(),
            };
            (kind, state) = (item.kind, item.state);
        }
        found += &[name, status.to_string(), kind, state, what].join("\t");
        found.push('\n');
    }
    server.stop().await?;
    let expected = std::fs::read_to_string(here("acceptance/recorded/google.tsv"))?;
    ensure!(expected == found, "expected\n{expected}\nfound\n{found}");
    Ok(())
}
