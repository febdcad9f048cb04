//! One HTTP request beside what it asks: where it comes from, and the cookies that come and go with it.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Context, Error};
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use secrecy::SecretString;

use super::api::Shared;
use super::failure::{internal, rate_limited};
use super::patience::Patience;
use crate::auth::{Asked, Tokens, cookies};
use crate::client_address::ClientAddress;
use crate::limits::LimitKind;

/// One HTTP request, whoever sends it.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) api: Arc<Shared>,
    pub(super) id: String,
    pub(super) patience: Patience,
    from: ClientAddress,
    headers: Arc<HeaderMap>,
    /// What goes with the answer.
    takes_along: Arc<Mutex<Vec<(HeaderName, HeaderValue)>>>,
}

#[derive(Debug, thiserror::Error)]
#[error("a query was executed without its visit")]
struct NoVisit;

impl Visit {
    pub(super) fn new(
        api: Arc<Shared>,
        id: String,
        patience: Patience,
        from: ClientAddress,
        headers: Arc<HeaderMap>,
    ) -> Self {
        Self { api, id, patience, from, headers, takes_along: Arc::default() }
    }

    /// The request that `context` belongs to.
    pub(super) fn of<'a>(context: &Context<'a>) -> Result<&'a Self, Error> {
        context.data_opt().ok_or_else(|| internal("visit", &NoVisit))
    }

    /// Counts that somebody at its address does something of this kind.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    pub(super) async fn counts(&self, kind: LimitKind) -> Result<(), Error> {
        self.api.doors.limits().check(kind, self.from).await.map_err(|limited| rate_limited(&limited))
    }

    /// The request, for what somebody does of herself.
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked { request: &self.id, address: self.address() }
    }

    /// Where it comes from, for the log.
    pub(super) fn address(&self) -> Option<IpAddr> {
        Some(self.from.ip())
    }

    /// What the program that asks calls itself.
    pub(super) fn client(&self) -> Option<&str> {
        self.headers.get(USER_AGENT).and_then(|client| client.to_str().ok())
    }

    /// What renews a session, from a browser that keeps it.
    pub(super) fn kept_refresh_token(&self) -> Option<SecretString> {
        cookies::refresh_token(&self.headers)
    }

    /// The tokens for the answer; none where a browser keeps them instead.
    pub(super) fn hand_over(&self, tokens: Tokens) -> Option<Tokens> {
        if !cookies::are_wanted(&self.headers) {
            return Some(tokens);
        }
        self.takes_along().extend(cookies::keep(&tokens));
        None
    }

    /// What was kept by a browser that went to a provider.
    pub(super) fn kept_browser_token(&self) -> Option<SecretString> {
        cookies::browser_token(&self.headers)
    }

    /// What a browser that goes to a provider keeps until it is back; none where it keeps it as a cookie.
    pub(super) fn hand_over_browser_token(&self, token: SecretString) -> Option<SecretString> {
        if !cookies::are_wanted(&self.headers) {
            return Some(token);
        }
        self.takes_along().extend(cookies::keep_browser_token(&token));
        None
    }

    /// Has a browser that is back from a provider forget what it kept.
    pub(super) fn forget_browser_token(&self) {
        if cookies::are_wanted(&self.headers) {
            self.takes_along().extend(cookies::forget_browser_token());
        }
    }

    /// Has a browser that keeps tokens forget them.
    pub(super) fn forget_tokens(&self) {
        if cookies::are_wanted(&self.headers) {
            self.takes_along().extend(cookies::forget());
        }
    }

    /// Puts beside the answer what goes with it.
    pub(super) fn take_leave(&self, response: &mut Response) {
        let headers = response.headers_mut();
        for (name, value) in self.takes_along().drain(..) {
            headers.append(name, value);
        }
    }

    fn takes_along(&self) -> std::sync::MutexGuard<'_, Vec<(HeaderName, HeaderValue)>> {
        self.takes_along.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
