//! Against the simulator, over HTTP.

use super::*;
use crate::email::message::tests::email;
use crate::email::simulator::{Answer, ResendSimulator};

const KEY: &str = "re_a_key";

fn resend(simulator: &ResendSimulator, key: &str) -> Resend {
    Resend::new(&Url::parse(&simulator.url()).unwrap(), SecretString::from(key)).unwrap()
}

#[tokio::test]
async fn a_letter_is_taken_as_it_was_written() {
    let simulator = ResendSimulator::start(KEY).await.unwrap();
    let letter = email("ada@example.com");
    resend(&simulator, KEY).send(&letter).await.unwrap();
    let taken = simulator.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].key, letter.id.to_string());
    assert_eq!(
        taken[0].letter,
        json!({
            "from": "LeadFlow <desk@example.com>",
            "to": ["ada@example.com"],
            "subject": "Caffè",
            "text": letter.text,
            "html": letter.html,
            "headers": { "Auto-Submitted": "auto-generated" },
        })
    );
}

#[tokio::test]
async fn a_letter_that_is_sent_again_is_taken_once() {
    let simulator = ResendSimulator::start(KEY).await.unwrap();
    let resend = resend(&simulator, KEY);
    for _ in 0..3 {
        resend.send(&email("ada@example.com")).await.unwrap();
    }
    assert_eq!((simulator.requests(), simulator.taken().len()), (3, 1));
    let other = Email { text: "Another text".to_owned(), ..email("ada@example.com") };
    let refused = resend.send(&other).await.unwrap_err();
    assert_eq!(refused, Failure::never("the mail service answered 409 invalid_idempotent_request"));
}

#[tokio::test]
async fn a_key_that_is_not_theirs_is_for_an_operator_to_see_to() {
    let simulator = ResendSimulator::start(KEY).await.unwrap();
    let refused = resend(&simulator, "re_another").send(&email("ada@example.com")).await.unwrap_err();
    assert_eq!(refused, Failure::refused("the mail service answered 403 invalid_api_key"));
    assert!(simulator.taken().is_empty());
}

#[tokio::test]
async fn each_refusal_says_what_follows_and_repeats_no_address() {
    let simulator = ResendSimulator::start(KEY).await.unwrap();
    let resend = resend(&simulator, KEY);
    let later = |reason: &str| Failure::later(format!("the mail service answered {reason}"));
    let refused = |reason: &str| Failure::refused(format!("the mail service answered {reason}"));
    let never = |reason: &str| Failure::never(format!("the mail service answered {reason}"));
    for (status, name, expected) in [
        (500, "application_error", later("500 application_error")),
        (503, "internal_server_error", later("503 internal_server_error")),
        (408, "timeout", later("408 timeout")),
        (409, "concurrent_idempotent_requests", later("409 concurrent_idempotent_requests")),
        (401, "missing_api_key", refused("401 missing_api_key")),
        (403, "validation_error", refused("403 validation_error")),
        (422, "invalid_from_address", refused("422 invalid_from_address")),
        (404, "not_found", refused("404 not_found")),
        (422, "validation_error", never("422 validation_error")),
        (400, "validation_error", never("400 validation_error")),
        (451, "Hello <ada@example.com>", never("451")),
    ] {
        simulator.answers([Answer::Refused { status, name, retry_after: None }]);
        assert_eq!(resend.send(&email("ada@example.com")).await.unwrap_err(), expected);
    }
    simulator.answers([Answer::Refused { status: 429, name: "rate_limit_exceeded", retry_after: Some(7) }]);
    let failed = resend.send(&email("ada@example.com")).await.unwrap_err();
    let after = Some(Duration::from_secs(7));
    assert_eq!(
        failed,
        Failure::Later { reason: "the mail service answered 429 rate_limit_exceeded".to_owned(), after }
    );
    assert!(simulator.taken().is_empty());
}

#[tokio::test]
async fn the_key_goes_nowhere_else_and_pages_are_no_answers() {
    let (simulator, elsewhere) =
        (ResendSimulator::start(KEY).await.unwrap(), ResendSimulator::start(KEY).await.unwrap());
    let location = Some(format!("{}/emails", elsewhere.url()));
    simulator.answers([
        Answer::Other { status: 307, body: "", location },
        Answer::Other { status: 502, body: "<html>Bad gateway</html>", location: None },
        Answer::Other { status: 403, body: "error code: 1010", location: None },
    ]);
    let resend = resend(&simulator, KEY);
    let mut failures = Vec::new();
    for _ in 0..3 {
        failures.push(resend.send(&email("ada@example.com")).await.unwrap_err());
    }
    assert_eq!(
        failures,
        [
            Failure::refused("the mail service answered 307"),
            Failure::later("the mail service answered 502"),
            Failure::refused("the mail service answered 403"),
        ]
    );
    assert_eq!(elsewhere.requests(), 0);
}

#[tokio::test]
async fn nobody_who_answers_is_for_later() {
    let simulator = ResendSimulator::start(KEY).await.unwrap();
    let resend = resend(&simulator, KEY);
    // Its port is free once it is gone.
    let gone = simulator.url();
    drop(simulator);
    while reqwest::get(&gone).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let failed = resend.send(&email("ada@example.com")).await.unwrap_err();
    assert!(matches!(failed, Failure::Later { .. }), "{failed}");
    assert!(!failed.to_string().contains("ada"), "{failed}");
}

#[test]
fn a_key_is_sent_in_clear_on_this_machine_alone() {
    let made = |base: &str| Resend::new(&Url::parse(base).unwrap(), SecretString::from(KEY));
    for base in [
        "https://api.resend.com",
        "https://mail.example/api/",
        "http://127.0.0.1:8025",
        "http://localhost:1",
        "http://[::1]:1",
    ] {
        assert!(made(base).is_ok(), "{base}");
    }
    for base in ["http://api.resend.com", "http://10.0.0.1", "ftp://127.0.0.1", "mailto:ada@example.com"] {
        assert_eq!(made(base).unwrap_err(), NotAnApi::Unreadable, "{base}");
    }
    assert_eq!(made("https://mail.example/api/").unwrap().emails.as_str(), "https://mail.example/api/emails");
    assert!(!format!("{:?}", made("https://api.resend.com").unwrap()).contains(KEY));
}
