use super::*;

const SUBSCRIBE: &str = "hub.mode=subscribe";

fn token(token: &str) -> String {
    format!("hub.verify_token={}", token.replace(' ', "+").replace('\'', "%27"))
}

async fn handshake(door: &Door, method: &str, query: &[&str]) -> Answer {
    door.ask(&request(method, &format!("{PATH}?{}", query.join("&")), &[], b"")).await
}

#[tokio::test]
async fn half_a_handshake_a_wrong_and_a_repeated_one_are_refused_and_nothing_is_echoed() {
    let door = Door::open().await;
    let (right, challenge) = (token(VERIFY_TOKEN), "hub.challenge=1158201444");
    for (status, query) in [
        (400, &[][..]),
        (400, &[SUBSCRIBE, challenge]),
        (400, &[SUBSCRIBE, &right]),
        (400, &[challenge, &right]),
        // PHP's spelling: Meta sends dots.
        (400, &["hub_mode=subscribe", "hub_challenge=1158201444", &right]),
        (400, &[SUBSCRIBE, challenge, &right, &right]),
        (400, &[SUBSCRIBE, challenge, challenge, &right]),
        (400, &[SUBSCRIBE, SUBSCRIBE, challenge, &right]),
        (400, &[SUBSCRIBE, challenge, &token("wrong"), &right]),
        (403, &[SUBSCRIBE, challenge, &token("wrong")]),
        (403, &[SUBSCRIBE, challenge, &token("")]),
        (403, &[SUBSCRIBE, challenge, &token(&VERIFY_TOKEN[1..])]),
        (403, &[SUBSCRIBE, challenge, &token(&VERIFY_TOKEN.to_uppercase())]),
        (403, &[SUBSCRIBE, challenge, &token(SHOP_VERIFY_TOKEN)]),
        (403, &["hub.mode=unsubscribe", challenge, &right]),
    ] {
        let answer = handshake(&door, "GET", query).await;
        assert_eq!(answer.status, status, "{query:?}");
        assert!(!answer.body.contains("1158201444"), "{query:?}: {}", answer.body);
    }
    assert_eq!(handshake(&door, "GET", &[SUBSCRIBE, challenge, &right]).await.body, "1158201444");
}

#[tokio::test]
async fn markup_in_a_challenge_is_plain_text() {
    let door = Door::open().await;
    let challenge = "hub.challenge=%3Cscript%3Ealert(1)%3C/script%3E";
    let answer = handshake(&door, "GET", &[SUBSCRIBE, challenge, &token(VERIFY_TOKEN)]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "<script>alert(1)</script>"));
    assert!(answer.head.contains("content-type: text/plain"), "{}", answer.head);
}

#[tokio::test]
async fn a_challenge_of_10_kb_is_refused() {
    let door = Door::open().await;
    let challenge = format!("hub.challenge={}", "1".repeat(10_000));
    let answer = handshake(&door, "GET", &[SUBSCRIBE, &challenge, &token(VERIFY_TOKEN)]).await;
    assert_eq!((answer.status, answer.body.as_str()), (400, "the challenge is too long\n"));
}

#[tokio::test]
async fn other_methods_get_no_more_than_they_may() {
    let door = Door::open().await;
    let query = [SUBSCRIBE, "hub.challenge=1158201444", &token(VERIFY_TOKEN)];
    let head = handshake(&door, "HEAD", &query).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(handshake(&door, "HEAD", &[]).await.status, 400);
    for method in ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"] {
        let answer = handshake(&door, method, &query).await;
        assert_eq!(answer.status, 405, "{method}");
        assert!(answer.head.contains("allow: get,head,post"), "{method}: {}", answer.head);
        assert!(!answer.body.contains("1158201444"), "{method}");
    }
    // What proves the address proves nothing about a delivery.
    let path = format!("{PATH}?{}", query.join("&"));
    assert_eq!(door.ask(&request("POST", &path, &[], b"{}")).await.status, 401);
    assert!(door.stored().await.is_empty());
}
