//! What the bearer of a token may do, and for whom.

use clap::ValueEnum;
use leadflow_domain::TenantId;
use serde::Serialize;
use thiserror::Error;

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// Everything for one tenant.
    Owner,
    /// See to the installation, and no tenant's rows.
    Operator,
}

impl Role {
    /// The role as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "OWNER",
            Self::Operator => "OPERATOR",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::value_variants().iter().copied().find(|role| role.as_str() == text)
    }
}

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    /// She may do everything for this tenant.
    Owner(TenantId),
    /// She sees to the installation.
    Operator,
}

/// Nobody has this role for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoBearer {
    /// An operator with a tenant.
    #[error("an OPERATOR sees to the installation and acts for no tenant")]
    OperatorOfTenant,
    /// Somebody of no tenant.
    #[error("an OWNER acts for a tenant")]
    OwnerOfNothing,
}

impl Bearer {
    /// Whoever has `role` for `tenant`.
    ///
    /// # Errors
    /// [`NoBearer`] unless exactly operators have no tenant.
    pub fn new(role: Role, tenant: Option<TenantId>) -> Result<Self, NoBearer> {
        match (role, tenant) {
            (Role::Owner, Some(tenant)) => Ok(Self::Owner(tenant)),
            (Role::Operator, None) => Ok(Self::Operator),
            (Role::Owner, None) => Err(NoBearer::OwnerOfNothing),
            (Role::Operator, Some(_)) => Err(NoBearer::OperatorOfTenant),
        }
    }

    /// What she may do.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Owner(_) => Role::Owner,
            Self::Operator => Role::Operator,
        }
    }

    /// For whom she acts.
    #[must_use]
    pub fn tenant(self) -> Option<TenantId> {
        match self {
            Self::Owner(tenant) => Some(tenant),
            Self::Operator => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn exactly_operators_have_no_tenant() {
        let tenant = TenantId::from_uuid(Uuid::from_u128(7));
        for role in Role::value_variants() {
            assert_eq!(Role::parse(role.as_str()), Some(*role));
            let of_tenant = Bearer::new(*role, Some(tenant)).map(|bearer| (bearer.role(), bearer.tenant()));
            let of_nobody = Bearer::new(*role, None).map(|bearer| (bearer.role(), bearer.tenant()));
            match role {
                Role::Owner => {
                    assert_eq!((of_tenant, of_nobody), (Ok((*role, Some(tenant))), Err(NoBearer::OwnerOfNothing)));
                }
                Role::Operator => {
                    assert_eq!((of_tenant, of_nobody), (Err(NoBearer::OperatorOfTenant), Ok((*role, None))));
                }
            }
        }
        assert_eq!(Role::parse("owner"), None);
    }
}
