//! WhatsApp says that a template consists of something else. Of a header it tells the text alone: a file or a place stays.

use super::tell::told;
use super::{Components, Header, Telling, Template, TemplateEvent, TemplateKey, TemplateRefusal, ToldComponents};

pub(super) fn decide(
    template: &Template,
    key: TemplateKey,
    telling: Telling,
    components: ToldComponents,
) -> Result<Vec<TemplateEvent>, TemplateRefusal> {
    let told_at = template.components.as_ref().and_then(|known| known.at);
    told(template, key, telling.at, told_at, || {
        let components = whole(components, template.components());
        let is_known = template.components().is_some_and(|known| known.say_the_same(&components));
        let version = template.version + 1;
        (!is_known).then_some(TemplateEvent::ComponentsTold { telling, components, version })
    })
}

fn whole(told: ToldComponents, known: Option<&Components>) -> Components {
    let unsaid = match known.and_then(|known| known.header.as_ref()) {
        Some(header @ (Header::File { .. } | Header::Location)) => Some(header.clone()),
        Some(Header::Text(_)) | None => None,
    };
    Components {
        header: told.title.map(Header::Text).or(unsaid),
        body: told.body,
        footer: told.footer,
        buttons: told.buttons,
        others: known.map(|known| known.others.clone()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::template::state::samples::{approved, components, introduced, key, listing, second, telling};
    use crate::template::{
        Components, Header, Listing, Pattern, Template, TemplateCommand, TemplateEvent, ToldComponents,
    };

    fn hello() -> ToldComponents {
        ToldComponents { body: Pattern::of("Hello {{1}}!"), ..ToldComponents::default() }
    }

    fn tell(at: i64, components: ToldComponents) -> TemplateCommand {
        TemplateCommand::TellComponents { key: key(), telling: telling(at), components }
    }

    fn told(components: Components, version: u32) -> TemplateEvent {
        TemplateEvent::ComponentsTold { telling: telling(6), components, version }
    }

    fn bare() -> Components {
        Components { body: Pattern::of("Hello {{1}}!"), ..Components::default() }
    }

    #[test]
    fn another_content_is_another_version_even_of_what_nobody_knew() {
        for (given, expected) in
            [(vec![introduced(), approved()], vec![told(bare(), 2)]), (vec![], vec![introduced(), told(bare(), 1)])]
        {
            TestFramework::<Template>::with(()).given(given).when(tell(6, hello())).then_expect_events(expected);
        }
    }

    #[test]
    fn a_header_that_is_not_told_stays_and_a_text_goes() {
        let located = |header| Components { header: Some(header), ..components() };
        let listed = Listing { components: located(Header::Location), ..listing() };
        TestFramework::<Template>::with(())
            .given(vec![introduced(), TemplateEvent::Synced { listing: listed, version: 1, at: second(5) }])
            .when(tell(6, hello()))
            .then_expect_events(vec![told(Components { header: Some(Header::Location), ..bare() }, 2)]);
        let titled = ToldComponents { title: Some(Pattern::of("News")), ..hello() };
        TestFramework::<Template>::with(())
            .given(vec![introduced(), approved()])
            .when(tell(6, titled))
            .then_expect_events(vec![told(
                Components { header: Some(Header::Text(Pattern::of("News"))), ..bare() },
                2,
            )]);
    }

    #[test]
    fn what_is_known_and_what_is_older_change_nothing() {
        TestFramework::<Template>::with(())
            .given(vec![introduced(), approved()])
            .when(tell(4, hello()))
            .then_expect_events(vec![]);
        TestFramework::<Template>::with(())
            .given(vec![introduced(), told(bare(), 1)])
            .when(tell(7, hello()))
            .then_expect_events(vec![]);
    }
}
