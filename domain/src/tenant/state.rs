use serde::{Deserialize, Serialize};

use super::{Schedule, TenantCommand, TenantEvent, TenantName, TenantRefusal, register, set_schedule};
use crate::{DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What a tenant's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    pub(super) name: Option<TenantName>,
    pub(super) schedule: Option<Schedule>,
}

aggregate::aggregate!(Tenant, "tenant", TenantCommand, TenantEvent, TenantRefusal);

impl Tenant {
    /// The business's name, once it is registered.
    #[must_use]
    pub fn name(&self) -> Option<&TenantName> {
        self.name.as_ref()
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
        }
    }
}

impl Decide for Tenant {
    const STATE_VERSION: u32 = 2;

    fn decide(&self, command: TenantCommand) -> Result<Vec<TenantEvent>, TenantRefusal> {
        match command {
            TenantCommand::Register { name } => register::decide(self, name),
            TenantCommand::SetSchedule { schedule } => set_schedule::set(self, schedule),
            TenantCommand::RemoveSchedule => set_schedule::remove(self),
        }
    }

    fn reservations(event: &TenantEvent) -> Vec<ReservationChange> {
        match event {
            TenantEvent::Registered { .. } | TenantEvent::ScheduleSet { .. } | TenantEvent::ScheduleRemoved {} => {
                vec![]
            }
        }
    }

    fn data_subject(_stream: StreamId, event: &TenantEvent) -> DataSubject {
        match event {
            TenantEvent::Registered { .. } | TenantEvent::ScheduleSet { .. } | TenantEvent::ScheduleRemoved {} => {
                DataSubject::Nobody
            }
        }
    }
}
