//! A GraphQL client as a dashboard has one: documents over HTTP with a bearer token.

mod connection;
pub mod inbox;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use reqwest::{Client, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::sender;

/// A client of one server, with or without a token.
#[derive(Debug, Clone)]
pub struct GraphQl {
    client: Client,
    address: SocketAddr,
    token: Option<String>,
}

/// What came back over HTTP.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The response document.
    pub body: Value,
}

impl Answer {
    /// `extensions.code` of the first top-level error.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.body["errors"][0]["extensions"]["code"].as_str()
    }
}

impl GraphQl {
    /// A client with a bearer token.
    ///
    /// # Errors
    /// When the HTTP client can't be made.
    pub fn new(address: SocketAddr, token: &str) -> Result<Self> {
        Ok(Self { token: Some(token.to_owned()), ..Self::anonymous(address)? })
    }

    /// A client without a token.
    ///
    /// # Errors
    /// When the HTTP client can't be made.
    pub fn anonymous(address: SocketAddr) -> Result<Self> {
        Ok(Self { client: sender::connection()?, address, token: None })
    }

    /// Where its server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a document, and answers with whatever comes back.
    ///
    /// # Errors
    /// When nothing comes back, or something else than JSON.
    pub async fn send(&self, document: &str, variables: &Value) -> Result<Answer> {
        let mut request = self
            .client
            .post(format!("http://{}/graphql", self.address))
            .json(&json!({"query": document, "variables": variables}));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        let body = serde_json::from_str(&text).with_context(|| format!("/graphql answered {status}: {text}"))?;
        Ok(Answer { status, body })
    }

    /// What a path answers, as text.
    ///
    /// # Errors
    /// When nothing comes back.
    pub async fn get(&self, path: &str) -> Result<(StatusCode, String)> {
        let mut request = self.client.get(format!("http://{}{path}", self.address));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await?;
        Ok((answer.status(), answer.text().await?))
    }

    /// What a path answers to a file, as JSON.
    ///
    /// # Errors
    /// When nothing comes back, or something else than JSON.
    pub async fn post_file(&self, path: &str, file: impl Into<reqwest::Body>) -> Result<Answer> {
        // A hundred megabytes take their time where cores are shared.
        let request = self.client.post(format!("http://{}{path}", self.address)).timeout(Duration::from_secs(900));
        let request = request.header("content-type", "text/csv").body(file);
        let answer = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let answer = answer.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        let body = serde_json::from_str(&text).with_context(|| format!("{path} answered {status}: {text}"))?;
        Ok(Answer { status, body })
    }

    /// Sends a document, wants `data` and no `errors`, and reads what is at the JSON pointer `at` inside `data`.
    ///
    /// # Errors
    /// When there are errors, or something else is there.
    pub async fn ask<T: DeserializeOwned>(&self, document: &str, variables: &Value, at: &str) -> Result<T> {
        let answer = self.send(document, variables).await?;
        ensure!(answer.status == StatusCode::OK, "{}: {}", answer.status, answer.body);
        ensure!(answer.body.get("errors").is_none(), "{}", answer.body);
        let found = answer.body["data"].pointer(at).with_context(|| format!("nothing at {at} in {}", answer.body))?;
        serde_json::from_value(found.clone()).with_context(|| format!("at {at}: {found}"))
    }
}
