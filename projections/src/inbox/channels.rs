//! The channels that a page tells of.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::channel::WhatsAppNumber;
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

use super::words::ChannelStatus;
use crate::word::Word;

#[derive(Default)]
pub(super) struct Channels {
    // A map: one statement can't write the same row twice.
    connected: HashMap<Uuid, Connected>,
    disconnected: HashMap<Uuid, bool>,
}

/// A number that was connected, perhaps not for the first time.
struct Connected {
    tenant: Uuid,
    display_phone: String,
    at: Timestamp,
}

impl Channels {
    pub(super) fn connected(&mut self, recorded: &RecordedEvent, number: &WhatsAppNumber) {
        let channel = recorded.stream.as_uuid();
        let display_phone = number.display_phone.as_str().to_owned();
        self.disconnected.insert(channel, false);
        self.connected
            .entry(channel)
            .and_modify(|known| known.display_phone.clone_from(&display_phone))
            .or_insert_with(|| Connected {
                tenant: recorded.tenant.as_uuid(),
                display_phone,
                at: recorded.recorded_at,
            });
    }

    pub(super) fn disconnected(&mut self, recorded: &RecordedEvent) {
        self.disconnected.insert(recorded.stream.as_uuid(), true);
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if !self.connected.is_empty() {
            sqlx::query(
                "insert into channels (channel_id, tenant_id, display_phone, connected_at, status) \
                 select *, 'connected' from unnest($1, $2, $3, $4) \
                 on conflict (channel_id) do update set display_phone = excluded.display_phone",
            )
            .bind(self.connected.keys().copied().collect::<Vec<_>>())
            .bind(self.connected.values().map(|number| number.tenant).collect::<Vec<_>>())
            .bind(self.connected.values().map(|number| number.display_phone.as_str()).collect::<Vec<_>>())
            .bind(self.connected.values().map(|number| jiff_sqlx::Timestamp::from(number.at)).collect::<Vec<_>>())
            .execute(&mut *rows)
            .await?;
        }
        if !self.disconnected.is_empty() {
            let status = |is_disconnected: &bool| match is_disconnected {
                true => ChannelStatus::Disconnected.word(),
                false => ChannelStatus::Connected.word(),
            };
            sqlx::query(
                "update channels c set status = t.status from unnest($1, $2) as t (id, status) \
                 where c.channel_id = t.id and c.status <> t.status",
            )
            .bind(self.disconnected.keys().copied().collect::<Vec<_>>())
            .bind(self.disconnected.values().map(status).collect::<Vec<_>>())
            .execute(rows)
            .await?;
        }
        Ok(())
    }
}
