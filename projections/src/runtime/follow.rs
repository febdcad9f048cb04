//! How followers learn that there is something new. Each way is a hint only: polling is the floor, and what is read is
//! complete without any of them.

use std::time::Duration;

use leadflow_event_store::LogReader;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often the log is looked at when nobody calls.
const POLL: Duration = Duration::from_millis(200);

/// What a consumer of the log needs to follow it.
#[derive(Debug, Clone)]
pub struct Follow {
    /// Reads the log.
    pub reader: LogReader,
    /// Wakes when somebody has appended.
    pub head: watch::Receiver<i64>,
    /// Ends the following.
    pub stop: CancellationToken,
}

impl Follow {
    /// Returns when there may be something new, or it is time to look, and never before `earliest`. False when it is
    /// time to stop.
    pub async fn something_new(&mut self, earliest: Instant) -> bool {
        let goes_on = tokio::select! {
            () = self.stop.cancelled() => false,
            changed = self.head.changed() => {
                if changed.is_err() {
                    // Whoever called is gone; only polling is left.
                    tokio::time::sleep(POLL).await;
                }
                true
            }
            () = tokio::time::sleep(POLL) => true,
        };
        let goes_on = goes_on && self.pause(earliest.saturating_duration_since(Instant::now())).await;
        // What was called of until here is read now.
        self.head.mark_unchanged();
        goes_on
    }

    /// Waits for `time`. False when it is time to stop.
    pub async fn pause(&self, time: Duration) -> bool {
        tokio::time::timeout(time, self.stop.cancelled()).await.is_err()
    }
}

/// The channel on which processes tell each other that they have appended.
const CHANNEL: &str = "leadflow_head";

/// Least time between two calls of one process: a call that is told within a commit of its own costs all others.
const BETWEEN_CALLS: Duration = Duration::from_millis(20);

/// How long to wait before the database is asked again to pass calls on.
const AGAIN: Duration = Duration::from_secs(1);

/// Tells other processes when this one has appended, and this one's followers when any has.
#[derive(Debug)]
pub struct Bell {
    pool: PgPool,
    appended: watch::Receiver<i64>,
    head: watch::Sender<i64>,
    stop: CancellationToken,
}

impl Bell {
    /// For a process whose own appends show in `appended`. The receiver wakes at its own and at others'.
    #[must_use]
    pub fn new(pool: PgPool, appended: watch::Receiver<i64>, stop: CancellationToken) -> (Self, watch::Receiver<i64>) {
        let (head, told) = watch::channel(0);
        (Self { pool, appended, head, stop }, told)
    }

    /// Rings until the process stops.
    pub async fn run(self) {
        let stop = self.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            ((), (), ()) = async { tokio::join!(self.pass_on_here(), self.call_others(), self.hear_others()) } => {}
        }
    }

    async fn pass_on_here(&self) {
        let mut appended = self.appended.clone();
        while appended.changed().await.is_ok() {
            let position = *appended.borrow_and_update();
            self.tell(position);
        }
    }

    /// Others may have been heard of already that have appended since.
    fn tell(&self, position: i64) {
        self.head.send_if_modified(|known| {
            let is_new = position > *known;
            *known = (*known).max(position);
            is_new
        });
    }

    async fn call_others(&self) {
        let mut appended = self.appended.clone();
        while appended.changed().await.is_ok() {
            let position = *appended.borrow_and_update();
            // What is lost here, others see when they look.
            let _ = sqlx::query("select pg_notify($1, $2)")
                .bind(CHANNEL)
                .bind(position.to_string())
                .execute(&self.pool)
                .await;
            tokio::time::sleep(BETWEEN_CALLS).await;
        }
    }

    async fn hear_others(&self) {
        loop {
            if let Err(error) = self.listen().await {
                tracing::debug!(error = %error, "log.bell: other processes can't be heard now; polling goes on");
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn listen(&self) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(CHANNEL).await?;
        loop {
            let called = listener.recv().await?;
            if let Ok(position) = called.payload().parse() {
                self.tell(position);
            }
        }
    }
}
