//! What a page tells of one conversation, and which points it makes.

use jiff::Timestamp;
use leadflow_domain::{ChannelId, ContactId};
use leadflow_event_store::RecordedEvent;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::point::{Happening, Moment, Point};

/// What a page tells of a conversation.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) tenant: Uuid,
    pub(super) channel: Option<ChannelId>,
    pub(super) contact: Option<ContactId>,
    stream: Vec<News>,
    /// What the business wrote: each message is a stream of its own.
    pub(super) answers: Vec<Point>,
    /// All that is known of its lead, instead of what was known before.
    pub(super) lead: Option<Vec<Point>>,
}

/// An event of the conversation's own stream.
#[derive(Debug)]
struct News {
    event: Uuid,
    version: i64,
    recorded_at: Timestamp,
    what: Option<Happening>,
    /// When the customer did what it tells of.
    done_at: Option<Timestamp>,
}

/// How far a conversation's stream has been read, as far as times depend on it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Stream {
    /// When it was last resolved or set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    rested: Option<Timestamp>,
    /// Its last event, if that opened or reopened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    turn: Option<Turn>,
}

/// It was opened or reopened, perhaps by what the next event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Turn {
    event: Uuid,
    version: i64,
    recorded_at: Timestamp,
    is_opening: bool,
}

/// The points of a page, in no order.
#[derive(Debug, Default)]
pub(super) struct Points {
    pub(super) new: Vec<Point>,
    /// Points of earlier pages, at other times than they were.
    pub(super) moved: Vec<Point>,
}

impl Told {
    /// Nothing yet of a conversation of `tenant`.
    pub(super) fn new(tenant: Uuid) -> Self {
        Self { tenant, ..Self::default() }
    }

    /// It began, with `contact` or with a group.
    pub(super) fn opened(&mut self, recorded: &RecordedEvent, contact: Option<ContactId>, channel: ChannelId) {
        (self.contact, self.channel) = (contact, Some(channel));
        self.happened(recorded, Some(Happening::Opened), None);
    }

    /// Something of the conversation's stream: of the moment when the log told of it, or when the customer did it. What is no
    /// point may still be what opens or reopens it.
    pub(super) fn happened(&mut self, recorded: &RecordedEvent, what: Option<Happening>, done_at: Option<Timestamp>) {
        self.stream.push(News {
            event: recorded.id.as_uuid(),
            version: recorded.version,
            recorded_at: recorded.recorded_at,
            what,
            done_at,
        });
    }

    /// The points that it makes, after `stream` was read so far.
    pub(super) fn points(&self, stream: &mut Stream) -> Points {
        let mut points = Points { new: self.answers.clone(), moved: vec![] };
        for news in &self.stream {
            let mut at = news.done_at.unwrap_or(news.recorded_at);
            if let (Some(turn), Some(done_at)) = (stream.turn.take(), news.done_at)
                && turn.version + 1 == news.version
                && turn.recorded_at == news.recorded_at
            {
                let turned_at = stream.turned_at(turn, done_at);
                points.turned_at(turn, turned_at);
                // What she wrote while somebody resolved it is what reopened it, and waits for an answer.
                at = at.max(turned_at);
            }
            let Some(what) = news.what else { continue };
            points.new.push(Point { moment: Moment { at, event: news.event }, version: news.version, what });
            match what {
                Happening::Opened | Happening::Reopened => {
                    stream.turn = Some(Turn {
                        event: news.event,
                        version: news.version,
                        recorded_at: news.recorded_at,
                        is_opening: what == Happening::Opened,
                    });
                }
                Happening::Resolved | Happening::Snoozed => stream.rested = Some(at),
                Happening::Captured(_)
                | Happening::Qualified
                | Happening::Disqualified
                | Happening::Woken
                | Happening::Assigned(_)
                | Happening::Unassigned
                | Happening::CustomerWrote
                | Happening::HumanWrote
                | Happening::BotWrote => {}
            }
        }
        points
    }
}

impl Stream {
    /// When it was opened or reopened by what the customer did at `done_at`: then, but neither after the log told of it nor
    /// before what it undoes.
    fn turned_at(&self, turn: Turn, done_at: Timestamp) -> Timestamp {
        let at = done_at.min(turn.recorded_at);
        self.rested.map_or(at, |rested| at.max(rested))
    }
}

impl Points {
    fn turned_at(&mut self, turn: Turn, at: Timestamp) {
        let what = if turn.is_opening { Happening::Opened } else { Happening::Reopened };
        match self.new.iter_mut().find(|point| point.moment.event == turn.event) {
            Some(point) => point.moment.at = at,
            None => {
                self.moved.push(Point { moment: Moment { at, event: turn.event }, version: turn.version, what });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_she_wrote_while_it_was_resolved_comes_after_that() {
        let at = |millisecond| Timestamp::from_millisecond(millisecond).unwrap();
        let news = |version, recorded_at, what, done_at| News {
            event: Uuid::from_u128(version),
            version: i64::try_from(version).unwrap(),
            recorded_at: at(recorded_at),
            what: Some(what),
            done_at,
        };
        let told = Told {
            stream: vec![
                news(3, 5_400, Happening::Resolved, None),
                news(4, 7_000, Happening::Reopened, None),
                news(5, 7_000, Happening::CustomerWrote, Some(at(5_000))),
                news(6, 8_000, Happening::CustomerWrote, Some(at(6_000))),
            ],
            ..Told::default()
        };
        let points = told.points(&mut Stream::default()).new;
        let times: Vec<_> = points.iter().map(|point| point.moment.at.as_millisecond()).collect();
        assert_eq!(times, [5_400, 5_400, 5_400, 6_000]);
        assert!(points.is_sorted_by_key(Point::place));
    }
}
