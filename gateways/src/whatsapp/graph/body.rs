//! A message in Meta's JSON.

use serde_json::{Map, Value, json};

use super::message::{
    MediaKind, MediaSource, Outgoing, OutgoingContent, Parameter, Place, ProductSection, Recipient, Section,
    TemplateButton, TemplateButtonKind, TemplateHeader,
};

impl Outgoing {
    /// What is posted.
    pub(super) fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("messaging_product".to_owned(), json!("whatsapp"));
        let (recipient_type, key, to) = match &self.to {
            Recipient::Phone(phone) => ("individual", "to", phone),
            Recipient::UserId(id) => ("individual", "recipient", id),
            Recipient::Group(id) => ("group", "to", id),
        };
        body.insert("recipient_type".to_owned(), json!(recipient_type));
        body.insert(key.to_owned(), json!(to));
        let (kind, content) = content(&self.content);
        body.insert("type".to_owned(), json!(kind));
        body.insert(kind.to_owned(), content);
        if let Some(message_id) = &self.replies_to {
            body.insert("context".to_owned(), json!({ "message_id": message_id }));
        }
        if !self.callback.is_empty() {
            body.insert("biz_opaque_callback_data".to_owned(), json!(self.callback));
        }
        Value::Object(body)
    }
}

/// The type of a message, and what it has under that name.
fn content(content: &OutgoingContent) -> (&'static str, Value) {
    match content {
        OutgoingContent::Text { body, preview_url } => ("text", json!({ "body": body, "preview_url": preview_url })),
        OutgoingContent::Media { kind, source, caption, filename } => {
            (word(*kind), media(*kind, source, caption.as_deref(), filename.as_deref()))
        }
        OutgoingContent::Location(at) => ("location", place(at)),
        OutgoingContent::Contacts(cards) => ("contacts", json!(cards)),
        OutgoingContent::Reaction { to, emoji } => {
            ("reaction", json!({ "message_id": to, "emoji": emoji.as_deref().unwrap_or_default() }))
        }
        OutgoingContent::Buttons { body, header, footer, buttons } => {
            let reply = |id: &str, title: &str| json!({ "type": "reply", "reply": { "id": id, "title": title } });
            let buttons: Vec<_> = buttons.iter().map(|button| reply(&button.id, &button.title)).collect();
            interactive("button", header.as_deref(), Some(body), footer.as_deref(), json!({ "buttons": buttons }))
        }
        OutgoingContent::List { body, header, footer, button, sections } => {
            let sections: Vec<_> = sections.iter().map(section).collect();
            let action = json!({ "button": button, "sections": sections });
            interactive("list", header.as_deref(), Some(body), footer.as_deref(), action)
        }
        OutgoingContent::Template { name, language, header, body, buttons } => {
            ("template", template(name, language, header.as_ref(), body, buttons))
        }
        OutgoingContent::Product { body, footer, catalog_id, product_retailer_id } => {
            let action = json!({ "catalog_id": catalog_id, "product_retailer_id": product_retailer_id });
            interactive("product", None, body.as_deref(), footer.as_deref(), action)
        }
        OutgoingContent::ProductList { header, body, footer, catalog_id, sections } => {
            let sections: Vec<_> = sections.iter().map(product_section).collect();
            let action = json!({ "catalog_id": catalog_id, "sections": sections });
            interactive("product_list", Some(header), Some(body), footer.as_deref(), action)
        }
        OutgoingContent::Catalog { body, footer, thumbnail_product_retailer_id } => {
            let mut action = json!({ "name": "catalog_message" });
            if let Some(id) = thumbnail_product_retailer_id {
                action["parameters"] = json!({ "thumbnail_product_retailer_id": id });
            }
            interactive("catalog_message", None, Some(body), footer.as_deref(), action)
        }
    }
}

/// What Meta calls a kind of file, as a type and as a key.
fn word(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "image",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
        MediaKind::Document => "document",
        MediaKind::Sticker => "sticker",
    }
}

fn media(kind: MediaKind, source: &MediaSource, caption: Option<&str>, filename: Option<&str>) -> Value {
    let mut media = match source {
        MediaSource::Link(link) => json!({ "link": link }),
        MediaSource::Id(id) => json!({ "id": id }),
    };
    put(&mut media, "caption", caption);
    put(&mut media, "filename", filename.filter(|_| kind == MediaKind::Document));
    media
}

fn place(place: &Place) -> Value {
    let mut written = json!({ "latitude": place.latitude, "longitude": place.longitude });
    put(&mut written, "name", place.name.as_deref());
    put(&mut written, "address", place.address.as_deref());
    written
}

fn interactive(
    kind: &str,
    header: Option<&str>,
    body: Option<&str>,
    footer: Option<&str>,
    action: Value,
) -> (&'static str, Value) {
    let mut interactive = json!({ "type": kind, "action": action });
    if let Some(text) = header {
        interactive["header"] = json!({ "type": "text", "text": text });
    }
    if let Some(text) = body {
        interactive["body"] = json!({ "text": text });
    }
    if let Some(text) = footer {
        interactive["footer"] = json!({ "text": text });
    }
    ("interactive", interactive)
}

fn section(section: &Section) -> Value {
    let rows = section.rows.iter().map(|row| {
        let mut written = json!({ "id": row.id, "title": row.title });
        put(&mut written, "description", row.description.as_deref());
        written
    });
    let mut written = json!({ "rows": rows.collect::<Vec<_>>() });
    put(&mut written, "title", section.title.as_deref());
    written
}

fn product_section(section: &ProductSection) -> Value {
    let items: Vec<_> = section.products.iter().map(|id| json!({ "product_retailer_id": id })).collect();
    let mut written = json!({ "product_items": items });
    put(&mut written, "title", section.title.as_deref());
    written
}

/// A template's components. Those with nothing to be filled in are left out.
fn template(
    name: &str,
    language: &str,
    header: Option<&TemplateHeader>,
    body: &[Parameter],
    buttons: &[TemplateButton],
) -> Value {
    let header = header.map(|header| match header {
        TemplateHeader::Text(parameters) => parameters.iter().map(parameter).collect(),
        TemplateHeader::Media { kind, source, filename } => {
            let word = word(*kind);
            vec![json!({ "type": word, word: media(*kind, source, None, filename.as_deref()) })]
        }
        TemplateHeader::Location(at) => vec![json!({ "type": "location", "location": place(at) })],
    });
    let component = |kind: &str, parameters: Vec<Value>| json!({ "type": kind, "parameters": parameters });
    let filled = |parameters: &Vec<Value>| !parameters.is_empty();
    let mut components = Vec::new();
    components.extend(header.filter(filled).map(|parameters| component("header", parameters)));
    let body = Some(body.iter().map(parameter).collect()).filter(filled);
    components.extend(body.map(|parameters| component("body", parameters)));
    components.extend(buttons.iter().map(button));
    let mut written = json!({ "name": name, "language": { "code": language } });
    if !components.is_empty() {
        written["components"] = json!(components);
    }
    written
}

fn parameter(parameter: &Parameter) -> Value {
    let mut written = json!({ "type": "text", "text": parameter.text });
    put(&mut written, "parameter_name", parameter.name.as_deref());
    written
}

fn button(button: &TemplateButton) -> Value {
    let (sub_type, parameter) = match &button.kind {
        TemplateButtonKind::UrlSuffix(text) => ("url", json!({ "type": "text", "text": text })),
        TemplateButtonKind::QuickReplyPayload(payload) => {
            ("quick_reply", json!({ "type": "payload", "payload": payload }))
        }
        TemplateButtonKind::CopyCode(code) => ("copy_code", json!({ "type": "coupon_code", "coupon_code": code })),
    };
    // Meta's index is text.
    json!({ "type": "button", "sub_type": sub_type, "index": button.index.to_string(), "parameters": [parameter] })
}

fn put(object: &mut Value, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        object[key] = json!(text);
    }
}
