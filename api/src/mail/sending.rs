//! Sends the letters that are due. Several may run.
//!
//! A letter leaves at least once. Whether one whose answer was lost has left, nobody knows, so it is sent again: under the
//! same id, by which a mail service knows it, and most mailboxes do.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use leadflow_event_store::Keys;
use leadflow_gateways::email::{Failure, PATIENCE};
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::outbox::{self, ATTEMPTS, Claimed, Outcome};
use super::post::Post;

/// How often it is looked at: somebody waits for her letter.
const LOOK: Duration = Duration::from_secs(1);

/// How soon it is looked at again when the database did not answer.
const LATER: Duration = Duration::from_secs(10);

/// How often letters are looked for whose end is long ago.
const HOURLY: Duration = Duration::from_secs(3_600);

/// Letters that one process sends at once.
const AT_ONCE: i64 = 8;

/// For how long a letter is one process's: longer than it may take.
const CLAIM: Duration = PATIENCE.saturating_mul(2);

/// Sends letters.
pub struct SendLetters {
    pool: PgPool,
    keys: Arc<Keys>,
    post: Post,
    paused: watch::Receiver<bool>,
    stop: CancellationToken,
}

impl SendLetters {
    /// Sends by `post` what waits in `pool`, until `stop`. While `paused` nothing leaves.
    #[must_use]
    pub fn new(
        pool: PgPool,
        keys: Arc<Keys>,
        post: Post,
        paused: watch::Receiver<bool>,
        stop: CancellationToken,
    ) -> Self {
        Self { pool, keys, post, paused, stop }
    }

    /// Runs until the process stops; letters that were begun are finished.
    pub async fn run(self) {
        let mut forget = Instant::now();
        loop {
            let mut pause = match self.round().await {
                Ok(()) => LOOK,
                Err(error) => {
                    tracing::warn!(error = %error, "mail.send: could not be finished, and is tried again");
                    LATER
                }
            };
            if forget <= Instant::now() {
                match outbox::forget(&self.pool).await {
                    Ok(()) => forget = Instant::now() + HOURLY,
                    Err(error) => {
                        tracing::warn!(error = %error, "mail.forget: could not be finished, and is tried again");
                        pause = LATER;
                    }
                }
            }
            if tokio::time::timeout(pause, self.stop.cancelled()).await.is_ok() {
                return;
            }
        }
    }

    /// Sends all that is due. What can't be sent holds up nothing else.
    pub(super) async fn round(&self) -> Result<(), sqlx::Error> {
        while !self.stop.is_cancelled() && !*self.paused.borrow() {
            let claimed = outbox::claim(&self.pool, AT_ONCE, CLAIM).await?;
            if claimed.is_empty() {
                break;
            }
            join_all(claimed.iter().map(|letter| self.send(letter))).await.into_iter().collect::<Result<(), _>>()?;
        }
        Ok(())
    }

    async fn send(&self, letter: &Claimed) -> Result<(), sqlx::Error> {
        let sent = match self.post.written(&self.keys, letter.id, &letter.sealed, letter.created_at) {
            Ok(email) => self.post.send(&email).await,
            Err(failure) => Err(failure),
        };
        let outcome = outcome(letter.attempt, sent);
        let (id, attempt) = (letter.id, letter.attempt);
        match &outcome {
            Outcome::Sent => tracing::info!(letter = %id, attempt, "mail.send: letter {id} was sent"),
            Outcome::Failed { reason, .. } => {
                tracing::warn!(letter = %id, attempt, "mail.send: letter {id} is tried again later: {reason}");
            }
            Outcome::GivenUp { reason } => {
                tracing::error!(letter = %id, attempt, "mail.send: letter {id} is given up: {reason}");
            }
        }
        outbox::note(&self.pool, letter, &outcome).await
    }
}

/// What follows from an attempt. Who is refused, whatever the letter, waits for an operator as for a server that is away.
fn outcome(attempt: i32, sent: Result<(), Failure>) -> Outcome {
    match sent {
        Ok(()) => Outcome::Sent,
        Err(Failure::Never { reason }) => Outcome::GivenUp { reason },
        Err(Failure::Later { reason, .. } | Failure::Refused { reason }) if attempt >= ATTEMPTS => {
            Outcome::GivenUp { reason }
        }
        Err(Failure::Later { reason, after }) => Outcome::Failed { reason, after },
        Err(Failure::Refused { reason }) => Outcome::Failed { reason, after: None },
    }
}
