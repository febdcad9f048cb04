//! Whose rows a query may see.

use leadflow_domain::TenantId;

/// Stands before every read of tenant tables. Only authentication makes one (`clippy.toml` bans the constructor
/// everywhere else).
#[derive(Debug, Clone, Copy)]
pub struct TenantContext {
    tenant: TenantId,
}

impl TenantContext {
    /// For a caller whose right to act for `tenant` has just been proven.
    #[must_use]
    pub fn proven(tenant: TenantId) -> Self {
        Self { tenant }
    }

    /// The tenant.
    #[must_use]
    pub fn tenant(self) -> TenantId {
        self.tenant
    }
}
