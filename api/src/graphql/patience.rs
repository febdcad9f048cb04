//! How long one request waits for the read models.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use leadflow_domain::TenantId;
use leadflow_projections::{Definition, Freshness, wait_until};
use tokio::time::Instant;

use super::api::Shared;
use super::command::lagging;

/// What a request may still spend on waiting. All its mutations and its `minPosition` share it: each with its own, many of
/// them would outlast the operation's time, and be given up instead of told that they are done.
#[derive(Debug, Clone)]
pub(super) struct Patience {
    left: Arc<Mutex<Duration>>,
    /// Of what is parked she is told what is hers; who has none is told of all.
    tenant: Option<TenantId>,
}

impl Patience {
    /// Waits no longer than `in_all`, for what somebody of `tenant` asks, or an operator.
    pub(super) fn of(in_all: Duration, tenant: Option<TenantId>) -> Self {
        Self { left: Arc::new(Mutex::new(in_all)), tenant }
    }

    /// Waits for all of `models` to show `position`; how the one that is furthest from it stands. What fails is as good as
    /// lagging.
    pub(super) async fn shows(&self, api: &Shared, models: &[&Definition], position: i64) -> Freshness {
        let (begun, left) = (Instant::now(), self.left());
        let waits =
            models.iter().map(|model| wait_until(&api.pool, &api.progress, model, (self.tenant, position), left));
        let found = join_all(waits).await.into_iter().map(|found| found.unwrap_or_else(|error| lagging(&error)));
        let freshness = found.max_by_key(|freshness| badness(*freshness)).unwrap_or(Freshness::Current);
        self.spend(begun.elapsed());
        freshness
    }

    fn left(&self) -> Duration {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spend(&self, waited: Duration) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.saturating_sub(waited);
    }
}

fn badness(freshness: Freshness) -> u8 {
    match freshness {
        Freshness::Current => 0,
        Freshness::Lagging => 1,
        Freshness::Parked => 2,
        Freshness::Stopped => 3,
    }
}
