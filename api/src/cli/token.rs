//! `leadflow token`.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{anyhow, bail};
use clap::Subcommand;
use jiff::{Span, SpanRelativeTo};
use leadflow_domain::TenantId;
use uuid::Uuid;

use super::output;
use super::output::say;
use super::tenant::must_exist;
use crate::app::App;
use crate::auth::{self, Bearer, NoBearer, Role};
use crate::storage::Purpose;

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Make a token; it is shown this once
    Issue {
        /// The tenant its bearer acts for; an OPERATOR has none
        #[arg(long)]
        tenant: Option<TenantId>,
        /// What its bearer may do
        #[arg(long, value_enum)]
        role: Role,
        /// How long it is valid, e.g. 90d, 12h, 30m; at most 3650d
        #[arg(long, default_value = "90d", value_parser = duration)]
        expires_in: Duration,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// All tokens, without their texts
    List {
        /// Only this tenant's
        #[arg(long)]
        tenant: Option<TenantId>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a token back
    Revoke {
        /// Its id, as `token list` shows it
        token: Uuid,
    },
}

impl Token {
    /// With an operator an installation may begin.
    pub(super) fn purpose(&self) -> Purpose {
        match self {
            Self::Issue { tenant: None, .. } => Purpose::Begin,
            Self::Issue { .. } | Self::List { .. } | Self::Revoke { .. } => Purpose::Call,
        }
    }

    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        match self {
            Self::Issue { tenant, role, expires_in, json } => {
                let bearer = Bearer::new(role, tenant).map_err(|error| match error {
                    NoBearer::OperatorOfTenant => anyhow!("{error}: leave --tenant out"),
                    NoBearer::OwnerOfNothing => anyhow!("{error}: name it with --tenant"),
                })?;
                if let Some(tenant) = tenant {
                    must_exist(app, tenant).await?;
                }
                let issued = auth::issue(&app.pool, bearer, expires_in).await?;
                if json {
                    output::json(&issued)?;
                } else {
                    say!("{}\n\nIt is valid until {} and not shown again.", issued.token, issued.expires_at);
                }
            }
            Self::List { tenant, json } => {
                let tokens = auth::list(&app.pool, tenant).await?;
                if json {
                    output::json(&tokens)?;
                } else {
                    let rows = tokens
                        .into_iter()
                        .map(|token| {
                            vec![
                                token.token_id.to_string(),
                                token.tenant_id.map(|tenant| tenant.to_string()).unwrap_or_default(),
                                token.role.as_str().to_owned(),
                                token.expires_at.to_string(),
                                token.state,
                            ]
                        })
                        .collect();
                    let none = "No token was issued; see `leadflow token issue`.";
                    output::table(&["token", "tenant", "role", "expires", "state"], rows, none)?;
                }
            }
            Self::Revoke { token } => {
                if !auth::revoke(&app.pool, token).await? {
                    bail!("there is no token {token}; `leadflow token list` shows all");
                }
                say!("Revoked token {token}.");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Longest life of a token.
const LONGEST: Duration = Duration::from_secs(3650 * 24 * 60 * 60);

fn duration(text: &str) -> Result<Duration, String> {
    let told = || format!("`{text}` is no duration; write 90d, 12h or 30m");
    let span: Span = text.parse().map_err(|_| told())?;
    let signed = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| told())?;
    let duration = Duration::try_from(signed).map_err(|_| told())?;
    if duration > LONGEST { Err("a token lives 3650d at most".to_owned()) } else { Ok(duration) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        for (text, seconds) in [("0s", 0), ("30m", 1_800), ("12h", 43_200), ("90d", 7_776_000), ("1d 2h", 93_600)] {
            assert_eq!(duration(text).unwrap().as_secs(), seconds);
        }
        for text in ["", "90", "-1d", "soon", "1 fortnight", "4000d", "1mo"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
