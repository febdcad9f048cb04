//! The audit: who did what, when, why and from where; told to the tenant whose it is, and to nobody else.

use std::net::IpAddr;

use leadflow_domain::conversation::{ConversationCommand, Priority};
use leadflow_domain::{ConversationId, TenantId};
use leadflow_event_store::Actor;
use leadflow_projections::audit::{self, ActField, ActNumbers, ActRow, AuditProjector};
use leadflow_projections::{Condition, IdIs, Projector, TextIs};
use uuid::Uuid;

use crate::fold::apply;
use crate::history::{channel, contact, play, write};
use crate::process::Process;
use crate::support::{Log, OTHER_TENANT, TENANT, context, proven};

const ALL: ActNumbers = ActNumbers { within: 1..=i64::MAX, from_oldest: false, limit: 1_000_000 };

fn address() -> IpAddr {
    "203.0.113.7".parse().unwrap()
}

async fn acts(log: &Log, tenant: TenantId, asked: impl IntoIterator<Item = ActField>) -> Vec<ActRow> {
    let filter = Condition::All(asked.into_iter().map(Condition::Is).collect());
    let rows = audit::acts(&log.reads, proven(tenant), &filter, &ALL).await.unwrap();
    let count = audit::count_acts(&log.reads, proven(tenant), &filter).await.unwrap();
    assert_eq!(usize::try_from(count).unwrap(), rows.len());
    rows
}

async fn folded(log: &Log) {
    let process = Process::start(log, 1, |runtime| runtime.project(AuditProjector));
    process.reaches(audit::DEFINITION, log.head().await).await;
    process.stop().await;
}

/// Somebody with a token says how much a conversation matters, from [`address`], because of something.
async fn prioritised() -> (Log, ConversationId) {
    let log = Log::new().await;
    write(&log, 0, "a", 0).await;
    let conversation = ConversationId::between(contact(TENANT, 0), channel(TENANT, 0));
    let mut by_token = context(TENANT, "high").caused_by("what led to it").from_address(Some(address()));
    by_token.actor = Actor::Token(Uuid::from_u128(9));
    let high = ConversationCommand::SetPriority { priority: Priority::High };
    log.conversations.execute(conversation, high, by_token).await.unwrap();
    let mut told = context(TENANT, "told").from_address(Some(address()));
    told.actor = Actor::Provider("whatsapp");
    log.conversations.execute(conversation, ConversationCommand::MarkRead, told).await.unwrap();
    folded(&log).await;
    (log, conversation)
}

#[tokio::test]
async fn an_act_tells_who_what_why_and_from_where() {
    let (log, conversation) = prioritised().await;
    let all = acts(&log, TENANT, []).await;
    let act = &all[0];
    assert_eq!(
        (&*act.what, &*act.thing_kind, act.thing),
        ("conversation.priority_set", "conversation", conversation.as_uuid())
    );
    assert_eq!(act.actor, Actor::Token(Uuid::from_u128(9)).to_string());
    assert_eq!((act.causation.as_deref(), &*act.correlation), (Some("what led to it"), "test"));
    assert_eq!(act.command, Some(context(TENANT, "high").id));
    assert!(act.source.as_ref().is_some_and(|sealed| !sealed.contains("203")), "{act:?}");
    let asked: Vec<_> = all.iter().filter_map(ActRow::asked_from).collect();
    assert_eq!(log.reader.sources(TENANT, &asked).await.unwrap(), [Some(address())]);
    assert_eq!(log.reader.sources(OTHER_TENANT, &asked).await.unwrap(), [None], "it was not sealed for that tenant");
    assert!(all.iter().all(|act| act.what != "conversation.read"), "a provider told of it: {all:?}");
    assert!(acts(&log, OTHER_TENANT, []).await.is_empty());
}

#[tokio::test]
async fn it_is_narrowed_by_each_of_its_fields() {
    let (log, conversation) = prioritised().await;
    let all = acts(&log, TENANT, []).await;
    let text = |text: &str| TextIs::In(vec![text.to_owned()]);
    let token = Uuid::from_u128(9).to_string();
    for (asked, those) in [
        (ActField::ActorKind(text("token")), 1),
        (ActField::ActorKind(text("command-line")), all.len() - 1),
        (ActField::ActorId(text(&token)), 1),
        (ActField::ActorId(TextIs::Null(true)), all.len() - 1),
        (ActField::What(TextIs::Contains("priority".to_owned())), 1),
        (
            ActField::Thing(IdIs::In(vec![conversation.as_uuid()])),
            all.iter().filter(|act| act.thing_kind == "conversation").count(),
        ),
        (ActField::Correlation(text("another")), 0),
    ] {
        assert_eq!(acts(&log, TENANT, [asked.clone()]).await.len(), those, "{asked:?}");
    }
    assert!(all.len() > 2, "{all:?}");
}

#[tokio::test]
async fn a_page_begins_at_either_end() {
    let (log, _) = prioritised().await;
    let all: Vec<_> = acts(&log, TENANT, []).await.iter().map(|act| act.position).collect();
    assert!(all.is_sorted_by(|one, next| one > next) && all.len() > 2, "{all:?}");
    let page = async |within, from_oldest| {
        let numbers = ActNumbers { within, from_oldest, limit: 2 };
        let rows = audit::acts(&log.reads, proven(TENANT), &Condition::default(), &numbers).await.unwrap();
        rows.iter().map(|act| act.position).collect::<Vec<_>>()
    };
    assert_eq!(page(1..=i64::MAX, false).await, all[..2]);
    assert_eq!(page(1..=i64::MAX, true).await, all[all.len() - 2..]);
    assert_eq!(page(1..=all[0] - 1, false).await, all[1..3]);
}

#[tokio::test]
async fn the_acts_are_all_events_that_no_provider_told_of() {
    let log = Log::new().await;
    let events = play(&log, 3, 120).await;
    let expected: Vec<(i64, String)> = sqlx::query_as(
        "select position, event_type from events where metadata ->> 'actor' not like 'provider:%' order by position",
    )
    .fetch_all(&log.owner)
    .await
    .unwrap();
    for page in [1, 7, events.len()] {
        let mut tx = log.pool.begin().await.unwrap();
        for page in events.chunks(page) {
            apply(&AuditProjector, &mut tx, page).await.unwrap();
        }
        let schema = AuditProjector.definition().schema();
        let found: Vec<(i64, String)> =
            sqlx::query_as(&format!("select position, what from {schema}.acts order by position"))
                .fetch_all(&mut *tx)
                .await
                .unwrap();
        assert_eq!(found, expected, "pages of {page}");
        tx.rollback().await.unwrap();
    }
    assert!(!expected.is_empty());
}
