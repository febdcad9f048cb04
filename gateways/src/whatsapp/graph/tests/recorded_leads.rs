//! What Meta really answered, where it is at hand.

use std::path::Path;

use serde_json::Value;

use super::server::{Server, Then};
use super::*;

/// By the name of a recording: how many answers, boxes and ticked boxes it has, and of them names, addresses and phones.
const LEADS: [(&str, [usize; 3], [usize; 3]); 2] =
    [("graph_lead_docs_sample.json", [4, 0, 0], [1, 1, 0]), ("graph_lead_full_disclaimers.json", [3, 2, 1], [1, 0, 1])];

/// By the name of a recording: what follows.
const REFUSALS: [(&str, LeadClass); 1] = [("graph_error_100_33_not_accessible.json", LeadClass::Gone)];

#[tokio::test]
async fn every_recorded_answer_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures/leadgen");
    if !folder.is_dir() {
        eprintln!("SKIPPED: {} is not here, so nothing that was really answered is tried", folder.display());
        return;
    }
    let recorded = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}")))
            .unwrap()
    };
    for (name, [answers, boxes, ticked], known_by) in LEADS {
        let mut told = recorded(name);
        // Some samples have a word in the place of an id.
        told["id"] = "1459076748710713".into();
        let server = Server::answering([told]).await;
        let lead = graph_at(&server.url).lead(&token(TOKEN), "1459076748710713").await.unwrap();
        let is_ticked = lead.consents.iter().filter(|consent| consent.is_ticked).count();
        assert_eq!([lead.answers.len(), lead.consents.len(), is_ticked], [answers, boxes, ticked], "{name}");
        let found = [usize::from(lead.name().is_some()), lead.emails().count(), lead.phones().count()];
        assert_eq!((found, lead.is_test()), (known_by, false), "{name}");
    }
    for (name, class) in REFUSALS {
        let server = Server::start([Then::Answer(400, recorded(name).to_string())]).await;
        let failed = graph_at(&server.url).lead(&token(TOKEN), "444444444444").await.unwrap_err();
        let CallFailure::Refused(refusal) = failed else { panic!("{name}: {failed:?}") };
        assert_eq!(refusal.of_lead(), class, "{name}");
    }
    let server = Server::answering([recorded("subscribed_apps_response.json")]).await;
    let leads = ToldOfPage { leads: true, messages: false };
    graph_at(&server.url).subscribe(&token(TOKEN), "138124712925158", leads).await.unwrap();
}
