//! The channels that a page tells of.

use std::collections::HashMap;

use leadflow_domain::channel::{AppKey, ChannelEvent, WhatsAppNumber};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Default)]
pub(super) struct Channels<'a> {
    // A map: one statement can't write the same row twice.
    rows: HashMap<Uuid, Told<'a>>,
}

/// What a page tells of a channel.
struct Told<'a> {
    tenant: Uuid,
    /// The number's details, as they were told last.
    number: Option<&'a WhatsAppNumber>,
    is_connected: bool,
    version: i64,
}

impl<'a> Channels<'a> {
    pub(super) fn put(&mut self, recorded: &RecordedEvent, event: &'a ChannelEvent) {
        let number = match event {
            ChannelEvent::WhatsAppNumberConnected(number) => Some(number),
            ChannelEvent::WhatsAppNumberDisconnected { .. } => None,
        };
        let before = self.rows.get(&recorded.stream.as_uuid()).and_then(|told| told.number);
        let told = Told {
            tenant: recorded.tenant.as_uuid(),
            number: number.or(before),
            is_connected: number.is_some(),
            version: recorded.version,
        };
        self.rows.insert(recorded.stream.as_uuid(), told);
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let numbers: Vec<(Uuid, &Told<'_>, &WhatsAppNumber)> =
            self.rows.iter().filter_map(|(channel, told)| Some((*channel, told, told.number?))).collect();
        sqlx::query(
            "insert into channels (channel_id, tenant_id, display_phone, phone_number_id, waba_id, app, is_connected, \
                                   version) \
             select *, true, 0 from unnest($1, $2, $3, $4, $5, $6) \
             on conflict (channel_id) do update set \
                 display_phone = excluded.display_phone, phone_number_id = excluded.phone_number_id, \
                 waba_id = excluded.waba_id, app = excluded.app",
        )
        .bind(numbers.iter().map(|(channel, ..)| *channel).collect::<Vec<_>>())
        .bind(numbers.iter().map(|(_, told, _)| told.tenant).collect::<Vec<_>>())
        .bind(numbers.iter().map(|(.., number)| number.display_phone.as_str()).collect::<Vec<_>>())
        .bind(numbers.iter().map(|(.., number)| number.phone_number_id.as_str()).collect::<Vec<_>>())
        .bind(numbers.iter().map(|(.., number)| number.waba_id.as_str()).collect::<Vec<_>>())
        .bind(numbers.iter().map(|(.., number)| number.app.as_ref().map(AppKey::as_str)).collect::<Vec<_>>())
        .execute(&mut *rows)
        .await?;
        sqlx::query(
            "update channels c set is_connected = told.is_connected, version = told.version \
             from unnest($1, $2, $3) as told (id, is_connected, version) where c.channel_id = told.id",
        )
        .bind(self.rows.keys().copied().collect::<Vec<_>>())
        .bind(self.rows.values().map(|told| told.is_connected).collect::<Vec<_>>())
        .bind(self.rows.values().map(|told| told.version).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}
