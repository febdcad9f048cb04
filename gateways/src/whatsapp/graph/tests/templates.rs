//! Templates are listed page by page, made and taken away.

use serde_json::{Value, json};

use super::server::{Server, Then};
use super::*;

fn listed(id: &str) -> Value {
    json!({ "id": id, "name": "order_update", "language": "en_US", "status": "APPROVED", "category": "UTILITY",
            "components": [{ "type": "BODY", "text": "Order {{1}}" }], "quality_score": { "score": "GREEN" },
            "rejected_reason": "NONE" })
}

fn page(templates: &[Value], after: &str, next: Option<&str>) -> Value {
    let mut page = json!({ "data": templates, "paging": { "cursors": { "before": "A", "after": after } } });
    if let Some(next) = next {
        page["paging"]["next"] = json!(next);
    }
    page
}

#[tokio::test]
async fn templates_come_page_by_page() {
    let elsewhere = Server::start([]).await;
    let next = format!("{}/v24.0/{ACCOUNT}/message_templates?access_token={TOKEN}", elsewhere.url);
    let rejected = json!({ "id": 5, "name": "sale", "language": "de", "status": "REJECTED", "category": "MARKETING",
                           "quality_score": "RED", "rejected_reason": "PROMOTIONAL" });
    let server = Server::answering([
        page(&[listed("1")], "M+=&", Some(&next)),
        page(&[rejected], "Z", None),
        json!({ "data": [] }),
    ])
    .await;
    let graph = graph_at(&server.url);
    let first = graph.templates(&token(TOKEN), ACCOUNT, None).await.unwrap();
    let expected = ListedTemplate {
        id: "1".to_owned(),
        name: "order_update".to_owned(),
        language: "en_US".to_owned(),
        status: "APPROVED".to_owned(),
        category: "UTILITY".to_owned(),
        quality: Some("GREEN".to_owned()),
        components: json!([{ "type": "BODY", "text": "Order {{1}}" }]),
        rejected_reason: None,
    };
    assert_eq!(first, TemplatePage { templates: vec![expected], after: Some("M+=&".to_owned()) });
    let second = graph.templates(&token(TOKEN), ACCOUNT, first.after.as_deref()).await.unwrap();
    let [template] = &*second.templates else { panic!("{second:?}") };
    assert_eq!((&*template.id, template.quality.as_deref()), ("5", Some("RED")));
    assert_eq!((template.rejected_reason.as_deref(), &template.components), (Some("PROMOTIONAL"), &Value::Null));
    assert_eq!(second.after, None);
    let none = graph.templates(&token(TOKEN), ACCOUNT, None).await.unwrap();
    assert_eq!(none, TemplatePage { templates: vec![], after: None });
    let heard = server.heard();
    let asked =
        "fields=name%2Clanguage%2Cstatus%2Ccategory%2Ccomponents%2Cid%2Cquality_score%2Crejected_reason&limit=100";
    assert_eq!(heard[0].line(), format!("GET /v24.0/{ACCOUNT}/message_templates?{asked} HTTP/1.1"));
    assert_eq!(heard[1].line(), format!("GET /v24.0/{ACCOUNT}/message_templates?{asked}&after=M%2B%3D%26 HTTP/1.1"));
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_long_page_is_read_and_one_without_end_is_not() {
    let long = |text: usize| {
        let mut template = listed("1");
        template["components"] = json!([{ "type": "BODY", "text": "x".repeat(text) }]);
        page(&vec![template; 100], "Z", None)
    };
    let server = Server::answering([long(10_000), long(50_000)]).await;
    let graph = graph_at(&server.url);
    assert_eq!(graph.templates(&token(TOKEN), ACCOUNT, None).await.unwrap().templates.len(), 100);
    let failure = graph.templates(&token(TOKEN), ACCOUNT, None).await.unwrap_err();
    assert_eq!(failure, CallFailure::Unknown { reason: "200 that does not end".to_owned() });
}

#[tokio::test]
async fn half_a_page_is_none_and_no_circle_is_walked() {
    let mut nameless = listed("2");
    nameless.as_object_mut().unwrap().remove("name");
    let unreadable = "templates that can't be understood";
    for (answer, expected) in [
        (page(&[listed("1"), nameless], "Z", None), unreadable),
        (page(&[json!(null)], "Z", None), unreadable),
        (json!({ "data": {} }), unreadable),
        (json!([]), unreadable),
        (json!({ "data": [], "paging": { "next": "https://example.com" } }), unreadable),
        (page(&[listed("1")], "M", Some("https://example.com")), "templates that come after themselves"),
    ] {
        let server = Server::answering([answer]).await;
        let failure = graph_at(&server.url).templates(&token(TOKEN), ACCOUNT, Some("M")).await.unwrap_err();
        assert_eq!(failure, CallFailure::Unknown { reason: expected.to_owned() });
    }
}

#[tokio::test]
async fn a_template_is_made_and_taken_away() {
    let refusal = json!({ "error": { "message": "Invalid parameter", "code": 100, "error_subcode": 2_388_024,
                                     "error_user_msg": "There is already English (US) content for this template." } });
    let server = Server::start([
        Then::Answer(200, json!({ "id": "594425479261596", "status": "PENDING", "category": "MARKETING" }).to_string()),
        Then::Answer(400, refusal.to_string()),
        Then::Answer(200, json!({ "id": "1" }).to_string()),
        Then::Answer(200, json!({ "success": true }).to_string()),
        Then::Answer(200, json!({ "success": true }).to_string()),
        Then::Answer(200, json!({ "success": false }).to_string()),
    ])
    .await;
    let graph = graph_at(&server.url);
    let template = NewTemplate {
        name: "order_update".to_owned(),
        language: "en_US".to_owned(),
        category: "UTILITY".to_owned(),
        components: json!([{ "type": "BODY", "text": "Order {{1}}" }]),
    };
    let create = || graph.create_template_of(&template);
    let made = create().await.unwrap();
    let (id, status, category) = ("594425479261596".to_owned(), "PENDING".to_owned(), "MARKETING".to_owned());
    assert_eq!(made, CreatedTemplate { id, status, category });
    let CallFailure::Refused(refusal) = create().await.unwrap_err() else { panic!() };
    assert_eq!((refusal.code, refusal.subcode), (100, Some(2_388_024)));
    assert_eq!(refusal.details.as_deref(), Some("There is already English (US) content for this template."));
    assert_eq!(
        create().await.unwrap_err(),
        CallFailure::Unknown { reason: "an answer without the template".to_owned() }
    );
    let heard = server.heard();
    assert_eq!(heard[0].line(), format!("POST /v24.0/{ACCOUNT}/message_templates HTTP/1.1"));
    assert_eq!(
        heard[0].json(),
        json!({ "name": "order_update", "language": "en_US", "category": "UTILITY",
                "components": [{ "type": "BODY", "text": "Order {{1}}" }] })
    );
    let delete = |id| {
        let graph = graph.clone();
        async move { graph.delete_template(&token(TOKEN), ACCOUNT, "order&update", id).await }
    };
    assert_eq!((delete(None).await, delete(Some("594425479261596")).await), (Ok(()), Ok(())));
    let failure = CallFailure::Unknown { reason: "an answer that doesn't say it was done".to_owned() };
    assert_eq!(delete(None).await, Err(failure));
    let heard = server.heard();
    let path = format!("DELETE /v24.0/{ACCOUNT}/message_templates");
    assert_eq!(heard[0].line(), format!("{path}?name=order%26update HTTP/1.1"));
    assert_eq!(heard[1].line(), format!("{path}?hsm_id=594425479261596&name=order%26update HTTP/1.1"));
    let never = graph.templates(&token(TOKEN), "me", None).await.unwrap_err();
    assert_eq!(never.to_string(), "it can't be asked for: the account's id is none of Meta's");
}

impl Graph {
    async fn create_template_of(&self, template: &NewTemplate) -> Result<CreatedTemplate, CallFailure> {
        self.create_template(&token(TOKEN), ACCOUNT, template).await
    }
}

#[tokio::test]
async fn gaps_with_names_are_told_of() {
    let created = json!({ "id": "1", "status": "PENDING", "category": "UTILITY" });
    let server = Server::answering(vec![created; 4]).await;
    let graph = graph_at(&server.url);
    for (text, format) in [
        ("Order {{order_id}}", json!("NAMED")),
        ("Order {{1}} of {{2}}", Value::Null),
        ("No gap, { or {{", Value::Null),
    ] {
        let components = json!([{ "type": "BODY", "text": text },
                                { "type": "BUTTONS", "buttons": [{ "text": "Open", "url": "https://example.com/{{a}}" }] }]);
        let (name, language, category) = ("order_update".to_owned(), "de".to_owned(), "UTILITY".to_owned());
        graph.create_template_of(&NewTemplate { name, language, category, components }).await.unwrap();
        let heard = server.heard();
        assert_eq!(heard[0].json()["parameter_format"], format, "{text}");
    }
}
