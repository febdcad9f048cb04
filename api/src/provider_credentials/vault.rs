//! Where the values are. A row is written before the event that says it counts, so that what counts is always there; and deleted
//! after the one that says it counts no more.

use leadflow_domain::{ChannelId, CredentialId, TenantId};
use leadflow_event_store::{BrokenSeal, Door, Keys, entropy};
use secrecy::SecretString;
use sqlx::{PgConnection, PgPool};

/// Keeps `value`, sealed under an id of its own.
pub(super) async fn keep(
    pool: &PgPool,
    keys: &Keys,
    (tenant, channel): (TenantId, ChannelId),
    value: &str,
) -> Result<CredentialId, sqlx::Error> {
    let id = entropy::uuid();
    sqlx::query(
        "insert into provider_credentials (credential_id, tenant_id, channel_id, sealed) values ($1, $2, $3, $4)",
    )
    .bind(id)
    .bind(tenant.as_uuid())
    .bind(channel.as_uuid())
    .bind(keys.seal_door(Door::ProviderCredential, id, value.as_bytes()))
    .execute(pool)
    .await?;
    Ok(CredentialId::from_uuid(id))
}

/// What is kept under `credential`, if it was not destroyed.
pub(super) async fn open(
    pool: &PgPool,
    keys: &Keys,
    credential: CredentialId,
) -> Result<Option<SecretString>, CantOpen> {
    let sealed: Option<Vec<u8>> =
        sqlx::query_scalar("select sealed from provider_credentials where credential_id = $1")
            .bind(credential.as_uuid())
            .fetch_optional(pool)
            .await?;
    let Some(sealed) = sealed else { return Ok(None) };
    let opened = keys.open_door(Door::ProviderCredential, credential.as_uuid(), &sealed)?;
    Ok(Some(SecretString::from(String::from_utf8(opened).map_err(|_| BrokenSeal)?)))
}

/// Why what is kept can't be had.
#[derive(Debug, thiserror::Error)]
pub enum CantOpen {
    /// The database's.
    #[error("the database can't be asked: {0}")]
    Database(#[from] sqlx::Error),
    /// It was sealed under another key, or was tampered with.
    #[error("it can't be opened: {0}")]
    Seal(#[from] BrokenSeal),
}

/// Destroys what counts no more, or never did.
///
/// # Errors
/// The database's.
pub(crate) async fn destroy(rows: &mut PgConnection, credentials: &[CredentialId]) -> Result<(), sqlx::Error> {
    sqlx::query("delete from provider_credentials where credential_id = any($1)")
        .bind(credentials.iter().map(|credential| credential.as_uuid()).collect::<Vec<_>>())
        .execute(rows)
        .await?;
    Ok(())
}

/// Destroys what was kept and never came to count: its request broke off in between, longer ago than one can take.
pub(super) async fn destroy_unrecorded(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query(
        "delete from provider_credentials c \
         where c.created_at < clock_timestamp() - interval '1 hour' \
           and not exists (select from events e \
                           where e.aggregate_type = 'channel' and e.aggregate_id = c.channel_id::text \
                             and e.payload -> e.event_type ->> 'credential' = c.credential_id::text)",
    )
    .execute(pool)
    .await?;
    Ok(())
}
