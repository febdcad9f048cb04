//! Each kind of message in Meta's JSON, as Meta's pages show it.

use serde_json::{Value, json};

use super::*;

/// What `content` is posted as, without what every message has.
fn written(content: OutgoingContent) -> Value {
    let mut body = message(content).body();
    let fields = body.as_object_mut().unwrap();
    for (key, expected) in [
        ("messaging_product", "whatsapp"),
        ("recipient_type", "individual"),
        ("to", "+16505551234"),
        ("biz_opaque_callback_data", "0190b6f5"),
    ] {
        assert_eq!(fields.remove(key), Some(json!(expected)), "{key}");
    }
    body
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn whom_it_is_for_what_it_answers_and_what_comes_back() {
    let text = json!({ "body": "Is the green sofa still there?", "preview_url": false });
    assert_eq!(
        hello().body(),
        json!({ "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+16505551234",
                "type": "text", "text": text, "biz_opaque_callback_data": "0190b6f5" })
    );
    let to = Recipient::UserId("US.13491208655302741918".to_owned());
    assert_eq!(
        Outgoing { to, replies_to: some("wamid.A"), ..hello() }.body(),
        json!({ "messaging_product": "whatsapp", "recipient_type": "individual", "recipient": "US.13491208655302741918",
                "type": "text", "text": text, "context": { "message_id": "wamid.A" },
                "biz_opaque_callback_data": "0190b6f5" })
    );
    let to = Recipient::Group("Y2FwaV9ncm91cDo".to_owned());
    assert_eq!(
        Outgoing { to, callback: String::new(), ..hello() }.body(),
        json!({ "messaging_product": "whatsapp", "recipient_type": "group", "to": "Y2FwaV9ncm91cDo",
                "type": "text", "text": text })
    );
}

#[test]
fn text() {
    let body = "Look: https://example.com/sofas é 😀".to_owned();
    assert_eq!(
        written(OutgoingContent::Text { body: body.clone(), preview_url: true }),
        json!({ "type": "text", "text": { "body": body, "preview_url": true } })
    );
}

#[test]
fn files() {
    let link = || MediaSource::Link("https://example.com/a".to_owned());
    let id = || MediaSource::Id("1037543291543636".to_owned());
    let file = |kind, source, caption, filename| written(OutgoingContent::Media { kind, source, caption, filename });
    assert_eq!(
        file(MediaKind::Image, link(), some("Green"), some("sofa.jpg")),
        json!({ "type": "image", "image": { "link": "https://example.com/a", "caption": "Green" } })
    );
    assert_eq!(
        file(MediaKind::Document, id(), some("Your offer"), some("offer.pdf")),
        json!({ "type": "document",
                "document": { "id": "1037543291543636", "caption": "Your offer", "filename": "offer.pdf" } })
    );
    for (kind, word) in [(MediaKind::Video, "video"), (MediaKind::Audio, "audio"), (MediaKind::Sticker, "sticker")] {
        assert_eq!(file(kind, id(), None, None), json!({ "type": word, word: { "id": "1037543291543636" } }));
    }
}

#[test]
fn places_cards_and_reactions() {
    let at =
        |name, address| written(OutgoingContent::Location(Place { latitude: 37.5, longitude: -122.0, name, address }));
    assert_eq!(at(None, None), json!({ "type": "location", "location": { "latitude": 37.5, "longitude": -122.0 } }));
    assert_eq!(
        at(some("Shop"), some("1 Main St")),
        json!({ "type": "location",
                "location": { "latitude": 37.5, "longitude": -122.0, "name": "Shop", "address": "1 Main St" } })
    );
    let cards = vec![json!({ "name": { "formatted_name": "Ada" }, "phones": [{ "phone": "+16505551234" }] })];
    assert_eq!(written(OutgoingContent::Contacts(cards.clone())), json!({ "type": "contacts", "contacts": cards }));
    for (emoji, expected) in [(some("👍"), "👍"), (None, "")] {
        assert_eq!(
            written(OutgoingContent::Reaction { to: "wamid.A".to_owned(), emoji }),
            json!({ "type": "reaction", "reaction": { "message_id": "wamid.A", "emoji": expected } })
        );
    }
}

#[test]
fn buttons() {
    let button = |id: &str, title: &str| Button { id: id.to_owned(), title: title.to_owned() };
    let buttons = vec![button("yes", "Yes, please"), button("no", "No")];
    let action = json!({ "buttons": [
        { "type": "reply", "reply": { "id": "yes", "title": "Yes, please" } },
        { "type": "reply", "reply": { "id": "no", "title": "No" } },
    ] });
    assert_eq!(
        written(OutgoingContent::Buttons {
            body: "Shall we call?".to_owned(),
            header: None,
            footer: None,
            buttons: buttons.clone()
        }),
        json!({ "type": "interactive",
                "interactive": { "type": "button", "body": { "text": "Shall we call?" }, "action": action } })
    );
    assert_eq!(
        written(OutgoingContent::Buttons {
            body: "Shall we call?".to_owned(),
            header: some("A call"),
            footer: some("Saffron Sofas"),
            buttons
        }),
        json!({ "type": "interactive",
                "interactive": { "type": "button", "header": { "type": "text", "text": "A call" },
                                 "body": { "text": "Shall we call?" }, "footer": { "text": "Saffron Sofas" },
                                 "action": action } })
    );
}

#[test]
fn lists() {
    let row = |id: &str, title: &str, description| Row { id: id.to_owned(), title: title.to_owned(), description };
    let sections = vec![
        Section { title: some("Sofas"), rows: vec![row("g", "Green", some("Velvet")), row("b", "Blue", None)] },
        Section { title: some("Chairs"), rows: vec![row("c", "Oak", None)] },
    ];
    assert_eq!(
        written(OutgoingContent::List {
            body: "What is it about?".to_owned(),
            header: None,
            footer: None,
            button: "Choose".to_owned(),
            sections
        }),
        json!({ "type": "interactive", "interactive": { "type": "list", "body": { "text": "What is it about?" },
            "action": { "button": "Choose", "sections": [
                { "title": "Sofas", "rows": [
                    { "id": "g", "title": "Green", "description": "Velvet" }, { "id": "b", "title": "Blue" } ] },
                { "title": "Chairs", "rows": [{ "id": "c", "title": "Oak" }] },
            ] } } })
    );
    let untitled = vec![Section { title: None, rows: vec![row("g", "Green", None)] }];
    let list = written(OutgoingContent::List {
        body: "?".to_owned(),
        header: some("Above"),
        footer: some("Below"),
        button: "Choose".to_owned(),
        sections: untitled,
    });
    assert_eq!(list["interactive"]["action"]["sections"], json!([{ "rows": [{ "id": "g", "title": "Green" }] }]));
    assert_eq!(list["interactive"]["header"], json!({ "type": "text", "text": "Above" }));
    assert_eq!(list["interactive"]["footer"], json!({ "text": "Below" }));
}

fn template(header: Option<TemplateHeader>, body: Vec<Parameter>, buttons: Vec<TemplateButton>) -> Value {
    let (name, language) = ("order_update".to_owned(), "en_US".to_owned());
    let mut written = written(OutgoingContent::Template { name, language, header, body, buttons });
    assert_eq!(written["type"], "template");
    written["template"].take()
}

fn gap(name: Option<&str>, text: &str) -> Parameter {
    Parameter { name: name.map(ToOwned::to_owned), text: text.to_owned() }
}

#[test]
fn templates() {
    assert_eq!(template(None, vec![], vec![]), json!({ "name": "order_update", "language": { "code": "en_US" } }));
    let header = TemplateHeader::Media {
        kind: MediaKind::Image,
        source: MediaSource::Id("1037543291543636".to_owned()),
        filename: None,
    };
    let button = |index, kind| TemplateButton { index, kind };
    let buttons = vec![
        button(0, TemplateButtonKind::UrlSuffix("123".to_owned())),
        button(1, TemplateButtonKind::QuickReplyPayload("stop".to_owned())),
        button(2, TemplateButtonKind::CopyCode("SOFA10".to_owned())),
    ];
    assert_eq!(
        template(Some(header), vec![gap(Some("order_id"), "123")], buttons),
        json!({ "name": "order_update", "language": { "code": "en_US" }, "components": [
            { "type": "header", "parameters": [{ "type": "image", "image": { "id": "1037543291543636" } }] },
            { "type": "body", "parameters": [{ "type": "text", "parameter_name": "order_id", "text": "123" }] },
            { "type": "button", "sub_type": "url", "index": "0", "parameters": [{ "type": "text", "text": "123" }] },
            { "type": "button", "sub_type": "quick_reply", "index": "1",
              "parameters": [{ "type": "payload", "payload": "stop" }] },
            { "type": "button", "sub_type": "copy_code", "index": "2",
              "parameters": [{ "type": "coupon_code", "coupon_code": "SOFA10" }] },
        ] })
    );
}

#[test]
fn headers_of_templates() {
    let header = |header| template(Some(header), vec![gap(None, "x")], vec![])["components"][0].take();
    assert_eq!(
        header(TemplateHeader::Text(vec![gap(None, "Ada")])),
        json!({ "type": "header", "parameters": [{ "type": "text", "text": "Ada" }] })
    );
    let source = MediaSource::Link("https://example.com/offer".to_owned());
    assert_eq!(
        header(TemplateHeader::Media { kind: MediaKind::Document, source, filename: some("offer.pdf") }),
        json!({ "type": "header", "parameters": [
            { "type": "document", "document": { "link": "https://example.com/offer", "filename": "offer.pdf" } } ] })
    );
    assert_eq!(
        header(TemplateHeader::Location(Place { latitude: 1.5, longitude: 2.5, name: some("Shop"), address: None })),
        json!({ "type": "header", "parameters": [
            { "type": "location", "location": { "latitude": 1.5, "longitude": 2.5, "name": "Shop" } } ] })
    );
    // Nothing to be filled in is no component.
    assert_eq!(
        header(TemplateHeader::Text(vec![])),
        json!({ "type": "body", "parameters": [{ "type": "text", "text": "x" }] })
    );
}

#[test]
fn catalogues() {
    let (catalog_id, footer) = ("194836987003835".to_owned(), some("Ask us"));
    assert_eq!(
        written(OutgoingContent::Product {
            body: some("This one?"),
            footer: footer.clone(),
            catalog_id: catalog_id.clone(),
            product_retailer_id: "sofa-1".to_owned()
        }),
        json!({ "type": "interactive", "interactive": { "type": "product", "body": { "text": "This one?" },
            "footer": { "text": "Ask us" },
            "action": { "catalog_id": "194836987003835", "product_retailer_id": "sofa-1" } } })
    );
    let products = vec!["sofa-1".to_owned(), "sofa-2".to_owned()];
    assert_eq!(
        written(OutgoingContent::ProductList {
            header: "Sofas".to_owned(),
            body: "These?".to_owned(),
            footer: None,
            catalog_id,
            sections: vec![ProductSection { title: some("Green"), products }]
        }),
        json!({ "type": "interactive", "interactive": { "type": "product_list",
            "header": { "type": "text", "text": "Sofas" }, "body": { "text": "These?" },
            "action": { "catalog_id": "194836987003835", "sections": [{ "title": "Green", "product_items": [
                { "product_retailer_id": "sofa-1" }, { "product_retailer_id": "sofa-2" } ] }] } } })
    );
    let catalog = |thumbnail_product_retailer_id| {
        let body = "All of them".to_owned();
        written(OutgoingContent::Catalog { body, footer: None, thumbnail_product_retailer_id })
    };
    assert_eq!(
        catalog(some("sofa-1")),
        json!({ "type": "interactive", "interactive": { "type": "catalog_message", "body": { "text": "All of them" },
            "action": { "name": "catalog_message", "parameters": { "thumbnail_product_retailer_id": "sofa-1" } } } })
    );
    assert_eq!(catalog(None)["interactive"]["action"], json!({ "name": "catalog_message" }));
}
