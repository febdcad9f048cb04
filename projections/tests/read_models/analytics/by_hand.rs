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
use leadflow_projections::analytics::{
    AnalyticsProjector, BadQuestion, BadRange, Calendar, Count, Durations, FactRow, Figures, Filter, Group, GroupBy,
    Interval, Metric, Now, Only, PointRow, Resolved, Span, count_facts, count_points, counts, durations, facts, now,
    points, resolved, schedule,
};
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
    let capture = Capture {
        contact: contact(TENANT, 1),
        source: LeadSource::WhatsApp,
        conversation: thread(1),
        captured_at: "2026-03-28T08:30:00Z".parse().unwrap(),
    };
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

/// Every duration of a metric, and how much of it were business hours, in the order of their ends.
async fn measured(log: &Log, metric: Metric, version: i16) -> Vec<(i64, Option<i64>, Option<u128>)> {
    let (span, filter) = (span(&days("Europe/Rome")), Filter::default());
    let page = async |page| facts(&log.reads, proven(TENANT), &span, (metric, version), &filter, page).await.unwrap();
    let listed = walk(1, FactRow::keyset, page).await;
    let count = count_facts(&log.reads, proven(TENANT), &span, (metric, version), &filter).await.unwrap();
    assert_eq!(i64::try_from(listed.len()).unwrap(), count, "{metric:?}");
    listed.iter().rev().map(|fact| (fact.seconds, fact.business_seconds, fact.member.map(|id| id.as_u128()))).collect()
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
    let cycles = (Metric::CycleResolutionTime, 1);
    let ask = async |calendar: &Calendar, filter: Filter, by| {
        durations(&log.reads, proven(TENANT), calendar, cycles, &filter, by).await.unwrap()
    };
    let days = days("Europe/Rome");
    let all = ask(&days, Filter::default(), GroupBy::Nothing).await;
    assert_eq!(all[0].group, Group::Everything);
    let saturday = &all[0].values[0];
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
    let business = all[0].values[1].business.clone().unwrap();
    assert_eq!((&all[0].values[1].clock, business.count, business.total), (&clock, 2, 10_800));
    let members = ask(&days, Filter::default(), GroupBy::Member).await;
    let of = |member: u128| Group::Member(Some(Uuid::from_u128(member)));
    assert_eq!(members.iter().map(|series| series.group).collect::<Vec<_>>(), [of(ANNA), of(BO), of(CARL)]);
    let bo = Filter { member: Only::Of(Uuid::from_u128(BO)), ..Filter::default() };
    assert_eq!(ask(&days, bo, GroupBy::Nothing).await[0].values[1].clock.total, 3_600);
    let empty = Calendar::new("Asia/Tokyo", date(2025, 1, 1), date(2025, 1, 2), Interval::Day).unwrap();
    assert_eq!(ask(&empty, Filter::default(), GroupBy::Nothing).await[0].values, vec![Durations::default(); 2]);
    assert_eq!(ask(&empty, Filter::default(), GroupBy::Channel).await, []);
}

#[tokio::test]
async fn counts_are_those_of_each_day_in_the_zone_and_list_their_events() {
    let log = told().await;
    let ask = async |zone: &str, count| {
        let series = counts(&log.reads, proven(TENANT), &days(zone), count, &Filter::default(), GroupBy::Nothing).await;
        series.unwrap().remove(0).values
    };
    for (count, expected) in [
        (Count::ConversationsOpened, [2, 1]),
        (Count::ConversationsReopened, [0, 1]),
        (Count::MessagesIn, [3, 2]),
        (Count::MessagesOutHuman, [2, 2]),
        (Count::MessagesOutBot, [1, 0]),
        (Count::Resolutions, [1, 2]),
        (Count::LeadsCaptured, [1, 0]),
        (Count::LeadsQualified, [0, 0]),
    ] {
        assert_eq!(ask("Europe/Rome", count).await, expected, "{count:?}");
        let (span, filter) = (span(&days("Europe/Rome")), Filter::default());
        for (tenant, number) in [(TENANT, expected.iter().sum::<i64>()), (OTHER_TENANT, 0)] {
            let page = async |page| points(&log.reads, proven(tenant), &span, count, &filter, page).await.unwrap();
            let listed = walk(1, PointRow::keyset, page).await;
            assert_eq!(i64::try_from(listed.len()).unwrap(), number, "{count:?}");
            let counted = count_points(&log.reads, proven(tenant), &span, count, &filter).await.unwrap();
            assert_eq!(counted, number, "{count:?}");
        }
    }
    // In Tokyo Saturday ends at 15:00 UTC.
    assert_eq!(ask("Asia/Tokyo", Count::ConversationsOpened).await, [1, 1]);
    let (days, filter) = (days("Europe/Rome"), Filter::default());
    let served = resolved(&log.reads, proven(TENANT), &days, &filter, GroupBy::Nothing).await.unwrap();
    let (saturday, sunday) = (
        Resolved { resolutions: 1, conversations: 1, contacts: 1 },
        Resolved { resolutions: 2, conversations: 2, contacts: 2 },
    );
    assert_eq!(served[0].values, [saturday, sunday]);
    let weeks = Calendar::new("Europe/Rome", SATURDAY, SUNDAY, Interval::Week).unwrap();
    let served = resolved(&log.reads, proven(TENANT), &weeks, &filter, GroupBy::Nothing).await.unwrap();
    assert_eq!(served[0].values, [Resolved { resolutions: 3, conversations: 2, contacts: 2 }]);
    let open = now(&log.reads, proven(TENANT), None, None).await.unwrap();
    assert_eq!(open, Now { open: 1, unattended: 1, unassigned: 1 });
    assert_eq!(now(&log.reads, proven(OTHER_TENANT), None, None).await.unwrap(), Now::default());
}

#[tokio::test]
async fn every_group_s_number_lists_its_events() {
    let log = told().await;
    let context = proven(TENANT);
    let days = days("Europe/Rome");
    let mut of_nobody = 0;
    for count in [Count::ConversationsOpened, Count::MessagesIn, Count::MessagesOutHuman, Count::LeadsCaptured] {
        for by in [GroupBy::Channel, GroupBy::Member, GroupBy::Source] {
            for series in counts(&log.reads, context, &days, count, &Filter::default(), by).await.unwrap() {
                let only = Filter::default();
                let filter = match series.group {
                    Group::Everything => only,
                    Group::Channel(of) => Filter { channel: of.map_or(Only::Without, Only::Of), ..only },
                    Group::Member(of) => Filter { member: of.map_or(Only::Without, Only::Of), ..only },
                    Group::Source(of) => Filter { source: of.map_or(Only::Without, Only::Of), ..only },
                };
                let number: i64 = series.values.iter().sum();
                let listed = count_points(&log.reads, context, &span(&days), count, &filter).await.unwrap();
                assert_eq!(listed, number, "{count:?} of {:?}", series.group);
                of_nobody += if series.group == Group::Member(None) { number } else { 0 };
            }
        }
    }
    assert!(of_nobody > 0, "everything is somebody's: that shows little");
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
    let (days, filter, odd) = (days("UTC"), Filter::default(), (Metric::ReplyTime, 2));
    let answer = durations(&log.reads, proven(TENANT), &days, odd, &filter, GroupBy::Nothing).await;
    assert!(matches!(answer, Err(BadQuestion::NoSuchDefinition { metric: Metric::ReplyTime, version: 2 })));
    // Three members had something to handle: two months of hours of one are fine, and of all too much.
    let handling = (Metric::HandlingTime, 1);
    let hours = Calendar::new("UTC", date(2026, 2, 1), date(2026, 3, 31), Interval::Hour).unwrap();
    for (by, fits) in [(GroupBy::Nothing, true), (GroupBy::Channel, true), (GroupBy::Member, false)] {
        let answer = durations(&log.reads, proven(TENANT), &hours, handling, &filter, by).await;
        assert_eq!(answer.is_ok(), fits, "{by:?}");
        assert!(fits || matches!(answer, Err(BadQuestion::TooMuch)));
    }
}
