//! What contacts said last of marketing.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::StreamId;
use leadflow_domain::contact::{Marketing, MarketingPreference};
use sqlx::PgConnection;
use uuid::Uuid;

use super::cells::Cells;
use crate::word::Word;

/// Whether somebody wants marketing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarketingRow {
    /// What she said last.
    pub said: Marketing,
    /// When, by the provider's clock.
    pub at: Timestamp,
}

impl MarketingRow {
    /// Of the contact in columns whose names begin so: the next two.
    pub(super) fn take(cells: &mut Cells<'_>, prefix: &str) -> Result<Option<Self>, sqlx::Error> {
        let said = cells.maybe_word_of(prefix, "marketing")?;
        let Some(said) = said else {
            cells.skip(1);
            return Ok(None);
        };
        Ok(Some(Self { said, at: cells.timestamp_of(prefix, "marketing_at")? }))
    }
}

/// What a page tells.
#[derive(Default)]
pub(super) struct Preferences {
    /// The later counts, and of one moment the word that counts more.
    latest: HashMap<Uuid, (Timestamp, Marketing)>,
}

impl Preferences {
    pub(super) fn put(&mut self, contact: StreamId, preference: &MarketingPreference) {
        let Some(marketing) = preference.marketing() else { return };
        let said = (preference.telling.told_at, marketing);
        let latest = self.latest.entry(contact.as_uuid()).or_insert(said);
        *latest = said.max(*latest);
    }

    /// Writes what is newer than what is known.
    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.latest.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "update contacts c set marketing = n.marketing, marketing_at = n.at \
             from unnest($1, $2, $3) as n (contact, marketing, at) \
             where c.contact_id = n.contact \
               and (c.marketing_at is null \
                    or (c.marketing_at, c.marketing = 'stopped') < (n.at, n.marketing = 'stopped'))",
        )
        .bind(self.latest.keys().copied().collect::<Vec<_>>())
        .bind(self.latest.values().map(|(_, marketing)| marketing.word()).collect::<Vec<_>>())
        .bind(self.latest.values().map(|(at, _)| jiff_sqlx::Timestamp::from(*at)).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}
