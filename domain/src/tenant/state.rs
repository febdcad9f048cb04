use serde::{Deserialize, Serialize};

use super::{TenantCommand, TenantEvent, TenantName, TenantRefusal, register};
use crate::{DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What a tenant's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    pub(super) name: Option<TenantName>,
}

aggregate::aggregate!(Tenant, "tenant", TenantCommand, TenantEvent, TenantRefusal);

impl Tenant {
    /// The business's name, once it is registered.
    #[must_use]
    pub fn name(&self) -> Option<&TenantName> {
        self.name.as_ref()
    }

    fn evolve(&mut self, event: TenantEvent) {
        match event {
            TenantEvent::Registered { name } => self.name = Some(name),
        }
    }
}

impl Decide for Tenant {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: TenantCommand) -> Result<Vec<TenantEvent>, TenantRefusal> {
        match command {
            TenantCommand::Register { name } => register::decide(self, name),
        }
    }

    fn reservations(event: &TenantEvent) -> Vec<ReservationChange> {
        match event {
            TenantEvent::Registered { .. } => vec![],
        }
    }

    fn data_subject(_stream: StreamId, event: &TenantEvent) -> DataSubject {
        match event {
            TenantEvent::Registered { .. } => DataSubject::Nobody,
        }
    }
}
