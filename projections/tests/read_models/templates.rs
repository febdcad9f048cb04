//! Templates: their rows are what each stream said last, however the log is cut and whichever streams come first.

#![expect(clippy::wildcard_enum_match_arm, reason = "each value asks for the few events that it hangs on")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use leadflow_domain::response_template::ResponseTemplateEvent as Kept;
use leadflow_domain::template::{Components, TemplateCategory, TemplateEvent as E, TemplateQuality, TemplateStatus};
use leadflow_domain::{Event, TemplateId};
use leadflow_event_store::RecordedEvent;
use leadflow_projections::templates::{self, CategoryWord, DEFINITION, StatusWord, TemplateField, TemplatesProjector};
use leadflow_projections::{Condition, IdIs, PageRequest, Sight, TextIs};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fold::apply;
use crate::history::play;
use crate::history::templates::{answer, key};
use crate::queries::{played, walk};
use crate::support::{Log, TENANT, proven, seeing};

/// The rows of both tables.
type Rows = [Vec<Value>; 2];

async fn rows(connection: &mut PgConnection) -> Rows {
    let mut all = Vec::new();
    for (table, key) in [("templates", "template_id"), ("response_templates", "response_template_id")] {
        let sql = format!("select to_jsonb(t) from {}.{table} t order by {key}", DEFINITION.schema());
        let rows: Vec<Value> = sqlx::query_scalar(&sql).fetch_all(&mut *connection).await.unwrap();
        all.push(rows.into_iter().map(with_plain_times).collect());
    }
    all.try_into().unwrap()
}

/// Postgres and we write times differently.
fn with_plain_times(mut row: Value) -> Value {
    for (name, value) in row.as_object_mut().unwrap() {
        if name.ends_with("_at")
            && let Some(at) = value.as_str()
        {
            *value = json!(at.parse::<Timestamp>().unwrap().to_string());
        }
    }
    row
}

/// Templates of `events`, folded by `page` from nothing, and left to nobody.
async fn folded(log: &Log, events: &[RecordedEvent], page: usize) -> Rows {
    let mut tx = log.pool.begin().await.unwrap();
    for page in events.chunks(page) {
        apply(&TemplatesProjector, &mut tx, page).await.unwrap();
    }
    let rows = rows(&mut tx).await;
    tx.rollback().await.unwrap();
    rows
}

/// What happened to each stream of a kind, in its order.
fn streams<'a, T>(events: &'a [RecordedEvent], of: impl Fn(&'a Event) -> Option<&'a T>) -> Vec<Told<'a, T>> {
    let mut streams: BTreeMap<Uuid, Told<'a, T>> = BTreeMap::new();
    for recorded in events {
        if let Some(event) = of(&recorded.event) {
            streams.entry(recorded.stream.as_uuid()).or_default().push((recorded, event));
        }
    }
    streams.into_values().collect()
}

type Told<'a, T> = Vec<(&'a RecordedEvent, &'a T)>;

/// What the latest event says that says anything of it.
fn latest<T>(told: &Told<'_, E>, says: impl Fn(&RecordedEvent, &E) -> Option<T>) -> Option<T> {
    told.iter().rev().find_map(|(recorded, event)| says(recorded, event))
}

fn naive_template(told: &Told<'_, E>) -> Value {
    let (first, E::Introduced(key)) = told[0] else { panic!("begins otherwise: {told:?}") };
    let status: Option<(TemplateStatus, Timestamp)> = latest(told, |recorded, event| match event {
        E::Drafted { .. } => Some((TemplateStatus::Draft, recorded.recorded_at)),
        E::Submitted { status, at, .. } => Some((status.clone(), *at)),
        E::Synced { listing, at, .. } => Some((listing.status.clone(), *at)),
        E::StatusTold { telling, status } => Some((status.clone(), telling.at)),
        E::Deleted { at } => Some((TemplateStatus::Deleted, *at)),
        _ => None,
    });
    // A draft takes away what was told before.
    let provider_id: Option<Option<String>> = latest(told, |_, event| match event {
        E::Drafted { .. } => Some(None),
        E::Submitted { provider_id, .. } => Some(Some(provider_id.as_str().to_owned())),
        E::Synced { listing, .. } => Some(Some(listing.provider_id.as_str().to_owned())),
        E::StatusTold { telling, .. }
        | E::QualityTold { telling, .. }
        | E::CategoryTold { telling, .. }
        | E::CategoryChangeAnnounced { telling, .. }
        | E::ComponentsTold { telling, .. } => telling.provider_id.as_ref().map(|id| Some(id.as_str().to_owned())),
        _ => None,
    });
    let category: Option<TemplateCategory> = latest(told, |_, event| match event {
        E::Drafted { category, .. } | E::Submitted { category, .. } | E::CategoryTold { category, .. } => {
            Some(category.clone())
        }
        E::Synced { listing, .. } => Some(listing.category.clone()),
        _ => None,
    });
    let announced: Option<Option<TemplateCategory>> = latest(told, |_, event| match event {
        E::Drafted { .. } | E::CategoryTold { .. } => Some(None),
        E::CategoryChangeAnnounced { category, .. } => Some(Some(category.clone())),
        _ => None,
    });
    let quality: Option<Option<TemplateQuality>> = latest(told, |_, event| match event {
        E::Drafted { .. } => Some(None),
        E::Synced { listing, .. } => Some(listing.quality.clone()),
        E::QualityTold { quality, .. } => Some(Some(quality.clone())),
        _ => None,
    });
    let content: Option<(Components, u32)> = latest(told, |_, event| match event {
        E::Drafted { components, version, .. } | E::ComponentsTold { components, version, .. } => {
            Some((components.clone(), *version))
        }
        E::Synced { listing, version, .. } => Some((listing.components.clone(), *version)),
        _ => None,
    });
    let word = |stored: Value| match stored {
        Value::String(word) => json!(word.to_uppercase()),
        Value::Object(_) => json!("OTHER"),
        other => other,
    };
    let (status, status_at) = status.unzip();
    json!({
        "template_id": first.stream.as_uuid(), "tenant_id": first.tenant.as_uuid(),
        "waba_id": key.waba_id.as_str(), "name": key.name.as_str(), "language": key.language.as_str(),
        "provider_id": provider_id.flatten(), "status": status.as_ref().map(TemplateStatus::word),
        "status_detail": status.as_ref().and_then(TemplateStatus::detail),
        "status_at": status_at.map(|at| at.to_string()), "category": word(json!(category)),
        "announced_category": word(json!(announced.flatten())), "quality": word(json!(quality.flatten())),
        "components": content.as_ref().map(|(components, _)| components),
        "contents": content.as_ref().map_or(0, |(_, version)| *version),
        "introduced_at": first.recorded_at.to_string(), "version": told.len(),
    })
}

fn naive_response(told: &Told<'_, Kept>) -> Option<Value> {
    let (last, Kept::Created(response) | Kept::Changed { response, .. }) = told.last()? else { return None };
    Some(json!({
        "response_template_id": last.stream.as_uuid(), "tenant_id": last.tenant.as_uuid(),
        "title": response.title, "intent": response.intent, "body": response.body,
        "created_at": told[0].0.recorded_at.to_string(), "version": told.len(),
    }))
}

/// The rows that the history says.
fn expected(events: &[RecordedEvent]) -> Rows {
    let templates = streams(events, |event| if let Event::Template(event) = event { Some(event) } else { None });
    let answers = streams(events, |event| if let Event::ResponseTemplate(event) = event { Some(event) } else { None });
    [templates.iter().map(naive_template).collect(), answers.iter().filter_map(naive_response).collect()]
}

#[tokio::test]
async fn rows_are_what_each_stream_said_last_however_the_log_is_cut() {
    let log = Log::new().await;
    play(&log, 7, 1).await;
    let mut events = log.events().await;
    events.retain(|recorded| matches!(recorded.event, Event::Template(_) | Event::ResponseTemplate(_)));
    for page in [1, 2, 7, events.len()] {
        assert_eq!(folded(&log, &events, page).await, expected(&events), "{page} a page");
    }
    // What was parked comes later than its neighbours.
    let late = TemplateId::of(TENANT, &key("order_update")).into();
    let (late, mut others): (Vec<_>, Vec<_>) = events.iter().cloned().partition(|event| event.stream == late);
    others.extend(late);
    assert_eq!(folded(&log, &others, 3).await, expected(&events));
    let twice = [events.as_slice(), &events].concat();
    assert_eq!(folded(&log, &twice, 5).await, expected(&events), "told again it is the same");
    // Up to each event, too: the last row is not the only right one.
    for end in 0..events.len() {
        assert_eq!(folded(&log, &events[..end], 4).await, expected(&events[..end]), "after {end}");
    }
}

#[tokio::test]
async fn everybody_of_a_business_finds_its_templates() {
    let log = played().await;
    let hers = seeing(TENANT, Sight::Nothing);
    let found = async |asked: Vec<TemplateField>| {
        let filter = Condition::All(asked.into_iter().map(Condition::Is).collect());
        let rows = templates::templates(&log.reads, hers, &filter, PageRequest::first(9)).await.unwrap();
        let count = templates::count_templates(&log.reads, hers, &filter).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), rows.len());
        rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    let all = ["order_update", "winter_sale", "login_code", "never_sent"];
    assert_eq!(found(vec![]).await, all);
    let text = |text: &str| TextIs::In(vec![text.to_owned()]);
    for (asked, expected) in [
        (TemplateField::Waba(text("20")), &all[..]),
        (TemplateField::Waba(text("21")), &[]),
        (TemplateField::Language(text("it")), &all),
        (TemplateField::Id(IdIs::In(vec![TemplateId::of(TENANT, &key("login_code")).as_uuid()])), &["login_code"]),
        (TemplateField::Name(TextIs::Contains("SALE".to_owned())), &["winter_sale"]),
        (TemplateField::NamePrefix("winter_".to_owned()), &["winter_sale"]),
        (TemplateField::NamePrefix("w%".to_owned()), &[]),
        (TemplateField::NamePrefix(String::new()), &all),
        (TemplateField::Status(vec![StatusWord::Draft]), &["order_update"]),
        (TemplateField::Status(vec![StatusWord::Deleted, StatusWord::Approved]), &["winter_sale", "never_sent"]),
        (TemplateField::Category(vec![CategoryWord::Marketing]), &["winter_sale"]),
    ] {
        assert_eq!(found(vec![asked.clone()]).await, expected, "{asked:?}");
    }
    let filter = Condition::default();
    for size in [1, 3] {
        let rows = walk(size, templates::TemplateRow::keyset, async |page| {
            templates::templates(&log.reads, hers, &filter, page).await.unwrap()
        })
        .await;
        let ids: Vec<TemplateId> = rows.iter().map(|row| row.id).collect();
        let mut by_id = templates::templates_by_id(&log.reads, hers, &ids).await.unwrap();
        by_id.sort_by_key(templates::TemplateRow::keyset);
        assert_eq!(rows, by_id);
    }
    let own = templates::templates_by_id(&log.reads, hers, &[TemplateId::of(TENANT, &key("order_update"))]).await;
    let own = own.unwrap().pop().unwrap();
    assert_eq!((own.contents, own.provider_id, own.quality), (4, None, None));
    assert_eq!(own.components.unwrap().body.text, "Your order is ready.");
    // Of those that WhatsApp has, the one was missed, and of the other nothing is known but what people think of it.
    assert_eq!(templates::known_to_provider(&log.reads, hers, "20").await.unwrap(), []);
}

#[tokio::test]
async fn everybody_of_a_business_finds_its_answers_and_nobody_another_s() {
    let log = played().await;
    let hers = seeing(TENANT, Sight::Nothing);
    for (intent, expected) in [(None, &["Greeting", "Prices"][..]), (Some("price"), &["Prices"]), (Some("x"), &[])] {
        let rows = templates::response_templates(&log.reads, hers, intent, PageRequest::first(9)).await.unwrap();
        let count = templates::count_response_templates(&log.reads, hers, intent).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), rows.len());
        assert_eq!(rows.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), expected);
    }
    let rows = walk(1, templates::ResponseTemplateRow::keyset, async |page| {
        templates::response_templates(&log.reads, hers, None, page).await.unwrap()
    })
    .await;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut by_id = templates::response_templates_by_id(&log.reads, hers, &ids).await.unwrap();
    by_id.sort_by_key(templates::ResponseTemplateRow::keyset);
    assert_eq!(rows, by_id);
    assert_eq!(ids[0], answer(TENANT, 1));
    let theirs = proven(crate::support::OTHER_TENANT);
    assert_eq!(templates::response_templates_by_id(&log.reads, theirs, &ids).await.unwrap(), []);
    let mine = TemplateId::of(TENANT, &key("order_update"));
    assert_eq!(templates::templates_by_id(&log.reads, theirs, &[mine]).await.unwrap(), []);
}
