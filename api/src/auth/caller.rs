//! Whoever asks, once it has been proven who she is.

#[cfg(test)]
use leadflow_domain::RoleId;
use leadflow_domain::role::{MemberRole, Permissions};
use leadflow_domain::{ApiKeyId, MemberId, TenantId};
use leadflow_event_store::Actor;
#[cfg(test)]
use leadflow_projections::Sight;
use leadflow_projections::{OperatorContext, TenantContext};
use uuid::Uuid;

/// A caller whose right has been proven.
#[derive(Debug, Clone, Copy)]
pub enum Caller {
    /// Somebody of a tenant.
    Viewer(Viewer),
    /// Somebody who sees to the installation.
    Operator(Operator),
}

impl Caller {
    /// Whose budget pays for what is asked: the tenant's, or the operator's own.
    #[must_use]
    pub fn payer(&self) -> Uuid {
        match self {
            Self::Viewer(viewer) => viewer.tenant().as_uuid(),
            Self::Operator(operator) => operator.token,
        }
    }

    /// Who she is: each member and each token is somebody else.
    #[must_use]
    pub fn id(&self) -> Uuid {
        match self {
            Self::Viewer(viewer) => viewer.id(),
            Self::Operator(operator) => operator.token(),
        }
    }

    /// Whose rows she sees, if any.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        match self {
            Self::Viewer(viewer) => Some(viewer.tenant()),
            Self::Operator(_) => None,
        }
    }
}

/// Somebody of a tenant.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    pub(super) context: TenantContext,
    pub(super) shown: Shown,
    pub(super) role: MemberRole,
    pub(super) permissions: Permissions,
}

/// What she showed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shown {
    /// A token of the command line's, by its id.
    Token(Uuid),
    /// An access token.
    Session { member: MemberId, session: Uuid },
    /// An API key.
    ApiKey(ApiKeyId),
}

impl Viewer {
    /// Whose rows she may see, and how much of them.
    #[must_use]
    pub fn context(&self) -> TenantContext {
        self.context
    }

    /// Her tenant.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.context.tenant()
    }

    /// The id of what she is known by: her own, or that of her token or key.
    #[must_use]
    pub fn id(&self) -> Uuid {
        match self.shown {
            Shown::Token(token) => token,
            Shown::Session { member, .. } => member.as_uuid(),
            Shown::ApiKey(key) => key.as_uuid(),
        }
    }

    /// She, were this all that she sees.
    #[cfg(test)]
    #[expect(clippy::disallowed_methods, reason = "tests play whoever sees less")]
    pub(crate) fn seeing(self, sight: Sight) -> Self {
        Self { context: TenantContext::proven(self.tenant(), sight), ..self }
    }

    /// A member of hers, were this all that she may do.
    #[cfg(test)]
    pub(crate) fn permitted(self, member: MemberId, permissions: Permissions) -> Self {
        let role = MemberRole::Custom(RoleId::from_uuid(Uuid::nil()));
        Self { shown: Shown::Session { member, session: Uuid::nil() }, role, permissions, ..self }
    }

    /// Her name in the log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self.shown {
            Shown::Token(token) => Actor::Token(token),
            Shown::Session { member, .. } => Actor::Member(member),
            Shown::ApiKey(key) => Actor::ApiKey(key),
        }
    }

    /// What she is for the business.
    #[must_use]
    pub fn role(&self) -> MemberRole {
        self.role
    }

    /// What she may do.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        self.permissions
    }

    /// Whether she acts as an owner. No API key does, whatever its role: owners are people, or act at the command line.
    #[must_use]
    pub fn owns(&self) -> bool {
        self.role == MemberRole::Owner && self.api_key().is_none()
    }

    /// The API key that she showed, if she showed one.
    #[must_use]
    pub fn api_key(&self) -> Option<ApiKeyId> {
        match self.shown {
            Shown::ApiKey(key) => Some(key),
            Shown::Token(_) | Shown::Session { .. } => None,
        }
    }

    /// She, if she has signed in; whoever shows a token of the command line's, or an API key, is nobody in particular.
    #[must_use]
    pub fn member(&self) -> Option<MemberId> {
        self.session().map(|(member, _)| member)
    }

    /// She, in which of her sessions.
    #[must_use]
    pub fn session(&self) -> Option<(MemberId, Uuid)> {
        match self.shown {
            Shown::Token(_) | Shown::ApiKey(_) => None,
            Shown::Session { member, session } => Some((member, session)),
        }
    }
}

/// Somebody who sees to the installation, and no tenant's rows.
#[derive(Debug, Clone, Copy)]
pub struct Operator {
    pub(super) context: OperatorContext,
    pub(super) token: Uuid,
}

impl Operator {
    /// Her right to see how the installation is.
    #[must_use]
    pub fn context(&self) -> OperatorContext {
        self.context
    }

    /// Her token's id.
    #[must_use]
    pub fn token(&self) -> Uuid {
        self.token
    }
}
