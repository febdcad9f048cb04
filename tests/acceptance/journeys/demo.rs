use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::binary;
use leadflow_tests::cli;
use leadflow_tests::installation::Installation;
use serde_json::Value;

/// Two minutes: a recorded day on a debug build, on cores shared with other tests.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);

/// Runs the demo to its end and answers what it prints.
async fn demo(more: &[&str]) -> Result<String> {
    let installation = Installation::new()?;
    let mut command = installation.command()?;
    // What the operator has set for his own installation must not lead the demo there.
    command.env_remove("LEADFLOW_DATA_DIR");
    let own = installation.root().join("demo");
    command.args(["demo", "--once", "--data-dir"]).arg(&own).args(more);
    let shown = cli::run_within(PATIENCE, command).await?.succeeded()?.stdout;
    assert!(!installation.has_postmaster_pid()?, "the demo leaves its Postgres behind");
    Ok(shown)
}

/// A message of the recording.
struct Recorded {
    at: String,
    name: String,
    text: String,
}

fn recording() -> Result<(String, Vec<Recorded>)> {
    let path = binary::workspace().join("api/src/demo/recording.json");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let parsed: Value = serde_json::from_str(&text)?;
    let part = |message: &Value, name: &str| -> Result<String> {
        Ok(message[name].as_str().with_context(|| format!("a message without {name}"))?.to_owned())
    };
    let messages = parsed["messages"].as_array().context("a recording without messages")?;
    let messages = messages
        .iter()
        .map(|message| {
            Ok(Recorded { at: part(message, "at")?, name: part(message, "name")?, text: part(message, "text")? })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok((text, messages))
}

#[tokio::test]
async fn the_demo_shows_what_was_recorded_and_another_recording_shows_otherwise() -> Result<()> {
    const CHANGED: &str = "Zebra 4711";
    let (original, messages) = recording()?;
    ensure!(!original.contains(CHANGED), "the recording already says {CHANGED}");
    // The latest message of the day is one that the inbox previews.
    let latest = messages.iter().max_by(|a, b| a.at.cmp(&b.at)).context("an empty recording")?;
    let (before, after) = (serde_json::to_string(&latest.text)?, serde_json::to_string(CHANGED)?);
    ensure!(original.matches(&before).count() == 1, "{before} is not the spelling of one message of the recording");
    let directory = tempdir()?;
    let changed = directory.path().join("recording.json");
    std::fs::write(&changed, original.replace(&before, &after))?;

    let as_recorded = demo(&[]).await?;
    let otherwise = demo(&["--recording", path(&changed)?]).await?;
    for message in &messages {
        assert!(as_recorded.contains(&message.name), "{} is missing:\n{as_recorded}", message.name);
    }
    assert!(!as_recorded.contains(CHANGED), "{as_recorded}");
    assert!(otherwise.contains(CHANGED), "{otherwise}");
    // Once in the inbox and once among the leads, at least.
    assert!(otherwise.matches(&latest.name).count() >= 2, "{otherwise}");
    Ok(())
}

#[tokio::test]
async fn the_demo_keeps_away_from_a_real_database() -> Result<()> {
    let installation = Installation::new()?;
    let mut command = installation.command()?;
    // Nothing listens there; the refusal must come before anybody asks.
    command.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/production");
    command.args(["demo", "--once", "--data-dir"]).arg(installation.data_dir());
    let refused = cli::run(command).await?.refused()?;
    assert!(refused.stderr.contains("DATABASE_URL"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("onnection refused"), "{}", refused.stderr);
    assert!(!installation.data_dir().exists());
    Ok(())
}

fn tempdir() -> Result<tempfile::TempDir> {
    tempfile::tempdir().context("a directory for the changed recording")
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().context("a temporary directory that is not UTF-8")
}
