//! How far messages of the business got. Reports come in any order, also before their message; the rows are the same.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::outbound_message::{DeliveryStatus, StatusReport};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::word::Word;

/// What a page tells of messages of the business.
#[derive(Default)]
pub(super) struct Statuses {
    // A map: one statement can't write the same row twice.
    rows: HashMap<Uuid, Told>,
    /// Messages that somebody has sent again: what was told of them before counts only if they arrived.
    begun_anew: Vec<Uuid>,
}

/// What is told of one of them.
pub(super) struct Told {
    tenant: Uuid,
    status: DeliveryStatus,
    /// The first time of each.
    sent_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    read_at: Option<Timestamp>,
    played_at: Option<Timestamp>,
    failure: Option<Failure>,
    /// Of several the last by time; ties are broken by what they say.
    pricing: Option<(Timestamp, String)>,
}

/// Of several the first by time; ties are broken by what they say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Failure {
    at: Timestamp,
    /// Empty where the provider gave no reason.
    code: String,
    title: String,
    details: String,
}

impl Statuses {
    /// Somebody has it sent again.
    pub(super) fn begin_anew(&mut self, recorded: &RecordedEvent) {
        let id = recorded.stream.as_uuid();
        if self.rows.get(&id).is_some_and(|told| told.status < DeliveryStatus::Delivered) {
            self.rows.remove(&id);
        }
        self.begun_anew.push(id);
    }

    /// A report on one of a group is not one on the message, and is not shown.
    pub(super) fn put(&mut self, recorded: &RecordedEvent, report: &StatusReport) {
        let Some(status) = report.reached() else { return };
        let told = self.put_without_time(recorded, status);
        if let Some(pricing) = &report.pricing {
            told.pricing = told.pricing.take().max(Some((report.at, pricing.clone())));
        }
        let first =
            |known: &mut Option<Timestamp>| *known = Some(known.map_or(report.at, |known| known.min(report.at)));
        match status {
            DeliveryStatus::Sent => first(&mut told.sent_at),
            DeliveryStatus::Delivered => first(&mut told.delivered_at),
            DeliveryStatus::Read => first(&mut told.read_at),
            DeliveryStatus::Played => first(&mut told.played_at),
            DeliveryStatus::Failed => {
                let error = report.errors.first();
                let failure = Failure {
                    at: report.at,
                    code: error.map(|error| error.code.clone()).unwrap_or_default(),
                    title: error.and_then(|error| error.title.clone()).unwrap_or_default(),
                    details: error.and_then(|error| error.details.clone()).unwrap_or_default(),
                };
                told.failure = Some(told.failure.take().map_or(failure.clone(), |known| known.min(failure)));
            }
            // Ours to say, with times of their own.
            DeliveryStatus::Queued
            | DeliveryStatus::Cancelled
            | DeliveryStatus::Attempted
            | DeliveryStatus::Unknown
            | DeliveryStatus::Accepted => {}
        }
    }

    /// How far a message had got by some time that nobody tells.
    pub(super) fn put_without_time(&mut self, recorded: &RecordedEvent, status: DeliveryStatus) -> &mut Told {
        let told = self.rows.entry(recorded.stream.as_uuid()).or_insert_with(|| Told {
            tenant: recorded.tenant.as_uuid(),
            status,
            sent_at: None,
            delivered_at: None,
            read_at: None,
            played_at: None,
            failure: None,
            pricing: None,
        });
        told.status = told.status.max(status);
        told
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if !self.begun_anew.is_empty() {
            sqlx::query(
                "delete from message_statuses where outbound_message_id = any($1) \
                    and status <> all (array['delivered', 'read', 'played'])",
            )
            .bind(&self.begun_anew)
            .execute(&mut *rows)
            .await?;
        }
        if self.rows.is_empty() {
            return Ok(());
        }
        let told = || self.rows.values();
        let times = |pick: fn(&Told) -> Option<Timestamp>| {
            told().map(|told| pick(told).map(jiff_sqlx::Timestamp::from)).collect::<Vec<_>>()
        };
        let failures =
            |pick: fn(&Failure) -> &str| told().map(|told| told.failure.as_ref().map(pick)).collect::<Vec<_>>();
        sqlx::query(
            "insert into message_statuses as known \
                 (outbound_message_id, tenant_id, status, sent_at, delivered_at, read_at, played_at, \
                  failed_at, failure_code, failure_title, failure_details, pricing_at, pricing) \
             select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $12, $13, $14) order by 1 \
             on conflict (outbound_message_id) do update set \
                 status = ($11::text[])[greatest(array_position($11, known.status), \
                                                 array_position($11, excluded.status))], \
                 sent_at = least(known.sent_at, excluded.sent_at), \
                 delivered_at = least(known.delivered_at, excluded.delivered_at), \
                 read_at = least(known.read_at, excluded.read_at), \
                 played_at = least(known.played_at, excluded.played_at), \
                 (failed_at, failure_code, failure_title, failure_details) = (select failure.* from ( \
                     values (known.failed_at, known.failure_code, known.failure_title, known.failure_details), \
                            (excluded.failed_at, excluded.failure_code, excluded.failure_title, \
                             excluded.failure_details) \
                 ) as failure (at, code, title, details) order by at nulls last, code, title, details limit 1), \
                 (pricing_at, pricing) = (select priced.* from ( \
                     values (known.pricing_at, known.pricing), (excluded.pricing_at, excluded.pricing) \
                 ) as priced (at, said) order by at desc nulls last, said desc limit 1)",
        )
        .bind(self.rows.keys().copied().collect::<Vec<_>>())
        .bind(told().map(|told| told.tenant).collect::<Vec<_>>())
        .bind(told().map(|told| told.status.word()).collect::<Vec<_>>())
        .bind(times(|told| told.sent_at))
        .bind(times(|told| told.delivered_at))
        .bind(times(|told| told.read_at))
        .bind(times(|told| told.played_at))
        .bind(times(|told| told.failure.as_ref().map(|failure| failure.at)))
        .bind(failures(|failure| &failure.code))
        .bind(failures(|failure| &failure.title))
        .bind(DeliveryStatus::ALL.map(Word::word).as_slice())
        .bind(failures(|failure| &failure.details))
        .bind(told().map(|told| Some(jiff_sqlx::Timestamp::from(told.pricing.as_ref()?.0))).collect::<Vec<_>>())
        .bind(told().map(|told| Some(told.pricing.as_ref()?.1.as_str())).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}
