//! WhatsApp was asked for all templates of an account, and this one was not among them: it is gone.

use jiff::{SignedDuration, Timestamp};

use super::{Telling, Template, TemplateEvent, TemplateRefusal, TemplateStatus};

/// How long WhatsApp may take to list what it told of.
const UNTIL_LISTED: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn decide(template: &Template, at: Timestamp) -> Result<Vec<TemplateEvent>, TemplateRefusal> {
    if template.key.is_none() {
        return Err(TemplateRefusal::NotFound);
    }
    let Some(known) = &template.status else { return Ok(vec![]) };
    let is_missed = match (&known.what, known.at) {
        // What was written here was never there.
        (TemplateStatus::Draft | TemplateStatus::Deleted, _) | (_, None) => false,
        (_, Some(told_at)) => at.duration_since(told_at) > UNTIL_LISTED,
    };
    if !is_missed {
        return Ok(vec![]);
    }
    let telling = Telling { provider_id: None, at };
    Ok(vec![TemplateEvent::StatusTold { telling, status: TemplateStatus::Deleted }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::template::state::samples::{approved, drafted, introduced, second, submitted, told};
    use crate::template::{Telling, Template, TemplateCommand, TemplateEvent, TemplateRefusal, TemplateStatus};

    #[test]
    fn what_is_not_there_any_more_is_gone() {
        let telling = Telling { provider_id: None, at: second(606) };
        TestFramework::<Template>::with(())
            .given(vec![introduced(), approved()])
            .when(TemplateCommand::Miss { at: second(606) })
            .then_expect_events(vec![TemplateEvent::StatusTold { telling, status: TemplateStatus::Deleted }]);
    }

    #[test]
    fn what_was_never_there_or_just_came_or_is_gone_already_stays_as_it_is() {
        for given in [
            vec![introduced(), drafted(1)],
            vec![introduced(), drafted(1), submitted(6)],
            vec![introduced(), approved(), told(9, TemplateStatus::Deleted)],
            vec![introduced()],
        ] {
            TestFramework::<Template>::with(())
                .given(given)
                .when(TemplateCommand::Miss { at: second(606) })
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn what_nobody_knew_can_t_be_missed() {
        TestFramework::<Template>::with(())
            .given_no_previous_events()
            .when(TemplateCommand::Miss { at: second(0) })
            .then_expect_error(TemplateRefusal::NotFound);
    }
}
