//! What was set aside until a time is open again once it has come.
//!
//! Which conversations are due the inbox says, by the database's clock. It may be behind, and several processes ask at once:
//! the wake-up names the time it is for, so the conversation itself knows whether that still stands, and its id is derived
//! from both, so that all who ask ask for the same.

use std::time::Duration;

use futures_util::future::join_all;
use leadflow_domain::CommandId;
use leadflow_domain::conversation::{Conversation, ConversationCommand, ConversationRefusal};
use leadflow_event_store::{Actor, CommandContext, ExecuteError, Executor};
use leadflow_projections::inbox::{DueConversation, due_conversations};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

/// How often it is looked at: people snooze until a minute.
const LOOK: Duration = Duration::from_secs(1);

/// How soon it is looked at again when something could not be done.
const LATER: Duration = Duration::from_secs(10);

/// Conversations that are woken at once.
const AT_ONCE: i64 = 100;

/// Wakes conversations. Several may run.
pub struct WakeConversations {
    pool: PgPool,
    conversations: Executor<Conversation>,
    stop: CancellationToken,
}

/// Why a round did not come to its end.
#[derive(Debug, thiserror::Error)]
enum Unfinished {
    #[error("the inbox can't be asked: {0}")]
    Inbox(#[from] sqlx::Error),
    #[error("{failed} conversations could not be woken, the first because {cause}")]
    Conversations { failed: usize, cause: ExecuteError<ConversationRefusal> },
}

impl WakeConversations {
    /// Asks the inbox through `pool`, and decides through `conversations`, until `stop`.
    #[must_use]
    pub fn new(pool: PgPool, conversations: Executor<Conversation>, stop: CancellationToken) -> Self {
        Self { pool, conversations, stop }
    }

    /// Runs until the process stops.
    pub async fn run(self) {
        loop {
            let pause = match self.round().await {
                Ok(()) => LOOK,
                Err(error) => {
                    tracing::warn!(error = %error, "conversation.wake: could not be finished, and is tried again");
                    LATER
                }
            };
            if tokio::time::timeout(pause, self.stop.cancelled()).await.is_ok() {
                return;
            }
        }
    }

    /// Wakes all that is due. What can't be woken holds up nothing else.
    async fn round(&self) -> Result<(), Unfinished> {
        let mut failures = Vec::new();
        let mut last = None;
        loop {
            let due = due_conversations(&self.pool, last, AT_ONCE).await?;
            let woken = join_all(due.iter().map(|due| self.wake(*due))).await;
            failures.extend(woken.into_iter().filter_map(Result::err));
            last = due.last().copied();
            if last.is_none() || self.stop.is_cancelled() {
                break;
            }
        }
        let failed = failures.len();
        match failures.into_iter().next() {
            None => Ok(()),
            Some(cause) => Err(Unfinished::Conversations { failed, cause }),
        }
    }

    async fn wake(&self, due: DueConversation) -> Result<(), ExecuteError<ConversationRefusal>> {
        let key = [due.id.to_string(), due.until.to_string()];
        let id = CommandId::derive(due.tenant, "conversation.wake", &[&key[0], &key[1]]);
        let context = CommandContext::new(due.tenant, id, Actor::Reactor("wake_conversations"), id.to_string());
        self.conversations.execute(due.id, ConversationCommand::Wake { until: due.until }, context).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use leadflow_domain::{ChannelId, ContactId, ConversationId, TenantId};
    use leadflow_event_store::{EventStore, PersonalValues, database, testing as log_testing};
    use leadflow_projections::inbox::{DEFINITION, InboxProjector};
    use leadflow_projections::{Projector, testing};
    use sqlx::Executor as _;
    use uuid::Uuid;

    use super::*;
    use crate::commands::Commands;

    const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

    struct Bed {
        pool: PgPool,
        store: EventStore,
        commands: Commands,
    }

    /// A second that has come, whenever this runs, and one that has not.
    fn past() -> Timestamp {
        Timestamp::from_second(1_763_712_000).unwrap()
    }

    fn far() -> Timestamp {
        Timestamp::from_second(250_000_000_000).unwrap()
    }

    fn thread(number: u128) -> ConversationId {
        let (contact, channel) = with(number);
        ConversationId::between(contact, channel)
    }

    fn with(number: u128) -> (ContactId, ChannelId) {
        (ContactId::from_uuid(Uuid::from_u128(number)), ChannelId::from_uuid(Uuid::from_u128(2)))
    }

    impl Bed {
        async fn new() -> Self {
            let pool = database::app_pool(testing::database().await.connect_options(), 8).await.unwrap();
            let store = log_testing::event_store(&pool);
            Self { commands: Commands::new(&store), pool, store }
        }

        async fn ask(&self, number: u128, command: ConversationCommand) {
            let id = CommandId::derive(TENANT, "test", &[&format!("{number} {command:?}")]);
            let context = CommandContext::new(TENANT, id, Actor::CommandLine, "test");
            self.commands.conversations.execute(thread(number), command, context).await.unwrap();
        }

        async fn snoozed(&self, number: u128, until: Timestamp) {
            let (contact, channel) = with(number);
            self.ask(number, ConversationCommand::Open { contact, channel }).await;
            let now = past() - SignedDuration::from_hours(1);
            self.ask(number, ConversationCommand::Snooze { until, now }).await;
        }

        /// Folds all that the log tells into the inbox, which is made anew.
        async fn fold(&self) {
            let raw = self.store.reader().after(0, i64::MAX).await.unwrap();
            let events = self.store.reader().read(raw, PersonalValues::Opened).await.unwrap();
            let mut tx = self.pool.begin().await.unwrap();
            tx.execute(format!("set local search_path = {}", DEFINITION.schema()).as_str()).await.unwrap();
            tx.execute("delete from conversations").await.unwrap();
            InboxProjector.apply(&mut tx, &events).await.unwrap();
            tx.commit().await.unwrap();
        }

        fn worker(&self) -> WakeConversations {
            WakeConversations::new(self.pool.clone(), self.commands.conversations.clone(), CancellationToken::new())
        }

        /// Which conversations were woken, in order of their numbers, each as often as it was.
        async fn woken(&self) -> Vec<u128> {
            let streams: Vec<String> =
                sqlx::query_scalar("select aggregate_id from events where event_type = 'conversation.woken'")
                    .fetch_all(&self.pool)
                    .await
                    .unwrap();
            let mut woken: Vec<u128> = streams
                .iter()
                .map(|stream| (1..1_000).find(|number| thread(*number).to_string() == *stream).unwrap())
                .collect();
            woken.sort_unstable();
            woken
        }
    }

    #[tokio::test]
    async fn what_is_due_wakes_once_however_many_ask() {
        let bed = Bed::new().await;
        for (number, until) in [(1, past()), (2, far()), (3, past() + SignedDuration::from_secs(1))] {
            bed.snoozed(number, until).await;
        }
        bed.fold().await;
        let workers = [bed.worker(), bed.worker(), bed.worker()];
        for round in join_all(workers.iter().map(WakeConversations::round)).await {
            round.unwrap();
        }
        // The inbox has not seen it yet.
        bed.worker().round().await.unwrap();
        assert_eq!(bed.woken().await, [1, 3]);
        bed.fold().await;
        assert!(due_conversations(&bed.pool, None, AT_ONCE).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_the_inbox_says_too_late_changes_nothing() {
        let bed = Bed::new().await;
        bed.snoozed(1, past()).await;
        bed.snoozed(2, past()).await;
        bed.fold().await;
        bed.ask(1, ConversationCommand::Reopen).await;
        bed.ask(2, ConversationCommand::Snooze { until: far(), now: past() }).await;
        bed.worker().round().await.unwrap();
        assert_eq!(bed.woken().await, [0; 0]);
    }

    #[tokio::test]
    async fn more_than_are_woken_at_once_wake_in_one_round() {
        let bed = Bed::new().await;
        let all: Vec<u128> = (1..=u128::try_from(AT_ONCE).unwrap() * 2 + 1).collect();
        // Many of one second.
        join_all(all.iter().map(|number| bed.snoozed(*number, past()))).await;
        bed.fold().await;
        bed.worker().round().await.unwrap();
        assert_eq!(bed.woken().await, all);
    }
}
