//! Usage: what a business is charged by, a day at a time. Every number is a sum of rows, and each row names its event.

mod booking;
mod counted;
mod fold;
mod pricing;
mod queries;
mod sent;
mod words;

pub use fold::UsageProjector;
#[cfg(feature = "testing")]
pub use queries::explain_counted;
pub use queries::{CountedRow, LineKey, UsageLine, counted, lines, usage};
pub use words::UsageItem;

use crate::Definition;

/// Tables and fold of this program's usage.
pub const DEFINITION: Definition = Definition { name: "usage", version: 2, tables: include_str!("tables.sql") };

/// Where [`DEFINITION`]'s tables are.
const SCHEMA: &str = "usage_v2";

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_the_definition_s() {
        assert_eq!(super::DEFINITION.schema(), super::SCHEMA);
    }
}
