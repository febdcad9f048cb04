//! What the command line does for people who sign in.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::begin::{Journey, shared};

#[tokio::test]
async fn a_business_that_was_made_here_asks_for_its_first_owner() -> Result<()> {
    let (journey, shared) = (Journey::begin().await?, shared().await?);
    let invite = async |tenant: &str, email: &str| {
        let arguments = ["member", "invite", "--tenant", tenant, "--email", email, "--role", "OWNER", "--json"];
        shared.installation.leadflow(&arguments).await
    };
    let tenant = &journey.business.tenant;
    let invited: Value = invite(tenant, "ada@example.com").await?.succeeded()?.json()?;
    let member = invited["memberId"].as_str().context("no member")?;
    ensure!(member.len() == 36, "{invited}");
    let nobody = "00000000-0000-0000-0000-00000000bad0";
    for (tenant, email, why) in [
        (tenant.as_str(), "ada@example.com\nBcc: eve@example.com", "--email"),
        (tenant, "ada", "--email"),
        (nobody, "ada@example.com", "there is no tenant"),
    ] {
        let refused = invite(tenant, email).await?.refused()?;
        ensure!(refused.stderr.contains(why), "{email}: {}", refused.stderr);
    }
    Ok(())
}

#[tokio::test]
async fn access_tokens_are_signed_with_another_key_once_everybody_knows_it() -> Result<()> {
    let shared = shared().await?;
    let rotated = shared.installation.leadflow(&["keys", "rotate-signing"]).await?.succeeded()?;
    ensure!(rotated.stdout.contains("signs access tokens from"), "{}", rotated.stdout);
    let published: Value =
        reqwest::get(format!("http://{}/.well-known/jwks.json", shared.server.address())).await?.json().await?;
    let keys = published["keys"].as_array().context("no keys")?;
    ensure!(!keys.is_empty() && keys.iter().all(|key| key.get("d").is_none()), "{published}");
    Ok(())
}
