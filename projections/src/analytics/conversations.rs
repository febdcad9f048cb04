//! Conversations that a page tells of. Where all of it comes after what is known, they go on from where they stand; where
//! something comes in between, or is another than was thought, all of the conversation's points are gone through again.

use std::collections::HashMap;

use leadflow_domain::{ChannelId, ContactId};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::ledger::Ledger;
use super::outcome::Outcome;
use super::point::{Happening, Moment, Place, Point};
use super::timeline::Timeline;
use super::told::{Points, Stream, Told};
use crate::PageError;

/// A conversation as it is known.
#[derive(Debug, Default)]
struct Conversation {
    channel: Option<ChannelId>,
    contact: Option<ContactId>,
    state: State,
}

/// All that its next point needs.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<Place>,
    stream: Stream,
    timeline: Timeline,
}

/// A conversation that a page tells of.
struct Touched<'a> {
    id: Uuid,
    told: &'a Told,
    channel_before: Option<ChannelId>,
    conversation: Conversation,
    points: Points,
}

/// Brings all of them up to what `told` says.
pub(super) async fn tell(rows: &mut PgConnection, told: &HashMap<Uuid, Told>) -> Result<Ledger, PageError> {
    let mut ledger = Ledger::default();
    if told.is_empty() {
        return Ok(ledger);
    }
    let mut known = read(rows, told.keys().copied().collect()).await?;
    let mut touched: Vec<Touched<'_>> =
        told.iter().map(|(id, told)| Touched::new(*id, told, known.remove(id).unwrap_or_default())).collect();
    let behind: Vec<Uuid> = touched.iter().filter(|touched| !touched.goes_on()).map(|touched| touched.id).collect();
    let mut points = read_points(rows, behind).await?;
    for touched in &mut touched {
        if touched.goes_on() {
            touched.go_on(&mut ledger);
        } else {
            touched.go_through_again(points.remove(&touched.id).unwrap_or_default(), &mut ledger);
        }
    }
    write(rows, &touched).await?;
    Ok(ledger)
}

impl<'a> Touched<'a> {
    fn new(id: Uuid, told: &'a Told, mut conversation: Conversation) -> Self {
        let channel_before = conversation.channel;
        conversation.channel = conversation.channel.or(told.channel);
        conversation.contact = conversation.contact.or(told.contact);
        let mut points = told.points(&mut conversation.state.stream);
        if conversation.state.last.is_none() {
            points.new.extend(told.lead.iter().flatten());
        }
        points.new.sort_unstable_by_key(Point::place);
        Self { id, told, channel_before, conversation, points }
    }

    /// Whether all that the page tells comes after what is known.
    fn goes_on(&self) -> bool {
        let Some(last) = self.conversation.state.last else { return true };
        let is_behind = self.points.new.first().is_none_or(|first| first.place() > last);
        let is_same = self.points.moved.is_empty() && self.told.lead.is_none();
        is_behind && is_same && self.channel_before == self.conversation.channel
    }

    fn go_on(&mut self, ledger: &mut Ledger) {
        let outcome = Outcome::of(&mut self.conversation.state.timeline, &self.points.new);
        if let Some(last) = self.points.new.last() {
            self.conversation.state.last = Some(last.place());
        }
        ledger.add(self.told.tenant, self.id, self.conversation.channel, outcome);
    }

    fn go_through_again(&mut self, mut known: Vec<Point>, ledger: &mut Ledger) {
        known.sort_unstable_by_key(Point::place);
        let before = Outcome::of(&mut Timeline::default(), &known);
        if let Some(lead) = &self.told.lead {
            known.retain(|point| !point.what.is_of_lead());
            known.extend(lead);
        }
        for moved in &self.points.moved {
            known.retain(|point| point.moment.event != moved.moment.event);
        }
        known.extend(self.points.moved.iter().chain(&self.points.new));
        known.sort_unstable_by_key(Point::place);
        let state = &mut self.conversation.state;
        state.timeline = Timeline::default();
        state.last = known.last().map(Point::place);
        let now = Outcome::of(&mut state.timeline, &known);
        let channel = self.conversation.channel;
        ledger.change(self.told.tenant, self.id, (channel, now), (self.channel_before, before));
    }
}

async fn read(rows: &mut PgConnection, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Conversation>, sqlx::Error> {
    let found = sqlx::query(
        "select conversation_id, channel_id, contact_id, state from conversations where conversation_id = any($1)",
    )
    .bind(ids)
    .fetch_all(rows)
    .await?;
    let conversation = |row: &PgRow| {
        let conversation = Conversation {
            channel: row.try_get::<Option<Uuid>, _>("channel_id")?.map(ChannelId::from_uuid),
            contact: row.try_get::<Option<Uuid>, _>("contact_id")?.map(ContactId::from_uuid),
            state: serde_json::from_str(row.try_get("state")?).map_err(|error| sqlx::Error::Decode(error.into()))?,
        };
        Ok((row.try_get("conversation_id")?, conversation))
    };
    found.iter().map(conversation).collect()
}

/// Every point of each.
async fn read_points(rows: &mut PgConnection, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<Point>>, sqlx::Error> {
    let mut points: HashMap<Uuid, Vec<Point>> = HashMap::new();
    if ids.is_empty() {
        return Ok(points);
    }
    let found = sqlx::query(
        "select conversation_id, at, what, member_id, source, version, event_id from points \
         where conversation_id = any($1)",
    )
    .bind(ids)
    .fetch_all(rows)
    .await?;
    for row in found {
        let what = Happening::read(row.try_get("what")?, row.try_get("member_id")?, row.try_get("source")?)
            .ok_or_else(|| sqlx::Error::Decode("no such point".into()))?;
        let at = row.try_get::<jiff_sqlx::Timestamp, _>("at")?.to_jiff();
        let moment = Moment { at, event: row.try_get("event_id")? };
        let point = Point { moment, version: row.try_get("version")?, what };
        points.entry(row.try_get("conversation_id")?).or_default().push(point);
    }
    Ok(points)
}

async fn write(rows: &mut PgConnection, touched: &[Touched<'_>]) -> Result<(), sqlx::Error> {
    let conversations = || touched.iter().map(|touched| &touched.conversation);
    let states = conversations().map(|conversation| serde_json::to_string(&conversation.state));
    sqlx::query(
        "insert into conversations \
             (conversation_id, tenant_id, channel_id, contact_id, state) \
         select * from unnest($1, $2, $3, $4, $5) \
         on conflict (conversation_id) do update set \
             channel_id = excluded.channel_id, contact_id = excluded.contact_id, state = excluded.state",
    )
    .bind(touched.iter().map(|touched| touched.id).collect::<Vec<_>>())
    .bind(touched.iter().map(|touched| touched.told.tenant).collect::<Vec<_>>())
    .bind(conversations().map(|known| known.channel.map(ChannelId::as_uuid)).collect::<Vec<_>>())
    .bind(conversations().map(|known| known.contact.map(ContactId::as_uuid)).collect::<Vec<_>>())
    .bind(states.collect::<Result<Vec<_>, _>>().map_err(|error| sqlx::Error::Encode(error.into()))?)
    .execute(rows)
    .await?;
    Ok(())
}
