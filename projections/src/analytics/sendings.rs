//! What the business writes from here answers at the time at which the provider takes it: before that nobody can have read it, and what
//! is never taken (it is refused for good, taken back, lost) is no answer.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use leadflow_domain::{ChannelId, ConversationId};
use leadflow_event_store::RecordedEvent;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::leads::told_of;
use super::point::{Happening, Moment, Point};
use super::told::Told;

/// What a page tells of messages that are sent from here, each in the order of its stream.
#[derive(Debug, Default)]
pub(super) struct Sendings {
    told: HashMap<Uuid, (Uuid, Vec<News>)>,
}

#[derive(Debug)]
enum News {
    /// Somebody wrote it.
    Written,
    /// The provider took it.
    Taken { conversation: ConversationId, channel: ChannelId, point: Point },
}

impl Sendings {
    /// Somebody wrote a message that answers once it is taken.
    pub(super) fn written(&mut self, recorded: &RecordedEvent) {
        self.put(recorded, News::Written);
    }

    /// The provider took a message, for the first time or again.
    pub(super) fn taken(
        &mut self,
        recorded: &RecordedEvent,
        conversation: ConversationId,
        channel: ChannelId,
        at: Timestamp,
    ) {
        let moment = Moment { at, event: recorded.id.as_uuid() };
        let point = Point { moment, version: recorded.version, what: Happening::HumanWrote };
        self.put(recorded, News::Taken { conversation, channel, point });
    }

    fn put(&mut self, recorded: &RecordedEvent, news: News) {
        let (_, told) = self.told.entry(recorded.stream.as_uuid()).or_insert((recorded.tenant.as_uuid(), Vec::new()));
        told.push(news);
    }

    /// Writes which messages are yet to be taken, and leaves those that are to `conversations`.
    pub(super) async fn write(
        self,
        rows: &mut PgConnection,
        conversations: &mut HashMap<Uuid, Told>,
    ) -> Result<(), sqlx::Error> {
        if self.told.is_empty() {
            return Ok(());
        }
        let known = untaken(rows, self.told.keys().copied().collect()).await?;
        let (mut written, mut taken) = (Vec::new(), Vec::new());
        for (id, (tenant, told)) in self.told {
            let was_untaken = known.contains(&id);
            let mut is_untaken = was_untaken;
            for news in told {
                match news {
                    News::Written => is_untaken = true,
                    // One that failed and was sent again is one answer; and a reaction is none.
                    News::Taken { .. } if !is_untaken => {}
                    News::Taken { conversation, channel, point } => {
                        is_untaken = false;
                        let told = told_of(conversations, conversation.as_uuid(), tenant);
                        told.channel = Some(channel);
                        told.answers.push(point);
                    }
                }
            }
            match (was_untaken, is_untaken) {
                (false, true) => written.push((id, tenant)),
                (true, false) => taken.push(id),
                (true, true) | (false, false) => {}
            }
        }
        add(rows, &written).await?;
        remove(rows, taken).await
    }
}

async fn untaken(rows: &mut PgConnection, ids: Vec<Uuid>) -> Result<HashSet<Uuid>, sqlx::Error> {
    let found =
        sqlx::query("select message_id from untaken where message_id = any($1)").bind(ids).fetch_all(rows).await?;
    found.iter().map(|row| row.try_get(0)).collect()
}

async fn add(rows: &mut PgConnection, messages: &[(Uuid, Uuid)]) -> Result<(), sqlx::Error> {
    if messages.is_empty() {
        return Ok(());
    }
    let (ids, tenants): (Vec<Uuid>, Vec<Uuid>) = messages.iter().copied().unzip();
    sqlx::query("insert into untaken (message_id, tenant_id) select * from unnest($1::uuid[], $2::uuid[])")
        .bind(ids)
        .bind(tenants)
        .execute(rows)
        .await?;
    Ok(())
}

async fn remove(rows: &mut PgConnection, ids: Vec<Uuid>) -> Result<(), sqlx::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query("delete from untaken where message_id = any($1)").bind(ids).execute(rows).await?;
    Ok(())
}
