//! People: who works for a business, as what, and what whoever has a role of the business's own may do; and the programs that
//! work for it. Authentication reads it with each request of either (`auth/authenticate.rs`), so it is what makes a change of a
//! role count for the next one.

mod api_key_queries;
mod api_keys;
mod filter;
mod fold;
mod member_queries;
mod members;
mod role_queries;
mod team_queries;
mod words;

pub use api_key_queries::{ApiKeyRow, api_keys, api_keys_by_id, count_api_keys};
pub use filter::MemberField;
pub use fold::PeopleProjector;
pub use member_queries::{MemberList, MemberOrder, MemberRow, count_members, members, members_by_id, read_role};
pub use role_queries::{RoleRow, count_roles, roles, roles_by_id};
pub use team_queries::{TeamRow, count_teams, teams, teams_by_id};
pub use words::{MemberState, RoleKind, read_permissions};

use crate::Definition;

/// Tables and fold of this program's people.
pub const DEFINITION: Definition = Definition { name: "people", version: 2, tables: include_str!("tables.sql") };

/// Where [`DEFINITION`]'s tables are. Who signs in is read beside what she proves herself with, which is no read model's.
pub const SCHEMA: &str = "people_v2";

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_the_definition_s() {
        assert_eq!(super::DEFINITION.schema(), super::SCHEMA);
    }
}
