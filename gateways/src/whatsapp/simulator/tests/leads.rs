//! Lead forms: filled in, told of, read one by one and page by page, and gone.

use super::*;

const PAGE: &str = "138124712925158";
const FORM: &str = "172036835026334";

async fn bed() -> Bed {
    let bed = Bed::new().await;
    bed.simulator.has_page(TOKEN, PAGE, "Saffron Sofas");
    bed.simulator.has_form(PAGE, FORM, "Spring").unwrap();
    bed
}

impl Bed {
    async fn posts(&self, path: &str) -> Answered {
        answered(self.client.post(self.at(path)).bearer_auth(TOKEN)).await
    }

    async fn subscribes(&self) {
        let done = self.posts(&format!("{PAGE}/subscribed_apps?subscribed_fields=leadgen")).await;
        assert_eq!(done, (200, json!({ "success": true })));
    }
}

fn nora() -> Fill {
    let ad = Ad { campaign_id: "33".to_owned(), adset_id: "32".to_owned(), ad_id: "31".to_owned() };
    Fill {
        consents: vec![("news".to_owned(), true), ("calls".to_owned(), false)],
        ad: Some(ad),
        created: Some(1_763_712_000),
        ..Fill::answering(&[("full_name", "Nora Winter"), ("email", "nora@example.com")])
    }
}

#[tokio::test]
async fn what_is_filled_in_is_told_of_by_its_ids_alone_and_read() {
    let bed = bed().await;
    let unheard = bed.simulator.fills_in(FORM, nora()).await.unwrap();
    assert_eq!(unheard.posted, Posted::Nowhere, "nobody has subscribed");
    bed.subscribes().await;
    let Filled { lead_id, posted } = bed.simulator.fills_in(FORM, nora()).await.unwrap();
    assert_eq!(posted, Posted::Answered(200));
    let told = bed.business.takes(1).await;
    assert_eq!((&told[0]["object"], &told[0]["entry"][0]["id"]), (&json!("page"), &json!(PAGE)));
    let expected = json!({ "leadgen_id": lead_id, "page_id": PAGE, "form_id": FORM, "created_time": 1_763_712_000,
                           "ad_id": "31", "adgroup_id": "32" });
    assert_eq!(value(&told[0]), &expected);
    assert!(!told[0].to_string().contains("Nora"));
    let (status, lead) =
        bed.gets(&format!("{lead_id}?fields=created_time,id,campaign_id,field_data,custom_disclaimer_responses")).await;
    let expected = json!({ "id": lead_id, "created_time": "2025-11-21T08:00:00+0000", "campaign_id": "33",
        "field_data": [{ "name": "full_name", "values": ["Nora Winter"] }, { "name": "email", "values": ["nora@example.com"] }],
        "custom_disclaimer_responses": [{ "checkbox_key": "news", "is_checked": "1" }, { "checkbox_key": "calls", "is_checked": "" }] });
    assert_eq!((status, lead), (200, expected));
    assert_eq!(code(&bed.gets(&format!("{lead_id}?fields=phone")).await), (400, 100));
    bed.simulator.tells_of_leads(&[&lead_id, &lead_id]).await.unwrap();
    assert_eq!(bed.business.takes(2).await[1]["entry"].as_array().unwrap().len(), 2);
    assert!(bed.simulator.loses_lead(&lead_id) && !bed.simulator.loses_lead(&lead_id));
    let gone = bed.gets(&lead_id).await;
    assert_eq!((code(&gone), &gone.1["error"]["error_subcode"]), ((400, 100), &json!(33)));
    let nobody = bed.simulator.fills_in("7", nora()).await;
    assert_eq!(nobody, Err(NotTold::NoForm("7".to_owned())));
    assert_eq!(bed.simulator.tells_of_leads(&[&lead_id]).await, Err(NotTold::NoLead(lead_id)));
}

#[tokio::test]
async fn a_form_s_leads_are_listed_newest_first_page_by_page() {
    let bed = bed().await;
    let mut filled = Vec::new();
    for created in [1_000, 2_000, 3_000] {
        let fill = Fill { created: Some(created), ..nora() };
        filled.push(bed.simulator.fills_in_silently(FORM, fill).unwrap());
    }
    filled.reverse();
    let ids = |said: &Value| {
        said["data"].as_array().unwrap().iter().map(|lead| lead["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (_, first) = bed.gets(&format!("{FORM}/leads?limit=2")).await;
    assert_eq!(ids(&first), filled[..2]);
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let (_, second) = bed.gets(&format!("{FORM}/leads?limit=2&after={after}")).await;
    assert_eq!((ids(&second), second["paging"].get("next")), (filled[2..].to_vec(), None));
    let filter =
        "%5B%7B%22field%22%3A%22time_created%22%2C%22operator%22%3A%22GREATER_THAN%22%2C%22value%22%3A1999%7D%5D";
    let (_, since) = bed.gets(&format!("{FORM}/leads?filtering={filter}")).await;
    assert_eq!(ids(&since), filled[..2]);
    for odd in ["limit=0", "limit=501", "after=x", "filtering=x", "filtering=%5B%5D"] {
        assert_eq!(code(&bed.gets(&format!("{FORM}/leads?{odd}")).await), (400, 100), "{odd}");
    }
    let (_, forms) = bed.gets(&format!("{PAGE}/leadgen_forms?fields=id,name")).await;
    assert_eq!(forms["data"], json!([{ "id": FORM, "name": "Spring" }]));
}

#[tokio::test]
async fn a_token_reaches_its_own_pages_and_what_goes_wrong_is_planned() {
    let bed = bed().await;
    let lead = bed.simulator.fills_in_silently(FORM, nora()).unwrap();
    bed.simulator.reaches("another", number(), "N");
    for path in [PAGE.to_owned(), format!("{PAGE}/leadgen_forms"), format!("{FORM}/leads"), lead.clone()] {
        let foreign = answered(bed.client.get(bed.at(&path)).bearer_auth("another")).await;
        assert_eq!(code(&foreign), (400, 100), "{path}");
    }
    assert_eq!(code(&bed.posts(&format!("{PAGE}/subscribed_apps?subscribed_fields=feed")).await), (400, 100));
    for (kind, path) in [
        ("lead", lead),
        ("leads", format!("{FORM}/leads")),
        ("lead_forms", format!("{PAGE}/leadgen_forms")),
        ("page", PAGE.to_owned()),
    ] {
        bed.simulator.plan(Fault::refused(80_005).of_kind(kind));
        assert_eq!(code(&bed.gets(&path).await), (400, 80_005), "{kind}");
        assert_eq!(bed.gets(&path).await.0, 200, "{kind}");
    }
}

#[tokio::test]
async fn a_test_lead_is_told_of_as_any_other() {
    let bed = bed().await;
    bed.subscribes().await;
    let (status, made) = bed.posts(&format!("{FORM}/test_leads")).await;
    assert_eq!(status, 200, "{made}");
    let told = bed.business.takes(1).await;
    assert_eq!(value(&told[0])["leadgen_id"], made["id"]);
    let (_, lead) = bed.gets(&format!("{}?fields=field_data", made["id"].as_str().unwrap())).await;
    assert_eq!(lead["field_data"][0]["values"][0], "<test lead: dummy data for full_name>");
    assert_eq!(code(&bed.posts("7/test_leads").await), (400, 100));
}
