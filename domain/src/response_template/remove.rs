//! An answer is not kept any more, and its title is free.

use super::state::Standing;
use super::{ResponseTemplate, ResponseTemplateEvent, ResponseTemplateRefusal};

pub(super) fn decide(template: &ResponseTemplate) -> Result<Vec<ResponseTemplateEvent>, ResponseTemplateRefusal> {
    match &template.standing {
        Standing::Unknown => Err(ResponseTemplateRefusal::NotFound),
        Standing::Kept(known) => Ok(vec![ResponseTemplateEvent::Removed { title: known.title.clone() }]),
        Standing::Removed => Ok(vec![]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::response_template::state::samples::{created, removed, response};
    use crate::response_template::{
        ResponseTemplate, ResponseTemplateCommand, ResponseTemplateRefusal, response_title_reservation,
    };
    use crate::{Decide, ReservationChange, StreamId};

    #[test]
    fn an_answer_is_not_kept_any_more() {
        TestFramework::<ResponseTemplate>::with(())
            .given(vec![created("Welcome", "Hello")])
            .when(ResponseTemplateCommand::Remove)
            .then_expect_events(vec![removed("Welcome")]);
    }

    #[test]
    fn removing_it_again_changes_nothing_and_what_was_never_there_is_not_found() {
        TestFramework::<ResponseTemplate>::with(())
            .given(vec![created("Welcome", "Hello"), removed("Welcome")])
            .when(ResponseTemplateCommand::Remove)
            .then_expect_events(vec![]);
        TestFramework::<ResponseTemplate>::with(())
            .given_no_previous_events()
            .when(ResponseTemplateCommand::Remove)
            .then_expect_error(ResponseTemplateRefusal::NotFound);
    }

    #[test]
    fn its_title_is_free() {
        let stream = StreamId::from_uuid(Uuid::from_u128(1));
        assert_eq!(
            ResponseTemplate::reservations(stream, &removed("Welcome")),
            [ReservationChange::Release(response_title_reservation(&response("Welcome", "Hi").title))]
        );
    }
}
