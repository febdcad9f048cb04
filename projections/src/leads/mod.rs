//! Leads: who is interested, since when, where she came from, and what was found about it; and what happened with each
//! contact, whatever stream tells of it. Where leads come from, beside messages, and what they told there; and how a business works
//! them.

mod filter;
mod fold;
mod note_queries;
mod pipeline_queries;
mod pipelines;
mod queries;
mod source_queries;
mod sources;
mod standing;
mod submission_queries;
mod submissions;
mod timeline;
mod timeline_queries;
mod words;
mod work;

pub use filter::{AttributeIs, LeadField};
pub use fold::LeadsProjector;
pub use note_queries::{LeadNoteRow, count_lead_notes, lead_notes_of};
pub use pipeline_queries::{AttributeRow, LostReasonRow, PipelineRow, StageRow, pipeline};
pub use queries::{
    LeadCounts, LeadList, LeadOrder, LeadRow, count_leads, count_leads_by_stage, lead_ids, leads, leads_by_id,
};
pub use source_queries::{MissedLeads, SourceRow, StoppedReading, count_sources, sources, sources_by_id};
pub use submission_queries::{AnswerRow, SubmissionRow, count_submissions, submissions_of};
pub use timeline_queries::{TimelineRow, count_timelines, timelines_of};
pub use words::TimelineKind;

use crate::Definition;

/// Tables and fold of this program's leads.
pub const DEFINITION: Definition = Definition { name: "leads", version: 7, tables: include_str!("tables.sql") };

/// Where [`DEFINITION`]'s tables are.
pub(crate) const SCHEMA: &str = "leads_v7";

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_the_definition_s() {
        assert_eq!(super::DEFINITION.schema(), super::SCHEMA);
    }
}
