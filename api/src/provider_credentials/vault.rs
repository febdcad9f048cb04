//! Where the values are. A row is written before the event that says it counts, so that what counts is always there; and deleted
//! after the one that says it counts no more.

use leadflow_domain::{CredentialId, StreamId, TenantId};
use leadflow_event_store::{Door, Keys, entropy};
use sqlx::{PgConnection, PgPool};
use thiserror::Error;

/// Keeps `value` for a channel or a source, sealed under an id of its own.
pub(crate) async fn keep(
    pool: &PgPool,
    keys: &Keys,
    (tenant, of): (TenantId, StreamId),
    value: &str,
) -> Result<CredentialId, sqlx::Error> {
    let id = entropy::uuid();
    sqlx::query(
        "insert into provider_credentials (credential_id, tenant_id, channel_id, sealed) values ($1, $2, $3, $4)",
    )
    .bind(id)
    .bind(tenant.as_uuid())
    .bind(of.as_uuid())
    .bind(keys.seal_door(Door::ProviderCredential, id, value.as_bytes()))
    .execute(pool)
    .await?;
    Ok(CredentialId::from_uuid(id))
}

/// What a tenant's credential is; nothing where there is none.
pub(super) async fn open(
    pool: &PgPool,
    keys: &Keys,
    tenant: TenantId,
    credential: CredentialId,
) -> Result<Option<Vec<u8>>, CredentialUnread> {
    let sealed: Option<Vec<u8>> =
        sqlx::query_scalar("select sealed from provider_credentials where credential_id = $1 and tenant_id = $2")
            .bind(credential.as_uuid())
            .bind(tenant.as_uuid())
            .fetch_optional(pool)
            .await?;
    let opened = sealed.map(|sealed| keys.open_door(Door::ProviderCredential, credential.as_uuid(), &sealed));
    opened.transpose().map_err(|_| CredentialUnread::Broken)
}

/// What is sealed as this credential.
pub(crate) fn unseal(keys: &Keys, credential: CredentialId, sealed: &[u8]) -> Result<Vec<u8>, CredentialUnread> {
    let opened = keys.open_door(Door::ProviderCredential, credential.as_uuid(), sealed);
    opened.map_err(|_| CredentialUnread::Broken)
}

/// Why a credential can't be had.
#[derive(Debug, Error)]
pub enum CredentialUnread {
    /// The database's.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// It was sealed under another key, or is damaged.
    #[error("what is kept can't be opened with this installation's key")]
    Broken,
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
                           where e.aggregate_type in ('channel', 'source') and e.aggregate_id = c.channel_id::text \
                             and e.payload -> e.event_type ->> 'credential' = c.credential_id::text)",
    )
    .execute(pool)
    .await?;
    Ok(())
}
