//! WhatsApp took a template in. What it tells of it by itself may arrive before its answer does, and stands.

use jiff::Timestamp;

use super::{Template, TemplateCategory, TemplateEvent, TemplateRefusal, TemplateStatus};
use crate::channel::ProviderId;

pub(super) fn decide(
    template: &Template,
    provider_id: ProviderId,
    status: TemplateStatus,
    category: TemplateCategory,
    at: Timestamp,
) -> Result<Vec<TemplateEvent>, TemplateRefusal> {
    if template.key.is_none() {
        return Err(TemplateRefusal::NotFound);
    }
    if template.provider_id.as_ref() == Some(&provider_id) {
        return Ok(vec![]);
    }
    let status = Template::latest(template.status.as_ref(), status, at);
    let category = Template::latest(template.category.as_ref(), category, at);
    Ok(vec![TemplateEvent::Submitted { provider_id, status, category, at }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::template::state::samples::{drafted, introduced, provider_id, second, submitted, told};
    use crate::template::{
        Telling, Template, TemplateCategory, TemplateCommand, TemplateEvent, TemplateRefusal, TemplateStatus,
    };

    fn submit() -> TemplateCommand {
        TemplateCommand::RecordSubmission {
            provider_id: provider_id(),
            status: TemplateStatus::Pending,
            category: TemplateCategory::Utility,
            at: second(1),
        }
    }

    #[test]
    fn whatsapp_took_it_in() {
        TestFramework::<Template>::with(())
            .given(vec![introduced(), drafted(1)])
            .when(submit())
            .then_expect_events(vec![submitted(1)]);
    }

    #[test]
    fn what_was_told_meanwhile_stands() {
        TestFramework::<Template>::with(())
            .given(vec![introduced(), drafted(1), told(2, TemplateStatus::Approved)])
            .when(submit())
            .then_expect_events(vec![]);
        let telling = Telling { provider_id: None, at: second(2) };
        let approved = TemplateEvent::StatusTold { telling, status: TemplateStatus::Approved };
        TestFramework::<Template>::with(())
            .given(vec![introduced(), drafted(1), approved])
            .when(submit())
            .then_expect_events(vec![TemplateEvent::Submitted {
                provider_id: provider_id(),
                status: TemplateStatus::Approved,
                category: TemplateCategory::Utility,
                at: second(1),
            }]);
    }

    #[test]
    fn twice_is_once_and_what_is_not_there_is_not_found() {
        TestFramework::<Template>::with(())
            .given(vec![introduced(), drafted(1), submitted(1)])
            .when(submit())
            .then_expect_events(vec![]);
        TestFramework::<Template>::with(())
            .given_no_previous_events()
            .when(submit())
            .then_expect_error(TemplateRefusal::NotFound);
    }
}
