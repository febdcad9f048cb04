//! A program gets a key. Two may be called the same: who lets an old key run out beside its successor needs that.

use jiff::Timestamp;

use super::state::Standing;
use super::{ApiKey, ApiKeyEvent, ApiKeyRefusal, Terms};

pub(super) fn decide(key: &ApiKey, terms: Terms, now: Timestamp) -> Result<Vec<ApiKeyEvent>, ApiKeyRefusal> {
    match &key.standing {
        Standing::Unknown if terms.expires_at.is_some_and(|end| end <= now) => Err(ApiKeyRefusal::NotInTheFuture),
        Standing::Unknown => Ok(vec![ApiKeyEvent::Issued(terms)]),
        Standing::Issued(known) if known == &terms => Ok(vec![]),
        Standing::Issued(_) | Standing::Revoked => Err(ApiKeyRefusal::IssuedOtherwise),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::api_key::state::samples::{issued, second, terms};
    use crate::api_key::{ApiKey, ApiKeyCommand, ApiKeyEvent, ApiKeyRefusal, Terms};
    use crate::role::MemberRole;

    fn issue(terms: Terms) -> ApiKeyCommand {
        ApiKeyCommand::Issue { terms, now: second(0) }
    }

    #[test]
    fn a_key_is_issued_with_an_end_or_without() {
        for terms in [terms(), Terms { scope: None, expires_at: None, ..terms() }] {
            TestFramework::<ApiKey>::with(())
                .given_no_previous_events()
                .when(issue(terms.clone()))
                .then_expect_events(vec![ApiKeyEvent::Issued(terms)]);
        }
    }

    #[test]
    fn issuing_it_again_changes_nothing_even_when_it_is_over() {
        for now in [second(0), second(99)] {
            TestFramework::<ApiKey>::with(())
                .given(vec![issued()])
                .when(ApiKeyCommand::Issue { terms: terms(), now })
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn what_begins_is_not_over_yet() {
        for end in [second(-1), second(0)] {
            TestFramework::<ApiKey>::with(())
                .given_no_previous_events()
                .when(issue(Terms { expires_at: Some(end), ..terms() }))
                .then_expect_error(ApiKeyRefusal::NotInTheFuture);
        }
    }

    #[test]
    fn an_id_keeps_its_key() {
        let owner_s = ApiKeyEvent::Issued(Terms { role: MemberRole::Owner, ..terms() });
        for given in [vec![owner_s], vec![issued(), ApiKeyEvent::Revoked {}]] {
            TestFramework::<ApiKey>::with(())
                .given(given)
                .when(issue(terms()))
                .then_expect_error(ApiKeyRefusal::IssuedOtherwise);
        }
    }
}
