//! `analytics`: several metrics of several kinds in one answer, alike for whoever draws them.

use async_graphql::{ComplexObject, Context, Error, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::analytics::Question;

use super::answers::answers;
use super::figures::MetricFigures;
use super::question::{self, Asked, MetricDefinitionInput, ReportFilterInput, ReportGroup, asked, calendar};
use super::words::{Metric, MetricKind, MetricUnit, ReportDimension, ReportInterval};
use crate::graphql::api::Request;
use crate::graphql::date_range::DateRangeInput;
use crate::graphql::failure::internal;

/// The query.
#[derive(Default)]
pub(super) struct Reports;

/// What one metric comes to.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct MetricReport {
    /// Which.
    metric: Metric,
    /// What sort of number it is.
    kind: MetricKind,
    /// What its values are told in.
    unit: MetricUnit,
    /// By which definition.
    definition: MetricDefinition,
    #[graphql(skip)]
    series: Result<Vec<MetricSeries>, Error>,
}

/// What a metric means, and since when it means something else.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct MetricDefinition {
    /// The version that answers.
    version: i32,
    /// What it says, in a sentence or two.
    text: &'static str,
    /// The versions that can be asked for, the one that answers unless another is asked for first.
    versions: Vec<i32>,
}

/// What a metric comes to, of one group.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct MetricSeries {
    /// Of what.
    pub(super) group: ReportGroup,
    /// One for each time that the report's days are cut into, in order; there is one also where nothing happened.
    pub(super) buckets: Vec<MetricBucket>,
    #[graphql(skip)]
    pub(super) total: Option<MetricFigures>,
}

/// What a metric comes to in some time.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct MetricBucket {
    /// When the time begins.
    pub(super) from: Timestamp,
    /// When it is over; it is not in it.
    pub(super) until: Timestamp,
    /// What it comes to.
    pub(super) figures: MetricFigures,
}

#[Object]
impl Reports {
    /// What the business does, in numbers: a report for each of `metrics`, in their order. What happened counts at the provider's
    /// time of it, else at the time at which it was told; a duration counts where it ended. Metrics of one kind are read at once.
    #[graphql(
        complexity = "question::cost(range, interval.unwrap_or(ReportInterval::Day), &metrics, group_by, child_complexity)"
    )]
    #[expect(clippy::too_many_arguments, reason = "they are the field's")]
    async fn analytics(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The days it is about, at most 366.")] range: DateRangeInput,
        #[graphql(desc = "What they are cut into; null is DAY.", default_with = "Some(ReportInterval::Day)")]
        interval: Option<ReportInterval>,
        #[graphql(desc = "Where they are days: the IANA name of a time zone, such as `Europe/Rome`.")]
        time_zone: String,
        #[graphql(desc = "What is asked for: 1 to 12 metrics, each once.")] metrics: Vec<Metric>,
        #[graphql(
            desc = "What each is split by, a series for each. An answer that is split has at most 8,000 values, as \
                          many for each metric."
        )]
        group_by: Option<ReportDimension>,
        #[graphql(desc = "What they are narrowed to.")] filter: Option<ReportFilterInput>,
        #[graphql(desc = "By which definitions, where not by the first of a metric's `versions`.")] definition: Option<
            Vec<MetricDefinitionInput>,
        >,
    ) -> Option<Result<Vec<MetricReport>, Error>> {
        let found = async {
            let asked = asked(&metrics, &definition.unwrap_or_default())?;
            let calendar = calendar(range, interval.unwrap_or(ReportInterval::Day), &time_zone)?;
            let question = Question {
                calendar: &calendar,
                filter: filter.unwrap_or_default().read()?,
                group_by: question::group_by(group_by),
                totals: context.look_ahead().field("series").field("total").exists(),
                of: asked.len(),
            };
            let series = answers(Request::of(context)?, &question, &asked).await;
            Ok(asked.iter().zip(series).map(|(asked, series)| MetricReport::new(asked, series)).collect())
        };
        Some(found.await)
    }
}

#[ComplexObject]
impl MetricReport {
    /// One where it is not split; else one for each group that has something, in no order that means anything. Null where this
    /// metric can't be answered, which leaves the others as they are: an error says why.
    async fn series(&self) -> Option<Result<&[MetricSeries], Error>> {
        Some(self.series.as_deref().map_err(Clone::clone))
    }
}

#[ComplexObject]
impl MetricSeries {
    /// What it comes to in all the report's days: of a DISTINCT or of a DURATION this is not what the buckets' values add up to.
    async fn total(&self) -> Result<&MetricFigures, Error> {
        self.total.as_ref().ok_or_else(|| internal("analytics.series.total", &NotRead))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a total was not read")]
struct NotRead;

impl MetricReport {
    fn new(asked: &Asked, series: Result<Vec<MetricSeries>, Error>) -> Self {
        let kind = asked.metric.kind();
        Self {
            metric: asked.metric,
            kind,
            unit: kind.into(),
            definition: MetricDefinition {
                version: asked.version.into(),
                text: asked.says,
                versions: asked.measure.versions().iter().copied().map(i32::from).collect(),
            },
            series,
        }
    }
}
