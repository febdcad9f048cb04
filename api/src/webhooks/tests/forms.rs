//! Forms of Google's: who fills them in, and what they become.

use leadflow_domain::contact::ContactCommand;
use leadflow_domain::lead::LeadEvent;
use leadflow_domain::source::{Opening, SourceCommand, SourceKind, SourceName};
use leadflow_domain::{Event, LeadId, SourceId};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use serde_json::{Value, json};

use super::*;
use crate::webhooks::reprocess::{Archive, Selection, reprocess};
use crate::webhooks::{erase_contacts, standings};

pub(super) const SOURCE: SourceId = SourceId::from_uuid(Uuid::from_u128(70));
const OTHER_SOURCE: SourceId = SourceId::from_uuid(Uuid::from_u128(71));
const OTHER_TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(2));

pub(super) async fn bed() -> Bed {
    let bed = Bed::new().await;
    for (source, tenant) in [(SOURCE, TENANT), (OTHER_SOURCE, OTHER_TENANT)] {
        sqlx::query("insert into source_keys (source_id, tenant_id, key_hash) values ($1, $2, '')")
            .bind(source.as_uuid())
            .bind(tenant.as_uuid())
            .execute(&bed.pool)
            .await
            .unwrap();
        let name = SourceName::parse("Spring offer").unwrap();
        tell(&bed, tenant, source, SourceCommand::Open(Opening { kind: SourceKind::GoogleForm, name })).await;
    }
    bed
}

async fn tell(bed: &Bed, tenant: TenantId, source: SourceId, command: SourceCommand) {
    let id = CommandId::derive(tenant, "test", &[&format!("{source} {command:?}")]);
    let context = CommandContext::new(tenant, id, Actor::CommandLine, "test");
    bed.commands.sources.execute(source, command, context).await.unwrap();
}

/// What somebody fills in, by the questions' ids.
pub(super) fn form(lead_id: &str, columns: &[(&str, &str)]) -> Value {
    let columns: Vec<Value> =
        columns.iter().map(|(id, answer)| json!({ "column_id": id, "string_value": answer })).collect();
    json!({ "lead_id": lead_id, "google_key": "", "form_id": 11, "campaign_id": 9_007_199_254_740_993_u64,
            "gcl_id": format!("click of {lead_id}"), "user_column_data": columns })
}

pub(super) async fn fill_in(bed: &Bed, source: SourceId, form: &Value) -> i64 {
    bed.intake.store("google", Bringer::Source(source), form.to_string().into_bytes().into()).await.unwrap()
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

pub(super) async fn kinds(bed: &Bed) -> Vec<String> {
    sqlx::query_scalar("select event_type from events where aggregate_type in ('contact', 'lead') order by position")
        .fetch_all(&bed.pool)
        .await
        .unwrap()
}

/// To whom each delivery led.
async fn whom(bed: &Bed, deliveries: &[i64]) -> Vec<ContactId> {
    let mut found = Vec::new();
    for delivery in deliveries {
        found.push(bed.items(*delivery).await[0].item.contact.expect("somebody"));
    }
    found
}

#[tokio::test]
async fn a_form_introduces_somebody_and_captures_her_lead() {
    let bed = bed().await;
    let nora = form(
        "L1",
        &[
            ("FULL_NAME", "Nora Winter"),
            ("PHONE_NUMBER", "+39 333 123 4567"),
            ("EMAIL", "nora@example.com"),
            ("colour?", "Blue"),
        ],
    );
    let delivery = fill_in(&bed, SOURCE, &nora).await;
    assert_eq!(bed.translate().await, 1);
    let item = &bed.items(delivery).await[0].item;
    assert_eq!((item.kind.as_str(), item.state.name(), item.tenant), ("lead_form.submission", "applied", Some(TENANT)));
    assert_eq!(
        kinds(&bed).await,
        ["contact.introduced_by_phone", "contact.identifier_added", "lead.captured", "lead.submitted"]
    );
    let events = lead(&bed, item.contact.unwrap()).await;
    let [LeadEvent::Captured(capture), LeadEvent::Submitted(submitted)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((capture.submission, capture.conversation), (Some(submitted.submission), None));
    assert_eq!(submitted.from, Some(SOURCE));
    assert_eq!(submitted.name.as_ref().and_then(|name| name.known()).map(String::as_str), Some("Nora Winter"));
    assert_eq!(submitted.origin.campaign_id.as_deref(), Some("9007199254740993"), "with all its digits");
    assert_eq!(submitted.answers.len(), 4);
    assert_eq!(submitted.added.len(), 2);
}

#[tokio::test]
async fn how_it_goes_at_a_form_is_told_to_its_business() {
    let bed = bed().await;
    let standing = async || standings(&bed.pool, TENANT, &[SOURCE]).await.unwrap().remove(&SOURCE).unwrap();
    let nothing = standing().await;
    assert_eq!((nothing.received_at, nothing.applied_at, nothing.last_error, nothing.waiting), (None, None, None, 0));
    fill_in(&bed, SOURCE, &form("L1", &[("PHONE_NUMBER", ADA)])).await;
    bed.translate().await;
    let well = standing().await;
    assert!(well.applied_at.is_some() && well.applied_at == well.received_at && well.last_error.is_none(), "{well:?}");
    fill_in(&bed, SOURCE, &json!({ "lead_id": { "odd": true } })).await;
    bed.translate().await;
    let failing = standing().await;
    assert_eq!(failing.applied_at, well.applied_at);
    assert_eq!(failing.last_error.map(|error| Some(error.at)), Some(failing.received_at));
    assert!(standings(&bed.pool, OTHER_TENANT, &[SOURCE]).await.unwrap().is_empty(), "it is another's");
}

#[tokio::test]
async fn the_same_form_twice_is_one_by_whichever_delivery_it_comes() {
    let bed = bed().await;
    let nora = form("L1", &[("PHONE_NUMBER", ADA)]);
    let deliveries = [fill_in(&bed, SOURCE, &nora).await, fill_in(&bed, SOURCE, &nora).await];
    bed.translate().await;
    let again = fill_in(&bed, SOURCE, &nora).await;
    bed.translate().await;
    assert_eq!(kinds(&bed).await, ["contact.introduced_by_phone", "lead.captured", "lead.submitted"]);
    let found = whom(&bed, &[deliveries[0], deliveries[1], again]).await;
    assert!(found.iter().all(|contact| *contact == found[0]), "{found:?}");
    // Another business's form of this id is another form.
    let theirs = fill_in(&bed, OTHER_SOURCE, &nora).await;
    bed.translate().await;
    assert_ne!(whom(&bed, &[theirs]).await[0], found[0]);
}

#[tokio::test]
async fn forms_of_somebody_who_has_written_are_linked_to_her_lead() {
    let bed = bed().await;
    bed.connect(&number()).await;
    bed.deliver(texts(&[text(ADA, "a")])).await;
    bed.translate().await;
    let wrote = bed.contact(&number(), &text(ADA, "a"));
    let mut told = Vec::new();
    for (id, columns) in [
        ("L1", vec![("PHONE_NUMBER", ADA)]),
        ("L2", vec![("WORK_PHONE", ADA), ("EMAIL", "ada@example.com")]),
        ("L3", vec![("EMAIL", "ADA@example.com")]),
    ] {
        told.push(fill_in(&bed, SOURCE, &form(id, &columns)).await);
        bed.translate().await;
    }
    assert_eq!(whom(&bed, &told).await, [wrote, wrote, wrote]);
    let added: Vec<usize> = lead(&bed, wrote)
        .await
        .iter()
        .filter_map(|event| if let LeadEvent::Submitted(form) = event { Some(form.added.len()) } else { None })
        .collect();
    assert_eq!(added, [0, 1, 0], "what each added to what was known");
}

#[tokio::test]
async fn an_address_leads_to_her_where_no_phone_says_otherwise() {
    let bed = bed().await;
    let mut told = Vec::new();
    for (id, columns) in [
        ("L1", vec![("EMAIL", "nora@example.com")]),
        ("L2", vec![("EMAIL", "nora@example.com"), ("PHONE_NUMBER", ADA)]),
        ("L3", vec![("EMAIL", "nora@example.com"), ("PHONE_NUMBER", BICE)]),
        ("L4", vec![("EMAIL", "nora@example.com")]),
        ("L5", vec![("PHONE_NUMBER", BICE), ("EMAIL", "bice@example.com")]),
        ("L6", vec![("PHONE_NUMBER", "12"), ("EMAIL", "bice@example.com")]),
    ] {
        told.push(fill_in(&bed, SOURCE, &form(id, &columns)).await);
        bed.translate().await;
    }
    let found = whom(&bed, &told).await;
    let (nora, bice) = (found[0], found[2]);
    assert_ne!(nora, bice, "who has another phone is somebody else");
    assert_eq!(found, [nora, nora, bice, nora, bice, bice]);
    let conflicts: Vec<Uuid> =
        sqlx::query_scalar("select aggregate_id::uuid from events where event_type = 'contact.identifier_conflicted'")
            .fetch_all(&bed.pool)
            .await
            .unwrap();
    assert_eq!(conflicts, [bice.as_uuid()], "which is for people to look at");
}

#[tokio::test]
async fn who_gives_neither_is_known_by_her_form() {
    let bed = bed().await;
    let anonymous = form("L1", &[("FULL_NAME", "Somebody"), ("EMAIL", "not an address"), ("PHONE_NUMBER", "call me")]);
    let first = fill_in(&bed, SOURCE, &anonymous).await;
    bed.translate().await;
    let second = fill_in(&bed, SOURCE, &form("L2", &[("FULL_NAME", "Somebody")])).await;
    bed.translate().await;
    let found = whom(&bed, &[first, second]).await;
    assert_ne!(found[0], found[1], "nobody is taken for somebody by a name");
    let events = lead(&bed, found[0]).await;
    let LeadEvent::Submitted(submitted) = &events[1] else { panic!("a form") };
    assert_eq!(submitted.answers.len(), 3, "what can't be read stays as it was given");
}

#[tokio::test]
async fn tests_and_what_says_nothing_become_nobody() {
    let bed = bed().await;
    let mut test = form("TeSter-1", &[("PHONE_NUMBER", ADA)]);
    test["is_test"] = json!(true);
    let unnamed = json!({ "google_key": "" });
    let deliveries = [
        fill_in(&bed, SOURCE, &test).await,
        fill_in(&bed, SOURCE, &unnamed).await,
        fill_in(&bed, SourceId::from_uuid(Uuid::from_u128(99)), &form("L1", &[])).await,
    ];
    bed.translate().await;
    let mut outcomes = Vec::new();
    for delivery in deliveries {
        let item = bed.items(delivery).await.remove(0).item;
        outcomes.push((item.kind, item.state.name(), item.state.reason().unwrap().to_owned(), item.tenant));
    }
    let outcome = |kind: &str, state, reason: &str, tenant| (kind.to_owned(), state, reason.to_owned(), tenant);
    assert_eq!(
        outcomes,
        [
            outcome("lead_form.test", "notice", "it is a test of Google's", Some(TENANT)),
            outcome("unreadable", "parked", "it has no lead_id", Some(TENANT)),
            outcome("lead_form.submission", "parked", "it came by no source that there is", None),
        ]
    );
    assert!(kinds(&bed).await.is_empty());
}

#[tokio::test]
async fn a_closed_source_brings_nothing_and_what_was_kept_is_read_once_it_is_open_again() {
    let bed = bed().await;
    tell(&bed, TENANT, SOURCE, SourceCommand::Close).await;
    let delivery = fill_in(&bed, SOURCE, &form("L1", &[("PHONE_NUMBER", ADA)])).await;
    bed.translate().await;
    let item = &bed.items(delivery).await[0].item;
    assert_eq!((item.state.name(), item.state.reason()), ("notice", Some("its source is closed")));
    assert!(kinds(&bed).await.is_empty());

    let selection = Selection { since: jiff::Timestamp::UNIX_EPOCH, until: None, states: vec!["notice", "applied"] };
    let archive = Archive { pool: &bed.pool, reader: bed.store.reader(), commands: &bed.commands, keys: &bed.keys };
    let same = reprocess(archive, &selection, true, |_| {}).await.unwrap();
    assert_eq!((same.deliveries, same.changes.len()), (1, 0));
    tell(&bed, TENANT, SOURCE, SourceCommand::Reopen).await;
    let changed = reprocess(archive, &selection, true, |_| {}).await.unwrap();
    assert_eq!((changed.applied, changed.changes.len()), (1, 1));
    bed.translate().await;
    assert_eq!(bed.states(delivery).await, ["applied"]);
    let done = reprocess(archive, &selection, true, |_| {}).await.unwrap();
    assert_eq!((done.deliveries, done.changes.len()), (1, 0), "{done:?}");
}

#[tokio::test]
async fn when_it_was_filled_in_counts_unless_that_is_to_come() {
    let bed = bed().await;
    for (id, said) in [("L1", json!("2024-09-26T12:30:00Z")), ("L2", json!("2999-01-01T00:00:00Z")), ("L3", json!("x"))]
    {
        let mut form = form(id, &[("PHONE_NUMBER", ADA)]);
        form["lead_submit_time"] = said;
        fill_in(&bed, SOURCE, &form).await;
        bed.translate().await;
    }
    let contact: Uuid =
        sqlx::query_scalar("select aggregate_id::uuid from events where aggregate_type = 'contact' limit 1")
            .fetch_one(&bed.pool)
            .await
            .unwrap();
    let events = lead(&bed, ContactId::from_uuid(contact)).await;
    let times: Vec<_> = events
        .iter()
        .filter_map(|event| if let LeadEvent::Submitted(form) = event { Some(form.submitted_at) } else { None })
        .collect();
    assert_eq!(times[0].to_string(), "2024-09-26T12:30:00Z");
    let received = jiff::Timestamp::from_second(1_763_712_000).unwrap();
    assert!(times[1] > received && times[1] <= times[2], "{times:?}");
}

#[tokio::test]
async fn who_is_erased_goes_from_her_forms_and_an_old_one_does_not_bring_her_back() {
    let bed = bed().await;
    let nora = form("L1", &[("PHONE_NUMBER", ADA), ("FULL_NAME", "Nora Winter")]);
    let first = fill_in(&bed, SOURCE, &nora).await;
    bed.translate().await;
    let again = fill_in(&bed, SOURCE, &nora).await;
    bed.translate().await;
    let contact = whom(&bed, &[first]).await[0];
    assert_eq!(whom(&bed, &[again]).await[0], contact);
    bed.commands.contacts.execute(contact, ContactCommand::Erase, bed.context("erase")).await.unwrap();
    erase_contacts(&bed.pool, &bed.keys, &[contact]).await.unwrap();
    for delivery in [first, again] {
        assert_eq!(bed.body(delivery).await, "null");
    }
    let head = bed.events().await;
    fill_in(&bed, SOURCE, &nora).await;
    bed.translate().await;
    assert_eq!(bed.events().await, head, "nobody is introduced by what was told before");
    assert!(!format!("{:?}", lead(&bed, contact).await).contains("Nora"));
}

#[tokio::test]
async fn fifty_forms_of_one_person_at_once_are_one_contact_and_one_lead() {
    let bed = bed().await;
    for nth in 0..50 {
        let columns = [("PHONE_NUMBER", ADA), ("EMAIL", "ada@example.com")];
        let columns = if nth % 2 == 0 { &columns[..] } else { &columns[..1] };
        fill_in(&bed, SOURCE, &form(&format!("L{nth}"), columns)).await;
    }
    let (one, other) = (bed.translator(), bed.translator());
    for _ in 0..10 {
        let rounds = futures_util::future::join(one.round(Turn::New), other.round(Turn::Again)).await;
        rounds.0.unwrap();
        rounds.1.unwrap();
    }
    let kinds = kinds(&bed).await;
    let count = |kind: &str| kinds.iter().filter(|known| *known == kind).count();
    assert_eq!((count("contact.introduced_by_phone"), count("contact.introduced")), (1, 0));
    assert_eq!((count("lead.captured"), count("lead.submitted")), (1, 50));
}
