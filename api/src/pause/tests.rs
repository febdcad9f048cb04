//! Databases that were restored or cloned, on a real server.

use std::sync::Arc;
use std::time::Duration;

use leadflow_domain::channel::{ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::{ChannelId, CommandId, TenantId};
use leadflow_event_store::{Actor, CommandContext};
use leadflow_gateways::whatsapp::simulator::{self, BusinessNumber, Text};
use leadflow_private_postgres::testing::Cluster;
use leadflow_projections::{ConsumerStatus, statuses};
use serde_json::Value;
use sqlx::{Connection, Executor, PgConnection};
use uuid::Uuid;

use super::*;
use crate::config::{Config, SecretText};
use crate::serving::Serving;
use crate::settle::settle;
use crate::testing::{managed, serve};
use crate::webhooks::{Bringer, Intake};

const PATIENCE: Duration = Duration::from_secs(30);

fn number() -> BusinessNumber {
    BusinessNumber {
        phone_number_id: "10".to_owned(),
        waba_id: "20".to_owned(),
        display_phone: "15550000001".to_owned(),
    }
}

async fn connect_number(serving: &Serving) {
    let tenant = TenantId::from_uuid(Uuid::from_u128(1));
    let BusinessNumber { phone_number_id, waba_id, display_phone } = number();
    let connect = ChannelCommand::ConnectWhatsAppNumber(WhatsAppNumber {
        phone_number_id: ProviderId::parse(&phone_number_id).unwrap(),
        waba_id: ProviderId::parse(&waba_id).unwrap(),
        display_phone: DisplayPhone::parse(&display_phone).unwrap(),
        app: None,
    });
    let id = CommandId::derive(tenant, "test", &["connect"]);
    let context = CommandContext::new(tenant, id, Actor::CommandLine, "test");
    let channel = ChannelId::whatsapp(tenant, &phone_number_id);
    serving.app().commands.channels.execute(channel, connect, context).await.unwrap();
}

/// A customer of her own writes.
async fn somebody_writes(serving: &Serving, from: &str) {
    let text = Text {
        from: from.to_owned(),
        name: "Asha Rao".to_owned(),
        id: format!("wamid.{from}"),
        timestamp: 1_794_000_000,
        body: "Is it in stock?".to_owned(),
    };
    let app = serving.app();
    let intake = Intake::start(app.pool.clone(), Arc::clone(&app.keys));
    intake.store("whatsapp", Bringer::App(None), simulator::texts(&number(), &[text]).into()).await.unwrap();
}

async fn captured(pool: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from events where event_type = 'lead.captured'").fetch_one(pool).await.unwrap()
}

async fn reactors(pool: &PgPool) -> Vec<(String, i64)> {
    let acts = |status: &ConsumerStatus| status.consumer.starts_with("reactor/");
    statuses(pool).await.unwrap().into_iter().filter(acts).map(|status| (status.consumer, status.position)).collect()
}

async fn health(serving: &Serving) -> Value {
    let url = format!("http://{}/health", serving.address());
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

/// A copy of what `config` leads to, where nobody is at work; and what serves on the copy.
async fn cloned(config: &Config) -> Config {
    let url = config.database_url.as_ref().unwrap().expose();
    let (server, _) = url.split_once('?').unwrap();
    let name = server.rsplit_once('/').unwrap().1;
    let copy = format!("{name}_copy");
    let mut cluster = PgConnection::connect_with(&Cluster::shared().await.maintenance_options()).await.unwrap();
    cluster.execute(format!("create database {copy} template {name} strategy file_copy").as_str()).await.unwrap();
    cluster.close().await.unwrap();
    let url = url.replacen(&format!("/{name}?"), &format!("/{copy}?"), 1);
    Config { database_url: Some(SecretText::new(url)), ..config.clone() }
}

#[tokio::test]
async fn a_clone_takes_what_comes_and_acts_when_it_is_told_to_and_once() {
    let (owner, config) = managed(|_| Vec::new()).await;
    owner.close().await;
    let serving = serve(config.clone()).await.unwrap();
    connect_number(&serving).await;
    somebody_writes(&serving, "393331234567").await;
    assert!(settle(&serving.app().pool, PATIENCE).await.unwrap());
    serving.stop().await.unwrap();

    let copy = cloned(&config).await;
    let serving = serve(copy.clone()).await.unwrap();
    let pool = serving.app().pool.clone();
    let before = reactors(&pool).await;
    somebody_writes(&serving, "393331234568").await;
    let head: i64 = sqlx::query_scalar("select max(position) from events").fetch_one(&pool).await.unwrap();
    let folded = async {
        loop {
            let statuses = statuses(&pool).await.unwrap();
            let mut projectors = statuses.iter().filter(|status| status.projector().is_some());
            if projectors.all(|status| status.position == status.head && status.head > head) {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, folded).await.unwrap();
    assert_eq!((reactors(&pool).await, captured(&pool).await), (before, 1));
    let told = health(&serving).await;
    assert_eq!(
        (&told["ready"], &told["paused"], &told["restoreDetection"]),
        (&true.into(), &true.into(), &"on".into())
    );
    let warning = told["warnings"][0].as_str().unwrap();
    assert!(warning.contains("another database oid") && warning.contains("`leadflow resume`"), "{warning}");

    // As another process does.
    let identity = Identity::of(&pool, None).await.unwrap();
    resume(&pool, &identity).await.unwrap();
    assert!(settle(&pool, PATIENCE).await.unwrap());
    assert_eq!(captured(&pool).await, 2);
    let statuses = statuses(&pool).await.unwrap();
    assert!(statuses.iter().all(ConsumerStatus::is_complete), "{statuses:?}");
    serving.stop().await.unwrap();

    for config in [config, copy] {
        let serving = serve(config).await.unwrap();
        assert_eq!(health(&serving).await["paused"], false, "each is the one that is to act, where it is");
        serving.stop().await.unwrap();
    }
}

#[tokio::test]
async fn what_differs_is_told_with_since_when_until_somebody_resumes() {
    let (owner, _) = managed(|_| Vec::new()).await;
    let identity = Identity::of(&owner, None).await.unwrap();
    assert_eq!(compare(&owner, &identity).await.unwrap(), None, "it is new");
    note(&owner, &Identity::default()).await.unwrap();
    owner
        .execute("update database_identity set known = jsonb_set(known, '{timeline}', '7') - 'systemIdentifier'")
        .await
        .unwrap();
    let found = compare(&owner, &identity).await.unwrap().unwrap();
    let timeline = Difference { what: "timeline", known: "7".to_owned(), found: "1".to_owned() };
    assert_eq!(found.differences, [timeline]);
    assert_eq!(found.in_words(), "the timeline is 1 and was 7");
    assert_eq!(compare(&owner, &identity).await.unwrap().as_ref(), Some(&found));

    // It waits on, also where it was before.
    let before = Identity { timeline: Some(7), ..identity.clone() };
    assert_eq!(compare(&owner, &before).await.unwrap().as_ref(), Some(&found));
    assert_eq!(paused(&owner).await.unwrap(), Some(found));
    resume(&owner, &identity).await.unwrap();
    assert_eq!((paused(&owner).await.unwrap(), compare(&owner, &identity).await.unwrap()), (None, None));
}

#[tokio::test]
async fn what_was_not_shown_at_first_counts_once_it_is() {
    let (owner, _) = managed(|_| Vec::new()).await;
    let identity = Identity::of(&owner, None).await.unwrap();
    resume(&owner, &Identity { system_identifier: None, ..identity.clone() }).await.unwrap();
    assert_eq!(compare(&owner, &identity).await.unwrap(), None);
    let another = Identity { system_identifier: Some(5), ..identity };
    assert_eq!(compare(&owner, &another).await.unwrap().unwrap().in_short(), "system identifier");
}

#[tokio::test]
async fn what_another_process_finds_or_an_operator_says_is_told_to_all() {
    let (owner, config) = managed(|_| Vec::new()).await;
    let serving = serve(config).await.unwrap();
    let pause = Pause::at_start(serving.app()).await.unwrap();
    let (mut told, stop) = (pause.told(), CancellationToken::new());
    assert!(!*told.borrow() && !pause.is_paused().await.unwrap());
    let kept = tokio::spawn(pause.keep(stop.clone()));
    let identity = Identity::of(&owner, None).await.unwrap();
    compare(&owner, &Identity { timeline: Some(2), ..identity.clone() }).await.unwrap();
    tokio::time::timeout(PATIENCE, told.wait_for(|is_paused| *is_paused)).await.unwrap().unwrap();
    resume(&owner, &identity).await.unwrap();
    tokio::time::timeout(PATIENCE, told.wait_for(|is_paused| !is_paused)).await.unwrap().unwrap();
    stop.cancel();
    kept.await.unwrap();
    serving.stop().await.unwrap();
}
