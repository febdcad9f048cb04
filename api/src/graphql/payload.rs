//! What mutations answer with besides their entity.

use std::fmt::Display;

use async_graphql::{Enum, SimpleObject};
use leadflow_domain::{Refusal, RefusalCode};
use leadflow_event_store::StoredRefusal;
use leadflow_projections::Freshness;

/// A refusal: data for the caller, not a fault.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct UserError {
    /// Stable; switch on it.
    code: UserErrorCode,
    /// For people.
    message: String,
    /// The input's field it is about, within others with a dot: `week.hours`. Null where it is about none.
    field: Option<String>,
}

/// Why a mutation was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum UserErrorCode {
    /// What `field` says can't be so, as things may stand: whoever filled the form in can correct it.
    Invalid,
    /// It does not exist, or not for you.
    NotFound,
    /// The rules forbid it as things stand.
    Refused,
    /// Your role does not let you do it. That you tried is kept.
    Forbidden,
    /// Others change it, or what it rests on, at once; ask again.
    Contended,
    /// The person it is about was erased; nothing is recorded for her any more.
    Erased,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
    /// Where it stands now, that can't be done.
    WrongStatus,
    /// A time that must be in the future is not.
    NotInTheFuture,
    /// There are as many as there may be.
    TooMany,
    /// Somebody else has it.
    Taken,
    /// There is no such address, or the password or the code is not right; which of them is not told.
    WrongCredentials,
    /// The password is right, and a code of the second factor is needed besides.
    SecondFactorNeeded,
    /// The link was used, is over, was taken back, or never was one: another has to be sent.
    LinkNotGood,
    /// What was begun with a provider was finished, took too long, was begun in another browser, or never was: begin again.
    BeginAgain,
    /// The provider does not vouch for the address, or not in a way that can be believed.
    NotVouchedFor,
    /// The session has ended, or never was one: she has to sign in again.
    SessionEnded,
    /// It is at another version than `expectedVersion`: nothing was done, and it comes with the answer as it is now.
    Conflict,
    /// The provider does not take the token: it is wrong, over, or was taken back there.
    TokenRefused,
    /// The token is one, and the number is not among those that it reaches.
    NumberRefused,
    /// The token that was shown does not reach the page or the account, or lacks a permission for it.
    PageRefused,
    /// The customer has not written in the last 24 hours: nothing but a template may be sent to her.
    WindowClosed,
    /// By this channel messages arrive, and none can be sent from here: it is a page's Messenger, or an account of Instagram.
    ChannelReceivesOnly,
    /// The number can't send: it is disconnected, has no credentials, or its provider stopped it.
    NumberNotReady,
    /// The template is not there, not approved, or what is to stand in it does not fit.
    TemplateNotSendable,
    /// The customer does not want it.
    OptedOut,
    /// The customer wrote, somebody answered, or the conversation was handed over since the version that the answer was decided on:
    /// nothing was sent.
    ConversationChanged,
    /// Nobody knows whether the message was sent. It is not sent again: the customer might get it twice.
    OutcomeUnknown,
    /// The provider does not answer, or not what it should. Nothing was changed; later it may be done.
    ProviderUnavailable,
}

/// Why what is shown may be older than the position that was asked for, or that a mutation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum Staleness {
    /// The read model has not come that far within the time we wait; ask again.
    Lagging,
    /// What the mutation did can't be shown yet, as something of the same entity could not be dealt with before; an
    /// operator must see to it.
    Parked,
    /// The read model has stopped; an operator must see to it.
    Stopped,
}

impl UserError {
    pub(super) fn new(code: UserErrorCode, message: String, field: Option<&str>) -> Self {
        Self { code, message, field: field.map(str::to_owned) }
    }

    /// What a field of the input says can't be so.
    pub(super) fn invalid(field: &str, why: &dyn Display) -> Self {
        Self::new(UserErrorCode::Invalid, format!("`{field}` {why}"), Some(field))
    }

    /// A refusal of the domain.
    pub(super) fn refused(refusal: &impl Refusal) -> Self {
        Self::new(refusal.code().into(), refusal.to_string(), refusal.field())
    }

    /// A refusal of the domain, told again.
    pub(super) fn refused_before(refusal: &StoredRefusal) -> Self {
        // A kind that only a newer program knows is a refusal all the same.
        let code = refusal.code().map_or(UserErrorCode::Refused, UserErrorCode::from);
        Self::new(code, refusal.message().to_owned(), refusal.field())
    }
}

impl From<RefusalCode> for UserErrorCode {
    fn from(code: RefusalCode) -> Self {
        match code {
            RefusalCode::NotFound => Self::NotFound,
            RefusalCode::Invalid => Self::Invalid,
            RefusalCode::AlreadyExists | RefusalCode::WrongThread | RefusalCode::LastOwner => Self::Refused,
            RefusalCode::OwnersOnly => Self::Forbidden,
            RefusalCode::Erased => Self::Erased,
            RefusalCode::WrongStatus => Self::WrongStatus,
            RefusalCode::NotInTheFuture => Self::NotInTheFuture,
            RefusalCode::TooMany => Self::TooMany,
            RefusalCode::AnotherVersion => Self::Conflict,
            RefusalCode::WindowClosed => Self::WindowClosed,
            RefusalCode::ReceivesOnly => Self::ChannelReceivesOnly,
            RefusalCode::NumberNotReady => Self::NumberNotReady,
            RefusalCode::TemplateNotSendable => Self::TemplateNotSendable,
            RefusalCode::OptedOut => Self::OptedOut,
            RefusalCode::OutcomeUnknown => Self::OutcomeUnknown,
            RefusalCode::ConversationChanged => Self::ConversationChanged,
        }
    }
}

/// What to tell of a read model's freshness.
pub(super) fn staleness(freshness: Freshness) -> Option<Staleness> {
    match freshness {
        Freshness::Current => None,
        Freshness::Lagging => Some(Staleness::Lagging),
        Freshness::Parked => Some(Staleness::Parked),
        Freshness::Stopped => Some(Staleness::Stopped),
    }
}
