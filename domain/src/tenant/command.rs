use super::TenantName;

/// What can be asked of a tenant.
#[derive(Debug, Clone)]
pub enum TenantCommand {
    /// A business begins to use the installation.
    Register {
        /// What it calls itself.
        name: TenantName,
    },
}
