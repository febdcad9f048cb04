use anyhow::Result;
use leadflow_tests::installation::VERIFY_TOKEN;
use leadflow_tests::sender::connection;
use reqwest::{Response, StatusCode};

use super::begin::shared;

async fn handshake(query: &[(&str, &str)]) -> Result<Response> {
    let url = shared().await?.server.url("/webhooks/whatsapp");
    Ok(connection()?.get(url).query(query).send().await?)
}

#[tokio::test]
async fn the_challenge_comes_back_to_the_letter() -> Result<()> {
    for challenge in ["1158201444", "<script>alert(1)</script>", "a b+c&d=é"] {
        let answer =
            handshake(&[("hub.mode", "subscribe"), ("hub.challenge", challenge), ("hub.verify_token", VERIFY_TOKEN)])
                .await?;
        assert_eq!(answer.status(), StatusCode::OK);
        // Or a browser would run what stands in it.
        let kind = answer.headers()["content-type"].to_str()?.to_owned();
        assert!(kind.starts_with("text/plain"), "{kind}");
        assert_eq!(answer.text().await?, challenge);
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_token_is_forbidden_and_the_challenge_not_repeated() -> Result<()> {
    for token in ["", "another", &VERIFY_TOKEN[1..], &VERIFY_TOKEN.to_uppercase()] {
        let answer =
            handshake(&[("hub.mode", "subscribe"), ("hub.challenge", "1158201444"), ("hub.verify_token", token)])
                .await?;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{token}");
        assert!(!answer.text().await?.contains("1158201444"));
    }
    Ok(())
}

#[tokio::test]
async fn half_a_handshake_is_refused() -> Result<()> {
    for query in [
        &[("hub.challenge", "1158201444"), ("hub.verify_token", VERIFY_TOKEN)][..],
        &[("hub.mode", "subscribe"), ("hub.verify_token", VERIFY_TOKEN)],
        &[("hub.mode", "subscribe"), ("hub.challenge", "1158201444")],
        &[("hub.mode", "unsubscribe"), ("hub.challenge", "1158201444"), ("hub.verify_token", VERIFY_TOKEN)],
        &[],
    ] {
        let answer = handshake(query).await?;
        assert!(matches!(answer.status(), StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN), "{query:?}: {answer:?}");
        assert!(!answer.text().await?.contains("1158201444"), "{query:?}");
    }
    Ok(())
}
