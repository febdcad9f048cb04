//! Messages of the business. What category one is of comes later than the message itself, told by its statuses, and
//! not in the order of their times.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use leadflow_event_store::RecordedEvent;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::booking::{booked_on, day};
use super::counted::{Additions, Counted};
use super::words::UsageItem;

/// What a page tells of a message of the business.
pub(super) enum Told {
    /// It was sent.
    Sent { at: Timestamp },
    /// A status prices it.
    Priced { at: Timestamp, category: String },
}

/// The messages of the business that a page tells of, each in the order of its stream.
#[derive(Default)]
pub(super) struct Sent<'a> {
    told: HashMap<Uuid, Vec<(&'a RecordedEvent, Told)>>,
}

/// A message as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Message {
    tenant: Uuid,
    sent_at: Option<Timestamp>,
    /// Of several the earliest; of one moment the first word.
    priced: Option<(Timestamp, String)>,
    counted_as: Option<String>,
    rows: i16,
}

/// What a page makes of it.
#[derive(Debug, Default)]
struct Outcome {
    message: Message,
    added: Vec<(i16, Counted)>,
    /// The category that its row from an earlier page is to stand under.
    moved_to: Option<String>,
}

impl<'a> Sent<'a> {
    pub(super) fn put(&mut self, recorded: &'a RecordedEvent, told: Told) {
        self.told.entry(recorded.stream.as_uuid()).or_default().push((recorded, told));
    }

    /// Writes how the messages stand, and leaves what is counted to `additions`.
    pub(super) async fn write(&self, rows: &mut PgConnection, additions: &mut Additions) -> Result<(), sqlx::Error> {
        if self.told.is_empty() {
            return Ok(());
        }
        let known = read(rows, self.told.keys().copied().collect()).await?;
        let mut outcomes = Vec::with_capacity(self.told.len());
        for (id, told) in &self.told {
            let before = known.get(id);
            let outcome = Outcome::of(before.cloned().unwrap_or_default(), told);
            // A message is priced alike each time its status is told.
            if before != Some(&outcome.message) {
                outcomes.push((*id, outcome));
            }
        }
        write(rows, &outcomes).await?;
        move_category(rows, &outcomes).await?;
        for (id, outcome) in outcomes {
            for (nth, row) in outcome.added {
                additions.put(id, UsageItem::MessageSent, nth, row);
            }
        }
        Ok(())
    }
}

impl Outcome {
    fn of(message: Message, told: &[(&RecordedEvent, Told)]) -> Self {
        let mut outcome = Self { message, ..Self::default() };
        for (recorded, told) in told {
            outcome.message.tenant = recorded.tenant.as_uuid();
            match told {
                // One that failed and was sent again is one message.
                Told::Sent { at } => {
                    outcome.message.sent_at.get_or_insert(*at);
                }
                Told::Priced { at, category } => {
                    let priced = (*at, category.clone());
                    let known = outcome.message.priced.take();
                    outcome.message.priced = Some(known.map_or(priced.clone(), |known| known.min(priced)));
                }
            }
            outcome.count(recorded);
        }
        outcome
    }

    /// Sees to it that the message is counted, and as what it is priced.
    fn count(&mut self, recorded: &RecordedEvent) {
        let Some(sent_at) = self.message.sent_at else { return };
        let category = self.message.priced.as_ref().map(|(_, category)| category.clone()).unwrap_or_default();
        match self.message.counted_as.take() {
            None => self.add(Counted { category: category.clone(), ..Counted::once(recorded, sent_at) }),
            Some(counted_as) if counted_as != category => {
                self.recategorise(recorded, sent_at, counted_as, &category);
            }
            Some(_) => {}
        }
        self.message.counted_as = Some(category);
    }

    fn recategorise(&mut self, recorded: &RecordedEvent, sent_at: Timestamp, from: String, to: &str) {
        if is_open(day(sent_at), recorded) {
            // No correction came before this one: it would have been told later than this is.
            match self.added.first_mut() {
                Some((_, row)) => to.clone_into(&mut row.category),
                None => self.moved_to = Some(to.to_owned()),
            }
            return;
        }
        let row = Counted::once(recorded, sent_at);
        self.add(Counted { category: from, quantity: -1, ..row.clone() });
        self.add(Counted { category: to.to_owned(), ..row });
    }

    fn add(&mut self, row: Counted) {
        self.added.push((self.message.rows, row));
        self.message.rows += 1;
    }
}

fn is_open(day: Date, recorded: &RecordedEvent) -> bool {
    booked_on(day, recorded.recorded_at) == day
}

async fn read(rows: &mut PgConnection, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Message>, sqlx::Error> {
    sqlx::query(
        "select message_id, tenant_id, sent_at, category, category_at, counted_as, rows \
         from sent where message_id = any($1)",
    )
    .bind(ids)
    .fetch_all(rows)
    .await?
    .iter()
    .map(|row| {
        let time = |column: &str| {
            Ok::<_, sqlx::Error>(
                row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column)?.map(jiff_sqlx::Timestamp::to_jiff),
            )
        };
        let message = Message {
            tenant: row.try_get("tenant_id")?,
            sent_at: time("sent_at")?,
            priced: time("category_at")?.zip(row.try_get("category")?),
            counted_as: row.try_get("counted_as")?,
            rows: row.try_get("rows")?,
        };
        Ok((row.try_get("message_id")?, message))
    })
    .collect()
}

async fn write(rows: &mut PgConnection, outcomes: &[(Uuid, Outcome)]) -> Result<(), sqlx::Error> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let messages = || outcomes.iter().map(|(_, outcome)| &outcome.message);
    let priced = || messages().map(|message| message.priced.as_ref());
    sqlx::query(
        "insert into sent (message_id, tenant_id, sent_at, category, category_at, counted_as, rows) \
         select * from unnest($1, $2, $3, $4, $5, $6, $7) order by 1 \
         on conflict (message_id) do update set \
             sent_at = excluded.sent_at, category = excluded.category, category_at = excluded.category_at, \
             counted_as = excluded.counted_as, rows = excluded.rows",
    )
    .bind(outcomes.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .bind(messages().map(|message| message.tenant).collect::<Vec<_>>())
    .bind(messages().map(|message| message.sent_at.map(jiff_sqlx::Timestamp::from)).collect::<Vec<_>>())
    .bind(priced().map(|priced| priced.map(|(_, category)| category.as_str())).collect::<Vec<_>>())
    .bind(priced().map(|priced| priced.map(|(at, _)| jiff_sqlx::Timestamp::from(*at))).collect::<Vec<_>>())
    .bind(messages().map(|message| message.counted_as.as_deref()).collect::<Vec<_>>())
    .bind(messages().map(|message| message.rows).collect::<Vec<_>>())
    .execute(rows)
    .await?;
    Ok(())
}

/// Puts messages of days that are open under the category they are of now.
async fn move_category(rows: &mut PgConnection, outcomes: &[(Uuid, Outcome)]) -> Result<(), sqlx::Error> {
    let (ids, categories): (Vec<Uuid>, Vec<&str>) =
        outcomes.iter().filter_map(|(id, outcome)| Some((*id, outcome.moved_to.as_deref()?))).unzip();
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update counted c set category = m.category from unnest($1, $2) as m (id, category) \
         where c.subject = m.id and c.item = 'message_sent' and c.nth = 0",
    )
    .bind(ids)
    .bind(categories)
    .execute(rows)
    .await?;
    Ok(())
}
