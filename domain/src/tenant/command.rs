use super::{Branding, OnboardingStep, Profile, Schedule, Settings, TenantName};

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
    /// Say what it is.
    SetProfile {
        /// What.
        profile: Profile,
    },
    /// Say how its dashboard looks.
    SetBranding {
        /// How, in place of what was said before.
        branding: Branding,
    },
    /// Say how it works.
    SetSettings {
        /// How.
        settings: Settings,
    },
    /// Something that a new business does is done.
    CompleteOnboardingStep {
        /// What.
        step: OnboardingStep,
    },
}
