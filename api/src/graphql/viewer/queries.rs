//! `viewer`: whoever asks, by what she shows.

use async_graphql::{ComplexObject, Context, Enum, Error, ID, Object, SimpleObject};
use leadflow_domain::TenantId;
use leadflow_domain::role::MemberRole;

use crate::graphql::api::{OperatorRequest, Request};
use crate::graphql::api_key::{self, ApiKey};
use crate::graphql::member::{self, Member};
use crate::graphql::role::Permission;
use crate::graphql::tenant::{self, Tenant};

/// The query.
#[derive(Default)]
pub(in crate::graphql) struct ViewerQueries;

/// Whoever asks.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct Viewer {
    /// Her own id, if she is a member who has signed in; else that of her API key, or of her token as `leadflow token list` has
    /// it. What she does is kept with it (see `history`).
    id: ID,
    /// What she is.
    role: ViewerRole,
    /// What she may do for the business, by her role as it is now, and an API key within its scope; nothing for an operator.
    permissions: Vec<Permission>,
    #[graphql(skip)]
    acts_for: Option<TenantId>,
}

/// What somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum ViewerRole {
    /// May do everything for one business.
    Owner,
    /// Sees to a team of a business, and its conversations.
    TeamLead,
    /// Works conversations of a business.
    Agent,
    /// Sees what a business is charged.
    BillingAdmin,
    /// What the business has made up itself.
    Custom,
    /// Sees to the installation, and to nothing of a business.
    Operator,
}

impl From<MemberRole> for ViewerRole {
    fn from(role: MemberRole) -> Self {
        match role {
            MemberRole::Owner => Self::Owner,
            MemberRole::TeamLead => Self::TeamLead,
            MemberRole::Agent => Self::Agent,
            MemberRole::BillingAdmin => Self::BillingAdmin,
            MemberRole::Custom(_) => Self::Custom,
        }
    }
}

#[Object]
impl ViewerQueries {
    /// Whoever asks.
    async fn viewer(&self, context: &Context<'_>) -> Option<Result<Viewer, Error>> {
        let found = async {
            if let Some(OperatorRequest { operator, .. }) = context.data_opt() {
                return Ok(Viewer {
                    id: operator.token().into(),
                    role: ViewerRole::Operator,
                    permissions: vec![],
                    acts_for: None,
                });
            }
            let viewer = Request::of(context)?.viewer;
            Ok(Viewer {
                id: viewer.id().into(),
                role: viewer.role().into(),
                permissions: viewer.permissions().iter().map(Permission::from).collect(),
                acts_for: Some(viewer.tenant()),
            })
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

    /// The API key that asks; null for whoever shows something else.
    async fn api_key(&self, context: &Context<'_>) -> Option<Result<ApiKey, Error>> {
        self.acts_for?;
        let found = async {
            let request = Request::of(context)?;
            let Some(key) = request.viewer.api_key() else { return Ok(None) };
            api_key::by_id(request, key).await
        };
        found.await.transpose()
    }

    /// She, if she is a member who has signed in; null for whoever shows another token.
    async fn member(&self, context: &Context<'_>) -> Option<Result<Member, Error>> {
        self.acts_for?;
        let found = async {
            let request = Request::of(context)?;
            let Some(member) = request.viewer.member() else { return Ok(None) };
            member::by_id(request, member).await
        };
        found.await.transpose()
    }
}
