//! `leadflow tenant`.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use leadflow_domain::tenant::{self, TenantCommand, TenantName};
use leadflow_domain::{CommandId, StreamId, TenantId};
use leadflow_event_store::{Actor, CommandContext, entropy};
use serde_json::json;

use super::output;
use super::output::say;
use crate::app::App;
use crate::storage::Purpose;

#[derive(Debug, Subcommand)]
pub(super) enum Tenant {
    /// Register a business
    Create {
        /// What it calls itself, 2 to 100 characters
        #[arg(long)]
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// All businesses
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Tenant {
    /// With a business an installation may begin.
    pub(super) fn purpose(&self) -> Purpose {
        match self {
            Self::Create { .. } => Purpose::Begin,
            Self::List { .. } => Purpose::Call,
        }
    }

    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        match self {
            Self::Create { name, json } => {
                let name = TenantName::parse(&name).context("--name")?;
                let tenant = TenantId::from_uuid(entropy::uuid());
                register(app, tenant, name).await?;
                if json {
                    output::json(&json!({"tenantId": tenant}))?;
                } else {
                    say!("Registered tenant {tenant}.");
                }
            }
            Self::List { json } => {
                let tenants = app.store.reader().load_all::<tenant::Tenant>().await?;
                let named = tenants.iter().map(|(id, _, tenant)| (id, tenant.name().map_or("", TenantName::as_str)));
                if json {
                    output::json(&named.map(|(id, name)| json!({"tenantId": id, "name": name})).collect::<Vec<_>>())?;
                } else {
                    let rows = named.map(|(id, name)| vec![id.to_string(), name.to_owned()]).collect();
                    output::table(&["tenant", "name"], rows, "No tenant is registered; see `leadflow tenant create`.")?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Registers a business; doing it twice is fine.
pub(super) async fn register(app: &App, tenant: TenantId, name: TenantName) -> anyhow::Result<()> {
    let context = command_line(tenant, &["register"]);
    app.commands.tenants.execute(tenant, TenantCommand::Register { name }, context).await?;
    Ok(())
}

/// Refuses a tenant that was never registered.
pub(super) async fn must_exist(app: &App, tenant: TenantId) -> anyhow::Result<()> {
    let loaded = app.store.reader().load::<tenant::Tenant>(StreamId::from(tenant)).await?;
    if loaded.state.name().is_none() {
        bail!("there is no tenant {tenant}; `leadflow tenant list` shows all");
    }
    Ok(())
}

/// The context of a command from the command line.
pub(super) fn command_line(tenant: TenantId, key: &[&str]) -> CommandContext {
    let id = CommandId::derive(tenant, "command-line", key);
    CommandContext::new(tenant, id, Actor::CommandLine, format!("command-line:{}", entropy::uuid()))
}
