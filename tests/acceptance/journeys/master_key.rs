use anyhow::{Result, ensure};
use leadflow_gateways::whatsapp::simulator::Text;
use leadflow_tests::installation::Installation;
use leadflow_tests::server::Server;
use leadflow_tests::trace::Trace;

use super::begin::Journey;

fn key_file(installation: &Installation) -> std::path::PathBuf {
    installation.data_dir().join("secrets/master.key")
}

#[tokio::test]
async fn the_master_key_changes_under_load_and_nothing_is_lost() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let texts: Vec<Text> = Trace::new(11, 5).take(240).collect();
    let first_key = std::fs::read_to_string(key_file(&installation))?;

    // Customers write while the key changes twice: once to one of our own, once to one that is given.
    let given = installation.root().join("given.key");
    std::fs::write(&given, "5c".repeat(32))?;
    let rotating = async {
        installation.leadflow(&["keys", "rotate"]).await?.succeeded()?;
        let given = given.to_string_lossy();
        installation.leadflow(&["keys", "rotate", "--new-key-file", &given]).await?.succeeded()?;
        Ok(())
    };
    let (received, rotated) = tokio::join!(journey.receive(&texts), rotating);
    received.and(rotated)?;
    journey.shows(&texts).await?;
    installation.settle().await?;
    server.stop().await?;
    ensure!(std::fs::read_to_string(key_file(&installation))?.trim() == "5c".repeat(32));

    // The first key opens nothing any more, and what it refuses stays as it was.
    let mut with_first = installation.command()?;
    with_first.env("LEADFLOW_MASTER_KEY", first_key.trim()).args(["tenant", "list"]);
    let refused = leadflow_tests::cli::run(with_first).await?.refused()?;
    ensure!(refused.stderr.contains("the master key is not the one this database is under"), "{}", refused.stderr);

    let server = Server::start(&installation).await?;
    let journey = Journey::of(&server, journey.business)?;
    journey.shows(&texts).await?;
    let verified = installation.verify().await?;
    ensure!(verified.ok, "{verified:?}");
    let body = installation.leadflow(&["webhooks", "show", "1", "--body"]).await?.succeeded()?.stdout;
    ensure!(body.as_bytes() == journey.business.webhook(&texts[0]), "{body}");
    Ok(())
}

#[tokio::test]
async fn a_rotation_that_was_cut_short_is_settled_by_the_next_start() -> Result<()> {
    let installation = Installation::new()?;
    installation.leadflow(&["tenant", "create", "--name", "Sofas"]).await?.succeeded()?;
    let first = std::fs::read_to_string(key_file(&installation))?;
    installation.leadflow(&["keys", "rotate"]).await?.succeeded()?;
    // As if it had ended before the file was renamed: the database has the new key, the file the old one.
    let next = installation.data_dir().join("secrets/master.key.next");
    std::fs::rename(key_file(&installation), &next)?;
    std::fs::write(key_file(&installation), &first)?;
    installation.leadflow(&["tenant", "list"]).await?.succeeded()?;
    ensure!(!next.exists() && std::fs::read_to_string(key_file(&installation))? != first);

    // And before the database: the new key counts for nothing.
    std::fs::write(&next, "5c".repeat(32))?;
    installation.leadflow(&["tenant", "list"]).await?.succeeded()?;
    installation.leadflow(&["keys", "rotate"]).await?.succeeded()?;
    installation.leadflow(&["tenant", "list"]).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn what_is_no_key_is_refused_before_anything_changes() -> Result<()> {
    let installation = Installation::new()?;
    installation.leadflow(&["tenant", "create", "--name", "Sofas"]).await?.succeeded()?;
    let bad = installation.root().join("bad.key");
    std::fs::write(&bad, "too short")?;
    let refused =
        installation.leadflow(&["keys", "rotate", "--new-key-file", &bad.to_string_lossy()]).await?.refused()?;
    ensure!(refused.stderr.contains("a master key is 64 hex digits"), "{}", refused.stderr);
    let refused = installation.leadflow(&["keys", "rotate", "--new-key-file", "/nowhere"]).await?.refused()?;
    ensure!(refused.stderr.contains("/nowhere can't be read"), "{}", refused.stderr);
    installation.leadflow(&["tenant", "list"]).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_master_key_that_is_given_is_changed_by_giving_another() -> Result<()> {
    let installation = Installation::new()?;
    let (first, second) = ("a1".repeat(32), "b2".repeat(32));
    let call = async |key: &str, arguments: &[&str]| {
        let mut command = installation.command()?;
        command.env("LEADFLOW_MASTER_KEY", key).args(arguments);
        leadflow_tests::cli::run(command).await
    };
    call(&first, &["tenant", "create", "--name", "Sofas"]).await?.succeeded()?;
    let refused = call(&first, &["keys", "rotate"]).await?.refused()?;
    ensure!(refused.stderr.contains("--new-key-file"), "{}", refused.stderr);
    let file = installation.root().join("second.key");
    std::fs::write(&file, &second)?;
    let rotate = ["keys", "rotate", "--new-key-file", &file.to_string_lossy()];
    ensure!(call(&first, &rotate).await?.succeeded()?.stdout.contains("give the new key"));
    call(&second, &["tenant", "list"]).await?.succeeded()?;
    let refused = call(&first, &["serve"]).await?.refused()?;
    ensure!(refused.stderr.contains("does not open this database"), "{}", refused.stderr);
    ensure!(!key_file(&installation).exists(), "what is given is not written down");
    Ok(())
}
