//! Usage: its rows are those of a naive fold, however the log is cut and whichever streams come first; late facts are
//! corrections, and a line of a closed day never changes.

#![expect(clippy::wildcard_enum_match_arm, reason = "each value asks for the few events that it hangs on")]

mod naive;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::conversation::Occasion;
use leadflow_domain::outbound_message::{
    DeliveryStatus, EchoedMessage, OutboundMessageEvent, ReportedStatus, StatusReport, Via,
};
use leadflow_domain::{ConversationId, Event, EventId, OutboundMessageId, StreamId};
use leadflow_event_store::RecordedEvent;
use leadflow_projections::usage::{
    CountedRow, LineKey, UsageItem, UsageLine, UsageProjector, counted, lines as lines_of, usage,
};
use leadflow_projections::{PageError, PageRequest};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fold::apply;
use crate::history::{channel, contact, play, text};
use crate::queries::walk;
use crate::support::{Log, OTHER_TENANT, TENANT, proven};

/// A row of usage. Days are texts, times microseconds of the epoch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
struct Row {
    subject: Uuid,
    item: String,
    day: String,
    nth: i16,
    tenant_id: Uuid,
    category: String,
    booked_on: String,
    quantity: i16,
    at: i64,
    event_id: Uuid,
    position: i64,
}

impl Row {
    fn key(&self) -> (Uuid, &str, &str, i16) {
        (self.subject, &self.item, &self.day, self.nth)
    }
}

async fn rows(connection: &mut PgConnection) -> Vec<Row> {
    let schema = leadflow_projections::usage::DEFINITION.schema();
    let sql = format!(
        "select subject, item, day::text as day, nth, tenant_id, category, booked_on::text as booked_on, quantity, \
                (extract(epoch from at) * 1000000)::bigint as at, event_id, position from {schema}.counted"
    );
    let mut rows: Vec<Row> = sqlx::query_as(&sql).fetch_all(connection).await.unwrap();
    rows.sort();
    rows
}

/// Usage of `events`, folded by `page` from nothing, and left to nobody.
async fn folded(log: &Log, events: &[RecordedEvent], page: usize) -> Result<Vec<Row>, PageError> {
    let mut tx = log.pool.begin().await?;
    for page in events.chunks(page) {
        apply(&UsageProjector, &mut tx, page).await?;
    }
    let rows = rows(&mut tx).await;
    tx.rollback().await?;
    Ok(rows)
}

/// The same history as a log tells it that begins when the messages were written and takes `a_step` for each event, so
/// that some days are still open and others are not.
fn told_in_time(mut events: Vec<RecordedEvent>, a_step: SignedDuration) -> Vec<RecordedEvent> {
    let mut told = crate::history::at(0);
    for event in &mut events {
        told += a_step;
        event.recorded_at = told;
    }
    events
}

/// Streams one after another, each in its own order.
fn by_stream(mut events: Vec<RecordedEvent>) -> Vec<RecordedEvent> {
    events.sort_by_key(|event| (event.stream.as_uuid(), event.version));
    events
}

#[tokio::test]
async fn the_rows_are_those_of_a_naive_fold() {
    let takes_back = join_all((1..=3).map(async |seed| {
        let log = Log::new().await;
        play(&log, seed, 400).await;
        let mut takes_back = 0;
        for a_step in [SignedDuration::ZERO, SignedDuration::from_mins(20), SignedDuration::from_hours(3)] {
            let events = told_in_time(log.events().await, a_step);
            let expected = naive::rows(&events);
            takes_back += expected.iter().filter(|row| row.quantity < 0).count();
            assert!(expected.len() > 80, "seed {seed}: {} rows show little", expected.len());
            let shuffled = by_stream(events.clone());
            for (events, order) in [(&events, "as told"), (&shuffled, "stream by stream")] {
                for page in [1, 7, events.len()] {
                    let folded = folded(&log, events, page).await.unwrap();
                    assert!(folded == expected, "seed {seed}, steps of {a_step}, {order}, pages of {page}");
                }
            }
        }
        takes_back
    }))
    .await;
    assert!(takes_back.iter().sum::<usize>() > 0, "nothing is corrected");
}

/// A message of the business and its statuses, as a test tells them.
struct Message {
    stream: StreamId,
    version: i64,
}

impl Message {
    fn new(number: u128) -> Self {
        Self { stream: OutboundMessageId::from_uuid(Uuid::from_u128(number)).into(), version: 0 }
    }

    fn recorded(&mut self, position: i64, told: &str, event: OutboundMessageEvent) -> RecordedEvent {
        self.version += 1;
        RecordedEvent {
            position,
            tenant: TENANT,
            stream: self.stream,
            version: self.version,
            id: EventId::from_uuid(Uuid::from_u128(0x1000 + u128::try_from(position).unwrap())),
            recorded_at: told.parse().unwrap(),
            correlation: String::new(),
            command: None,
            actor: String::new(),
            causation: None,
            source: None,
            event: Event::OutboundMessage(event),
        }
    }

    fn echoed(&mut self, position: i64, told: &str, sent: &str) -> RecordedEvent {
        let message = EchoedMessage {
            occasion: Occasion {
                provider_message_id: position.to_string().into(),
                sent_at: sent.parse().unwrap(),
                received_at: None,
                odd_timestamp: None,
            },
            via: Via::BusinessApp,
            recipient_name: None,
            content: text("", 0, None).content,
            replies_to: None,
            forwarded: None,
            errors: vec![],
        };
        let (contact, channel, conversation) = thread();
        self.recorded(position, told, OutboundMessageEvent::Echoed { contact, channel, conversation, message })
    }

    fn priced(&mut self, position: i64, told: &str, at: &str, category: &str) -> RecordedEvent {
        let report = StatusReport {
            pricing: Some(serde_json::json!({ "billable": true, "category": category }).to_string()),
            ..StatusReport::new(ReportedStatus::Reached(DeliveryStatus::Sent), at.parse::<Timestamp>().unwrap())
        };
        let (contact, channel, conversation) = thread();
        self.recorded(
            position,
            told,
            OutboundMessageEvent::StatusReported {
                contact,
                channel,
                conversation,
                report,
                attempt: None,
                superseded: false,
            },
        )
    }
}

fn thread() -> (leadflow_domain::ContactId, leadflow_domain::ChannelId, ConversationId) {
    let (contact, channel) = (contact(TENANT, 1), channel(TENANT, 0));
    (contact, channel, ConversationId::between(contact, channel))
}

fn line(day: &str, item: UsageItem, category: Option<&str>, booked_on: &str, quantity: i64) -> UsageLine {
    let key = LineKey {
        day: day.parse().unwrap(),
        item,
        category: category.map(str::to_owned),
        booked_on: booked_on.parse().unwrap(),
    };
    UsageLine { key, quantity, rows: quantity.abs() }
}

async fn lines(log: &Log, pages: &[&[RecordedEvent]]) -> Vec<UsageLine> {
    for page in pages {
        let mut tx = log.pool.begin().await.unwrap();
        apply(&UsageProjector, &mut tx, page).await.unwrap();
        tx.commit().await.unwrap();
    }
    let (from, to) = ("2026-03-01".parse().unwrap(), "2026-03-31".parse().unwrap());
    assert_eq!(usage(&log.reads, proven(OTHER_TENANT), from, to).await.unwrap(), [], "nobody else's");
    usage(&log.reads, proven(TENANT), from, to).await.unwrap()
}

#[tokio::test]
async fn while_its_day_is_open_a_message_moves_to_its_category() {
    let log = Log::new().await;
    let mut message = Message::new(1);
    let told = [
        message.echoed(1, "2026-03-10T12:00:01Z", "2026-03-10T12:00:00Z"),
        message.priced(2, "2026-03-12T23:59:59Z", "2026-03-10T12:00:05Z", "utility"),
        // Told later, and of before: the earliest counts.
        message.priced(3, "2026-03-12T23:59:59Z", "2026-03-10T12:00:02Z", "marketing"),
        message.priced(4, "2026-03-12T23:59:59Z", "2026-03-10T12:00:09Z", "service"),
    ];
    let day = "2026-03-10";
    let expected = vec![
        line(day, UsageItem::MessageSent, Some("marketing"), day, 1),
        line(day, UsageItem::ConversationActive, None, day, 1),
        line(day, UsageItem::ContactActive, None, day, 1),
    ];
    assert_eq!(lines(&log, &[&told[..1], &told[1..2], &told[2..]]).await, expected);
}

#[tokio::test]
async fn a_line_of_a_closed_day_never_changes_and_what_is_late_corrects_it() {
    let log = Log::new().await;
    let (mut first, mut second) = (Message::new(1), Message::new(2));
    let (day, late, later) = ("2026-03-10", "2026-03-13", "2026-03-20");
    let told = [
        first.echoed(1, "2026-03-10T12:00:01Z", "2026-03-10T12:00:00Z"),
        // Its day is closed.
        second.echoed(2, "2026-03-13T00:00:00Z", "2026-03-10T11:00:00Z"),
        first.priced(3, "2026-03-13T00:00:00Z", "2026-03-10T12:00:05Z", "utility"),
        first.priced(4, "2026-03-20T09:00:00Z", "2026-03-10T12:00:04Z", "marketing"),
    ];
    let expected = vec![
        line(day, UsageItem::MessageSent, None, day, 1),
        // One came late, and one turned out to be of another category: nothing on balance, and no line.
        line(day, UsageItem::MessageSent, Some("marketing"), later, 1),
        line(day, UsageItem::MessageSent, Some("utility"), late, 1),
        line(day, UsageItem::MessageSent, Some("utility"), later, -1),
        line(day, UsageItem::ConversationActive, None, day, 1),
        line(day, UsageItem::ContactActive, None, day, 1),
    ];
    let lines = lines(&log, &[&told[..2], &told[2..]]).await;
    assert_eq!(lines, expected);
    assert!(!lines[0].key.is_correction() && lines[1].key.is_correction());
    let of =
        async |tenant| counted(&log.reads, proven(tenant), &[&lines[3].key], PageRequest::first(10)).await.unwrap();
    let behind: Vec<_> = of(TENANT).await[0].iter().map(|row| (row.subject, row.quantity, row.position)).collect();
    assert_eq!(behind, [(first.stream.as_uuid(), -1, 4)]);
    assert!(of(OTHER_TENANT).await[0].is_empty());
}

#[tokio::test]
async fn every_line_lists_the_events_behind_it() {
    let log = Log::new().await;
    let mut told = Vec::new();
    for number in 0..7_u8 {
        let sent = format!("2026-03-10T12:00:0{}Z", number / 2);
        told.push(Message::new(u128::from(number)).echoed(i64::from(number) + 1, "2026-03-10T13:00:00Z", &sent));
    }
    let lines = lines(&log, &[&told]).await;
    assert_eq!(lines.iter().map(|line| line.quantity).collect::<Vec<_>>(), [7, 1, 1]);
    let all: Vec<&LineKey> = lines.iter().map(|line| &line.key).collect();
    let ask = async |page| counted(&log.reads, proven(TENANT), &all, page).await.unwrap();
    let before = log.reads.statements();
    let whole = ask(PageRequest::first(100)).await;
    assert_eq!(log.reads.statements() - before, 1, "one statement for all lines");
    assert_eq!(whole.iter().map(Vec::len).collect::<Vec<_>>(), [7, 1, 1]);
    let mut told: Vec<Uuid> = told.iter().map(|event| event.id.as_uuid()).collect();
    // Two of a second, the later ids first.
    told.reverse();
    assert_eq!(whole[0].iter().map(|row| row.event).collect::<Vec<_>>(), told);

    let before = log.reads.statements();
    let by_key = async |tenant| lines_of(&log.reads, proven(tenant), &all[1..]).await.unwrap();
    assert_eq!((by_key(TENANT).await.len(), by_key(OTHER_TENANT).await), (2, vec![]));
    assert_eq!(log.reads.statements() - before, 2);
    assert!(by_key(TENANT).await.iter().all(|line| lines.contains(line)));
    let walked = walk(2, CountedRow::keyset, async |page| ask(page).await.swap_remove(0)).await;
    assert_eq!(walked, whole[0]);
}
