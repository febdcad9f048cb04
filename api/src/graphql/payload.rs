//! What mutations answer with besides their entity.

use async_graphql::{Enum, SimpleObject};
use leadflow_domain::Refusal;
use leadflow_projections::Freshness;

/// A refusal: data for the caller, not a fault.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct UserError {
    /// Stable; switch on it.
    code: UserErrorCode,
    /// For people.
    message: String,
    /// The input field it is about.
    field: Option<String>,
}

/// Why a mutation was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum UserErrorCode {
    /// It does not exist, or not for you.
    NotFound,
    /// The rules forbid it as things stand.
    Refused,
    /// Too many others change it at once; ask again.
    Contended,
}

/// Why the entity may be older than the mutation's position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum Staleness {
    /// The read model has not come that far within the time we wait; ask again.
    Lagging,
    /// The read model has stopped; an operator must see to it.
    Stopped,
}

impl UserError {
    pub(super) fn new(code: UserErrorCode, message: String, field: Option<&str>) -> Self {
        Self { code, message, field: field.map(str::to_owned) }
    }

    /// A refusal of the domain.
    pub(super) fn refused(refusal: &impl Refusal) -> Self {
        let code = match refusal.code() {
            leadflow_domain::RefusalCode::NotFound => UserErrorCode::NotFound,
            leadflow_domain::RefusalCode::AlreadyExists | leadflow_domain::RefusalCode::WrongThread => {
                UserErrorCode::Refused
            }
        };
        Self::new(code, refusal.to_string(), refusal.field())
    }
}

/// What to tell of a read model's freshness.
pub(super) fn staleness(freshness: Freshness) -> Option<Staleness> {
    match freshness {
        Freshness::Current => None,
        Freshness::Lagging => Some(Staleness::Lagging),
        Freshness::Stopped => Some(Staleness::Stopped),
    }
}
