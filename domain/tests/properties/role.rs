//! Histories of roles.

use leadflow_domain::role::{Permission, Permissions, Role, RoleCommand, RoleEvent, RoleName};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

use crate::laws::laws;

#[test]
fn a_role_keeps_the_laws() {
    let name = || select(vec!["Auditor", "AUDITOR"]).prop_map(|name| RoleName::parse(name).unwrap());
    let permissions = || vec(select(Permission::ALL.to_vec()), 0..3).prop_map(Permissions::from_iter);
    let commands = prop_oneof![
        3 => (name(), permissions()).prop_map(|(name, permissions)| RoleCommand::Define { name, permissions }),
        3 => (name(), permissions()).prop_map(|(name, permissions)| RoleCommand::Change { name, permissions }),
        1 => Just(RoleCommand::Remove),
    ];
    laws::<Role>(commands, |_| true, RoleEvent::TYPES);
}
