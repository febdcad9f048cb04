use std::fs::File;
use std::process::Stdio;

use anyhow::Result;
use leadflow_tests::business::Business;
use leadflow_tests::installation::Installation;
use leadflow_tests::server::Server;
use leadflow_tests::trace::Trace;
use serde_json::Value;

use super::begin::Journey;

/// Whether a list holds a row with this text in any of its fields.
fn lists(rows: &[Value], text: &str) -> bool {
    rows.iter().filter_map(Value::as_object).flat_map(|row| row.values()).any(|value| value == text)
}

/// Everything an operator looks at, as far as it does not depend on what customers do.
async fn look_around(installation: &Installation, business: &Business) -> Result<()> {
    let tenants: Vec<Value> = installation.json(&["tenant", "list"]).await?;
    assert!(lists(&tenants, &business.tenant), "{tenants:?}");
    let channels: Vec<Value> = installation.json(&["channel", "list", "--tenant", &business.tenant]).await?;
    assert!(lists(&channels, &business.channel), "{channels:?}");
    let projections = installation.projections().await?;
    let names: Vec<&str> = projections.iter().map(|one| &*one.name).collect();
    assert!(names.contains(&"inbox") && names.contains(&"leads"), "{names:?}");
    let verified = installation.verify().await?;
    assert!(verified.ok, "{verified:?}");
    assert!(verified.events >= verified.commands && verified.commands >= verified.commits, "{verified:?}");
    let letters: Vec<Value> = installation.json(&["mail", "list"]).await?;
    assert!(letters.is_empty(), "{letters:?}");
    for human in [
        &["tenant", "list"][..],
        &["projections", "status"],
        &["webhooks", "list"],
        &["mail", "list"],
        &["events", "verify"],
    ] {
        let shown = installation.leadflow(human).await?.succeeded()?.stdout;
        assert!(serde_json::from_str::<Value>(&shown).is_err() && !shown.trim().is_empty(), "{human:?}: {shown}");
    }
    let one = installation.leadflow(&["db", "psql", "--", "-XAtc", "select 40 + 2"]).await?.succeeded()?;
    assert_eq!(one.stdout.trim(), "42");
    Ok(())
}

#[tokio::test]
async fn a_call_that_only_looks_makes_no_installation() -> Result<()> {
    let installation = Installation::new()?;
    for look in
        [&["projections", "status"][..], &["token", "list"], &["tenant", "list"], &["events", "verify"], &["db", "url"]]
    {
        let refused = installation.leadflow(look).await?.refused()?;
        assert!(refused.stderr.contains("there is no installation in"), "{look:?}: {}", refused.stderr);
        assert!(!installation.data_dir().join("postgres").exists(), "{look:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_database_that_is_away_is_told_of_at_once_and_why() -> Result<()> {
    let installation = Installation::new()?;
    // Nobody listens where somebody just did.
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut command = installation.command()?;
    command.env("DATABASE_URL", format!("postgres://nobody@{address}/leadflow")).args(["projections", "status"]);
    let started = std::time::Instant::now();
    let refused = leadflow_tests::cli::run(command).await?.refused()?;
    assert!(refused.stderr.contains("the database can't be reached"), "{}", refused.stderr);
    assert!(refused.stderr.to_lowercase().contains("refused"), "{}", refused.stderr);
    // A pool would have waited for ten.
    assert!(started.elapsed().as_secs() < 9, "{:?}", started.elapsed());
    Ok(())
}

#[tokio::test]
async fn the_command_line_works_without_a_server_and_beside_one() -> Result<()> {
    let installation = Installation::new()?;
    installation.leadflow(&["migrate"]).await?.succeeded()?;
    let business = Business::register(&installation).await?;
    assert!(!installation.has_postmaster_pid()?, "the last user stops the private Postgres");
    // Projectors run in `serve`; what was registered before waits for them.
    let server = Server::start(&installation).await?;
    look_around(&installation, &business).await?;

    let journey = Journey::of(&server, business)?;
    let texts: Vec<_> = Trace::new(2, 2).take(3).collect();
    journey.receive(&texts).await?;
    journey.shows(&texts).await?;
    installation.settle().await?;
    server.stop().await?;

    look_around(&installation, &journey.business).await?;
    assert_eq!(installation.deliveries().await?.len(), 3);
    let dump = installation.leadflow(&["db", "dump"]).await?.succeeded()?.stdout;
    assert!(dump.contains("PostgreSQL database dump"), "{}", dump.chars().take(300).collect::<String>());
    Ok(())
}

#[tokio::test]
async fn what_does_not_exist_is_refused_in_words() -> Result<()> {
    let installation = Installation::new()?;
    let nobody = "00000000-0000-5000-8000-000000000000";
    for (args, word) in [
        (&["token", "issue", "--tenant", nobody, "--role", "OWNER"][..], "tenant"),
        (&["token", "issue", "--tenant", nobody, "--role", "EMPEROR"], "EMPEROR"),
        (&["tenant", "create", "--name", ""], "name"),
        (&["serve", "--listen", "nowhere"], "listen"),
    ] {
        let refused = installation.leadflow(args).await?.refused()?;
        assert!(refused.stderr.contains(word), "{args:?}: {}", refused.stderr);
        assert_eq!(refused.stdout, "", "{args:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_phone_number_id_belongs_to_one_tenant() -> Result<()> {
    let installation = Installation::new()?;
    let (owner, other) = (Business::register(&installation).await?, Business::register(&installation).await?);
    let arguments = [
        ["channel", "add-whatsapp"],
        ["--tenant", &other.tenant],
        ["--phone-number-id", &owner.number.phone_number_id],
        ["--waba-id", &owner.number.waba_id],
        ["--display-phone", "+15550000000"],
    ];
    let refused = installation.leadflow(arguments.as_flattened()).await?.refused()?;
    assert!(refused.stderr.contains("number"), "{}", refused.stderr);
    Ok(())
}

#[tokio::test]
async fn the_schema_and_the_configuration_can_be_shown_without_a_database() -> Result<()> {
    let installation = Installation::new()?;
    let schema = installation.leadflow(&["schema"]).await?.succeeded()?.stdout;
    for part in ["type Query", "type Mutation", "type Conversation ", "type Lead ", "markConversationRead"] {
        assert!(schema.contains(part), "{part}: {schema}");
    }
    let config = installation.leadflow(&["config"]).await?.succeeded()?.stdout;
    assert!(config.contains("127.0.0.1:0"), "{config}");
    assert!(!config.contains(leadflow_tests::installation::APP_SECRET), "secrets are not shown");
    assert!(!installation.data_dir().exists(), "looking must not make an installation");
    Ok(())
}

#[tokio::test]
async fn a_result_that_cannot_be_written_is_no_success_and_a_reader_who_has_gone_away_is() -> Result<()> {
    let installation = Installation::new()?;
    let full = installation.command()?.arg("schema").stdout(File::options().write(true).open("/dev/full")?).status()?;
    assert!(!full.success(), "{full}");

    let mut child =
        installation.command()?.args(["tenant", "create", "--name", "Sofas"]).stdout(Stdio::piped()).spawn()?;
    drop(child.stdout.take());
    assert!(child.wait()?.success());
    assert!(!installation.has_postmaster_pid()?, "the last user stops the private Postgres");
    Ok(())
}
