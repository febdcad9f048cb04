//! Leads: what is told of one are points of the conversation in which it was captured, also when a correction says that it
//! was another one. One that began in a form is in no conversation: its points are in a place of its own, under its own id.

use std::collections::HashMap;

use leadflow_domain::ConversationId;
use leadflow_domain::lead::Capture;
use leadflow_event_store::RecordedEvent;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::point::{Happening, Moment, Point};
use super::told::Told;
use crate::PageError;
use crate::word::Word;

/// What a page tells of leads, each in the order of its stream.
#[derive(Debug, Default)]
pub(super) struct Leads {
    told: HashMap<Uuid, (Uuid, Vec<News>)>,
}

#[derive(Debug)]
enum News {
    Captured { conversation: Uuid, point: Point },
    Judged(Point),
}

/// What is known of a lead.
#[derive(Debug, Default)]
struct Lead {
    tenant: Uuid,
    conversation: Option<Uuid>,
    points: Vec<Point>,
}

/// A point, as it is stored.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    what: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    moment: Moment,
    version: i64,
}

impl Leads {
    pub(super) fn captured(&mut self, recorded: &RecordedEvent, capture: &Capture) {
        let conversation = capture.conversation.map_or(recorded.stream.as_uuid(), ConversationId::as_uuid);
        let point = point(recorded, capture.captured_at, Happening::Captured(capture.source));
        self.put(recorded, News::Captured { conversation, point });
    }

    pub(super) fn judged(&mut self, recorded: &RecordedEvent, what: Happening) {
        let point = point(recorded, recorded.recorded_at, what);
        self.put(recorded, News::Judged(point));
    }

    fn put(&mut self, recorded: &RecordedEvent, news: News) {
        let (_, told) = self.told.entry(recorded.stream.as_uuid()).or_insert((recorded.tenant.as_uuid(), Vec::new()));
        told.push(news);
    }

    /// Writes how the leads stand, and leaves their points to `conversations`.
    pub(super) async fn write(
        self,
        rows: &mut PgConnection,
        conversations: &mut HashMap<Uuid, Told>,
    ) -> Result<(), PageError> {
        if self.told.is_empty() {
            return Ok(());
        }
        let mut known = read(rows, self.told.keys().copied().collect()).await?;
        let mut leads = Vec::with_capacity(self.told.len());
        for (id, (tenant, told)) in self.told {
            let mut lead = known.remove(&id).unwrap_or_default();
            lead.tenant = tenant;
            let before = lead.conversation;
            // A place of its own stays also when its lead turns out to have begun elsewhere, however the log is cut.
            if told.iter().any(|news| news.is_captured_in(id)) {
                told_of(conversations, id, tenant);
            }
            told.into_iter().for_each(|news| lead.tell(news));
            if let Some(left) = before.filter(|_| before != lead.conversation) {
                told_of(conversations, left, tenant).lead = Some(vec![]);
            }
            if let Some(conversation) = lead.conversation {
                told_of(conversations, conversation, tenant).lead = Some(lead.points.clone());
                leads.push((id, conversation, lead));
            }
        }
        write(rows, &leads).await?;
        Ok(())
    }
}

/// What the page tells of `conversation`.
pub(super) fn told_of(conversations: &mut HashMap<Uuid, Told>, conversation: Uuid, tenant: Uuid) -> &mut Told {
    conversations.entry(conversation).or_insert_with(|| Told::new(tenant))
}

fn point(recorded: &RecordedEvent, at: jiff::Timestamp, what: Happening) -> Point {
    Point { moment: Moment { at, event: recorded.id.as_uuid() }, version: recorded.version, what }
}

impl News {
    fn is_captured_in(&self, place: Uuid) -> bool {
        matches!(self, Self::Captured { conversation, .. } if *conversation == place)
    }
}

impl Lead {
    fn tell(&mut self, news: News) {
        match news {
            News::Captured { conversation, point } => {
                self.conversation = Some(conversation);
                // The latest word counts: the aggregate has settled which message came first.
                self.points.retain(|known| !matches!(known.what, Happening::Captured(_)));
                self.points.insert(0, point);
            }
            News::Judged(mut point) => {
                // A provider's clock may be ahead of ours.
                if let Some(captured) = self.points.first() {
                    point.moment.at = point.moment.at.max(captured.moment.at);
                }
                self.points.push(point);
            }
        }
    }
}

async fn read(rows: &mut PgConnection, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Lead>, PageError> {
    let found = sqlx::query("select lead_id, conversation_id, state from leads where lead_id = any($1)")
        .bind(ids)
        .fetch_all(rows)
        .await?;
    let lead = |row: &sqlx::postgres::PgRow| {
        let written: Vec<Written<'_>> =
            serde_json::from_str(row.try_get("state")?).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let points = written
            .into_iter()
            .map(|written| {
                let what = Happening::read(written.what, None, written.source)
                    .ok_or_else(|| sqlx::Error::Decode("no such point".into()))?;
                Ok(Point { moment: written.moment, version: written.version, what })
            })
            .collect::<Result<_, sqlx::Error>>()?;
        let lead = Lead { tenant: Uuid::nil(), conversation: Some(row.try_get("conversation_id")?), points };
        Ok((row.try_get("lead_id")?, lead))
    };
    Ok(found.iter().map(lead).collect::<Result<_, sqlx::Error>>()?)
}

async fn write(rows: &mut PgConnection, leads: &[(Uuid, Uuid, Lead)]) -> Result<(), sqlx::Error> {
    let states = leads.iter().map(|(_, _, lead)| state(&lead.points)).collect::<Result<Vec<_>, _>>();
    sqlx::query(
        "insert into leads (lead_id, tenant_id, conversation_id, state) select * from unnest($1, $2, $3, $4) \
         on conflict (lead_id) do update set conversation_id = excluded.conversation_id, state = excluded.state",
    )
    .bind(leads.iter().map(|(id, _, _)| *id).collect::<Vec<_>>())
    .bind(leads.iter().map(|(_, _, lead)| lead.tenant).collect::<Vec<_>>())
    .bind(leads.iter().map(|(_, conversation, _)| *conversation).collect::<Vec<_>>())
    .bind(states.map_err(|error| sqlx::Error::Encode(error.into()))?)
    .execute(rows)
    .await?;
    Ok(())
}

fn state(points: &[Point]) -> Result<String, serde_json::Error> {
    let source = |what| if let Happening::Captured(source) = what { Some(source.word()) } else { None };
    let written = points.iter().map(|point| Written {
        what: point.what.word(),
        source: source(point.what),
        moment: point.moment,
        version: point.version,
    });
    serde_json::to_string(&written.collect::<Vec<_>>())
}
