//! Documents made to hurt. Each is answered, and soon: these run on a test's 2 MB stack, in a debug build.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::Request;
use futures_util::{StreamExt, stream};

use super::*;

/// What is walked in vain takes minutes or for ever; a debug build on a busy machine, that validates some twenty times slower
/// than a release build, does not take this long for anything else.
const SOON: Duration = Duration::from_secs(4);
async fn is_refused(body: &Value, within: Duration, code: &str) {
    for accept in [GRAPHQL, JSON] {
        let started = Instant::now();
        let answer = ask(accept, body).await;
        let took = started.elapsed();
        assert_eq!(
            (answer.status, answer.code(), answer.has_data()),
            (StatusCode::BAD_REQUEST, code, false),
            "{}",
            answer.body
        );
        assert!(took < within, "took {took:?}");
    }
}

fn nested(open: &str, close: &str, depth: usize) -> String {
    open.repeat(depth) + &close.repeat(depth)
}

#[tokio::test]
async fn nesting_of_any_kind_is_refused_at_once() {
    let lists = nested("[", "]", 5_000);
    for document in [
        format!("{{ any(values: {}) }}", nested("[", "]", 500)),
        format!("{{ any(values: {}) }}", nested("[", "]", 2_500)),
        format!("{{ any(values: {lists}) }}"),
        format!("query($v: [String] = {lists}) {{ any(values: $v) }}"),
        format!("query($v: {}) {{ any(values: $v) }}", lists.replacen("[]", "[Int]", 1)),
        format!("{{ any(values: {}1{}) }}", "{a:".repeat(5_000), "}".repeat(5_000)),
        format!("{{ a @skip(if: {lists}) }}"),
        nested("{a", "}", 5_000),
        nested("{...", "}", 5_000),
        format!("{{ any(values: [\"\"\" \" {lists}]) }}"),
        "[".repeat(60_000),
        "(".repeat(60_000),
    ] {
        for accept in [GRAPHQL, JSON] {
            let started = Instant::now();
            let answer = ask(accept, &json!({ "query": document })).await;
            assert!(!answer.has_data() && answer.body["errors"].is_array(), "{}", answer.body);
            assert!(started.elapsed() < SOON, "took {:?}", started.elapsed());
        }
    }
    is_refused(&json!({ "query": format!("{{ any(values: {lists}) }}") }), SOON, "QUERY_TOO_COMPLEX").await;
}

/// Negative control: without the guard such a document ends the process, not the request. The parser runs in a child
/// of this test's own binary.
#[test]
fn the_parser_alone_dies_of_nesting() {
    let this = std::env::current_exe().expect("the test's binary");
    let child = std::process::Command::new(this)
        .args(["--ignored", "--exact", concat!(module_path!(), "::parse_unguarded")].map(without_crate))
        .output()
        .expect("the child ran");
    let said = String::from_utf8_lossy(&child.stderr);
    assert!(!child.status.success() && said.contains("overflowed its stack"), "{} {said}", child.status);
}

/// Tests are named without their crate.
fn without_crate(argument: &str) -> &str {
    argument.split_once("::").map_or(argument, |(_, test)| test)
}

/// The deepest lists are stopped by a check of the parser's own (pest 2.9); those between die where its result is
/// turned into a document. Which depths those are depends on the build: 400 to 800 in debug, 2,000 and more in release.
#[test]
#[ignore = "aborts the process: run by the_parser_alone_dies_of_nesting"]
fn parse_unguarded() {
    // A worker's stack: libtest runs a lone test on the main thread, which has more.
    let worker = std::thread::Builder::new().stack_size(2 << 20).spawn(|| {
        for depth in [500, 600, 2_500, 5_000] {
            let document = format!("{{ any(values: {}) }}", nested("[", "]", depth));
            drop(async_graphql::parser::parse_query(document));
        }
    });
    worker.expect("a thread").join().expect("it survived");
}

#[tokio::test]
async fn nesting_in_json_is_refused_at_once() {
    let headers = headers(&[(CONTENT_TYPE, JSON), (ACCEPT, GRAPHQL)]);
    let query = r#""query":"query($v: [String]) { any(values: $v) }""#;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [100, 5_000, 40_000] {
            let value = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            for body in [
                format!("{{{query},\"variables\":{{\"v\":{value}}}}}"),
                format!("{{{query},\"extensions\":{value}}}"),
                value,
            ] {
                let started = Instant::now();
                let answer = send(&headers, body).await;
                let expected = [StatusCode::BAD_REQUEST, StatusCode::PAYLOAD_TOO_LARGE].contains(&answer.status);
                assert!(expected && answer.code() == "QUERY_TOO_COMPLEX", "{}", answer.body);
                assert!(started.elapsed() < SOON, "took {:?}", started.elapsed());
            }
        }
    }
}

#[tokio::test]
async fn the_deepest_document_within_the_limit_does_not_overflow() {
    for depth in 24..=32 {
        let literal = query(&format!("{{ any(values: {}) }}", nested("[", "]", depth - 1))).await;
        assert_eq!(
            literal.code(),
            if depth <= 31 { "BAD_USER_INPUT" } else { "QUERY_TOO_COMPLEX" },
            "{depth}: {}",
            literal.body
        );
    }
    let chain = format!("{{ conversation(id: 1) {{ {} id {} }} }}", "parent {".repeat(29), "}".repeat(29));
    assert_eq!(query(&chain).await.status, StatusCode::OK);
    let value = format!("{}1{}", "[".repeat(29), "]".repeat(29));
    let variable: Value = serde_json::from_str(&value).expect("JSON");
    let body = json!({ "query": "query($v: [String]) { any(values: $v) }", "variables": { "v": variable } });
    assert_eq!(ask(GRAPHQL, &body).await.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_doubling_bomb_is_counted_not_walked() {
    for levels in [25, 300] {
        let mut document = "{ conversation(id: 1) { ...F0 } }".to_owned();
        for n in 0..levels {
            let _ = write!(document, " fragment F{n} on Conversation {{ ...F{0} ...F{0} }}", n + 1);
        }
        let _ = write!(document, " fragment F{levels} on Conversation {{ id }}");
        is_refused(&json!({ "query": document }), SOON, "QUERY_TOO_COMPLEX").await;
    }
}

#[tokio::test]
async fn fragment_cycles_are_refused_before_they_are_walked() {
    let document =
        "{ conversation(id: 1) { ...A } } fragment A on Conversation { ...B } fragment B on Conversation { ...A }";
    let answer = query(document).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"));
    assert!(answer.message().contains("spreads itself"), "{}", answer.message());
}

#[tokio::test]
async fn aliases_directives_and_tokens_count() {
    let aliases: String = (0..2_000).map(|n| format!(" a{n}: __typename")).collect();
    let directives = "@skip(if: false) ".repeat(700);
    let operations: String = (0..1_000).map(|n| format!("query Q{n} {{ a }} ")).collect();
    for document in [
        format!("{{{aliases} }}"),
        format!("{{ __typename {directives} }}"),
        operations,
        format!("{{ {} }}", "a ".repeat(4_000)),
        "!".repeat(5_000),
        format!("{{ any(values: [{}]) }}", "1 ".repeat(4_000)),
        format!("{{ any(values: \"{}\") }}", "x".repeat(70_000)),
        format!("{{ conversation(id: 1, {}) {{ id }} }}", (0..16).map(|n| format!("x{n}: 1 ")).collect::<String>()),
    ] {
        is_refused(&json!({ "query": document }), SOON, "QUERY_TOO_COMPLEX").await;
    }
    let many = json!({ "query": "{ __typename }", "variables": { "v": vec![1; 1_001] } });
    is_refused(&many, SOON, "QUERY_TOO_COMPLEX").await;
}

/// Within the limits the library does all its work; this is the most we found that it can be made to do.
#[tokio::test]
async fn the_worst_that_passes_is_answered_soon() {
    let variable = json!({ "v": vec!["text"; 900] });
    let uses: String = (0..390).map(|n| format!(" a{n}: any(values: $v)")).collect();
    let clones = json!({ "query": format!("query($v: [String]) {{{uses} }}"), "variables": variable });

    let sixteen: String = (0..15).map(|n| format!("x{n}: 1 ")).collect();
    let clashes = format!("{{ a: conversation(id: 1 {sixteen}) {{ id }} {} }}", "a: any ".repeat(1_300));

    let inner = "a: id a: contact ".repeat(200);
    let layers = format!("{{ conversation(id: 1) {{ {}{inner}{} }} }}", "... {".repeat(6), "}".repeat(6));

    let fragment = format!("fragment F on Conversation {{ {} }}", "a: id a: nope ".repeat(100));
    let spreads: String = (0..10).map(|n| format!(" c{n}: conversation(id: {n}) {{ ...F }}")).collect();
    let spread = format!("{{{spreads} }} {fragment}");

    let long = format!("{{ {} }}", format!("{} ", "n".repeat(900)).repeat(60));
    let unclosed = "{ a ".to_owned() + &"a(b: 1) ".repeat(600) + &"\u{feff}".repeat(100);

    for (name, body) in [
        ("clones of a variable", clones),
        ("clashing arguments", json!({ "query": clashes })),
        ("nested inline fragments", json!({ "query": layers })),
        ("a spread fragment", json!({ "query": spread })),
        ("long names", json!({ "query": long })),
        ("an unclosed set", json!({ "query": unclosed })),
    ] {
        let started = Instant::now();
        let answer = ask(GRAPHQL, &body).await;
        let took = started.elapsed();
        println!("{name}: {} {} in {took:?}", answer.status, answer.code());
        assert!(took < SOON, "{name} took {took:?}");
        assert_ne!(answer.code(), "QUERY_TOO_COMPLEX", "{name} is meant to pass the guard: {}", answer.message());
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let begun = stream::once(async { Ok::<_, std::convert::Infallible>("{\"query\":") });
    let request = Request::new(Body::from_stream(begun.chain(stream::pending())));
    let soon = Limits { body_timeout: Duration::from_millis(20), ..Limits::default() };
    let answer = Answer::of(super::super::body(request, &soon).await.unwrap_err()).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::REQUEST_TIMEOUT, "TIMEOUT"));
    let whole = Request::new(Body::from("{}"));
    assert_eq!(super::super::body(whole, &soon).await.unwrap(), "{}");
}
