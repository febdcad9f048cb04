//! cqrs-es's framework works on our log, and meets our executor on it.

use std::collections::HashMap;

use cqrs_es::{AggregateError, CqrsFramework, EventStore as _};
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::conversation::{Conversation, ConversationCommand, ConversationRefusal};
use leadflow_event_store::{Actor, FrameworkStore, verify};

use crate::support::{Log, OTHER_TENANT, TENANT, contact, context, conversation, introduce, receive};

fn framework(log: &Log) -> CqrsFramework<Conversation, FrameworkStore<Conversation>> {
    CqrsFramework::new(FrameworkStore::new(&log.store, TENANT, Actor::CommandLine), vec![], ())
}

#[tokio::test]
async fn its_commands_and_ours_take_turns_on_one_stream() {
    let log = Log::new().await;
    let (cqrs, stream) = (framework(&log), conversation(7).to_string());
    cqrs.execute(&stream, receive(7, "a")).await.unwrap();
    log.conversations.execute(conversation(7), ConversationCommand::Resolve, context(TENANT, "r")).await.unwrap();
    cqrs.execute(&stream, receive(7, "b")).await.unwrap();
    let loaded = log.reader.load::<Conversation>(conversation(7).into()).await.unwrap();
    assert_eq!(loaded.version, 5, "opened, received, resolved, reopened, received");
    let theirs = FrameworkStore::<Conversation>::new(&log.store, TENANT, Actor::CommandLine);
    let events = theirs.load_events(&stream).await.unwrap();
    assert_eq!(events.iter().map(|event| event.sequence).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert!(verify::verify(&log.store, |_| ()).await.unwrap().ok);
}

#[tokio::test]
async fn refusals_and_conflicts_are_its_own() {
    let log = Log::new().await;
    let (cqrs, stream) = (framework(&log), conversation(7).to_string());
    let refused = cqrs.execute(&stream, ConversationCommand::Resolve).await;
    assert!(matches!(refused, Err(AggregateError::UserError(ConversationRefusal::NotFound))), "{refused:?}");

    let store = FrameworkStore::<Conversation>::new(&log.store, TENANT, Actor::CommandLine);
    cqrs.execute(&stream, receive(7, "a")).await.unwrap();
    let stale = store.load_aggregate(&stream).await.unwrap();
    cqrs.execute(&stream, ConversationCommand::Resolve).await.unwrap();
    let events = vec![leadflow_domain::conversation::ConversationEvent::Read {}];
    let conflict = store.commit(events, stale, HashMap::new()).await;
    assert!(matches!(conflict, Err(AggregateError::AggregateConflict)), "{:?}", conflict.err());
}

/// The key it holds is forgotten, so that the next try sees what has become of her.
#[tokio::test]
async fn who_was_erased_elsewhere_is_no_conflict_for_ever() {
    let log = Log::new().await;
    let others = log.of_another_process();
    others.contacts.execute(contact(7), introduce("+393331234567"), context(TENANT, "i")).await.unwrap();
    let (cqrs, stream) = (framework(&log), conversation(7).to_string());
    cqrs.execute(&stream, receive(7, "a")).await.unwrap();
    others.contacts.execute(contact(7), ContactCommand::Erase, context(TENANT, "e")).await.unwrap();
    let first = cqrs.execute(&stream, receive(7, "b")).await;
    assert!(matches!(first, Err(AggregateError::AggregateConflict)), "{first:?}");
    let second = cqrs.execute(&stream, receive(7, "c")).await;
    assert!(
        matches!(&second, Err(AggregateError::UnexpectedError(why)) if why.to_string().contains("erased")),
        "{second:?}"
    );
    let loaded = log.reader.load::<Conversation>(conversation(7).into()).await.unwrap();
    assert_eq!(loaded.version, 2, "nothing is recorded for her");
}

#[tokio::test]
async fn another_tenant_s_stream_stays_another_s() {
    let log = Log::new().await;
    let stream = conversation(7).to_string();
    framework(&log).execute(&stream, receive(7, "a")).await.unwrap();
    let theirs = FrameworkStore::<Conversation>::new(&log.store, OTHER_TENANT, Actor::CommandLine);
    assert!(theirs.load_events(&stream).await.unwrap().is_empty());
    let theirs = CqrsFramework::new(theirs, vec![], ());
    assert!(matches!(theirs.execute(&stream, receive(7, "b")).await, Err(AggregateError::UnexpectedError(_))));
    let refused = theirs.execute(&stream, ConversationCommand::Resolve).await;
    assert!(matches!(refused, Err(AggregateError::UserError(ConversationRefusal::NotFound))), "{refused:?}");
    assert_eq!(log.reader.head().await.unwrap(), 2);
}
