//! Programs that post leads: the door that each has, and what its deliveries mean (decision 21).

mod body;
mod doors;
mod receive;
mod translate;

pub use body::MediaType;
pub use doors::{Door, ExternalDoors, NewSecret, NewToken, Opens, Untold};
pub(super) use translate::{foresee, translate};

use std::sync::Arc;

use axum::Router;
use axum::routing::post;

use super::WebhookEdge;

/// The provider's name in the table and in metadata.
pub(super) const PROVIDER: &str = "external";

/// Where programs post; the segment behind it is the source's id.
pub(crate) const PATH: &str = "/webhooks/external";

/// The routes of all external sources.
pub fn routes<S: Clone + Send + Sync + 'static>(edge: Arc<WebhookEdge>) -> Router<S> {
    Router::new().route(&format!("{PATH}/{{source}}"), post(receive::receive)).with_state(edge)
}

#[cfg(test)]
mod tests;
