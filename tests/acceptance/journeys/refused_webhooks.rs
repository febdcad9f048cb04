use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::signature;
use leadflow_tests::installation::{APP_SECRET, Installation};
use leadflow_tests::sender::{connection, unsigned_webhook, webhook};
use leadflow_tests::server::Server;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::begin::{Journey, shared, text};

const ASHA: &str = "919820012346";

/// What the product takes at most (A1: Meta sends up to 3 MB).
const LIMIT: usize = 4 * 1_024 * 1_024;

async fn status(request: RequestBuilder) -> Result<StatusCode> {
    Ok(request.send().await?.status())
}

#[tokio::test]
async fn a_webhook_that_is_not_meta_s_is_refused_and_leaves_nothing() -> Result<()> {
    let journey = Journey::begin().await?;
    let (client, address) = (connection()?, shared().await?.server.address());
    let forged = journey.business.webhook(&text(ASHA, "forged", 0, "Pay to another account"));
    let right = signature::sign(APP_SECRET.as_bytes(), &forged);
    let mut altered = forged.clone();
    let last = altered.len() - 1;
    altered[last] = b' ';

    let unsigned = || unsigned_webhook(&client, address, forged.clone());
    let signed_as = |signature: &str| unsigned().header(signature::HEADER, signature);
    for (what, request) in [
        ("no signature", unsigned()),
        ("an empty one", signed_as("")),
        ("another secret's", signed_as(&signature::sign(b"another secret", &forged))),
        ("of other bytes", unsigned_webhook(&client, address, altered).header(signature::HEADER, &right)),
        ("in capitals", signed_as(&right.to_uppercase())),
        ("without its prefix", signed_as(right.trim_start_matches("sha256="))),
        ("too short", signed_as(&right[..right.len() - 2])),
        // The old header alone: SHA-1 is not enough to act on.
        ("sha1 only", unsigned().header("x-hub-signature", format!("sha1={}", "0".repeat(40)))),
    ] {
        assert_eq!(status(request).await?, StatusCode::UNAUTHORIZED, "{what}");
    }

    // Whatever came before it and was taken would be there when this one is.
    let honest = text(ASHA, "honest", 0, "Hi!");
    journey.receive(std::slice::from_ref(&honest)).await?;
    shared().await?.installation.settle().await?;
    journey.shows(&[honest]).await
}

#[tokio::test]
async fn an_encoded_body_is_refused() -> Result<()> {
    let journey = Journey::begin().await?;
    let body = journey.business.webhook(&text(ASHA, "encoded", 0, "Hi!"));
    let request = webhook(&connection()?, shared().await?.server.address(), body).header("content-encoding", "gzip");
    assert_eq!(status(request).await?, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    Ok(())
}

/// `text` in a body of `size` bytes, filled up with a field nobody knows.
fn padded(journey: &Journey, size: usize, id: &str) -> Result<Vec<u8>> {
    let mut body: Value = serde_json::from_slice(&journey.business.webhook(&text(ASHA, id, 0, "Hi!")))?;
    body["padding"] = json!("");
    let padding = size.checked_sub(body.to_string().len()).context("the text alone is longer")?;
    body["padding"] = json!("x".repeat(padding));
    let body = body.to_string().into_bytes();
    ensure!(body.len() == size, "{} is not {size}", body.len());
    Ok(body)
}

#[tokio::test]
async fn the_largest_body_meta_sends_is_taken() -> Result<()> {
    let journey = Journey::begin().await?;
    let body = padded(&journey, 3_000_000, "large")?;
    let request = webhook(&connection()?, shared().await?.server.address(), body);
    assert_eq!(status(request).await?, StatusCode::OK);
    journey.shows(&[text(ASHA, "large", 0, "Hi!")]).await
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() -> Result<()> {
    let journey = Journey::begin().await?;
    let address = shared().await?.server.address();
    let body = padded(&journey, LIMIT + 1, "too-large")?;
    let signature = signature::sign(APP_SECRET.as_bytes(), &body);
    let head = format!(
        "POST /webhooks/whatsapp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n{}: {signature}\r\n\r\n",
        body.len(),
        signature::HEADER,
    );
    // By hand: the server may answer and hang up while we still send, which an HTTP client reports as a failure to
    // send or as the answer, as it happens.
    let (reading, mut writing) = TcpStream::connect(address).await?.into_split();
    let sending = tokio::spawn(async move {
        writing.write_all(head.as_bytes()).await?;
        writing.write_all(&body).await?;
        // Given back: to drop it would hang up.
        Ok::<_, std::io::Error>(writing)
    });
    let mut answer = String::new();
    BufReader::new(reading).read_line(&mut answer).await?;
    sending.abort();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    Ok(())
}

#[tokio::test]
async fn without_an_app_secret_nothing_is_taken_and_the_start_says_so() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start_with(&installation, |command| {
        command.env_remove("LEADFLOW_META_APP_SECRET");
    })
    .await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let body = journey.business.webhook(&text(ASHA, "early", 0, "Hi!"));
    let refused = status(webhook(&connection()?, server.address(), body)).await?;
    assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(installation.deliveries().await?.len(), 0);
    let log = server.end_of_log();
    assert!(log.contains("LEADFLOW_META_APP_SECRET"), "{log}");
    server.stop().await
}
