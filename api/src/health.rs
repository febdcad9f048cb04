//! Health: alive, ready, and a summary of why not.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use leadflow_private_postgres::ServerState;
use leadflow_projections::{CheckpointState, ConsumerStatus, all, statuses};
use serde::Serialize;
use sqlx::PgPool;
use tokio::sync::watch;

use crate::mail::{self, Standing};
use crate::pause::{self, Paused};
use crate::reactors;
use crate::reads::Reads;
use crate::server::Edge;

/// What readiness looks at.
pub struct Health {
    /// The database.
    pub pool: PgPool,
    /// The private server, if the database is ours.
    pub server: Option<watch::Receiver<ServerState>>,
    /// The API's reads.
    pub reads: Reads,
    /// How long the database may take to say how things are.
    pub patience: Duration,
    /// Whether the database shows all that one which was restored or cloned may differ in.
    pub copies_are_told: bool,
}

/// What `/health` and `/health/ready` answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Whether traffic is taken.
    pub ready: bool,
    /// This program's version.
    pub version: &'static str,
    /// What keeps it from being ready, each in a sentence.
    pub problems: Vec<String>,
    /// What somebody should see to, though traffic is taken, each in a sentence.
    pub warnings: Vec<String>,
    /// Whether row-level security stands between tenants, `on` or `off`. Off, traffic is taken all the same.
    pub row_level_security: &'static str,
    /// Whether a database that was restored or cloned is told by all that it may differ in, `on`, or by what this one shows
    /// of itself, `partial`.
    pub restore_detection: &'static str,
    /// Whether reactors, jobs and letters wait because this database was restored or cloned.
    pub paused: bool,
    /// Webhook requests that this process has refused before they were authentic, by reason.
    pub refused_webhooks: BTreeMap<&'static str, u64>,
    /// Where to read what must be done when it is off. What it is names logins, and anybody may ask for this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'static str>,
}

/// How long a database that is well may take to say so: whoever asks whether to send traffic here can't wait for longer.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// A follower that is this far behind does not get on as it should: nothing that works takes as long.
const LONG_BEHIND: Duration = Duration::from_secs(30);

/// A letter that has waited for longer does not wait for a mailbox that makes strangers come again (greylisting).
const LONG_UNSENT: Duration = Duration::from_secs(900);

/// The followers of the log that this program runs: another version's read models are not its business.
fn ours() -> impl Iterator<Item = String> {
    all().into_iter().map(|definition| definition.consumer()).chain(reactors::ALL.map(str::to_owned))
}

/// Whether this program runs `consumer`.
pub(crate) fn is_ours(consumer: &str) -> bool {
    ours().any(|ours| ours == consumer)
}

/// Those that this program runs and the database does not know.
pub(crate) fn missing_consumers(known: &[ConsumerStatus]) -> Vec<String> {
    ours().filter(|ours| !known.iter().any(|known| known.consumer == *ours)).collect()
}

impl Health {
    async fn summary(&self, refused_webhooks: BTreeMap<&'static str, u64>) -> Summary {
        let (mut problems, mut warnings) = (Vec::new(), Vec::new());
        if let Some(state) = &self.server
            && let ServerState::Restarting { .. } = &*state.borrow()
        {
            problems.push("the private database server has ended and is being started again".to_owned());
        }
        let asked = async {
            let (pool, reads) = (&self.pool, &self.reads);
            tokio::join!(statuses(pool), reads.is_walled(), mail::standing(pool), pause::paused(pool))
        };
        let (statuses, is_walled, letters, paused) = match tokio::time::timeout(self.patience, asked).await {
            Ok((statuses, is_walled, letters, paused)) => {
                (statuses.map_err(|_| "the database can't be reached"), is_walled, letters.ok(), paused.ok().flatten())
            }
            Err(_elapsed) => (Err("the database does not answer"), self.reads.was_walled(), None, None),
        };
        let is_paused = paused.is_some();
        warnings.extend(paused.as_ref().map(of_a_copy));
        // What waits by that is no news.
        warnings.extend(letters.filter(|_| !is_paused).and_then(of_letters));
        match statuses {
            Err(problem) => problems.push(problem.to_owned()),
            Ok(statuses) => {
                for missing in missing_consumers(&statuses) {
                    problems.push(format!("{missing} is not registered; run `leadflow migrate`"));
                }
                for status in statuses.into_iter().filter(|status| is_ours(&status.consumer)) {
                    warnings.extend(warning(&status, is_paused));
                    match status.state {
                        CheckpointState::Live => {}
                        CheckpointState::Building => problems.push(format!(
                            "{} is being built: {} of {} events",
                            status.consumer, status.position, status.head
                        )),
                        CheckpointState::Stopped => problems.push(format!(
                            "{} can't work, and stands at event {}: {}",
                            status.consumer,
                            status.position,
                            status.error.as_deref().unwrap_or("no reason given")
                        )),
                    }
                }
            }
        }
        let (row_level_security, advice) =
            if is_walled { ("on", None) } else { ("off", Some("run `leadflow db access`")) };
        let restore_detection = if self.copies_are_told { "on" } else { "partial" };
        Summary {
            ready: problems.is_empty(),
            version: env!("CARGO_PKG_VERSION"),
            problems,
            warnings,
            row_level_security,
            restore_detection,
            paused: is_paused,
            refused_webhooks,
            advice,
        }
    }
}

/// What somebody should see to about a follower.
fn warning(status: &ConsumerStatus, is_paused: bool) -> Option<String> {
    let name = &status.consumer;
    let acts = name.starts_with("reactor/");
    if !status.is_complete() {
        let (applied, parked, position) = (status.applied, status.parked, status.position);
        return Some(format!("{name} has dealt with {applied} events and parked {parked}, and is at {position}"));
    }
    if status.parked > 0 {
        let kind = if acts { "reactors" } else { "projections" };
        return Some(format!("{name} has parked {} events: run `leadflow {kind} parked`", status.parked));
    }
    (status.state == CheckpointState::Live && status.lag > LONG_BEHIND && !(acts && is_paused)).then(|| {
        let seconds = status.lag.as_secs();
        format!("{name} has not dealt with event {} for {seconds} s", status.position + 1)
    })
}

/// What somebody should see to about a database that was restored or cloned.
fn of_a_copy(paused: &Paused) -> String {
    let (since, differs) = (paused.since, paused.in_short());
    format!(
        "reactors, jobs and letters wait since {since}, as this database was restored or cloned (another {differs}): run `leadflow resume`"
    )
}

/// What somebody should see to about letters. One that was given up is not among that: anybody may mistype an address.
fn of_letters(Standing { waiting, longest, .. }: Standing) -> Option<String> {
    (longest > LONG_UNSENT).then(|| {
        let minutes = longest.as_secs() / 60;
        format!("{waiting} letters wait to be sent, the first for {minutes} min: run `leadflow mail list --unsent`")
    })
}

/// `GET /health/live`: the process answers.
pub async fn live() -> &'static str {
    "live\n"
}

/// `GET /health/ready`: 200 once traffic is taken, else 503 with the reasons.
pub async fn ready(State(edge): State<Arc<Edge>>) -> (StatusCode, Json<Summary>) {
    let summary = edge.health.summary(edge.webhooks.refusals.counts()).await;
    let status = if summary.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(summary))
}

/// `GET /health`: the same, always with 200.
pub async fn summary(State(edge): State<Arc<Edge>>) -> Json<Summary> {
    Json(edge.health.summary(edge.webhooks.refusals.counts()).await)
}

#[cfg(test)]
mod tests {
    use leadflow_event_store::database::{Access, KeptPool, RowLevelSecurity, Worker};
    use leadflow_projections::TenantReads;
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_database_that_does_not_answer_is_a_problem_and_soon_told() {
        // It takes connections, and says nothing.
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let options = PgConnectOptions::new().host("127.0.0.1").port(silent.local_addr().unwrap().port());
        let pool = PgPoolOptions::new().connect_lazy_with(options);
        let worker = || Worker { login: "leadflow".to_owned(), role: "leadflow".to_owned() };
        let access = Access { reads: worker(), writes: worker(), row_level_security: RowLevelSecurity::On };
        let (tenants, callers) = (TenantReads::new(pool.clone()), KeptPool::alone(pool.clone()));
        let reads = Reads { tenants, others: pool.clone(), callers, access };
        let health = Health { pool, server: None, reads, patience: Duration::from_millis(20), copies_are_told: true };
        let told = health.summary(BTreeMap::new()).await;
        assert_eq!((told.ready, told.problems), (false, vec!["the database does not answer".to_owned()]));
        assert_eq!(told.row_level_security, "on", "as it was found at the start");
    }

    #[test]
    fn letters_that_wait_for_long_are_a_warning() {
        let waits = |seconds| Standing { waiting: 2, longest: Duration::from_secs(seconds), given_up: 1 };
        assert_eq!(of_letters(waits(900)), None);
        let told = of_letters(waits(1_260)).unwrap();
        assert_eq!(told, "2 letters wait to be sent, the first for 21 min: run `leadflow mail list --unsent`");
    }
}
