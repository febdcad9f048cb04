//! What programs post, and what it becomes.

use leadflow_domain::contact::ContactCommand;
use leadflow_domain::lead::{LeadEvent, LeadSource};
use leadflow_domain::source::{ExternalOpening, FieldPath, MappedFields, Mapping, Networks, SourceCommand, SourceName};
use leadflow_domain::{CredentialId, Event, LeadId, SourceId};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use serde_json::{Value, json};

use super::*;
use crate::webhooks::external::ExternalDoors;
use crate::webhooks::reprocess::{Archive, Selection, reprocess};
use crate::webhooks::{erase_contacts, resume_mapped, standings};

const SOURCE: SourceId = SourceId::from_uuid(Uuid::from_u128(70));
const OTHER_SOURCE: SourceId = SourceId::from_uuid(Uuid::from_u128(71));
const OTHER_TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(2));

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

fn mapping(phone: &str) -> Mapping {
    let fields = MappedFields {
        submission_id: Some(path("id")),
        submitted_at: Some(path("at")),
        name: vec![path("name")],
        phone: Some(path(phone)),
        email: Some(path("email")),
        campaign: Some(path("utm_campaign")),
        keeps_others: true,
        ..MappedFields::default()
    };
    Mapping::new(fields).unwrap()
}

async fn bed() -> Bed {
    let bed = Bed::new().await;
    for (source, tenant) in [(SOURCE, TENANT), (OTHER_SOURCE, OTHER_TENANT)] {
        open(&bed, tenant, source).await;
    }
    bed
}

/// A program may post there.
pub(super) async fn open(bed: &Bed, tenant: TenantId, source: SourceId) {
    let opening = ExternalOpening {
        name: SourceName::parse("Partner").unwrap(),
        mapping: mapping("phone"),
        networks: Networks::default(),
        token: CredentialId::from_uuid(source.as_uuid()),
        credential: None,
    };
    tell(bed, tenant, source, SourceCommand::OpenExternal(Box::new(opening))).await;
}

async fn tell(bed: &Bed, tenant: TenantId, source: SourceId, command: SourceCommand) {
    let id = CommandId::derive(tenant, "test", &[&format!("{source} {command:?}")]);
    let context = CommandContext::new(tenant, id, Actor::CommandLine, "test");
    bed.commands.sources.execute(source, command, context).await.unwrap();
    let reader = bed.store.reader().clone();
    let doors = ExternalDoors::new(bed.pool.clone(), bed.pool.clone(), Arc::clone(&bed.keys), reader);
    doors.tell(source).await.unwrap();
}

pub(super) async fn post(bed: &Bed, source: SourceId, body: &Value) -> i64 {
    bed.intake.store("external", Bringer::Source(source), body.to_string().into_bytes().into()).await.unwrap()
}

/// What the reactor does once another mapping counts.
async fn remapped(bed: &Bed, phone: &str) {
    tell(bed, TENANT, SOURCE, SourceCommand::ChangeMapping(Box::new(mapping(phone)))).await;
    let mut tx = bed.pool.begin().await.unwrap();
    resume_mapped(&mut tx, &[SOURCE]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn received(bed: &Bed, delivery: i64, at: &str) {
    let sql = "update webhook_deliveries set received_at = $2::timestamptz where id = $1";
    sqlx::query(sql).bind(delivery).bind(at).execute(&bed.owner).await.unwrap();
}

/// How many submissions are in the log.
async fn submitted(bed: &Bed) -> i64 {
    sqlx::query_scalar("select count(*) from events where event_type = 'lead.submitted'")
        .fetch_one(&bed.pool)
        .await
        .unwrap()
}

/// How many people are in the log.
async fn contacts(bed: &Bed) -> i64 {
    sqlx::query_scalar("select count(distinct aggregate_id) from events where aggregate_type = 'contact'")
        .fetch_one(&bed.pool)
        .await
        .unwrap()
}

/// The lead's events, with what they hold.
async fn lead(bed: &Bed, contact: ContactId) -> Vec<LeadEvent> {
    let reader = bed.store.reader();
    let raw = reader.stream("lead", LeadId::of(contact).into(), 0, 100).await.unwrap();
    let events: Vec<RecordedEvent> = reader.read(raw, PersonalValues::Opened).await.unwrap();
    events
        .into_iter()
        .filter_map(|recorded| if let Event::Lead(event) = recorded.event { Some(event) } else { None })
        .collect()
}

fn nora() -> Value {
    json!({ "id": "S-1", "at": "2026-11-06T08:00:00Z", "name": "Nora Winter", "phone": "+39 333 123 4567",
            "email": "nora@example.com", "utm_campaign": "spring", "colour": "blue", "size": { "w": 90 } })
}

#[tokio::test]
async fn what_is_posted_introduces_somebody_and_captures_her_lead() {
    let bed = bed().await;
    let delivery = post(&bed, SOURCE, &nora()).await;
    assert_eq!(bed.translate().await, 1);
    let item = &bed.items(delivery).await[0].item;
    assert_eq!((item.kind.as_str(), item.state.name(), item.tenant), ("external.submission", "applied", Some(TENANT)));
    let events = lead(&bed, item.contact.unwrap()).await;
    let [LeadEvent::Captured(capture), LeadEvent::Submitted(told)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((capture.source, told.source, told.from), (LeadSource::External, LeadSource::External, Some(SOURCE)));
    assert_eq!(told.submitted_at.to_string(), "2026-11-06T08:00:00Z");
    let known =
        |value: &Option<leadflow_domain::Personal<String>>| value.as_ref().and_then(|value| value.known().cloned());
    assert_eq!(
        (known(&told.name).as_deref(), known(&told.provider_lead_id).as_deref()),
        (Some("Nora Winter"), Some("S-1"))
    );
    assert_eq!(told.origin.campaign_id.as_deref(), Some("spring"));
    let answers: Vec<_> =
        told.answers.iter().map(|told| (told.key.clone().unwrap(), told.answer.known().cloned().unwrap())).collect();
    assert_eq!(answers, [("colour".to_owned(), "blue".to_owned()), ("/size/w".to_owned(), "90".to_owned())]);
}

#[tokio::test]
async fn the_same_id_is_one_submission_and_another_source_s_is_another() {
    let bed = bed().await;
    let mut changed = nora();
    changed["colour"] = json!("red");
    let deliveries =
        [post(&bed, SOURCE, &nora()).await, post(&bed, SOURCE, &nora()).await, post(&bed, SOURCE, &changed).await];
    bed.translate().await;
    assert_eq!(submitted(&bed).await, 1);
    for delivery in deliveries {
        assert_eq!(bed.states(delivery).await, ["applied"]);
    }
    post(&bed, OTHER_SOURCE, &nora()).await;
    bed.translate().await;
    assert_eq!(submitted(&bed).await, 2);
}

/// An id that a program gives out twice says that it is the same: the second changes nothing, and brings in nobody.
#[tokio::test]
async fn the_same_id_with_another_body_changes_nothing() {
    let bed = bed().await;
    let post_of = |id: &str, phone: &str, name: &str| json!({ "id": id, "phone": phone, "name": name });
    // Somebody is known, so that the second leads to another stream than the first.
    post(&bed, SOURCE, &post_of("S-0", "+39 333 123 4000", "Mara")).await;
    bed.translate().await;
    let (submissions, people) = (submitted(&bed).await, contacts(&bed).await);
    // All at once, then after it is settled.
    let mut deliveries = vec![];
    for (phone, name) in [("+39 333 123 4000", "Mara"), ("+39 333 123 4001", "Nora"), ("+39 333 123 4002", "Olga")] {
        deliveries.push(post(&bed, SOURCE, &post_of("S-1", phone, name)).await);
    }
    bed.translate().await;
    for (phone, name) in [("+39 333 123 4003", "Pina"), ("+39 333 123 4000", "Rita")] {
        deliveries.push(post(&bed, SOURCE, &post_of("S-1", phone, name)).await);
    }
    bed.translate().await;
    assert_eq!(submitted(&bed).await, submissions + 1);
    assert!(contacts(&bed).await <= people + 1, "one submission is somebody's alone");
    for delivery in deliveries {
        assert_eq!(bed.states(delivery).await, ["applied"]);
    }
}

#[tokio::test]
async fn without_an_id_the_same_body_is_one_on_a_day_and_the_next() {
    let bed = bed().await;
    let body = json!({ "phone": "+39 333 123 4567", "colour": "blue" });
    for (at, expected) in [
        ("2026-11-06T23:59:59Z", 1),
        ("2026-11-06T08:00:00Z", 1),
        ("2026-11-07T00:00:01Z", 1),
        ("2026-11-09T08:00:00Z", 2),
        ("2026-11-10T08:00:00Z", 2),
    ] {
        let delivery = post(&bed, SOURCE, &body).await;
        received(&bed, delivery, at).await;
        bed.translate().await;
        assert_eq!(submitted(&bed).await, expected, "{at}");
    }
    let other_order = post(&bed, SOURCE, &json!({ "colour": "blue", "phone": "+39 333 123 4567" })).await;
    received(&bed, other_order, "2026-11-10T09:00:00Z").await;
    post(&bed, SOURCE, &json!({ "phone": "+39 333 123 4567", "colour": "red" })).await;
    bed.translate().await;
    assert_eq!(submitted(&bed).await, 3, "fields have no order, and another answer is another submission");
    // At the turn of the day, in one batch.
    let turn = json!({ "phone": "+39 333 123 4567", "colour": "green" });
    for at in ["2026-11-20T23:59:59Z", "2026-11-21T00:00:01Z"] {
        let delivery = post(&bed, SOURCE, &turn).await;
        received(&bed, delivery, at).await;
    }
    bed.translate().await;
    assert_eq!(submitted(&bed).await, 4);
}

#[tokio::test]
async fn what_names_nobody_waits_for_another_mapping_and_flows_on_with_it() {
    let bed = bed().await;
    let told = json!({ "id": "S-1", "tel": "+39 333 123 4567", "email": "ask her", "name": "Nora" });
    let delivery = post(&bed, SOURCE, &told).await;
    bed.translate().await;
    let item = bed.items(delivery).await.remove(0).item;
    assert_eq!(item.state.name(), "waiting");
    let reason = item.state.reason().unwrap().to_owned();
    assert!(
        reason.contains("phone at `phone`: nothing stands there") && reason.contains("email at `email`"),
        "{reason}"
    );
    assert!(!reason.contains("ask her"), "{reason}");
    let standing = standings(&bed.pool, TENANT, &[SOURCE]).await.unwrap().remove(&SOURCE).unwrap();
    assert_eq!((standing.waiting, standing.last_error.map(|error| error.reason)), (1, Some(reason)));
    assert!(standings(&bed.pool, OTHER_TENANT, &[SOURCE]).await.unwrap().is_empty(), "it is another's");

    // One that helps no more than the first, then one that does.
    remapped(&bed, "mobile").await;
    assert_eq!(bed.translate().await, 1);
    assert_eq!(bed.states(delivery).await, ["waiting"]);
    remapped(&bed, "tel").await;
    assert_eq!(bed.translate().await, 1);
    assert_eq!(bed.states(delivery).await, ["applied"]);
    assert_eq!(submitted(&bed).await, 1);
    let standing = standings(&bed.pool, TENANT, &[SOURCE]).await.unwrap().remove(&SOURCE).unwrap();
    assert_eq!((standing.waiting, standing.last_error), (0, None));
    // What became a lead stays so, whatever is changed then, and whoever asks for it again.
    remapped(&bed, "nowhere").await;
    assert_eq!(bed.translate().await, 0);
    crate::webhooks::retry(&bed.pool, &crate::webhooks::Retry::These(vec![delivery])).await.unwrap();
    assert_eq!(bed.translate().await, 1);
    assert_eq!((bed.states(delivery).await, submitted(&bed).await), (vec!["applied"], 1));
}

#[tokio::test]
async fn so_many_wait_for_another_mapping_and_no_more() {
    let bed = bed().await;
    let unread = |id: &str| json!({ "id": id, "tel": "+39 333 123 4567" });
    let first = post(&bed, SOURCE, &unread("S-1")).await;
    bed.translate().await;
    let alike = "insert into webhook_items (delivery_id, ordinal, pointer, kind, state, reason, tenant_id, waits_for) \
                 select delivery_id, ordinal + n, n::text, kind, state, reason, tenant_id, waits_for \
                 from webhook_items cross join generate_series(1, $2) n where delivery_id = $1";
    let more = async |count: i32| sqlx::query(alike).bind(first).bind(count).execute(&bed.pool).await.unwrap();
    more(9_998).await;
    let last = post(&bed, SOURCE, &unread("S-2")).await;
    bed.translate().await;
    assert_eq!(bed.states(last).await, ["waiting"], "one was free");
    let beyond = post(&bed, SOURCE, &unread("S-3")).await;
    let read = post(&bed, SOURCE, &nora()).await;
    bed.translate().await;
    let item = bed.items(beyond).await.remove(0).item;
    assert_eq!(item.state.name(), "parked");
    assert!(item.state.reason().unwrap().contains("10000 wait for another mapping"), "{:?}", item.state);
    assert_eq!(bed.states(read).await, ["applied"], "what can be read is");
    // What was parked is an operator's to have read again.
    remapped(&bed, "tel").await;
    bed.translate().await;
    assert_eq!((bed.states(last).await, bed.states(beyond).await), (vec!["applied"], vec!["parked"]));
    crate::webhooks::retry(&bed.pool, &crate::webhooks::Retry::These(vec![beyond])).await.unwrap();
    bed.translate().await;
    assert_eq!(bed.states(beyond).await, ["applied"]);
}

/// The mapping is changed while somebody has read by the one before it and has yet to mark what waits.
#[tokio::test]
async fn a_mapping_that_comes_while_it_is_read_is_not_slept_through() {
    let bed = bed().await;
    let delivery = post(&bed, SOURCE, &json!({ "id": "S-1", "tel": "+39 333 123 4567" })).await;
    let mut looking = bed.pool.begin().await.unwrap();
    crate::webhooks::arrivals::before_looking(&mut looking).await.unwrap();
    let translator = bed.translator();
    let translating = tokio::spawn(async move { translator.round(Turn::New).await.unwrap() });
    until_a_translator_waits_to_mark(&bed.owner, &translating).await;
    tell(&bed, TENANT, SOURCE, SourceCommand::ChangeMapping(Box::new(mapping("tel")))).await;
    resume_mapped(&mut looking, &[SOURCE]).await.unwrap();
    looking.commit().await.unwrap();
    translating.await.unwrap();
    bed.translate().await;
    assert_eq!(bed.states(delivery).await, ["applied"]);
}

#[tokio::test]
async fn what_came_before_a_source_was_closed_is_a_lead_all_the_same() {
    let bed = bed().await;
    let before = post(&bed, SOURCE, &nora()).await;
    bed.translate().await;
    tell(&bed, TENANT, SOURCE, SourceCommand::Close).await;
    let again = post(&bed, SOURCE, &nora()).await;
    // It was taken, and waited its turn.
    let late = post(&bed, SOURCE, &json!({ "id": "S-2", "phone": "+39 333 123 4568" })).await;
    bed.translate().await;
    assert_eq!(bed.states(before).await, ["applied"]);
    assert_eq!(bed.states(again).await, ["applied"], "it is in the log");
    assert_eq!(bed.states(late).await, ["applied"]);
    let nowhere = post(&bed, SourceId::from_uuid(Uuid::from_u128(99)), &nora()).await;
    bed.translate().await;
    assert_eq!(bed.states(nowhere).await, ["parked"]);
}

#[tokio::test]
async fn reprocessing_tells_what_would_become_of_it() {
    let bed = bed().await;
    let waits = post(&bed, SOURCE, &json!({ "id": "W-1", "tel": "+39 333 123 4567" })).await;
    post(&bed, SOURCE, &nora()).await;
    bed.translate().await;
    tell(&bed, TENANT, SOURCE, SourceCommand::ChangeMapping(Box::new(mapping("tel")))).await;
    let archive = Archive { pool: &bed.pool, reader: bed.store.reader(), commands: &bed.commands, keys: &bed.keys };
    let selection =
        Selection { since: jiff::Timestamp::UNIX_EPOCH, until: None, states: vec!["applied", "waiting", "parked"] };
    let done = reprocess(archive, &selection, true, |_| {}).await.unwrap();
    assert_eq!((done.deliveries, done.applied), (2, 1));
    assert_eq!((done.changes[0].delivery, done.changes[0].after.state), (waits, "command"));
    bed.translate().await;
    assert_eq!(bed.states(waits).await, ["applied"]);
}

#[tokio::test]
async fn whoever_is_erased_goes_from_what_was_posted_and_does_not_come_back() {
    let bed = bed().await;
    let delivery = post(&bed, SOURCE, &nora()).await;
    bed.translate().await;
    let contact = bed.items(delivery).await[0].item.contact.unwrap();
    assert!(bed.body(delivery).await.contains("Nora"));
    bed.commands.contacts.execute(contact, ContactCommand::Erase, bed.context("erase")).await.unwrap();
    erase_contacts(&bed.pool, &bed.keys, &[contact]).await.unwrap();
    assert_eq!(bed.body(delivery).await, "null");
    let events = lead(&bed, contact).await;
    assert!(!format!("{events:?}").contains("Nora") && !format!("{events:?}").contains("blue"), "{events:?}");
    let before = bed.events().await;
    let again = post(&bed, SOURCE, &nora()).await;
    bed.translate().await;
    assert_eq!((bed.states(again).await, bed.events().await), (vec!["applied"], before));
    assert_eq!(bed.body(again).await, "null");
}
