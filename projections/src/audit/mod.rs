//! The audit: who did what, when, why and from where, over all that a business's people and the program did.
//!
//! What providers tell (a message came, was read) is no one's act and not here: it is in the history of each thing.

mod filter;
mod fold;
mod queries;

pub use filter::ActField;
pub use fold::AuditProjector;
pub use queries::{ActNumbers, ActRow, acts, count_acts};

use crate::Definition;

/// Tables and fold of this program's audit.
pub const DEFINITION: Definition = Definition { name: "audit", version: 1, tables: include_str!("tables.sql") };

/// Where [`DEFINITION`]'s tables are.
const SCHEMA: &str = "audit_v1";

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_the_definition_s() {
        assert_eq!(super::DEFINITION.schema(), super::SCHEMA);
    }
}
