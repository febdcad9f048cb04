//! WhatsApp Cloud API webhooks: the handshake, the signed POST, and what the bodies mean.

mod apps;
#[cfg(test)]
pub(super) mod batches;
mod call;
mod content;
mod corrections;
mod echo;
mod envelope;
mod fact;
mod foresee;
#[cfg(test)]
mod fuzz;
mod group_reading;
mod group_update;
mod groups;
mod handshake;
mod health;
mod health_update;
mod history;
mod identity;
mod inbound;
mod json;
#[cfg(test)]
pub(super) mod laws;
mod leads;
mod listing;
mod message;
#[cfg(test)]
mod oddities;
mod outbound;
mod page;
mod people;
mod place;
mod preference;
mod reach;
mod receive;
mod redact;
mod sanitize;
mod sent;
mod social;
mod status;
mod template_update;
mod templates;
mod told;
mod translate;

pub(super) use corrections::Misunderstood;
pub use envelope::{EnvelopeItem, Reading, read};
pub(super) use foresee::foresee;
pub use redact::redact;
pub use sanitize::sanitize;
pub(super) use translate::{Outcome, correlation, guarded, outcome, translate, unsuccessful};

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::WebhookEdge;

/// The provider's name in the table and in metadata.
const PROVIDER: &str = "whatsapp";

/// Where webhooks come in; one segment more is the key of a Meta app other than the default one.
pub(crate) const PATH: &str = "/webhooks/whatsapp";

/// Where other products take them. One callback gets all that a Meta app is subscribed to, so those of Meta and of
/// Facebook are the same door.
const ALIASES: [&str; 4] = ["/webhook/whatsapp", "/api/webhooks/whatsapp", "/webhook/facebook", "/api/webhooks/meta"];

/// The routes of all apps, under other products' paths too if `aliases`.
pub fn routes<S: Clone + Send + Sync + 'static>(edge: Arc<WebhookEdge>, aliases: bool) -> Router<S> {
    let paths = std::iter::once(PATH).chain(ALIASES.into_iter().filter(|_| aliases));
    let routes = paths.fold(Router::new(), |routes, path| {
        let methods = get(handshake::handshake).post(receive::receive);
        routes.route(path, methods.clone()).route(&format!("{path}/{{app}}"), methods)
    });
    routes.with_state(edge)
}

#[cfg(test)]
mod hostile;
