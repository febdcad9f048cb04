//! WhatsApp lists a template: what is other than it was known is taken over, but for what was told later.

use jiff::Timestamp;

use super::tell::introduced;
use super::{Listing, Template, TemplateEvent, TemplateKey, TemplateRefusal};

pub(super) fn decide(
    template: &Template,
    key: TemplateKey,
    listing: Listing,
    at: Timestamp,
) -> Result<Vec<TemplateEvent>, TemplateRefusal> {
    let introduction = introduced(template, key)?;
    let told = Listing {
        provider_id: listing.provider_id,
        status: Template::latest(template.status.as_ref(), listing.status, at),
        category: Template::latest(template.category.as_ref(), listing.category, at),
        // It may be left out.
        quality: match (listing.quality, &template.quality) {
            (Some(listed), known) => Some(Template::latest(known.as_ref(), listed, at)),
            (None, known) => known.as_ref().map(|known| known.what.clone()),
        },
        components: Template::latest(template.components.as_ref(), listing.components, at),
    };
    let says_the_same = template.components().is_some_and(|known| known.say_the_same(&told.components));
    let is_known = template.provider_id.as_ref() == Some(&told.provider_id)
        && template.status() == Some(&told.status)
        && template.category() == Some(&told.category)
        && template.quality.as_ref().map(|known| &known.what) == told.quality.as_ref()
        && says_the_same;
    if is_known {
        return Ok(vec![]);
    }
    let version = if says_the_same { template.version } else { template.version + 1 };
    Ok(introduction.into_iter().chain([TemplateEvent::Synced { listing: told, version, at }]).collect())
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::template::state::samples::{
        approved, components, drafted, introduced, key, key_of, listing, second, submitted, told,
    };
    use crate::template::{
        Components, Listing, Template, TemplateCategory, TemplateCommand, TemplateEvent, TemplateQuality,
        TemplateRefusal, TemplateStatus,
    };

    fn sync(listing: Listing, at: i64) -> TemplateCommand {
        TemplateCommand::Sync { key: key(), listing, at: second(at) }
    }

    fn synced(listing: Listing, version: u32, at: i64) -> TemplateEvent {
        TemplateEvent::Synced { listing, version, at: second(at) }
    }

    fn bare() -> Components {
        Components { footer: None, ..components() }
    }

    #[test]
    fn what_nobody_knew_is_taken_over() {
        TestFramework::<Template>::with(())
            .given_no_previous_events()
            .when(sync(listing(), 5))
            .then_expect_events(vec![introduced(), approved()]);
    }

    #[test]
    fn what_is_known_changes_nothing_with_other_examples_or_without_its_quality() {
        let mut without_examples = components();
        without_examples.body.examples.clear();
        for listing in
            [listing(), Listing { quality: None, ..listing() }, Listing { components: without_examples, ..listing() }]
        {
            TestFramework::<Template>::with(())
                .given(vec![introduced(), approved()])
                .when(sync(listing, 6))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn each_change_is_taken_over_and_another_content_is_another_version() {
        for (change, version) in [
            (Listing { status: TemplateStatus::Paused, ..listing() }, 1),
            (Listing { category: TemplateCategory::Marketing, ..listing() }, 1),
            (Listing { quality: Some(TemplateQuality::Red), ..listing() }, 1),
            (Listing { components: bare(), ..listing() }, 2),
        ] {
            TestFramework::<Template>::with(())
                .given(vec![introduced(), approved()])
                .when(sync(change.clone(), 6))
                .then_expect_events(vec![synced(change, version, 6)]);
        }
    }

    #[test]
    fn what_was_written_here_becomes_what_whatsapp_has() {
        TestFramework::<Template>::with(())
            .given(vec![introduced(), drafted(1), submitted(1)])
            .when(sync(listing(), 5))
            .then_expect_events(vec![approved()]);
    }

    #[test]
    fn what_was_told_later_stands() {
        let paused = Listing { status: TemplateStatus::Paused, ..listing() };
        TestFramework::<Template>::with(())
            .given(vec![introduced(), told(9, TemplateStatus::Paused)])
            .when(sync(listing(), 5))
            .then_expect_events(vec![synced(paused, 1, 5)]);
    }

    #[test]
    fn another_name_is_another_template() {
        TestFramework::<Template>::with(())
            .given(vec![introduced(), approved()])
            .when(TemplateCommand::Sync { key: key_of("another"), listing: listing(), at: second(6) })
            .then_expect_error(TemplateRefusal::AnotherTemplate);
    }
}
