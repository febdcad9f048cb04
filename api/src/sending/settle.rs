//! What nobody knows for a day is given up.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use leadflow_domain::CommandId;
use leadflow_domain::outbound_message::OutboundMessageCommand;
use leadflow_event_store::{Actor, CommandContext, ExecuteError};
use tokio_util::sync::CancellationToken;

use crate::commands::Commands;
use crate::jobs::{Job, Pace, Work, Worked};

/// The kind of its jobs.
pub const SETTLE: &str = "settle_message";

/// For how long a word of the provider's is waited for on a message of which nobody knows whether it was taken. Its statuses come
/// within seconds, and it sends webhooks that could not be delivered again for days; what comes later still counts.
pub const WITHOUT_A_WORD: Duration = Duration::from_secs(24 * 3_600);

/// How soon it is tried again when the log could not be written.
const LATER: Duration = Duration::from_secs(60);

/// Gives messages up.
pub struct SettleOutbound {
    commands: Commands,
}

impl SettleOutbound {
    /// Decides through `commands`.
    #[must_use]
    pub fn new(commands: Commands) -> Self {
        Self { commands }
    }
}

impl Work for SettleOutbound {
    fn kind(&self) -> &'static str {
        SETTLE
    }

    fn pace(&self) -> Pace {
        Pace::UNBOUNDED
    }

    fn work(&self, job: Job, _stop: CancellationToken) -> BoxFuture<'_, Worked> {
        async move {
            let id = job.id.to_string();
            let command = CommandId::derive(job.tenant, "job.settle_message", &[&id]);
            let context =
                CommandContext::new(job.tenant, command, Actor::Reactor("settle_outbound"), format!("job:{id}"));
            let given_up =
                self.commands.outbound_messages.execute(job.subject, OutboundMessageCommand::GiveUp, context);
            match given_up.await {
                Ok(_) => Worked::Done,
                Err(ExecuteError::Refused(refusal)) => Worked::Failed { reason: refusal.to_string() },
                Err(error) => Worked::Again { after: LATER, reason: error.to_string() },
            }
        }
        .boxed()
    }
}
