//! Meta, played in the demo's own process.

use std::io;

use anyhow::Context;
use leadflow_gateways::whatsapp::simulator::{Delays, Settings, Simulator};
use serde_json::json;

use super::{Client, Recording};

const CHANNELS: &str = "{ channels(first: 50) { edges { node { id phoneNumberId credentials { enteredAt } } } } }";

const ENTER: &str =
    "mutation Enter($input: EnterWhatsappCredentialsInput!) { done: enterWhatsappCredentials(input: $input) {
    number { verifiedName }
    userErrors { code message field }
} }";

/// Starts a Meta that knows the recording's number, signs with `app_secret`, and tells what becomes of messages with these
/// delays. Whom the business may still write to is left to the business: this Meta knows of nobody who wrote before it began.
///
/// # Errors
/// When it can't listen.
pub async fn start(recording: &Recording, app_secret: &str, delays: Delays) -> io::Result<Simulator> {
    let settings =
        Settings { app_secret: app_secret.to_owned(), delays, windows_open_for_all: true, ..Settings::default() };
    let meta = Simulator::start(settings).await?;
    meta.reaches(&recording.access_token(), recording.business_number(), &recording.tenant);
    Ok(meta)
}

/// Enters the token that reaches the recording's number, unless one was entered by an earlier demo.
///
/// # Errors
/// When the token is not taken.
pub async fn enter_credentials(recording: &Recording, client: &Client) -> anyhow::Result<()> {
    let number = recording.business_number().phone_number_id;
    let found = client.ask(CHANNELS, json!({})).await?;
    let mut channels = found["channels"]["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"]);
    let channel = channels.find(|channel| channel["phoneNumberId"] == number).context("the number is not there")?;
    if channel["credentials"].is_null() {
        let input = json!({"channelId": channel["id"], "accessToken": recording.access_token()});
        client.change(ENTER, json!({"input": input})).await?;
    }
    Ok(())
}
