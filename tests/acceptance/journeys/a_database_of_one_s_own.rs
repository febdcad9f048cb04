//! With `DATABASE_URL` nothing happens by itself: the schema is brought up to date when told, the master key is given.

use anyhow::Result;
use leadflow_tests::cli::{Ended, run};
use leadflow_tests::installation::Installation;
use leadflow_tests::server::Server;
use serde_json::Value;

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const ANOTHER: &str = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Calls `leadflow` on the database behind `url`, with this master key if any.
async fn call(installation: &Installation, url: &str, key: Option<&str>, args: &[&str]) -> Result<Ended> {
    let mut command = installation.command()?;
    command.env("DATABASE_URL", url).env_remove("LEADFLOW_MASTER_KEY").args(args);
    if let Some(key) = key {
        command.env("LEADFLOW_MASTER_KEY", key);
    }
    run(command).await
}

#[tokio::test]
async fn it_is_migrated_when_told_and_knows_its_master_key() -> Result<()> {
    // A server that happens to be ours plays the managed one; it stays up while its own `serve` uses it.
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    installation.leadflow(&["db", "psql", "--", "-qc", "create database managed"]).await?.succeeded()?;
    let url =
        installation.leadflow(&["db", "url"]).await?.succeeded()?.stdout.trim().replacen("/leadflow?", "/managed?", 1);
    assert!(url.contains("/managed?"), "{url}");

    let early = call(&installation, &url, Some(KEY), &["tenant", "list"]).await?.refused()?;
    assert!(early.stderr.contains("leadflow migrate"), "{}", early.stderr);
    call(&installation, &url, None, &["migrate"]).await?.succeeded()?;
    call(&installation, &url, None, &["migrate"]).await?.succeeded()?;
    let without = call(&installation, &url, None, &["tenant", "list"]).await?.refused()?;
    assert!(without.stderr.contains("LEADFLOW_MASTER_KEY"), "{}", without.stderr);

    call(&installation, &url, Some(KEY), &["tenant", "create", "--name", "Managed"]).await?.succeeded()?;
    let tenants: Vec<Value> = call(&installation, &url, Some(KEY), &["tenant", "list", "--json"]).await?.json()?;
    assert_eq!(tenants.len(), 1, "{tenants:?}");
    let wrong = call(&installation, &url, Some(ANOTHER), &["tenant", "list"]).await?.refused()?;
    assert!(wrong.stderr.contains("master key"), "{}", wrong.stderr);
    call(&installation, &url, Some(KEY), &["events", "verify"]).await?.succeeded()?;

    // The private database beside it has not noticed.
    let private: Vec<Value> = installation.json(&["tenant", "list"]).await?;
    assert!(private.is_empty(), "{private:?}");

    let nonsense =
        call(&installation, "mysql://u:hush@127.0.0.1/x", Some(KEY), &["tenant", "list"]).await?.refused()?;
    assert!(nonsense.stderr.contains("postgres://") && !nonsense.stderr.contains("hush"), "{}", nonsense.stderr);
    server.stop().await
}

#[tokio::test]
async fn the_api_reads_under_a_role_and_a_login_that_nothing_holds_is_refused() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let access: Value = installation.leadflow(&["db", "access", "--json"]).await?.json()?;
    assert_eq!(access["rowLevelSecurity"], "on", "{access}");
    assert_eq!((&access["reads"]["role"], &access["writes"]["role"]), (&"leadflow_api".into(), &"leadflow_app".into()));
    let shown = installation.leadflow(&["db", "access"]).await?.succeeded()?.stdout;
    assert!(shown.contains("leadflow_api") && shown.contains("is on"), "{shown}");

    // The owner of the tables, given as the login for the API's reads.
    let url = installation.leadflow(&["db", "url"]).await?.succeeded()?.stdout.trim().to_owned();
    let key = std::fs::read_to_string(installation.data_dir().join("secrets/master.key"))?;
    let with_api = |args: &[&str]| -> Result<_> {
        let mut command = installation.command()?;
        command.env("DATABASE_URL", &url).env("LEADFLOW_API_DATABASE_URL", &url).env("LEADFLOW_MASTER_KEY", key.trim());
        command.args(args);
        Ok(command)
    };
    let refused = run(with_api(&["serve"])?).await?.refused()?;
    assert!(refused.stderr.contains("row-level security"), "{}", refused.stderr);
    let access: Value = run(with_api(&["db", "access", "--json"])?).await?.json()?;
    assert_eq!(access["rowLevelSecurity"], "off", "{access}");
    assert!(access["advice"].is_string(), "{access}");

    let mut alone = with_api(&["config"])?;
    alone.env_remove("DATABASE_URL");
    let refused = run(alone).await?.refused()?;
    assert!(refused.stderr.contains("DATABASE_URL"), "{}", refused.stderr);
    server.stop().await
}
