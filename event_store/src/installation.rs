//! What makes a database one installation: its key, encrypted under the operator's master key.

use sqlx::{PgPool, Postgres, Transaction};
use thiserror::Error;

use crate::keys::InstallationKey;
use crate::{Keys, MasterKey};

/// An installation whose key was opened with its master key.
#[derive(Debug)]
pub struct Installation {
    /// The keys derived from the installation's.
    pub keys: Keys,
}

/// Why an installation can't be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The database's key is encrypted under another master key.
    #[error("the master key is not the one this database is under: nothing personal could be read")]
    WrongMasterKey,
    /// The database did not answer.
    #[error("the installation's row can't be read")]
    Database(#[from] sqlx::Error),
}

impl Installation {
    /// Opens the installation behind `pool` with `master`; an empty database becomes one.
    ///
    /// # Errors
    /// [`OpenError::WrongMasterKey`], or the database's.
    pub async fn open(pool: &PgPool, master: &MasterKey) -> Result<Self, OpenError> {
        const KNOWN: &str = "select wrapped_key from installation";
        let known: Option<Vec<u8>> = sqlx::query_scalar(KNOWN).fetch_optional(pool).await?;
        let wrapped = match known {
            Some(wrapped) => wrapped,
            None => {
                // Another first start may be faster: what stands there counts.
                sqlx::query("insert into installation (wrapped_key) values ($1) on conflict do nothing")
                    .bind(InstallationKey::generate().wrap(master))
                    .execute(pool)
                    .await?;
                sqlx::query_scalar(KNOWN).fetch_one(pool).await?
            }
        };
        let key = InstallationKey::unwrap(master, &wrapped).map_err(|_| OpenError::WrongMasterKey)?;
        Ok(Self { keys: key.keys() })
    }

    /// Begins to put the installation under another master key: checks the `old` one, and keeps others from doing the
    /// same until [`Rotation::finish`]. Needs the owner's connection.
    ///
    /// # Errors
    /// [`OpenError::WrongMasterKey`] when `old` is not its master key, or the database's.
    pub async fn begin_rotation(owner: &PgPool, old: &MasterKey) -> Result<Rotation, OpenError> {
        let mut tx = owner.begin().await?;
        let wrapped: Vec<u8> =
            sqlx::query_scalar("select wrapped_key from installation for update").fetch_one(&mut *tx).await?;
        let key = InstallationKey::unwrap(old, &wrapped).map_err(|_| OpenError::WrongMasterKey)?;
        Ok(Rotation { tx, key })
    }
}

/// A change of the master key that has begun. Dropped, it has not happened.
#[derive(Debug)]
pub struct Rotation {
    tx: Transaction<'static, Postgres>,
    key: InstallationKey,
}

impl Rotation {
    /// Puts the installation under `new`, which must be safe by now. One row changes, at once and whole: processes that
    /// have the installation open work on, and the next to open it needs `new`.
    ///
    /// # Errors
    /// The database's. Whether it happened is then told by which key opens the installation.
    pub async fn finish(mut self, new: &MasterKey) -> Result<(), OpenError> {
        sqlx::query("update installation set wrapped_key = $1, rotated_at = clock_timestamp()")
            .bind(self.key.wrap(new))
            .execute(&mut *self.tx)
            .await?;
        self.tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use leadflow_domain::E164;

    use super::*;
    use crate::{database, testing};

    fn master(byte: u8) -> MasterKey {
        MasterKey::from_bytes([byte; 32])
    }

    #[tokio::test]
    async fn a_database_knows_its_master_key() {
        let pool = testing::pool().await;
        let open = async |byte| Installation::open(&pool, &master(byte)).await;
        assert!(open(1).await.is_ok());
        assert!(open(1).await.is_ok());
        assert!(matches!(open(2).await, Err(OpenError::WrongMasterKey)));
        assert!(open(1).await.is_ok());
    }

    #[tokio::test]
    async fn two_first_starts_agree_on_one_key() {
        let pool = testing::pool().await;
        let (one, other) = (master(1), master(1));
        let (one, other) = tokio::join!(Installation::open(&pool, &one), Installation::open(&pool, &other));
        let phone = E164::parse("+393331234567").unwrap();
        assert_eq!(one.unwrap().keys.phone_hash(&phone), other.unwrap().keys.phone_hash(&phone));
    }

    #[tokio::test]
    async fn another_master_key_opens_the_same_keys_and_the_old_one_nothing() {
        let owner = database::owner_pool(testing::database().await.connect_options());
        let phone = E164::parse("+393331234567").unwrap();
        let before = Installation::open(&owner, &master(1)).await.unwrap();
        let wrong = Installation::begin_rotation(&owner, &master(3)).await;
        assert!(matches!(wrong, Err(OpenError::WrongMasterKey)));
        drop(Installation::begin_rotation(&owner, &master(1)).await.unwrap());
        assert!(Installation::open(&owner, &master(1)).await.is_ok(), "what was not finished has not happened");
        Installation::begin_rotation(&owner, &master(1)).await.unwrap().finish(&master(2)).await.unwrap();
        let after = Installation::open(&owner, &master(2)).await.unwrap();
        assert_eq!(before.keys.phone_hash(&phone), after.keys.phone_hash(&phone));
        assert!(matches!(Installation::open(&owner, &master(1)).await, Err(OpenError::WrongMasterKey)));
    }
}
