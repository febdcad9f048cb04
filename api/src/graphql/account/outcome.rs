//! What the mutations of accounts answer, and what a door that stays shut is to the client.

use async_graphql::SimpleObject;
use leadflow_projections::people;
use secrecy::ExposeSecret;

use crate::auth::{ACCESS_TOKEN_LIFETIME, Joined, Shut, Tokens};
use crate::graphql::command::NotDone;
use crate::graphql::failure::{internal, rate_limited};
use crate::graphql::payload::{Staleness, UserError, UserErrorCode, staleness};
use crate::graphql::position::Position;
use crate::graphql::visit::Visit;

/// What shows that somebody is signed in.
#[derive(SimpleObject)]
#[graphql(name = "SessionTokens")]
pub(super) struct SessionTokens {
    /// To be shown with each request, as `Authorization: Bearer`.
    access_token: String,
    /// For how many seconds.
    expires_in: u64,
    /// Renews the session, once: `refreshSession` answers with the next. One that comes a second time ends the session.
    refresh_token: String,
}

impl From<Tokens> for SessionTokens {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access.expose_secret().to_owned(),
            expires_in: ACCESS_TOKEN_LIFETIME.as_secs(),
            refresh_token: tokens.refresh.expose_secret().to_owned(),
        }
    }
}

/// What a mutation answers that lets somebody in.
#[derive(Default, SimpleObject)]
pub(super) struct LetIn {
    /// What shows that she is signed in; null when she was refused, and where her browser keeps it as cookies.
    tokens: Option<SessionTokens>,
    /// Why she was refused; empty when she was not.
    user_errors: Vec<UserError>,
}

impl LetIn {
    /// She is in.
    pub(super) fn with(visit: &Visit, tokens: Tokens) -> Self {
        Self { tokens: visit.hand_over(tokens).map(SessionTokens::from), user_errors: vec![] }
    }
}

impl From<Vec<UserError>> for LetIn {
    /// She was refused, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { tokens: None, user_errors }
    }
}

/// What a mutation answers that lets somebody in for the first time.
#[derive(Default, SimpleObject)]
pub(super) struct JoinedOutcome {
    /// What shows that she is signed in; null when she was refused, and where her browser keeps it as cookies.
    tokens: Option<SessionTokens>,
    /// Why she was refused; empty when she was not.
    user_errors: Vec<UserError>,
    /// Where it stands in the log that she joined; null when she was refused.
    position: Option<Position>,
    /// Set when she is not let in yet, as who works for the business is not known up to `position`: her tokens are good
    /// once it is.
    stale: Option<Staleness>,
}

impl JoinedOutcome {
    /// She is in, once it is known who she is.
    pub(super) async fn with(visit: &Visit, joined: Joined) -> Self {
        let Joined { position, tokens, .. } = joined;
        let freshness = visit.patience.shows(&visit.api, &[&people::DEFINITION], position).await;
        Self {
            tokens: visit.hand_over(tokens).map(SessionTokens::from),
            user_errors: vec![],
            position: Some(Position(position)),
            stale: staleness(freshness),
        }
    }
}

impl From<Vec<UserError>> for JoinedOutcome {
    /// She was refused, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// What a mutation answers that has nothing to show.
#[derive(Default, SimpleObject)]
pub(super) struct Done {
    /// Why it was refused; empty when it was done.
    user_errors: Vec<UserError>,
}

impl From<Vec<UserError>> for Done {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors }
    }
}

impl From<Shut> for NotDone {
    fn from(shut: Shut) -> Self {
        let (code, field) = match &shut {
            Shut::Wrong => (UserErrorCode::WrongCredentials, None),
            Shut::CodeNeeded => (UserErrorCode::SecondFactorNeeded, Some("secondFactorCode")),
            Shut::NoLink => (UserErrorCode::LinkNotGood, Some("token")),
            Shut::Ended => (UserErrorCode::SessionEnded, None),
            Shut::NoProvider => {
                return Self::Invalid(vec![UserError::invalid("provider", &shut)]);
            }
            Shut::ProviderUnavailable => (UserErrorCode::ProviderUnavailable, None),
            Shut::BeginAgain => (UserErrorCode::BeginAgain, None),
            Shut::NotVouchedFor => (UserErrorCode::NotVouchedFor, None),
            Shut::Taken => (UserErrorCode::Taken, None),
            Shut::WrongStatus(_) => (UserErrorCode::WrongStatus, None),
            Shut::BadPassword(_) => (UserErrorCode::Invalid, Some("password")),
            Shut::Limited(limited) => return Self::Failed(rate_limited(limited)),
            Shut::Database(_)
            | Shut::Hash(_)
            | Shut::SigningKeys(_)
            | Shut::SecondFactor(_)
            | Shut::Unsigned(_)
            | Shut::Sealed(_)
            | Shut::Unreadable(_)
            | Shut::Member(_)
            | Shut::Tenant(_) => return Self::Failed(internal("account", &shut)),
        };
        Self::Invalid(vec![UserError::new(code, shut.to_string(), field)])
    }
}
