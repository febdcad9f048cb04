//! The channels that a page tells of.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::channel::{AppKey, ChannelEvent, SocialAccount, StopReason, WhatsAppNumber};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

use super::health::{HealthTold, write_health};
use super::words::{ChannelKind, ChannelStatus};
use crate::word::Word;

#[derive(Default)]
pub(super) struct Channels<'a> {
    // A map: one statement can't write the same row twice.
    rows: HashMap<Uuid, Told<'a>>,
}

/// What a page tells of a channel.
struct Told<'a> {
    tenant: Uuid,
    /// What is connected, with its details as they were told last, and when they were first told here.
    place: Option<(Place<'a>, Timestamp)>,
    status: Option<ChannelStatus>,
    /// That there are credentials since then, or none.
    credentials: Option<Option<Timestamp>>,
    /// That the provider takes nothing more since then, and why; or that it does.
    stopped: Option<Option<(Timestamp, &'a StopReason)>>,
    /// What WhatsApp told of how it stands, in its order.
    health: Vec<HealthTold<'a>>,
    version: i64,
}

/// What is connected.
#[derive(Clone, Copy)]
enum Place<'a> {
    Number(&'a WhatsAppNumber),
    Account(&'a SocialAccount),
}

impl<'a> Place<'a> {
    fn kind(self) -> ChannelKind {
        match self {
            Self::Number(_) => ChannelKind::WhatsApp,
            Self::Account(account) => account.network.into(),
        }
    }

    fn number(self) -> Option<&'a WhatsAppNumber> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    fn account(self) -> Option<&'a SocialAccount> {
        if let Self::Account(account) = self { Some(account) } else { None }
    }

    fn app(self) -> Option<&'a str> {
        let app = match self {
            Self::Number(number) => number.app.as_ref(),
            Self::Account(account) => account.app.as_ref(),
        };
        app.map(AppKey::as_str)
    }
}

impl<'a> Told<'a> {
    fn connect(&mut self, place: Place<'a>, at: Timestamp) {
        let first = self.place.map_or(at, |(_, first)| first);
        (self.place, self.status) = (Some((place, first)), Some(ChannelStatus::Connected));
    }
}

impl<'a> Channels<'a> {
    pub(super) fn put(&mut self, recorded: &RecordedEvent, event: &'a ChannelEvent) {
        let told = self.rows.entry(recorded.stream.as_uuid()).or_insert_with(|| Told {
            tenant: recorded.tenant.as_uuid(),
            place: None,
            status: None,
            credentials: None,
            stopped: None,
            health: Vec::new(),
            version: 0,
        });
        told.version = recorded.version;
        match event {
            ChannelEvent::WhatsAppNumberConnected(number) => {
                told.connect(Place::Number(number), recorded.recorded_at);
            }
            ChannelEvent::SocialAccountConnected { account, credential, .. } => {
                told.connect(Place::Account(account), recorded.recorded_at);
                if credential.is_some() {
                    told.credentials = Some(Some(recorded.recorded_at));
                }
            }
            ChannelEvent::SocialAccountDisconnected { .. } => {
                (told.status, told.credentials) = (Some(ChannelStatus::Disconnected), Some(None));
            }
            ChannelEvent::WhatsAppNumberDisconnected { .. } => told.status = Some(ChannelStatus::Disconnected),
            ChannelEvent::WhatsAppCredentialsEntered { .. } | ChannelEvent::WhatsAppCredentialsRotated { .. } => {
                told.credentials = Some(Some(recorded.recorded_at));
            }
            ChannelEvent::WhatsAppCredentialsRemoved { .. } => told.credentials = Some(None),
            ChannelEvent::SendingStopped { reason } => told.stopped = Some(Some((recorded.recorded_at, reason))),
            ChannelEvent::SendingResumed {} => told.stopped = Some(None),
            ChannelEvent::HealthTold { waba_id, news, at } => told.health.push((waba_id, news, *at)),
        }
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let places: Vec<(Uuid, Uuid, Place<'_>, Timestamp)> = self
            .rows
            .iter()
            .filter_map(|(channel, told)| told.place.map(|(place, first)| (*channel, told.tenant, place, first)))
            .collect();
        sqlx::query(
            "insert into channels (channel_id, tenant_id, kind, display_phone, phone_number_id, waba_id, account_id, \
                                   account_name, app, connected_at, status, version) \
             select *, $11, 0 from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             on conflict (channel_id) do update set \
                 display_phone = excluded.display_phone, phone_number_id = excluded.phone_number_id, \
                 waba_id = excluded.waba_id, account_name = excluded.account_name, app = excluded.app",
        )
        .bind(places.iter().map(|(channel, ..)| *channel).collect::<Vec<_>>())
        .bind(places.iter().map(|(_, tenant, ..)| *tenant).collect::<Vec<_>>())
        .bind(places.iter().map(|(.., place, _)| place.kind().word()).collect::<Vec<_>>())
        .bind(places.iter().map(|(.., place, _)| Some(place.number()?.display_phone.as_str())).collect::<Vec<_>>())
        .bind(places.iter().map(|(.., place, _)| Some(place.number()?.phone_number_id.as_str())).collect::<Vec<_>>())
        .bind(places.iter().map(|(.., place, _)| Some(place.number()?.waba_id.as_str())).collect::<Vec<_>>())
        .bind(places.iter().map(|(.., place, _)| Some(place.account()?.account_id.as_str())).collect::<Vec<_>>())
        .bind(places.iter().map(|(.., place, _)| Some(place.account()?.name.as_str())).collect::<Vec<_>>())
        .bind(places.iter().map(|(.., place, _)| place.app()).collect::<Vec<_>>())
        .bind(places.iter().map(|(.., first)| jiff_sqlx::Timestamp::from(*first)).collect::<Vec<_>>())
        .bind(ChannelStatus::Connected.word())
        .execute(&mut *rows)
        .await?;
        sqlx::query(
            "update channels c set status = coalesce(told.status, c.status), version = told.version, \
                    credentials_entered_at = \
                        case when told.of_credentials then told.entered_at else c.credentials_entered_at end, \
                    stopped_at = case when told.of_stop then told.stopped_at else c.stopped_at end, \
                    stop_code = case when told.of_stop then told.code else c.stop_code end, \
                    stop_title = case when told.of_stop then told.title else c.stop_title end \
             from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as told \
                 (id, status, of_credentials, entered_at, version, of_stop, stopped_at, code, title) \
             where c.channel_id = told.id",
        )
        .bind(self.rows.keys().copied().collect::<Vec<_>>())
        .bind(self.rows.values().map(|told| told.status.map(Word::word)).collect::<Vec<_>>())
        .bind(self.rows.values().map(|told| told.credentials.is_some()).collect::<Vec<_>>())
        .bind(
            self.rows
                .values()
                .map(|told| told.credentials.flatten().map(jiff_sqlx::Timestamp::from))
                .collect::<Vec<_>>(),
        )
        .bind(self.rows.values().map(|told| told.version).collect::<Vec<_>>())
        .bind(self.rows.values().map(|told| told.stopped.is_some()).collect::<Vec<_>>())
        .bind(
            self.rows
                .values()
                .map(|told| told.stopped.flatten().map(|(at, _)| jiff_sqlx::Timestamp::from(at)))
                .collect::<Vec<_>>(),
        )
        .bind(self.rows.values().map(|told| told.stopped.flatten().map(|(_, why)| why.code)).collect::<Vec<_>>())
        .bind(self.rows.values().map(|told| told.stopped.flatten()?.1.title.as_deref()).collect::<Vec<_>>())
        .execute(&mut *rows)
        .await?;
        let told = self.rows.iter().filter(|(_, told)| !told.health.is_empty());
        write_health(rows, told.map(|(channel, told)| (*channel, &*told.health))).await
    }
}
