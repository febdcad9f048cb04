//! Reports of what somebody sees.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use leadflow_domain::{ChannelId, TenantId};
use leadflow_event_store::RecordedEvent;
use leadflow_projections::analytics::{
    Behind, Calendar, Count, Distinct, EventRow, Filter, Group, GroupBy, Interval, Measure, Metric, Only, Question,
    behind, count_behind, counts, durations, resolved,
};
use leadflow_projections::{TenantContext, TenantReads};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use uuid::Uuid;

use super::naive::Seen;
use crate::analytics::rows::{Fact, Point, Rows};
use crate::queries::ALL;

const COUNTS: [Count; 6] = [
    Count::ConversationsOpened,
    Count::MessagesIn,
    Count::MessagesOutHuman,
    Count::Resolutions,
    Count::LeadsCaptured,
    Count::LeadsQualified,
];

const METRICS: [(Metric, i16); 6] = [
    (Metric::FirstResponseTime, 1),
    (Metric::FirstResponseTime, 2),
    (Metric::ReplyTime, 1),
    (Metric::CycleResolutionTime, 1),
    (Metric::HandlingTime, 1),
    (Metric::TimeAsNew, 1),
];

/// What there is to report of a business.
pub(super) struct Reports<'a> {
    points: Vec<&'a Point>,
    facts: Vec<&'a Fact>,
    channels: HashMap<Uuid, Option<Uuid>>,
    contacts: HashMap<Uuid, Option<Uuid>>,
    members: Vec<Uuid>,
    calendar: Calendar,
}

/// `MessagesIn` is kept as `messages_in`.
fn word(name: &dyn std::fmt::Debug) -> String {
    let name = format!("{name:?}");
    let lower =
        |letter: char| if letter.is_uppercase() { vec!['_', letter.to_ascii_lowercase()] } else { vec![letter] };
    name.chars().flat_map(lower).collect::<String>().trim_start_matches('_').to_owned()
}

fn holds<T: PartialEq>(only: Only<T>, is: Option<T>) -> bool {
    match only {
        Only::Any => true,
        Only::Without => is.is_none(),
        Only::Of(this) => is == Some(this),
    }
}

impl<'a> Reports<'a> {
    pub(super) fn of(rows: &'a Rows, events: &[RecordedEvent], tenant: TenantId) -> Self {
        let points: Vec<&Point> = rows.points.iter().filter(|row| row.tenant_id == tenant.as_uuid()).collect();
        // Providers tell of a day of 2025; the rest is of the day on which this runs.
        let last = events.last().unwrap().recorded_at.to_zoned(TimeZone::UTC).date();
        let calendar = Calendar::new("UTC", jiff::civil::date(2025, 11, 1), last, Interval::Month).unwrap();
        Self {
            facts: rows.facts.iter().filter(|row| row.tenant_id == tenant.as_uuid()).collect(),
            channels: rows.conversations.iter().map(|row| (row.conversation_id, row.channel_id)).collect(),
            contacts: rows.conversations.iter().map(|row| (row.conversation_id, row.contact_id)).collect(),
            members: points.iter().filter_map(|row| row.member_id).collect(),
            points,
            calendar,
        }
    }

    /// Fails unless what is reported of `seen` is what there is to see. Whether some was to be seen, and some was not.
    pub(super) async fn compare(
        &self,
        reads: &TenantReads,
        context: TenantContext,
        seen: &Seen<'_>,
        rng: &mut StdRng,
    ) -> bool {
        let channels: Vec<Uuid> = self.channels.values().flatten().copied().collect();
        let filter = Filter {
            channel: match rng.random_range(0..3) {
                0 => Only::Of(ChannelId::from_uuid(*channels.choose(rng).unwrap())),
                _ => Only::Any,
            },
            member: match rng.random_range(0..4) {
                0 => Only::Of(*self.members.choose(rng).unwrap()),
                1 => Only::Without,
                _ => Only::Any,
            },
            source: Only::Any,
        };
        let group_by = *[GroupBy::Nothing, GroupBy::Channel, GroupBy::Member].choose(rng).unwrap();
        let question = Question { calendar: &self.calendar, filter, group_by, totals: true, of: 1 };
        let told = format!("{:?} {question:?}", context.sight());
        let points: Vec<&Point> = self
            .points
            .iter()
            .copied()
            .filter(|row| self.narrowed(&filter, row.conversation_id, row.member_id))
            .collect();
        let facts: Vec<&Fact> = self
            .facts
            .iter()
            .copied()
            .filter(|row| self.narrowed(&filter, row.conversation_id, row.member_id))
            .collect();

        let answers = counts(reads, context, &question, &COUNTS).await.unwrap();
        for (count, answer) in COUNTS.into_iter().zip(answers) {
            let expected = points
                .iter()
                .filter(|row| row.counts_as == Some(word(&count)) && seen.conversation(row.conversation_id))
                .map(|row| (self.group(group_by, row.conversation_id, row.member_id), row.at, 1));
            let found: BTreeMap<Group, Vec<i64>> =
                answer.unwrap().into_iter().map(|series| (series.group, series.values)).collect();
            assert_eq!(without_nothing(found), self.summed(expected), "{count:?} {told}");
        }

        let answers = durations(reads, context, &question, &METRICS[1..]).await.unwrap();
        for ((metric, version), answer) in METRICS[1..].iter().zip(answers) {
            let of_it = |row: &&&Fact| row.metric == word(metric) && row.version == *version;
            let expected = facts
                .iter()
                .filter(of_it)
                .filter(|row| seen.conversation(row.conversation_id))
                .map(|row| (self.group(group_by, row.conversation_id, row.member_id), row.ended_at, row.seconds));
            let found = answer
                .unwrap()
                .into_iter()
                .map(|series| (series.group, series.values.iter().map(|value| value.clock.total).collect()));
            assert_eq!(without_nothing(found.collect()), self.summed(expected), "{metric:?} {told}");
        }

        let different = resolved(reads, context, &question).await.unwrap().unwrap();
        for series in different {
            let mut of_group: Vec<Uuid> = facts
                .iter()
                .filter(|row| row.metric == "cycle_resolution_time" && seen.conversation(row.conversation_id))
                .filter(|row| self.group(group_by, row.conversation_id, row.member_id) == series.group)
                .map(|row| row.conversation_id)
                .collect();
            of_group.sort_unstable();
            of_group.dedup();
            let mut people: Vec<Uuid> = of_group.iter().filter_map(|id| self.contacts[id]).collect();
            people.sort_unstable();
            people.dedup();
            let total = series.total.unwrap();
            let found = [total.conversations, total.contacts].map(|number| usize::try_from(number).unwrap());
            assert_eq!(found, [of_group.len(), people.len()], "{told}");
        }

        self.compare_behind(reads, context, seen, filter, rng).await
    }

    /// Fails unless behind a number is what there is to see.
    async fn compare_behind(
        &self,
        reads: &TenantReads,
        context: TenantContext,
        seen: &Seen<'_>,
        filter: Filter,
        rng: &mut StdRng,
    ) -> bool {
        let (from, until) = self.calendar.range();
        let count = *COUNTS.choose(rng).unwrap();
        let (metric, version) = *METRICS.choose(rng).unwrap();
        let of_count: Vec<_> = self.points.iter().filter(|row| row.counts_as == Some(word(&count))).collect();
        let of_metric: Vec<_> =
            self.facts.iter().filter(|row| row.metric == word(&metric) && row.version == version).collect();
        let of_count = of_count
            .iter()
            .filter(|row| self.narrowed(&filter, row.conversation_id, row.member_id))
            .map(|row| (row.conversation_id, row.event_id));
        let of_metric = of_metric
            .iter()
            .filter(|row| self.narrowed(&filter, row.conversation_id, row.member_id))
            .map(|row| (row.conversation_id, row.ended_with));
        let resolves = self
            .facts
            .iter()
            .filter(|row| row.metric == "cycle_resolution_time" && self.contacts[&row.conversation_id].is_some())
            .filter(|row| self.narrowed(&filter, row.conversation_id, row.member_id))
            .map(|row| (row.conversation_id, row.ended_with));
        let mut partly = false;
        for (measure, version, there) in [
            (Measure::Count(count), 1, of_count.collect::<Vec<_>>()),
            (Measure::Duration(metric), version, of_metric.collect()),
            (Measure::Distinct(Distinct::ContactsServed), 1, resolves.collect()),
        ] {
            let of = Behind { measure, version, span: from..until, filter };
            let mut expected: Vec<_> = there.iter().copied().filter(|(id, _)| seen.conversation(*id)).collect();
            partly |= (1..there.len()).contains(&expected.len());
            let row = |row: EventRow| (row.conversation, row.event);
            let mut found: Vec<_> = behind(reads, context, &of, ALL).await.unwrap().into_iter().map(row).collect();
            expected.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, expected, "{:?} {of:?}", context.sight());
            let number = count_behind(reads, context, &of).await.unwrap();
            assert_eq!(usize::try_from(number).unwrap(), expected.len(), "{:?} {of:?}", context.sight());
        }
        partly
    }

    fn narrowed(&self, filter: &Filter, conversation: Uuid, member: Option<Uuid>) -> bool {
        let channel = self.channels[&conversation].map(ChannelId::from_uuid);
        holds(filter.channel, channel) && holds(filter.member, member)
    }

    fn group(&self, by: GroupBy, conversation: Uuid, member: Option<Uuid>) -> Group {
        match by {
            GroupBy::Nothing | GroupBy::Source => Group::Everything,
            GroupBy::Channel => Group::Channel(self.channels[&conversation].map(ChannelId::from_uuid)),
            GroupBy::Member => Group::Member(member),
        }
    }

    /// What the numbers of each group come to in each bucket.
    fn summed(&self, numbers: impl Iterator<Item = (Group, i64, i64)>) -> BTreeMap<Group, Vec<i64>> {
        let buckets = self.calendar.buckets();
        let mut summed = BTreeMap::new();
        for (group, at, number) in numbers {
            let at = Timestamp::from_microsecond(at).unwrap();
            let nth = buckets.iter().rposition(|begins| *begins <= at).unwrap();
            summed.entry(group).or_insert_with(|| vec![0; buckets.len()])[nth] += number;
        }
        without_nothing(summed)
    }
}

/// A group of nothing is as good as none.
fn without_nothing(mut groups: BTreeMap<Group, Vec<i64>>) -> BTreeMap<Group, Vec<i64>> {
    groups.retain(|_, values| values.iter().any(|value| *value != 0));
    groups
}
