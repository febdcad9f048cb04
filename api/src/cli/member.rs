//! `leadflow member`.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use leadflow_domain::member::MemberCommand;
use leadflow_domain::role::MemberRole;
use leadflow_domain::tenant::{self, TenantName};
use leadflow_domain::{EmailAddress, MemberId, StreamId, TenantId};
use leadflow_event_store::database::KeptPool;
use leadflow_event_store::entropy;
use serde_json::json;

use super::output;
use super::output::say;
use super::tenant::command_line;
use crate::app::App;
use crate::auth::{Invited, Providers};
use crate::limits::{self, Limits};

/// What the letter calls whoever sits at the command line.
const INVITER: &str = "LeadFlow's operator";

#[derive(Debug, Subcommand)]
pub(super) enum Member {
    /// Send somebody a link by mail, by which she joins a business; so it gets its first owner
    Invite {
        /// The business
        #[arg(long)]
        tenant: TenantId,
        /// Where the link goes, and with what she signs in
        #[arg(long)]
        email: String,
        /// What she is for the business
        #[arg(long, value_enum)]
        role: Role,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// The roles that every business has.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Role {
    /// May do everything
    Owner,
    /// Sees to a team and its conversations
    TeamLead,
    /// Works conversations
    Agent,
    /// Sees what is charged
    BillingAdmin,
}

impl From<Role> for MemberRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::TeamLead => Self::TeamLead,
            Role::Agent => Self::Agent,
            Role::BillingAdmin => Self::BillingAdmin,
        }
    }
}

impl Member {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        match self {
            Self::Invite { tenant, email, role, json } => {
                let address = EmailAddress::parse(&email).context("--email")?;
                let loaded = app.store.reader().load::<tenant::Tenant>(StreamId::from(tenant)).await?;
                let Some(business) = loaded.state.name().map(TenantName::as_str) else {
                    bail!("there is no tenant {tenant}; `leadflow tenant list` shows all");
                };
                let member = MemberId::from_uuid(entropy::uuid());
                let command = MemberCommand::Invite { email: address.clone(), role: role.into(), team: None };
                let context = command_line(tenant, &["invite", &member.to_string()]);
                app.commands.members.execute(member, command, context).await?;
                let limits = Limits::start(
                    app.pool.clone(),
                    std::sync::Arc::clone(&app.keys),
                    app.config.limits,
                    limits::PATIENCE,
                );
                let business = business.to_owned();
                let invited = Invited { tenant, member, address, business, inviter: INVITER.to_owned() };
                let callers = KeptPool::beside_others(app.pool.clone());
                app.doors(callers, limits, Providers::default()).send_invitation(invited).await?;
                if json {
                    output::json(&json!({"memberId": member}))?;
                } else {
                    say!("Invited {member}. The letter goes out as soon as a process serves.");
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
