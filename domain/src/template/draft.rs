//! Somebody of the business writes a template. One that is gone may be written anew.

use super::tell::introduced;
use super::{
    Components, Template, TemplateCategory, TemplateEvent, TemplateKey, TemplateRefusal, TemplateStatus, drafted,
};

pub(super) fn decide(
    template: &Template,
    key: TemplateKey,
    category: TemplateCategory,
    components: Components,
) -> Result<Vec<TemplateEvent>, TemplateRefusal> {
    let name = key.name.clone();
    let introduction = introduced(template, key)?;
    let is_same = template.category() == Some(&category) && template.components() == Some(&components);
    match template.status() {
        Some(TemplateStatus::Draft) if is_same => return Ok(vec![]),
        Some(TemplateStatus::Deleted) => {}
        None if template.key.is_none() => {}
        Some(_) | None => return Err(TemplateRefusal::AlreadyThere),
    }
    drafted::check(&name, &category, &components).map_err(TemplateRefusal::BadDraft)?;
    let written = TemplateEvent::Drafted { category, components, version: template.version + 1 };
    Ok(introduction.into_iter().chain([written]).collect())
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::template::state::samples::{
        approved, components, drafted, introduced, key, key_of, second, submitted, told,
    };
    use crate::template::{
        Components, DraftFault, Template, TemplateCategory, TemplateCommand, TemplateEvent, TemplateKey,
        TemplateRefusal, TemplateStatus,
    };

    fn draft(key: TemplateKey, components: Components) -> TemplateCommand {
        TemplateCommand::Draft { key, category: TemplateCategory::Utility, components }
    }

    #[test]
    fn a_template_is_written() {
        TestFramework::<Template>::with(())
            .given_no_previous_events()
            .when(draft(key(), components()))
            .then_expect_events(vec![introduced(), drafted(1)]);
    }

    #[test]
    fn writing_it_again_changes_nothing() {
        TestFramework::<Template>::with(())
            .given(vec![introduced(), drafted(1)])
            .when(draft(key(), components()))
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_is_gone_is_written_anew() {
        for gone in [TemplateEvent::Deleted { at: second(9) }, told(9, TemplateStatus::Deleted)] {
            TestFramework::<Template>::with(())
                .given(vec![introduced(), drafted(1), submitted(1), gone])
                .when(draft(key(), components()))
                .then_expect_events(vec![drafted(2)]);
        }
    }

    #[test]
    fn a_name_in_a_language_is_one_template() {
        let other = || Components { footer: None, ..components() };
        for given in [
            vec![introduced(), drafted(1)],
            vec![introduced(), approved()],
            vec![introduced(), told(1, TemplateStatus::Approved)],
            vec![introduced()],
        ] {
            TestFramework::<Template>::with(())
                .given(given)
                .when(draft(key(), other()))
                .then_expect_error(TemplateRefusal::AlreadyThere);
        }
        TestFramework::<Template>::with(())
            .given(vec![introduced(), drafted(1)])
            .when(draft(key_of("another"), components()))
            .then_expect_error(TemplateRefusal::AnotherTemplate);
    }

    #[test]
    fn what_whatsapp_would_not_look_over_is_not_written() {
        let refusal = TestFramework::<Template>::with(())
            .given_no_previous_events()
            .when(draft(key_of("Order"), components()))
            .inspect_result()
            .unwrap_err();
        assert!(matches!(refusal, TemplateRefusal::BadDraft(DraftFault { field: "name", .. })));
    }
}
