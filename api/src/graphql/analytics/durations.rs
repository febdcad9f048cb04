//! `durationReport`: how long.

use async_graphql::{Context, Error, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::analytics::{Calendar, Durations, Figures, Metric, Series, durations};

use super::question::{self, ReportFilterInput, ReportGroup, ReportRangeInput, failed, in_time};
use super::words::{DurationMetric, ReportDimension};
use crate::graphql::api::Request;
use crate::graphql::failure::bad_input;

/// The query.
#[derive(Default)]
pub(super) struct DurationReports;

/// How long something took, and by which definition.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct DurationReport {
    /// What is measured.
    metric: DurationMetric,
    /// The version of its definition.
    version: i32,
    /// What that says, in a sentence.
    definition: &'static str,
    /// The versions that can be asked for, the one that answers unless another is asked for first.
    versions: Vec<i32>,
    /// Ungrouped one series; of groups those that have something, in no order that means anything.
    series: Vec<DurationSeries>,
}

/// How long it took, of one group.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct DurationSeries {
    /// Of what.
    group: ReportGroup,
    /// One for each time that the report's days are cut into, in order.
    buckets: Vec<DurationBucket>,
}

/// How long it took, where it ended in some time.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct DurationBucket {
    /// When the time begins.
    from: Timestamp,
    /// When it is over; it is not in it.
    until: Timestamp,
    /// By the clock. `durationReportEvents` of the same time lists what it rests on.
    clock: DurationFigures,
    /// By the hours in which the business was open, of those durations over all of which it had a schedule; null, and never 0,
    /// where none has.
    business_hours: Option<DurationFigures>,
}

/// What durations come to, in seconds. Percentiles are exact, and interpolated between two durations.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct DurationFigures {
    /// How many durations there are.
    count: i64,
    /// Their sum, in whole seconds; a year of a busy business has more than an Int holds.
    sum: f64,
    /// Their mean, in seconds; null where there are none.
    mean: Option<f64>,
    /// What half of them don't exceed, in seconds; null where there are none.
    median: Option<f64>,
    /// What nine in ten don't exceed, in seconds; null where there are none.
    p90: Option<f64>,
    /// What 95 in a hundred don't exceed, in seconds; null where there are none.
    p95: Option<f64>,
    /// How many took how long.
    distribution: DurationDistribution,
}

/// How many took how long.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct DurationDistribution {
    /// Less than 1 hour.
    under_1_hour: i64,
    /// 1 hour to less than 4.
    under_4_hours: i64,
    /// 4 hours to less than 8.
    under_8_hours: i64,
    /// 8 hours to less than 24.
    under_24_hours: i64,
    /// 24 hours or more.
    longer: i64,
}

#[Object]
impl DurationReports {
    /// How long something took. A duration counts where it ended.
    #[graphql(complexity = "range.cost(child_complexity)")]
    async fn duration_report(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is measured.")] metric: DurationMetric,
        #[graphql(desc = "By which version of its definition; by the first of its `versions` when not given.")]
        version: Option<i32>,
        #[graphql(desc = "The days it is about.")] range: ReportRangeInput,
        #[graphql(desc = "What it is narrowed to.")] filter: Option<ReportFilterInput>,
        #[graphql(desc = "What it is split by, a series for each.")] group_by: Option<ReportDimension>,
    ) -> Result<DurationReport, Error> {
        let request = Request::of(context)?;
        let calendar = range.calendar()?;
        let filter = filter.unwrap_or_default().read()?;
        let measured = definition(metric.into(), version)?;
        let (reads, viewer, by) = (&request.api.reads, request.viewer.context(), question::group_by(group_by));
        let series = durations(reads, viewer, &calendar, (measured.metric, measured.version), &filter, by)
            .await
            .map_err(|error| failed("durationReport", &error))?;
        Ok(DurationReport {
            metric,
            version: measured.version.into(),
            definition: measured.says,
            versions: measured.metric.versions().iter().copied().map(i32::from).collect(),
            series: series.into_iter().map(|series| DurationSeries::new(&calendar, series)).collect(),
        })
    }
}

/// A definition that there is.
pub(super) struct Definition {
    pub(super) metric: Metric,
    pub(super) version: i16,
    says: &'static str,
}

/// The definition that is asked for, or the one that answers when none is.
pub(super) fn definition(metric: Metric, version: Option<i32>) -> Result<Definition, Error> {
    let versions = metric.versions();
    let asked = version.map_or_else(|| versions.first().copied(), |version| i16::try_from(version).ok());
    let known = asked.and_then(|version| Some((version, metric.definition(version)?)));
    let (version, says) = known.ok_or_else(|| bad_input(&format!("`version` must be one of {versions:?}")))?;
    Ok(Definition { metric, version, says })
}

impl DurationSeries {
    fn new(calendar: &Calendar, series: Series<Durations>) -> Self {
        let bucket = |(from, until, Durations { clock, business })| DurationBucket {
            from,
            until,
            clock: DurationFigures::from(clock),
            business_hours: business.map(DurationFigures::from),
        };
        Self { group: series.group.into(), buckets: in_time(calendar, series.values).map(bucket).collect() }
    }
}

impl From<Figures> for DurationFigures {
    fn from(figures: Figures) -> Self {
        let Figures { count, total, mean, median, p90, p95, distribution } = figures;
        let [under_1_hour, under_4_hours, under_8_hours, under_24_hours, longer] = distribution;
        let distribution = DurationDistribution { under_1_hour, under_4_hours, under_8_hours, under_24_hours, longer };
        // Exact up to 285 million years.
        let sum = total as f64;
        Self { count, sum, mean, median, p90, p95, distribution }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_definitions_that_there_are_can_be_asked_for() {
        let version = |asked| definition(Metric::FirstResponseTime, asked).map(|known| known.version);
        assert_eq!(version(None).unwrap(), 1);
        assert_eq!(version(Some(2)).unwrap(), 2);
        for odd in [0, 3, -1, 65_537, i32::MAX] {
            assert!(version(Some(odd)).unwrap_err().message.contains("[1, 2]"), "{odd}");
        }
    }
}
