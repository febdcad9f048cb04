use super::{Schedule, TenantName};

/// What can be asked of a tenant.
#[derive(Debug, Clone)]
pub enum TenantCommand {
    /// A business begins to use the installation.
    Register {
        /// What it calls itself.
        name: TenantName,
    },
    /// Say when it is open.
    SetSchedule {
        /// When.
        schedule: Schedule,
    },
    /// Say that it has no hours any more.
    RemoveSchedule,
}
