use super::TenantName;

crate::event_type::events! {
    /// What happened to a tenant.
    pub enum TenantEvent {
        /// A business began to use the installation.
        "tenant.registered", "1" => Registered {
            /// What it calls itself.
            name: TenantName,
        },
    }
}
