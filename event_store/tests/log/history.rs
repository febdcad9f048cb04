//! What one thing went through, told of its own events: to its tenant and to nobody else.

use leadflow_domain::contact::{Contact, ContactCommand};
use leadflow_domain::conversation::{Conversation, ConversationCommand, Priority};
use leadflow_domain::{StreamId, TenantId};
use leadflow_event_store::{Actor, ActorKind, HistoryEvent, HistoryRange, RecordedActor};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Log, OTHER_TENANT, TENANT, contact, context, conversation, introduce, receive};

fn all() -> HistoryRange {
    HistoryRange { versions: 1..=i64::MAX, from_oldest: false, limit: 100 }
}

async fn told(log: &Log, tenant: TenantId, range: HistoryRange) -> Vec<HistoryEvent> {
    log.reader.history::<Conversation>(tenant, conversation(7).into(), range).await.unwrap()
}

/// A conversation of four events.
async fn worked_on() -> Log {
    let log = Log::new().await;
    log.contacts.execute(contact(7), introduce("+393331234567"), context(TENANT, "introduce")).await.unwrap();
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    let high = ConversationCommand::SetPriority { priority: Priority::High };
    let mut by_token = context(TENANT, "high").caused_by("what led to it");
    by_token.actor = Actor::Token(Uuid::from_u128(9));
    log.conversations.execute(conversation(7), high, by_token).await.unwrap();
    log.conversations.execute(conversation(7), ConversationCommand::Resolve, context(TENANT, "resolve")).await.unwrap();
    log
}

#[tokio::test]
async fn who_what_when_and_why_newest_first() {
    let log = worked_on().await;
    let history = told(&log, TENANT, all()).await;
    let shown: Vec<_> = history.iter().map(|event| (event.version, &*event.event_type, event.position)).collect();
    let expected = [
        (4, "conversation.resolved", 5),
        (3, "conversation.priority_set", 4),
        (2, "conversation.message_received", 3),
        (1, "conversation.opened", 2),
    ];
    assert_eq!(shown, expected);
    let set = &history[1];
    assert_eq!(set.what, json!({"priority": "high"}));
    let token = Uuid::from_u128(9).to_string();
    assert_eq!(set.actor, Some(RecordedActor { kind: ActorKind::Token, id: Some(token) }));
    assert_eq!((set.command, set.causation.as_deref()), (Some(context(TENANT, "high").id), Some("what led to it")));
    assert_eq!((history[0].causation.as_deref(), &*history[0].correlation), (None, "test"));
    assert_eq!(history[2].what["message"]["content"]["text"]["body"], "text a");
    assert!(history[0].recorded_at > set.recorded_at);
}

#[tokio::test]
async fn a_page_begins_at_either_end() {
    let log = worked_on().await;
    let page = async |versions, from_oldest| {
        let page = told(&log, TENANT, HistoryRange { versions, from_oldest, limit: 2 }).await;
        page.into_iter().map(|event| event.version).collect::<Vec<_>>()
    };
    assert_eq!(page(1..=i64::MAX, false).await, [4, 3]);
    assert_eq!(page(1..=2, false).await, [2, 1]);
    assert_eq!(page(1..=i64::MAX, true).await, [2, 1]);
    assert_eq!(page(3..=i64::MAX, true).await, [4, 3]);
    assert_eq!(page(5..=i64::MAX, true).await, Vec::<i64>::new());
    assert_eq!(log.reader.version::<Conversation>(TENANT, conversation(7).into()).await.unwrap(), 4);
}

#[tokio::test]
async fn another_tenant_s_stream_has_no_history() {
    let log = worked_on().await;
    // The rows are there, and this login may read them: the statement is what keeps them apart.
    let stored: i64 = sqlx::query_scalar("select count(*) from events where aggregate_id = $1 and tenant_id = $2")
        .bind(StreamId::from(conversation(7)).to_string())
        .bind(TENANT.as_uuid())
        .fetch_one(&log.pool)
        .await
        .unwrap();
    assert_eq!(stored, 4);
    assert_eq!(told(&log, OTHER_TENANT, all()).await, []);
    assert_eq!(log.reader.version::<Conversation>(OTHER_TENANT, conversation(7).into()).await.unwrap(), 0);
    // Nor has the tenant's own by the name of another kind.
    let as_contact = log.reader.history::<Contact>(TENANT, conversation(7).into(), all()).await.unwrap();
    assert_eq!(as_contact, []);
}

#[tokio::test]
async fn of_whom_was_erased_it_tells_that_something_happened() {
    let log = worked_on().await;
    let before = told(&log, TENANT, all()).await;
    log.contacts.execute(contact(7), ContactCommand::Erase, context(TENANT, "erase")).await.unwrap();
    let after = told(&log, TENANT, all()).await;
    assert_eq!(after.len(), before.len());
    assert_eq!(after[2].what["message"]["content"]["text"]["body"], Value::Null);
    let text = serde_json::to_string(&after.iter().map(|event| &event.what).collect::<Vec<_>>()).unwrap();
    assert!(!text.contains("text a") && !text.contains('$'), "{text}");
    let hers = log.reader.history::<Contact>(TENANT, contact(7).into(), all()).await.unwrap();
    let types: Vec<_> = hers.iter().map(|event| &*event.event_type).collect();
    assert_eq!(types, ["contact.erased", "contact.introduced_by_phone"]);
    assert_eq!(hers[1].what["phone"], Value::Null);
}
