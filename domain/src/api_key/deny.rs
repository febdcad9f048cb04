//! Whoever showed a key tried what it may not do: nothing was done but that it is known.

use super::state::Standing;
use super::{ApiKey, ApiKeyEvent, ApiKeyRefusal};
use crate::member::DeniedAction;
use crate::role::Permission;

pub(super) fn decide(
    key: &ApiKey,
    action: DeniedAction,
    permission: Permission,
) -> Result<Vec<ApiKeyEvent>, ApiKeyRefusal> {
    match &key.standing {
        Standing::Unknown => Err(ApiKeyRefusal::NotFound),
        Standing::Issued(_) => Ok(vec![ApiKeyEvent::Denied { action, permission }]),
        Standing::Revoked => Err(ApiKeyRefusal::Revoked),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::api_key::state::samples::issued;
    use crate::api_key::{ApiKey, ApiKeyCommand, ApiKeyEvent, ApiKeyRefusal};
    use crate::member::DeniedAction;
    use crate::role::Permission;

    const PERMISSION: Permission = Permission::EraseContacts;

    fn action() -> DeniedAction {
        DeniedAction::parse("eraseContact").unwrap()
    }

    fn deny() -> ApiKeyCommand {
        ApiKeyCommand::Deny { action: action(), permission: PERMISSION }
    }

    #[test]
    fn each_time_is_told() {
        let denied = ApiKeyEvent::Denied { action: action(), permission: PERMISSION };
        for given in [vec![issued()], vec![issued(), denied.clone()]] {
            TestFramework::<ApiKey>::with(()).given(given).when(deny()).then_expect_events(vec![denied.clone()]);
        }
    }

    #[test]
    fn what_opens_nothing_tries_nothing() {
        for (given, refusal) in
            [(vec![], ApiKeyRefusal::NotFound), (vec![issued(), ApiKeyEvent::Revoked {}], ApiKeyRefusal::Revoked)]
        {
            TestFramework::<ApiKey>::with(()).given(given).when(deny()).then_expect_error(refusal);
        }
    }
}
