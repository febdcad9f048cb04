//! The keys that access tokens are signed with: several at a time, so that one can follow another without anybody being
//! signed out.
//!
//! A new key is published some minutes before it signs. By then every process has read it, and none meets a token whose
//! key it does not know. The one before it is known until its last token has run out.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{self, EncodePrivateKey};
use jsonwebtoken::{DecodingKey, EncodingKey};
use leadflow_event_store::{BrokenSeal, Door, Keys, entropy};
use serde_json::{Value, json};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row};
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

use super::access_token;

/// How often a process reads which keys there are.
const READ_AGAIN: Duration = Duration::from_secs(60);

/// How long a key is published before it signs: every process has read it twice.
const LEAD: Duration = Duration::from_secs(2 * READ_AGAIN.as_secs());

/// How long a key is known once another signs. A process may sign with it until it reads again.
const KNOWN_FOR: Duration = Duration::from_secs(access_token::LIFETIME.as_secs() + 2 * READ_AGAIN.as_secs());

/// Why there are no keys.
#[derive(Debug, Error)]
pub enum SigningKeysError {
    /// The database did not answer.
    #[error("the signing keys can't be read")]
    Database(#[from] sqlx::Error),
    /// A row was tampered with, or is another installation's.
    #[error("a signing key can't be opened")]
    Sealed(#[from] BrokenSeal),
    /// Nothing of ours makes such a key.
    #[error("a signing key has no form that it can be used in")]
    Unusable(#[from] pkcs8::Error),
}

/// The keys of the installation, as this process read them last.
#[derive(Debug)]
pub struct SigningKeys {
    pool: PgPool,
    keys: Arc<Keys>,
    read: Mutex<Option<(Instant, Arc<Ring>)>>,
}

impl SigningKeys {
    /// Those behind `pool`. The first that asks for them makes one, where there is none.
    #[must_use]
    pub fn new(pool: PgPool, keys: Arc<Keys>) -> Self {
        Self { pool, keys, read: Mutex::default() }
    }

    /// The keys as they are now, give or take a minute.
    ///
    /// # Errors
    /// [`SigningKeysError`].
    pub async fn ring(&self) -> Result<Arc<Ring>, SigningKeysError> {
        let mut read = self.read.lock().await;
        if let Some((at, ring)) = read.as_ref()
            && at.elapsed() < READ_AGAIN
        {
            return Ok(Arc::clone(ring));
        }
        let ring = Arc::new(self.read().await?);
        *read = Some((Instant::now(), Arc::clone(&ring)));
        Ok(ring)
    }

    async fn read(&self) -> Result<Ring, SigningKeysError> {
        if let Some(ring) = self.known().await? {
            return Ok(ring);
        }
        let mut tx = self.pool.begin().await?;
        // Two first starts agree on one key.
        sqlx::query("select pg_advisory_xact_lock(7235421, 4)").execute(&mut *tx).await?;
        if is_first(&mut tx).await? {
            make(&mut tx, &self.keys, Duration::ZERO).await?;
        }
        tx.commit().await?;
        self.known().await?.ok_or(SigningKeysError::Database(sqlx::Error::RowNotFound))
    }

    /// Those that there are; none before the first may sign.
    async fn known(&self) -> Result<Option<Ring>, SigningKeysError> {
        let rows = sqlx::query(
            "select kid, public_key, private_key, signs_from <= clock_timestamp() as signs from signing_keys k \
             where not exists (select from signing_keys later \
                               where later.signs_from > k.signs_from and later.signs_from < clock_timestamp() - $1) \
             order by signs_from desc, kid",
        )
        .bind(KNOWN_FOR)
        .fetch_all(&self.pool)
        .await?;
        let known = rows.iter().map(Known::of).collect::<Result<_, _>>()?;
        for row in &rows {
            if row.try_get("signs")? {
                return Ok(Some(Ring { signer: Signer::of(row, &self.keys)?, known }));
            }
        }
        Ok(None)
    }
}

/// Publishes a new key, and says when it takes over.
///
/// # Errors
/// The database's, or that a key can't be made.
pub async fn rotate(pool: &PgPool, keys: &Keys) -> Result<Rotated, SigningKeysError> {
    let mut tx = pool.begin().await?;
    sqlx::query("select pg_advisory_xact_lock(7235421, 4)").execute(&mut *tx).await?;
    // Before the first there is none that could sign meanwhile.
    let lead = if is_first(&mut tx).await? { Duration::ZERO } else { LEAD };
    let rotated = make(&mut tx, keys, lead).await?;
    tx.commit().await?;
    Ok(rotated)
}

/// Deletes the keys that nothing is checked with any more.
pub(super) async fn forget_old(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query(
        "delete from signing_keys k where exists (select from signing_keys later \
         where later.signs_from > k.signs_from and later.signs_from < clock_timestamp() - $1)",
    )
    .bind(2 * KNOWN_FOR)
    .execute(pool)
    .await?;
    Ok(())
}

/// A key that was just made.
#[derive(Debug, Clone, Copy)]
pub struct Rotated {
    /// Its id.
    pub kid: Uuid,
    /// From when on it signs.
    pub signs_from: jiff::Timestamp,
}

async fn is_first(tx: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select not exists (select from signing_keys)").fetch_one(tx).await
}

async fn make(tx: &mut PgConnection, keys: &Keys, lead: Duration) -> Result<Rotated, SigningKeysError> {
    let (kid, key) = (entropy::uuid(), SigningKey::from_bytes(&entropy::bytes()));
    let signs_from: jiff_sqlx::Timestamp = sqlx::query_scalar(
        "insert into signing_keys (kid, public_key, private_key, signs_from) \
         values ($1, $2, $3, clock_timestamp() + $4) returning signs_from",
    )
    .bind(kid)
    .bind(key.verifying_key().as_bytes().as_slice())
    .bind(keys.seal_door(Door::SigningKey, kid, key.as_bytes()))
    .bind(lead)
    .fetch_one(tx)
    .await?;
    Ok(Rotated { kid, signs_from: signs_from.to_jiff() })
}

/// The keys at one moment.
#[derive(Debug)]
pub struct Ring {
    signer: Signer,
    known: Vec<Known>,
}

impl Ring {
    /// What signs.
    pub(super) fn signer(&self) -> &Signer {
        &self.signer
    }

    /// What a token that names `kid` is checked with.
    pub(super) fn find(&self, kid: &str) -> Option<&DecodingKey> {
        self.known.iter().find(|known| known.kid == kid).map(|known| &known.key)
    }

    /// As RFC 7517 and 8037 have it.
    #[must_use]
    pub fn jwks(&self) -> Value {
        let keys = self.known.iter().map(|Known { kid, public, .. }| {
            json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": public })
        });
        json!({ "keys": keys.collect::<Vec<_>>() })
    }
}

/// The key that signs.
pub(super) struct Signer {
    pub(super) kid: String,
    pub(super) key: EncodingKey,
}

impl Signer {
    fn of(row: &PgRow, keys: &Keys) -> Result<Self, SigningKeysError> {
        let kid: Uuid = row.try_get("kid")?;
        let secret = keys.open_door(Door::SigningKey, kid, row.try_get("private_key")?)?;
        let secret = <[u8; 32]>::try_from(secret).map_err(|_| BrokenSeal)?;
        let document = SigningKey::from_bytes(&secret).to_pkcs8_der()?;
        Ok(Self { kid: kid.to_string(), key: EncodingKey::from_ed_der(document.as_bytes()) })
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// A key that tokens are checked with.
#[derive(Debug)]
struct Known {
    kid: String,
    key: DecodingKey,
    /// In base64.
    public: String,
}

impl Known {
    fn of(row: &PgRow) -> Result<Self, sqlx::Error> {
        let (kid, public): (Uuid, &[u8]) = (row.try_get("kid")?, row.try_get("public_key")?);
        Ok(Self { kid: kid.to_string(), key: DecodingKey::from_ed_der(public), public: URL_SAFE_NO_PAD.encode(public) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use leadflow_event_store::testing;

    use super::*;

    fn signing_keys(pool: &PgPool) -> SigningKeys {
        SigningKeys::new(pool.clone(), testing::keys())
    }

    fn kids(ring: &Ring) -> BTreeSet<String> {
        ring.known.iter().map(|known| known.kid.clone()).collect()
    }

    /// As if all that happened had happened so long before.
    async fn let_pass(pool: &PgPool, time: Duration) {
        sqlx::query("update signing_keys set signs_from = signs_from - $1").bind(time).execute(pool).await.unwrap();
    }

    #[tokio::test]
    async fn two_first_starts_agree_on_one_key() {
        let pool = testing::pool().await;
        let (one, other) = (signing_keys(&pool), signing_keys(&pool));
        let (one, other) = tokio::join!(one.ring(), other.ring());
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!(one.signer.kid, other.signer.kid);
        assert_eq!(kids(&one).len(), 1);
    }

    #[tokio::test]
    async fn a_new_key_is_known_before_it_signs_and_the_old_one_until_its_last_token_has_run_out() {
        let pool = testing::pool().await;
        let old = signing_keys(&pool).ring().await.unwrap();
        let new = rotate(&pool, &testing::keys()).await.unwrap();
        let both = BTreeSet::from([old.signer.kid.clone(), new.kid.to_string()]);
        let published = signing_keys(&pool).ring().await.unwrap();
        assert_eq!((&published.signer.kid, kids(&published)), (&old.signer.kid, both.clone()));
        let_pass(&pool, LEAD).await;
        let over = signing_keys(&pool).ring().await.unwrap();
        assert_eq!((&over.signer.kid, kids(&over)), (&new.kid.to_string(), both));
        let_pass(&pool, KNOWN_FOR).await;
        let alone = signing_keys(&pool).ring().await.unwrap();
        assert_eq!(kids(&alone), BTreeSet::from([new.kid.to_string()]));
        forget_old(&pool).await.unwrap();
        let_pass(&pool, KNOWN_FOR).await;
        forget_old(&pool).await.unwrap();
        let left: Vec<Uuid> = sqlx::query_scalar("select kid from signing_keys").fetch_all(&pool).await.unwrap();
        assert_eq!(left, [new.kid]);
    }

    #[tokio::test]
    async fn what_is_rotated_before_there_is_any_signs_at_once() {
        let pool = testing::pool().await;
        let first = rotate(&pool, &testing::keys()).await.unwrap();
        assert_eq!(signing_keys(&pool).ring().await.unwrap().signer.kid, first.kid.to_string());
    }

    #[tokio::test]
    async fn what_is_published_is_public() {
        let pool = testing::pool().await;
        let ring = signing_keys(&pool).ring().await.unwrap();
        let jwks = ring.jwks();
        let key = jwks["keys"][0].as_object().unwrap();
        let names: Vec<_> = key.keys().map(String::as_str).collect();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"], "and no `d`");
        assert_eq!(
            (&key["kty"], &key["crv"], &key["kid"]),
            (&json!("OKP"), &json!("Ed25519"), &json!(ring.signer.kid))
        );
        let sealed: Vec<u8> =
            sqlx::query_scalar("select private_key from signing_keys").fetch_one(&pool).await.unwrap();
        assert!(!format!("{ring:?}").contains(&hex::encode(sealed)) && format!("{:?}", ring.signer).ends_with(".. }"));
    }
}
