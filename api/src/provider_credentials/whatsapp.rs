//! What WhatsApp knows businesses by: access tokens.

use std::sync::Arc;

use leadflow_domain::{ChannelId, CredentialId, TenantId};
use leadflow_event_store::Keys;
use leadflow_gateways::whatsapp::{AccessToken, Graph, LookupFailure, Number};
use sqlx::PgPool;

use super::vault::{self, CantOpen};

/// Tries access tokens, and keeps them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct WhatsAppCredentials {
    pool: PgPool,
    keys: Arc<Keys>,
    graph: Graph,
}

impl WhatsAppCredentials {
    /// Keeps in `pool`, sealed under `keys`, what `graph` takes.
    #[must_use]
    pub fn new(pool: PgPool, keys: Arc<Keys>, graph: Graph) -> Self {
        Self { pool, keys, graph }
    }

    /// The number that `token` is to be for, if it reaches it.
    ///
    /// # Errors
    /// [`LookupFailure`].
    pub async fn check(&self, token: &AccessToken, phone_number_id: &str) -> Result<Number, LookupFailure> {
        self.graph.number(token, phone_number_id).await
    }

    /// Keeps `token`, so that it can come to count for `channel`.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep(
        &self,
        tenant: TenantId,
        channel: ChannelId,
        token: &AccessToken,
    ) -> Result<CredentialId, sqlx::Error> {
        vault::keep(&self.pool, &self.keys, (tenant, channel), token.expose()).await
    }

    /// The token that is kept under `credential`, if it was not destroyed.
    ///
    /// # Errors
    /// [`CantOpen`].
    pub async fn token(&self, credential: CredentialId) -> Result<Option<AccessToken>, CantOpen> {
        let kept = vault::open(&self.pool, &self.keys, credential).await?;
        // It was one when it was kept.
        Ok(kept.and_then(|text| AccessToken::parse(&text).ok()))
    }

    /// Who takes it.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Destroys what did not come to count.
    ///
    /// # Errors
    /// The database's.
    pub async fn destroy(&self, credential: CredentialId) -> Result<(), sqlx::Error> {
        vault::destroy(&mut *self.pool.acquire().await?, &[credential]).await
    }
}
