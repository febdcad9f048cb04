//! `leadflow channel`.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use leadflow_domain::channel::{self, AppKey, ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::{ChannelId, StreamId, TenantId};
use leadflow_event_store::{ExecuteError, entropy};
use serde_json::json;

use super::output;
use super::output::say;
use super::tenant::{command_line, must_exist};
use crate::app::App;

#[derive(Debug, Subcommand)]
pub(super) enum Channel {
    /// Connect a WhatsApp number: messages to it arrive in the tenant's inbox from now on
    AddWhatsapp {
        /// The tenant
        #[arg(long)]
        tenant: TenantId,
        /// Meta's id of the number
        #[arg(long)]
        phone_number_id: String,
        /// Meta's id of the WhatsApp Business Account
        #[arg(long)]
        waba_id: String,
        /// The number as people read it
        #[arg(long)]
        display_phone: String,
        /// The Meta app that its webhooks come from, by its key in the configuration; without it, the default one
        #[arg(long, value_name = "KEY")]
        app: Option<AppKey>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a number up: it is free to be connected elsewhere, and its threads stay
    Disconnect {
        /// The channel
        channel: ChannelId,
    },
    /// All channels
    List {
        /// Only this tenant's
        #[arg(long)]
        tenant: Option<TenantId>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Channel {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        match self {
            Self::AddWhatsapp { tenant, phone_number_id, waba_id, display_phone, app: meta_app, json } => {
                if let Some(key) = &meta_app
                    && !app.config.meta_apps.contains_key(key)
                {
                    // No error: whoever serves may be told of it elsewhere.
                    eprintln!(
                        "[meta_apps.{key}] is not in this configuration; its webhooks are taken once `serve` has it."
                    );
                }
                let number = WhatsAppNumber {
                    phone_number_id: ProviderId::parse(&phone_number_id).context("--phone-number-id")?,
                    waba_id: ProviderId::parse(&waba_id).context("--waba-id")?,
                    display_phone: DisplayPhone::parse(&display_phone).context("--display-phone")?,
                    app: meta_app,
                };
                must_exist(app, tenant).await?;
                let channel = connect(app, tenant, number).await?;
                if json {
                    output::json(&json!({"channelId": channel}))?;
                } else {
                    say!("Connected as channel {channel}.");
                }
            }
            Self::Disconnect { channel } => disconnect(app, channel).await?,
            Self::List { tenant, json } => list(app, tenant, json).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Connects a number; doing it twice is fine.
pub(super) async fn connect(app: &App, tenant: TenantId, number: WhatsAppNumber) -> anyhow::Result<ChannelId> {
    let channel = ChannelId::whatsapp(tenant, number.phone_number_id.as_str());
    // It may be connected, given up and connected again, so each call is a command of its own.
    let context = command_line(tenant, &["connect", &entropy::uuid().to_string()]);
    match app.commands.channels.execute(channel, ChannelCommand::ConnectWhatsAppNumber(number), context).await {
        Ok(_) => Ok(channel),
        Err(ExecuteError::Reserved { .. }) => bail!(
            "this phone number id is connected to another tenant; disconnect it there first (`leadflow channel list`)"
        ),
        Err(error) => Err(error.into()),
    }
}

async fn disconnect(app: &App, channel: ChannelId) -> anyhow::Result<()> {
    let loaded = app.store.reader().load::<channel::Channel>(StreamId::from(channel)).await?;
    let Some(tenant) = loaded.tenant else {
        bail!("there is no channel {channel}; `leadflow channel list` shows all");
    };
    let context = command_line(tenant, &["disconnect", &entropy::uuid().to_string()]);
    app.commands.channels.execute(channel, ChannelCommand::Disconnect, context).await?;
    say!("Disconnected channel {channel}.");
    Ok(())
}

async fn list(app: &App, tenant: Option<TenantId>, json: bool) -> anyhow::Result<()> {
    let channels = app.store.reader().load_all::<channel::Channel>().await?;
    let shown = channels
        .iter()
        .filter(|(owner, ..)| tenant.is_none_or(|tenant| tenant == *owner))
        .filter_map(|(owner, id, channel)| Some((owner, id, channel.number()?, channel.is_connected())));
    if json {
        let rows: Vec<_> = shown
            .map(|(owner, id, number, connected)| {
                json!({
                    "channelId": id.to_string(),
                    "tenantId": owner,
                    "phoneNumberId": number.phone_number_id,
                    "wabaId": number.waba_id,
                    "displayPhone": number.display_phone,
                    "app": number.app,
                    "connected": connected,
                })
            })
            .collect();
        return output::json(&rows);
    }
    let rows = shown
        .map(|(owner, id, number, connected)| {
            vec![
                id.to_string(),
                owner.to_string(),
                number.display_phone.as_str().to_owned(),
                number.phone_number_id.as_str().to_owned(),
                number.app.as_ref().map(ToString::to_string).unwrap_or_default(),
                if connected { "connected" } else { "disconnected" }.to_owned(),
            ]
        })
        .collect();
    let none = "No channel is connected; see `leadflow channel add-whatsapp`.";
    output::table(&["channel", "tenant", "number", "phone number id", "app", "state"], rows, none)?;
    Ok(())
}
