//! Whole lists as files, page by page as they are read, so that one of millions costs no more memory than one of ten.

mod audit;
mod cells;
mod format;

pub(crate) use cells::tame;

use axum::Router;
use axum::routing::get;

use crate::server::Edge;

/// Their routes.
pub(crate) fn routes() -> Router<Edge> {
    Router::new().route("/exports/audit", get(audit::export))
}
