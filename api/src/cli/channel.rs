//! `leadflow channel`.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use leadflow_domain::channel::{
    self, AccountName, AppKey, ChannelCommand, DisplayPhone, ProviderId, SocialAccount, SocialNetwork, WhatsAppNumber,
};
use leadflow_domain::{ChannelId, StreamId, TenantId};
use leadflow_event_store::{ExecuteError, entropy};
use serde_json::json;

use super::output;
use super::output::say;
use super::tenant::{command_line, must_exist};
use crate::app::App;

/// Where people write to an account.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Network {
    /// To a page of Facebook
    Messenger,
    /// To a professional account of Instagram
    Instagram,
}

impl From<Network> for SocialNetwork {
    fn from(network: Network) -> Self {
        match network {
            Network::Messenger => Self::Messenger,
            Network::Instagram => Self::Instagram,
        }
    }
}

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
    /// Connect a page's Messenger, or an account of Instagram: what people write there arrives in the tenant's inbox from now on
    AddSocial {
        /// The tenant
        #[arg(long)]
        tenant: TenantId,
        /// Where
        #[arg(long)]
        network: Network,
        /// Meta's id of the page, or of the account of Instagram
        #[arg(long)]
        account_id: String,
        /// What it is called
        #[arg(long)]
        name: String,
        /// The Meta app that its webhooks come from, by its key in the configuration; without it, the default one
        #[arg(long, value_name = "KEY")]
        app: Option<AppKey>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a number, or an account, up: it is free to be connected elsewhere, and its threads stay
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
                warn_of(app, meta_app.as_ref());
                let number = WhatsAppNumber {
                    phone_number_id: ProviderId::parse(&phone_number_id).context("--phone-number-id")?,
                    waba_id: ProviderId::parse(&waba_id).context("--waba-id")?,
                    display_phone: DisplayPhone::parse(&display_phone).context("--display-phone")?,
                    app: meta_app,
                };
                must_exist(app, tenant).await?;
                connected(connect(app, tenant, number).await?, json)?;
            }
            Self::AddSocial { tenant, network, account_id, name, app: meta_app, json } => {
                warn_of(app, meta_app.as_ref());
                let account = SocialAccount {
                    network: network.into(),
                    account_id: ProviderId::parse(&account_id).context("--account-id")?,
                    name: AccountName::parse(&name).context("--name")?,
                    app: meta_app,
                };
                must_exist(app, tenant).await?;
                connected(connect_account(app, tenant, account).await?, json)?;
            }
            Self::Disconnect { channel } => disconnect(app, channel).await?,
            Self::List { tenant, json } => list(app, tenant, json).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn warn_of(app: &App, meta_app: Option<&AppKey>) {
    if let Some(key) = meta_app
        && !app.config.meta_apps.contains_key(key)
    {
        // No error: whoever serves may be told of it elsewhere.
        eprintln!("[meta_apps.{key}] is not in this configuration; its webhooks are taken once `serve` has it.");
    }
}

fn connected(channel: ChannelId, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(&json!({"channelId": channel}));
    }
    say!("Connected as channel {channel}.");
    Ok(())
}

/// Connects an account, and leaves what Meta knows the business by there as it is.
async fn connect_account(app: &App, tenant: TenantId, account: SocialAccount) -> anyhow::Result<ChannelId> {
    let channel = ChannelId::social(tenant, account.network, account.account_id.as_str());
    let context = command_line(tenant, &["connect", &entropy::uuid().to_string()]);
    let command = ChannelCommand::ConnectSocialAccount { account, credential: None };
    match app.commands.channels.execute(channel, command, context).await {
        Ok(_) => Ok(channel),
        Err(ExecuteError::Reserved { .. }) => {
            bail!("this account is connected to another tenant; disconnect it there first (`leadflow channel list`)")
        }
        Err(error) => Err(error.into()),
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
        .filter_map(|(owner, id, channel)| Some((owner, id, Shown::of(channel)?, channel)));
    if json {
        let rows: Vec<_> = shown
            .map(|(owner, id, shown, channel)| {
                json!({
                    "channelId": id.to_string(),
                    "tenantId": owner,
                    "kind": shown.kind,
                    "phoneNumberId": channel.number().map(|number| &number.phone_number_id),
                    "wabaId": channel.number().map(|number| &number.waba_id),
                    "displayPhone": channel.number().map(|number| &number.display_phone),
                    "accountId": channel.account().map(|account| &account.account_id),
                    "accountName": channel.account().map(|account| &account.name),
                    "app": channel.app(),
                    "connected": channel.is_connected(),
                })
            })
            .collect();
        return output::json(&rows);
    }
    let rows = shown
        .map(|(owner, id, shown, channel)| {
            vec![
                id.to_string(),
                owner.to_string(),
                shown.kind.to_owned(),
                shown.name.to_owned(),
                shown.id.to_owned(),
                channel.app().map(ToString::to_string).unwrap_or_default(),
                if channel.is_connected() { "connected" } else { "disconnected" }.to_owned(),
            ]
        })
        .collect();
    let none = "No channel is connected; see `leadflow channel add-whatsapp` and `leadflow channel add-social`.";
    output::table(&["channel", "tenant", "kind", "number or name", "id at Meta", "app", "state"], rows, none)?;
    Ok(())
}

/// What a list shows of a channel.
struct Shown<'a> {
    kind: &'static str,
    name: &'a str,
    id: &'a str,
}

impl<'a> Shown<'a> {
    /// Nothing where it was never connected.
    fn of(channel: &'a channel::Channel) -> Option<Self> {
        let number = channel.number().map(|number| Self {
            kind: "whatsapp",
            name: number.display_phone.as_str(),
            id: number.phone_number_id.as_str(),
        });
        number.or_else(|| {
            let account = channel.account()?;
            Some(Self { kind: account.network.word(), name: account.name.as_str(), id: account.account_id.as_str() })
        })
    }
}
