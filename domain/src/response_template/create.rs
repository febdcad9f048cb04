//! A business makes an answer ready; that none is called the same is the reservation's business.

use super::state::Standing;
use super::{Response, ResponseTemplate, ResponseTemplateEvent, ResponseTemplateRefusal};

pub(super) fn decide(
    template: &ResponseTemplate,
    response: Response,
) -> Result<Vec<ResponseTemplateEvent>, ResponseTemplateRefusal> {
    match &template.standing {
        Standing::Unknown => Ok(vec![ResponseTemplateEvent::Created(response)]),
        Standing::Kept(known) if *known == response => Ok(vec![]),
        Standing::Kept(_) | Standing::Removed => Err(ResponseTemplateRefusal::CreatedOtherwise),
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

    fn create() -> ResponseTemplateCommand {
        ResponseTemplateCommand::Create(response("Welcome", "Hi {{contact.name|there}}"))
    }

    #[test]
    fn an_answer_is_made_ready() {
        TestFramework::<ResponseTemplate>::with(())
            .given_no_previous_events()
            .when(create())
            .then_expect_events(vec![created("Welcome", "Hi {{contact.name|there}}")]);
    }

    #[test]
    fn making_it_ready_again_changes_nothing() {
        TestFramework::<ResponseTemplate>::with(())
            .given(vec![created("Welcome", "Hi {{contact.name|there}}")])
            .when(create())
            .then_expect_events(vec![]);
    }

    #[test]
    fn an_id_keeps_its_answer() {
        for given in [
            vec![created("Welcome", "Hello")],
            vec![created("Welcome", "Hi {{contact.name|there}}"), removed("Welcome")],
        ] {
            TestFramework::<ResponseTemplate>::with(())
                .given(given)
                .when(create())
                .then_expect_error(ResponseTemplateRefusal::CreatedOtherwise);
        }
    }

    #[test]
    fn its_title_is_its_own_whatever_the_letters_case() {
        let stream = StreamId::from_uuid(Uuid::from_u128(1));
        let title = response("WELCOME", "Hello").title;
        assert_eq!(
            ResponseTemplate::reservations(stream, &created("Welcome", "Hello")),
            [ReservationChange::Take(response_title_reservation(&title))]
        );
    }
}
