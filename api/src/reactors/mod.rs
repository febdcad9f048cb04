//! Reactors: they read the log and act. What they do twice is done once: a command's id is derived from the event
//! that led to it.

mod capture_lead;
mod destroy_credentials;
mod erase_from_deliveries;
mod erase_together;
mod heed_refusals;
mod read_leads;
mod resume_deliveries;
mod route_work;
mod send_outbound;

pub use capture_lead::CaptureLead;
pub use destroy_credentials::DestroyCredentials;
pub use erase_from_deliveries::EraseFromDeliveries;
pub use erase_together::EraseTogether;
pub use heed_refusals::HeedRefusals;
pub use read_leads::ReadLeads;
pub use resume_deliveries::ResumeDeliveries;
pub use route_work::RouteWork;
pub use send_outbound::SendOutbound;

use leadflow_projections::{Checkpoint, CheckpointState};
use sqlx::PgPool;

/// Every reactor's row in `checkpoints`.
pub(crate) const ALL: [&str; 9] = [
    capture_lead::CONSUMER,
    destroy_credentials::CONSUMER,
    erase_from_deliveries::CONSUMER,
    erase_together::CONSUMER,
    heed_refusals::CONSUMER,
    read_leads::CONSUMER,
    resume_deliveries::CONSUMER,
    route_work::CONSUMER,
    send_outbound::CONSUMER,
];

/// Makes the checkpoints of reactors that have none yet, at the head of this moment: a new reactor does not act on
/// history.
///
/// # Errors
/// The database's.
pub async fn register(owner: &PgPool) -> Result<(), sqlx::Error> {
    let mut tx = owner.begin().await?;
    let head: i64 = sqlx::query_scalar("select coalesce(max(position), 0) from events").fetch_one(&mut *tx).await?;
    for consumer in ALL {
        Checkpoint::register(&mut tx, consumer, head, CheckpointState::Live).await?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use leadflow_domain::tenant::{TenantCommand, TenantName};
    use leadflow_domain::{CommandId, TenantId};
    use leadflow_event_store::{Actor, CommandContext, database, testing as log_testing};
    use leadflow_projections::{statuses, testing};
    use uuid::Uuid;

    use super::*;
    use crate::commands::Commands;

    #[tokio::test]
    async fn a_new_reactor_begins_where_the_log_ends_and_stays_where_it_is() {
        let owner = database::owner_pool(testing::database().await.connect_options());
        let commands = Commands::new(&log_testing::event_store(&owner));
        let register_tenant = async |number| {
            let tenant = TenantId::from_uuid(Uuid::from_u128(number));
            let context =
                CommandContext::new(tenant, CommandId::derive(tenant, "test", &[]), Actor::CommandLine, "test");
            let command = TenantCommand::Register { name: TenantName::parse("Acme").unwrap() };
            commands.tenants.execute(tenant, command, context).await.unwrap();
        };
        let position = async || {
            let known = statuses(&owner).await.unwrap();
            known.iter().find(|status| status.consumer == capture_lead::CONSUMER).unwrap().position
        };
        register_tenant(1).await;
        register(&owner).await.unwrap();
        assert_eq!(position().await, 1);
        register_tenant(2).await;
        register(&owner).await.unwrap();
        assert_eq!(position().await, 1, "what happened since is its business");
    }
}
