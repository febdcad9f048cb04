//! Leads: who is interested, since when, and where she came from.

mod fold;
mod queries;
mod words;

pub use fold::LeadsProjector;
pub use queries::{LeadRow, count_leads, lead, leads};
pub use words::LeadStatus;

use crate::Definition;

/// Tables and fold of this program's leads.
pub const DEFINITION: Definition = Definition { name: "leads", version: 1, tables: include_str!("tables.sql") };

/// Where [`DEFINITION`]'s tables are.
const SCHEMA: &str = "leads_v1";

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_the_definition_s() {
        assert_eq!(super::DEFINITION.schema(), super::SCHEMA);
    }
}
