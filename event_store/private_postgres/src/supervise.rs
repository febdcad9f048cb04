//! Watching the server, and starting it again when it ends by itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::Error;
use crate::cluster::postmaster::Postmaster;
use crate::cluster::site::Site;
use crate::cluster::{initdb, log, start};
use crate::locks::ChangeLock;

/// Also bounds how long a dead server goes unnoticed. Polling serves for adopted servers too, who aren't our children.
const POLL: Duration = Duration::from_millis(200);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
const REAP_PATIENCE: Duration = Duration::from_secs(1);
const REAP_POLL: Duration = Duration::from_millis(2);
/// One that ran this long wasn't broken: the next failure starts from the first pause.
const HEALTHY: Duration = Duration::from_secs(60);

/// Whether the server can be used. For `/health/ready`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerState {
    /// It runs and has accepted a connection.
    Running,
    /// It ended by itself and is being started again.
    Restarting {
        /// The end of its log, or why the last attempt failed.
        last_lines: String,
    },
}

/// The server as supervisor and leaver share it. Never held across an await.
pub(crate) type Shared = Arc<Mutex<Postmaster>>;

/// Runs until aborted.
pub(crate) async fn supervise(site: Arc<Site>, postmaster: Shared, state: watch::Sender<ServerState>) {
    let mut pause = FIRST_PAUSE;
    loop {
        let since = Instant::now();
        while !has_ended(&postmaster) {
            sleep(POLL).await;
        }
        if since.elapsed() > HEALTHY {
            pause = FIRST_PAUSE;
        }
        let mut last_lines = log::tail(&site.home.log(), 0);
        tracing::error!("PostgreSQL ended by itself; starting it again. Its last lines:\n{last_lines}");
        loop {
            state.send_replace(ServerState::Restarting { last_lines });
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            match restart(&site).await {
                Ok(new) => {
                    *postmaster.lock().unwrap_or_else(PoisonError::into_inner) = new;
                    state.send_replace(ServerState::Running);
                    break;
                }
                Err(error) => {
                    tracing::error!("PostgreSQL did not come back, trying again: {error}");
                    last_lines = error.to_string();
                }
            }
        }
    }
}

/// Takes the exit of a stopped child, so that it leaves no zombie. It is past its work, so this takes milliseconds.
pub(crate) async fn reap(postmaster: &Shared) {
    let deadline = Instant::now() + REAP_PATIENCE;
    while !has_ended(postmaster) && Instant::now() < deadline {
        sleep(REAP_POLL).await;
    }
}

fn has_ended(postmaster: &Shared) -> bool {
    postmaster.lock().unwrap_or_else(PoisonError::into_inner).has_ended()
}

/// Under the change lock, because everybody who joined supervises: one starts it, the others adopt.
async fn restart(site: &Site) -> Result<Postmaster, Error> {
    let _turn = ChangeLock::acquire(site.home.change_lock()).await?;
    let data = site.home.data();
    if !initdb::is_made(&data) {
        // Deleted under the server. An empty cluster in its place would pass for a healthy one.
        return Err(Error::ClusterGone { data });
    }
    start::ensure(site).await
}
