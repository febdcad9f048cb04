//! A template as whoever gets it reads it.

use super::check::{fill, header_text};
use super::{Components, HeaderParameter, TemplateParameters};

/// Its header, text and footer, each from a line of its own, with what is filled into them. What is not known stays a gap.
pub(super) fn rendered(components: &Components, given: &TemplateParameters) -> String {
    let header = match &given.header {
        Some(HeaderParameter::Text(values)) => fill(header_text(components), values),
        Some(HeaderParameter::File(_) | HeaderParameter::Location(_)) | None => header_text(components).to_owned(),
    };
    let body = fill(&components.body.text, &given.body);
    let parts = [header, body, components.footer.clone().unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Personal;
    use crate::template::state::samples::{components, parameters};
    use crate::template::{Components, NamedText, Pattern};

    #[test]
    fn it_reads_as_it_arrives() {
        assert_eq!(
            rendered(&components(), &parameters()),
            "Order 0042\nHello Ada, your blue sofa is on its way.\nBottega Aurora"
        );
    }

    #[test]
    fn what_is_not_known_stays_a_gap_and_a_value_is_no_gap() {
        let components = Components { body: Pattern::of("{{2}} {{1}} {{3}}"), ..Components::default() };
        let body = vec![NamedText::counted("{{2}}"), NamedText { name: None, text: Personal::Erased }];
        let given = TemplateParameters { body, ..TemplateParameters::default() };
        assert_eq!(rendered(&components, &given), "{{2}} {{2}} {{3}}");
    }
}
