//! All that can be said to a simulator can be said over HTTP.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

impl Bed {
    fn directing(&self, path: &str) -> String {
        format!("{}/_simulator/{path}", self.simulator.url())
    }

    /// The HTTP status, and what was said if anything was.
    async fn directs(&self, path: &str, said: &Value) -> Answered {
        let answer = self.client.post(self.directing(path)).json(said).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn looks(&self, path: &str) -> Value {
        let (status, said) = answered(self.client.get(self.directing(path))).await;
        assert_eq!(status, 200);
        said
    }

    async fn deletes_at(&self, path: &str) {
        assert_eq!(self.client.delete(self.directing(path)).send().await.unwrap().status().as_u16(), 204);
    }
}

#[tokio::test]
async fn a_conversation_is_played_over_http() {
    let bed = Bed::with(Settings::default()).await;
    let done = (204, Value::Null);
    let number = json!({ "token": "EAAGnew", "phone_number_id": "7", "waba_id": "8", "display_phone": "49", "verified_name": "N" });
    assert_eq!(bed.directs("numbers", &number).await, done);
    let (status, said) =
        bed.directs("customers", &json!({ "number": "7", "phone": ADA, "name": "Ada", "text": "Hello" })).await;
    assert_eq!((status, &said["posted"]["answered"]), (200, &json!(200)));
    let sends = |text: &str| {
        let mut said = super::text(text);
        said["biz_opaque_callback_data"] = json!("ours");
        answered(bed.client.post(bed.at("7/messages")).bearer_auth("EAAGnew").json(&said))
    };
    let (_, answer) = sends("Hi").await;
    let wamid = &answer["messages"][0]["id"];
    let script = json!({ "customer": ADA, "on": "delivered", "texts": ["Thanks"], "after": [0, 0] });
    assert_eq!(bed.directs("scripts", &script).await, done);
    let statuses =
        json!([{ "wamid": wamid, "status": "delivered" }, { "wamid": wamid, "status": "failed", "code": 131_000 }]);
    assert_eq!(bed.directs("statuses", &statuses).await, (200, json!({ "posted": { "answered": 200 } })));
    let told = bed.business.takes(3).await;
    assert_eq!(value(&told[2])["messages"][0]["text"]["body"], "Thanks");
    bed.directs("faults", &json!({ "kind": "text", "mishap": { "refused": { "code": 131_056 } } })).await;
    assert_eq!(code(&sends("Hi").await), (400, 131_056));
    bed.directs("faults", &json!({ "times": 5, "mishap": { "page": { "status": 502 } } })).await;
    bed.deletes_at("faults").await;
    bed.directs("outage", &json!({ "lasts": true })).await;
    assert_eq!(code(&sends("Hi").await), (503, 2));
    bed.directs("outage", &json!({ "lasts": false })).await;
    bed.directs("clock", &json!({ "seconds": 86_400 })).await;
    assert_eq!(code(&sends("Hi").await), (400, 131_047));
    bed.directs("windows", &json!({ "number": "7", "phone": ADA })).await;
    assert_eq!(sends("Hi").await.0, 200);
    bed.directs("nowhere", &json!({ "phone": ADA })).await;
    assert_eq!(code(&sends("Hi").await), (400, 131_026));
    let accepted = bed.looks("accepted").await;
    assert_eq!((&accepted[0]["wamid"], &accepted[0]["told"]), (wamid, &json!(["delivered", "failed"])));
    assert_eq!(bed.looks("accepted?from=1").await.as_array().unwrap().len(), 1);
    let requests = bed.looks("requests").await;
    assert_eq!(requests[1]["outcome"], json!({ "refused": 131_056 }));
    let counts = bed.looks("counts").await;
    assert_eq!((&counts["accepted"], &counts["accepted_twice"]), (&json!(2), &json!({ "ours": 2 })));
    assert_eq!(bed.looks("posts").await.as_array().unwrap().len(), 3);
    bed.deletes_at("tokens/EAAGnew").await;
    assert_eq!(code(&sends("Hi").await), (401, 190));
    bed.deletes_at("seen").await;
    assert_eq!(bed.looks("accepted").await, json!([]));
}

#[tokio::test]
async fn templates_and_media_are_directed_over_http() {
    let bed = Bed::new().await;
    let template = json!({ "name": "a", "language": "en", "category": "UTILITY", "components": [{ "type": "BODY", "text": "Hi" }] });
    let at = bed.at(&format!("{ACCOUNT}/message_templates"));
    let (_, created) = answered(bed.client.post(at).bearer_auth(TOKEN).json(&template)).await;
    let path = format!("templates/{}", created["id"].as_str().unwrap());
    for (update, field) in [
        (json!({ "status": { "event": "APPROVED", "reason": "NONE" } }), "event"),
        (json!({ "quality": "RED" }), "new_quality_score"),
        (json!({ "category": "MARKETING" }), "new_category"),
    ] {
        assert_eq!(bed.directs(&path, &update).await.0, 200);
        let told = bed.looks("posts").await.as_array().unwrap().len();
        assert!(value(bed.business.takes(told).await.last().unwrap())[field].is_string(), "{field}");
    }
    assert_eq!(bed.directs("templates/1", &json!({ "quality": "RED" })).await.0, 404);
    let kept = json!({ "number": NUMBER, "mime_type": "image/png", "base64": STANDARD.encode("a picture") });
    let (_, medium) = bed.directs("media", &kept).await;
    assert_eq!(bed.gets(medium["id"].as_str().unwrap()).await.1["file_size"], 9);
    let image = json!({ "type": "image", "image": { "id": medium["id"], "mime_type": "image/png", "sha256": medium["sha256"] } });
    let (status, _) = bed.directs("customers", &json!({ "number": NUMBER, "phone": ADA, "content": image })).await;
    assert_eq!(status, 200);
    let last = bed.business.takes(4).await.pop().unwrap();
    assert_eq!(value(&last)["messages"][0]["image"]["id"], medium["id"]);
}

#[tokio::test]
async fn statuses_meet_with_something_over_http() {
    let delays = Delays::Within { sent: 0..=0, delivered: 0..=0, read: None, reviewed: 0..=0 };
    let bed = Bed::with(Settings { windows_open_for_all: true, delays, ..Settings::default() }).await;
    let done = (204, Value::Null);
    assert_eq!(bed.directs("mishaps", &json!({ "doubled": 1_000, "disordered": 1_000 })).await, done);
    bed.sent(&text("a")).await;
    bed.business.takes(4).await;
    assert_eq!(bed.looks("accepted").await[0]["told"], json!(["delivered", "delivered", "sent", "sent"]));
    // What is not said is so no more.
    assert_eq!(bed.directs("mishaps", &json!({})).await, done);
    bed.sent(&text("b")).await;
    bed.business.takes(6).await;
    assert_eq!(bed.looks("accepted").await[1]["told"], json!(["sent", "delivered"]));
    assert_eq!(bed.directs("mishaps", &json!({ "lost": 1_000 })).await, done);
    bed.sent(&text("c")).await;
    let (_, said) = bed.directs("customers", &json!({ "number": NUMBER, "phone": ADA, "text": "Hello" })).await;
    assert_eq!(said["posted"]["answered"], 200);
    assert_eq!(bed.business.takes(7).await.len(), 7, "nothing was told of the last one");
    assert_eq!(bed.looks("accepted").await[2]["told"], json!([]));
}

#[tokio::test]
async fn what_is_said_wrongly_is_refused_and_changes_nothing() {
    let bed = Bed::new().await;
    for (path, said, expected) in [
        ("mishaps", json!({ "lose": 1 }), 422),
        ("mishaps", json!({ "lost": -1 }), 422),
        ("customers", json!({ "number": "7", "phone": ADA, "text": "a" }), 404),
        ("customers", json!({ "number": NUMBER, "phone": ADA }), 400),
        ("customers", json!({ "number": NUMBER, "phone": "Ada", "text": "a" }), 404),
        ("statuses", json!([{ "wamid": "wamid.A", "status": "sent" }]), 404),
        ("statuses", json!([{ "wamid": "wamid.A", "status": "lost" }]), 400),
        ("faults", json!({ "mishap": "explodes" }), 422),
        ("faults", json!({ "numbr": "1", "mishap": "dropped" }), 422),
        ("media", json!({ "number": NUMBER, "mime_type": "image/png", "base64": "?" }), 400),
        ("outage", json!({}), 422),
    ] {
        assert_eq!(bed.directs(path, &said).await.0, expected, "{path} {said}");
    }
    // A page in somebody's browser can't direct it: what it may send without asking is not read.
    let page = bed.client.post(bed.directing("outage")).header("content-type", "text/plain").body("{\"lasts\":true}");
    assert_eq!(page.send().await.unwrap().status().as_u16(), 415);
    bed.sent(&text("a")).await;
    assert_eq!(bed.simulator.accepted().len(), 1);
    assert_eq!(bed.simulator.seen(|seen| seen.posts().len()), 0);
}
