//! An answer is called something else, is for something else, or says something else.

use super::state::Standing;
use super::{Response, ResponseTemplate, ResponseTemplateEvent, ResponseTemplateRefusal};

pub(super) fn decide(
    template: &ResponseTemplate,
    response: Response,
) -> Result<Vec<ResponseTemplateEvent>, ResponseTemplateRefusal> {
    match &template.standing {
        Standing::Unknown | Standing::Removed => Err(ResponseTemplateRefusal::NotFound),
        Standing::Kept(known) if *known == response => Ok(vec![]),
        Standing::Kept(known) => Ok(vec![ResponseTemplateEvent::Changed { before: known.title.clone(), response }]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::response_template::state::samples::{changed, created, removed, response};
    use crate::response_template::{
        Response, ResponseTemplate, ResponseTemplateCommand, ResponseTemplateEvent, ResponseTemplateRefusal,
        ResponseTitle, response_title_reservation,
    };
    use crate::{Decide, ReservationChange, StreamId};

    #[test]
    fn each_part_of_it_changes() {
        let unsaid = Response { intent: None, ..response("Welcome", "Hello") };
        for response in [response("Greeting", "Hello"), response("Welcome", "Hi"), unsaid] {
            let before = ResponseTitle::parse("Welcome").unwrap();
            TestFramework::<ResponseTemplate>::with(())
                .given(vec![created("Welcome", "Hello")])
                .when(ResponseTemplateCommand::Change(response.clone()))
                .then_expect_events(vec![ResponseTemplateEvent::Changed { before, response }]);
        }
    }

    #[test]
    fn what_is_so_already_changes_nothing() {
        TestFramework::<ResponseTemplate>::with(())
            .given(vec![created("Welcome", "Hello"), changed("Welcome", "Greeting", "Hi")])
            .when(ResponseTemplateCommand::Change(response("Greeting", "Hi")))
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_is_not_there_can_t_be_changed() {
        for given in [vec![], vec![created("Welcome", "Hello"), removed("Welcome")]] {
            TestFramework::<ResponseTemplate>::with(())
                .given(given)
                .when(ResponseTemplateCommand::Change(response("Welcome", "Hi")))
                .then_expect_error(ResponseTemplateRefusal::NotFound);
        }
    }

    #[test]
    fn its_old_title_is_free() {
        let stream = StreamId::from_uuid(Uuid::from_u128(1));
        assert_eq!(
            ResponseTemplate::reservations(stream, &changed("Welcome", "Greeting", "Hi")),
            [
                ReservationChange::Release(response_title_reservation(&response("Welcome", "Hi").title)),
                ReservationChange::Take(response_title_reservation(&response("Greeting", "Hi").title)),
            ]
        );
    }
}
