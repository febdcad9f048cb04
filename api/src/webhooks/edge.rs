//! What stands between the network and the durable door.

use std::collections::BTreeMap;

use axum::extract::Path;
use leadflow_domain::channel::AppKey;

use super::external::ExternalDoors;
use super::google::{self, SourceKeys};
use super::whole::{self, Bodies};
use super::{Intake, Refusals};
use crate::config::{Config, MetaApp};
use crate::limits::Limits;

/// Memory for forms that are longer than an ordinary one.
const FORMS_MEMORY: usize = 8 << 20;

/// What webhooks need.
pub struct WebhookEdge {
    /// The durable door.
    pub intake: Intake,
    /// Who may bring webhooks, by the key in the path.
    pub apps: BTreeMap<Option<AppKey>, MetaApp>,
    /// Takes bodies in.
    pub bodies: Bodies,
    /// Takes forms in, which are short.
    pub forms: Bodies,
    /// What deliveries of sources show.
    pub sources: SourceKeys,
    /// What external sources go by.
    pub doors: ExternalDoors,
    /// How often they may post.
    pub limits: Limits,
    /// What was not taken.
    pub refusals: Refusals,
}

impl WebhookEdge {
    /// As `config` says, before `intake`; sources show what `sources` and `doors` have, and post as often as `limits` let them.
    #[must_use]
    pub fn new(config: &Config, intake: Intake, sources: SourceKeys, doors: ExternalDoors, limits: Limits) -> Self {
        Self {
            intake,
            apps: config.meta_apps(),
            bodies: Bodies::new(config.webhook_max_bytes, whole::TIME, config.webhook_memory_mib << 20),
            forms: Bodies::new(google::MOST_BYTES, whole::TIME, FORMS_MEMORY),
            sources,
            doors,
            limits,
            refusals: Refusals::default(),
        }
    }

    /// The app of a path's key, or of a path without one.
    pub(super) fn app(&self, key: Option<Path<String>>) -> Option<(&Option<AppKey>, &MetaApp)> {
        let key = key.map(|Path(key)| AppKey::parse(&key)).transpose().ok()?;
        self.apps.get_key_value(&key)
    }
}
