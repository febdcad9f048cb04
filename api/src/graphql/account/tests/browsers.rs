//! Browsers that keep their tokens as cookies.

use reqwest::header::{COOKIE, HeaderMap, HeaderValue, ORIGIN};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::{Answer, Bed, PASSWORD, TOKENS, mutation};

const ADA: &str = "ada@example.com";
const PAGE: &str = "https://desk.example";
const VIEWER: &str = "query { viewer { role } }";

/// A request as a page of this origin sends it, with what the browser keeps.
fn from_page(request: RequestBuilder, origin: Option<&str>, cookies: &str) -> RequestBuilder {
    let mut headers = HeaderMap::new();
    if let Some(origin) = origin {
        headers.insert(ORIGIN, HeaderValue::from_str(origin).unwrap());
    }
    headers.insert(COOKIE, HeaderValue::from_str(cookies).unwrap());
    request.headers(headers)
}

/// What a browser sends back of the cookies that it was given.
fn kept(answer: &Answer) -> String {
    let pairs: Vec<_> = answer.cookies().into_iter().map(|cookie| cookie.split(';').next().unwrap()).collect();
    pairs.join("; ")
}

impl Bed {
    async fn page(&self, document: &str, input: &Value, cookies: &str) -> Answer {
        let request = from_page(self.request(None, document, input), Some(PAGE), cookies);
        self.send(request.header("x-leadflow-session", "cookies")).await
    }
}

async fn begin() -> (Bed, String) {
    let variables = [super::UNLIMITED.as_slice(), &[("LEADFLOW_ALLOWED_ORIGINS", PAGE)]].concat();
    let bed = Bed::with(&variables).await;
    bed.owner_of_a_business(ADA).await;
    let input = json!({ "email": ADA, "password": PASSWORD });
    let signed_in = bed.page(&mutation("signIn", TOKENS), &input, "").await;
    assert_eq!((signed_in.code(), &signed_in.payload()["tokens"]), ("none", &Value::Null), "no script sees them");
    assert_eq!(signed_in.cookies().len(), 2);
    assert!(signed_in.cookies().iter().all(|cookie| cookie.starts_with("__Host-leadflow-")));
    (bed, kept(&signed_in))
}

#[tokio::test]
async fn a_page_is_signed_in_by_what_its_browser_keeps() {
    let (bed, cookies) = begin().await;
    assert_eq!(bed.page(VIEWER, &Value::Null, &cookies).await.body["data"]["viewer"]["role"], "OWNER");
    let refresh = mutation("refreshSession", TOKENS);
    let renewed = bed.page(&refresh, &json!({}), &cookies).await;
    assert_eq!(renewed.code(), "none");
    let again = bed.page(&refresh, &json!({}), &cookies).await;
    assert_eq!(again.code(), "SESSION_ENDED");
    assert!(again.cookies().iter().all(|cookie| cookie.ends_with("Max-Age=0")), "and the browser forgets them");
    // Its session is over, and it sends what it keeps all the same: that does not keep her from signing in.
    let cookies = kept(&renewed);
    assert_eq!(bed.page(VIEWER, &Value::Null, &cookies).await.status, StatusCode::UNAUTHORIZED);
    let input = json!({ "email": ADA, "password": PASSWORD });
    let signed_in = bed.page(&mutation("signIn", TOKENS), &input, &cookies).await;
    let signed_out = bed.page("mutation { signOut { userErrors { code } } }", &Value::Null, &kept(&signed_in)).await;
    assert_eq!((signed_out.code(), signed_out.cookies().len()), ("none", 2));
    assert_eq!(bed.page(VIEWER, &Value::Null, &kept(&signed_in)).await.status, StatusCode::UNAUTHORIZED);
    bed.stop().await;
}

#[tokio::test]
async fn cookies_alone_prove_nothing() {
    let (bed, cookies) = begin().await;
    let asked = |document: &str| bed.request(None, document, &Value::Null);
    let sign_out = "mutation { signOut { userErrors { code } } }";
    for (what, request, status) in [
        (
            "another origin",
            from_page(asked(sign_out), Some("https://evil.example"), &cookies).header("x-leadflow-session", "cookies"),
            StatusCode::FORBIDDEN,
        ),
        ("a form's origin", from_page(asked(sign_out), Some("null"), &cookies), StatusCode::FORBIDDEN),
        ("no header", from_page(asked(sign_out), Some(PAGE), &cookies), StatusCode::UNAUTHORIZED),
        (
            "no origin",
            from_page(asked(sign_out), None, &cookies).header("x-leadflow-session", "cookies"),
            StatusCode::UNAUTHORIZED,
        ),
        (
            "another header",
            from_page(asked(sign_out), Some(PAGE), &cookies).header("x-leadflow-session", "1"),
            StatusCode::UNAUTHORIZED,
        ),
    ] {
        assert_eq!(bed.send(request).await.status, status, "{what}");
    }
    // A form can be sent from anywhere, and comes to nothing.
    let form = bed.client.post(bed.url("/graphql")).form(&[("query", sign_out)]);
    assert_eq!(bed.send(from_page(form, None, &cookies)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(bed.page(VIEWER, &Value::Null, &cookies).await.status, StatusCode::OK, "she is still in");
    bed.stop().await;
}

#[tokio::test]
async fn keys_are_published() {
    let bed = Bed::new().await;
    let ada = bed.owner_of_a_business(ADA).await;
    let published = bed.send(bed.client.get(bed.url("/.well-known/jwks.json"))).await;
    let header = jsonwebtoken::decode_header(&ada.access).unwrap();
    assert_eq!(published.body["keys"][0]["kid"].as_str(), header.kid.as_deref());
    // As whoever trusts us checks it.
    let key: jsonwebtoken::jwk::Jwk = serde_json::from_value(published.body["keys"][0].clone()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.set_audience(&["leadflow"]);
    validation.set_issuer(&["http://127.0.0.1:8080/"]);
    let key = jsonwebtoken::DecodingKey::from_jwk(&key).unwrap();
    assert!(jsonwebtoken::decode::<Value>(&ada.access, &key, &validation).is_ok());
    bed.stop().await;
}
