//! What people fill in: the client and the simulator, each written from Meta's documentation alone, understand each other.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use url::Url;

use super::simulator::{Ad, Fault, Fill, Mishap, Settings, Simulator};
use super::*;

const TOKEN: &str = "EAAGm0PX4ZCpsBAKtoken";
const PAGE: &str = "138124712925158";
const FORM: &str = "172036835026334";

async fn simulator() -> Simulator {
    let simulator = Simulator::start(Settings::default()).await.unwrap();
    simulator.has_page(TOKEN, PAGE, "Saffron Sofas");
    simulator.has_form(PAGE, FORM, "Spring").unwrap();
    simulator
}

fn token() -> AccessToken {
    AccessToken::parse(&SecretString::from(TOKEN)).unwrap()
}

fn graph(simulator: &Simulator) -> Graph {
    Graph::new(&Url::parse(&simulator.url()).unwrap(), "v24.0", Duration::from_secs(20)).unwrap()
}

#[tokio::test]
async fn a_lead_reads_as_it_was_filled_in() {
    let (simulator, token) = (simulator().await, token());
    let graph = graph(&simulator);
    let fill = Fill {
        answers: vec![
            ("full_name".to_owned(), json!("Zoë Müller")),
            ("phone_number".to_owned(), json!("+393331234567")),
            ("ce_culoare_vrei?".to_owned(), json!(["roșu", "verde"])),
            ("left_out".to_owned(), json!(null)),
        ],
        consents: vec![("news".to_owned(), true), ("calls".to_owned(), false)],
        ad: Some(Ad { campaign_id: "33".to_owned(), adset_id: "32".to_owned(), ad_id: "31".to_owned() }),
        created: Some(1_763_712_000),
    };
    let id = simulator.fills_in_silently(FORM, fill).unwrap();
    let lead = graph.lead(&token, &id).await.unwrap();
    assert_eq!((lead.name().as_deref(), lead.phones().next()), (Some("Zoë Müller"), Some("+393331234567")));
    assert_eq!(lead.created_time.as_deref(), Some("2025-11-21T08:00:00+0000"));
    let ids =
        [&lead.form_id, &lead.campaign_id, &lead.adset_id, &lead.ad_id].map(|id| id.as_deref().unwrap_or_default());
    assert_eq!(ids, [FORM, "33", "32", "31"]);
    assert_eq!((lead.answers[2].values.len(), lead.answers[3].values.len()), (2, 0));
    assert_eq!(lead.consents.iter().map(|consent| consent.is_ticked).collect::<Vec<_>>(), [true, false]);
    let organic = simulator.fills_in_silently(FORM, Fill::answering(&[("email", "zoe@example.com")])).unwrap();
    let organic = graph.lead(&token, &organic).await.unwrap();
    assert_eq!((organic.ad_id.as_deref(), organic.emails().next()), (None, Some("zoe@example.com")));
    assert!(simulator.loses_lead(&id));
    let Err(CallFailure::Refused(gone)) = graph.lead(&token, &id).await else { panic!("it is gone") };
    assert_eq!((gone.code, gone.subcode, gone.of_lead()), (100, Some(33), LeadClass::Gone));
}

#[tokio::test]
async fn all_leads_of_all_forms_are_found() {
    let (simulator, token) = (simulator().await, token());
    let graph = graph(&simulator);
    for nth in 0..150_i64 {
        simulator.has_form(PAGE, &format!("9{nth:03}"), "Another").unwrap();
        let fill = Fill { created: Some(1_000 + nth), ..Fill::answering(&[("email", "zoe@example.com")]) };
        simulator.fills_in_silently(FORM, fill).unwrap();
    }
    let (mut forms, mut after) = (Vec::new(), None);
    loop {
        let page = graph.lead_forms(&token, PAGE, after.as_deref()).await.unwrap();
        forms.extend(page.forms);
        after = page.after;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((forms.len(), &*forms[0].id), (151, FORM));
    for (since, expected) in [(None, 150), (Some(1_099), 50)] {
        let (mut leads, mut after) = (std::collections::BTreeSet::new(), None);
        loop {
            let page = graph.leads(&token, FORM, since, after.as_deref()).await.unwrap();
            leads.extend(page.leads.into_iter().map(|lead| lead.id));
            after = page.after;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(leads.len(), expected, "since {since:?}");
    }
}

#[tokio::test]
async fn a_page_is_looked_up_and_its_leads_subscribed_to() {
    let (simulator, token) = (simulator().await, token());
    let graph = graph(&simulator);
    assert_eq!(graph.page(&token, PAGE).await.unwrap().name.as_deref(), Some("Saffron Sofas"));
    for _ in 0..2 {
        graph.subscribe(&token, PAGE, ToldOfPage { leads: true, messages: true }).await.unwrap();
    }
    let Err(CallFailure::Refused(foreign)) = graph.page(&token, "5").await else { panic!("there is no such page") };
    assert_eq!(foreign.of_lead(), LeadClass::Gone);
    simulator.revoke(TOKEN);
    let Err(CallFailure::Refused(over)) = graph.page(&token, PAGE).await else { panic!("the token is over") };
    assert_eq!(over.of_lead(), LeadClass::Credentials);
}

#[tokio::test]
async fn what_goes_wrong_is_understood() {
    let (simulator, token) = (simulator().await, token());
    let graph = graph(&simulator);
    let id = simulator.fills_in_silently(FORM, Fill::answering(&[("email", "zoe@example.com")])).unwrap();
    for mishap in
        [Mishap::Page { status: 502 }, Mishap::ClosedBefore, Mishap::ClosedAfter, Mishap::PageAfter { status: 502 }]
    {
        simulator.plan(Fault::new(mishap.clone()).of_kind("lead"));
        let failed = graph.lead(&token, &id).await;
        assert!(matches!(failed, Err(CallFailure::Unknown { .. })), "{mishap:?}: {failed:?}");
    }
    simulator.plan(Fault::refused(613).of_kind("lead"));
    let Err(CallFailure::Refused(refusal)) = graph.lead(&token, &id).await else { panic!("it was planned") };
    assert!(matches!(refusal.of_lead(), LeadClass::Pace { .. }), "{refusal:?}");
    assert!(graph.lead(&token, &id).await.is_ok());
}
