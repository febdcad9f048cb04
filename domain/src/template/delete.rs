//! A template was taken away.

use jiff::Timestamp;

use super::{Template, TemplateEvent, TemplateRefusal, TemplateStatus};

pub(super) fn decide(template: &Template, at: Timestamp) -> Result<Vec<TemplateEvent>, TemplateRefusal> {
    match (&template.key, template.status()) {
        (None, _) => Err(TemplateRefusal::NotFound),
        (Some(_), Some(TemplateStatus::Deleted)) => Ok(vec![]),
        (Some(_), _) => Ok(vec![TemplateEvent::Deleted { at }]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::template::state::samples::{approved, drafted, introduced, second, told};
    use crate::template::{Template, TemplateCommand, TemplateEvent, TemplateRefusal, TemplateStatus};

    fn delete() -> TemplateCommand {
        TemplateCommand::Delete { at: second(9) }
    }

    #[test]
    fn a_template_is_taken_away() {
        for given in [vec![introduced(), drafted(1)], vec![introduced(), approved()], vec![introduced()]] {
            TestFramework::<Template>::with(())
                .given(given)
                .when(delete())
                .then_expect_events(vec![TemplateEvent::Deleted { at: second(9) }]);
        }
    }

    #[test]
    fn what_is_gone_is_gone_and_what_was_never_there_is_not_found() {
        for gone in [TemplateEvent::Deleted { at: second(8) }, told(8, TemplateStatus::Deleted)] {
            TestFramework::<Template>::with(())
                .given(vec![introduced(), approved(), gone])
                .when(delete())
                .then_expect_events(vec![]);
        }
        TestFramework::<Template>::with(())
            .given_no_previous_events()
            .when(delete())
            .then_expect_error(TemplateRefusal::NotFound);
    }
}
