//! What timelines are asked.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::words::TimelineKind;
use crate::access::select;
use crate::inbox::one_person_with;
use crate::paging::{Column, End, Order};
use crate::sight::Seen;
use crate::word::read_word;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// Something that happened with a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineRow {
    /// The event that tells of it; of what she wrote or did it names the message.
    pub event: Uuid,
    /// What kind of thing.
    pub kind: TimelineKind,
    /// When, by the provider's clock; when it was recorded, where no provider says.
    pub at: Timestamp,
    /// In which thread.
    pub conversation: Option<Uuid>,
    /// With which message of the business, by its stream.
    pub outbound_message: Option<Uuid>,
    /// The event's place in the log.
    pub position: i64,
}

impl TimelineRow {
    /// Its place in the timeline.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.at, self.event)
    }
}

const LATEST_FIRST: Order<'static> =
    Order { columns: &[Column::At("at"), Column::Id("event_id")], is_descending: true };

/// For each contact a page of what happened with her, and with all who are one person with her, and one more if there is more.
/// What happened in a conversation is seen with that. The list is latest first; the rows come in no order. A lead's timeline is
/// its contact's.
///
/// # Errors
/// The database's.
pub async fn timelines_of(
    reads: &TenantReads,
    context: TenantContext,
    contacts: &[Uuid],
    page: PageRequest,
) -> Result<Vec<(Uuid, TimelineRow)>, sqlx::Error> {
    let mut sql = select(context, "select c.id as asked, e.* from unnest(");
    sql.push_bind(contacts).push(format!(
        "::uuid[]) as c (id) cross join lateral ({}) as w (id) cross join lateral ( \
             select event_id, kind, at, conversation_id, outbound_message_id, position \
             from {SCHEMA}.timeline t",
        one_person_with("c.id")
    ));
    let mut sql = sql.where_seen(Seen::WithConversationOrContact("t"));
    sql.push(" and t.contact_id = w.id");
    page.push(&mut sql, &LATEST_FIRST);
    sql.push(") e");
    let rows = reads.rows(sql).await?;
    let rows = rows.iter().map(|row| Ok((row.try_get("asked")?, timeline_row(row)?)));
    Ok(merged(rows.collect::<Result<_, sqlx::Error>>()?, page))
}

/// Of the pages of all who are one person that person's own page.
fn merged(mut rows: Vec<(Uuid, TimelineRow)>, page: PageRequest) -> Vec<(Uuid, TimelineRow)> {
    rows.sort_unstable_by_key(|(asked, row)| (*asked, row.keyset()));
    let of_one = rows.chunk_by(|(one, _), (other, _)| one == other);
    let most = usize::try_from(page.limit()).unwrap_or(usize::MAX);
    of_one
        .flat_map(|rows| match page.end {
            End::First => &rows[rows.len().saturating_sub(most)..],
            End::Last => &rows[..rows.len().min(most)],
        })
        .cloned()
        .collect()
}

/// How much there is in each contact's timeline; a contact with whom nothing happened is absent.
///
/// # Errors
/// The database's.
pub async fn count_timelines(
    reads: &TenantReads,
    context: TenantContext,
    contacts: &[Uuid],
) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
    let mut sql = select(context, "select c.id, count(*) from unnest(");
    sql.push_bind(contacts).push(format!(
        "::uuid[]) as c (id) cross join lateral ({}) as w (id) join {SCHEMA}.timeline t on t.contact_id = w.id",
        one_person_with("c.id")
    ));
    let mut sql = sql.where_seen(Seen::WithConversationOrContact("t"));
    sql.push(" group by c.id");
    reads.pairs(sql).await
}

fn timeline_row(row: &PgRow) -> Result<TimelineRow, sqlx::Error> {
    Ok(TimelineRow {
        event: row.try_get("event_id")?,
        kind: read_word(row, "kind")?,
        at: row.try_get::<jiff_sqlx::Timestamp, _>("at")?.to_jiff(),
        conversation: row.try_get("conversation_id")?,
        outbound_message: row.try_get("outbound_message_id")?,
        position: row.try_get("position")?,
    })
}
