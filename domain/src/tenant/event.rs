use serde::{Deserialize, Serialize};

use super::TenantName;

/// What happened to a tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TenantEvent {
    /// A business began to use the installation.
    #[serde(rename = "tenant.registered")]
    Registered {
        /// What it calls itself.
        name: TenantName,
    },
}

crate::aggregate::event_types!(TenantEvent {
    Registered => "tenant.registered", "1";
});
