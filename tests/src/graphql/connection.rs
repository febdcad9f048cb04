//! Reading a connection to its end, page by page.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::GraphQl;

/// The most a server gives at once.
const PAGE: u32 = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "N: DeserializeOwned")]
struct Connection<N> {
    total_count: u64,
    page_info: PageInfo,
    edges: Vec<Edge<N>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(bound = "N: DeserializeOwned")]
struct Edge<N> {
    cursor: String,
    node: N,
}

impl GraphQl {
    /// Every node of the connection at the JSON pointer `at`, whose document takes `$first` and `$after`.
    ///
    /// # Errors
    /// When a page can't be read, or the pages, their cursors and `totalCount` contradict each other. While the
    /// connection still grows they may; callers that wait for it ask again.
    pub async fn every<N: DeserializeOwned>(&self, document: &str, mut variables: Value, at: &str) -> Result<Vec<N>> {
        let mut nodes = Vec::new();
        variables["first"] = PAGE.into();
        variables["after"] = Value::Null;
        loop {
            let page: Connection<N> = self.ask(document, &variables, at).await?;
            let last = page.edges.last().map(|edge| edge.cursor.clone());
            ensure!(page.page_info.end_cursor == last, "{at}: endCursor is not the last edge's cursor");
            ensure!(page.edges.len() <= PAGE as usize, "{at}: more edges than asked for");
            nodes.extend(page.edges.into_iter().map(|edge| edge.node));
            if !page.page_info.has_next_page {
                let total = usize::try_from(page.total_count)?;
                ensure!(nodes.len() == total, "{at}: totalCount is {total}, the pages hold {}", nodes.len());
                return Ok(nodes);
            }
            // A page that is empty and not the last would have us ask for ever.
            variables["after"] = last.with_context(|| format!("{at}: an empty page that has a next one"))?.into();
        }
    }
}
