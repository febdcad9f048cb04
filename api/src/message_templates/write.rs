//! A template's components as Meta takes them in.

use leadflow_domain::template::{Button, ButtonAction, Components, FileKind, Gaps, Header, Pattern};
use serde_json::{Value, json};

/// The `components` of a template that is handed in.
pub(crate) fn components_of(components: &Components) -> Value {
    let Components { header, body, footer, buttons, others: _ } = components;
    let mut written: Vec<Value> = header.iter().map(header_of).collect();
    let mut text = json!({ "type": "BODY", "text": body.text });
    if let Some(example) = examples("body_text", body, |counted| json!([counted])) {
        text["example"] = example;
    }
    written.push(text);
    written.extend(footer.iter().map(|footer| json!({ "type": "FOOTER", "text": footer })));
    if !buttons.is_empty() {
        written.push(json!({ "type": "BUTTONS", "buttons": buttons.iter().map(button_of).collect::<Vec<_>>() }));
    }
    Value::Array(written)
}

fn header_of(header: &Header) -> Value {
    match header {
        Header::Text(line) => {
            let mut text = json!({ "type": "HEADER", "format": "TEXT", "text": line.text });
            if let Some(example) = examples("header_text", line, |counted| json!(counted)) {
                text["example"] = example;
            }
            text
        }
        Header::File { kind, example } => {
            let format = match kind {
                FileKind::Image => "IMAGE",
                FileKind::Video => "VIDEO",
                FileKind::Document => "DOCUMENT",
            };
            json!({ "type": "HEADER", "format": format, "example": { "header_handle": [example] } })
        }
        Header::Location => json!({ "type": "HEADER", "format": "LOCATION" }),
    }
}

/// What stands in the gaps of a text, under `key`; nothing where it has none.
fn examples(key: &str, pattern: &Pattern, counted: fn(&[String]) -> Value) -> Option<Value> {
    match Gaps::of(&pattern.text) {
        Gaps::Counted(0) => None,
        Gaps::Counted(_) => Some(json!({ (key): counted(&pattern.examples) })),
        Gaps::Named(names) => {
            let named = names.iter().zip(&pattern.examples);
            let named: Vec<Value> =
                named.map(|(name, example)| json!({ "param_name": name, "example": example })).collect();
            Some(json!({ (format!("{key}_named_params")): named }))
        }
    }
}

fn button_of(Button { text, action }: &Button) -> Value {
    match action {
        ButtonAction::QuickReply => json!({ "type": "QUICK_REPLY", "text": text }),
        ButtonAction::Url(address) if address.examples.is_empty() => {
            json!({ "type": "URL", "text": text, "url": address.text })
        }
        ButtonAction::Url(address) => {
            json!({ "type": "URL", "text": text, "url": address.text, "example": address.examples })
        }
        ButtonAction::Call { phone } => json!({ "type": "PHONE_NUMBER", "text": text, "phone_number": phone }),
        ButtonAction::CopyCode { example } => json!({ "type": "COPY_CODE", "text": text, "example": example }),
        ButtonAction::OneTimePassword => json!({ "type": "OTP", "text": text }),
        ButtonAction::Other(word) => json!({ "type": word, "text": text }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::components;
    use super::*;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let pattern = |text: &str, examples: &[&str]| Pattern {
            text: text.to_owned(),
            examples: examples.iter().map(|text| (*text).to_owned()).collect(),
        };
        let button = |text: &str, action| Button { text: text.to_owned(), action };
        let url = |text: &str, examples: &[&str]| ButtonAction::Url(pattern(text, examples));
        let all = Components {
            header: Some(Header::Text(pattern("Order {{1}}", &["0001"]))),
            body: pattern("Hello {{1}}, your {{2}}!", &["Bob", "chair"]),
            footer: Some("Bottega Aurora".to_owned()),
            buttons: vec![
                button("Track", url("https://example.com/{{1}}", &["https://example.com/1"])),
                button("Shop", url("https://example.com", &[])),
                button("Stop", ButtonAction::QuickReply),
                button("Call", ButtonAction::Call { phone: "+390212345678".to_owned() }),
                button("Copy code", ButtonAction::CopyCode { example: Some("SAVE10".to_owned()) }),
            ],
            others: vec![],
        };
        let named = Components { body: pattern("Dear {{name}}, {{order}}.", &["Bob", "1"]), ..Components::default() };
        let located = Components { header: Some(Header::Location), body: pattern("Here.", &[]), ..named.clone() };
        for of in [all, named, located] {
            assert_eq!(components(&components_of(&of)), Ok(of));
        }
    }

    #[test]
    fn a_file_goes_with_its_handle() {
        for (kind, format) in [(FileKind::Image, "IMAGE"), (FileKind::Video, "VIDEO"), (FileKind::Document, "DOCUMENT")]
        {
            let header = Header::File { kind, example: Some("4::aW".to_owned()) };
            let expected = json!({"type": "HEADER", "format": format, "example": {"header_handle": ["4::aW"]}});
            assert_eq!(header_of(&header), expected);
        }
    }
}
