//! The channels that a page tells of.

use std::collections::HashMap;

use leadflow_domain::channel::WhatsAppNumber;
use leadflow_domain::{StreamId, TenantId};
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Default)]
pub(super) struct Channels {
    // A map: one statement can't write the same row twice.
    pub(super) rows: HashMap<Uuid, (TenantId, String)>,
}

impl Channels {
    pub(super) fn put(&mut self, tenant: TenantId, channel: StreamId, number: &WhatsAppNumber) {
        self.rows.insert(channel.as_uuid(), (tenant, number.display_phone.as_str().to_owned()));
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into channels (channel_id, tenant_id, display_phone) select * from unnest($1, $2, $3) \
             on conflict (channel_id) do update set display_phone = excluded.display_phone",
        )
        .bind(self.rows.keys().copied().collect::<Vec<_>>())
        .bind(self.rows.values().map(|(tenant, _)| tenant.as_uuid()).collect::<Vec<_>>())
        .bind(self.rows.values().map(|(_, phone)| phone.as_str()).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}
