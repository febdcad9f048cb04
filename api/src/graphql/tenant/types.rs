//! A business.

use async_graphql::{Context, Error, ID, SimpleObject};
use leadflow_domain::tenant::{self, TenantName};

use crate::graphql::api::Request;
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, encode};

/// A business.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Tenant {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// What it calls itself.
    name: String,
    /// How often something was said of it; pass it as `expectedVersion`.
    version: i64,
}

/// The viewer's business. No read model is about it; the log is.
pub(in crate::graphql) async fn of_viewer(context: &Context<'_>) -> Result<Option<Tenant>, Error> {
    let request = Request::of(context)?;
    let id = request.viewer.tenant();
    let loaded = request.api.log.load::<tenant::Tenant>(id.into()).await.map_err(|error| internal("tenant", &error))?;
    let name = loaded.state.name().map(TenantName::as_str);
    Ok(name.map(|name| Tenant {
        id: encode(Kind::Tenant, id.as_uuid()),
        name: name.to_owned(),
        version: loaded.version,
    }))
}
