//! What the business calls contacts in its own address book.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::StreamId;
use sqlx::PgConnection;
use uuid::Uuid;

/// What a page tells.
#[derive(Default)]
pub(super) struct Listings {
    /// The later counts; of one moment, a name more than none.
    latest: HashMap<Uuid, (Timestamp, Option<String>)>,
}

impl Listings {
    /// `name` is `None` for whom the business took out.
    pub(super) fn put(&mut self, contact: StreamId, at: Timestamp, name: Option<&str>) {
        let told = (at, name.map(str::to_owned));
        match self.latest.get_mut(&contact.as_uuid()) {
            Some(latest) if *latest >= told => {}
            Some(latest) => *latest = told,
            None => drop(self.latest.insert(contact.as_uuid(), told)),
        }
    }

    /// Writes what is newer than what is known.
    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.latest.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "update contacts c set listed_name = n.name, listed_at = n.at \
             from unnest($1, $2, $3) as n (contact, name, at) \
             where c.contact_id = n.contact \
               and (c.listed_at is null \
                    or (c.listed_at, coalesce(c.listed_name, '')) < (n.at, coalesce(n.name, '')))",
        )
        .bind(self.latest.keys().copied().collect::<Vec<_>>())
        .bind(self.latest.values().map(|(_, name)| name.as_deref()).collect::<Vec<_>>())
        .bind(self.latest.values().map(|(at, _)| jiff_sqlx::Timestamp::from(*at)).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}
