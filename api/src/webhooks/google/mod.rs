//! Google's lead forms: the door that each form has, and what its deliveries mean.

mod keys;
mod receive;
mod translate;

pub use keys::SourceKeys;
pub(super) use translate::{foresee, translate};

use std::sync::Arc;

use axum::Router;
use axum::routing::post;

use super::WebhookEdge;

/// The provider's name in the table and in metadata.
pub(super) const PROVIDER: &str = "google";

/// Most bytes of a form. The longest answers that Google takes are some hundred characters each.
pub(super) const MOST_BYTES: usize = 256 << 10;

/// Where forms come in; the segment behind it is the source's id.
pub(crate) const PATH: &str = "/webhooks/google";

/// Where another product takes them.
const ALIAS: &str = "/api/webhooks/google";

/// The routes of all forms, under another product's path too if `aliases`.
pub fn routes<S: Clone + Send + Sync + 'static>(edge: Arc<WebhookEdge>, aliases: bool) -> Router<S> {
    let paths = std::iter::once(PATH).chain(aliases.then_some(ALIAS));
    let routes =
        paths.fold(Router::new(), |routes, path| routes.route(&format!("{path}/{{source}}"), post(receive::receive)));
    routes.with_state(edge)
}

#[cfg(test)]
mod tests;
