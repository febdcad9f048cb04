//! Colleagues: people who are asked by mail to work for a business, and join by the link in the letter.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::graphql::GraphQl;
use crate::installation::Installation;
use crate::patience::eventually;

/// What everybody here signs in with.
pub const PASSWORD: &str = "correct horse battery staple";

/// Somebody who works for a business, and is signed in.
#[derive(Debug)]
pub struct Colleague {
    /// Her id.
    pub id: String,
    /// Where her letters go.
    pub address: String,
    /// What she asks.
    pub graphql: GraphQl,
}

/// An address that nobody else of this process has.
#[must_use]
pub fn address() -> String {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    format!("colleague{}@example.com", WRITTEN.fetch_add(1, Ordering::Relaxed))
}

impl Colleague {
    /// Somebody whom `owner` asks to be `role`, with whatever else is `asked`; and who joins.
    ///
    /// # Errors
    /// When a request fails or is refused, or no letter comes.
    pub async fn join(installation: &Installation, owner: &GraphQl, role: &str, asked: Value) -> Result<Self> {
        let address = address();
        let mut input = json!({"email": address, "role": role});
        for (name, value) in asked.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        let invite = "mutation ($input: InviteMemberInput!) { done: inviteMember(input: $input) {
            member { id } userErrors { code field } stale } }";
        let invited = done(owner, invite, &input).await?;
        let id = invited["member"]["id"].as_str().with_context(|| format!("{invited}"))?.to_owned();
        let accept = "mutation ($input: AcceptInvitationInput!) { done: acceptInvitation(input: $input) {
            tokens { accessToken } userErrors { code field } stale } }";
        let input = json!({"token": link_to(installation, &address).await?, "name": "Bo", "password": PASSWORD});
        let joined = done(&GraphQl::anonymous(owner.address())?, accept, &input).await?;
        let token = joined["tokens"]["accessToken"].as_str().with_context(|| format!("{joined}"))?;
        Ok(Self { id, address, graphql: GraphQl::new(owner.address(), token)? })
    }
}

/// What the mutation that is called `done` came to, which is refused nothing and can be seen.
///
/// # Errors
/// When it fails or is refused.
pub async fn done(graphql: &GraphQl, document: &str, input: &Value) -> Result<Value> {
    let done: Value = graphql.ask(document, &json!({"input": input}), "/done").await?;
    ensure!(done["userErrors"] == json!([]) && done["stale"].is_null(), "{document}: {done}");
    Ok(done)
}

/// What stands behind `#token=` in the letter to `address`, once it has gone out.
///
/// # Errors
/// When none comes.
pub async fn link_to(installation: &Installation, address: &str) -> Result<String> {
    let mail = installation.data_dir().join("mail");
    eventually("the letter has come", || async {
        for entry in mail.read_dir()? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "eml") {
                continue;
            }
            let letter = String::from_utf8(std::fs::read(path)?)?;
            if letter.contains(&format!("To: {address}\r\n")) {
                let (_, token) = letter.split_once("#token=").context("a letter without a link")?;
                return Ok(token.split_whitespace().next().unwrap_or_default().to_owned());
            }
        }
        anyhow::bail!("no letter to {address}")
    })
    .await
}
