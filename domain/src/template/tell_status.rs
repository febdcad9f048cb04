//! WhatsApp says how a template stands.

use super::tell::told;
use super::{Telling, Template, TemplateEvent, TemplateKey, TemplateRefusal, TemplateStatus};

pub(super) fn decide(
    template: &Template,
    key: TemplateKey,
    telling: Telling,
    status: TemplateStatus,
) -> Result<Vec<TemplateEvent>, TemplateRefusal> {
    let told_at = template.status.as_ref().and_then(|known| known.at);
    told(template, key, telling.at, told_at, || {
        let is_known = template.status() == Some(&status) && template.is_meant_by(&telling);
        (!is_known).then_some(TemplateEvent::StatusTold { telling, status })
    })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::template::state::samples::{approved, drafted, introduced, key, key_of, telling, told};
    use crate::template::{Template, TemplateCommand, TemplateKey, TemplateRefusal, TemplateStatus};

    fn tell(key: TemplateKey, at: i64, status: TemplateStatus) -> TemplateCommand {
        TemplateCommand::TellStatus { key, telling: telling(at), status }
    }

    #[test]
    fn what_is_told_is_recorded_even_of_what_nobody_knew() {
        let rejected = || TemplateStatus::Rejected { reason: Some("INVALID_FORMAT".to_owned()) };
        TestFramework::<Template>::with(())
            .given(vec![introduced(), drafted(1)])
            .when(tell(key(), 6, rejected()))
            .then_expect_events(vec![told(6, rejected())]);
        TestFramework::<Template>::with(())
            .given_no_previous_events()
            .when(tell(key(), 6, TemplateStatus::Approved))
            .then_expect_events(vec![introduced(), told(6, TemplateStatus::Approved)]);
    }

    #[test]
    fn what_is_known_and_what_is_older_change_nothing() {
        for (at, status) in [(6, TemplateStatus::Approved), (4, TemplateStatus::Pending)] {
            TestFramework::<Template>::with(())
                .given(vec![introduced(), approved()])
                .when(tell(key(), at, status))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn another_name_is_another_template() {
        TestFramework::<Template>::with(())
            .given(vec![introduced(), approved()])
            .when(tell(key_of("another"), 6, TemplateStatus::Paused))
            .then_expect_error(TemplateRefusal::AnotherTemplate);
    }
}
