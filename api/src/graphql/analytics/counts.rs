//! `countReport`: how many.

use async_graphql::{Context, Error, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::analytics::{Calendar, Series, counts};

use super::question::{self, ReportFilterInput, ReportGroup, ReportRangeInput, failed, in_time};
use super::words::{CountMetric, ReportDimension};
use crate::graphql::api::Request;

/// The query.
#[derive(Default)]
pub(super) struct CountReports;

/// How many there were, of one group.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct CountSeries {
    /// Of what.
    group: ReportGroup,
    /// How many in all.
    total: i64,
    /// One for each time that the report's days are cut into, in order.
    buckets: Vec<CountBucket>,
}

/// How many there were in some time.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct CountBucket {
    /// When the time begins.
    from: Timestamp,
    /// When it is over; it is not in it.
    until: Timestamp,
    /// How many. `countReportEvents` of the same time lists them.
    count: i64,
}

#[Object]
impl CountReports {
    /// How many there were. What happened counts at the provider's time of it, else at the time at which it was told.
    /// Ungrouped it is one series; of groups those that have something, in no order that means anything.
    #[graphql(complexity = "range.cost(child_complexity)")]
    async fn count_report(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is counted.")] metric: CountMetric,
        #[graphql(desc = "The days it is about.")] range: ReportRangeInput,
        #[graphql(desc = "What it is narrowed to.")] filter: Option<ReportFilterInput>,
        #[graphql(desc = "What it is split by, a series for each.")] group_by: Option<ReportDimension>,
    ) -> Result<Vec<CountSeries>, Error> {
        let request = Request::of(context)?;
        let calendar = range.calendar()?;
        let filter = filter.unwrap_or_default().read()?;
        let (reads, viewer, by) = (&request.api.reads, request.viewer.context(), question::group_by(group_by));
        let series = counts(reads, viewer, &calendar, metric.into(), &filter, by)
            .await
            .map_err(|error| failed("countReport", &error))?;
        Ok(series.into_iter().map(|series| CountSeries::new(&calendar, series)).collect())
    }
}

impl CountSeries {
    fn new(calendar: &Calendar, series: Series<i64>) -> Self {
        Self {
            group: series.group.into(),
            total: series.values.iter().sum(),
            buckets: in_time(calendar, series.values)
                .map(|(from, until, count)| CountBucket { from, until, count })
                .collect(),
        }
    }
}
