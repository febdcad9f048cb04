//! What a business puts down about its leads. What kind of values an attribute has never changes: those that were put down would
//! be none of it.

use super::state::{Kept, alike};
use super::{Attribute, AttributeName, Choice, MAX_ATTRIBUTES, Pipeline, PipelineEvent, PipelineRefusal};
use crate::AttributeId;

pub(super) fn define(
    pipeline: &Pipeline,
    attribute: AttributeId,
    definition: Attribute,
) -> Result<Vec<PipelineEvent>, PipelineRefusal> {
    if let Some(known) = pipeline.attributes.get(&attribute) {
        return if known.present() == Some(&definition) { Ok(vec![]) } else { Err(PipelineRefusal::CreatedOtherwise) };
    }
    must_fit(pipeline, attribute, &definition)?;
    if pipeline.attributes.values().filter_map(Kept::present).count() >= MAX_ATTRIBUTES {
        return Err(PipelineRefusal::TooManyAttributes);
    }
    Ok(vec![PipelineEvent::AttributeDefined { attribute, definition }])
}

pub(super) fn change(
    pipeline: &Pipeline,
    attribute: AttributeId,
    name: AttributeName,
    choices: Vec<Choice>,
) -> Result<Vec<PipelineEvent>, PipelineRefusal> {
    let known = pipeline.attribute(attribute).ok_or(PipelineRefusal::NoSuchAttribute)?;
    let definition = Attribute { name, kind: known.kind, choices };
    if *known == definition {
        return Ok(vec![]);
    }
    must_fit(pipeline, attribute, &definition)?;
    Ok(vec![PipelineEvent::AttributeChanged { attribute, definition }])
}

pub(super) fn remove(pipeline: &Pipeline, attribute: AttributeId) -> Result<Vec<PipelineEvent>, PipelineRefusal> {
    let known = pipeline.attributes.get(&attribute).ok_or(PipelineRefusal::NoSuchAttribute)?;
    Ok(known.present().map(|_| PipelineEvent::AttributeRemoved { attribute }).into_iter().collect())
}

fn must_fit(pipeline: &Pipeline, attribute: AttributeId, definition: &Attribute) -> Result<(), PipelineRefusal> {
    if !definition.is_sound() {
        return Err(PipelineRefusal::Choices);
    }
    let mut others = pipeline.attributes.iter().filter(|(other, _)| **other != attribute);
    let is_taken = |other: &Attribute| alike(other.name.as_str(), definition.name.as_str());
    if others.any(|(_, other)| other.present().is_some_and(is_taken)) {
        return Err(PipelineRefusal::NameTaken);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::AttributeId;
    use crate::pipeline::samples::{attribute, attribute_id, changed, defined};
    use crate::pipeline::{Attribute, MAX_ATTRIBUTES, Pipeline, PipelineCommand, PipelineEvent, PipelineRefusal};

    fn define(number: u128, definition: Attribute) -> PipelineCommand {
        PipelineCommand::DefineAttribute { attribute: AttributeId::from_uuid(Uuid::from_u128(number)), definition }
    }

    fn change(name: &str, choices: &[&str]) -> PipelineCommand {
        let Attribute { name, choices, .. } = attribute(name, choices);
        PipelineCommand::ChangeAttribute { attribute: attribute_id(), name, choices }
    }

    fn gone() -> Vec<PipelineEvent> {
        vec![defined(), PipelineEvent::AttributeRemoved { attribute: attribute_id() }]
    }

    #[test]
    fn an_attribute_is_defined_once() {
        for (given, expected) in [(vec![], vec![defined()]), (vec![defined()], vec![])] {
            TestFramework::<Pipeline>::with(())
                .given(given)
                .when(define(12, attribute("Size", &["Small", "Large"])))
                .then_expect_events(expected);
        }
        for (given, command, refusal) in [
            (vec![defined()], define(12, attribute("Size", &["Small"])), PipelineRefusal::CreatedOtherwise),
            (gone(), define(12, attribute("Size", &["Small", "Large"])), PipelineRefusal::CreatedOtherwise),
            (vec![defined()], define(13, attribute("SIZE", &["Small"])), PipelineRefusal::NameTaken),
            (vec![], define(13, attribute("Size", &[])), PipelineRefusal::Choices),
        ] {
            TestFramework::<Pipeline>::with(()).given(given).when(command).then_expect_error(refusal);
        }
    }

    #[test]
    fn an_attribute_changes_but_not_its_kind() {
        for (name, choices) in [("Length", ["Small", "Large"]), ("Size", ["Short", "Long"])] {
            TestFramework::<Pipeline>::with(())
                .given(vec![defined()])
                .when(change(name, &choices))
                .then_expect_events(vec![changed(name, &choices)]);
            TestFramework::<Pipeline>::with(())
                .given(vec![defined(), changed(name, &choices)])
                .when(change(name, &choices))
                .then_expect_events(vec![]);
        }
        for (given, choices, refusal) in [
            (vec![], vec!["Small"], PipelineRefusal::NoSuchAttribute),
            (gone(), vec!["Small"], PipelineRefusal::NoSuchAttribute),
            (vec![defined()], vec![], PipelineRefusal::Choices),
        ] {
            TestFramework::<Pipeline>::with(()).given(given).when(change("Size", &choices)).then_expect_error(refusal);
        }
    }

    #[test]
    fn an_attribute_is_removed_once() {
        let remove = || PipelineCommand::RemoveAttribute { attribute: attribute_id() };
        TestFramework::<Pipeline>::with(())
            .given(vec![defined()])
            .when(remove())
            .then_expect_events(gone()[1..].to_vec());
        TestFramework::<Pipeline>::with(()).given(gone()).when(remove()).then_expect_events(vec![]);
        TestFramework::<Pipeline>::with(())
            .given_no_previous_events()
            .when(remove())
            .then_expect_error(PipelineRefusal::NoSuchAttribute);
    }

    #[test]
    fn there_are_not_too_many() {
        let most = u128::try_from(MAX_ATTRIBUTES).unwrap();
        let given = (0..most).map(|number| PipelineEvent::AttributeDefined {
            attribute: AttributeId::from_uuid(Uuid::from_u128(100 + number)),
            definition: attribute(&format!("Attribute {number}"), &["Yes"]),
        });
        TestFramework::<Pipeline>::with(())
            .given(given.collect())
            .when(define(12, attribute("One more", &["Yes"])))
            .then_expect_error(PipelineRefusal::TooManyAttributes);
    }
}
