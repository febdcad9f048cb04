//! What was kept and never came to count is destroyed.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::vault;
use crate::upkeep::keep;

/// How often it is looked at.
const HOURLY: Duration = Duration::from_secs(3_600);

/// Destroys what never came to count. Several may run.
pub struct Upkeep {
    pool: PgPool,
    stop: CancellationToken,
}

impl Upkeep {
    /// Sees to what is behind `pool` until `stop`.
    #[must_use]
    pub fn new(pool: PgPool, stop: CancellationToken) -> Self {
        Self { pool, stop }
    }

    /// Runs until the process stops.
    pub async fn run(self) {
        keep("credentials.upkeep", HOURLY, &self.stop, || vault::destroy_unrecorded(&self.pool)).await;
    }
}

#[cfg(test)]
mod tests {
    use leadflow_domain::channel::{ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber};
    use leadflow_domain::{ChannelId, CommandId, CredentialId, TenantId};
    use leadflow_event_store::{Actor, CommandContext, database, testing as log_testing};
    use leadflow_projections::testing;
    use uuid::Uuid;

    use super::*;
    use crate::commands::Commands;

    #[tokio::test]
    async fn what_never_came_to_count_is_destroyed_when_its_request_is_long_over() {
        let pool = database::owner_pool(testing::database().await.connect_options());
        let channels = Commands::new(&log_testing::event_store(&pool)).channels;
        let tenant = TenantId::from_uuid(Uuid::from_u128(1));
        let channel = ChannelId::whatsapp(tenant, "10");
        let number = WhatsAppNumber {
            phone_number_id: ProviderId::parse("10").unwrap(),
            waba_id: ProviderId::parse("20").unwrap(),
            display_phone: DisplayPhone::parse("+39 02 1").unwrap(),
            app: None,
        };
        let keep = async || vault::keep(&pool, &log_testing::keys(), (tenant, channel.into()), "EAAG").await.unwrap();
        let (counts, broke_off) = (keep().await, keep().await);
        let enter = ChannelCommand::EnterWhatsAppCredentials { credential: counts };
        for (key, command) in [("connect", ChannelCommand::ConnectWhatsAppNumber(number)), ("enter", enter)] {
            let id = CommandId::derive(tenant, "test", &[key]);
            channels
                .execute(channel, command, CommandContext::new(tenant, id, Actor::CommandLine, "test"))
                .await
                .unwrap();
        }
        sqlx::query("update provider_credentials set created_at = created_at - interval '2 hours'")
            .execute(&pool)
            .await
            .unwrap();
        let under_way = keep().await;
        vault::destroy_unrecorded(&pool).await.unwrap();
        let left: Vec<Uuid> =
            sqlx::query_scalar("select credential_id from provider_credentials").fetch_all(&pool).await.unwrap();
        let left: std::collections::BTreeSet<CredentialId> = left.into_iter().map(CredentialId::from_uuid).collect();
        assert_eq!(left, [counts, under_way].into(), "and not {broke_off}");
    }
}
