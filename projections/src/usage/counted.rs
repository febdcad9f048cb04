//! What is counted in a page.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::Timestamp;
use jiff::civil::Date;
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

use super::booking::{booked_on, day};
use super::words::UsageItem;
use crate::word::Word;

/// Names a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    subject: Uuid,
    item: UsageItem,
    day: Date,
    nth: i16,
}

/// A row.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    pub(super) tenant: Uuid,
    pub(super) category: String,
    pub(super) booked_on: Date,
    pub(super) quantity: i16,
    pub(super) at: Timestamp,
    pub(super) event: Uuid,
    pub(super) position: i64,
}

impl Counted {
    /// What happened `at`, as `recorded` tells of it.
    pub(super) fn once(recorded: &RecordedEvent, at: Timestamp) -> Self {
        Self {
            tenant: recorded.tenant.as_uuid(),
            category: String::new(),
            booked_on: booked_on(day(at), recorded.recorded_at),
            quantity: 1,
            at,
            event: recorded.id.as_uuid(),
            position: recorded.position,
        }
    }
}

/// The rows that a page adds.
#[derive(Debug, Default)]
pub(super) struct Additions {
    // A map: one statement can't write the same row twice.
    rows: HashMap<Key, Counted>,
}

impl Additions {
    /// The row `nth` of `subject`. Of two the one that the log tells first stays, also where it comes later: a stream
    /// may have been parked.
    pub(super) fn put(&mut self, subject: Uuid, item: UsageItem, nth: i16, row: Counted) {
        match self.rows.entry(Key { subject, item, day: day(row.at), nth }) {
            Entry::Vacant(place) => {
                place.insert(row);
            }
            Entry::Occupied(mut known) => {
                if row.position < known.get().position {
                    known.insert(row);
                }
            }
        }
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let keys = || self.rows.keys();
        let values = || self.rows.values();
        // Most messages are of somebody who has been counted that day: her row is not even locked.
        sqlx::query(
            "insert into counted as known \
                 (subject, item, day, nth, tenant_id, category, booked_on, quantity, at, event_id, position) \
             select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                 as told (subject, item, day, nth, tenant_id, category, booked_on, quantity, at, event_id, position) \
             where not exists (select from counted k where (k.subject, k.item, k.day, k.nth) \
                                   = (told.subject, told.item, told.day, told.nth) and k.position <= told.position) \
             order by 1, 2, 3, 4 \
             on conflict (subject, item, day, nth) do update set \
                 booked_on = excluded.booked_on, at = excluded.at, event_id = excluded.event_id, \
                 position = excluded.position",
        )
        .bind(keys().map(|key| key.subject).collect::<Vec<_>>())
        .bind(keys().map(|key| key.item.word()).collect::<Vec<_>>())
        .bind(keys().map(|key| jiff_sqlx::Date::from(key.day)).collect::<Vec<_>>())
        .bind(keys().map(|key| key.nth).collect::<Vec<_>>())
        .bind(values().map(|row| row.tenant).collect::<Vec<_>>())
        .bind(values().map(|row| row.category.as_str()).collect::<Vec<_>>())
        .bind(values().map(|row| jiff_sqlx::Date::from(row.booked_on)).collect::<Vec<_>>())
        .bind(values().map(|row| row.quantity).collect::<Vec<_>>())
        .bind(values().map(|row| jiff_sqlx::Timestamp::from(row.at)).collect::<Vec<_>>())
        .bind(values().map(|row| row.event).collect::<Vec<_>>())
        .bind(values().map(|row| row.position).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}
