//! Whoever says that she is somebody else, and answers that lead elsewhere.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::json;

use super::{ADA, Bed, NOW, is_unavailable, other};
use crate::oidc::Failure;
use crate::oidc::simulator::{IssuerSimulator, Key, TOKEN};

#[tokio::test]
async fn what_is_not_said_by_the_issuer_to_us_now_is_not_believed() {
    let bed = Bed::new().await;
    for claims in [
        json!({ "aud": "others" }),
        json!({ "aud": ["desk", "others"] }),
        json!({ "iss": "https://evil.example" }),
        json!({ "exp": NOW - 3_600 }),
        json!({ "exp": null }),
        json!({ "iat": NOW + 3_600 }),
        json!({ "nonce": null }),
        json!({ "nonce": "another" }),
    ] {
        bed.simulator.says(&claims);
        assert!(matches!(bed.address().await, Err(Failure::Unproven(_))), "{claims}");
    }
    for claims in [json!({ "email": null }), json!({ "email_verified": false }), json!({ "email_verified": null })] {
        bed.simulator.says(&claims);
        assert!(matches!(bed.address().await, Err(Failure::NoAddress(_))), "{claims}");
    }
    bed.simulator.says(&json!({}));
    assert_eq!(bed.address().await.as_deref(), Ok(ADA), "the control");
}

#[tokio::test]
async fn what_is_signed_by_nobody_by_others_or_with_what_both_know_is_not_believed() {
    let bed = Bed::new().await;
    bed.simulator.signs_with(None);
    assert_eq!(bed.address().await, Err(Failure::Unproven("can't be read, or is not signed")));
    // The issuer's key by its name, and not by what it is.
    bed.simulator.signs_with(Some(Key::ed25519(2).unwrap().called("key-1")));
    assert!(matches!(bed.address().await, Err(Failure::Unproven(_))));
    let shared = Key::of("key-1", Algorithm::HS256, EncodingKey::from_secret(super::SECRET.as_bytes())).unwrap();
    bed.simulator.publishes([shared.clone()]);
    bed.simulator.signs_with(Some(shared));
    assert_eq!(bed.address().await, Err(Failure::Unproven("is signed by an algorithm that is not taken")));
}

#[tokio::test]
async fn an_answer_that_leads_elsewhere_is_not_followed_and_one_without_end_is_not_read() {
    let bed = Bed::new().await;
    let elsewhere = IssuerSimulator::start("desk", super::SECRET, NOW).await.unwrap();
    let location = format!("{}{TOKEN}", elsewhere.url());
    bed.simulator.answers(TOKEN, other(307, "", Some(location)));
    assert!(is_unavailable(&bed.address().await));
    assert_eq!(elsewhere.requests(TOKEN), 0, "nobody else is shown our secret");
    bed.simulator.answers(TOKEN, other(200, &format!("{{\"id_token\":\"{}\"}}", "x".repeat(300 << 10)), None));
    assert_eq!(bed.address().await, Err(Failure::Unavailable("its answer has no end".to_owned())));
    // What it says in its own words may be of anybody, and is not told.
    bed.simulator.answers(TOKEN, other(400, "{\"error\":\"ada@example.com\"}", None));
    assert_eq!(bed.address().await, Err(Failure::Unavailable("it answered 400".to_owned())));
}
