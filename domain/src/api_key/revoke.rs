//! A key opens nothing any more, whatever else was said of it.

use super::state::Standing;
use super::{ApiKey, ApiKeyEvent, ApiKeyRefusal};

pub(super) fn decide(key: &ApiKey) -> Result<Vec<ApiKeyEvent>, ApiKeyRefusal> {
    match &key.standing {
        Standing::Unknown => Err(ApiKeyRefusal::NotFound),
        Standing::Issued(_) => Ok(vec![ApiKeyEvent::Revoked {}]),
        Standing::Revoked => Ok(vec![]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::api_key::state::samples::issued;
    use crate::api_key::{ApiKey, ApiKeyCommand, ApiKeyEvent, ApiKeyRefusal};

    #[test]
    fn a_key_is_revoked() {
        TestFramework::<ApiKey>::with(())
            .given(vec![issued()])
            .when(ApiKeyCommand::Revoke)
            .then_expect_events(vec![ApiKeyEvent::Revoked {}]);
    }

    #[test]
    fn revoking_it_again_changes_nothing() {
        TestFramework::<ApiKey>::with(())
            .given(vec![issued(), ApiKeyEvent::Revoked {}])
            .when(ApiKeyCommand::Revoke)
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_was_never_issued_is_not_found() {
        TestFramework::<ApiKey>::with(())
            .given_no_previous_events()
            .when(ApiKeyCommand::Revoke)
            .then_expect_error(ApiKeyRefusal::NotFound);
    }
}
