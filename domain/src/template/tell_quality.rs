//! WhatsApp says what people think of a template.

use super::tell::told;
use super::{Telling, Template, TemplateEvent, TemplateKey, TemplateQuality, TemplateRefusal};

pub(super) fn decide(
    template: &Template,
    key: TemplateKey,
    telling: Telling,
    quality: TemplateQuality,
) -> Result<Vec<TemplateEvent>, TemplateRefusal> {
    let told_at = template.quality.as_ref().and_then(|known| known.at);
    told(template, key, telling.at, told_at, || {
        let is_known = template.quality.as_ref().is_some_and(|known| known.what == quality);
        let is_known = is_known && template.is_meant_by(&telling);
        (!is_known).then_some(TemplateEvent::QualityTold { telling, quality })
    })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::template::state::samples::{approved, introduced, key, telling};
    use crate::template::{Template, TemplateCommand, TemplateEvent, TemplateQuality};

    fn tell(at: i64, quality: TemplateQuality) -> TemplateCommand {
        TemplateCommand::TellQuality { key: key(), telling: telling(at), quality }
    }

    #[test]
    fn what_is_told_is_recorded_even_of_what_nobody_knew() {
        let told = || TemplateEvent::QualityTold { telling: telling(6), quality: TemplateQuality::Red };
        for (given, expected) in [(vec![introduced(), approved()], vec![told()]), (vec![], vec![introduced(), told()])]
        {
            TestFramework::<Template>::with(())
                .given(given)
                .when(tell(6, TemplateQuality::Red))
                .then_expect_events(expected);
        }
    }

    #[test]
    fn what_is_known_and_what_is_older_change_nothing() {
        for (at, quality) in [(6, TemplateQuality::Green), (4, TemplateQuality::Red)] {
            TestFramework::<Template>::with(())
                .given(vec![introduced(), approved()])
                .when(tell(at, quality))
                .then_expect_events(vec![]);
        }
    }
}
