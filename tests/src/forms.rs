//! Lead forms of Google's, as a business opens them and as Google sends what is filled in.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::colleagues::done;
use crate::graphql::GraphQl;
use crate::sender::connection;

/// A form that was opened.
#[derive(Debug, Clone)]
pub struct Form {
    /// The source's id.
    pub source: String,
    /// The path that Google sends to.
    pub path: String,
    /// What it shows there.
    pub key: String,
}

const OPEN: &str = "mutation ($input: OpenGoogleFormInput!) { done: openGoogleForm(input: $input) {
    googleKey source { id name kind status webhookPath version } userErrors { code message } stale } }";

impl Form {
    /// The business opens one.
    ///
    /// # Errors
    /// When it is refused, or told without its key.
    pub async fn open(graphql: &GraphQl, name: &str) -> Result<Self> {
        let opened = done(graphql, OPEN, &json!({"name": name})).await?;
        let text = |at: &str| opened.pointer(at).and_then(Value::as_str).map(str::to_owned).context("not told");
        Ok(Self { source: text("/source/id")?, path: text("/source/webhookPath")?, key: text("/googleKey")? })
    }

    /// Somebody fills it in, by the questions' ids.
    #[must_use]
    pub fn filled_in(&self, lead_id: &str, columns: &[(&str, &str)]) -> Value {
        let columns: Vec<Value> = columns
            .iter()
            .map(|(id, answer)| json!({"column_id": id, "column_name": format!("Your {id}"), "string_value": answer}))
            .collect();
        json!({
            "lead_id": lead_id, "api_version": "1.0", "form_id": 401, "campaign_id": 402, "adgroup_id": 403,
            "creative_id": 404, "asset_group_id": 405, "gcl_id": format!("click-{lead_id}"), "google_key": self.key,
            "is_test": false, "lead_submit_time": "2026-11-06T08:00:00Z", "user_column_data": columns,
        })
    }

    /// Google sends it, and hears this.
    ///
    /// # Errors
    /// When it is not answered, or not with JSON.
    pub async fn send(&self, address: SocketAddr, body: &Value) -> Result<(StatusCode, Value)> {
        let response = connection()?.post(format!("http://{address}{}", self.path)).json(body).send().await?;
        Ok((response.status(), response.json().await?))
    }
}
