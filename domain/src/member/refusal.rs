use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a member says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MemberRefusal {
    /// Nobody was asked, or nobody came.
    #[error("there is no such member")]
    NotFound,
    /// The id is another person's.
    #[error("this id belongs to somebody else")]
    SomebodyElse,
    /// She was asked, and is no more.
    #[error("the invitation was withdrawn")]
    Withdrawn,
    /// She has accepted already.
    #[error("she has joined already; she can be deactivated")]
    HasJoined,
    /// She has not accepted yet.
    #[error("she has not joined yet; her invitation can be withdrawn, and another be sent")]
    NotJoined,
    /// She was put out.
    #[error("she is deactivated")]
    Deactivated,
    /// Somebody else does that, so that there is always an owner.
    #[error("an owner does not put herself out or give the role up; another owner does it")]
    ByHerself,
    /// Only owners make owners, and change them.
    #[error("only an owner makes somebody an owner, or changes one")]
    OwnersOnly,
}

impl Refusal for MemberRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::SomebodyElse => RefusalCode::AlreadyExists,
            Self::Withdrawn | Self::HasJoined | Self::NotJoined | Self::Deactivated => RefusalCode::WrongStatus,
            Self::ByHerself => RefusalCode::LastOwner,
            Self::OwnersOnly => RefusalCode::OwnersOnly,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound
            | Self::Withdrawn
            | Self::HasJoined
            | Self::NotJoined
            | Self::Deactivated
            | Self::ByHerself
            | Self::OwnersOnly => Some("memberId"),
            Self::SomebodyElse => None,
        }
    }
}
