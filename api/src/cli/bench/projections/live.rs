//! Customers write while the inbox is rebuilt: none fails, and appends hardly take longer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use leadflow_bench::{Figures, Pace, paced};
use leadflow_projections::inbox;

use super::log::Log;
use super::rebuild;
use super::writer::Writer;
use crate::app::App;
use crate::serving::Serving;

/// Messages a second.
pub(super) const PER_SECOND: u32 = 500;

/// At most so many wait for their answer.
const WRITERS: usize = 64;

/// Appends, with nothing beside them and during a rebuild.
#[derive(Debug, Clone, Copy)]
pub(super) struct Live {
    pub(super) alone: Figures,
    pub(super) beside_rebuild: Figures,
}

/// In a process that serves, with everything that follows the log. A command that fails ends the run.
pub(super) async fn measure(log: &mut Log, pace: Pace, round: usize) -> anyhow::Result<Live> {
    log.show().await?;
    let serving = Serving::start(log.open_another().await?).await?;
    let measured = both(log, serving.app(), pace, round).await;
    serving.stop().await?;
    measured
}

async fn both(log: &Log, app: &App, pace: Pace, round: usize) -> anyhow::Result<Live> {
    let alone = load(log, app, pace, format!("alone.{round}")).await?;
    let over = AtomicBool::new(false);
    let (rebuilt, beside_rebuild) = tokio::join!(rebuild_until(log, &over), async {
        // It is under way by then.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let beside_rebuild = load(log, app, pace, format!("beside.{round}")).await;
        over.store(true, Ordering::Relaxed);
        beside_rebuild
    });
    rebuilt?;
    Ok(Live { alone, beside_rebuild: beside_rebuild? })
}

/// Over and over, should the load take longer; each to its end.
async fn rebuild_until(log: &Log, over: &AtomicBool) -> anyhow::Result<()> {
    while !over.load(Ordering::Relaxed) {
        rebuild::ours(log, &inbox::DEFINITION).await?;
        rebuild::clear(log, &inbox::DEFINITION).await?;
    }
    Ok(())
}

async fn load(log: &Log, app: &App, pace: Pace, when: String) -> anyhow::Result<Figures> {
    let writers = Writer::introduce(app, WRITERS, &when, log.now().await?).await?;
    Ok(paced(writers, pace, PER_SECOND).await?.figures())
}
