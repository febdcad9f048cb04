//! Files go to Meta and come from it, whole or not at all.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::server::{Server, Then};
use super::*;

const FILE: &[u8] = b"RIFF\0\xff\r\n--not a boundary\r\n";
const ID: &str = "1003383421387256";

fn told(url: &str, sha256: &str, size: Value) -> Value {
    json!({ "messaging_product": "whatsapp", "url": url, "mime_type": "audio/ogg; codecs=opus", "sha256": sha256,
            "file_size": size, "id": ID })
}

fn hex_of(bytes: &[u8]) -> String {
    format!("{:?}", Digest::of(bytes))
}

#[tokio::test]
async fn a_file_goes_to_meta_in_a_form() {
    let server = Server::answering([json!({ "id": "1037543291543636" }), json!({ "id": 5 }), json!({})]).await;
    let graph = graph_at(&server.url);
    let upload = |filename| {
        let graph = graph.clone();
        let file = Upload { mime_type: "audio/ogg; codecs=opus", filename, bytes: FILE };
        async move { graph.upload_media(&token(TOKEN), NUMBER, file).await }
    };
    assert_eq!(upload("Currículum café.ogg").await.unwrap(), "1037543291543636");
    assert_eq!(upload("../a\\x/..").await.unwrap(), "5");
    let failure = CallFailure::Unknown { reason: "an answer without the file's id".to_owned() };
    assert_eq!(upload("a\"; filename=\"b\r\nX-Header: 1").await.unwrap_err(), failure);
    for (heard, filename) in server.heard().iter().zip(["Currículum café.ogg", "file", "a; filename=bX-Header: 1"]) {
        assert_eq!(heard.line(), format!("POST /v24.0/{NUMBER}/media HTTP/1.1"));
        let boundary = heard.header("content-type").unwrap().strip_prefix("multipart/form-data; boundary=").unwrap();
        assert!(boundary.len() <= 70 && boundary.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{boundary}");
        let mut expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\naudio/ogg; codecs=opus\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\n\
             Content-Type: audio/ogg; codecs=opus\r\n\r\n"
        )
        .into_bytes();
        expected.extend_from_slice(FILE);
        expected.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        assert_eq!(heard.body, expected);
    }
}

#[tokio::test]
async fn a_file_that_meta_never_takes_is_not_sent() {
    let server = Server::start([]).await;
    let graph = graph_at(&server.url);
    let bytes = vec![0; (16 << 20) + 1];
    for (mime_type, length, expected) in [
        ("image/jpeg", (5 << 20) + 1, "the file has 5242881 bytes, of 1 to 5242880"),
        ("image/webp", (500 << 10) + 1, "the file has 512001 bytes, of 1 to 512000"),
        ("audio/mpeg", (16 << 20) + 1, "the file has 16777217 bytes, of 1 to 16777216"),
        ("video/mp4", (16 << 20) + 1, "the file has 16777217 bytes, of 1 to 16777216"),
        ("application/pdf", 0, "the file has 0 bytes, of 1 to 104857600"),
        ("pdf", 1, "the file's type is none"),
        ("image/", 1, "the file's type is none"),
        ("image/png\r\nX-Header: 1", 1, "the file's type is none"),
    ] {
        let file = Upload { mime_type, filename: "a", bytes: &bytes[..length] };
        let failure = graph.upload_media(&token(TOKEN), NUMBER, file).await.unwrap_err();
        assert_eq!(failure, CallFailure::NeverValid { reason: expected.to_owned() });
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_file_is_looked_up_and_fetched_with_the_token() {
    let store = Server::start([Then::Answer(200, "a recording".to_owned())]).await;
    let url = format!("{}/whatsapp_business/attachments/?mid={ID}&hash=ARs", store.url);
    let sha256 = hex_of(b"a recording");
    let base64 = STANDARD.encode(Digest::of(b"a recording").as_bytes());
    let server = Server::answering([
        told(&url, &sha256, json!("11")),
        told(&url, &base64, json!(11)),
        told(&url, &sha256, json!(null)),
    ])
    .await;
    let graph = graph_at(&server.url);
    let media = graph.media(&token(TOKEN), ID, None).await.unwrap();
    let expected = Media {
        id: ID.to_owned(),
        url: Url::parse(&url).unwrap(),
        mime_type: "audio/ogg; codecs=opus".to_owned(),
        sha256: Digest::of(b"a recording"),
        size: Some(11),
    };
    assert_eq!(media, expected);
    assert_eq!(graph.media(&token(TOKEN), ID, Some(NUMBER)).await.unwrap(), expected);
    assert_eq!(graph.media(&token(TOKEN), ID, None).await.unwrap(), Media { size: None, ..expected });
    let heard = server.heard();
    assert_eq!(heard[0].line(), format!("GET /v24.0/{ID} HTTP/1.1"));
    assert_eq!(heard[1].line(), format!("GET /v24.0/{ID}?phone_number_id={NUMBER} HTTP/1.1"));
    assert_eq!(graph.download(&token(TOKEN), &media).await.unwrap(), b"a recording");
    let heard = store.heard();
    assert_eq!(heard[0].line(), format!("GET /whatsapp_business/attachments/?mid={ID}&hash=ARs HTTP/1.1"));
    assert_eq!(heard[0].header("authorization"), Some(&*format!("Bearer {TOKEN}")));
}

#[tokio::test]
async fn what_is_told_of_another_file_or_of_none_is_not_taken() {
    let url = "https://lookaside.example/a";
    let sha256 = hex_of(b"");
    let without = |key: &str| {
        let mut told = told(url, &sha256, json!(1));
        told.as_object_mut().unwrap().remove(key);
        told
    };
    let mut other = told(url, &sha256, json!(1));
    other["id"] = json!("1");
    for answer in [
        without("url"),
        without("mime_type"),
        without("sha256"),
        without("id"),
        other,
        told("lookaside", &sha256, json!(1)),
        told(url, "abc", json!(1)),
        told(url, &sha256[2..], json!(1)),
        json!([]),
    ] {
        let server = Server::answering([answer.clone()]).await;
        let failure = graph_at(&server.url).media(&token(TOKEN), ID, None).await.unwrap_err();
        assert_eq!(failure, CallFailure::Unknown { reason: "an answer without the file".to_owned() }, "{answer}");
    }
    let nowhere = graph_at("http://127.0.0.1:9").media(&token(TOKEN), "me", None).await.unwrap_err();
    assert_eq!(nowhere, CallFailure::NeverValid { reason: "the file's id is none of Meta's".to_owned() });
}

#[tokio::test]
async fn a_file_comes_whole_and_as_it_was_told_of_or_not_at_all() {
    let elsewhere = Server::start([]).await;
    let unknown = |reason: &str| CallFailure::Unknown { reason: reason.to_owned() };
    let away = format!("Location: {}/\r\n", elsewhere.url);
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\na rec".to_vec();
    let large = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", (100 << 20) + 1).into_bytes();
    let gone = json!({ "error": { "message": "gone", "code": 100, "error_subcode": 33 } }).to_string();
    for (then, expected) in [
        (Then::Answer(200, "a recordinh".to_owned()), unknown("another file than was told of")),
        (Then::Answer(200, String::new()), unknown("another file than was told of")),
        (Then::Answer(404, "<html>Not here</html>".to_owned()), unknown("404 that can't be understood")),
        (Then::With(302, away, String::new()), unknown("302 that can't be understood")),
        (Then::Raw(cut), unknown("a file that breaks off")),
        (Then::Raw(large), CallFailure::NeverValid { reason: "the file has over 104857600 bytes".to_owned() }),
    ] {
        let store = Server::start([then]).await;
        let failure = graph_at(&store.url).download(&token(TOKEN), &file_at(&store.url, Some(11))).await.unwrap_err();
        assert_eq!(failure, expected);
    }
    let store = Server::start([Then::Answer(404, gone)]).await;
    let failure = graph_at(&store.url).download(&token(TOKEN), &file_at(&store.url, None)).await.unwrap_err();
    let CallFailure::Refused(refusal) = failure else { panic!("{failure:?}") };
    assert_eq!((refusal.status, refusal.code, refusal.subcode), (404, 100, Some(33)));
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn the_token_is_shown_where_it_can_t_be_read_on_the_way_alone() {
    let here = Server::start([Then::Answer(200, "a recording".to_owned())]).await;
    let meta = graph_at("https://graph.facebook.com");
    let kept_badly = CallFailure::NeverValid { reason: "the file is kept where no token is shown".to_owned() };
    for (graph, url) in [
        (&meta, "http://lookaside.example/a"),
        (&meta, &here.url),
        (&graph_at(&here.url), "http://lookaside.example/a"),
        (&graph_at(&here.url), "ftp://127.0.0.1/a"),
        (&graph_at(&here.url), "file:///etc/passwd"),
    ] {
        assert_eq!(graph.download(&token(TOKEN), &file_at(url, None)).await.unwrap_err(), kept_badly, "{url}");
    }
    let large = file_at(&here.url, Some((100 << 20) + 1));
    let failure = graph_at(&here.url).download(&token(TOKEN), &large).await.unwrap_err();
    assert_eq!(failure, CallFailure::NeverValid { reason: "the file has over 104857600 bytes".to_owned() });
    assert_eq!(here.connections(), 0);
}

fn file_at(url: &str, size: Option<u64>) -> Media {
    Media {
        id: ID.to_owned(),
        url: Url::parse(url).unwrap(),
        mime_type: "audio/ogg".to_owned(),
        sha256: Digest::of(b"a recording"),
        size,
    }
}

#[test]
fn a_digest_is_read_in_both_spellings_and_in_no_third_one() {
    // Of nothing at all, as everybody knows it.
    let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let digest = Digest::of(b"");
    for text in [hex, base64, &hex.to_uppercase(), &format!(" {base64}\n")] {
        assert_eq!(Digest::parse(text), Some(digest), "{text}");
    }
    for text in ["", &hex[1..], &base64[4..], "sha256", &format!("{hex}00")] {
        assert_eq!(Digest::parse(text), None, "{text}");
    }
}
