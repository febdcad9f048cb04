//! Forms of walk-ins, as a business puts them up and as people meet them in a browser.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::colleagues::done;
use crate::graphql::GraphQl;

/// A form that was put up.
#[derive(Debug, Clone)]
pub struct WalkIn {
    /// The source's id.
    pub source: String,
    /// What its QR code says.
    pub url: String,
    /// Where it is on a server.
    pub path: String,
}

const OPEN: &str = "mutation ($input: OpenWalkInInput!) { done: openWalkIn(input: $input) {
    source { id name kind status webhookPath version walkIn { url qrSvgUrl qrPngUrl } } userErrors { code field message } stale } }";

impl WalkIn {
    /// The business puts one up that asks for what `form` says.
    ///
    /// # Errors
    /// When it is refused, or told without its address.
    pub async fn open(graphql: &GraphQl, name: &str, form: &Value) -> Result<Self> {
        let opened = done(graphql, OPEN, &json!({"name": name, "form": form})).await?;
        let text = |at: &str| opened.pointer(at).and_then(Value::as_str).map(str::to_owned).context("not told");
        let (url, path) = (text("/source/walkIn/url")?, text("/source/webhookPath")?);
        ensure!(url.ends_with(&path), "{opened}");
        ensure!(text("/source/walkIn/qrPngUrl")? == format!("{url}/qr.png"), "{opened}");
        ensure!(text("/source/walkIn/qrSvgUrl")? == format!("{url}/qr.svg"), "{opened}");
        Ok(Self { source: text("/source/id")?, url, path })
    }

    /// What is at its address, or below it.
    ///
    /// # Errors
    /// When it is not answered.
    pub async fn get(&self, address: SocketAddr, below: &str) -> Result<Response> {
        Ok(browser()?.get(format!("http://{address}{}{below}", self.path)).send().await?)
    }

    /// Somebody sends it, with these fields.
    ///
    /// # Errors
    /// When it is not answered.
    pub async fn send(&self, address: SocketAddr, fields: &[(&str, &str)]) -> Result<Response> {
        Ok(browser()?.post(format!("http://{address}{}", self.path)).form(fields).send().await?)
    }
}

/// The stamp of the form that a page shows.
///
/// # Errors
/// When it shows none.
pub fn stamp(page: &str) -> Result<String> {
    let (_, rest) = page.split_once("name=\"stamp\" value=\"").context("no form")?;
    Ok(rest.split_once('"').context("no stamp")?.0.to_owned())
}

/// One that says where it is sent on to, and does not go there by itself.
fn browser() -> Result<Client> {
    Ok(Client::builder().no_proxy().redirect(Policy::none()).build()?)
}
