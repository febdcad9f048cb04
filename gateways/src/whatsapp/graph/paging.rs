//! Lists that Meta tells page by page.

use serde_json::Value;
use url::Url;

use super::failure::CallFailure;
use super::token::AccessToken;
use super::{Graph, ask, reading};

/// The page of `list` that comes after `after`: what is in it, of `most` bytes at the most, and after what the next one comes.
///
/// The address that Meta names for what comes next is not asked: it may lead elsewhere, and has the token in it.
pub(super) async fn page(
    graph: &Graph,
    token: &AccessToken,
    mut list: Url,
    after: Option<&str>,
    most: usize,
) -> Result<(Vec<Value>, Option<String>), CallFailure> {
    if let Some(after) = after {
        list.query_pairs_mut().append_pair("after", after);
    }
    let odd = |reason: &str| CallFailure::Unknown { reason: reason.to_owned() };
    let mut told = ask::asked(token, graph.client.get(list), most).await?;
    let paging = &told["paging"];
    let next = if paging["next"].is_string() {
        Some(reading::text(&paging["cursors"]["after"]).ok_or_else(|| odd("a list that does not say how it goes on"))?)
    } else {
        None
    };
    // Who leads in a circle would be asked for ever.
    if next.is_some() && next.as_deref() == after {
        return Err(odd("a list that comes after itself"));
    }
    let Value::Array(rows) = told["data"].take() else { return Err(odd("an answer without a list")) };
    Ok((rows, next))
}
