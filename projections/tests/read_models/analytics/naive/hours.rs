//! How much of a time lies in a business's hours.

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp, ToSpan};
use leadflow_domain::Event;
use leadflow_domain::tenant::{Schedule, TenantEvent};
use leadflow_event_store::RecordedEvent;
use uuid::Uuid;

/// Seconds of business hours, by the schedules that the log tells of.
pub(super) fn business(events: &[RecordedEvent], tenant: Uuid, from: Timestamp, to: Timestamp) -> Option<i64> {
    let mut valid: Vec<(Timestamp, i64, Option<&Schedule>)> = events
        .iter()
        .filter(|event| event.tenant.as_uuid() == tenant)
        .filter_map(|event| Some((event.recorded_at, event.version, schedule(event)?)))
        .collect();
    valid.sort_by_key(|(at, version, _)| (*at, *version));
    let at_first = valid.iter().rposition(|(at, ..)| *at <= from)?;
    let mut open = SignedDuration::ZERO;
    for (nth, (at, _, schedule)) in valid.iter().enumerate().skip(at_first) {
        if nth > at_first && *at >= to {
            break;
        }
        let until = valid.get(nth + 1).map_or(to, |(next, ..)| to.min(*next));
        let (Some(schedule), begin) = (schedule, from.max(*at)) else {
            // None at all at that moment is no matter.
            if valid.get(nth + 1).is_some_and(|(next, ..)| next == at) {
                continue;
            }
            return None;
        };
        let zone = schedule.zone().rules();
        let mut day = begin.to_zoned(zone.clone()).date();
        while day <= until.to_zoned(zone.clone()).date() {
            for hours in schedule.hours(day) {
                let text = hours.to_string();
                let (opens, closes) = text.split_once('-').unwrap();
                let shown = |text: &str| match text {
                    "24:00" => day.checked_add(1.day()).unwrap().to_datetime(Time::midnight()),
                    time => day.to_datetime(time.parse().unwrap()),
                };
                let moment = |text: &str| shown(text).to_zoned(zone.clone()).unwrap().timestamp();
                let (opens, closes) = (moment(opens).max(begin), moment(closes).min(until));
                if opens < closes {
                    open += opens.duration_until(closes);
                }
            }
            day = day.tomorrow().unwrap();
        }
    }
    Some(open.as_secs())
}

pub(super) fn schedule(event: &RecordedEvent) -> Option<Option<&Schedule>> {
    match &event.event {
        Event::Tenant(TenantEvent::ScheduleSet { schedule }) => Some(Some(schedule)),
        Event::Tenant(TenantEvent::ScheduleRemoved {}) => Some(None),
        _ => None,
    }
}
