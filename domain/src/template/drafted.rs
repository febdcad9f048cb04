//! What a template that is written here must be, so that WhatsApp looks it over at all.

use std::ops::RangeInclusive;

use thiserror::Error;

use super::gaps::numbers;
use super::{Button, ButtonAction, Components, Gaps, Header, Pattern, TemplateCategory, TemplateName};

/// Most buttons of a template.
pub const MOST_BUTTONS: usize = 10;
/// Most buttons that open an address.
const MOST_LINKS: usize = 2;
/// Most buttons that call a number.
const MOST_CALLS: usize = 1;

const BODY: RangeInclusive<usize> = 1..=1024;
const LINE: RangeInclusive<usize> = 1..=60;
const BUTTON: RangeInclusive<usize> = 1..=25;
const ADDRESS: RangeInclusive<usize> = 1..=2000;

/// What can't be so in a template that is written here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{why}")]
pub struct DraftFault {
    /// The part that can't be so: `name`, `category`, `header`, `body`, `footer` or `buttons`.
    pub field: &'static str,
    /// Why.
    pub why: &'static str,
}

/// Whether a template of this name, category and content may be written here.
pub(super) fn check(
    name: &TemplateName,
    category: &TemplateCategory,
    components: &Components,
) -> Result<(), DraftFault> {
    let in_order = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    ensure(name.as_str().bytes().all(in_order), "name", "may have small letters, digits and underscores only")?;
    let may_be_written = match category {
        TemplateCategory::Marketing | TemplateCategory::Utility => true,
        // What these say is WhatsApp's.
        TemplateCategory::Authentication | TemplateCategory::Other(_) => false,
    };
    ensure(may_be_written, "category", "must be MARKETING or UTILITY: others are made in WhatsApp's own tools")?;
    if let Some(header) = &components.header {
        check_header(header)?;
    }
    check_body(&components.body)?;
    if let Some(footer) = &components.footer {
        ensure(is_within(footer, LINE), "footer", "must have 1 to 60 characters")?;
        ensure(Gaps::of(footer).count() == 0, "footer", "can't have gaps")?;
    }
    check_buttons(&components.buttons)?;
    ensure(components.others.is_empty(), "body", "can't have parts that nothing here can fill in")
}

fn check_header(header: &Header) -> Result<(), DraftFault> {
    match header {
        Header::Text(line) => {
            ensure(is_within(&line.text, LINE), "header", "must have 1 to 60 characters")?;
            ensure(Gaps::of(&line.text).count() <= 1, "header", "can have one gap only")?;
            check_gaps("header", line)
        }
        Header::File { example, .. } => {
            let has_example = example.as_deref().is_some_and(|handle| !handle.trim().is_empty());
            ensure(has_example, "header", "needs the handle of a file to look at")
        }
        Header::Location => Ok(()),
    }
}

fn check_body(body: &Pattern) -> Result<(), DraftFault> {
    let text = body.text.trim();
    ensure(is_within(&body.text, BODY), "body", "must have 1 to 1024 characters")?;
    let is_bare = |text: &str| !text.starts_with("{{") && !text.ends_with("}}");
    ensure(is_bare(text), "body", "can't begin or end with a gap")?;
    check_gaps("body", body)
}

/// Gaps are counted from 1 without a break, or all have names; each has an example.
fn check_gaps(field: &'static str, pattern: &Pattern) -> Result<(), DraftFault> {
    let in_order = match Gaps::of(&pattern.text) {
        Gaps::Counted(count) => {
            let expected: Vec<String> = (1..=count).map(|number| number.to_string()).collect();
            numbers(&pattern.text) == expected
        }
        Gaps::Named(names) => names.iter().all(|name| {
            name.starts_with(|first: char| first.is_ascii_lowercase())
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        }),
    };
    ensure(in_order, field, "must have gaps that are counted from {{1}}, or that all have names in small letters")?;
    let examples = &pattern.examples;
    let has_all =
        examples.len() == Gaps::of(&pattern.text).count() && examples.iter().all(|text| !text.trim().is_empty());
    ensure(has_all, field, "needs one example of what stands in each gap")
}

fn check_buttons(buttons: &[Button]) -> Result<(), DraftFault> {
    ensure(buttons.len() <= MOST_BUTTONS, "buttons", "can be 10 at the most")?;
    for Button { text, action } in buttons {
        ensure(is_within(text, BUTTON), "buttons", "must say something in 1 to 25 characters")?;
        match action {
            ButtonAction::QuickReply => {}
            ButtonAction::Url(address) => check_address(address)?,
            ButtonAction::Call { phone } => {
                let is_number = phone.strip_prefix('+').is_some_and(|digits| {
                    (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
                });
                ensure(is_number, "buttons", "must call a number that begins with + and has digits only")?;
            }
            ButtonAction::CopyCode { example } => {
                let has_example = example.as_deref().is_some_and(|code| !code.trim().is_empty());
                ensure(has_example, "buttons", "need an example of the code that they copy")?;
            }
            ButtonAction::OneTimePassword | ButtonAction::Other(_) => {
                return Err(DraftFault { field: "buttons", why: "of this kind are made in WhatsApp's own tools" });
            }
        }
    }
    let links = buttons.iter().filter(|button| matches!(button.action, ButtonAction::Url(_))).count();
    let calls = buttons.iter().filter(|button| matches!(button.action, ButtonAction::Call { .. })).count();
    ensure(
        links <= MOST_LINKS && calls <= MOST_CALLS,
        "buttons",
        "can open two addresses and call one number at the most",
    )
}

fn check_address(address: &Pattern) -> Result<(), DraftFault> {
    let text = &address.text;
    let is_address = is_within(text, ADDRESS)
        && text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with("{{"))
        && !text.contains(|letter: char| letter.is_control() || letter.is_whitespace());
    ensure(is_address, "buttons", "must open an address that begins with https://")?;
    let gaps = Gaps::of(text).count();
    let at_end = gaps == 0 || (text.ends_with("{{1}}") && text.matches("{{").count() == 1);
    ensure(at_end, "buttons", "can have one gap, {{1}}, at the end of an address")?;
    ensure(address.examples.len() == gaps, "buttons", "need one example of an address that has a gap")
}

fn is_within(text: &str, length: RangeInclusive<usize>) -> bool {
    !text.trim().is_empty() && length.contains(&text.chars().count())
}

fn ensure(is_so: bool, field: &'static str, why: &'static str) -> Result<(), DraftFault> {
    if is_so { Ok(()) } else { Err(DraftFault { field, why }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::FileKind;
    use crate::template::state::samples::components;

    fn name(text: &str) -> TemplateName {
        TemplateName::parse(text).unwrap()
    }

    fn fault(change: impl Fn(&mut Components)) -> Option<&'static str> {
        let mut components = components();
        change(&mut components);
        let checked = check(&name("order_update_2"), &TemplateCategory::Utility, &components);
        checked.err().map(|fault| fault.field)
    }

    fn pattern(text: &str, examples: &[&str]) -> Pattern {
        Pattern { text: text.to_owned(), examples: examples.iter().map(|text| (*text).to_owned()).collect() }
    }

    fn buttons(action: ButtonAction) -> Vec<Button> {
        vec![Button { text: "Go".to_owned(), action }]
    }

    #[test]
    fn what_whatsapp_looks_over_may_be_written() {
        assert_eq!(fault(|_| ()), None);
        assert_eq!(fault(|of| *of = Components { body: Pattern::of("Hello"), ..Components::default() }), None);
        assert_eq!(fault(|of| of.body = pattern("Dear {{name}}, {{order_id}}.", &["Ada", "42"])), None);
        let file = Header::File { kind: FileKind::Document, example: Some("4::aW".to_owned()) };
        assert_eq!(fault(|of| of.header = Some(file.clone())), None);
        assert_eq!(fault(|of| of.header = Some(Header::Location)), None);
        assert_eq!(fault(|of| of.buttons = buttons(ButtonAction::Call { phone: "+390212345678".to_owned() })), None);
    }

    #[test]
    fn a_name_and_a_category_are_whatsapp_s() {
        for text in ["Order", "order update", "ordine_à"] {
            let checked = check(&name(text), &TemplateCategory::Utility, &components());
            assert_eq!(checked.unwrap_err().field, "name", "{text}");
        }
        for category in [TemplateCategory::Authentication, TemplateCategory::Other("NEW".to_owned())] {
            assert_eq!(check(&name("a"), &category, &components()).unwrap_err().field, "category");
        }
    }

    #[test]
    fn texts_have_bounds_and_gaps_have_an_order_and_examples() {
        for (text, examples) in [
            ("", &[][..]),
            ("{{1}} is here", &["a"]),
            ("Here is {{1}}", &["a"]),
            ("Here is {{2}}!", &["a"]),
            ("Here is {{01}}!", &["a"]),
            ("Here is {{1}} of {{name}}!", &["a", "b"]),
            ("Here is {{Name}}!", &["a"]),
            ("Here is {{1}}!", &[]),
            ("Here is {{1}}!", &[" "]),
            ("Here is {{1}}!", &["a", "b"]),
        ] {
            assert_eq!(fault(|of| of.body = pattern(text, examples)), Some("body"), "{text}");
        }
        assert_eq!(fault(|of| of.body = Pattern::of(&"a".repeat(1025))), Some("body"));
        assert_eq!(fault(|of| of.others = vec!["CAROUSEL".to_owned()]), Some("body"));
        for header in [
            Header::Text(Pattern::of("")),
            Header::Text(Pattern::of(&"a".repeat(61))),
            Header::Text(pattern("{{1}} {{2}}", &["a", "b"])),
            Header::Text(pattern("{{1}}", &[])),
            Header::File { kind: FileKind::Image, example: None },
        ] {
            assert_eq!(fault(|of| of.header = Some(header.clone())), Some("header"), "{header:?}");
        }
        for footer in ["", " ", "for {{1}}", &"a".repeat(61)] {
            assert_eq!(fault(|of| of.footer = Some(footer.to_owned())), Some("footer"), "{footer}");
        }
    }

    #[test]
    fn buttons_are_few_and_do_what_can_be_done() {
        let url = |text: &str, examples: &[&str]| ButtonAction::Url(pattern(text, examples));
        for action in [
            url("http://example.com", &[]),
            url("https://", &[]),
            url("https://{{1}}", &["a"]),
            url("https://example.com/a b", &[]),
            url("https://example.com/{{1}}", &[]),
            url("https://example.com/{{2}}", &["a"]),
            url("https://example.com/{{1}}/a", &["a"]),
            url("https://example.com/{{1}}{{1}}", &["a"]),
            url(&format!("https://example.com/{}", "a".repeat(2000)), &[]),
            ButtonAction::Call { phone: "0212345678".to_owned() },
            ButtonAction::Call { phone: "+39 02 1234".to_owned() },
            ButtonAction::CopyCode { example: None },
            ButtonAction::OneTimePassword,
            ButtonAction::Other("FLOW".to_owned()),
        ] {
            assert_eq!(fault(|of| of.buttons = buttons(action.clone())), Some("buttons"), "{action:?}");
        }
        let many =
            |action: &ButtonAction, count| fault(|of| of.buttons = vec![buttons(action.clone()); count].concat());
        assert_eq!(many(&ButtonAction::QuickReply, 10), None);
        assert_eq!(many(&ButtonAction::QuickReply, 11), Some("buttons"));
        assert_eq!(many(&url("https://a.example", &[]), 2), None);
        assert_eq!(many(&url("https://a.example", &[]), 3), Some("buttons"));
        assert_eq!(many(&ButtonAction::Call { phone: "+390212345678".to_owned() }, 2), Some("buttons"));
        let says = |text: &str| vec![Button { text: text.to_owned(), action: ButtonAction::QuickReply }];
        assert_eq!(fault(|of| of.buttons = says("")), Some("buttons"));
        assert_eq!(fault(|of| of.buttons = says(&"a".repeat(26))), Some("buttons"));
    }
}
