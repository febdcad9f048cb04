//! Histories of API keys.

use leadflow_domain::RoleId;
use leadflow_domain::api_key::{ApiKey, ApiKeyCommand, ApiKeyEvent, ApiKeyName, Terms};
use leadflow_domain::member::DeniedAction;
use leadflow_domain::role::{MemberRole, Permission, Permissions};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

use crate::laws::laws;
use crate::strategies::{seconds, uuid};

fn terms() -> impl Strategy<Value = Terms> {
    let name = select(vec!["Importer", "Shop"]).prop_map(|name| ApiKeyName::parse(name).unwrap());
    let role = prop_oneof![
        select(vec![MemberRole::Owner, MemberRole::Agent]),
        uuid().prop_map(|id| MemberRole::Custom(RoleId::from_uuid(id))),
    ];
    let scope = of(vec(select(Permission::ALL.to_vec()), 0..3).prop_map(Permissions::from_iter));
    let terms = (name, role, scope, of(seconds()));
    terms.prop_map(|(name, role, scope, expires_at)| Terms { name, role, scope, expires_at })
}

#[test]
fn an_api_key_keeps_the_laws() {
    // What was tried is told each time.
    let settles = |command: &ApiKeyCommand| match command {
        ApiKeyCommand::Issue { .. } | ApiKeyCommand::Revoke => true,
        ApiKeyCommand::Deny { .. } => false,
    };
    let commands = prop_oneof![
        4 => (terms(), seconds()).prop_map(|(terms, now)| ApiKeyCommand::Issue { terms, now }),
        1 => Just(ApiKeyCommand::Revoke),
        2 => select(Permission::ALL.to_vec()).prop_map(|permission| ApiKeyCommand::Deny {
            action: DeniedAction::parse("eraseContact").unwrap(),
            permission,
        }),
    ];
    laws::<ApiKey>(commands, settles, ApiKeyEvent::TYPES);
}
