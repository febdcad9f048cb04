//! Turns of a batch's conversations, shared between its tenants: who writes much leaves room for everybody else.

use std::collections::HashMap;

use leadflow_domain::TenantId;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Conversations of a batch that are worked on at once: enough for full commits.
const AT_ONCE: usize = 128;

/// What a tenant has of them at least, as they become free in the order of asking.
const LEAST: usize = 8;

/// The turns of a batch.
pub(super) struct Turns {
    all: Semaphore,
    each: HashMap<TenantId, Semaphore>,
}

/// A turn; it ends when it is dropped.
pub(super) struct Turn<'a> {
    _all: Option<SemaphorePermit<'a>>,
    _own: Option<SemaphorePermit<'a>>,
}

impl Turns {
    /// Shares them between `tenants`.
    pub(super) fn between(tenants: impl Iterator<Item = TenantId>) -> Self {
        let tenants: std::collections::HashSet<TenantId> = tenants.collect();
        let share = (AT_ONCE / tenants.len().max(1)).max(LEAST);
        let each = tenants.into_iter().map(|tenant| (tenant, Semaphore::new(share))).collect();
        Self { all: Semaphore::new(AT_ONCE), each }
    }

    /// Waits for one of `tenant`'s.
    pub(super) async fn take(&self, tenant: TenantId) -> Turn<'_> {
        // Nobody closes a semaphore. Its own first: whoever waits for that holds none of all.
        let own = match self.each.get(&tenant) {
            Some(own) => own.acquire().await.ok(),
            None => None,
        };
        Turn { _own: own, _all: self.all.acquire().await.ok() }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use uuid::Uuid;

    use super::*;

    fn tenant(number: u128) -> TenantId {
        TenantId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn who_asks_for_a_thousand_leaves_the_other_her_half() {
        let turns = Turns::between([tenant(1), tenant(2), tenant(1)].into_iter());
        let many: Vec<_> = (0..1_000).map_while(|_| turns.take(tenant(1)).now_or_never()).collect();
        assert_eq!(many.len(), 64);
        let hers: Vec<_> = (0..1_000).map_while(|_| turns.take(tenant(2)).now_or_never()).collect();
        assert_eq!(hers.len(), 64);
        drop(many);
        assert!(turns.take(tenant(1)).now_or_never().is_some());
    }

    #[test]
    fn who_is_alone_has_them_all_and_a_crowd_has_no_more_than_there_are() {
        let turns = Turns::between([tenant(1)].into_iter());
        assert_eq!((0..1_000).map_while(|_| turns.take(tenant(1)).now_or_never()).collect::<Vec<_>>().len(), 128);
        let turns = Turns::between((0..100).map(tenant));
        let all: Vec<_> = (0..800).filter_map(|nth| turns.take(tenant(nth % 100)).now_or_never()).collect();
        assert_eq!(all.len(), 128);
    }
}
