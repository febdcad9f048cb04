//! People: who works for a business, as what, and what whoever has a role of the business's own may do. Authentication reads
//! it with each request of a member (`auth/authenticate.rs`), so it is what makes a change of a role count for the next one.

mod filter;
mod fold;
mod member_queries;
mod members;
mod role_queries;
mod team_queries;
mod words;

pub use filter::MemberField;
pub use fold::PeopleProjector;
pub use member_queries::{MemberList, MemberOrder, MemberRow, count_members, members, members_by_id, read_role};
pub use role_queries::{RoleRow, count_roles, roles, roles_by_id};
pub use team_queries::{TeamRow, count_teams, teams, teams_by_id};
pub use words::{MemberState, RoleKind};

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
