//! What tells of a lead waits for its page and for what is in it, and concerns whoever filled it in.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::Uri;
use axum::{Json, Router};
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::source::{Page, SourceCommand, SourceName};
use leadflow_domain::{SourceId, StreamId};
use leadflow_gateways::whatsapp::simulator::{Fill, Settings, Simulator};
use leadflow_gateways::whatsapp::{AccessToken, Graph};
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

use super::*;
use crate::jobs::{Job, Turn, Work, Worked};
use crate::page_leads::{BackfillLeads, READ_LEAD, ReadLead, Reading};
use crate::provider_credentials::WhatsAppCredentials;
use crate::webhooks::ItemState;

const OTHER: TenantId = TenantId::from_uuid(Uuid::from_u128(2));
const PAGE: &str = "138124712925158";
const FORM: &str = "172036835026334";
const TOKEN: &str = "EAAGpage";

/// A business beside whom Meta is played.
struct Shop {
    bed: Bed,
    meta: Simulator,
    reading: Reading,
}

impl Shop {
    async fn open() -> Self {
        let meta = Simulator::start(Settings::default()).await.unwrap();
        let url = meta.url();
        Self::beside(meta, &url).await
    }

    /// With `url` asked instead of the Meta that is played.
    async fn beside(meta: Simulator, url: &str) -> Self {
        let bed = Bed::new().await;
        meta.has_page(TOKEN, PAGE, "Saffron Sofas");
        meta.has_form(PAGE, FORM, "Spring").unwrap();
        let graph = Graph::new(&Url::parse(url).unwrap(), "v24.0", Duration::from_secs(20)).unwrap();
        let reading = Reading {
            pool: bed.pool.clone(),
            log: bed.store.reader().clone(),
            commands: bed.commands.clone(),
            keys: Arc::clone(&bed.keys),
            credentials: WhatsAppCredentials::new(bed.pool.clone(), Arc::clone(&bed.keys), graph),
        };
        Self { bed, meta, reading }
    }

    fn is_filled_in(&self) -> String {
        let fill = Fill::answering(&[("full_name", "Nora Winter"), ("phone_number", "+393331234567")]);
        self.meta.fills_in_silently(FORM, fill).unwrap()
    }

    async fn connect(&self, tenant: TenantId) {
        let source = SourceId::of_page(tenant, PAGE);
        let token = AccessToken::parse(&TOKEN.to_owned().into()).unwrap();
        let command = SourceCommand::ConnectPage {
            name: SourceName::parse("Saffron Sofas").unwrap(),
            page: Page { page_id: ProviderId::parse(PAGE).unwrap(), app: None },
            credential: self.reading.credentials.keep(tenant, source, &token).await.unwrap(),
        };
        self.tell(tenant, "connect", command).await;
        self.bed.resume(&[Awaited::Page(ProviderId::parse(PAGE).unwrap())]).await;
    }

    /// Begins the backfill at `position` for the thousandth time, which failed so often since the last page.
    async fn backfills(&self, position: i64, failures: i32) -> (Worked, Option<String>) {
        let source = SourceId::of_page(TENANT, PAGE).as_uuid();
        sqlx::query(
            "insert into lead_backfills (position, tenant_id, source_id, asked_at, failures) values ($1, $2, $3, now(), $4)",
        )
        .bind(position)
        .bind(TENANT.as_uuid())
        .bind(source)
        .bind(failures)
        .execute(&self.bed.owner)
        .await
        .unwrap();
        let job = Job {
            id: Uuid::from_u128(1),
            tenant: TENANT,
            queue: "backfill".to_owned(),
            subject: StreamId::from_uuid(source),
            position,
            attempts: 1_000,
            turn: Turn::now(&self.bed.owner, TENANT),
        };
        let worked = BackfillLeads(self.reading.clone()).work(job, CancellationToken::new()).await;
        let failure = sqlx::query_scalar("select failure from lead_backfills where position = $1")
            .bind(position)
            .fetch_one(&self.bed.owner)
            .await
            .unwrap();
        (worked, failure)
    }

    async fn tell(&self, tenant: TenantId, what: &str, command: SourceCommand) {
        let id = CommandId::derive(tenant, "test", &[what]);
        let context = CommandContext::new(tenant, id, Actor::CommandLine, "test");
        self.bed.commands.sources.execute(SourceId::of_page(tenant, PAGE), command, context).await.unwrap();
    }

    /// A delivery that tells of it.
    async fn is_told_of(&self, lead: &str) -> i64 {
        let value = json!({ "leadgen_id": lead, "page_id": PAGE, "form_id": FORM, "created_time": 1_763_712_000 });
        let change = json!({ "field": "leadgen", "value": value });
        let body = json!({ "object": "page", "entry": [{ "id": PAGE, "changes": [change] }] });
        let delivery = self.bed.deliver(body.to_string().into_bytes()).await;
        self.bed.translate().await;
        delivery
    }

    /// Does the jobs that wait, the oldest first.
    async fn work(&self) -> Vec<Worked> {
        let sql = "select job_id, tenant_id, queue, subject, position from jobs \
                   where kind = $1 and state = 'waiting' order by number";
        let waiting = sqlx::query(sql).bind(READ_LEAD).fetch_all(&self.bed.owner).await.unwrap();
        let work = ReadLead(self.reading.clone());
        let mut worked = Vec::new();
        for row in waiting {
            let job = Job {
                id: row.get("job_id"),
                tenant: TenantId::from_uuid(row.get("tenant_id")),
                queue: row.get("queue"),
                subject: StreamId::from_uuid(row.get("subject")),
                position: row.get("position"),
                attempts: 1,
                turn: Turn::now(&self.bed.owner, TENANT),
            };
            let id = job.id;
            worked.push(work.work(job, CancellationToken::new()).await);
            let sql = "select end_job($1, null, 'done', null)";
            sqlx::query(sql).bind(id).execute(&self.bed.owner).await.unwrap();
        }
        worked
    }

    /// How it stands: its name, whose it is, and whom it concerns.
    async fn stands(&self, delivery: i64) -> (&'static str, Option<TenantId>, Option<ContactId>) {
        let item = self.bed.items(delivery).await.remove(0).item;
        (item.state.name(), item.tenant, item.contact)
    }

    async fn readings(&self) -> i64 {
        sqlx::query_scalar("select count(*) from lead_readings").fetch_one(&self.bed.owner).await.unwrap()
    }
}

#[tokio::test]
async fn it_waits_for_its_page_and_for_what_is_in_it_and_stays_of_who_was_erased() {
    let shop = Shop::open().await;
    let lead = shop.is_filled_in();
    let (first, second) = (shop.is_told_of(&lead).await, shop.is_told_of(&lead).await);
    for delivery in [first, second] {
        assert_eq!(shop.stands(delivery).await, ("waiting", None, None));
    }
    shop.connect(TENANT).await;
    shop.bed.translate().await;
    for delivery in [first, second] {
        assert_eq!(shop.stands(delivery).await, ("waiting", Some(TENANT), None));
    }
    let kept: String =
        sqlx::query_scalar("select concat(r::text, (select string_agg(j::text, '') from jobs j)) from lead_readings r")
            .fetch_one(&shop.bed.owner)
            .await
            .unwrap();
    assert!(!kept.contains(&lead) && !kept.contains(&hex::encode(&lead)), "its name is nowhere in clear: {kept}");
    // Each delivery has its job, and the second one has nothing to do any more.
    assert_eq!(shop.work().await, [Worked::Done, Worked::Done]);
    assert_eq!((shop.meta.asked().len(), shop.readings().await), (1, 0));
    shop.bed.translate().await;
    let (_, _, her) = shop.stands(first).await;
    let her = her.unwrap();
    for delivery in [first, second] {
        assert_eq!(shop.stands(delivery).await, ("applied", Some(TENANT), Some(her)));
    }
    shop.bed.commands.contacts.execute(her, ContactCommand::Erase, shop.bed.context("erase")).await.unwrap();
    let head = shop.bed.events().await;
    let again = shop.is_told_of(&lead).await;
    assert_eq!(shop.stands(again).await, ("applied", Some(TENANT), Some(her)));
    assert_eq!((shop.work().await, shop.bed.events().await), (vec![], head), "nobody is brought back");
}

#[tokio::test]
async fn what_is_over_says_why_and_is_not_asked_for_again() {
    let shop = Shop::open().await;
    shop.connect(TENANT).await;
    let lead = shop.is_filled_in();
    assert!(shop.meta.loses_lead(&lead));
    let delivery = shop.is_told_of(&lead).await;
    assert!(matches!(&shop.work().await[..], [Worked::Failed { reason }] if reason.contains("code 100")));
    shop.bed.translate().await;
    assert_eq!(shop.stands(delivery).await, ("parked", Some(TENANT), None));
    let asked = shop.meta.asked().len();
    let again = shop.is_told_of(&lead).await;
    assert_eq!((shop.stands(again).await.0, shop.work().await, shop.meta.asked().len()), ("parked", vec![], asked));

    // What was told while it was open, and is read when it is closed.
    let late = shop.is_filled_in();
    let delivery = shop.is_told_of(&late).await;
    shop.tell(TENANT, "close", SourceCommand::Close).await;
    assert_eq!(shop.work().await, [Worked::Done]);
    shop.bed.translate().await;
    // The page is nobody's now; what was one business's is not another's.
    assert_eq!(shop.stands(delivery).await.1, Some(TENANT));
    shop.connect(OTHER).await;
    shop.bed.translate().await;
    assert_eq!(shop.stands(delivery).await.1, Some(TENANT));
    assert_eq!(shop.work().await, []);
}

#[tokio::test]
async fn another_app_s_word_on_a_page_counts_for_nothing() {
    let shop = Shop::open().await;
    shop.connect(TENANT).await;
    let value = json!({ "leadgen_id": shop.is_filled_in(), "page_id": PAGE });
    let body =
        json!({ "object": "page", "entry": [{ "id": PAGE, "changes": [{ "field": "leadgen", "value": value }] }] });
    let app = Some(leadflow_domain::channel::AppKey::parse("second").unwrap());
    let body = body.to_string().into_bytes();
    let delivery = shop.bed.intake.store("whatsapp", Bringer::App(app), body.into()).await.unwrap();
    shop.bed.translate().await;
    let item = shop.bed.items(delivery).await.remove(0).item;
    assert_eq!(item.state, ItemState::Parked { reason: "page belongs to another app".to_owned() });
    assert_eq!((shop.work().await, shop.readings().await), (vec![], 0));
}

/// A Meta whose lists lead in circles of two, each page of leads with another lead; how often it was asked.
async fn circling() -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let answers = {
        let asked = Arc::clone(&asked);
        move |uri: Uri| async move {
            let nth = asked.fetch_add(1, Ordering::Relaxed);
            let row = if uri.path().ends_with("/leads") {
                json!({ "id": format!("900{nth}"), "created_time": "2026-05-01T10:00:00+0000",
                        "field_data": [{ "name": "phone_number", "values": [format!("+3933312300{nth:02}")] }] })
            } else {
                json!({ "id": FORM, "name": "Spring" })
            };
            let after = if uri.query().is_some_and(|query| query.contains("after=one")) { "two" } else { "one" };
            let next = "https://elsewhere.example/";
            Json(json!({ "data": [row], "paging": { "cursors": { "after": after }, "next": next } }))
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answers)).await });
    (url, asked)
}

#[tokio::test]
async fn a_backfill_ends_where_lists_lead_in_circles() {
    let (url, asked) = circling().await;
    let shop = Shop::beside(Simulator::start(Settings::default()).await.unwrap(), &url).await;
    shop.connect(TENANT).await;
    assert_eq!(shop.backfills(1, 0).await, (Worked::Done, None));
    // Three pages of forms, on each of which there is the same one, and three of its leads.
    assert_eq!(asked.load(Ordering::Relaxed), 3 + 3);
    let read: (i32, i64, i64) = sqlx::query_as("select forms_read, leads_read, leads_new from lead_backfills")
        .fetch_one(&shop.bed.owner)
        .await
        .unwrap();
    assert_eq!(read, (1, 3, 3));
}

#[tokio::test]
async fn a_backfill_is_given_up_for_failing_alone() {
    let shop = Shop::open().await;
    shop.connect(TENANT).await;
    assert_eq!(shop.backfills(1, 0).await, (Worked::Done, None), "however often it was begun");
    // Nobody is there.
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let alone = Shop::beside(Simulator::start(Settings::default()).await.unwrap(), &format!("http://{nobody}")).await;
    alone.connect(TENANT).await;
    let (worked, failure) = alone.backfills(1, 199).await;
    assert!(matches!(worked, Worked::Again { .. }) && failure.is_none(), "{worked:?} {failure:?}");
    let (worked, failure) = alone.backfills(2, 200).await;
    assert!(matches!(worked, Worked::Failed { .. }) && failure.is_some(), "{worked:?} {failure:?}");
}

#[tokio::test]
async fn a_lead_is_given_up_for_failing_alone() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let shop = Shop::beside(Simulator::start(Settings::default()).await.unwrap(), &format!("http://{nobody}")).await;
    shop.connect(TENANT).await;
    let deliveries = [shop.is_told_of("7001").await, shop.is_told_of("7002").await];
    sqlx::query("update lead_readings set failures = 700 where submission_id = (select subject from jobs order by number limit 1)")
        .execute(&shop.bed.owner)
        .await
        .unwrap();
    let worked = shop.work().await;
    assert!(matches!(&worked[..], [Worked::Failed { .. }, Worked::Again { .. }]), "{worked:?}");
    shop.bed.translate().await;
    assert_eq!([shop.stands(deliveries[0]).await.0, shop.stands(deliveries[1]).await.0], ["parked", "waiting"]);
}
