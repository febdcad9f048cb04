//! Meta's JSON of a template's components, read leniently: what nothing here knows is named, so that nobody sends a template of which
//! only a part is known.

use leadflow_domain::template::{Button, ButtonAction, Components, FileKind, Header, Pattern};
use serde_json::Value;
use thiserror::Error;

/// Largest components that are read, in bytes of JSON. Meta's limits come to some 10 kB.
pub(crate) const LARGEST: usize = 64 << 10;

/// Longest word of Meta's that is kept.
const LONGEST_WORD: usize = 64;

/// Components can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Unread {
    /// They are no list of objects.
    #[error("the components are not in the shape that Meta documents")]
    Misshapen,
    /// There is too much of it.
    #[error("the components are larger than any template's")]
    TooLarge,
}

/// What the `components` of a template are.
pub(crate) fn components(told: &Value) -> Result<Components, Unread> {
    if told.to_string().len() > LARGEST {
        return Err(Unread::TooLarge);
    }
    let mut read = Components::default();
    for component in told.as_array().ok_or(Unread::Misshapen)? {
        if !component.is_object() {
            return Err(Unread::Misshapen);
        }
        match word(component, "type").as_str() {
            "BODY" => read.body = Pattern { text: text(component, "text"), examples: examples(component, "body_text") },
            "FOOTER" => read.footer = Some(text(component, "text")).filter(|text| !text.is_empty()),
            "HEADER" => match header(component) {
                Ok(header) => read.header = Some(header),
                Err(format) => read.others.push(format!("HEADER {format}")),
            },
            "BUTTONS" => read.buttons.extend(list(component, "buttons").iter().map(button)),
            other => read.others.push(other.to_owned()),
        }
    }
    // A button that needs what nobody here can give makes the whole template one that can't be sent.
    for button in &read.buttons {
        if let ButtonAction::Other(word) = &button.action
            && NEEDY.contains(&word.as_str())
        {
            read.others.push(word.clone());
        }
    }
    Ok(read)
}

/// Buttons that a message has to fill in with what nothing here has.
const NEEDY: [&str; 2] = ["MPM", "SPM"];

fn header(component: &Value) -> Result<Header, String> {
    let file = |kind| Ok(Header::File { kind, example: None });
    match word(component, "format").as_str() {
        "TEXT" => {
            Ok(Header::Text(Pattern { text: text(component, "text"), examples: examples(component, "header_text") }))
        }
        "IMAGE" => file(FileKind::Image),
        "VIDEO" => file(FileKind::Video),
        "DOCUMENT" => file(FileKind::Document),
        "LOCATION" => Ok(Header::Location),
        other => Err(other.to_owned()),
    }
}

fn button(told: &Value) -> Button {
    button_of(&word(told, "type"), &text(told, "text"), &text(told, "url"), &text(told, "phone_number"), told)
}

/// A button of this kind, in Meta's word, that says `says`.
pub(crate) fn button_of(kind: &str, says: &str, url: &str, phone: &str, told: &Value) -> Button {
    let first_example = || list(told, "example").first().and_then(Value::as_str).or_else(|| told["example"].as_str());
    let action = match kind {
        "QUICK_REPLY" => ButtonAction::QuickReply,
        "URL" => ButtonAction::Url(Pattern {
            text: url.to_owned(),
            examples: first_example().map(|example| vec![sound(example)]).unwrap_or_default(),
        }),
        "PHONE_NUMBER" => ButtonAction::Call { phone: phone.to_owned() },
        "COPY_CODE" => ButtonAction::CopyCode { example: first_example().map(sound) },
        "OTP" => ButtonAction::OneTimePassword,
        other => ButtonAction::Other(other.to_owned()),
    };
    Button { text: says.to_owned(), action }
}

/// What stands in the gaps of a text, by Meta's examples: `{"body_text": [["a", "b"]]}`, `{"header_text": ["a"]}` or
/// `{"body_text_named_params": [{"param_name": "name", "example": "a"}]}`.
fn examples(component: &Value, key: &str) -> Vec<String> {
    let example = &component["example"];
    let named = list(example, &format!("{key}_named_params"));
    if !named.is_empty() {
        return named.iter().map(|example| text(example, "example")).collect();
    }
    let counted = list(example, key);
    let counted = counted.first().and_then(Value::as_array).map_or(counted, Vec::as_slice);
    counted.iter().filter_map(Value::as_str).map(sound).collect()
}

fn list<'a>(of: &'a Value, key: &str) -> &'a [Value] {
    of[key].as_array().map_or(&[], Vec::as_slice)
}

fn text(of: &Value, key: &str) -> String {
    sound(of[key].as_str().unwrap_or_default())
}

/// A word of Meta's, in capitals.
fn word(of: &Value, key: &str) -> String {
    let word = of[key].as_str().unwrap_or("UNKNOWN").to_uppercase();
    word.chars().filter(|letter| !letter.is_control()).take(LONGEST_WORD).collect()
}

/// `text` without what the log can't hold.
fn sound(text: &str) -> String {
    text.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pattern(text: &str, examples: &[&str]) -> Pattern {
        Pattern { text: text.to_owned(), examples: examples.iter().map(|text| (*text).to_owned()).collect() }
    }

    #[test]
    fn a_template_of_every_part_is_read() {
        let told = json!([
            {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["0001"]}},
            {"type": "BODY", "text": "Hello {{1}}, your {{2}}!", "example": {"body_text": [["Bob", "chair"]]}},
            {"type": "FOOTER", "text": "Bottega Aurora"},
            {"type": "BUTTONS", "buttons": [
                {"type": "URL", "text": "Track", "url": "https://example.com/{{1}}", "example": ["https://example.com/1"]},
                {"type": "QUICK_REPLY", "text": "Stop"},
                {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+390212345678"},
                {"type": "COPY_CODE", "text": "Copy code", "example": "SAVE10"},
                {"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"},
                {"type": "FLOW", "text": "Book", "flow_id": 1},
            ]},
        ]);
        let button = |text: &str, action| Button { text: text.to_owned(), action };
        let expected = Components {
            header: Some(Header::Text(pattern("Order {{1}}", &["0001"]))),
            body: pattern("Hello {{1}}, your {{2}}!", &["Bob", "chair"]),
            footer: Some("Bottega Aurora".to_owned()),
            buttons: vec![
                button("Track", ButtonAction::Url(pattern("https://example.com/{{1}}", &["https://example.com/1"]))),
                button("Stop", ButtonAction::QuickReply),
                button("Call", ButtonAction::Call { phone: "+390212345678".to_owned() }),
                button("Copy code", ButtonAction::CopyCode { example: Some("SAVE10".to_owned()) }),
                button("Copy", ButtonAction::OneTimePassword),
                button("Book", ButtonAction::Other("FLOW".to_owned())),
            ],
            others: vec![],
        };
        assert_eq!(components(&told), Ok(expected));
    }

    #[test]
    fn names_of_gaps_and_files_above_are_read() {
        let named = json!([{"type": "body", "text": "{{name}}!", "example": {
            "body_text_named_params": [{"param_name": "name", "example": "Ada"}]}}]);
        assert_eq!(components(&named).unwrap().body, pattern("{{name}}!", &["Ada"]));
        for (format, kind) in [("IMAGE", FileKind::Image), ("VIDEO", FileKind::Video), ("DOCUMENT", FileKind::Document)]
        {
            // Where an example is differs each time that it is asked for.
            let told = json!([{"type": "HEADER", "format": format, "example": {"header_handle": ["https://cdn/1"]}}]);
            assert_eq!(components(&told).unwrap().header, Some(Header::File { kind, example: None }));
        }
        let place = json!([{"type": "HEADER", "format": "LOCATION"}]);
        assert_eq!(components(&place).unwrap().header, Some(Header::Location));
    }

    #[test]
    fn what_nothing_here_can_fill_in_is_named() {
        for (told, others) in [
            (json!([{"type": "CAROUSEL", "cards": []}]), ["CAROUSEL"]),
            (json!([{"type": "limited_time_offer"}]), ["LIMITED_TIME_OFFER"]),
            (json!([{"type": "HEADER", "format": "GIF"}]), ["HEADER GIF"]),
            (json!([{"text": "?"}]), ["UNKNOWN"]),
            (json!([{"type": "BUTTONS", "buttons": [{"type": "MPM", "text": "See"}]}]), ["MPM"]),
        ] {
            assert_eq!(components(&told).unwrap().others, others, "{told}");
        }
    }

    #[test]
    fn odd_json_is_refused_or_read_as_far_as_it_goes() {
        for odd in [json!(null), json!({}), json!("x"), json!([1]), json!([[]]), json!([null])] {
            assert_eq!(components(&odd), Err(Unread::Misshapen), "{odd}");
        }
        let large = json!([{"type": "BODY", "text": "a".repeat(LARGEST)}]);
        assert_eq!(components(&large), Err(Unread::TooLarge));
        assert_eq!(components(&json!([])), Ok(Components::default()));
        let odd = json!([{"type": "BODY", "text": 7, "example": {"body_text": [7, [8]]}}, {"type": "FOOTER", "text": ""},
                         {"type": "BUTTONS", "buttons": {}}, {"type": "BUTTONS", "buttons": [7]}]);
        let read = components(&odd).unwrap();
        assert_eq!((read.body, read.footer), (Pattern::default(), None));
        assert_eq!(read.buttons[0].action, ButtonAction::Other("UNKNOWN".to_owned()));
        let nul = json!([{"type": "BODY", "text": "a\u{0}b"}]);
        assert_eq!(components(&nul).unwrap().body.text, "ab");
    }
}
