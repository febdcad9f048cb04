//! Where files are taken in: so many at once, and of each business fewer, so that none keeps the others out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use leadflow_domain::TenantId;
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::files::Files;

/// Files that a process takes in at once: each holds some 2 MiB.
const AT_ONCE: usize = 8;

/// Files of one business among these.
pub(super) const OF_A_BUSINESS: usize = 2;

/// What takes files in.
#[derive(Debug)]
pub struct Desk {
    /// Where they go.
    pub files: Arc<Files>,
    places: Arc<Semaphore>,
    coming: Arc<Mutex<HashMap<TenantId, usize>>>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum NoPlace {
    /// The business has all that it may have.
    #[error("{OF_A_BUSINESS} files of the business are coming already: bring it when one of them is there")]
    OfTheBusiness,
    /// All are taken.
    #[error("too many files are coming at once: bring it again in a minute")]
    AtAll,
}

/// A place for a file, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    tenant: TenantId,
    coming: Arc<Mutex<HashMap<TenantId, usize>>>,
    _place: OwnedSemaphorePermit,
}

impl Desk {
    /// Takes files into `files`.
    #[must_use]
    pub fn new(files: Arc<Files>) -> Self {
        Self { files, places: Arc::new(Semaphore::new(AT_ONCE)), coming: Arc::default() }
    }

    /// A place for a file of a business.
    ///
    /// # Errors
    /// [`NoPlace`].
    pub(crate) fn place(&self, tenant: TenantId) -> Result<Place, NoPlace> {
        let mut coming = self.coming.lock().unwrap_or_else(PoisonError::into_inner);
        let of_it = coming.get(&tenant).copied().unwrap_or_default();
        if of_it >= OF_A_BUSINESS {
            return Err(NoPlace::OfTheBusiness);
        }
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| NoPlace::AtAll)?;
        coming.insert(tenant, of_it + 1);
        Ok(Place { tenant, coming: Arc::clone(&self.coming), _place: place })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut coming = self.coming.lock().unwrap_or_else(PoisonError::into_inner);
        match coming.get(&self.tenant).copied() {
            Some(of_it) if of_it > 1 => coming.insert(self.tenant, of_it - 1),
            _ => coming.remove(&self.tenant),
        };
    }
}

#[cfg(test)]
mod tests {
    use leadflow_event_store::testing::keys;
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
    use uuid::Uuid;

    use super::*;

    fn tenant(number: usize) -> TenantId {
        TenantId::from_uuid(Uuid::from_u128(number as u128))
    }

    #[tokio::test]
    async fn a_business_has_its_share_of_the_places_and_no_more() {
        let nowhere = PgPoolOptions::new().connect_lazy_with(PgConnectOptions::new().host("/nowhere"));
        let desk = Desk::new(Arc::new(Files::new(nowhere, keys())));
        let mut hers: Vec<Place> = (0..OF_A_BUSINESS).map(|_| desk.place(tenant(0)).unwrap()).collect();
        assert_eq!(desk.place(tenant(0)).unwrap_err(), NoPlace::OfTheBusiness);
        let others: Vec<Place> = (OF_A_BUSINESS..AT_ONCE).map(|nth| desk.place(tenant(nth)).unwrap()).collect();
        assert_eq!(desk.place(tenant(99)).unwrap_err(), NoPlace::AtAll);
        hers.pop();
        assert!(desk.place(tenant(0)).is_ok(), "one of hers is there");
        drop((hers, others));
        assert!(desk.coming.lock().unwrap().is_empty(), "nothing is kept of who is gone");
    }
}
