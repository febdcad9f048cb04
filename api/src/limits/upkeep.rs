//! What limits need as time goes by: shares that nobody spends go back, and full buckets are deleted.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::Limits;

/// How often.
const ROUND: Duration = Duration::from_secs(15);

impl Limits {
    /// Keeps them in order until `stop`, and gives back then what this process has. Several may run.
    pub async fn keep(self, stop: CancellationToken) {
        loop {
            let stops = tokio::time::timeout(ROUND, stop.cancelled()).await.is_ok();
            if let Err(error) = self.round(stops).await {
                // Tokens come back with time, and rows with the next round.
                tracing::warn!(error = %error, "limits.upkeep: could not be finished");
            }
            if stops {
                return;
            }
        }
    }

    pub(super) async fn round(&self, stops: bool) -> Result<(), sqlx::Error> {
        let unspent: BTreeMap<_, _> = self.counting.purses().forget(stops, Instant::now()).into_iter().collect();
        if !unspent.is_empty() {
            self.counting.shared.put_back(&unspent).await?;
        }
        self.counting.shared.delete_full().await
    }
}
