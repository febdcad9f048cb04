use serde::{Deserialize, Serialize};

use crate::channel::{AppKey, ProviderId};
use crate::{Reservation, Scope};

/// A page of Facebook, whose lead forms people fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Meta's id of it; webhooks are routed by it.
    pub page_id: ProviderId,
    /// The Meta app that alone may bring its webhooks; `None` is the installation's default app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<AppKey>,
}

/// A page belongs to one source of the whole installation.
#[must_use]
pub fn page_id_reservation(page_id: &str) -> Reservation {
    Reservation { scope: Scope::Installation, kind: "source.facebook_page_id", value: page_id.to_owned() }
}
