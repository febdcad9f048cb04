//! `viewer`: whoever asks, by her token.

use async_graphql::{ComplexObject, Context, Enum, Error, ID, Object, SimpleObject};
use leadflow_domain::TenantId;

use crate::auth;
use crate::graphql::api::{OperatorRequest, Request};
use crate::graphql::tenant::{self, Tenant};

/// The query.
#[derive(Default)]
pub(in crate::graphql) struct ViewerQueries;

/// Whoever asks.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct Viewer {
    /// The id of her token, as `leadflow token list` has it; what she does is kept with it (see `history`).
    id: ID,
    /// What she may do.
    role: ViewerRole,
    #[graphql(skip)]
    acts_for: Option<TenantId>,
}

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "auth::Role")]
pub(super) enum ViewerRole {
    /// Everything for one business.
    Owner,
    /// See to the installation, and nothing of a business.
    Operator,
}

#[Object]
impl ViewerQueries {
    /// Whoever asks.
    async fn viewer(&self, context: &Context<'_>) -> Option<Result<Viewer, Error>> {
        let found = async {
            if let Some(OperatorRequest { operator, .. }) = context.data_opt() {
                let role = auth::Role::Operator.into();
                return Ok(Viewer { id: operator.token().into(), role, acts_for: None });
            }
            let viewer = Request::of(context)?.viewer;
            Ok(Viewer { id: viewer.token().into(), role: viewer.role().into(), acts_for: Some(viewer.tenant()) })
        };
        Some(found.await)
    }
}

#[ComplexObject]
impl Viewer {
    /// For which business she acts; null for an operator.
    async fn tenant(&self, context: &Context<'_>) -> Option<Result<Tenant, Error>> {
        self.acts_for?;
        tenant::of_viewer(context).await.transpose()
    }
}
