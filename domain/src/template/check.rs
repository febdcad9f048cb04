//! Whether what is to be filled into a template fits it, so that WhatsApp doesn't refuse the message for it (its errors 132000,
//! 132005 and 132012).

use super::gaps::{Gaps, filled, numbers};
use super::{
    ButtonGap, ButtonParameter, ButtonValue, Components, FileSource, Header, HeaderFile, HeaderForm, HeaderParameter,
    NamedText, ParameterFault, Spot, TemplateParameters,
};
use crate::Personal;
use crate::conversation::Place;
use crate::outbound_message::is_secure_link;

/// Most characters of a template's text with its values (Meta: that of a message with buttons).
const LONGEST_BODY: usize = 1024;
/// Most characters of a header's text with its values.
const LONGEST_HEADER: usize = 60;
/// Most characters of the end of an address.
const LONGEST_SUFFIX: usize = 2000;
/// Most characters of what a quick reply brings back: as with reply buttons.
const LONGEST_PAYLOAD: usize = 256;
/// Most characters of a code that a button copies (general knowledge; the gateway and the simulator have the same).
pub const LONGEST_CODE: usize = 20;
/// Most spaces in a row that WhatsApp takes in a value.
const MOST_SPACES: usize = 4;

pub(super) fn check(components: &Components, given: &TemplateParameters) -> Result<(), ParameterFault> {
    if let Some(part) = components.others.first() {
        return Err(ParameterFault::Unsupported { part: part.clone() });
    }
    let form = components.form();
    header(components, form.header.as_ref(), given.header.as_ref())?;
    texts(Spot::Body, &components.body.text, &form.body, &given.body, LONGEST_BODY)?;
    let mut filled = Vec::new();
    for parameter in &given.buttons {
        let index = parameter.index;
        let gap = form.buttons.iter().find(|button| button.index == usize::from(index)).map(|button| button.gap);
        if filled.contains(&index) {
            return Err(ParameterFault::NoSuchButton { index });
        }
        button(gap, parameter)?;
        filled.push(index);
    }
    let missing = form
        .buttons
        .iter()
        .find(|button| button.gap.is_required() && !filled.iter().any(|index| usize::from(*index) == button.index));
    missing.map_or(Ok(()), |button| Err(ParameterFault::ButtonMissing { index: button.index }))
}

fn header(
    components: &Components,
    form: Option<&HeaderForm>,
    given: Option<&HeaderParameter>,
) -> Result<(), ParameterFault> {
    match (form, given) {
        (None, None) => Ok(()),
        (None, Some(HeaderParameter::Text(none))) if none.is_empty() => Ok(()),
        (None, Some(_)) => Err(ParameterFault::NoHeader),
        (Some(HeaderForm::Text(gaps)), Some(HeaderParameter::Text(values))) => {
            texts(Spot::Header, header_text(components), gaps, values, LONGEST_HEADER)
        }
        (Some(HeaderForm::Text(_)), _) => Err(ParameterFault::NeedsTexts),
        (Some(HeaderForm::File(kind)), Some(HeaderParameter::File(given))) if given.kind == *kind => file(given),
        (Some(HeaderForm::File(kind)), _) => Err(ParameterFault::NeedsFile { kind: *kind }),
        (Some(HeaderForm::Location), Some(HeaderParameter::Location(at))) => place(at),
        (Some(HeaderForm::Location), _) => Err(ParameterFault::NeedsPlace),
    }
}

/// The text of a template's header, as far as it has one.
pub(super) fn header_text(components: &Components) -> &str {
    match &components.header {
        Some(Header::Text(line)) => &line.text,
        Some(Header::File { .. } | Header::Location) | None => "",
    }
}

fn texts(spot: Spot, text: &str, gaps: &Gaps, given: &[NamedText], most: usize) -> Result<(), ParameterFault> {
    match gaps {
        Gaps::Counted(gaps) => {
            if given.iter().any(|value| value.name.is_some()) {
                return Err(ParameterFault::NoSuchGap { spot });
            }
            if given.len() != *gaps {
                return Err(ParameterFault::Count { spot, gaps: *gaps, given: given.len() });
            }
        }
        Gaps::Named(names) => {
            let is_given = |name: &String| given.iter().any(|value| value.name.as_ref() == Some(name));
            if let Some(name) = names.iter().find(|name| !is_given(name)) {
                return Err(ParameterFault::Missing { spot, name: name.clone() });
            }
            if given.len() != names.len() {
                return Err(ParameterFault::NoSuchGap { spot });
            }
        }
    }
    if given.iter().any(|value| value.text.known().is_some_and(|text| !is_takable(text))) {
        return Err(ParameterFault::BadText { spot });
    }
    if fill(text, given).chars().count() > most {
        return Err(ParameterFault::TooLong { spot, most });
    }
    Ok(())
}

/// `text` with its gaps filled by `given`.
pub(super) fn fill(text: &str, given: &[NamedText]) -> String {
    let numbers = numbers(text);
    filled(text, |name| {
        let counted =
            || given.get(numbers.iter().position(|number| *number == name)?).filter(|text| text.name.is_none());
        let named = given.iter().find(|value| value.name.as_deref() == Some(name));
        named.or_else(counted)?.text.known().map(String::as_str)
    })
}

/// Whether WhatsApp takes a value.
fn is_takable(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(char::is_control) && !text.contains(&" ".repeat(MOST_SPACES + 1))
}

fn file(given: &HeaderFile) -> Result<(), ParameterFault> {
    let is_good = given.source.known().is_none_or(|source| match source {
        FileSource::Link(link) => is_secure_link(link),
        FileSource::Id(id) => !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic()),
    });
    if is_good { Ok(()) } else { Err(ParameterFault::BadFile) }
}

fn place(given: &Personal<Place>) -> Result<(), ParameterFault> {
    let is_good = given
        .known()
        .is_none_or(|place| (-90.0..=90.0).contains(&place.latitude) && (-180.0..=180.0).contains(&place.longitude));
    if is_good { Ok(()) } else { Err(ParameterFault::BadPlace) }
}

fn button(gap: Option<ButtonGap>, given: &ButtonParameter) -> Result<(), ParameterFault> {
    let index = given.index;
    let (value, most, may_have_spaces) = match (gap, &given.value) {
        (Some(ButtonGap::UrlSuffix), ButtonValue::UrlSuffix(value)) => (value, LONGEST_SUFFIX, false),
        (Some(ButtonGap::CopyCode), ButtonValue::CopyCode(value)) => (value, LONGEST_CODE, false),
        (Some(ButtonGap::Payload), ButtonValue::Payload(value)) => (value, LONGEST_PAYLOAD, true),
        _ => return Err(ParameterFault::NoSuchButton { index }),
    };
    let is_good = value.known().is_none_or(|text| {
        !text.trim().is_empty()
            && text.chars().count() <= most
            && !text.contains(char::is_control)
            && (may_have_spaces || !text.contains(char::is_whitespace))
    });
    if is_good { Ok(()) } else { Err(ParameterFault::BadButton { index }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::state::samples::{components, parameters};
    use crate::template::{Button, ButtonAction, FileKind, Pattern};

    fn of(text: &str) -> Components {
        Components { body: Pattern::of(text), ..Components::default() }
    }

    fn with(body: Vec<NamedText>) -> TemplateParameters {
        TemplateParameters { body, ..TemplateParameters::default() }
    }

    fn headed(header: Header) -> Components {
        Components { header: Some(header), ..of("Hello") }
    }

    fn header_of(header: HeaderParameter) -> TemplateParameters {
        TemplateParameters { header: Some(header), ..TemplateParameters::default() }
    }

    fn button_of(index: u8, value: ButtonValue) -> TemplateParameters {
        TemplateParameters { buttons: vec![ButtonParameter { index, value }], ..TemplateParameters::default() }
    }

    fn picture(source: FileSource) -> HeaderParameter {
        HeaderParameter::File(HeaderFile { kind: FileKind::Image, source: source.into(), filename: None })
    }

    fn at(latitude: f64, longitude: f64) -> HeaderParameter {
        HeaderParameter::Location(Place { latitude, longitude, name: None, address: None, url: None }.into())
    }

    #[test]
    fn what_fits_is_taken() {
        for (template, given) in [
            (components(), parameters()),
            (of("Hello"), TemplateParameters::default()),
            (of("{{1}} and {{2}}"), with(vec![NamedText::counted("a"), NamedText::counted("b c")])),
            (of("{{a}} and {{b}}"), with(vec![NamedText::named("b", "1"), NamedText::named("a", "2")])),
            (headed(Header::Text(Pattern::of("Hello"))), TemplateParameters::default()),
            (headed(Header::Text(Pattern::of("Hello"))), header_of(HeaderParameter::Text(vec![]))),
            (headed(Header::Location), header_of(at(-90.0, 180.0))),
            (
                headed(Header::File { kind: FileKind::Image, example: None }),
                header_of(picture(FileSource::Link("https://example.com/a.jpg".to_owned()))),
            ),
            (
                headed(Header::File { kind: FileKind::Image, example: None }),
                header_of(picture(FileSource::Id("1234".to_owned()))),
            ),
        ] {
            assert_eq!(check(&template, &given), Ok(()), "{template:?}");
        }
    }

    #[test]
    fn what_is_not_known_any_more_fits_by_its_form() {
        let erased = || NamedText { name: None, text: Personal::Erased };
        assert_eq!(check(&of("{{1}}"), &with(vec![erased()])), Ok(()));
        let two = ParameterFault::Count { spot: Spot::Body, gaps: 1, given: 2 };
        assert_eq!(check(&of("{{1}}"), &with(vec![erased(), erased()])), Err(two));
    }

    #[test]
    fn gaps_that_are_counted_are_filled_one_by_one() {
        let count = |gaps, given| Err(ParameterFault::Count { spot: Spot::Body, gaps, given });
        assert_eq!(check(&of("{{1}}"), &with(vec![])), count(1, 0));
        assert_eq!(check(&of("Hello"), &with(vec![NamedText::counted("a")])), count(0, 1));
        let named = with(vec![NamedText::named("1", "a")]);
        assert_eq!(check(&of("{{1}}"), &named), Err(ParameterFault::NoSuchGap { spot: Spot::Body }));
    }

    #[test]
    fn gaps_that_have_names_are_filled_by_them() {
        let missing = Err(ParameterFault::Missing { spot: Spot::Body, name: "a".to_owned() });
        assert_eq!(check(&of("{{a}}"), &with(vec![])), missing);
        assert_eq!(check(&of("{{a}}"), &with(vec![NamedText::counted("x")])), missing);
        for more in [NamedText::named("b", "x"), NamedText::named("a", "x"), NamedText::counted("x")] {
            let given = with(vec![NamedText::named("a", "x"), more]);
            assert_eq!(check(&of("{{a}}"), &given), Err(ParameterFault::NoSuchGap { spot: Spot::Body }));
        }
    }

    #[test]
    fn whatsapp_takes_no_empty_values_and_none_of_several_lines() {
        for text in ["", " ", "a\nb", "a\tb", "a     b", "\u{0}"] {
            let given = with(vec![NamedText::counted(text)]);
            assert_eq!(check(&of("{{1}}"), &given), Err(ParameterFault::BadText { spot: Spot::Body }), "{text:?}");
        }
    }

    #[test]
    fn what_comes_out_is_no_longer_than_whatsapp_takes() {
        let given = |length: usize| with(vec![NamedText::counted(&"é".repeat(length))]);
        assert_eq!(check(&of("{{1}}!"), &given(1023)), Ok(()));
        let long = Err(ParameterFault::TooLong { spot: Spot::Body, most: 1024 });
        assert_eq!(check(&of("{{1}}!"), &given(1024)), long);
        let line = headed(Header::Text(Pattern::of("{{1}}!")));
        let given = header_of(HeaderParameter::Text(vec![NamedText::counted(&"a".repeat(60))]));
        assert_eq!(check(&line, &given), Err(ParameterFault::TooLong { spot: Spot::Header, most: 60 }));
    }

    #[test]
    fn a_header_takes_what_it_is_made_for() {
        let image = || headed(Header::File { kind: FileKind::Image, example: None });
        let film = Header::File { kind: FileKind::Video, example: None };
        let line = || headed(Header::Text(Pattern::of("{{1}}")));
        let link = || picture(FileSource::Link("https://example.com/a.jpg".to_owned()));
        let nothing = TemplateParameters::default;
        for (template, given, fault) in [
            (image(), nothing(), ParameterFault::NeedsFile { kind: FileKind::Image }),
            (image(), header_of(at(1.0, 1.0)), ParameterFault::NeedsFile { kind: FileKind::Image }),
            (headed(film), header_of(link()), ParameterFault::NeedsFile { kind: FileKind::Video }),
            (headed(Header::Location), nothing(), ParameterFault::NeedsPlace),
            (headed(Header::Location), header_of(link()), ParameterFault::NeedsPlace),
            (line(), nothing(), ParameterFault::NeedsTexts),
            (line(), header_of(link()), ParameterFault::NeedsTexts),
            (of("Hello"), header_of(link()), ParameterFault::NoHeader),
            (headed(Header::Text(Pattern::of("Hello"))), header_of(link()), ParameterFault::NoHeader),
        ] {
            assert_eq!(check(&template, &given), Err(fault));
        }
    }

    #[test]
    fn a_file_is_somewhere_and_a_place_is_on_earth() {
        let image = headed(Header::File { kind: FileKind::Image, example: None });
        for source in [
            FileSource::Link("http://example.com".to_owned()),
            FileSource::Link("https://".to_owned()),
            FileSource::Link("https://example.com/a b".to_owned()),
            FileSource::Id(String::new()),
            FileSource::Id("1 2".to_owned()),
        ] {
            assert_eq!(check(&image, &header_of(picture(source))), Err(ParameterFault::BadFile));
        }
        for place in [at(90.1, 0.0), at(0.0, -180.1), at(f64::NAN, 0.0)] {
            assert_eq!(check(&headed(Header::Location), &header_of(place)), Err(ParameterFault::BadPlace));
        }
    }

    #[test]
    fn a_button_takes_what_it_is_made_for_once() {
        let button = |action| Button { text: "Go".to_owned(), action };
        let template = |action| Components { buttons: vec![button(action)], ..of("Hello") };
        let suffix = |text: &str| button_of(0, ButtonValue::UrlSuffix(text.to_owned().into()));
        let code = |text: &str| button_of(0, ButtonValue::CopyCode(text.to_owned().into()));
        let payload = |text: &str| button_of(0, ButtonValue::Payload(text.to_owned().into()));
        let open = || template(ButtonAction::Url(Pattern::of("https://example.com/{{1}}")));
        let copy = || template(ButtonAction::CopyCode { example: None });
        let reply = || template(ButtonAction::QuickReply);
        let password = || template(ButtonAction::OneTimePassword);
        let fixed = || template(ButtonAction::Url(Pattern::of("https://example.com")));
        let nothing = TemplateParameters::default;
        for (template, given) in [
            (open(), suffix("a/b?c=%20")),
            (copy(), code("SAVE20")),
            (copy(), code(&"A".repeat(20))),
            (password(), suffix("123456")),
            (reply(), nothing()),
            (reply(), payload("say yes")),
            (fixed(), nothing()),
            (template(ButtonAction::Other("FLOW".to_owned())), nothing()),
        ] {
            assert_eq!(check(&template, &given), Ok(()), "{template:?}");
        }
        let missing = ParameterFault::ButtonMissing { index: 0 };
        let (unknown, bad) = (ParameterFault::NoSuchButton { index: 0 }, ParameterFault::BadButton { index: 0 });
        let mut twice = suffix("a");
        twice.buttons.extend(suffix("b").buttons);
        for (template, given, fault) in [
            (open(), nothing(), missing.clone()),
            (copy(), nothing(), missing.clone()),
            (password(), nothing(), missing),
            (open(), code("a"), unknown.clone()),
            (fixed(), suffix("a"), unknown.clone()),
            (template(ButtonAction::Call { phone: "+390212345678".to_owned() }), payload("a"), unknown.clone()),
            (open(), twice, unknown),
            (open(), suffix("a b"), bad.clone()),
            (open(), suffix(""), bad.clone()),
            (open(), suffix(&"a".repeat(2001)), bad.clone()),
            (copy(), code(&"A".repeat(21)), bad.clone()),
            (copy(), code("SAVE 20"), bad.clone()),
            (reply(), payload(&"a".repeat(257)), bad),
            (
                open(),
                button_of(9, ButtonValue::UrlSuffix("a".to_owned().into())),
                ParameterFault::NoSuchButton { index: 9 },
            ),
        ] {
            assert_eq!(check(&template, &given), Err(fault), "{template:?}");
        }
    }

    #[test]
    fn what_nothing_here_can_fill_in_can_t_be_sent() {
        let carousel = Components { others: vec!["CAROUSEL".to_owned()], ..of("Hello") };
        let fault = ParameterFault::Unsupported { part: "CAROUSEL".to_owned() };
        assert_eq!(check(&carousel, &TemplateParameters::default()), Err(fault));
    }
}
