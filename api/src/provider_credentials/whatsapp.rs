//! What Meta knows businesses by: access tokens, for numbers and for pages.

use std::sync::Arc;

use leadflow_domain::{CredentialId, StreamId, TenantId};
use leadflow_event_store::Keys;
use leadflow_gateways::whatsapp::{AccessToken, Graph, LookupFailure, Number};
use sqlx::PgPool;

use super::vault::{self, CredentialUnread};

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

    /// Keeps `token`, so that it can come to count for `of`, a channel or a source.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep(
        &self,
        tenant: TenantId,
        of: impl Into<StreamId>,
        token: &AccessToken,
    ) -> Result<CredentialId, sqlx::Error> {
        vault::keep(&self.pool, &self.keys, (tenant, of.into()), token.expose()).await
    }

    /// A tenant's token; nothing where there is none.
    ///
    /// # Errors
    /// [`CredentialUnread`].
    pub async fn token(
        &self,
        tenant: TenantId,
        credential: CredentialId,
    ) -> Result<Option<AccessToken>, CredentialUnread> {
        let Some(opened) = vault::open(&self.pool, &self.keys, tenant, credential).await? else { return Ok(None) };
        let text = String::from_utf8(opened).map_err(|_| CredentialUnread::Broken)?;
        AccessToken::parse(&text.into()).map(Some).map_err(|_| CredentialUnread::Broken)
    }

    /// Whom the tokens are for.
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
