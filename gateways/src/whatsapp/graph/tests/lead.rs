//! What people filled in is read one by one and page by page; forms are listed, and a page's leads told of.

use serde_json::{Value, json};

use super::server::{Server, Then};
use super::*;

const PAGE_ID: &str = "138124712925158";
const FORM: &str = "172036835026334";

fn lead(id: &str) -> Value {
    json!({ "id": id, "created_time": "2026-02-28T08:49:14+0000", "form_id": FORM, "ad_id": "31", "adset_id": "32",
            "campaign_id": "33", "field_data": [{ "name": "email", "values": ["nora@example.com"] }] })
}

#[tokio::test]
async fn a_lead_is_read_whatever_is_missing_or_odd() {
    let odd = json!({ "id": 7, "ad_id": "0", "is_organic": true, "field_data": [
        { "name": "first_name", "values": ["  "] }, { "name": "last_name", "values": ["Winter"] },
        { "name": "interests", "values": ["sofas", 5, null, "beds"] }, { "name": "nothing" }, { "name": "empty", "values": [] },
        { "values": ["without a key"] }, 7,
        { "name": "phone_number", "values": ["not yet", "+39 333 123 4567"] } ],
        "custom_disclaimer_responses": [ { "checkbox_key": "news", "is_checked": "1" }, { "checkbox_key": "calls", "is_checked": "" },
            { "checkbox_key": "terms", "is_checked": true }, { "checkbox_key": "unsaid" } ] });
    let server = Server::answering([lead("5"), odd, lead("8"), json!({}), json!([])]).await;
    let graph = graph_at(&server.url);
    let read = graph.lead(&token(TOKEN), "5").await.unwrap();
    let id = |id: &str| Some(id.to_owned());
    assert_eq!((read.ad_id.clone(), read.adset_id.clone(), read.campaign_id.clone()), (id("31"), id("32"), id("33")));
    assert_eq!((read.form_id.as_deref(), read.created_time.as_deref()), (Some(FORM), Some("2026-02-28T08:49:14+0000")));
    assert_eq!(
        (read.emails().collect::<Vec<_>>(), read.name(), read.is_test()),
        (vec!["nora@example.com"], None, false)
    );
    let odd = graph.lead(&token(TOKEN), "7").await.unwrap();
    let answers: Vec<_> = odd.answers.iter().map(|answer| (&*answer.key, answer.values.join("|"))).collect();
    let expected = [
        ("first_name", "  "),
        ("last_name", "Winter"),
        ("interests", "sofas|5|beds"),
        ("nothing", ""),
        ("empty", ""),
        ("phone_number", "not yet|+39 333 123 4567"),
    ];
    assert_eq!(answers, expected.map(|(key, values)| (key, values.to_owned())));
    assert_eq!((odd.name().as_deref(), odd.ad_id.as_deref()), (Some("Winter"), None));
    assert_eq!(odd.phones().collect::<Vec<_>>(), ["not yet", "+39 333 123 4567"]);
    let consents: Vec<_> = odd.consents.iter().map(|consent| (&*consent.key, consent.is_ticked)).collect();
    assert_eq!(consents, [("news", true), ("calls", false), ("terms", true), ("unsaid", false)]);
    for _ in 0..3 {
        let another = graph.lead(&token(TOKEN), "9").await;
        assert!(matches!(another, Err(CallFailure::Unknown { .. })), "{another:?}");
    }
    assert!(matches!(graph.lead(&token(TOKEN), "me").await, Err(CallFailure::NeverValid { .. })));
    let heard = server.heard();
    let fields = "created_time%2Cid%2Cad_id%2Cadset_id%2Ccampaign_id%2Cform_id%2Cis_organic%2Cplatform%2Cfield_data%2Ccustom_disclaimer_responses";
    assert_eq!(heard[0].line(), format!("GET /v24.0/5?fields={fields} HTTP/1.1"));
    assert_eq!(heard[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
}

#[tokio::test]
async fn a_form_s_leads_come_page_by_page_and_one_that_is_odd_is_counted() {
    let elsewhere = Server::start([]).await;
    let paging = json!({ "cursors": { "after": "Q=" }, "next": format!("{}/?access_token={TOKEN}", elsewhere.url) });
    let server = Server::answering([
        json!({ "data": [lead("1"), { "field_data": [] }, lead("2")], "paging": paging }),
        json!({ "data": [lead("3")], "paging": { "cursors": { "after": "R" } } }),
        json!({ "data": [], "paging": paging }),
        json!({ "data": [], "paging": { "next": "x" } }),
        json!({ "paging": {} }),
    ])
    .await;
    let graph = graph_at(&server.url);
    let first = graph.leads(&token(TOKEN), FORM, Some(1_763_712_000), None).await.unwrap();
    assert_eq!((first.leads.len(), first.unreadable, first.after.as_deref()), (2, 1, Some("Q=")));
    let second = graph.leads(&token(TOKEN), FORM, None, Some("Q=")).await.unwrap();
    assert_eq!((&*second.leads[0].id, second.after), ("3", None));
    for why in ["in a circle", "without a mark", "without a list"] {
        let odd = graph.leads(&token(TOKEN), FORM, None, Some("Q=")).await;
        assert!(matches!(odd, Err(CallFailure::Unknown { .. })), "{why}: {odd:?}");
    }
    let heard = server.heard();
    assert!(heard[0].line().contains("filtering=%5B%7B%22field%22%3A%22time_created%22%2C%22operator%22%3A%22GREATER_THAN%22%2C%22value%22%3A1763712000%7D%5D"));
    assert!(heard[1].line().ends_with("&limit=100&after=Q%3D HTTP/1.1"));
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn forms_are_listed_and_a_page_s_leads_told_of() {
    let server = Server::answering([
        json!({ "id": PAGE_ID, "name": "Saffron Sofas" }),
        json!({ "id": "1" }),
        json!({ "success": "true" }),
        json!({ "success": false }),
        json!({ "data": [{ "id": 5, "name": "Spring" }, { "id": "6" }] }),
        json!({ "data": [{ "name": "Spring" }] }),
    ])
    .await;
    let (graph, token) = (graph_at(&server.url), token(TOKEN));
    assert_eq!(graph.page(&token, PAGE_ID).await.unwrap().name.as_deref(), Some("Saffron Sofas"));
    assert!(matches!(graph.page(&token, PAGE_ID).await, Err(CallFailure::Unknown { .. })), "another page");
    let leads = ToldOfPage { leads: true, messages: false };
    graph.subscribe(&token, PAGE_ID, leads).await.unwrap();
    let all = ToldOfPage { leads: true, messages: true };
    assert!(matches!(graph.subscribe(&token, PAGE_ID, all).await, Err(CallFailure::Unknown { .. })));
    let forms = graph.lead_forms(&token, PAGE_ID, None).await.unwrap();
    assert_eq!(forms.forms.iter().map(|form| &*form.id).collect::<Vec<_>>(), ["5", "6"]);
    let odd = graph.lead_forms(&token, PAGE_ID, None).await;
    assert!(matches!(odd, Err(CallFailure::Unknown { .. })), "{odd:?}");
    let lines: Vec<String> = server.heard().iter().map(|heard| heard.line().to_owned()).collect();
    assert_eq!(lines[0], format!("GET /v24.0/{PAGE_ID}?fields=id%2Cname HTTP/1.1"));
    assert_eq!(lines[2], format!("POST /v24.0/{PAGE_ID}/subscribed_apps?subscribed_fields=leadgen HTTP/1.1"));
    let messages = "messages%2Cmessage_echoes%2Cmessage_reactions%2Cmessage_edits%2Cmessage_deliveries%2Cmessage_reads";
    let fields = format!("leadgen%2C{messages}%2Cmessaging_postbacks%2Cmessaging_referrals");
    assert_eq!(lines[3], format!("POST /v24.0/{PAGE_ID}/subscribed_apps?subscribed_fields={fields} HTTP/1.1"));
    assert_eq!(lines[4], format!("GET /v24.0/{PAGE_ID}/leadgen_forms?fields=id%2Cname&limit=100 HTTP/1.1"));
    for vain in ["", "me", "1/2"] {
        assert!(matches!(graph.page(&token, vain).await, Err(CallFailure::NeverValid { .. })), "{vain:?}");
        assert!(matches!(graph.lead_forms(&token, vain, None).await, Err(CallFailure::NeverValid { .. })), "{vain:?}");
    }
}

#[tokio::test]
async fn what_follows_from_a_refusal_is_in_its_code() {
    let minutes = |minutes: u64| LeadClass::Pace { at_least: Duration::from_secs(60 * minutes) };
    let codes = [
        (100, LeadClass::Gone),
        (33, LeadClass::Gone),
        (190, LeadClass::Credentials),
        (102, LeadClass::Credentials),
        (0, LeadClass::Credentials),
        (10, LeadClass::Credentials),
        (200, LeadClass::Credentials),
        (299, LeadClass::Credentials),
        (4, minutes(5)),
        (17, minutes(5)),
        (32, minutes(5)),
        (613, minutes(5)),
        (80_005, minutes(5)),
        (1, LeadClass::Later),
        (2, LeadClass::Later),
        (999_999, LeadClass::Later),
    ];
    for (code, class) in codes {
        let refused = json!({ "error": { "code": code, "error_subcode": 33, "message": TOKEN } }).to_string();
        let server = Server::start([Then::Answer(400, refused)]).await;
        let failed = graph_at(&server.url).lead(&token(TOKEN), "5").await.unwrap_err();
        let CallFailure::Refused(refusal) = &failed else { panic!("{failed:?}") };
        assert_eq!(refusal.of_lead(), class, "{code}");
        assert!(!format!("{failed:?} {failed}").contains(TOKEN), "{failed:?}");
    }
    let refused = json!({ "error": { "code": 80_005 } }).to_string();
    let server = Server::start([Then::With(400, "Retry-After: 1200\r\n".to_owned(), refused)]).await;
    let CallFailure::Refused(refusal) = graph_at(&server.url).lead(&token(TOKEN), "5").await.unwrap_err() else {
        panic!()
    };
    assert_eq!(refusal.of_lead(), minutes(20));
}
