//! Over HTTP, with a client that knows nothing but JSON, and somebody who takes webhooks.

mod control;
mod customers;
mod faults;
mod kinds;
mod leads;
mod limits;
mod many;
mod media;
mod pace;
mod statuses;
mod templates;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, Mac as _};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::*;

pub(super) const TOKEN: &str = "EAAGm0PX4ZCpsBAKtoken";
pub(super) const NUMBER: &str = "106540352242922";
pub(super) const ACCOUNT: &str = "102290129340398";
pub(super) const ADA: &str = "16505551234";
pub(super) const SECRET: &str = "5ebe2294ecd0e0f08eab7690d2a6ee69";
/// More than anything takes.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// Takes webhooks as a business does.
pub(super) struct Business {
    url: String,
    told: watch::Sender<Told>,
}

#[derive(Default)]
pub(super) struct Told {
    pub(super) bodies: Vec<Value>,
    /// Those that were not taken.
    pub(super) refused: Vec<Value>,
    /// What is answered next, in the place of 200; the last comes first.
    answers: Vec<u16>,
}

impl Business {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks", listener.local_addr().unwrap());
        let told = watch::Sender::new(Told::default());
        let routes = Router::new().route("/webhooks", post(taken)).with_state(told.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, told }
    }

    pub(super) fn answers(&self, mut statuses: Vec<u16>) {
        statuses.reverse();
        self.told.send_modify(|told| told.answers = statuses);
    }

    /// Waits until so many were taken, and gives them.
    pub(super) async fn takes(&self, count: usize) -> Vec<Value> {
        let mut told = self.told.subscribe();
        let taken = tokio::time::timeout(PATIENCE, told.wait_for(|told| told.bodies.len() >= count)).await;
        taken.expect("webhooks come in time").unwrap().bodies.clone()
    }

    pub(super) fn refused(&self) -> Vec<Value> {
        self.told.borrow().refused.clone()
    }
}

async fn taken(State(told): State<watch::Sender<Told>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(&body);
    let expected = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    if headers["x-hub-signature-256"] != expected || headers["content-type"] != "application/json" {
        return StatusCode::UNAUTHORIZED;
    }
    assert!(body.is_ascii(), "Meta escapes what it signs");
    let body: Value = serde_json::from_slice(&body).unwrap();
    let mut status = 200;
    told.send_modify(|told| {
        status = told.answers.pop().unwrap_or(200);
        if status == 200 { told.bodies.push(body) } else { told.refused.push(body) }
    });
    StatusCode::from_u16(status).unwrap()
}

/// A simulator in which [`TOKEN`] reaches [`NUMBER`], and who is told.
pub(super) struct Bed {
    pub(super) simulator: Arc<Simulator>,
    pub(super) business: Business,
    pub(super) client: Client,
}

pub(super) fn number() -> BusinessNumber {
    BusinessNumber {
        phone_number_id: NUMBER.to_owned(),
        waba_id: ACCOUNT.to_owned(),
        display_phone: "15550783881".to_owned(),
    }
}

/// Answered by the HTTP status, and what was said.
pub(super) type Answered = (u16, Value);

impl Bed {
    pub(super) async fn new() -> Self {
        Self::with(Settings { windows_open_for_all: true, ..Settings::default() }).await
    }

    pub(super) async fn with(settings: Settings) -> Self {
        let business = Business::start().await;
        let settings = Settings { app_secret: SECRET.to_owned(), posts_to: Some(business.url.clone()), ..settings };
        let simulator = Simulator::start(settings).await.unwrap();
        simulator.reaches(TOKEN, number(), "Saffron Sofas");
        Self { simulator: Arc::new(simulator), business, client: Client::builder().no_proxy().build().unwrap() }
    }

    pub(super) fn at(&self, path: &str) -> String {
        format!("{}/v24.0/{path}", self.simulator.url())
    }

    pub(super) fn posting(&self, message: &Value) -> RequestBuilder {
        self.client.post(self.at(&format!("{NUMBER}/messages"))).bearer_auth(TOKEN).json(message)
    }

    pub(super) async fn sends(&self, message: &Value) -> Answered {
        answered(self.posting(message)).await
    }

    /// The id of what must be accepted.
    pub(super) async fn sent(&self, message: &Value) -> String {
        let (status, said) = self.sends(message).await;
        assert_eq!(status, 200, "{said}");
        said["messages"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn gets(&self, path: &str) -> Answered {
        answered(self.client.get(self.at(path)).bearer_auth(TOKEN)).await
    }
}

pub(super) async fn answered(request: RequestBuilder) -> Answered {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// The HTTP status, and Meta's code.
pub(super) fn code((status, said): &Answered) -> (u16, i64) {
    (*status, said["error"]["code"].as_i64().unwrap_or(-1))
}

/// A message to Ada of this kind.
pub(super) fn message(kind: &str, content: &Value) -> Value {
    json!({ "messaging_product": "whatsapp", "recipient_type": "individual", "to": format!("+{ADA}"), "type": kind, kind: content })
}

pub(super) fn text(body: &str) -> Value {
    message("text", &json!({ "body": body }))
}

/// What the only change of a webhook says.
pub(super) fn value(webhook: &Value) -> &Value {
    &webhook["entry"][0]["changes"][0]["value"]
}
