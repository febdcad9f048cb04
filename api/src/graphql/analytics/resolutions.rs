//! `resolutionReport`: how much was resolved.

use async_graphql::{Context, Error, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::analytics::{Calendar, Resolved, Series, resolved};

use super::question::{self, ReportFilterInput, ReportGroup, ReportRangeInput, failed, in_time};
use super::words::ReportDimension;
use crate::graphql::api::Request;

/// The query.
#[derive(Default)]
pub(super) struct ResolutionReports;

/// What was resolved, of one group.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct ResolutionSeries {
    /// Of what.
    group: ReportGroup,
    /// One for each time that the report's days are cut into, in order.
    buckets: Vec<ResolutionBucket>,
}

/// What was resolved in some time.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct ResolutionBucket {
    /// When the time begins.
    from: Timestamp,
    /// When it is over; it is not in it.
    until: Timestamp,
    /// Resolves: a conversation that was resolved twice counts twice. `durationReportEvents` of `CYCLE_RESOLUTION_TIME` and the
    /// same time lists them.
    resolutions: i64,
    /// Conversations, each once; over several of these times they can't be added up.
    conversations: i64,
    /// Contacts, each once; a group is none. Over several of these times they can't be added up.
    contacts: i64,
}

#[Object]
impl ResolutionReports {
    /// How much was resolved: three numbers that are easily taken for one. Ungrouped it is one series; of groups those that
    /// have something, in no order that means anything.
    #[graphql(complexity = "range.cost(child_complexity)")]
    async fn resolution_report(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The days it is about.")] range: ReportRangeInput,
        #[graphql(desc = "What it is narrowed to.")] filter: Option<ReportFilterInput>,
        #[graphql(desc = "What it is split by, a series for each.")] group_by: Option<ReportDimension>,
    ) -> Result<Vec<ResolutionSeries>, Error> {
        let request = Request::of(context)?;
        let calendar = range.calendar()?;
        let filter = filter.unwrap_or_default().read()?;
        let (reads, viewer, by) = (&request.api.reads, request.viewer.context(), question::group_by(group_by));
        let series = resolved(reads, viewer, &calendar, &filter, by)
            .await
            .map_err(|error| failed("resolutionReport", &error))?;
        Ok(series.into_iter().map(|series| ResolutionSeries::new(&calendar, series)).collect())
    }
}

impl ResolutionSeries {
    fn new(calendar: &Calendar, series: Series<Resolved>) -> Self {
        let bucket = |(from, until, Resolved { resolutions, conversations, contacts })| ResolutionBucket {
            from,
            until,
            resolutions,
            conversations,
            contacts,
        };
        Self { group: series.group.into(), buckets: in_time(calendar, series.values).map(bucket).collect() }
    }
}
