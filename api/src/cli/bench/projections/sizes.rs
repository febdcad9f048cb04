//! What commands and the inbox cost as the log grows.

use std::time::Duration;

use anyhow::ensure;
use leadflow_bench::{BenchError, Client, Figures, Pace, closed_loop};
use leadflow_projections::inbox::{
    self, ConversationColumns, ConversationList, ConversationOrder, MessageColumns, MessagesRequest,
};
use leadflow_projections::{Condition, PageRequest, Sight, TenantContext, TenantReads};

use super::log::Log;
use super::traffic::tenants;
use super::writer::Writer;
use crate::cli::bench::dice::Dice;
use crate::reads::Reads;

/// Clients that write at once.
const WRITERS: usize = 64;

/// People who look at their inbox at once.
const READERS: u64 = 16;

/// Conversations that a page of the inbox shows, and messages of each.
const CONVERSATIONS: u32 = 50;
const MESSAGES: u32 = 20;

/// What was measured on a log of one size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sized {
    pub(super) commands: Figures,
    pub(super) inbox: Figures,
}

/// On the log as it stands.
pub(super) async fn measure(log: &mut Log, pace: Pace, when: &str) -> anyhow::Result<Sized> {
    log.show().await?;
    log.settle().await?;
    let reads = Reads::for_serving(&log.app.storage, &log.app.config).await?;
    let readers = (0..READERS).map(|seed| Reader { reads: reads.tenants.clone(), dice: Dice::new(seed) }).collect();
    // Long enough for some of them, however slow the machine.
    let at_least = Pace { measured: pace.measured.max(Duration::from_secs(1)), ..pace };
    let inbox = closed_loop(readers, at_least).await?.figures();
    reads.tenants.pool().close().await;
    ensure!(inbox.per_second > 0.0, "nobody saw an inbox within {:?}", at_least.measured);
    let writers = Writer::introduce(&log.app, WRITERS, when, log.now().await?).await?;
    let commands = closed_loop(writers, pace).await?.figures();
    Ok(Sized { commands, inbox })
}

/// Somebody of a business who looks at its inbox.
struct Reader {
    reads: TenantReads,
    dice: Dice,
}

impl Reader {
    async fn look(&mut self) -> Result<(), sqlx::Error> {
        let all: Vec<_> = tenants().collect();
        #[expect(clippy::disallowed_methods, reason = "the bench plays the caller whose right was proven")]
        let context = TenantContext::proven(all[self.dice.zipf(all.len())], Sight::Everything);
        let list = ConversationList {
            filter: &Condition::default(),
            order: ConversationOrder::LatestActivity,
            columns: ConversationColumns::ALL,
        };
        let page = PageRequest::first(CONVERSATIONS);
        let listed = inbox::conversations(&self.reads, context, list, page).await?;
        let conversations: Vec<_> = listed.iter().map(|row| row.id).collect();
        let page = PageRequest::first(MESSAGES);
        let request = MessagesRequest { conversations: &conversations, page, columns: MessageColumns::ALL };
        inbox::messages_of(&self.reads, context, request).await?;
        Ok(())
    }
}

impl Client for Reader {
    async fn command(&mut self) -> Result<(), BenchError> {
        Ok(self.look().await?)
    }
}
