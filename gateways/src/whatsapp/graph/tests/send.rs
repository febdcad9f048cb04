//! What is known of a message when Meta took it, said no, or said nothing.

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::server::{Server, Then};
use super::*;

/// Long enough for whatever this machine does meanwhile, and short enough to wait for.
const SHORT: Duration = Duration::from_secs(1);

fn taken() -> Value {
    json!({ "messaging_product": "whatsapp", "contacts": [{ "input": "+16505551234", "wa_id": "16505551234" }],
            "messages": [{ "id": "wamid.A" }] })
}

async fn sent(server: &Server) -> Result<Accepted, SendFailure> {
    graph_at(&server.url).send(&token(TOKEN), NUMBER, &hello()).await
}

/// Why it is not known; nothing else will do.
fn unknown(result: Result<Accepted, SendFailure>) -> String {
    match result {
        Err(SendFailure::Unknown { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

fn not_sent(result: Result<Accepted, SendFailure>) -> String {
    match result {
        Err(SendFailure::NotSent { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_message_goes_to_its_number_with_the_token_and_comes_back_with_an_id() {
    let server = Server::answering([
        taken(),
        json!({ "contacts": [{ "input": "US.1", "user_id": "US.1" }],
                "messages": [{ "id": "wamid.B", "message_status": "held_for_quality_assessment" }] }),
        // Less than was promised, and numbers for ids.
        json!({ "messages": [{ "id": 17 }], "contacts": [{ "wa_id": 16_505_551_234_u64, "user_id": { "odd": 1 } }] }),
        json!({ "messages": [{ "id": "wamid.D" }, { "id": "wamid.E" }], "contacts": "none", "error": null }),
    ])
    .await;
    let graph = graph_at(&server.url);
    let mut accepted = Vec::new();
    for _ in 0..4 {
        accepted.push(graph.send(&token(TOKEN), NUMBER, &hello()).await.unwrap());
    }
    let expected = |message_id: &str, wa_id: Option<&str>, user_id: Option<&str>, status: Option<&str>| Accepted {
        message_id: message_id.to_owned(),
        wa_id: wa_id.map(ToOwned::to_owned),
        user_id: user_id.map(ToOwned::to_owned),
        message_status: status.map(ToOwned::to_owned),
    };
    assert_eq!(
        accepted,
        [
            expected("wamid.A", Some("16505551234"), None, None),
            expected("wamid.B", None, Some("US.1"), Some("held_for_quality_assessment")),
            expected("17", Some("16505551234"), None, None),
            expected("wamid.D", None, None, None),
        ]
    );
    for heard in server.heard() {
        assert_eq!(heard.line(), format!("POST /v24.0/{NUMBER}/messages HTTP/1.1"));
        assert_eq!(heard.header("authorization"), Some(&*format!("Bearer {TOKEN}")));
        assert_eq!(heard.header("content-type"), Some("application/json"));
        assert!(heard.header("user-agent").unwrap().starts_with("leadflow/"));
        assert_eq!(heard.json(), hello().body());
    }
    // One after the other, over one connection.
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_refusal_is_told_with_all_that_meta_says() {
    let error = json!({ "error": {
        "message": "(#131047) Re-engagement message", "type": "OAuthException", "code": 131_047, "error_subcode": "2494010",
        "error_data": { "messaging_product": "whatsapp", "details": "More than 24 hours\nhave passed" },
        "fbtrace_id": "A" } });
    let bare = json!({ "error": { "code": "4", "error_data": "none", "message": 5, "error_user_msg": "Later" } });
    let server = Server::start([
        Then::Answer(400, error.to_string()),
        Then::With(429, "Retry-After: 120\r\n".to_owned(), bare.to_string()),
        // Said with 200, it is a no all the same.
        Then::With(200, "Retry-After: 99999999999\r\n".to_owned(), bare.to_string()),
        Then::With(400, "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n".to_owned(), bare.to_string()),
    ])
    .await;
    let class = ErrorClass::Never { then: Consequence::OfferTemplate };
    let mut expected = ProviderRefusal {
        status: 400,
        code: 131_047,
        subcode: Some(2_494_010),
        title: Some("(#131047) Re-engagement message".to_owned()),
        details: Some("More than 24 hours have passed".to_owned()),
        class,
        retry_after: None,
    };
    let failure = sent(&server).await.unwrap_err();
    assert_eq!(failure.to_string(), "Meta refused it: 400, code 131047");
    assert_eq!(failure, SendFailure::Refused(expected.clone()));
    expected = ProviderRefusal {
        code: 4,
        subcode: None,
        title: None,
        details: Some("Later".to_owned()),
        class: ErrorClass::of(4),
        ..expected
    };
    for (status, seconds) in [(429, Some(120)), (200, Some(86_400)), (400, None)] {
        let expected = ProviderRefusal { status, retry_after: seconds.map(Duration::from_secs), ..expected.clone() };
        assert_eq!(sent(&server).await.unwrap_err(), SendFailure::Refused(expected));
    }
}

#[tokio::test]
async fn the_token_is_in_nothing_that_meta_says() {
    let secret = "EAAG|odd/token+1=";
    let encoded = "EAAG%7Codd%2Ftoken%2B1%3D";
    let long = format!("{}{secret}", "x".repeat(990));
    let server = Server::start(
        [
            json!({ "message": format!("Malformed access token {secret}"), "code": 190,
                    "error_data": { "details": format!("at ?access_token={encoded}&a=b") } }),
            // Cut where the token stands.
            json!({ "message": long, "code": 190, "error_user_msg": format!("\u{1b}{secret}\u{0}") }),
        ]
        .map(|error| Then::Answer(401, json!({ "error": error }).to_string())),
    )
    .await;
    let graph = graph_at(&server.url);
    let mut told = Vec::new();
    for _ in 0..2 {
        let failure = graph.send(&token(secret), NUMBER, &hello()).await.unwrap_err();
        let shown = format!("{failure} {failure:?} {failure:#?}");
        assert!(!shown.contains("EAAG") && !shown.contains("odd"), "{shown}");
        let SendFailure::Refused(refusal) = failure else { panic!("{failure:?}") };
        told.push((refusal.title.unwrap(), refusal.details.unwrap()));
    }
    let (title, details) = &told[0];
    assert_eq!((&**title, &**details), ("Malformed access token [token]", "at ?access_token=[token]&a=b"));
    let (title, details) = &told[1];
    assert_eq!((&**title, &**details), (&*format!("{}[token]", "x".repeat(990)), "[token]"));
    assert!(!format!("{graph:?}").contains("EAAG"));
}

#[tokio::test]
async fn an_answer_that_says_nothing_leaves_it_unknown() {
    let whole = taken().to_string();
    let head = |more: &str| format!("HTTP/1.1 200 OK\r\n{more}\r\n\r\n");
    let long = format!("{{\"messages\":[{{\"id\":\"wamid.A\"}}],\"more\":\"{}\"}}", "x".repeat(1 << 20));
    let both = json!({ "error": { "code": 131_000 }, "messages": [{ "id": "wamid.A" }] }).to_string();
    let answer = |status, body: &str| Then::Answer(status, body.to_owned());
    for (then, expected) in [
        (answer(502, "<html><h1>Bad gateway</h1></html>"), "502 that can't be understood"),
        (answer(503, ""), "503 that can't be understood"),
        (answer(500, "{\"error\":\"it broke\"}"), "500 that can't be understood"),
        (answer(500, "{\"error\":{\"message\":\"It broke.\"}}"), "500 that can't be understood"),
        (answer(500, "{\"error\":{\"code\":\"odd\"}}"), "500 that can't be understood"),
        (answer(403, "<html>Blocked by the network</html>"), "403 that can't be understood"),
        (answer(404, "[]"), "404 that can't be understood"),
        // Yes and no at once, or a yes that is a no.
        (answer(200, &both), "200 that can't be understood"),
        (answer(500, &both), "500 that can't be understood"),
        (answer(500, &whole), "500 that can't be understood"),
        (answer(200, ""), "200 that can't be understood"),
        (answer(200, "<html>Sign in to the hotel</html>"), "200 that can't be understood"),
        (answer(200, "{\"messages\":[{\"id\":\"wamid"), "200 that can't be understood"),
        (answer(200, &"[".repeat(10_000)), "200 that can't be understood"),
        (answer(200, "null"), "200 without a message's id"),
        (answer(200, "[1]"), "200 without a message's id"),
        (answer(200, "{}"), "200 without a message's id"),
        (answer(200, "{\"messages\":[]}"), "200 without a message's id"),
        (answer(200, "{\"messages\":[{}]}"), "200 without a message's id"),
        (answer(200, "{\"messages\":[{\"id\":\"\"}]}"), "200 without a message's id"),
        (answer(200, "{\"messages\":[{\"id\":\"a\\u0000b\"}]}"), "200 without a message's id"),
        (answer(200, "{\"messages\":[{\"id\":-1}]}"), "200 without a message's id"),
        (answer(200, &long), "200 that does not end"),
        (Then::Raw(format!("{}{long}", head("Connection: close")).into_bytes()), "200 that does not end"),
        (Then::Raw(format!("{}{whole}", head("Content-Length: 1000")).into_bytes()), "200 that breaks off"),
    ] {
        let server = Server::start([then]).await;
        assert_eq!(unknown(sent(&server).await), expected);
        assert_eq!(server.heard().len(), 1, "{expected}: it is sent once");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_leaves_it_unknown() {
    let elsewhere = Server::answering([taken()]).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("Location: {}/v24.0/{NUMBER}/messages\r\n", elsewhere.url);
        let server = Server::start([Then::With(status, location, String::new())]).await;
        assert_eq!(unknown(sent(&server).await), format!("{status} that can't be understood"));
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_connection_that_ends_after_the_message_was_read_leaves_it_unknown() {
    for then in [Then::Close, Then::Reset, Then::Raw(b"SMTP?\r\n\r\n".to_vec()), Then::Raw(b"HTTP/1.1 2".to_vec())] {
        let server = Server::start([then, Then::Answer(200, taken().to_string())]).await;
        assert!(!unknown(sent(&server).await).is_empty());
        assert_eq!((server.heard().len(), server.connections()), (1, 1), "it is sent once");
    }
}

/// The same over a connection that was kept: it isn't sent again over another.
#[tokio::test]
async fn a_kept_connection_that_ends_after_the_message_was_read_leaves_it_unknown() {
    for then in [Then::Close, Then::Reset] {
        let yes = Then::Answer(200, taken().to_string());
        let server = Server::start([yes.clone(), then, yes]).await;
        let graph = graph_at(&server.url);
        graph.send(&token(TOKEN), NUMBER, &hello()).await.unwrap();
        unknown(graph.send(&token(TOKEN), NUMBER, &hello()).await);
        assert_eq!((server.heard().len(), server.connections()), (2, 1));
        graph.send(&token(TOKEN), NUMBER, &hello()).await.unwrap();
        assert_eq!((server.heard().len(), server.connections()), (1, 2));
    }
}

#[tokio::test]
async fn silence_leaves_it_unknown() {
    // Nothing is read; it is read, and nothing said; half of the answer is said.
    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mute = Server::start([]).await;
    let begun = format!("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}", &taken().to_string()[..20]);
    let stalling = Server::start([Then::Stall(begun.into_bytes())]).await;
    let at = |url: String| async move { patient(&url, SHORT).send(&token(TOKEN), NUMBER, &hello()).await };
    let (deaf, mute_said, stalled) = tokio::join!(
        at(format!("http://{}", deaf.local_addr().unwrap())),
        at(mute.url.clone()),
        at(stalling.url.clone())
    );
    assert_eq!(unknown(deaf), "no answer in time");
    assert_eq!(unknown(mute_said), "no answer in time");
    assert_eq!(unknown(stalled), "200 that breaks off");
    assert_eq!((mute.heard().len(), stalling.heard().len()), (1, 1));
}

#[tokio::test]
async fn what_could_not_connect_was_not_sent() {
    let at = |url: String| async move { patient(&url, SHORT).send(&token(TOKEN), NUMBER, &hello()).await };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = listener.local_addr().unwrap();
    drop(listener);
    assert!(not_sent(at(format!("http://{gone}")).await).contains("refused"));
    // Nobody there speaks TLS: one says nothing, one something else.
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    not_sent(at(format!("https://{}", mute.local_addr().unwrap())).await);
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = plain.local_addr().unwrap();
    let talks = tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        stream.shutdown().await.unwrap();
    });
    not_sent(at(format!("https://{address}")).await);
    talks.await.unwrap();
}

#[tokio::test]
async fn what_meta_never_takes_is_not_sent() {
    let server = Server::answering([taken(), taken()]).await;
    let graph = graph_at(&server.url);
    let long = Outgoing { callback: "x".repeat(513), ..hello() };
    let failure = graph.send(&token(TOKEN), NUMBER, &long).await.unwrap_err();
    let reason = "the callback has 513 bytes, of at most 512".to_owned();
    assert_eq!(failure, SendFailure::NeverValid { reason });
    for id in ["", "me", "..", "1/../me", "1?fields=access_token", "１２"] {
        let failure = graph.send(&token(TOKEN), id, &hello()).await.unwrap_err();
        let reason = "the number's id is none of Meta's".to_owned();
        assert_eq!(failure, SendFailure::NeverValid { reason }, "{id}");
    }
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn a_message_is_marked_as_read() {
    let server = Server::answering([
        json!({ "success": true }),
        json!({ "success": "true" }),
        json!({ "success": false }),
        json!({ "messages": [] }),
    ])
    .await;
    let graph = graph_at(&server.url);
    let read = |typing| {
        let graph = graph.clone();
        async move { graph.mark_read(&token(TOKEN), NUMBER, "wamid.A", typing).await }
    };
    assert_eq!((read(false).await, read(true).await), (Ok(()), Ok(())));
    let failure = Err(CallFailure::Unknown { reason: "an answer that doesn't say it was done".to_owned() });
    assert_eq!((read(false).await, read(false).await), (failure.clone(), failure));
    let heard = server.heard();
    assert_eq!(heard[0].line(), format!("POST /v24.0/{NUMBER}/messages HTTP/1.1"));
    assert_eq!(heard[0].json(), json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A" }));
    assert_eq!(
        heard[1].json(),
        json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A",
                "typing_indicator": { "type": "text" } })
    );
    let never = graph.mark_read(&token(TOKEN), "me", "wamid.A", false).await.unwrap_err();
    assert_eq!(never.to_string(), "it can't be asked for: the number's id is none of Meta's");
}
