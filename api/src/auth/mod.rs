//! Who calls. The one place where a [`TenantContext`] and an [`OperatorContext`] are made.

mod bearer;
mod token;

pub use bearer::{Bearer, NoBearer, Role};
#[cfg(test)]
pub(crate) use token::new_token;
pub use token::{IssuedToken, TokenSummary, issue, list, revoke};

use axum::http::{HeaderMap, header};
use leadflow_domain::TenantId;
use leadflow_event_store::Actor;
use leadflow_projections::{OperatorContext, TenantContext};
use sqlx::PgPool;
use thiserror::Error;
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

    /// Who she is: each token is somebody else.
    #[must_use]
    pub fn id(&self) -> Uuid {
        match self {
            Self::Viewer(viewer) => viewer.token(),
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
    context: TenantContext,
    token: Uuid,
    role: Role,
}

impl Viewer {
    /// Whose rows she may see.
    #[must_use]
    pub fn context(&self) -> TenantContext {
        self.context
    }

    /// Her tenant.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.context.tenant()
    }

    /// Her token's id.
    #[must_use]
    pub fn token(&self) -> Uuid {
        self.token
    }

    /// Her name in the log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Token(self.token)
    }

    /// What she may do.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }
}

/// Somebody who sees to the installation, and no tenant's rows.
#[derive(Debug, Clone, Copy)]
pub struct Operator {
    context: OperatorContext,
    token: Uuid,
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

/// Why a caller is nobody.
#[derive(Debug, Error)]
pub enum Unauthenticated {
    /// No bearer token, or none that is valid now.
    #[error("a valid bearer token is needed")]
    NoValidToken,
    /// It can't be said now.
    #[error("the token can't be checked now")]
    Unavailable(#[from] sqlx::Error),
}

/// Proves the caller by her bearer token.
///
/// # Errors
/// [`Unauthenticated`]; unknown, expired and revoked tokens are told apart by nobody.
pub async fn authenticate(pool: &PgPool, headers: &HeaderMap) -> Result<Caller, Unauthenticated> {
    let presented = bearer(headers).filter(|token| token::has_form(token)).ok_or(Unauthenticated::NoValidToken)?;
    let valid = token::find_valid(pool, presented).await?.ok_or(Unauthenticated::NoValidToken)?;
    let (token, role) = (valid.id, valid.bearer.role());
    #[expect(clippy::disallowed_methods, reason = "the one place: the token has just been checked")]
    Ok(match valid.bearer {
        Bearer::Owner(tenant) => Caller::Viewer(Viewer { context: TenantContext::proven(tenant), token, role }),
        Bearer::Operator => Caller::Operator(Operator { context: OperatorContext::proven(), token }),
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
