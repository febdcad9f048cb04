use anyhow::{Context as _, Result};
use leadflow_tests::business::issue_token;
use leadflow_tests::graphql::GraphQl;
use serde::Deserialize;
use serde_json::{Value, json};

use super::begin::{Journey, shared};

const ANYTHING: &str = "{ conversations(first: 1) { totalCount } }";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    token_id: Value,
}

/// Whether the server knows the caller; anything but a clear yes or no is an error.
async fn is_known(graphql: &GraphQl) -> Result<bool> {
    let answer = graphql.send(ANYTHING, &json!({})).await?;
    match answer.code() {
        None if answer.body["data"]["conversations"].is_object() => Ok(true),
        Some("UNAUTHENTICATED") if answer.body["data"].is_null() => Ok(false),
        _ => anyhow::bail!("{}: {}", answer.status, answer.body),
    }
}

#[tokio::test]
async fn only_a_token_that_was_issued_and_still_holds_opens_the_door() -> Result<()> {
    let journey = Journey::begin().await?;
    let (shared, business) = (shared().await?, &journey.business);
    assert!(is_known(&journey.graphql).await?);

    let mut flipped = business.token.clone();
    let last = flipped.pop().context("an empty token")?;
    flipped.push(if last == 'A' { 'B' } else { 'A' });
    for forged in [flipped.as_str(), &business.token[1..], &format!("{}A", business.token), "x", &business.tenant] {
        assert!(!is_known(&GraphQl::new(shared.server.address(), forged)?).await?, "{forged}");
    }
    assert!(!is_known(&GraphQl::anonymous(shared.server.address())?).await?);

    let expired = issue_token(&shared.installation, &business.tenant, &["--expires-in", "0s"]).await?;
    assert!(!is_known(&GraphQl::new(shared.server.address(), &expired)?).await?);
    let lasting = issue_token(&shared.installation, &business.tenant, &["--expires-in", "1h"]).await?;
    assert!(is_known(&GraphQl::new(shared.server.address(), &lasting)?).await?);
    Ok(())
}

#[tokio::test]
async fn a_revoked_token_is_worth_nothing_at_once() -> Result<()> {
    let journey = Journey::begin().await?;
    let (shared, business) = (shared().await?, &journey.business);
    assert!(is_known(&journey.graphql).await?);

    let listed = shared.installation.leadflow(&["token", "list", "--tenant", &business.tenant, "--json"]).await?;
    let listed = listed.succeeded()?;
    assert!(!listed.stdout.contains(&business.token), "a list of tokens must not give them away");
    let tokens: Vec<Listed> = listed.json()?;
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    let id = tokens[0].token_id.as_str().map_or_else(|| tokens[0].token_id.to_string(), str::to_owned);

    shared.installation.leadflow(&["token", "revoke", &id]).await?.succeeded()?;
    assert!(!is_known(&journey.graphql).await?);
    let another = issue_token(&shared.installation, &business.tenant, &[]).await?;
    assert!(is_known(&GraphQl::new(shared.server.address(), &another)?).await?);
    Ok(())
}
