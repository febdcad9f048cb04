use thiserror::Error;

use super::{MOST_LEAVES, MOST_MEMBERS, MOST_POOLS};
use crate::{Refusal, RefusalCode};

/// Why routing says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RoutingRefusal {
    /// Nobody created the pool, or it was removed.
    #[error("there is no such pool")]
    NoSuchPool,
    /// The id is another pool's.
    #[error("a pool with this id was created otherwise")]
    CreatedOtherwise,
    /// Another pool is called the same.
    #[error("another pool has this name")]
    NameTaken,
    /// Another pool gets what comes from there.
    #[error("another pool serves the same source")]
    SourceTaken,
    /// There are as many pools as there may be.
    #[error("a business has {MOST_POOLS} pools at most")]
    TooManyPools,
    /// The pool would have more members than it may have.
    #[error("a pool has {MOST_MEMBERS} members at most")]
    TooManyMembers,
    /// She has as many leaves before her as she may have.
    #[error("a member has {MOST_LEAVES} leaves at most that are not over")]
    TooManyLeaves,
    /// It would be over as it begins.
    #[error("must be in the future")]
    NotInTheFuture,
    /// Nothing says who might see to it.
    #[error("no pool serves this")]
    NotServed,
}

impl Refusal for RoutingRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NoSuchPool | Self::NotServed => RefusalCode::NotFound,
            Self::CreatedOtherwise | Self::NameTaken | Self::SourceTaken => RefusalCode::AlreadyExists,
            Self::TooManyPools | Self::TooManyMembers | Self::TooManyLeaves => RefusalCode::TooMany,
            Self::NotInTheFuture => RefusalCode::NotInTheFuture,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchPool => Some("poolId"),
            Self::NameTaken => Some("name"),
            Self::SourceTaken => Some("serves"),
            Self::TooManyMembers => Some("members"),
            Self::NotInTheFuture => Some("until"),
            Self::CreatedOtherwise | Self::TooManyPools | Self::TooManyLeaves | Self::NotServed => None,
        }
    }
}
