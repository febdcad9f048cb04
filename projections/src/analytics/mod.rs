//! Analytics: how long it takes to answer and to settle, and how much there is of it.
//!
//! A conversation is a list of *points* in the order of their times; each duration that they show is a *fact*, with the
//! events that it began and ended with; what is counted is added up by the quarter of an hour. What each number means:
//! `docs/METRICS.md`.

mod calendar;
mod conversations;
mod definitions;
mod fold;
mod leads;
mod ledger;
mod outcome;
mod point;
mod queries;
mod schedules;
mod sendings;
mod timeline;
mod told;

pub use calendar::{BadRange, Calendar, Interval};
pub use definitions::{Count, Distinct, Measure, Metric};
pub use fold::AnalyticsProjector;
#[cfg(feature = "testing")]
pub use queries::explain_behind;
pub use queries::{
    Answer, BadQuestion, Behind, Durations, EventRow, Figures, Filter, Group, GroupBy, Measured, Only, Question,
    Resolved, Series, Span, TooMuch, behind, count_behind, counts, durations, resolved, schedule,
};

use crate::Definition;

/// Tables and fold of this program's analytics.
pub const DEFINITION: Definition = Definition { name: "analytics", version: 3, tables: include_str!("tables.sql") };

/// Where [`DEFINITION`]'s tables are.
const SCHEMA: &str = "analytics_v3";

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_the_definition_s() {
        assert_eq!(super::DEFINITION.schema(), super::SCHEMA);
    }
}
