//! Templates: created, reviewed, listed, sent and deleted.

use super::*;

fn body(text: &str, example: &Value) -> Value {
    let mut body = json!({ "type": "BODY", "text": text });
    if !example.is_null() {
        body["example"] = example.clone();
    }
    body
}

fn order() -> Value {
    json!({
        "name": "order_confirmation",
        "language": "en_US",
        "category": "UTILITY",
        "components": [
            { "type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": { "header_text": ["12"] } },
            body("Hello {{1}}, your order {{2}} is {{1}}'s.", &json!({ "body_text": [["Ada", "12"]] })),
            { "type": "FOOTER", "text": "Saffron Sofas" },
            { "type": "BUTTONS", "buttons": [
                { "type": "QUICK_REPLY", "text": "Thanks" },
                { "type": "URL", "text": "Track", "url": "https://example.com/{{1}}", "example": ["https://example.com/1"] },
            ] },
        ],
    })
}

fn named() -> Value {
    let example = json!({ "body_text_named_params": [{ "param_name": "first_name", "example": "Ada" }] });
    json!({
        "name": "welcome", "language": "de", "category": "MARKETING", "parameter_format": "named",
        "components": [
            { "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["4::aW"] } },
            body("Hallo {{first_name}}!", &example),
        ],
    })
}

fn parameter(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

/// A message from [`order`] with these components.
fn sent(components: &Value) -> Value {
    message(
        "template",
        &json!({ "name": "order_confirmation", "language": { "code": "en_US" }, "components": components }),
    )
}

fn right() -> Value {
    json!([
        { "type": "header", "parameters": [parameter("12")] },
        { "type": "body", "parameters": [parameter("Ada"), parameter("12")] },
        { "type": "button", "sub_type": "url", "index": "1", "parameters": [parameter("12")] },
    ])
}

impl Bed {
    async fn creates(&self, template: &Value) -> Answered {
        let at = self.at(&format!("{ACCOUNT}/message_templates"));
        answered(self.client.post(at).bearer_auth(TOKEN).json(template)).await
    }

    /// The id of what must be created, and approves it.
    async fn approved(&self, template: &Value) -> String {
        let (status, said) = self.creates(template).await;
        assert_eq!(
            (status, &said["status"], &said["category"]),
            (200, &json!("PENDING"), &template["category"]),
            "{said}"
        );
        let id = said["id"].as_str().unwrap().to_owned();
        self.simulator.update_template(&id, &TemplateUpdate::approved()).await.unwrap();
        id
    }

    async fn deletes(&self, query: &str) -> Answered {
        let at = self.at(&format!("{ACCOUNT}/message_templates?{query}"));
        answered(self.client.delete(at).bearer_auth(TOKEN)).await
    }
}

#[tokio::test]
async fn a_template_is_sent_at_any_time_once_it_is_approved_and_as_long_as_it_is() {
    let bed = Bed::with(Settings::default()).await;
    let missing = code(&bed.sends(&sent(&right())).await);
    assert_eq!(missing, (404, 132_001));
    let (_, created) = bed.creates(&order()).await;
    let id = created["id"].as_str().unwrap();
    assert_eq!(code(&bed.sends(&sent(&right())).await), (404, 132_001), "not yet");
    bed.simulator.update_template(id, &TemplateUpdate::approved()).await.unwrap();
    let (status, said) = bed.sends(&sent(&right())).await;
    assert_eq!((status, &said["messages"][0]["message_status"]), (200, &json!("accepted")), "{said}");
    let wamid = said["messages"][0]["id"].as_str().unwrap();
    bed.simulator.tell(wamid, Status::Sent).await.unwrap();
    for (event, expected) in [
        ("PAUSED", (400, 132_015)),
        ("DISABLED", (400, 132_016)),
        ("REJECTED", (404, 132_001)),
        ("REINSTATED", (200, -1)),
    ] {
        let update = TemplateUpdate::Status { event: event.to_owned(), reason: "NONE".to_owned() };
        bed.simulator.update_template(id, &update).await.unwrap();
        assert_eq!(code(&bed.sends(&sent(&right())).await), expected, "{event}");
    }
    bed.simulator.update_template(id, &TemplateUpdate::Quality("YELLOW".to_owned())).await.unwrap();
    bed.simulator.update_template(id, &TemplateUpdate::Category("MARKETING".to_owned())).await.unwrap();
    let told = bed.business.takes(8).await;
    let change = |at: usize| (&told[at]["entry"][0]["changes"][0]["field"], value(&told[at]));
    let (field, approved) = change(0);
    assert_eq!((field, &told[0]["entry"][0]["id"]), (&json!("message_template_status_update"), &json!(ACCOUNT)));
    assert_eq!(
        *approved,
        json!({
            "event": "APPROVED", "reason": "NONE", "message_template_id": id.parse::<u64>().unwrap(),
            "message_template_name": "order_confirmation", "message_template_language": "en_US",
            "message_template_category": "UTILITY",
        })
    );
    let pricing = json!({ "billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility" });
    assert_eq!(change(1).1["statuses"][0]["pricing"], pricing);
    assert_eq!(change(2).1["event"], "PAUSED");
    let (field, quality) = change(6);
    assert_eq!(
        (field, &quality["previous_quality_score"], &quality["new_quality_score"]),
        (&json!("message_template_quality_update"), &json!("UNKNOWN"), &json!("YELLOW"))
    );
    let (field, category) = change(7);
    assert_eq!(
        (field, &category["previous_category"], &category["new_category"]),
        (&json!("template_category_update"), &json!("UTILITY"), &json!("MARKETING"))
    );
    let unknown = bed.simulator.update_template("1", &TemplateUpdate::approved()).await;
    assert_eq!(unknown, Err(NotTold::NoTemplate("1".to_owned())));
}

#[tokio::test]
async fn parameters_must_fit_in_count_and_kind() {
    let bed = Bed::with(Settings::default()).await;
    bed.approved(&order()).await;
    bed.sent(&sent(&right())).await;
    let with = |place: usize, key: &str, said: Value| {
        let mut components = right();
        components[place][key] = said;
        components
    };
    let parameters = |place: usize, said: Value| with(place, "parameters", said);
    let without = |place: usize| {
        let mut components = right();
        components.as_array_mut().unwrap().remove(place);
        components
    };
    let named = json!({ "type": "text", "parameter_name": "name", "text": "Ada" });
    for (what, components, expected) in [
        ("no header", without(0), 132_000),
        ("no body", without(1), 132_000),
        ("no link", without(2), 131_008),
        ("one too few", parameters(1, json!([parameter("Ada")])), 132_000),
        ("one too many", parameters(1, json!([parameter("a"), parameter("b"), parameter("c")])), 132_000),
        (
            "another kind",
            parameters(1, json!([parameter("a"), { "type": "image", "image": { "link": "https://a.b" } }])),
            132_012,
        ),
        ("a name", parameters(1, json!([named, parameter("b")])), 132_012),
        ("a new line", parameters(1, json!([parameter("a\nb"), parameter("b")])), 132_012),
        ("five spaces", parameters(1, json!([parameter("a     b"), parameter("b")])), 132_012),
        ("an empty one", parameters(1, json!([parameter(""), parameter("b")])), 131_009),
        ("too long", parameters(1, json!([parameter(&"a".repeat(600)), parameter("b")])), 132_005),
        ("a button that isn't there", with(2, "index", json!("2")), 132_012),
        ("a button of another kind", with(2, "index", json!("0")), 132_012),
        ("a payload for a link", parameters(2, json!([{ "type": "payload", "payload": "a" }])), 132_012),
        ("a component of another kind", with(1, "type", json!("footer")), 100),
    ] {
        assert_eq!(code(&bed.sends(&sent(&components)).await), (400, expected), "{what}");
    }
    let mut quick = right();
    let reply = json!({ "type": "button", "sub_type": "quick_reply", "index": 0, "parameters": [{ "type": "payload", "payload": "p" }] });
    quick.as_array_mut().unwrap().push(reply);
    bed.sent(&sent(&quick)).await;
    let mut other = sent(&right());
    other["template"]["language"]["code"] = json!("en-US");
    assert_eq!(code(&bed.sends(&other).await), (404, 132_001));
}

#[tokio::test]
async fn names_and_media_go_where_they_were_approved() {
    let bed = Bed::with(Settings::default()).await;
    bed.approved(&named()).await;
    let sent = |header: Value, name: &str| {
        let parameters = json!([{ "type": "text", "parameter_name": name, "text": "Ada" }]);
        let components =
            json!([{ "type": "header", "parameters": [header] }, { "type": "body", "parameters": parameters }]);
        message("template", &json!({ "name": "welcome", "language": { "code": "de" }, "components": components }))
    };
    let image = json!({ "type": "image", "image": { "link": "https://example.com/a.jpg" } });
    bed.sent(&sent(image.clone(), "first_name")).await;
    assert_eq!(code(&bed.sends(&sent(image, "last_name")).await), (400, 132_012));
    assert_eq!(code(&bed.sends(&sent(parameter("a"), "first_name")).await), (400, 132_012));
    let unknown = json!({ "type": "image", "image": { "id": "1" } });
    assert_eq!(code(&bed.sends(&sent(unknown, "first_name")).await), (400, 100));
}

#[tokio::test]
async fn a_code_to_copy_has_its_limit() {
    let bed = Bed::new().await;
    let buttons = json!([{ "type": "COPY_CODE", "example": "SAVE20" }]);
    bed.approved(&json!({
        "name": "sale", "language": "en", "category": "MARKETING",
        "components": [{ "type": "BODY", "text": "A sale" }, { "type": "BUTTONS", "buttons": buttons }],
    }))
    .await;
    let sent = |code: &str| {
        let code = json!({ "type": "coupon_code", "coupon_code": code });
        let components = json!([{ "type": "button", "sub_type": "copy_code", "index": "0", "parameters": [code] }]);
        message("template", &json!({ "name": "sale", "language": { "code": "en" }, "components": components }))
    };
    bed.sent(&sent(&"A".repeat(20))).await;
    for code in ["A".repeat(21), String::new()] {
        assert_eq!(self::code(&bed.sends(&sent(&code)).await), (400, 131_009), "{code}");
    }
}

#[tokio::test]
async fn an_account_has_250_templates() {
    let bed = Bed::new().await;
    let numbered = |number: usize| {
        let body = json!([{ "type": "BODY", "text": "A sale" }]);
        json!({ "name": format!("sale_{number}"), "language": "en", "category": "MARKETING", "components": body })
    };
    for number in 0..250 {
        assert_eq!(bed.creates(&numbered(number)).await.0, 200, "{number}");
    }
    let (status, said) = bed.creates(&numbered(250)).await;
    assert_eq!((status, &said["error"]["error_subcode"]), (400, &json!(2_388_019)), "{said}");
    assert_eq!(bed.deletes("name=sale_7").await.0, 200);
    assert_eq!(bed.creates(&numbered(250)).await.0, 200);
}

#[tokio::test]
async fn codes_need_a_phone_number() {
    let bed = Bed::with(Settings::default()).await;
    let buttons = json!([{ "type": "OTP", "otp_type": "COPY_CODE", "text": "Copy" }]);
    bed.approved(&json!({
        "name": "code", "language": "en", "category": "AUTHENTICATION",
        "components": [{ "type": "BODY", "text": "{{1}} is your code." }, { "type": "BUTTONS", "buttons": buttons }],
    }))
    .await;
    let components = json!([
        { "type": "body", "parameters": [parameter("1234")] },
        { "type": "button", "sub_type": "url", "index": "0", "parameters": [parameter("1234")] },
    ]);
    let mut said =
        message("template", &json!({ "name": "code", "language": { "code": "en" }, "components": components }));
    bed.sent(&said).await;
    said["to"] = Value::Null;
    said["recipient"] = json!("US.13491208655302741918");
    assert_eq!(code(&bed.sends(&said).await), (400, 131_062));
}

#[tokio::test]
async fn what_meta_would_not_review_is_not_created() {
    let bed = Bed::new().await;
    let long = |count: usize| "é".repeat(count);
    let with = |pointer: &str, key: &str, said: Value| {
        let mut template = order();
        template.pointer_mut(pointer).unwrap()[key] = said;
        template
    };
    let (head, text, foot, keys) = ("/components/0", "/components/1", "/components/2", "/components/3/buttons/0");
    // At the limits.
    for (at, (pointer, said)) in
        [(head, long(60)), (text, long(1_024)), (foot, long(60)), (keys, long(25))].into_iter().enumerate()
    {
        let mut fits = with(pointer, "text", json!(said));
        fits["name"] = json!(format!("fits_{at}"));
        let (status, said) = bed.creates(&fits).await;
        assert_eq!(status, 200, "{pointer}: {said}");
    }
    let no_body = json!([{ "type": "FOOTER", "text": "a" }]);
    let twice = json!([order()["components"][1], order()["components"][1]]);
    for (what, template, expected) in [
        ("a long header", with(head, "text", json!(long(61))), 131_009),
        ("a long body", with(text, "text", json!(long(1_025))), 131_009),
        ("a long footer", with(foot, "text", json!(long(61))), 131_009),
        ("a long button", with(keys, "text", json!(long(26))), 131_009),
        ("a name in capitals", with("", "name", json!("Order")), 100),
        ("a name with a space", with("", "name", json!("order 1")), 100),
        ("a long name", with("", "name", json!("a".repeat(513))), 131_009),
        ("no language", with("", "language", Value::Null), 100),
        ("a language in words", with("", "language", json!("English")), 100),
        ("an unknown category", with("", "category", json!("SPAM")), 100),
        ("no components", with("", "components", json!([])), 131_009),
        ("no body", with("", "components", no_body), 100),
        ("two bodies", with("", "components", twice), 100),
        ("an unknown key", with("", "colour", json!("red")), 100),
        ("a gap in the count", with(text, "text", json!("Hello {{1}} and {{3}}.")), 100),
        ("names where it counts", with(text, "text", json!("Hello {{name}}.")), 100),
        ("a brace too few", with(text, "text", json!("Hello {{1}.")), 100),
        ("no example", with(text, "example", Value::Null), 100),
        ("a parameter first", with(text, "text", json!("{{1}} has {{2}}.")), 100),
        ("a parameter last", with(text, "text", json!("Hello {{1}} {{2}}")), 100),
        ("a parameter in the footer", with(foot, "text", json!("{{1}}")), 100),
        ("two parameters in the header", with(head, "text", json!("{{1}} {{2}}")), 100),
        ("an unknown button", with(keys, "type", json!("LAUNCH")), 100),
    ] {
        assert_eq!(code(&bed.creates(&template).await), (400, expected), "{what}");
    }
    bed.approved(&order()).await;
    let again = bed.creates(&order()).await;
    assert_eq!((code(&again), &again.1["error"]["error_subcode"]), ((400, 100), &json!(2_388_024)));
    let elsewhere = bed.client.post(bed.at("7/message_templates")).bearer_auth(TOKEN).json(&order());
    assert_eq!(code(&answered(elsewhere).await), (400, 100));
}

#[tokio::test]
async fn templates_are_listed_in_pages_and_deleted_by_name_or_id() {
    let bed = Bed::new().await;
    for at in 0..5 {
        let mut template = order();
        template["name"] = json!(format!("t{at}"));
        bed.approved(&template).await;
    }
    let mut german = order();
    german["name"] = json!("t0");
    german["language"] = json!("de");
    let (_, created) = bed.creates(&german).await;
    let (mut names, mut pages) = (Vec::new(), 0);
    let mut next = Some(bed.at(&format!("{ACCOUNT}/message_templates?fields=name,status,id&limit=4")));
    while let Some(url) = next {
        let (_, page) = answered(bed.client.get(url).bearer_auth(TOKEN)).await;
        for template in page["data"].as_array().unwrap() {
            assert_eq!(template.as_object().unwrap().len(), 3);
            names.push(template["name"].as_str().unwrap().to_owned());
        }
        pages += 1;
        assert!(page["paging"]["cursors"]["after"].is_string());
        next = page["paging"]["next"].as_str().map(str::to_owned);
    }
    assert_eq!((pages, names), (2, ["t0", "t1", "t2", "t3", "t4", "t0"].map(str::to_owned).to_vec()));
    let (_, all) = bed.gets(&format!("{ACCOUNT}/message_templates?status=PENDING&fields=language,components,quality_score,rejected_reason,category")).await;
    assert_eq!(all["data"][0]["language"], "de");
    assert_eq!(all["data"][0]["components"], german["components"]);
    for wrong in ["fields=password", "limit=0", "limit=1001", "after=%25"] {
        assert_eq!(code(&bed.gets(&format!("{ACCOUNT}/message_templates?{wrong}")).await), (400, 100), "{wrong}");
    }
    let id = created["id"].as_str().unwrap();
    assert_eq!(bed.deletes(&format!("name=t0&hsm_id={id}")).await, (200, json!({ "success": true })));
    assert_eq!(bed.deletes("name=t0").await.0, 200);
    for gone in ["name=t0", "hsm_id=1"] {
        assert_eq!(code(&bed.deletes(gone).await), (400, 100), "{gone}");
    }
    let (_, left) = bed.gets(&format!("{ACCOUNT}/message_templates")).await;
    assert_eq!(left["data"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn by_itself_a_template_is_approved_in_time() {
    let delays = Delays::Within { sent: 0..=0, delivered: 0..=0, read: None, reviewed: 0..=1 };
    let bed = Bed::with(Settings { delays, ..Settings::default() }).await;
    bed.creates(&order()).await;
    let told = bed.business.takes(1).await;
    assert_eq!(value(&told[0])["event"], "APPROVED");
    bed.sent(&sent(&right())).await;
}
