//! Asks GraphQL like any client would.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use serde_json::{Value, json};

/// Asks a server's GraphQL, with one token.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    /// Asks the server at `address`.
    #[must_use]
    pub fn new(address: SocketAddr, token: String) -> Self {
        Self { http: reqwest::Client::new(), url: format!("http://{address}/graphql"), token }
    }

    /// The `data` that the document is answered with.
    ///
    /// # Errors
    /// When the server does not answer, or with errors.
    pub async fn ask(&self, document: &str, variables: Value) -> anyhow::Result<Value> {
        let asked = self.http.post(&self.url).bearer_auth(&self.token);
        let answer = asked.json(&json!({"query": document, "variables": variables})).send().await;
        let mut answer: Value =
            answer.context("GraphQL does not answer")?.json().await.context("GraphQL's answer is not JSON")?;
        if let Some(errors) = answer.get("errors") {
            bail!("GraphQL answered with errors: {errors}");
        }
        Ok(answer["data"].take())
    }

    /// What the mutation that the document calls `done` came to.
    ///
    /// # Errors
    /// As [`Self::ask`], and when it is refused.
    pub async fn change(&self, document: &str, variables: Value) -> anyhow::Result<Value> {
        let done = self.ask(document, variables).await?["done"].take();
        if done["userErrors"].as_array().is_none_or(|errors| !errors.is_empty()) {
            bail!("GraphQL refused: {}", done["userErrors"]);
        }
        Ok(done)
    }
}
