//! Files of leads, as a business brings them.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::graphql::{Answer, GraphQl};
use crate::patience::{PATIENCE, within};

/// What is asked of an import.
const IMPORT: &str = "query ($id: ID!) { leadImport(id: $id) { id fileName state dryRun fileBytes progress rowsRead rowsNew rowsKnown
    rowsInvalid columns { column field } firstErrors { row column reason } errorsPath createdAt startedAt cancelledAt endedAt failure } }";

/// Brings a file, and what is said of it, as a URL's query; what it is answered.
///
/// # Errors
/// When it is not answered.
pub async fn answer(graphql: &GraphQl, query: &str, file: impl Into<reqwest::Body>) -> Result<Answer> {
    graphql.post_file(&format!("/imports/leads?{query}"), file).await
}

/// Brings a file that is taken: its import's id.
///
/// # Errors
/// When it is not taken.
pub async fn bring(graphql: &GraphQl, query: &str, file: impl Into<reqwest::Body>) -> Result<String> {
    let answer = answer(graphql, query, file).await?;
    ensure!(answer.status == 202, "{}: {}", answer.status, answer.body);
    answer.body["import"]["id"].as_str().map(str::to_owned).with_context(|| format!("{}", answer.body))
}

/// An import, as it stands.
///
/// # Errors
/// When it is not told.
pub async fn import(graphql: &GraphQl, id: &str) -> Result<Value> {
    graphql.ask(IMPORT, &json!({ "id": id }), "/leadImport").await
}

/// An import that is at its end, within so long.
///
/// # Errors
/// When it does not come to it.
pub async fn ended_within(patience: Duration, graphql: &GraphQl, id: &str) -> Result<Value> {
    within(patience, "the import's end", async || {
        let import = import(graphql, id).await?;
        ensure!(!import["endedAt"].is_null(), "{import}");
        Ok(import)
    })
    .await
}

/// The same, within the usual patience.
///
/// # Errors
/// As [`ended_within`].
pub async fn ended(graphql: &GraphQl, id: &str) -> Result<Value> {
    ended_within(PATIENCE, graphql, id).await
}

/// How many rows an import has read, of which so many were new, known and invalid.
#[must_use]
pub fn counts(import: &Value) -> [i64; 4] {
    ["rowsRead", "rowsNew", "rowsKnown", "rowsInvalid"].map(|count| import[count].as_i64().unwrap_or(-1))
}
