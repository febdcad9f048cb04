//! Two days of three members in Rome, the second of which has 23 hours; every number is computed by hand.
//!
//! 2026-03-28 is a Saturday, open 09:00-13:00 and 14:00-18:00, an hour ahead of UTC. 2026-03-29 is a Sunday, open 10:00-12:00,
//! two hours ahead of UTC from 01:00 UTC on.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use leadflow_domain::conversation::{ConversationEvent, InboundMessage, MessageContent, Occasion};
use leadflow_domain::lead::{Capture, LeadEvent, LeadSource};
use leadflow_domain::outbound_message::{EchoedMessage, OutboundMessageEvent, Via};
use leadflow_domain::tenant::{Schedule, TenantEvent, Weekday};
use leadflow_domain::{ConversationId, Event, EventId, LeadId, MemberId, OutboundMessageId, StreamId, Zone};
use leadflow_event_store::RecordedEvent;
use leadflow_projections::PageRequest;
use leadflow_projections::analytics::{
    AnalyticsProjector, BadQuestion, BadRange, Behind, Calendar, Count, Distinct, Durations, EventRow, Figures, Filter,
    Group, GroupBy, Interval, Measure, Metric, Only, Question, Resolved, Series, Span, TooMuch, behind, count_behind,
    counts, durations, resolved, schedule,
};
use sqlx::Executor;
use uuid::Uuid;

use crate::fold::apply;
use crate::history::{channel, contact};
use crate::queries::walk;
use crate::support::{Log, OTHER_TENANT, TENANT, proven};

const ANNA: u128 = 0xA;
const BO: u128 = 0xB;
const CARL: u128 = 0xC;

/// The events, in the order in which the log tells of them.
#[derive(Default)]
struct Story {
    told: Vec<RecordedEvent>,
}

impl Story {
    fn tell(&mut self, at: &str, stream: impl Into<StreamId>, event: impl Into<Event>) -> Uuid {
        let stream = stream.into();
        let version = self.told.iter().filter(|event| event.stream == stream).count() + 1;
        let position = i64::try_from(self.told.len()).unwrap() + 1;
        let id = EventId::from_uuid(Uuid::from_u128(0x1000 + u128::try_from(position).unwrap()));
        self.told.push(RecordedEvent {
            position,
            tenant: TENANT,
            stream,
            version: i64::try_from(version).unwrap(),
            id,
            recorded_at: at.parse().unwrap(),
            correlation: String::new(),
            command: None,
            actor: String::new(),
            causation: None,
            source: None,
            event: event.into(),
        });
        id.as_uuid()
    }

    /// Told two seconds after it was written, with what it opens or reopens.
    fn customer(&mut self, who: u128, at: &str, turn: Option<ConversationEvent>) {
        let sent_at: Timestamp = at.parse().unwrap();
        let told_at = (sent_at + jiff::SignedDuration::from_secs(2)).to_string();
        if let Some(turn) = turn {
            self.tell(&told_at, thread(who), turn);
        }
        let message = InboundMessage::new(at.to_owned(), sent_at, MessageContent::Text { body: "?".to_owned().into() });
        let (contact, channel) = (contact(TENANT, who), channel(TENANT, 0));
        self.tell(&told_at, thread(who), ConversationEvent::MessageReceived { contact, channel, group: None, message });
    }

    fn opens(&mut self, who: u128, at: &str) {
        let (contact, channel) = (contact(TENANT, who), channel(TENANT, 0));
        self.customer(who, at, Some(ConversationEvent::Opened { contact, channel }));
    }

    fn answer(&mut self, who: u128, at: &str, via: Via) {
        let message = EchoedMessage {
            occasion: Occasion {
                provider_message_id: at.to_owned().into(),
                sent_at: at.parse().unwrap(),
                received_at: None,
                odd_timestamp: None,
            },
            via,
            recipient_name: None,
            content: MessageContent::Text { body: "!".to_owned().into() },
            replies_to: None,
            forwarded: None,
            errors: vec![],
        };
        let (contact, channel, conversation) = (contact(TENANT, who), channel(TENANT, 0), thread(who));
        let stream = OutboundMessageId::from_uuid(Uuid::from_u128(0x9000 + u128::try_from(self.told.len()).unwrap()));
        self.tell(at, stream, OutboundMessageEvent::Echoed { contact, channel, conversation, message });
    }

    fn assign(&mut self, who: u128, at: &str, member: u128) {
        let member = MemberId::from_uuid(Uuid::from_u128(member));
        self.tell(at, thread(who), ConversationEvent::Assigned { member });
    }
}

fn thread(who: u128) -> ConversationId {
    ConversationId::between(contact(TENANT, who), channel(TENANT, 0))
}

fn story() -> Story {
    let mut story = Story::default();
    let hours = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    let week =
        [(Weekday::Saturday, hours(&["09:00-13:00", "14:00-18:00"])), (Weekday::Sunday, hours(&["10:00-12:00"]))];
    let schedule = Schedule::new(Zone::parse("Europe/Rome").unwrap(), week, []).unwrap();
    story.tell("2026-03-27T00:00:00Z", TENANT, TenantEvent::ScheduleSet { schedule });

    // The first conversation: Saturday 09:30 to 15:00, and Sunday 10:30 to 11:30.
    story.opens(1, "2026-03-28T08:30:00Z");
    let capture = Capture::by_message(
        contact(TENANT, 1),
        LeadSource::WhatsApp,
        thread(1),
        "2026-03-28T08:30:00Z".parse().unwrap(),
    );
    story.tell("2026-03-28T08:30:03Z", LeadId::of(contact(TENANT, 1)), LeadEvent::Captured(capture));
    story.answer(1, "2026-03-28T08:32:00Z", Via::Bot);
    story.assign(1, "2026-03-28T08:40:00Z", ANNA);
    story.answer(1, "2026-03-28T08:50:00Z", Via::BusinessApp);
    story.customer(1, "2026-03-28T11:30:00Z", None);
    story.answer(1, "2026-03-28T13:30:00Z", Via::BusinessApp);
    story.tell("2026-03-28T14:00:00Z", thread(1), ConversationEvent::Resolved {});
    // The second: Saturday 22:30 to Sunday 12:30, over the night in which clocks are put forward.
    story.opens(2, "2026-03-28T21:30:00Z");
    story.assign(2, "2026-03-28T22:00:00Z", CARL);
    story.answer(2, "2026-03-29T08:00:00Z", Via::BusinessApp);
    story.customer(1, "2026-03-29T08:30:00Z", Some(ConversationEvent::Reopened {}));
    story.assign(1, "2026-03-29T08:45:00Z", BO);
    story.answer(1, "2026-03-29T09:00:00Z", Via::BusinessApp);
    story.tell("2026-03-29T09:30:00Z", thread(1), ConversationEvent::Resolved {});
    story.tell("2026-03-29T10:30:00Z", thread(2), ConversationEvent::Resolved {});
    // The third: Sunday 20:00, and nobody answers.
    story.opens(3, "2026-03-29T18:00:00Z");
    story
}

async fn told() -> Log {
    let log = Log::new().await;
    let mut tx = log.pool.begin().await.unwrap();
    apply(&AnalyticsProjector, &mut tx, &story().told).await.unwrap();
    tx.commit().await.unwrap();
    log
}

const SATURDAY: Date = date(2026, 3, 28);
const SUNDAY: Date = date(2026, 3, 29);

fn days(zone: &str) -> Calendar {
    Calendar::new(zone, SATURDAY, SUNDAY, Interval::Day).unwrap()
}

fn span(calendar: &Calendar) -> Span {
    let (from, to) = calendar.range();
    from..to
}

/// What is asked of all of the tenant's, with totals.
fn all(calendar: &Calendar) -> Question<'_> {
    Question { calendar, filter: Filter::default(), group_by: GroupBy::Nothing, totals: true, of: 1 }
}

/// The filter that a group is.
fn only(group: Group) -> Filter {
    let all = Filter::default();
    match group {
        Group::Everything => all,
        Group::Channel(of) => Filter { channel: of.map_or(Only::Without, Only::Of), ..all },
        Group::Member(of) => Filter { member: of.map_or(Only::Without, Only::Of), ..all },
        Group::Source(of) => Filter { source: of.map_or(Only::Without, Only::Of), ..all },
    }
}

/// Every event behind a number of the two days in Rome, latest first.
async fn events(log: &Log, measure: Measure, version: i16, filter: Filter) -> Vec<EventRow> {
    let of = Behind { measure, version, span: span(&days("Europe/Rome")), filter };
    let page = async |tenant, page| behind(&log.reads, proven(tenant), &of, page).await.unwrap();
    let all = page(TENANT, PageRequest::first(100)).await;
    for size in [1, 2] {
        let walked = walk(size, EventRow::keyset, async |rows| page(TENANT, rows).await).await;
        assert_eq!(walked, all, "{of:?} by {size}");
    }
    let count = async |tenant| count_behind(&log.reads, proven(tenant), &of).await.unwrap();
    assert_eq!(count(TENANT).await, i64::try_from(all.len()).unwrap(), "{of:?}");
    assert_eq!((page(OTHER_TENANT, PageRequest::first(100)).await, count(OTHER_TENANT).await), (vec![], 0));
    all
}

/// Every duration of a metric, and how much of it were business hours, in the order of their ends.
async fn measured(log: &Log, metric: Metric, version: i16) -> Vec<(i64, Option<i64>, Option<u128>)> {
    let listed = events(log, Measure::Duration(metric), version, Filter::default()).await;
    let duration = |row: &EventRow| {
        let measured = row.measured.as_ref().unwrap();
        (measured.seconds, measured.business_seconds, row.member.map(|id| id.as_u128()))
    };
    listed.iter().rev().map(duration).collect()
}

#[tokio::test]
async fn each_duration_is_as_long_as_by_hand() {
    let log = told().await;
    let (anna, bo, carl) = (Some(ANNA), Some(BO), Some(CARL));
    for (metric, version, expected) in [
        // Bot 08:32 to 08:50. 22:30 to 10:00 over the night are 10.5 hours, and the business opens at 10:00.
        (Metric::FirstResponseTime, 1, vec![(1_080, Some(1_080), anna), (37_800, Some(0), carl)]),
        // 08:30 to 08:50.
        (Metric::FirstResponseTime, 2, vec![(1_200, Some(1_200), anna), (37_800, Some(0), carl)]),
        // 12:30 to 14:30 with an hour's break; 10:30 to 11:00.
        (Metric::ReplyTime, 1, vec![(7_200, Some(3_600), anna), (1_800, Some(1_800), bo)]),
        // 08:40 to 08:50; 23:00 to 10:00 over the night are 10 hours; 08:45 to 09:00.
        (
            Metric::LastAssignmentToResponse,
            1,
            vec![(600, Some(600), anna), (36_000, Some(0), carl), (900, Some(900), bo)],
        ),
        (
            Metric::FirstAssignmentToResponse,
            1,
            vec![(600, Some(600), anna), (36_000, Some(0), carl), (900, Some(900), bo)],
        ),
        // 09:30 to 15:00 with an hour's break; 22:30 to 12:30 over the night are 13 hours, 10:00 to 12:00 open.
        (Metric::FirstResolutionTime, 1, vec![(19_800, Some(16_200), anna), (46_800, Some(7_200), carl)]),
        // The same, and 10:30 to 11:30.
        (
            Metric::CycleResolutionTime,
            1,
            vec![(19_800, Some(16_200), anna), (3_600, Some(3_600), bo), (46_800, Some(7_200), carl)],
        ),
        (
            Metric::TotalOpenTime,
            1,
            vec![(19_800, Some(16_200), anna), (3_600, Some(3_600), bo), (46_800, Some(7_200), carl)],
        ),
        // Anna 09:40 to 15:00 and 10:30 to 10:45, Bo 10:45 to 11:30, Carl 23:00 to 12:30 over the night: 12.5 hours.
        (
            Metric::HandlingTime,
            1,
            vec![
                (19_200, Some(15_600), anna),
                (900, Some(900), anna),
                (2_700, Some(2_700), bo),
                (45_000, Some(7_200), carl),
            ],
        ),
        // Saturday 15:00 to Sunday 10:30 are 18.5 hours, of them 15:00 to 18:00 and 10:00 to 10:30.
        (Metric::ReopenedAfterOwnResolve, 1, vec![(66_600, Some(12_600), anna)]),
        // 08:30 to 08:50.
        (Metric::SpeedToLead, 1, vec![(1_200, Some(1_200), anna)]),
        (Metric::TimeAsNew, 1, vec![]),
    ] {
        assert_eq!(measured(&log, metric, version).await, expected, "{metric:?}, version {version}");
    }
}

#[tokio::test]
async fn figures_are_those_of_each_day_in_the_zone() {
    let log = told().await;
    let ask = async |calendar: &Calendar, filter: Filter, group_by| {
        let question = Question { filter, group_by, ..all(calendar) };
        let cycles = [(Metric::CycleResolutionTime, 1)];
        durations(&log.reads, proven(TENANT), &question, &cycles).await.unwrap().remove(0).unwrap()
    };
    let days = days("Europe/Rome");
    let whole = ask(&days, Filter::default(), GroupBy::Nothing).await;
    assert_eq!(whole[0].group, Group::Everything);
    let saturday = &whole[0].values[0];
    assert_eq!((saturday.clock.count, saturday.clock.mean, saturday.clock.p95), (1, Some(19_800.0), Some(19_800.0)));
    // 3,600 and 46,800: percentiles are interpolated, 3,600 + 0.9 * 43,200 and 3,600 + 0.95 * 43,200.
    let clock = Figures {
        count: 2,
        total: 50_400,
        mean: Some(25_200.0),
        median: Some(25_200.0),
        p90: Some(42_480.0),
        p95: Some(44_640.0),
        distribution: [0, 1, 0, 1, 0],
    };
    let business = whole[0].values[1].business.clone().unwrap();
    assert_eq!((&whole[0].values[1].clock, business.count, business.total), (&clock, 2, 10_800));
    // Of both days: 3,600, 19,800 and 46,800, whose median is not that of the days' medians.
    let total = whole[0].total.as_ref().unwrap();
    assert_eq!((total.clock.count, total.clock.total, total.clock.median), (3, 70_200, Some(19_800.0)));
    assert_eq!(total.business.as_ref().unwrap().total, 27_000);
    let at_once = Calendar::new("Europe/Rome", SATURDAY, SUNDAY, Interval::Whole).unwrap();
    let once = ask(&at_once, Filter::default(), GroupBy::Nothing).await;
    assert_eq!((once[0].total.as_ref(), &once[0].values[..]), (Some(total), std::slice::from_ref(total)));
    let members = ask(&days, Filter::default(), GroupBy::Member).await;
    let of = |member: u128| Group::Member(Some(Uuid::from_u128(member)));
    assert_eq!(members.iter().map(|series| series.group).collect::<Vec<_>>(), [of(ANNA), of(BO), of(CARL)]);
    let bo = Filter { member: Only::Of(Uuid::from_u128(BO)), ..Filter::default() };
    assert_eq!(ask(&days, bo, GroupBy::Nothing).await[0].values[1].clock.total, 3_600);
    let empty = Calendar::new("Asia/Tokyo", date(2025, 1, 1), date(2025, 1, 2), Interval::Day).unwrap();
    let nothing =
        Series { group: Group::Everything, total: Some(Durations::default()), values: vec![Durations::default(); 2] };
    assert_eq!(ask(&empty, Filter::default(), GroupBy::Nothing).await, [nothing]);
    assert_eq!(ask(&empty, Filter::default(), GroupBy::Channel).await, []);
}

const COUNTS: [(Count, [i64; 2]); 8] = [
    (Count::ConversationsOpened, [2, 1]),
    (Count::ConversationsReopened, [0, 1]),
    (Count::MessagesIn, [3, 2]),
    (Count::MessagesOutHuman, [2, 2]),
    (Count::MessagesOutBot, [1, 0]),
    (Count::Resolutions, [1, 2]),
    (Count::LeadsCaptured, [1, 0]),
    (Count::LeadsQualified, [0, 0]),
];

#[tokio::test]
async fn counts_are_those_of_each_day_in_the_zone_and_list_their_events() {
    let log = told().await;
    let days_in_rome = days("Europe/Rome");
    let asked = COUNTS.map(|(count, _)| count);
    let answers = counts(&log.reads, proven(TENANT), &all(&days_in_rome), &asked).await.unwrap();
    for ((count, expected), answer) in COUNTS.into_iter().zip(answers) {
        let number = expected.iter().sum::<i64>();
        let series = Series { group: Group::Everything, total: Some(number), values: expected.to_vec() };
        assert_eq!(answer, Ok(vec![series]), "{count:?}");
        let listed = events(&log, Measure::Count(count), 1, Filter::default()).await;
        assert_eq!(i64::try_from(listed.len()).unwrap(), number, "{count:?}");
    }
    // In Tokyo Saturday ends at 15:00 UTC.
    let in_tokyo = days("Asia/Tokyo");
    let opened = counts(&log.reads, proven(TENANT), &all(&in_tokyo), &[Count::ConversationsOpened]).await.unwrap();
    assert_eq!(opened[0].as_ref().unwrap()[0].values, [1, 1]);
}

#[tokio::test]
async fn what_was_resolved_is_counted_once_in_its_time() {
    let log = told().await;
    let days = days("Europe/Rome");
    let served = resolved(&log.reads, proven(TENANT), &all(&days)).await.unwrap().unwrap();
    let so_many = |number| Resolved { conversations: number, contacts: number };
    assert_eq!(served[0].values, [so_many(1), so_many(2)]);
    // The first was resolved on both days.
    assert_eq!(served[0].total, Some(so_many(2)));
    let weeks = Calendar::new("Europe/Rome", SATURDAY, SUNDAY, Interval::Week).unwrap();
    let served = resolved(&log.reads, proven(TENANT), &all(&weeks)).await.unwrap().unwrap();
    assert_eq!((&served[0].values[..], served[0].total), (&[so_many(2)][..], Some(so_many(2))));
    for distinct in [Distinct::ConversationsResolved, Distinct::ContactsServed] {
        let listed = events(&log, Measure::Distinct(distinct), 1, Filter::default()).await;
        assert_eq!(listed.len(), 3, "{distinct:?}: each resolve");
    }
}

#[tokio::test]
async fn groups_add_up_to_what_is_not_grouped_and_list_their_events() {
    let log = told().await;
    let (context, days) = (proven(TENANT), days("Europe/Rome"));
    let (counted, measured) =
        (COUNTS.map(|(count, _)| count), [(Metric::HandlingTime, 1), (Metric::FirstResponseTime, 2)]);
    let ungrouped = counts(&log.reads, context, &all(&days), &counted).await.unwrap();
    let together = durations(&log.reads, context, &all(&days), &measured).await.unwrap();
    let mut of_nobody = 0;
    for group_by in [GroupBy::Channel, GroupBy::Member, GroupBy::Source] {
        let question = Question { group_by, of: 8, ..all(&days) };
        let grouped = counts(&log.reads, context, &question, &counted).await.unwrap();
        for ((count, answer), whole) in counted.into_iter().zip(grouped).zip(&ungrouped) {
            let (answer, whole) = (answer.unwrap(), &whole.as_ref().unwrap()[0]);
            let sum = |nth: usize| answer.iter().map(|series| series.values[nth]).sum::<i64>();
            assert_eq!([sum(0), sum(1)][..], whole.values[..], "{count:?} by {group_by:?}");
            assert_eq!(answer.iter().filter_map(|series| series.total).sum::<i64>(), whole.total.unwrap());
            for series in answer {
                let listed = events(&log, Measure::Count(count), 1, only(series.group)).await;
                assert_eq!(i64::try_from(listed.len()).ok(), series.total, "{count:?} of {:?}", series.group);
                of_nobody += if series.group == Group::Member(None) { listed.len() } else { 0 };
            }
        }
        let grouped = durations(&log.reads, context, &question, &measured).await.unwrap();
        for (((metric, version), answer), whole) in measured.into_iter().zip(grouped).zip(&together) {
            let (answer, whole) = (answer.unwrap(), whole.as_ref().unwrap()[0].total.as_ref().unwrap());
            let seconds: i64 = answer.iter().map(|series| series.total.as_ref().unwrap().clock.total).sum();
            assert_eq!(seconds, whole.clock.total, "{metric:?} by {group_by:?}");
            for series in answer {
                let listed = events(&log, Measure::Duration(metric), version, only(series.group)).await;
                assert_eq!(i64::try_from(listed.len()).unwrap(), series.total.unwrap().clock.count, "{metric:?}");
            }
        }
    }
    assert!(of_nobody > 0, "everything is somebody's: that shows little");
}

#[tokio::test]
async fn what_is_not_split_has_all_its_values() {
    let log = Log::new().await;
    log.owner
        .execute(
            "insert into analytics_v3.counts (tenant_id, quarter, counts_as, number) \
             select lpad('1', 32, '0')::uuid, timestamptz '2026-02-01 00:00:00Z' + n * interval '15 minutes', 'messages_in', 1 \
             from generate_series(0, 14 * 96 - 1) n",
        )
        .await
        .unwrap();
    let fortnight = Calendar::new("UTC", date(2026, 2, 1), date(2026, 2, 14), Interval::QuarterHour).unwrap();
    let question = Question { of: 12, ..all(&fortnight) };
    let answers = counts(&log.reads, proven(TENANT), &question, &[Count::MessagesIn]).await.unwrap();
    let series = &answers[0].as_ref().unwrap()[0];
    assert_eq!((series.values.as_slice(), series.total), ([1; 14 * 96].as_slice(), Some(14 * 96)));
    let split = Question { group_by: GroupBy::Channel, ..question };
    let answers = counts(&log.reads, proven(TENANT), &split, &[Count::MessagesIn]).await.unwrap();
    assert_eq!(answers, [Err(TooMuch)]);
}

#[tokio::test]
async fn however_many_are_asked_for_each_kind_is_one_statement() {
    let log = told().await;
    let (context, days) = (proven(TENANT), days("Europe/Rome"));
    let question = Question { group_by: GroupBy::Member, ..all(&days) };
    let before = log.reads.statements();
    let measured = [(Metric::HandlingTime, 1), (Metric::FirstResponseTime, 2), (Metric::ReplyTime, 1)];
    assert_eq!(counts(&log.reads, context, &question, &COUNTS.map(|(count, _)| count)).await.unwrap().len(), 8);
    assert_eq!(log.reads.statements() - before, 1);
    assert_eq!(durations(&log.reads, context, &question, &measured).await.unwrap().len(), 3);
    assert_eq!(log.reads.statements() - before, 2);
    resolved(&log.reads, context, &question).await.unwrap().unwrap();
    assert_eq!(log.reads.statements() - before, 3);
    assert_eq!(counts(&log.reads, context, &question, &[]).await.unwrap(), []);
    assert_eq!(durations(&log.reads, context, &question, &[]).await.unwrap(), []);
    assert_eq!(log.reads.statements() - before, 3, "nothing is read where nothing is asked for");
}

#[tokio::test]
async fn the_hours_are_those_that_were_said_last() {
    let log = told().await;
    let hours = schedule(&log.reads, proven(TENANT)).await.unwrap().unwrap();
    assert_eq!(hours.zone().name(), "Europe/Rome");
    assert_eq!(schedule(&log.reads, proven(OTHER_TENANT)).await.unwrap(), None);
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused() {
    let log = told().await;
    let unknown = Calendar::new("Europe/Atlantis", SATURDAY, SUNDAY, Interval::Day).unwrap_err();
    assert!(matches!(unknown, BadRange::UnknownZone(_)));
    let days = days("UTC");
    let odd = durations(&log.reads, proven(TENANT), &all(&days), &[(Metric::ReplyTime, 2)]).await;
    assert!(matches!(odd, Err(BadQuestion::NoSuchDefinition { metric: Metric::ReplyTime, version: 2 })));
    // Three members had something to handle, and each of two replied once: two months of hours of three are too much, where
    // half of an answer is another's, and leave those of two.
    let hours = Calendar::new("UTC", date(2026, 2, 1), date(2026, 3, 31), Interval::Hour).unwrap();
    let asked = [(Metric::HandlingTime, 1), (Metric::ReplyTime, 1)];
    for (group_by, fits) in [(GroupBy::Nothing, true), (GroupBy::Channel, true), (GroupBy::Member, false)] {
        let question = Question { group_by, of: 2, ..all(&hours) };
        let answers = durations(&log.reads, proven(TENANT), &question, &asked).await.unwrap();
        assert_eq!(answers[0].as_ref().err(), (!fits).then_some(&TooMuch), "{group_by:?}");
        assert!(answers[1].is_ok(), "{group_by:?}");
    }
    let alone = Question { group_by: GroupBy::Member, of: 1, ..all(&hours) };
    let answers = durations(&log.reads, proven(TENANT), &alone, &asked[..1]).await.unwrap();
    assert_eq!(answers[0].as_ref().unwrap().len(), 3);
}
