//! Leads: who is interested, since when, where she came from, and what was found about it; and what happened with each
//! contact, whatever stream tells of it. And where leads come from, beside messages, and what they told there.

mod filter;
mod fold;
mod queries;
mod source_queries;
mod sources;
mod standing;
mod submission_queries;
mod submissions;
mod timeline;
mod timeline_queries;
mod words;

pub use filter::LeadField;
pub use fold::LeadsProjector;
pub use queries::{LeadCounts, LeadList, LeadOrder, LeadRow, count_leads, leads, leads_by_id};
pub use source_queries::{MissedLeads, SourceRow, StoppedReading, count_sources, sources, sources_by_id};
pub use submission_queries::{AnswerRow, SubmissionRow, count_submissions, submissions_of};
pub use timeline_queries::{TimelineRow, count_timelines, timelines_of};
pub use words::TimelineKind;

use crate::Definition;

/// Tables and fold of this program's leads.
pub const DEFINITION: Definition = Definition { name: "leads", version: 6, tables: include_str!("tables.sql") };

/// Where [`DEFINITION`]'s tables are.
const SCHEMA: &str = "leads_v6";

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_the_definition_s() {
        assert_eq!(super::DEFINITION.schema(), super::SCHEMA);
    }
}
