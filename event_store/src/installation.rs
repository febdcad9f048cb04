//! What makes a database one installation: its master key.

use sqlx::PgPool;
use thiserror::Error;

use crate::{Keys, MasterKey};

/// An installation whose master key was checked against its database.
#[derive(Debug)]
pub struct Installation {
    /// The keys derived from its master key.
    pub keys: Keys,
}

/// Why an installation can't be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The database knows another master key.
    #[error(
        "the master key is not the one this database was set up with: identifiers could not be matched. \
         Give the right LEADFLOW_MASTER_KEY"
    )]
    WrongMasterKey,
    /// The database did not answer.
    #[error("the installation's row can't be read")]
    Database(#[from] sqlx::Error),
}

impl Installation {
    /// Checks `master` against the database behind `pool`; an empty database takes it as its own.
    ///
    /// # Errors
    /// [`OpenError::WrongMasterKey`], or the database's.
    pub async fn open(pool: &PgPool, master: &MasterKey) -> Result<Self, OpenError> {
        let keys = Keys::derive(master);
        sqlx::query("insert into installation (master_key_check) values ($1) on conflict do nothing")
            .bind(keys.check_value().as_slice())
            .execute(pool)
            .await?;
        let known: Vec<u8> = sqlx::query_scalar("select master_key_check from installation").fetch_one(pool).await?;
        if known == keys.check_value() { Ok(Self { keys }) } else { Err(OpenError::WrongMasterKey) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_knows_its_master_key() {
        let pool = crate::testing::pool().await;
        let open = async |byte| Installation::open(&pool, &MasterKey::from_bytes([byte; 32])).await;
        assert!(open(1).await.is_ok());
        assert!(open(1).await.is_ok());
        assert!(matches!(open(2).await, Err(OpenError::WrongMasterKey)));
        assert!(open(1).await.is_ok());
    }
}
