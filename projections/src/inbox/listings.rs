//! What the business calls contacts in its own address books: each of its numbers has one.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::ChannelId;
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

/// What a page tells.
#[derive(Default)]
pub(super) struct Listings {
    /// By contact and channel: the later counts; of one moment, a name more than none.
    latest: HashMap<(Uuid, Uuid), Entry>,
}

struct Entry {
    tenant: Uuid,
    told: (Timestamp, Option<String>),
}

impl Listings {
    /// The book of `channel`; `name` is `None` for whom the business took out.
    pub(super) fn put(&mut self, recorded: &RecordedEvent, channel: ChannelId, at: Timestamp, name: Option<&str>) {
        let told = (at, name.map(str::to_owned));
        match self.latest.get_mut(&(recorded.stream.as_uuid(), channel.as_uuid())) {
            Some(latest) if latest.told >= told => {}
            Some(latest) => latest.told = told,
            None => {
                let entry = Entry { tenant: recorded.tenant.as_uuid(), told };
                self.latest.insert((recorded.stream.as_uuid(), channel.as_uuid()), entry);
            }
        }
    }

    /// Writes what is newer than what is known, and the name that shows for it.
    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.latest.is_empty() {
            return Ok(());
        }
        let contacts: Vec<Uuid> = self.latest.keys().map(|(contact, _)| *contact).collect();
        let told = || self.latest.values();
        sqlx::query(
            "insert into listings as known (contact_id, channel_id, tenant_id, name, told_at) \
             select * from unnest($1, $2, $3, $4, $5) \
             on conflict (contact_id, channel_id) do update set name = excluded.name, told_at = excluded.told_at \
             where (known.told_at, coalesce(known.name, '')) < (excluded.told_at, coalesce(excluded.name, ''))",
        )
        .bind(&contacts)
        .bind(self.latest.keys().map(|(_, channel)| *channel).collect::<Vec<_>>())
        .bind(told().map(|entry| entry.tenant).collect::<Vec<_>>())
        .bind(told().map(|entry| entry.told.1.as_deref()).collect::<Vec<_>>())
        .bind(told().map(|entry| jiff_sqlx::Timestamp::from(entry.told.0)).collect::<Vec<_>>())
        .execute(&mut *rows)
        .await?;
        sqlx::query(
            "update contacts c set listed_name = ( \
                 select l.name from listings l where l.contact_id = c.contact_id and l.name is not null \
                 order by l.told_at desc, l.name desc limit 1 \
             ) where c.contact_id = any($1)",
        )
        .bind(&contacts)
        .execute(rows)
        .await?;
        Ok(())
    }
}
