//! What a value of a report says, whichever kind of number it is.
//!
//! Every kind has the same type, and what only durations have is a nullable object in it: one selection draws every metric. With
//! a union or an interface each client would write a fragment for each kind, Apollo would have to be told of all possible types
//! before its cache matches them, and a kind that is added would be missing in every chart. Why: decision 11.

use async_graphql::{ComplexObject, ID, SimpleObject};
use leadflow_projections::analytics::{Durations, Figures};

use super::cell::Cell;

/// What something comes to in some time, of one group.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct MetricFigures {
    /// How many: of a COUNT how often it happened, of a DISTINCT how many different ones, of a DURATION how many were measured.
    count: i64,
    /// The one number to draw, in the metric's `unit`: the count, or the median of a DURATION, by the clock. Null where nothing
    /// was measured.
    value: Option<f64>,
    /// Of a DURATION, by the clock; null for every other kind.
    clock: Option<DurationFigures>,
    /// Of a DURATION, by the hours in which the business was open, of those over all of which it had a schedule; null, and never
    /// 0, where none has, and for every other kind.
    business_hours: Option<DurationFigures>,
    #[graphql(skip)]
    cell: Cell,
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

#[ComplexObject]
impl MetricFigures {
    /// Names this value: `analyticsEvents` of it lists the events behind it.
    async fn cell(&self) -> ID {
        self.cell.id()
    }
}

impl MetricFigures {
    /// So many.
    pub(super) fn number(cell: Cell, count: i64) -> Self {
        // Exact up to 2^53.
        Self { count, value: Some(count as f64), clock: None, business_hours: None, cell }
    }

    /// So long.
    pub(super) fn durations(cell: Cell, Durations { clock, business }: Durations) -> Self {
        Self {
            count: clock.count,
            value: clock.median,
            clock: Some(clock.into()),
            business_hours: business.map(DurationFigures::from),
            cell,
        }
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
