//! Templates over HTTP, with the Graph API played: written, handed in, brought up to what WhatsApp has, taken away.

use std::time::Duration;

use leadflow_domain::TenantId;
use leadflow_gateways::whatsapp::simulator::{Answer, BusinessNumber, Settings, Simulator, TemplateUpdate};
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::auth::{self, Bearer};
use crate::serving::Serving;
use crate::testing::{managed, serve};

const NUMBER: &str = "106540352242922";
const WABA: &str = "102290129340398";
const TOKEN: &str = "EAAGtemplates0PX4ZCpsBAK";

const OUTCOME: &str =
    "template { id name language wabaId providerId status statusDetail sendable category quality contents version
        components { header { kind text } body footer buttons { kind text url phone } unsupported }
        parameters { header { kind gaps { count names } } body { count names } buttons { index takes required } } }
    userErrors { code message field } position stale";

/// A process that serves, with a business that has a number, and what WhatsApp knows it by.
struct Bed {
    serving: Serving,
    client: Client,
    owner: PgPool,
    graph: Simulator,
}

impl Bed {
    async fn new() -> Self {
        let graph = Simulator::start(Settings::default()).await.unwrap();
        let number = BusinessNumber {
            phone_number_id: NUMBER.to_owned(),
            waba_id: WABA.to_owned(),
            display_phone: "+1 555-078-3881".to_owned(),
        };
        graph.reaches(TOKEN, number, "Saffron Sofas");
        let url = graph.url();
        let patience = ("LEADFLOW_GRAPH_TIMEOUT_MS", "3000".to_owned());
        let (owner, config) = managed(|_| vec![("LEADFLOW_GRAPH_URL", url), patience]).await;
        let serving = serve(config).await.unwrap();
        Self { serving, client: Client::new(), owner, graph }
    }

    async fn token(&self, tenant: u128) -> String {
        let bearer = Bearer::Owner(TenantId::from_uuid(Uuid::from_u128(tenant)));
        auth::issue(&self.serving.app().pool, bearer, Duration::from_secs(600)).await.unwrap().token
    }

    async fn ask(&self, token: &str, document: &str) -> Value {
        let url = format!("http://{}/graphql", self.serving.address());
        let answer = self.client.post(url).json(&json!({ "query": document })).bearer_auth(token).send().await.unwrap();
        let mut answer: Value = answer.json().await.unwrap();
        assert_eq!(answer.get("errors"), None, "{document}: {answer}");
        answer["data"].take()
    }

    async fn does(&self, token: &str, mutation: &str, said: &str) -> Value {
        let selected = if mutation == "syncTemplates" {
            "listed unreadable missed userErrors { code message field } position stale"
        } else {
            OUTCOME
        };
        self.ask(token, &format!("mutation {{ done: {mutation}(input: {{ {said} }}) {{ {selected} }} }}")).await["done"]
            .take()
    }

    /// The id of the number, connected and with what WhatsApp knows it by.
    async fn connect(&self, token: &str) -> String {
        let said = format!("phoneNumberId: \"{NUMBER}\", wabaId: \"{WABA}\", displayPhone: \"+1 555\"");
        let document =
            format!("mutation {{ done: connectWhatsappNumber(input: {{ {said} }}) {{ channel {{ id }} }} }}");
        let channel = self.ask(token, &document).await["done"]["channel"]["id"].as_str().unwrap().to_owned();
        let said = format!("channelId: \"{channel}\", accessToken: \"{TOKEN}\"");
        let document = format!(
            "mutation {{ done: enterWhatsappCredentials(input: {{ {said} }}) {{ stale userErrors {{ code }} }} }}"
        );
        assert_eq!(self.ask(token, &document).await["done"], json!({ "stale": null, "userErrors": [] }));
        channel
    }

    /// What the log says of templates, in its order.
    async fn events(&self) -> Vec<String> {
        let sql = "select event_type from events where aggregate_type = 'template' order by position";
        sqlx::query_scalar(sql).fetch_all(&self.owner).await.unwrap()
    }
}

fn code(answer: &Value) -> (&str, &str) {
    let error = &answer["userErrors"][0];
    (error["code"].as_str().unwrap_or("none"), error["field"].as_str().unwrap_or("none"))
}

fn draft(channel: &str) -> String {
    format!(
        "channelId: \"{channel}\", name: \"order_update\", language: \"en-US\", category: UTILITY,
         header: {{ kind: TEXT, text: \"Order {{{{1}}}}\", examples: [\"0001\"] }},
         body: \"Hello {{{{1}}}}, your {{{{2}}}} is on its way.\", bodyExamples: [\"Bob\", \"chair\"], footer: \"Saffron Sofas\",
         buttons: [{{ kind: URL, text: \"Track it\", url: \"https://example.com/{{{{1}}}}\", example: \"https://example.com/1\" }},
                   {{ kind: QUICK_REPLY, text: \"Stop\" }}, {{ kind: CALL, text: \"Call\", phone: \"+390212345678\" }}]"
    )
}

#[tokio::test]
async fn a_template_is_written_handed_in_approved_and_taken_away() {
    let bed = Bed::new().await;
    let owner = bed.token(1).await;
    let channel = bed.connect(&owner).await;

    let written = bed.does(&owner, "createTemplate", &draft(&channel)).await;
    assert_eq!(code(&written).0, "none", "{written}");
    let template = &written["template"];
    let id = template["id"].as_str().unwrap();
    assert_eq!(
        (&template["status"], &template["sendable"], &template["version"]),
        (&json!("DRAFT"), &json!(false), &json!(2))
    );
    assert_eq!((&template["language"], &template["wabaId"]), (&json!("en_US"), &json!(WABA)));
    let button =
        |kind, text, url: Value, phone: Value| json!({ "kind": kind, "text": text, "url": url, "phone": phone });
    let components = json!({
        "header": { "kind": "TEXT", "text": "Order {{1}}" }, "body": "Hello {{1}}, your {{2}} is on its way.",
        "footer": "Saffron Sofas", "unsupported": [], "buttons": [
            button("URL", "Track it", json!("https://example.com/{{1}}"), Value::Null),
            button("QUICK_REPLY", "Stop", Value::Null, Value::Null),
            button("CALL", "Call", Value::Null, json!("+390212345678")),
        ],
    });
    assert_eq!(template["components"], components);
    let takes = |index, takes, required| json!({ "index": index, "takes": takes, "required": required });
    let parameters = json!({
        "header": { "kind": "TEXT", "gaps": { "count": 1, "names": null } }, "body": { "count": 2, "names": null },
        "buttons": [takes(0, "URL_SUFFIX", true), takes(1, "PAYLOAD", false)],
    });
    assert_eq!(template["parameters"], parameters);
    // WhatsApp knows nothing of it.
    let synced = bed.does(&owner, "syncTemplates", &format!("channelId: \"{channel}\"")).await;
    let nothing =
        json!({ "listed": 0, "unreadable": 0, "missed": 0, "userErrors": [], "position": null, "stale": null });
    assert_eq!(synced, nothing);

    let about = format!("templateId: \"{id}\"");
    let asked = bed.graph.asked().len();
    for mutation in ["submitTemplate", "deleteTemplate"] {
        let late = bed.does(&owner, mutation, &format!("{about}, expectedVersion: 1")).await;
        assert_eq!((code(&late).0, &late["template"]["status"]), ("CONFLICT", &json!("DRAFT")), "{late}");
    }
    assert_eq!(bed.graph.asked().len(), asked, "WhatsApp is asked for nothing");
    let once = "idempotencyKey: \"once\", expectedVersion: 2";
    let submitted = bed.does(&owner, "submitTemplate", &format!("{about}, {once}")).await;
    assert_eq!(submitted["template"]["status"], "PENDING", "{submitted}");
    let provider_id = submitted["template"]["providerId"].as_str().unwrap().to_owned();
    let asked = bed.graph.asked().len();
    for more in [once, ""] {
        let again = bed.does(&owner, "submitTemplate", &format!("{about}, {more}")).await;
        assert_eq!((&again["template"], &again["userErrors"]), (&submitted["template"], &json!([])));
    }
    assert_eq!(bed.graph.asked().len(), asked, "what was handed in is not handed in again");

    bed.graph.update_template(&provider_id, &TemplateUpdate::approved()).await.unwrap();
    let account = format!("channelId: \"{channel}\"");
    let synced = bed.does(&owner, "syncTemplates", &account).await;
    assert_eq!(
        (&synced["listed"], &synced["missed"], &synced["stale"]),
        (&json!(1), &json!(0), &Value::Null),
        "{synced}"
    );
    let shown = bed.ask(&owner, &format!("{{ template(id: \"{id}\") {{ status sendable contents quality }} }}")).await;
    let approved = json!({ "status": "APPROVED", "sendable": true, "contents": 1, "quality": "UNKNOWN" });
    assert_eq!(shown["template"], approved);
    let told = bed.events().await;
    assert_eq!(told, ["introduced", "drafted", "submitted", "synced"].map(|what| format!("template.{what}")));
    bed.does(&owner, "syncTemplates", &account).await;
    assert_eq!(bed.events().await, told, "what is known changes nothing");
    let again = bed.does(&owner, "createTemplate", &draft(&channel)).await;
    assert_eq!(code(&again), ("REFUSED", "name"));

    let deleted = bed.does(&owner, "deleteTemplate", &about).await;
    assert_eq!((&deleted["template"]["status"], &deleted["template"]["sendable"]), (&json!("DELETED"), &json!(false)));
    assert_eq!(bed.does(&owner, "deleteTemplate", &about).await["template"], deleted["template"]);
    let synced = bed.does(&owner, "syncTemplates", &account).await;
    assert_eq!((&synced["listed"], &synced["missed"]), (&json!(0), &json!(0)));
    bed.serving.stop().await.unwrap();
}

#[tokio::test]
async fn templates_are_found_by_what_they_are() {
    let bed = Bed::new().await;
    let (owner, other) = (bed.token(1).await, bed.token(2).await);
    let channel = bed.connect(&owner).await;
    for (name, category) in [("order_update", "UTILITY"), ("order_delay", "UTILITY"), ("winter_sale", "MARKETING")] {
        let said = format!(
            "channelId: \"{channel}\", name: \"{name}\", language: \"it\", category: {category}, body: \"Hello!\""
        );
        let written = bed.does(&owner, "createTemplate", &said).await;
        assert_eq!(code(&written).0, "none", "{written}");
    }
    let found = async |token: &str, filter: &str| {
        let document = format!("{{ templates(filter: {{ {filter} }}) {{ totalCount edges {{ node {{ name }} }} }} }}");
        let found = bed.ask(token, &document).await["templates"].take();
        let names: Vec<String> = found["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|edge| edge["node"]["name"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found["totalCount"], json!(names.len()));
        names
    };
    for (filter, expected) in [
        ("", &["order_update", "order_delay", "winter_sale"][..]),
        ("namePrefix: \"order_\"", &["order_update", "order_delay"]),
        ("namePrefix: \"order%\"", &[]),
        ("category: { eq: MARKETING }", &["winter_sale"]),
        ("status: { in: [APPROVED, DRAFT] }, not: { name: { contains: \"DELAY\" } }", &["order_update", "winter_sale"]),
        ("status: { eq: APPROVED }", &[]),
        ("wabaId: { eq: \"1\" }", &[]),
        ("language: { eq: \"it\" }, name: { eq: \"order_delay\" }", &["order_delay"]),
    ] {
        assert_eq!(found(&owner, filter).await, expected, "{filter}");
    }
    assert_eq!(found(&other, "").await, [""; 0]);
    bed.serving.stop().await.unwrap();
}

#[tokio::test]
async fn what_whatsapp_does_not_take_changes_nothing_and_says_why() {
    let bed = Bed::new().await;
    let (owner, other) = (bed.token(1).await, bed.token(2).await);
    let channel = bed.connect(&owner).await;
    let account = format!("channelId: \"{channel}\"");
    let written = bed.does(&owner, "createTemplate", &draft(&channel)).await;
    let about = format!("templateId: \"{}\"", written["template"]["id"].as_str().unwrap());
    let (asked, told) = (bed.graph.asked().len(), bed.events().await);

    // Nobody is asked about what is another business's.
    for (mutation, said, field) in [
        ("createTemplate", &draft(&channel), "channelId"),
        ("syncTemplates", &account, "channelId"),
        ("submitTemplate", &about, "templateId"),
        ("deleteTemplate", &about, "templateId"),
    ] {
        assert_eq!(code(&bed.does(&other, mutation, said).await), ("NOT_FOUND", field), "{mutation}");
    }
    for (said, field) in [
        (draft(&channel).replace("order_update", "Order"), "name"),
        (draft(&channel).replace("en-US", "?"), "language"),
        (draft(&channel).replace("UTILITY", "AUTHENTICATION"), "category"),
        (draft(&channel).replace("text: \"Order {{1}}\", ", ""), "header"),
        (draft(&channel).replace("[\"Bob\", \"chair\"]", "[\"Bob\"]"), "body"),
        (draft(&channel).replace("\"Saffron Sofas\"", "\"{{1}}\""), "footer"),
        (draft(&channel).replace("https://example.com", "http://example.com"), "buttons"),
        (draft(&channel).replace(", phone: \"+390212345678\"", ""), "buttons"),
    ] {
        let said = said.replace("name: \"order_update\"", "name: \"another\"");
        assert_eq!(code(&bed.does(&owner, "createTemplate", &said).await), ("INVALID", field), "{said}");
    }
    assert_eq!(bed.graph.asked().len(), asked);

    let page = |status| Answer::Other { status, body: "<html>".to_owned(), location: None };
    for (answer, expected) in [
        (Answer::Refused { status: 401, code: 190 }, "TOKEN_REFUSED"),
        (Answer::Refused { status: 400, code: 100 }, "REFUSED"),
        (Answer::Refused { status: 400, code: 4 }, "PROVIDER_UNAVAILABLE"),
        (Answer::Refused { status: 500, code: 131_000 }, "PROVIDER_UNAVAILABLE"),
        (page(502), "PROVIDER_UNAVAILABLE"),
        (page(200), "PROVIDER_UNAVAILABLE"),
        (Answer::Silence, "PROVIDER_UNAVAILABLE"),
    ] {
        for (mutation, said) in [("submitTemplate", &about), ("syncTemplates", &account)] {
            bed.graph.answers([answer.clone()]);
            let refused = bed.does(&owner, mutation, said).await;
            assert_eq!(code(&refused).0, expected, "{mutation} {answer:?}: {refused}");
            assert_eq!(refused["position"], Value::Null);
        }
    }
    assert_eq!(bed.events().await, told);

    // Without what WhatsApp knows the business by nobody is asked; and a draft needs none.
    let remove = format!("mutation {{ removeWhatsappCredentials(input: {{ {account} }}) {{ stale }} }}");
    bed.ask(&owner, &remove).await;
    let asked = bed.graph.asked().len();
    for (mutation, said, field) in [("submitTemplate", &about, "templateId"), ("syncTemplates", &account, "channelId")]
    {
        assert_eq!(code(&bed.does(&owner, mutation, said).await), ("WRONG_STATUS", field));
    }
    let deleted = bed.does(&owner, "deleteTemplate", &about).await;
    assert_eq!(deleted["template"]["status"], "DELETED", "{deleted}");
    assert_eq!(code(&bed.does(&owner, "submitTemplate", &about).await), ("WRONG_STATUS", "templateId"));
    assert_eq!(bed.graph.asked().len(), asked);
    bed.serving.stop().await.unwrap();
}
