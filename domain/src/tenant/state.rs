use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    Branding, OnboardingStep, Profile, Schedule, Settings, TenantCommand, TenantEvent, TenantName, TenantRefusal,
    branding, onboarding, profile, register, set_schedule, settings,
};
use crate::{DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What a tenant's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    /// What it was registered as.
    pub(super) name: Option<TenantName>,
    pub(super) schedule: Option<Schedule>,
    pub(super) profile: Option<Profile>,
    pub(super) branding: Branding,
    pub(super) settings: Settings,
    /// What it has done of what a new business does.
    pub(super) onboarding: BTreeSet<OnboardingStep>,
}

aggregate::aggregate!(Tenant, "tenant", TenantCommand, TenantEvent, TenantRefusal);

impl Tenant {
    /// What the business calls itself, once it is registered: as its profile says, if it has said what it is.
    #[must_use]
    pub fn name(&self) -> Option<&TenantName> {
        self.profile.as_ref().map(|profile| &profile.name).or(self.name.as_ref())
    }

    /// What it says it is, if it has said so.
    #[must_use]
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }

    /// How its dashboard looks.
    #[must_use]
    pub fn branding(&self) -> &Branding {
        &self.branding
    }

    /// How it works.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Whether this was done, of what a new business does.
    #[must_use]
    pub fn has_completed(&self, step: OnboardingStep) -> bool {
        self.onboarding.contains(&step)
    }

    /// When it is open, if it has said so.
    #[must_use]
    pub fn schedule(&self) -> Option<&Schedule> {
        self.schedule.as_ref()
    }

    /// That it is registered.
    pub(super) fn registered(&self) -> Result<(), TenantRefusal> {
        if self.name.is_some() { Ok(()) } else { Err(TenantRefusal::NotFound) }
    }

    fn evolve(&mut self, event: TenantEvent) {
        match event {
            TenantEvent::Registered { name } => self.name = Some(name),
            TenantEvent::ScheduleSet { schedule } => self.schedule = Some(schedule),
            TenantEvent::ScheduleRemoved {} => self.schedule = None,
            TenantEvent::ProfileSet { profile } => self.profile = Some(profile),
            TenantEvent::BrandingSet { branding } => self.branding = branding,
            TenantEvent::SettingsSet { settings } => self.settings = settings,
            TenantEvent::OnboardingStepCompleted { step } => drop(self.onboarding.insert(step)),
        }
    }
}

impl Decide for Tenant {
    const STATE_VERSION: u32 = 3;

    fn decide(&self, command: TenantCommand) -> Result<Vec<TenantEvent>, TenantRefusal> {
        match command {
            TenantCommand::Register { name } => register::decide(self, name),
            TenantCommand::SetSchedule { schedule } => set_schedule::set(self, schedule),
            TenantCommand::RemoveSchedule => set_schedule::remove(self),
            TenantCommand::SetProfile { profile } => profile::set(self, profile),
            TenantCommand::SetBranding { branding } => branding::set(self, branding),
            TenantCommand::SetSettings { settings } => settings::set(self, settings),
            TenantCommand::CompleteOnboardingStep { step } => onboarding::complete(self, step),
        }
    }

    fn reservations(_stream: StreamId, event: &TenantEvent) -> Vec<ReservationChange> {
        match event {
            TenantEvent::Registered { .. }
            | TenantEvent::ScheduleSet { .. }
            | TenantEvent::ScheduleRemoved {}
            | TenantEvent::ProfileSet { .. }
            | TenantEvent::BrandingSet { .. }
            | TenantEvent::SettingsSet { .. }
            | TenantEvent::OnboardingStepCompleted { .. } => vec![],
        }
    }

    fn data_subject(_stream: StreamId, event: &TenantEvent) -> DataSubject {
        match event {
            TenantEvent::Registered { .. }
            | TenantEvent::ScheduleSet { .. }
            | TenantEvent::ScheduleRemoved {}
            | TenantEvent::ProfileSet { .. }
            | TenantEvent::BrandingSet { .. }
            | TenantEvent::SettingsSet { .. }
            | TenantEvent::OnboardingStepCompleted { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use crate::tenant::{TenantEvent, TenantName};

    pub(in crate::tenant) fn registered() -> TenantEvent {
        TenantEvent::Registered { name: TenantName::parse("Acme").unwrap() }
    }
}
