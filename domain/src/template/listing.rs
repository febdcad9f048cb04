use serde::{Deserialize, Serialize};

use super::{Components, TemplateCategory, TemplateQuality, TemplateStatus};
use crate::channel::ProviderId;

/// A template, as WhatsApp lists it: all that it tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// WhatsApp's id of it.
    pub provider_id: ProviderId,
    /// How it stands.
    pub status: TemplateStatus,
    /// What it is for.
    pub category: TemplateCategory,
    /// What people think of it, if that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<TemplateQuality>,
    /// What it consists of.
    pub components: Components,
}
