//! What is at a limit is accepted, and what is one beyond it is refused, as is what is missing, unknown or of another form.

use super::*;

/// `count` characters of four bytes each.
fn long(count: usize) -> String {
    "👋".repeat(count)
}

fn interactive(kind: &str, body: &str, action: &Value) -> Value {
    message("interactive", &json!({ "type": kind, "body": { "text": body }, "action": action }))
}

fn buttons(count: usize, id: usize, title: usize) -> Value {
    let each = (0..count).map(|at| {
        let (id, title) = (format!("{at}{}", "i".repeat(id - 1)), format!("{at}{}", "é".repeat(title - 1)));
        json!({ "type": "reply", "reply": { "id": id, "title": title } })
    });
    json!({ "buttons": each.collect::<Vec<_>>() })
}

fn list(sections: usize, rows: usize, lengths: [usize; 4]) -> Value {
    let [button, title, id, description] = lengths;
    let sections = (0..sections).map(|section| {
        let rows = (0..rows).map(|row| {
            let id = format!("{section}{row}{}", "i".repeat(id - 2));
            json!({ "id": id, "title": long(title), "description": long(description) })
        });
        json!({ "title": long(24), "rows": rows.collect::<Vec<_>>() })
    });
    json!({ "button": long(button), "sections": sections.collect::<Vec<_>>() })
}

fn with(mut message: Value, pointer: &str, key: &str, said: Value) -> Value {
    message.pointer_mut(pointer).unwrap()[key] = said;
    message
}

fn captioned(kind: &str, count: usize) -> Value {
    message(kind, &json!({ "link": "https://example.com/a", "caption": long(count) }))
}

#[tokio::test]
async fn one_beyond_each_limit_is_refused() {
    let bed = Bed::new().await;
    let action = buttons(1, 1, 1);
    let footer = |count: usize| {
        with(interactive("button", "a", &action), "/interactive", "footer", json!({ "text": long(count) }))
    };
    let header = |count: usize| {
        let header = json!({ "type": "text", "text": long(count) });
        with(interactive("button", "a", &action), "/interactive", "header", header)
    };
    let data = |count: usize| with(text("a"), "", "biz_opaque_callback_data", json!("é".repeat(count)));
    let cta = |count: usize| {
        let parameters = json!({ "display_text": long(count), "url": "https://example.com" });
        interactive("cta_url", "a", &json!({ "name": "cta_url", "parameters": parameters }))
    };
    let catalogue = |body: usize, product: usize| {
        let parameters = json!({ "thumbnail_product_retailer_id": long(product) });
        interactive("catalog_message", &long(body), &json!({ "name": "catalog_message", "parameters": parameters }))
    };
    let cases: Vec<(&str, Value, Value)> = vec![
        ("text", text(&long(4_096)), text(&long(4_097))),
        ("caption of an image", captioned("image", 1_024), captioned("image", 1_025)),
        ("caption of a video", captioned("video", 1_024), captioned("video", 1_025)),
        ("caption of a document", captioned("document", 1_024), captioned("document", 1_025)),
        ("callback data, in bytes", data(256), data(257)),
        (
            "body with buttons",
            interactive("button", &long(1_024), &action),
            interactive("button", &long(1_025), &action),
        ),
        ("footer", footer(60), footer(61)),
        ("header", header(60), header(61)),
        ("buttons", interactive("button", "a", &buttons(3, 1, 1)), interactive("button", "a", &buttons(4, 1, 1))),
        (
            "a button's id",
            interactive("button", "a", &buttons(1, 256, 1)),
            interactive("button", "a", &buttons(1, 257, 1)),
        ),
        (
            "a button's title",
            interactive("button", "a", &buttons(1, 1, 20)),
            interactive("button", "a", &buttons(1, 1, 21)),
        ),
        (
            "body with a list",
            interactive("list", &long(4_096), &list(1, 1, [1, 1, 2, 1])),
            interactive("list", &long(4_097), &list(1, 1, [1, 1, 2, 1])),
        ),
        (
            "rows",
            interactive("list", "a", &list(2, 5, [1, 1, 2, 1])),
            interactive("list", "a", &list(1, 11, [1, 1, 2, 1])),
        ),
        (
            "rows of all",
            interactive("list", "a", &list(5, 2, [1, 1, 2, 1])),
            interactive("list", "a", &list(2, 6, [1, 1, 2, 1])),
        ),
        (
            "sections",
            interactive("list", "a", &list(10, 1, [1, 1, 2, 1])),
            interactive("list", "a", &list(11, 1, [1, 1, 3, 1])),
        ),
        (
            "a list's button",
            interactive("list", "a", &list(1, 1, [20, 1, 2, 1])),
            interactive("list", "a", &list(1, 1, [21, 1, 2, 1])),
        ),
        (
            "a row's title",
            interactive("list", "a", &list(1, 1, [1, 24, 2, 1])),
            interactive("list", "a", &list(1, 1, [1, 25, 2, 1])),
        ),
        (
            "a row's id",
            interactive("list", "a", &list(1, 1, [1, 1, 200, 1])),
            interactive("list", "a", &list(1, 1, [1, 1, 201, 1])),
        ),
        (
            "a row's description",
            interactive("list", "a", &list(1, 1, [1, 1, 2, 72])),
            interactive("list", "a", &list(1, 1, [1, 1, 2, 73])),
        ),
        ("a link's text", cta(20), cta(21)),
        ("body with a catalogue", catalogue(1_024, 1), catalogue(1_025, 1)),
        ("a catalogue's product", catalogue(1, 100), catalogue(1, 101)),
    ];
    for (what, fits, too_long) in cases {
        let (status, said) = bed.sends(&fits).await;
        assert_eq!(status, 200, "{what}: {said}");
        let refused = bed.sends(&too_long).await;
        assert_eq!(code(&refused), (400, 131_009), "{what}");
        assert!(refused.1["error"]["error_data"]["details"].is_string(), "{what}: {}", refused.1);
    }
}

#[tokio::test]
async fn what_is_missing_unknown_or_of_another_form_is_refused() {
    let bed = Bed::new().await;
    let link = "https://example.com/a";
    let without = |key: &str| {
        let mut said = text("a");
        said.as_object_mut().unwrap().remove(key);
        said
    };
    let one = |kind: &str, said: Value| message(kind, &said);
    let twice = json!({ "buttons": [buttons(1, 1, 1)["buttons"][0], buttons(1, 1, 1)["buttons"][0]] });
    let two = json!({ "button": "a", "sections": [{ "rows": [{ "id": "1", "title": "a" }] }, { "rows": [{ "id": "2", "title": "a" }] }] });
    let catalogue = interactive("catalog_message", "a", &json!({ "name": "catalog_message" }));
    let titled_catalogue = with(catalogue, "/interactive", "header", json!({ "type": "text", "text": "a" }));
    let cases: Vec<(&str, Value, i64)> = vec![
        ("no product", without("messaging_product"), 100),
        ("another product", with(text("a"), "", "messaging_product", json!("sms")), 100),
        ("nobody", without("to"), 100),
        ("no text", without("text"), 100),
        ("an unknown type", one("telegram", json!({})), 100),
        ("a type in capitals", with(text("a"), "", "type", json!("TEXT")), 100),
        ("something beside", with(text("a"), "", "image", json!({ "link": link })), 100),
        ("an unknown key", with(text("a"), "/text", "colour", json!("red")), 100),
        ("a group", with(text("a"), "", "recipient_type", json!("group")), 100),
        ("no body", one("text", json!({})), 131_008),
        ("an empty body", text(""), 131_009),
        ("a body that is a number", one("text", json!({ "body": 1 })), 100),
        ("text that is a word", one("text", json!("a")), 100),
        ("a preview that is a word", one("text", json!({ "body": "a", "preview_url": "true" })), 100),
        ("too few digits", with(text("a"), "", "to", json!("12345")), 131_009),
        ("letters", with(text("a"), "", "to", json!("+1650CALLME")), 131_009),
        ("a number that is a number", with(text("a"), "", "to", json!(16_505_551_234_u64)), 100),
        ("no user id", with(with(text("a"), "", "to", Value::Null), "", "recipient", json!("16505551234")), 131_009),
        ("context without an id", with(text("a"), "", "context", json!({})), 131_008),
        ("context of no message", with(text("a"), "", "context", json!({ "message_id": "1" })), 131_009),
        ("callback data that is a number", with(text("a"), "", "biz_opaque_callback_data", json!(1)), 100),
        ("neither id nor link", one("image", json!({ "caption": "a" })), 131_008),
        ("both id and link", one("image", json!({ "id": "1", "link": link })), 131_009),
        ("an unknown medium", one("image", json!({ "id": "1" })), 100),
        ("a link elsewhere", one("image", json!({ "link": "ftp://example.com/a" })), 100),
        ("a link in clear", one("image", json!({ "link": "http://example.com/a" })), 100),
        ("a catalogue under a title", titled_catalogue, 131_009),
        ("a catalogue of another name", interactive("catalog_message", "a", &json!({ "name": "catalogue" })), 100),
        (
            "a catalogue without a picture's product",
            interactive("catalog_message", "a", &json!({ "name": "catalog_message", "parameters": {} })),
            131_008,
        ),
        ("audio with a caption", one("audio", json!({ "link": link, "caption": "a" })), 100),
        ("a sticker with a caption", one("sticker", json!({ "link": link, "caption": "a" })), 100),
        ("an image with a filename", one("image", json!({ "link": link, "filename": "a" })), 100),
        ("half a place", one("location", json!({ "latitude": 1 })), 131_008),
        ("a place beyond the pole", one("location", json!({ "latitude": 90.1, "longitude": 1 })), 131_009),
        ("no contacts", one("contacts", json!([])), 131_009),
        ("a contact without a name", one("contacts", json!([{}])), 131_008),
        ("half a name", one("contacts", json!([{ "name": { "formatted_name": "A" } }])), 131_008),
        ("a reaction to nothing", one("reaction", json!({ "emoji": "👍" })), 131_008),
        ("a reaction without an emoji", one("reaction", json!({ "message_id": "wamid.A" })), 131_008),
        ("a reaction of words", one("reaction", json!({ "message_id": "wamid.A", "emoji": "nice" })), 131_009),
        ("an unknown way to pick", interactive("carousel", "a", &json!({})), 100),
        ("no buttons", interactive("button", "a", &json!({ "buttons": [] })), 131_009),
        ("buttons that are none", interactive("button", "a", &json!({ "buttons": [{ "type": "url" }] })), 100),
        ("two buttons that are one", interactive("button", "a", &twice), 131_009),
        ("sections without titles", interactive("list", "a", &two), 131_008),
        (
            "a list under a picture",
            with(
                interactive("list", "a", &list(1, 1, [1, 1, 2, 1])),
                "/interactive",
                "header",
                json!({ "type": "image", "image": { "link": link } }),
            ),
            100,
        ),
        (
            "buttons without a body",
            one("interactive", json!({ "type": "button", "action": buttons(1, 1, 1) })),
            131_008,
        ),
        ("a template without a name", one("template", json!({ "language": { "code": "en" } })), 131_008),
        ("a template without a language", one("template", json!({ "name": "a" })), 131_008),
        (
            "another mark than read",
            json!({ "messaging_product": "whatsapp", "status": "delivered", "message_id": "wamid.A" }),
            100,
        ),
        ("a mark on nothing", json!({ "messaging_product": "whatsapp", "status": "read" }), 100),
        ("a list", json!([]), 100),
        ("null", Value::Null, 100),
    ];
    for (what, said, expected) in cases {
        let refused = bed.sends(&said).await;
        assert_eq!(code(&refused), (400, expected), "{what}: {}", refused.1);
        let error = &refused.1["error"];
        assert_eq!(error["type"], "OAuthException");
        assert!(error["message"].as_str().unwrap().starts_with(&format!("(#{expected}) ")), "{error}");
        assert!(error["fbtrace_id"].is_string() && error["error_data"]["messaging_product"] == "whatsapp", "{error}");
    }
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    for hostile in [deep.into_bytes(), b"{\"to\": \"\xff\"}".to_vec(), Vec::new()] {
        let request = bed.client.post(bed.at(&format!("{NUMBER}/messages"))).bearer_auth(TOKEN).body(hostile);
        assert_eq!(code(&answered(request).await), (400, 100));
    }
    let huge = bed.posting(&text(&"a".repeat(3 << 20))).send().await.unwrap();
    assert_eq!(huge.status().as_u16(), 413);
    let no_json = bed.client.post(bed.at(&format!("{NUMBER}/messages"))).bearer_auth(TOKEN).body("{");
    assert_eq!(code(&answered(no_json).await), (400, 100));
    assert!(bed.simulator.accepted().is_empty());
}

#[tokio::test]
async fn who_can_not_be_written_to_is_not() {
    let bed = Bed::new().await;
    let own = with(text("a"), "", "to", json!("+1 555 078 3881"));
    assert_eq!(code(&bed.sends(&own).await), (400, 131_021));
    bed.simulator.is_not_on_whatsapp("+1 650 555 1234");
    assert_eq!(code(&bed.sends(&text("a")).await), (400, 131_026));
    let elsewhere = with(text("a"), "", "to", json!("+16505551235"));
    bed.sent(&elsewhere).await;
}

#[tokio::test]
async fn only_who_wrote_within_a_day_is_written_to_freely() {
    let bed = Bed::with(Settings { clock_stands: true, ..Settings::default() }).await;
    assert_eq!(code(&bed.sends(&text("a")).await), (400, 131_047));
    bed.simulator.customer_writes(NUMBER, ADA, "Ada", "Hello").await.unwrap();
    bed.sent(&text("a")).await;
    bed.simulator.moves_clock(24 * 60 * 60 - 1);
    bed.sent(&text("a")).await;
    bed.simulator.moves_clock(1);
    assert_eq!(code(&bed.sends(&text("a")).await), (400, 131_047));
    bed.simulator.opens_window(NUMBER, ADA);
    bed.sent(&text("a")).await;
    let other = BusinessNumber { phone_number_id: "7".to_owned(), ..number() };
    bed.simulator.reaches(TOKEN, other, "Another");
    let elsewhere = bed.client.post(bed.at("7/messages")).bearer_auth(TOKEN).json(&text("a"));
    assert_eq!(code(&answered(elsewhere).await), (400, 131_047), "she wrote to another number");
}
