//! How the API reads: under a role, or with a login, that row-level security holds to one tenant.

use anyhow::{Context, bail};
use leadflow_event_store::database::{self, Access, RowLevelSecurity};
use leadflow_projections::{TenantReads, schemas};

use crate::storage::Storage;

/// The way to tenants' rows, and how it is held.
pub struct Reads {
    /// Reads for a tenant.
    pub tenants: TenantReads,
    /// Who reads, and whether row-level security held at the start.
    pub access: Access,
}

/// Of a serving process's `connections`, those for the API's reads. A read is short; work behind the door holds its
/// connection while it waits for the log.
#[must_use]
pub fn share(connections: u32) -> u32 {
    (connections / 3).max(1)
}

impl Reads {
    /// Asks the database who may read how, and opens what is found for at most `connections`.
    ///
    /// # Errors
    /// When a login does not reach the database.
    pub async fn open(storage: &Storage, connections: u32) -> anyhow::Result<Self> {
        let (pool, access) = database::api_pool(&storage.logins(), &schemas(), connections).await.context(
            if storage.logins().api.is_some() {
                "the database can't be reached with DATABASE_URL or LEADFLOW_API_DATABASE_URL"
            } else {
                "the database can't be reached"
            },
        )?;
        Ok(Self { tenants: TenantReads::new(pool), access })
    }

    /// As [`Self::open`], for serving.
    ///
    /// # Errors
    /// When a login was given for the API's reads and row-level security does not hold it: that is what it is for.
    pub async fn for_serving(storage: &Storage, connections: u32) -> anyhow::Result<Self> {
        let reads = Self::open(storage, connections).await?;
        if let RowLevelSecurity::Off { advice } = &reads.access.row_level_security {
            if storage.logins().api.is_some() {
                let login = &reads.access.reads.login;
                bail!("row-level security does not hold {login}, the login of LEADFLOW_API_DATABASE_URL: {advice}");
            }
            tracing::warn!("serve.start: row-level security is off: {advice}");
        }
        Ok(reads)
    }

    /// Whether row-level security holds now, and what to do if not. Without an answer, what was found at the start.
    pub async fn row_level_security(&self) -> RowLevelSecurity {
        match (database::is_walled(self.tenants.pool(), &schemas()).await, &self.access.row_level_security) {
            (Ok(true), _) => RowLevelSecurity::On,
            (Ok(false), RowLevelSecurity::On) => RowLevelSecurity::Off {
                advice: "it held at the start, and was taken away since; ask `leadflow db access`".to_owned(),
            },
            (Ok(false) | Err(_), at_start) => at_start.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_keep_enough_for_two_claims_and_an_append() {
        for connections in 4..=500 {
            let reads = share(connections);
            assert!(reads >= 1 && connections - reads >= 3, "{connections}");
        }
    }
}
