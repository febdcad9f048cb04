//! WhatsApp says what a template is for, or will be for before long.

use super::tell::told;
use super::{Telling, Template, TemplateCategory, TemplateEvent, TemplateKey, TemplateRefusal};

pub(super) fn decide(
    template: &Template,
    key: TemplateKey,
    telling: Telling,
    category: TemplateCategory,
) -> Result<Vec<TemplateEvent>, TemplateRefusal> {
    told(template, key, telling.at, told_at(template), || {
        let is_known = template.category() == Some(&category)
            && template.announced_category.is_none()
            && template.is_meant_by(&telling);
        (!is_known).then_some(TemplateEvent::CategoryTold { telling, category })
    })
}

pub(super) fn announce(
    template: &Template,
    key: TemplateKey,
    telling: Telling,
    category: TemplateCategory,
) -> Result<Vec<TemplateEvent>, TemplateRefusal> {
    told(template, key, telling.at, told_at(template), || {
        let is_known = template.announced_category.as_ref() == Some(&category) && template.is_meant_by(&telling);
        (!is_known).then_some(TemplateEvent::CategoryChangeAnnounced { telling, category })
    })
}

fn told_at(template: &Template) -> Option<jiff::Timestamp> {
    template.category.as_ref().and_then(|known| known.at)
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::template::state::samples::{approved, introduced, key, telling};
    use crate::template::{Template, TemplateCategory, TemplateCommand, TemplateEvent};

    fn tell(at: i64, category: TemplateCategory) -> TemplateCommand {
        TemplateCommand::TellCategory { key: key(), telling: telling(at), category }
    }

    fn announce(at: i64) -> TemplateCommand {
        TemplateCommand::AnnounceCategory { key: key(), telling: telling(at), category: TemplateCategory::Marketing }
    }

    fn told(at: i64, category: TemplateCategory) -> TemplateEvent {
        TemplateEvent::CategoryTold { telling: telling(at), category }
    }

    fn announced(at: i64) -> TemplateEvent {
        TemplateEvent::CategoryChangeAnnounced { telling: telling(at), category: TemplateCategory::Marketing }
    }

    #[test]
    fn what_is_told_and_what_is_announced_are_recorded_even_of_what_nobody_knew() {
        let (given, marketing) = (|| vec![introduced(), approved()], || TemplateCategory::Marketing);
        for (given, command, expected) in [
            (given(), tell(6, marketing()), vec![told(6, marketing())]),
            (given(), announce(6), vec![announced(6)]),
            (vec![], tell(6, marketing()), vec![introduced(), told(6, marketing())]),
            (vec![], announce(6), vec![introduced(), announced(6)]),
            // It was announced, and does not come.
            (
                [given(), vec![announced(6)]].concat(),
                tell(7, TemplateCategory::Utility),
                vec![told(7, TemplateCategory::Utility)],
            ),
        ] {
            TestFramework::<Template>::with(()).given(given).when(command).then_expect_events(expected);
        }
    }

    #[test]
    fn what_is_known_and_what_is_older_change_nothing() {
        let given = || vec![introduced(), approved()];
        for (given, command) in [
            (given(), tell(6, TemplateCategory::Utility)),
            (given(), tell(4, TemplateCategory::Marketing)),
            (given(), announce(4)),
            ([given(), vec![announced(6)]].concat(), announce(7)),
        ] {
            TestFramework::<Template>::with(()).given(given).when(command).then_expect_events(vec![]);
        }
    }
}
