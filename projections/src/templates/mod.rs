//! Templates of the business's WhatsApp accounts, and the answers that it keeps ready for its people.

mod filter;
mod fold;
mod response_queries;
mod responses;
mod template_queries;
mod told;
mod words;

pub use filter::TemplateField;
pub use fold::TemplatesProjector;
pub use response_queries::{
    ResponseTemplateRow, count_response_templates, response_templates, response_templates_by_id,
};
pub use template_queries::{
    TemplateRow, count_templates, known_to_provider, sendable_of_account, templates, templates_by_id,
};
pub use words::{CategoryWord, QualityWord, StatusWord};

use crate::Definition;

/// Tables and fold of this program's templates.
pub const DEFINITION: Definition = Definition { name: "templates", version: 1, tables: include_str!("tables.sql") };

/// Where [`DEFINITION`]'s tables are.
pub const SCHEMA: &str = "templates_v1";

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_the_definition_s() {
        assert_eq!(super::DEFINITION.schema(), super::SCHEMA);
    }
}
