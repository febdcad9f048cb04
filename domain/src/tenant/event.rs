use super::{Branding, OnboardingStep, Profile, Schedule, Settings, TenantName};

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
        /// The business said what it is. Its number is the business's own, and about nobody.
        "tenant.profile_set", "1" => ProfileSet {
            /// What.
            profile: Profile,
        },
        /// The business said how its dashboard looks, in place of what it said before.
        "tenant.branding_set", "1" => BrandingSet {
            /// How.
            branding: Branding,
        },
        /// The business said how it works, from this event on.
        "tenant.settings_set", "1" => SettingsSet {
            /// How.
            settings: Settings,
        },
        /// Something that a new business does was done.
        "tenant.onboarding_step_completed", "1" => OnboardingStepCompleted {
            /// What.
            step: OnboardingStep,
        },
    }
}
