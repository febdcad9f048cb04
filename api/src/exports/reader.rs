//! Who reads an export, and why somebody does not.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use leadflow_domain::role::Permission;
use thiserror::Error;
use tokio::time::timeout;

use crate::auth::{Caller, Doors, Unauthenticated, Viewer, authenticate};
use crate::graphql::edge;

/// How long it may take to say who reads.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why nobody reads.
#[derive(Debug, Error)]
pub(super) enum NoReader {
    #[error("a valid bearer token is needed")]
    Nobody,
    #[error("this needs the permission {}", .0.as_str())]
    Forbidden(Permission),
    #[error("this is for people of a business")]
    Operator,
    #[error(transparent)]
    Unavailable(Unauthenticated),
    #[error("the database does not answer")]
    Elapsed,
}

/// Who reads, if she may do `needed`.
pub(super) async fn reader(doors: &Doors, headers: &HeaderMap, needed: Option<Permission>) -> Result<Viewer, NoReader> {
    let caller = timeout(PATIENCE, authenticate(doors, headers)).await.map_err(|_| NoReader::Elapsed)?;
    match (caller, needed) {
        (Ok(Some(Caller::Viewer(viewer))), Some(needed)) if !viewer.permissions().contains(needed) => {
            Err(NoReader::Forbidden(needed))
        }
        (Ok(Some(Caller::Viewer(viewer))), _) => Ok(viewer),
        (Ok(Some(Caller::Operator(_))), Some(needed)) => Err(NoReader::Forbidden(needed)),
        (Ok(Some(Caller::Operator(_))), None) => Err(NoReader::Operator),
        (Ok(None) | Err(Unauthenticated::NoValidToken), _) => Err(NoReader::Nobody),
        (Err(cause @ (Unauthenticated::Unavailable(_) | Unauthenticated::NoKeys(_))), _) => {
            Err(NoReader::Unavailable(cause))
        }
    }
}

impl NoReader {
    /// What she is answered who asked for `export`.
    pub(super) fn answer(self, export: &'static str, headers: &HeaderMap) -> Response {
        let refuse = |status, code, message: &str| edge::refusal(status, code, message, headers);
        match self {
            Self::Nobody => refuse(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "A valid bearer token is needed."),
            Self::Forbidden(needed) => {
                let message = format!("This needs the permission {}.", needed.as_str());
                refuse(StatusCode::FORBIDDEN, "FORBIDDEN", &message)
            }
            Self::Operator => refuse(StatusCode::FORBIDDEN, "FORBIDDEN", "This is for people of a business."),
            error @ (Self::Unavailable(_) | Self::Elapsed) => {
                tracing::error!(export, error = %error, "exports.reader: the token can't be checked");
                refuse(StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT", "The token can't be checked now; ask again.")
            }
        }
    }
}
