//! People who come in, over HTTP, with letters that are read in the outbox.

mod api_keys;
mod browsers;
mod journey;
mod logs;
mod oidc;
mod people;
mod refused;

use std::sync::Arc;

use leadflow_event_store::Keys;
use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use totp_rs::{Algorithm, Secret, TOTP};
use uuid::Uuid;

use crate::mail::{Letter, LetterKind};
use crate::serving::Serving;
use crate::testing::{managed, serve};

const PASSWORD: &str = "correct horse battery staple";

/// As often as anybody likes.
const UNLIMITED: [(&str, &str); 5] = [
    ("LEADFLOW_LIMITS__LOGIN", "1000000/1s"),
    ("LEADFLOW_LIMITS__ACCOUNT", "1000000/1s"),
    ("LEADFLOW_LIMITS__REGISTER", "1000000/1s"),
    ("LEADFLOW_LIMITS__RECOVERY", "1000000/1s"),
    ("LEADFLOW_LIMITS__SECOND_FACTOR", "1000000/1s"),
];

/// A process that serves on a database of its own.
struct Bed {
    serving: Box<Serving>,
    client: Client,
    owner: PgPool,
}

/// An answer over HTTP.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
struct Tokens {
    access: String,
    refresh: String,
}

impl Answer {
    /// What the one field that was asked for came to.
    fn payload(&self) -> &Value {
        let data = self.body["data"].as_object();
        data.and_then(|data| data.values().next()).unwrap_or_else(|| panic!("no data: {} {}", self.status, self.body))
    }

    /// The code of the one refusal, as data or as an error.
    fn code(&self) -> &str {
        let refusal = &self.body["data"].as_object().and_then(|data| data.values().next()).unwrap_or(&Value::Null)["userErrors"]
            [0];
        let code = refusal["code"].as_str().or_else(|| self.body["errors"][0]["extensions"]["code"].as_str());
        code.unwrap_or("none")
    }

    fn tokens(&self) -> Tokens {
        let tokens = &self.payload()["tokens"];
        let text = |name| tokens[name].as_str().unwrap_or_else(|| panic!("no tokens: {}", self.body)).to_owned();
        Tokens { access: text("accessToken"), refresh: text("refreshToken") }
    }

    fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect()
    }
}

const TOKENS: &str = "tokens { accessToken refreshToken expiresIn } userErrors { code message field }";

/// A mutation of what lets somebody in, or of what has nothing to show.
fn mutation(name: &str, selection: &str) -> String {
    let type_name = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!("mutation M($input: {type_name}!) {{ {name}(input: $input) {{ {selection} }} }}")
}

impl Bed {
    async fn new() -> Self {
        Self::with(&UNLIMITED).await
    }

    async fn with(variables: &[(&'static str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let (owner, config) = managed(|_| variables).await;
        Self { serving: Box::new(serve(config).await.unwrap()), client: Client::new(), owner }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.serving.address())
    }

    fn keys(&self) -> &Arc<Keys> {
        &self.serving.app().keys
    }

    async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.json().await.unwrap() }
    }

    fn request(&self, token: Option<&str>, document: &str, input: &Value) -> RequestBuilder {
        let body = json!({ "query": document, "variables": { "input": input } });
        let request = self.client.post(self.url("/graphql")).json(&body);
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn ask(&self, token: Option<&str>, document: &str, input: &Value) -> Answer {
        self.send(self.request(token, document, input)).await
    }

    async fn register(&self, address: &str) -> Answer {
        let input = json!({ "businessName": "Saffron Sofas", "name": "Ada", "email": address, "password": PASSWORD });
        self.ask(None, &mutation("register", "userErrors { code field }"), &input).await
    }

    async fn verify(&self, token: &str) -> Answer {
        let selection = format!("{TOKENS} position stale");
        self.ask(None, &mutation("verifyEmail", &selection), &json!({ "token": token, "password": PASSWORD })).await
    }

    async fn sign_in(&self, address: &str, password: &str, code: Option<&str>) -> Answer {
        let input = json!({ "email": address, "password": password, "secondFactorCode": code });
        self.ask(None, &mutation("signIn", TOKENS), &input).await
    }

    async fn refresh(&self, token: &str) -> Answer {
        self.ask(None, &mutation("refreshSession", TOKENS), &json!({ "refreshToken": token })).await
    }

    /// A business of whoever has this address.
    async fn owner_of_a_business(&self, address: &str) -> Tokens {
        assert_eq!(self.register(address).await.code(), "none");
        let verified = self.verify(&self.link_to(address).await).await;
        assert_eq!((verified.code(), &verified.payload()["stale"]), ("none", &Value::Null));
        verified.tokens()
    }

    /// Who asks, as far as she is told.
    async fn viewer(&self, access: &str) -> Answer {
        self.ask(Some(access), "query { viewer { id role tenant { name } } }", &Value::Null).await
    }

    async fn is_in(&self, access: &str) -> bool {
        let answer = self.viewer(access).await;
        match answer.status {
            StatusCode::OK => true,
            StatusCode::UNAUTHORIZED => false,
            other => panic!("{other}: {}", answer.body),
        }
    }

    /// Letters to this address, the latest first.
    async fn letters(&self, address: &str) -> Vec<LetterKind> {
        let rows: Vec<(Uuid, Vec<u8>)> =
            sqlx::query_as("select id, sealed from letters where sealed is not null order by created_at desc")
                .fetch_all(&self.owner)
                .await
                .unwrap();
        let letters = rows.iter().map(|(id, sealed)| {
            serde_json::from_slice::<Letter>(&self.keys().open_letter(*id, sealed).unwrap()).unwrap()
        });
        letters.filter(|letter| letter.to.as_str() == address).map(|letter| letter.what).collect()
    }

    /// What stands behind `#token=` in the latest letter that has a link with one.
    async fn link_to(&self, address: &str) -> String {
        let letters = self.letters(address).await;
        let link = letters.into_iter().find_map(|letter| match letter {
            LetterKind::VerifyAddress { link }
            | LetterKind::Invitation { link, .. }
            | LetterKind::PasswordReset { link } => Some(link),
            LetterKind::AlreadyRegistered { .. } | LetterKind::PasswordChanged => None,
        });
        let link = link.unwrap_or_else(|| panic!("no link was sent to {address}"));
        link.fragment().unwrap().strip_prefix("token=").unwrap().to_owned()
    }

    /// Enables a second factor, and says what codes are made from, and the recovery codes.
    async fn enable_second_factor(&self, access: &str) -> (TOTP, Vec<String>) {
        let begin = mutation("beginSecondFactor", "secret url userErrors { code }");
        let begun = self.ask(Some(access), &begin, &json!({ "password": PASSWORD })).await;
        let secret = Secret::Encoded(begun.payload()["secret"].as_str().unwrap().to_owned()).to_bytes().unwrap();
        let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, secret, None, String::new()).unwrap();
        let confirm = mutation("confirmSecondFactor", "recoveryCodes userErrors { code }");
        let confirmed = self.ask(Some(access), &confirm, &json!({ "code": self.code(&totp, 0).await })).await;
        let codes = confirmed.payload()["recoveryCodes"].as_array().unwrap();
        (totp, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
    }

    /// The code of the step that is so many after this one, by the database's clock.
    async fn code(&self, totp: &TOTP, steps: i64) -> String {
        let now: i64 = sqlx::query_scalar("select floor(extract(epoch from clock_timestamp()))::bigint")
            .fetch_one(&self.owner)
            .await
            .unwrap();
        totp.generate(u64::try_from(now + 30 * steps).unwrap())
    }

    async fn stop(self) {
        Box::pin(self.serving.stop()).await.unwrap();
    }
}
