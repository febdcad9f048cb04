use super::{Schedule, TenantName};

crate::event_type::events! {
    /// What happened to a tenant.
    pub enum TenantEvent {
        /// A business began to use the installation.
        "tenant.registered", "1" => Registered {
            /// What it calls itself.
            name: TenantName,
        },
        /// The business said when it is open, from this event on.
        "tenant.schedule_set", "1" => ScheduleSet {
            /// When.
            schedule: Schedule,
        },
        /// The business said that it has no hours any more, from this event on.
        "tenant.schedule_removed", "1" => ScheduleRemoved {},
    }
}
