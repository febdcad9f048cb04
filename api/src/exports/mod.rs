//! Whole lists as files, page by page as they are read, so that one of millions costs no more memory than one of ten.

mod audit;
mod cells;
mod format;
mod leads;
mod reader;

pub(crate) use cells::tame;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::server::Edge;

/// Their routes.
pub(crate) fn routes() -> Router<Arc<Edge>> {
    Router::new().route("/exports/audit", get(audit::export)).route("/exports/leads", get(leads::export))
}
