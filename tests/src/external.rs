//! Programs that post leads, as a business lets them and as they do.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use leadflow_gateways::external::{SIGNATURE, TIMESTAMP, sign};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::colleagues::done;
use crate::graphql::GraphQl;
use crate::sender::connection;

/// A program that was let in.
#[derive(Debug, Clone)]
pub struct Program {
    /// The source's id.
    pub source: String,
    /// The path that it posts to.
    pub path: String,
    /// What it shows there.
    pub token: String,
    /// What it signs with, if it has to.
    pub secret: Option<String>,
    /// The time by its clock, in seconds since 1970.
    pub now: i64,
}

/// What a program is answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Value,
    /// After how many seconds it may post again, where it posted too often.
    pub retry_after: Option<u32>,
}

const OPEN: &str = "mutation ($input: OpenExternalSourceInput!) { done: openExternalSource(input: $input) {
    token secret source { id kind status webhookPath version external { isSigned networks } }
    userErrors { code field message } stale } }";

impl Program {
    /// The business lets one in, as `input` says. By its clock it is `now`.
    ///
    /// # Errors
    /// When it is refused, or told without its token.
    pub async fn open(graphql: &GraphQl, input: &Value, now: i64) -> Result<Self> {
        let opened = done(graphql, OPEN, input).await?;
        let text = |at: &str| opened.pointer(at).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            source: text("/source/id").context("no source")?,
            path: text("/source/webhookPath").context("no path")?,
            token: text("/token").context("no token")?,
            secret: text("/secret"),
            now,
        })
    }

    /// What it posts, before it is sent: `body`, of this media type, signed if it has to be.
    ///
    /// # Errors
    /// When no connection can be made.
    pub fn request(&self, address: SocketAddr, media_type: &str, body: Vec<u8>) -> Result<RequestBuilder> {
        let request = connection()?
            .post(format!("http://{address}{}", self.path))
            .bearer_auth(&self.token)
            .header("content-type", media_type);
        let request = match &self.secret {
            None => request,
            Some(secret) => {
                request.header(TIMESTAMP, self.now).header(SIGNATURE, sign(secret.as_bytes(), self.now, &body))
            }
        };
        Ok(request.body(body))
    }

    /// It posts JSON, and hears this.
    ///
    /// # Errors
    /// When it is not answered, or not with JSON.
    pub async fn post(&self, address: SocketAddr, body: &Value) -> Result<Answer> {
        Answer::to(self.request(address, "application/json", body.to_string().into_bytes())?).await
    }

    /// It posts a form as a page of the web does, and hears this.
    ///
    /// # Errors
    /// When it is not answered, or not with JSON.
    pub async fn post_form(&self, address: SocketAddr, body: &str) -> Result<Answer> {
        Answer::to(self.request(address, "application/x-www-form-urlencoded", body.as_bytes().to_vec())?).await
    }

    /// What is asked about it beside its id.
    #[must_use]
    pub fn about(&self) -> Value {
        json!({"sourceId": self.source})
    }
}

impl Answer {
    /// What a request is answered.
    ///
    /// # Errors
    /// When it is not answered, or not with JSON.
    pub async fn to(request: RequestBuilder) -> Result<Self> {
        let response = request.send().await?;
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        Ok(Self { status: response.status(), retry_after, body: response.json().await? })
    }
}
