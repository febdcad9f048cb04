//! A client that says which version it has seen: its command is decided on that one or not at all.

use futures_util::future::join_all;
use leadflow_domain::RefusalCode;
use leadflow_domain::conversation::{Conversation, ConversationCommand, ConversationRefusal, Label, Priority};
use leadflow_event_store::{CommandContext, Done, ExecuteError, Receipt};

use crate::support::{Log, OTHER_TENANT, TENANT, asked, context, conversation, receive};

fn set(priority: Priority) -> ConversationCommand {
    ConversationCommand::SetPriority { priority }
}

fn expecting(version: i64, key: &str) -> CommandContext {
    context(TENANT, key).expecting(Some(version))
}

/// A conversation at version 2.
async fn begun() -> Log {
    let log = Log::new().await;
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    log
}

#[tokio::test]
async fn only_the_version_that_was_seen_is_changed() {
    let log = begun().await;
    let done = log.conversations.execute(conversation(7), set(Priority::High), expecting(2, "high")).await;
    assert_eq!(done.unwrap(), Receipt { done: Done::Appended, position: 3, version: 3 });
    // Whatever would come of it: something, nothing, or a refusal.
    for (key, command) in
        [("low", set(Priority::Low)), ("same", set(Priority::High)), ("resolve", ConversationCommand::Resolve)]
    {
        for version in [2, 4, 0, -1, i64::MAX] {
            let context = expecting(version, &format!("{key} {version}"));
            let told = log.conversations.execute(conversation(7), command.clone(), context).await;
            let Err(ExecuteError::AnotherVersion { version: 3, position: 3, expected }) = told else {
                panic!("{key} {version}: {told:?}");
            };
            assert_eq!(expected, version);
        }
    }
    assert_eq!(log.reader.head().await.unwrap(), 3);
    let nothing = log.conversations.execute(conversation(7), set(Priority::High), expecting(3, "so")).await;
    assert_eq!(nothing.unwrap(), Receipt { done: Done::AlreadySo, position: 3, version: 3 });
}

#[tokio::test]
async fn another_process_that_has_not_seen_it_asks_the_log() {
    let log = begun().await;
    let other = log.of_another_process();
    let known = other.conversations.execute(conversation(7), set(Priority::None), context(TENANT, "known")).await;
    assert_eq!(known.unwrap().version, 2);
    log.conversations.execute(conversation(7), set(Priority::High), context(TENANT, "high")).await.unwrap();
    // There it is at 2 still, as far as is known: once for what would change nothing, once for what would.
    let stale = other.conversations.execute(conversation(7), set(Priority::None), expecting(2, "none")).await;
    assert!(matches!(stale, Err(ExecuteError::AnotherVersion { version: 3, .. })), "{stale:?}");
    log.conversations.execute(conversation(7), set(Priority::Low), context(TENANT, "low")).await.unwrap();
    let fresh = other.conversations.execute(conversation(7), set(Priority::Urgent), expecting(4, "urgent")).await;
    assert_eq!(fresh.unwrap(), Receipt { done: Done::Appended, position: 5, version: 5 });
}

#[tokio::test]
async fn of_many_that_have_seen_the_same_exactly_one_is_done() {
    let log = begun().await;
    let processes = [log.of_another_process(), log.of_another_process(), Log::without_cache(log.pool.clone())];
    for version in 2..10 {
        let told = join_all((0..24_usize).map(|nth| {
            let label = Label::parse(&format!("{version} {nth}")).unwrap();
            let context = expecting(version, label.as_str());
            processes[nth % 3].conversations.execute(conversation(7), ConversationCommand::Label { label }, context)
        }))
        .await;
        let (done, others): (Vec<_>, Vec<_>) = told.into_iter().partition(Result::is_ok);
        assert_eq!(done.into_iter().map(|done| done.unwrap().version).collect::<Vec<_>>(), [version + 1]);
        for other in others {
            let is_told = matches!(other, Err(ExecuteError::AnotherVersion { version: is, .. }) if is == version + 1);
            assert!(is_told, "{other:?}");
        }
    }
    let labels = log.reader.of_type::<Conversation>("conversation.labelled", &[conversation(7).into()]).await.unwrap();
    assert_eq!(labels.len(), 8);
}

#[tokio::test]
async fn what_a_request_came_to_comes_back_before_its_version_is_looked_at() {
    let log = begun().await;
    let ask = |log: &Log, key: &str, version| {
        let (conversations, context) = (log.conversations.clone(), asked(key, key).expecting(Some(version)));
        async move { conversations.execute(conversation(7), set(Priority::High), context).await }
    };
    let first = ask(&log, "first", 2).await.unwrap();
    assert!(matches!(ask(&log, "late", 2).await, Err(ExecuteError::AnotherVersion { version: 3, .. })));
    log.conversations.execute(conversation(7), set(Priority::Low), context(TENANT, "low")).await.unwrap();
    for process in [&log, &log.of_another_process()] {
        assert_eq!(ask(process, "first", 2).await.unwrap(), Receipt { done: Done::Before, ..first });
        let Err(ExecuteError::RefusedBefore(told)) = ask(process, "late", 2).await else { panic!("a receipt") };
        assert_eq!((told.code(), told.field()), (Some(RefusalCode::AnotherVersion), Some("expectedVersion")));
        assert!(told.message().contains("is 3, not 2"), "{}", told.message());
    }
}

#[tokio::test]
async fn what_is_not_there_or_another_tenant_s_is_at_no_version() {
    let log = begun().await;
    let nowhere = log.conversations.execute(conversation(8), set(Priority::Low), expecting(2, "nowhere")).await;
    assert!(matches!(nowhere, Err(ExecuteError::Refused(ConversationRefusal::NotFound))), "{nowhere:?}");
    let foreign = context(OTHER_TENANT, "foreign").expecting(Some(9));
    let foreign = log.conversations.execute(conversation(7), set(Priority::Low), foreign).await;
    assert!(matches!(foreign, Err(ExecuteError::ForeignStream)), "{foreign:?}");
    // What would begin is not begun by whoever has seen more.
    let begins = log.conversations.execute(conversation(8), receive(8, "b"), expecting(1, "begins")).await;
    assert!(matches!(begins, Err(ExecuteError::AnotherVersion { version: 0, position: 0, expected: 1 })), "{begins:?}");
    let begins = log.conversations.execute(conversation(8), receive(8, "b"), expecting(0, "begins anew")).await;
    assert_eq!(begins.unwrap().version, 2);
}
