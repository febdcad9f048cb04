//! Who calls. The one place where a [`TenantContext`] is made.

mod token;

pub use token::{IssuedToken, Role, TokenSummary, issue, list, revoke};

use axum::http::{HeaderMap, header};
use leadflow_domain::TenantId;
use leadflow_event_store::Actor;
use leadflow_projections::TenantContext;
use sqlx::PgPool;
use thiserror::Error;
use uuid::Uuid;

/// A caller whose right has been proven.
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
pub async fn authenticate(pool: &PgPool, headers: &HeaderMap) -> Result<Viewer, Unauthenticated> {
    let presented = bearer(headers).ok_or(Unauthenticated::NoValidToken)?;
    let valid = token::find_valid(pool, presented).await?.ok_or(Unauthenticated::NoValidToken)?;
    #[expect(clippy::disallowed_methods, reason = "the one place: the token has just been checked")]
    let context = TenantContext::proven(valid.tenant);
    Ok(Viewer { context, token: valid.id, role: valid.role })
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
