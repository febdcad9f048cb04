//! What the doors of external sources go by. The log says which token and which secret count, and from where it may be posted; what a
//! door needs of that stands in a row, and is written anew from the log after each change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use leadflow_domain::source::{Network, Networks, Source};
use leadflow_domain::{CredentialId, SourceId, TenantId};
use leadflow_event_store::{Keys, LogReader, ReadError, entropy};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use subtle::ConstantTimeEq;
use thiserror::Error;
use uuid::Uuid;

use crate::auth::secret_token;
use crate::provider_credentials::{self, CredentialUnread};

/// Marks tokens, so that a leaked one can be recognised.
const TOKEN: &str = "lfx_";

/// Marks secrets likewise.
const SECRET: &str = "lfs_";

/// What a token is compared with where there is no source. It is no token's hash that anybody could find.
const NOBODYS: [u8; 32] = [0; 32];

/// Between two notes that something was refused at one door.
const QUIET: Duration = Duration::from_secs(10);

/// The doors of external sources. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ExternalDoors {
    /// Asks, with statements of bounded time.
    reads: PgPool,
    /// Writes.
    pool: PgPool,
    keys: Arc<Keys>,
    log: LogReader,
    /// When this process has noted last that something was refused.
    noted: Arc<Mutex<HashMap<SourceId, Instant>>>,
}

/// A token that was just made. It opens its door once the log says that it counts.
#[derive(Debug)]
pub struct NewToken {
    /// Which.
    pub id: CredentialId,
    /// What programs show. It is shown this once.
    pub text: SecretString,
}

/// A secret that was just made. What is posted is signed with it once the log says that it counts.
#[derive(Debug)]
pub struct NewSecret {
    /// Which.
    pub id: CredentialId,
    /// What programs sign with. It is shown this once.
    pub text: SecretString,
}

/// What a door goes by.
#[derive(Debug)]
pub struct Door {
    networks: Networks,
    secret: Option<Vec<u8>>,
    now: i64,
}

/// What a token opens.
#[derive(Debug)]
pub enum Opens {
    /// This door.
    Door(Door),
    /// The door of a source that is closed.
    Closed,
    /// None: there is no such source, or it has another token.
    Nothing,
}

/// Why a door can't be told, or asked.
#[derive(Debug, Error)]
pub enum Untold {
    /// The database's.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The log's.
    #[error("the source can't be read from the log")]
    Log(#[from] ReadError),
    /// The secret that counts is not there.
    #[error("the secret that what is posted is signed with can't be had")]
    NoSecret,
    /// It is there, and does not open: telling the door anew changes nothing of that.
    #[error("the secret that what is posted is signed with does not open")]
    Unopened,
}

impl ExternalDoors {
    /// Asks through `reads` and writes through `pool`; `log` says what counts.
    #[must_use]
    pub fn new(reads: PgPool, pool: PgPool, keys: Arc<Keys>, log: LogReader) -> Self {
        Self { reads, pool, keys, log, noted: Arc::default() }
    }

    /// Makes what programs are to show at `source`.
    ///
    /// # Errors
    /// The database's.
    pub async fn make_token(&self, source: SourceId) -> Result<NewToken, sqlx::Error> {
        let (id, text) = (CredentialId::from_uuid(entropy::uuid()), secret_token::new(TOKEN));
        sqlx::query("insert into external_tokens (token_id, source_id, token_hash) values ($1, $2, $3)")
            .bind(id.as_uuid())
            .bind(source.as_uuid())
            .bind(secret_token::hash(&text))
            .execute(&self.pool)
            .await?;
        Ok(NewToken { id, text })
    }

    /// It did not come to count.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_token(&self, token: &NewToken) -> Result<(), sqlx::Error> {
        let sql = "delete from external_tokens where token_id = $1";
        sqlx::query(sql).bind(token.id.as_uuid()).execute(&self.pool).await?;
        Ok(())
    }

    /// Makes what programs are to sign with at `source`.
    ///
    /// # Errors
    /// The database's.
    pub async fn make_secret(&self, tenant: TenantId, source: SourceId) -> Result<NewSecret, sqlx::Error> {
        let text = secret_token::new(SECRET);
        let of = (tenant, source.into());
        let id = provider_credentials::keep(&self.pool, &self.keys, of, text.expose_secret()).await?;
        Ok(NewSecret { id, text })
    }

    /// It did not come to count.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_secret(&self, secret: &NewSecret) -> Result<(), sqlx::Error> {
        provider_credentials::destroy(&mut *self.pool.acquire().await?, &[secret.id]).await
    }

    /// The door goes by what the log says of the source. Of two who tell it at once the later finds what both have told.
    ///
    /// # Errors
    /// [`Untold`].
    pub async fn tell(&self, source: SourceId) -> Result<(), Untold> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("select pg_advisory_xact_lock(hashtextextended('external_doors ' || $1, 0))")
            .bind(source.to_string())
            .execute(&mut *tx)
            .await?;
        let loaded = self.log.load::<Source>(source.into()).await?;
        let Some((token, tenant)) = loaded.state.token().zip(loaded.tenant) else { return Ok(()) };
        sqlx::query(
            "insert into external_doors as d (source_id, tenant_id, token_id, credential_id, networks, closed_at) \
             values ($1, $2, $3, $4, $5, case when $6 then null else clock_timestamp() end) \
             on conflict (source_id) do update set token_id = excluded.token_id, credential_id = excluded.credential_id, \
                 networks = excluded.networks, \
                 closed_at = case when $6 then null else coalesce(d.closed_at, excluded.closed_at) end",
        )
        .bind(source.as_uuid())
        .bind(tenant.as_uuid())
        .bind(token.as_uuid())
        .bind(loaded.state.credential().map(CredentialId::as_uuid))
        .bind(loaded.state.networks().iter().map(ToString::to_string).collect::<Vec<_>>())
        .bind(loaded.state.is_open())
        .execute(&mut *tx)
        .await?;
        // Younger ones may be about to count.
        sqlx::query(
            "delete from external_tokens where source_id = $1 and token_id <> $2 \
               and created_at < clock_timestamp() - interval '1 hour'",
        )
        .bind(source.as_uuid())
        .bind(token.as_uuid())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// What `token` opens at `source`. Of a source that there is not, the same is asked and compared as of one that there is, so that a
    /// stranger can't tell one from the other.
    pub(super) async fn shown(&self, source: SourceId, token: &[u8]) -> Result<Opens, Untold> {
        match self.asked(source, token).await {
            // Another one counts since, and whoever said so did not come to tell the door.
            Err(Untold::NoSecret) => {
                self.tell(source).await?;
                self.asked(source, token).await
            }
            asked => asked,
        }
    }

    async fn asked(&self, source: SourceId, token: &[u8]) -> Result<Opens, Untold> {
        // It was none of ours, whatever the source is.
        if !str::from_utf8(token).is_ok_and(|token| secret_token::has_form(TOKEN, token)) {
            return Ok(Opens::Nothing);
        }
        let row = sqlx::query(
            "select t.token_hash, d.networks, d.credential_id, d.closed_at is null as is_open, c.sealed, \
                    floor(extract(epoch from clock_timestamp()))::bigint as now \
             from external_doors d join external_tokens t on t.token_id = d.token_id \
             left join provider_credentials c on c.credential_id = d.credential_id \
             where d.source_id = $1",
        )
        .bind(source.as_uuid())
        .fetch_optional(&self.reads)
        .await?;
        let hash = row.as_ref().map_or_else(|| Ok(NOBODYS.to_vec()), |row| row.try_get::<Vec<u8>, _>("token_hash"))?;
        let is_shown: bool = Sha256::digest(token).as_slice().ct_eq(&hash).into();
        match row {
            Some(row) if is_shown && row.try_get("is_open")? => Ok(Opens::Door(self.read(&row)?)),
            Some(_) if is_shown => Ok(Opens::Closed),
            Some(_) | None => Ok(Opens::Nothing),
        }
    }

    fn read(&self, row: &PgRow) -> Result<Door, Untold> {
        let credential = row.try_get::<Option<Uuid>, _>("credential_id")?.map(CredentialId::from_uuid);
        let secret = match (credential, row.try_get::<Option<Vec<u8>>, _>("sealed")?) {
            (None, _) => None,
            (Some(_), None) => return Err(Untold::NoSecret),
            (Some(credential), Some(sealed)) => {
                let opened = provider_credentials::unseal(&self.keys, credential, &sealed);
                Some(opened.map_err(|_: CredentialUnread| Untold::Unopened)?)
            }
        };
        let odd = |_| sqlx::Error::Decode("a door's networks are none that this program knows".into());
        let networks: Vec<String> = row.try_get("networks")?;
        let networks = networks.iter().map(|text| Network::parse(text)).collect::<Result<Vec<_>, _>>().map_err(odd)?;
        let networks =
            Networks::new(networks).map_err(|_| sqlx::Error::Decode("a door has too many networks".into()))?;
        Ok(Door { networks, secret, now: row.try_get("now")? })
    }

    /// Keeps, for people to see, that something was refused which showed the token: once in ten seconds at most, so that it costs the
    /// database little however much of it comes.
    pub(super) async fn note(&self, source: SourceId, refusal: &'static str) {
        {
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            if noted.get(&source).is_some_and(|at| at.elapsed() < QUIET) {
                return;
            }
            noted.insert(source, Instant::now());
        }
        let noted = sqlx::query(
            "update external_doors set refused_at = clock_timestamp(), refusal = $2 where source_id = $1 \
               and (refused_at is null or refused_at < clock_timestamp() - interval '10 seconds')",
        )
        .bind(source.as_uuid())
        .bind(refusal)
        .execute(&self.pool)
        .await;
        if let Err(error) = noted {
            tracing::warn!(error = %error, "webhook.receive: that something was refused can't be noted");
        }
    }
}

impl Door {
    /// From where it may be posted.
    pub(super) fn networks(&self) -> &Networks {
        &self.networks
    }

    /// What is posted is signed with; `None` where it need not be.
    pub(super) fn secret(&self) -> Option<&[u8]> {
        self.secret.as_deref()
    }

    /// The time by the clock that all processes share, in seconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.now
    }
}

/// Whose these sources are.
pub(super) async fn tenants(
    pool: &PgPool,
    sources: impl Iterator<Item = SourceId>,
) -> Result<HashMap<SourceId, TenantId>, sqlx::Error> {
    let sources: Vec<Uuid> = sources.map(SourceId::as_uuid).collect();
    let rows = sqlx::query("select source_id, tenant_id from external_doors where source_id = any($1)")
        .bind(sources)
        .fetch_all(pool)
        .await?;
    let known = |row: &PgRow| {
        Ok((SourceId::from_uuid(row.try_get("source_id")?), TenantId::from_uuid(row.try_get("tenant_id")?)))
    };
    rows.iter().map(known).collect()
}
