//! Stopping the server: at once but in order, then by force.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::{Instant, sleep};

use crate::Error;
use crate::cluster::process;
use crate::cluster::site::Site;
use crate::place::socket;

/// A fast shutdown writes a checkpoint, which may take a slow disk a while.
const ORDERLY_PATIENCE: Duration = Duration::from_secs(60);
/// An immediate one writes nothing.
const FORCED_PATIENCE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(5);

/// Stops the server of `site`, if one runs. Call under the change lock.
///
/// SIGINT ends connections and writes a checkpoint. If that takes too long, or `hurry` completes, SIGQUIT: nothing
/// committed is lost, but the next start has to recover.
pub(crate) async fn stop(site: &Site, hurry: impl Future<Output = ()>) -> Result<(), Error> {
    let Some(running) = site.running() else { return Ok(()) };
    process::signal(running.pid, Signal::INT);
    let orderly = tokio::select! {
        orderly = gone_within(site, running.pid, ORDERLY_PATIENCE) => orderly,
        () = pin!(hurry) => false,
    };
    if !orderly {
        tracing::warn!(pid = running.pid, "PostgreSQL takes its time to stop; stopping it at once");
        process::signal(running.pid, Signal::QUIT);
        wait_until_gone(site, running.pid).await?;
    }
    socket::leave(site.socket(), &site.home);
    tracing::info!(pid = running.pid, "stopped PostgreSQL on {}", site.home.data().display());
    Ok(())
}

/// Waits for a server that has been told to stop.
pub(crate) async fn wait_until_gone(site: &Site, pid: u32) -> Result<(), Error> {
    if gone_within(site, pid, FORCED_PATIENCE).await {
        return Ok(());
    }
    // Not SIGKILL: it would leave backends that go on writing.
    Err(Error::DidNotStop { pid, log: site.home.log() })
}

async fn gone_within(site: &Site, pid: u32, patience: Duration) -> bool {
    let data = site.home.data();
    let deadline = Instant::now() + patience;
    while process::lingers(pid, &data) {
        if Instant::now() > deadline {
            return false;
        }
        sleep(POLL).await;
    }
    true
}
