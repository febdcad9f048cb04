//! A tenant with a WhatsApp number and an owner's token, registered through the command line.
//!
//! Every journey registers its own, so that many can share one running server.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::{self, BusinessNumber, Text};
use serde::Deserialize;

use crate::installation::Installation;

/// What the command line answered when the business was registered.
#[derive(Debug, Clone)]
pub struct Business {
    /// The tenant.
    pub tenant: String,
    /// The channel.
    pub channel: String,
    /// An owner's bearer token.
    pub token: String,
    /// The number customers write to.
    pub number: BusinessNumber,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TenantCreated {
    tenant_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChannelAdded {
    channel_id: String,
}

#[derive(Deserialize)]
struct TokenIssued {
    token: String,
}

/// Issues another token for `tenant`; `more` are further arguments.
///
/// # Errors
/// When the command fails.
pub async fn issue_token(installation: &Installation, tenant: &str, more: &[&str]) -> Result<String> {
    let arguments = [&["token", "issue", "--tenant", tenant, "--role", "OWNER"], more].concat();
    let issued: TokenIssued = installation.json(&arguments).await?;
    Ok(issued.token)
}

/// Issues a token to somebody who sees to the installation.
///
/// # Errors
/// When the command fails.
pub async fn issue_operator_token(installation: &Installation) -> Result<String> {
    let issued: TokenIssued = installation.json(&["token", "issue", "--role", "OPERATOR"]).await?;
    Ok(issued.token)
}

impl Business {
    /// Registers a business whose number nobody else of this process has.
    ///
    /// # Errors
    /// When one of the three commands fails.
    pub async fn register(installation: &Installation) -> Result<Self> {
        static REGISTERED: AtomicU64 = AtomicU64::new(0);
        let ordinal = REGISTERED.fetch_add(1, Ordering::Relaxed);
        let number = BusinessNumber {
            phone_number_id: format!("10654035{ordinal:07}"),
            waba_id: format!("10229067{ordinal:07}"),
            // Digits only, as webhooks spell it.
            display_phone: format!("1555{ordinal:07}"),
        };
        Self::register_with(installation, number).await
    }

    /// Registers a business with this `number`.
    ///
    /// # Errors
    /// When one of the three commands fails.
    pub async fn register_with(installation: &Installation, number: BusinessNumber) -> Result<Self> {
        let display_phone = format!("+{}", number.display_phone);
        let name = format!("Business at {display_phone}");
        let tenant: TenantCreated = installation.json(&["tenant", "create", "--name", &name]).await?;
        let tenant = tenant.tenant_id;
        let channel: ChannelAdded = installation
            .json(&[
                "channel",
                "add-whatsapp",
                "--tenant",
                &tenant,
                "--phone-number-id",
                &number.phone_number_id,
                "--waba-id",
                &number.waba_id,
                "--display-phone",
                &display_phone,
            ])
            .await?;
        let token = issue_token(installation, &tenant, &[]).await?;
        Ok(Self { tenant, channel: channel.channel_id, token, number })
    }

    /// A webhook body with one text to this business.
    #[must_use]
    pub fn webhook(&self, text: &Text) -> Vec<u8> {
        simulator::texts(&self.number, std::slice::from_ref(text))
    }
}
