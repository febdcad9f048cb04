//! Which number a token reaches.

use secrecy::SecretString;

use super::super::token::{LONGEST_TOKEN, NotAnAccessToken};
use super::*;
use crate::whatsapp::simulator::{Answer, BusinessNumber, Settings, Simulator};

/// A simulator in which [`TOKEN`] reaches [`NUMBER`].
async fn simulator() -> Simulator {
    let simulator = Simulator::start(Settings::default()).await.unwrap();
    let number = BusinessNumber {
        phone_number_id: NUMBER.to_owned(),
        waba_id: "102290129340398".to_owned(),
        display_phone: "+1 555-078-3881".to_owned(),
    };
    simulator.reaches(TOKEN, number, "Saffron Sofas");
    simulator
}

/// Which of the failures it is, and why.
fn kind(failure: &LookupFailure) -> (&'static str, &str) {
    match failure {
        LookupFailure::Token { reason } => ("token", reason),
        LookupFailure::Number { reason } => ("number", reason),
        LookupFailure::Unavailable { reason } => ("unavailable", reason),
        LookupFailure::Unreadable { reason } => ("unreadable", reason),
    }
}

#[tokio::test]
async fn a_number_is_told_to_whoever_reaches_it() {
    let simulator = simulator().await;
    let graph = graph_at(&simulator.url());
    let found = graph.number(&token(TOKEN), NUMBER).await.unwrap();
    let expected =
        Number { display_phone: Some("+1 555-078-3881".to_owned()), verified_name: Some("Saffron Sofas".to_owned()) };
    assert_eq!(found, expected);
    assert_eq!(simulator.asked(), [format!("/v24.0/{NUMBER}?fields=id,display_phone_number,verified_name")]);
    let wrong = graph.number(&token("EAAGanother"), NUMBER).await.unwrap_err();
    assert_eq!(kind(&wrong), ("token", "401, code 190"));
    let elsewhere = graph.number(&token(TOKEN), "106540352242923").await.unwrap_err();
    assert_eq!(kind(&elsewhere), ("number", "400, code 100"));
}

#[tokio::test]
async fn each_code_says_what_follows_and_no_words_are_repeated() {
    let simulator = simulator().await;
    let graph = graph_at(&simulator.url());
    for (status, code, expected) in [
        (401, 0, "token"),
        (400, 190, "token"),
        (401, 12_345, "token"),
        (500, 3, "number"),
        (403, 10, "number"),
        (403, 200, "number"),
        (403, 299, "number"),
        (400, 33, "number"),
        (400, 100, "number"),
        (403, 368, "number"),
        (403, 131_005, "number"),
        (403, 131_031, "number"),
        (404, 12_345, "number"),
        (400, 1, "unavailable"),
        (503, 2, "unavailable"),
        (400, 4, "unavailable"),
        (400, 80_007, "unavailable"),
        (400, 130_429, "unavailable"),
        (500, 131_000, "unavailable"),
        (500, 131_016, "unavailable"),
        (500, 131_057, "unavailable"),
        (500, 12_345, "unavailable"),
        (429, 12_345, "unavailable"),
        (400, 12_345, "unreadable"),
    ] {
        simulator.answers([Answer::Refused { status, code }]);
        let failure = graph.number(&token(TOKEN), NUMBER).await.unwrap_err();
        assert_eq!(kind(&failure), (expected, &*format!("{status}, code {code}")));
        assert!(!format!("{failure} {failure:?}").contains(TOKEN), "{failure:?}");
    }
}

#[tokio::test]
async fn the_token_goes_nowhere_else_and_pages_are_no_answers() {
    let (simulator, elsewhere) = (simulator().await, simulator().await);
    let graph = graph_at(&simulator.url());
    let location = Some(format!("{}/v24.0/{NUMBER}", elsewhere.url()));
    let other = |status, body: &str| Answer::Other { status, body: body.to_owned(), location: None };
    let long = format!("{{\"id\":\"{NUMBER}\",\"verified_name\":\"{}\"}}", "x".repeat(1 << 20));
    for (answer, expected) in [
        (Answer::Other { status: 302, body: String::new(), location }, ("unreadable", "302")),
        (other(502, "<html>Bad gateway</html>"), ("unavailable", "502")),
        (other(403, "<html>Blocked by the network</html>"), ("unreadable", "403")),
        (other(200, "<html>Sign in to the hotel</html>"), ("unreadable", "200 without the number")),
        (other(200, ""), ("unreadable", "200 without the number")),
        (other(200, "{\"id\":\"1\",\"verified_name\":\"Somebody else\"}"), ("unreadable", "200 without the number")),
        (other(200, &long), ("unavailable", "200 that breaks off or does not end")),
    ] {
        simulator.answers([answer]);
        let failure = graph.number(&token(TOKEN), NUMBER).await.unwrap_err();
        assert_eq!(kind(&failure), expected);
    }
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn who_does_not_answer_is_not_waited_for() {
    let simulator = simulator().await;
    simulator.answers([Answer::Silence]);
    let base = Url::parse(&simulator.url()).unwrap();
    let hasty = Graph::new(&base, "v24.0", Duration::from_millis(50)).unwrap();
    let failure = hasty.number(&token(TOKEN), NUMBER).await.unwrap_err();
    assert_eq!(kind(&failure), ("unavailable", "no answer in time"));
    // Its port is free once it is gone.
    let gone = simulator.url();
    drop(simulator);
    while reqwest::get(&gone).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let failure = graph_at(&gone).number(&token(TOKEN), NUMBER).await.unwrap_err();
    assert_eq!(kind(&failure).0, "unavailable");
}

#[tokio::test]
async fn what_is_no_id_of_meta_s_is_not_asked_for() {
    let simulator = simulator().await;
    let graph = graph_at(&simulator.url());
    for id in ["", "me", "..", "1/../me", "1?fields=access_token", "１２", "debug_token"] {
        let failure = graph.number(&token(TOKEN), id).await.unwrap_err();
        assert_eq!(kind(&failure), ("number", "its id is none of Meta's"), "{id}");
    }
    assert!(simulator.asked().is_empty());
}

#[test]
fn a_token_is_one_word_and_is_not_shown() {
    assert_eq!(token(&format!(" {TOKEN}\n")).expose(), TOKEN);
    for text in ["", " ", "two words", "line\r\nX-Header: 1", "caffè", &"x".repeat(LONGEST_TOKEN + 1)] {
        assert_eq!(AccessToken::parse(&SecretString::from(text)).unwrap_err(), NotAnAccessToken, "{text:?}");
    }
    assert!(!format!("{:?}", token(TOKEN)).contains(TOKEN));
}

#[test]
fn a_token_is_sent_in_clear_on_this_machine_alone() {
    let made = |base: &str, version: &str| {
        Graph::new(&Url::parse(base).unwrap(), version, Duration::from_secs(1)).map(|graph| graph.base.to_string())
    };
    for base in ["https://graph.facebook.com", "http://127.0.0.1:8025", "http://localhost:1", "http://[::1]:1"] {
        assert!(made(base, "v24.0").is_ok(), "{base}");
    }
    assert_eq!(made("https://proxy.example/meta/", "v26.0").unwrap(), "https://proxy.example/meta/v26.0");
    for base in ["http://graph.facebook.com", "http://10.0.0.1", "ftp://127.0.0.1", "mailto:ada@example.com"] {
        assert_eq!(made(base, "v24.0"), Err(NotAGraph::Address), "{base}");
    }
    for version in ["", "24.0", "v24", "v24.0/me", "v.0", "latest"] {
        assert_eq!(made("https://graph.facebook.com", version), Err(NotAGraph::Version), "{version}");
    }
}
