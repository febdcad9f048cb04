//! What follows from each code, spelled here once more.

use serde_json::{Value, json};

use super::server::{Server, Then};
use super::*;

/// Code, HTTP status, and what follows. Meta's table, line by line.
const CODES: &[(i64, u16, &str)] = &[
    (0, 401, "stop credentials"),
    (190, 401, "stop credentials"),
    (3, 500, "stop credentials"),
    (10, 403, "stop credentials"),
    (200, 403, "stop credentials"),
    (230, 403, "stop credentials"),
    (299, 403, "stop credentials"),
    (1, 400, "retry, at most 1"),
    (2, 503, "retry"),
    (4, 400, "pace account 60"),
    (80_007, 400, "pace account 60"),
    (130_429, 400, "pace number 1"),
    (131_056, 400, "pace pair 6"),
    (131_048, 400, "stop number"),
    (131_057, 500, "pace number 60"),
    (131_000, 500, "retry, at most 3"),
    (131_016, 500, "retry"),
    (33, 400, "stop number"),
    (100, 400, "never"),
    (131_008, 400, "never"),
    (131_009, 400, "never"),
    (130_472, 400, "never"),
    (130_497, 403, "never"),
    (131_005, 403, "stop credentials"),
    (131_021, 400, "never"),
    (131_026, 400, "never"),
    (131_031, 403, "stop account"),
    (131_037, 400, "stop number"),
    (131_042, 400, "stop account"),
    (131_045, 500, "stop number"),
    (131_047, 400, "never, offer a template"),
    (131_049, 400, "never"),
    (131_050, 400, "never, opted out"),
    (131_051, 400, "never"),
    (131_052, 400, "retry, at most 1"),
    (131_053, 400, "retry, at most 1"),
    (131_062, 400, "never"),
    (132_000, 400, "never"),
    (132_001, 404, "never, resync templates"),
    (132_005, 400, "never"),
    (132_007, 400, "never"),
    (132_012, 400, "never"),
    (132_015, 400, "never, template paused"),
    (132_016, 400, "never, template disabled"),
    (132_068, 400, "never"),
    (132_069, 400, "pace pair 360"),
    (133_000, 500, "retry"),
    (133_004, 503, "retry"),
    (133_005, 400, "stop number"),
    (133_006, 400, "stop number"),
    (133_007, 400, "stop number"),
    (133_008, 400, "stop number"),
    (133_009, 400, "stop number"),
    (133_010, 400, "stop number"),
    (133_015, 400, "stop number"),
    (134_011, 400, "never"),
    (135_000, 400, "never"),
    (368, 403, "stop account"),
    (131_020, 400, "never"),
    (131_041, 400, "never"),
    (131_059, 400, "never"),
    (131_201, 400, "never"),
    (131_208, 400, "never"),
    (131_215, 400, "never"),
    // General knowledge.
    (102, 401, "stop credentials"),
    (17, 400, "pace account 60"),
    (32, 400, "pace account 60"),
    (613, 400, "pace account 60"),
    (80_008, 400, "pace account 60"),
    // Nobody knows them.
    (-1, 400, "retry, at most 1"),
    (300, 403, "retry, at most 1"),
    (131_200, 400, "retry, at most 1"),
    (131_216, 400, "retry, at most 1"),
    (133_011, 400, "retry, at most 1"),
    (999_999, 500, "retry, at most 1"),
    (i64::MAX, 400, "retry, at most 1"),
];

fn said(class: ErrorClass) -> String {
    match class {
        ErrorClass::Retry { at_most: None } => "retry".to_owned(),
        ErrorClass::Retry { at_most: Some(tries) } => format!("retry, at most {tries}"),
        ErrorClass::Pace { scope, at_least } => {
            let scope = match scope {
                PaceScope::Pair => "pair",
                PaceScope::Number => "number",
                PaceScope::Account => "account",
            };
            assert_eq!(at_least.subsec_nanos(), 0);
            format!("pace {scope} {}", at_least.as_secs())
        }
        ErrorClass::Never { then } => match then {
            Consequence::None => "never",
            Consequence::OfferTemplate => "never, offer a template",
            Consequence::OptOut => "never, opted out",
            Consequence::ResyncTemplates => "never, resync templates",
            Consequence::MarkTemplatePaused => "never, template paused",
            Consequence::MarkTemplateDisabled => "never, template disabled",
        }
        .to_owned(),
        ErrorClass::Stop { scope: StopScope::Credentials } => "stop credentials".to_owned(),
        ErrorClass::Stop { scope: StopScope::Number } => "stop number".to_owned(),
        ErrorClass::Stop { scope: StopScope::Account } => "stop account".to_owned(),
    }
}

#[tokio::test]
async fn each_code_has_its_class_whatever_its_status_says() {
    let refusals = CODES.iter().flat_map(|(code, status, _)| {
        let error = |code| json!({ "error": { "message": "No.", "type": "OAuthException", "code": code } }).to_string();
        // Under another status, and as text, it is the same.
        [Then::Answer(*status, error(json!(code))), Then::Answer(418, error(json!(code.to_string())))]
    });
    let server = Server::start(refusals).await;
    let graph = graph_at(&server.url);
    for (code, status, class) in CODES {
        for status in [*status, 418] {
            let failure = graph.send(&token(TOKEN), NUMBER, &hello()).await.unwrap_err();
            let SendFailure::Refused(refusal) = failure else { panic!("{code}: {failure:?}") };
            assert_eq!((refusal.code, refusal.status, &*said(refusal.class)), (*code, status, *class));
        }
    }
}

#[tokio::test]
async fn a_number_that_is_not_reached_loses_no_message() {
    let error = |subcode: Value| json!({ "error": { "code": 100, "error_subcode": subcode } }).to_string();
    let server =
        Server::start([json!(33), json!("33"), json!(34), Value::Null].map(|sub| Then::Answer(400, error(sub)))).await;
    let graph = graph_at(&server.url);
    for expected in ["stop number", "stop number", "never", "never"] {
        let failure = graph.send(&token(TOKEN), NUMBER, &hello()).await.unwrap_err();
        let SendFailure::Refused(refusal) = failure else { panic!("{failure:?}") };
        assert_eq!(said(refusal.class), expected);
    }
}
