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

fn original() -> Result<String> {
    let path = binary::workspace().join("api/src/demo/recording.json");
    std::fs::read_to_string(&path).with_context(|| path.display().to_string())
}

fn part(message: &Value, name: &str) -> Result<String> {
    Ok(message[name].as_str().with_context(|| format!("a message without {name}"))?.to_owned())
}

fn recording() -> Result<(String, Vec<Recorded>)> {
    let text = original()?;
    let parsed: Value = serde_json::from_str(&text)?;
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
    // The latest message of the day of somebody who writes nothing after it is one that the inbox previews.
    let parsed: Value = serde_json::from_str(&original)?;
    let goes_on = |name: &str| parsed["talks"].as_array().into_iter().flatten().any(|talk| talk["name"] == name);
    let ended = messages.iter().filter(|message| !goes_on(&message.name));
    let latest = ended.max_by(|a, b| a.at.cmp(&b.at)).context("an empty recording")?;
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
    went_both_ways(&as_recorded)
}

/// Each customer who writes is answered, and answers: the lines are there in their order, and all that the business wrote was read.
fn went_both_ways(shown: &str) -> Result<()> {
    let parsed: Value = serde_json::from_str(&original()?)?;
    let business = part(&parsed, "tenant")?;
    let talks = parsed["talks"].as_array().context("a recording without talks")?;
    ensure!(!talks.is_empty(), "a recording without a talk");
    for talk in talks {
        let customer = part(talk, "name")?;
        let mut said = vec![(&customer, part(talk, "opens")?, false)];
        for answer in talk["answers"].as_array().context("a talk without answers")? {
            said.push((&business, part(answer, "shop")?, true));
            said.push((&customer, part(answer, "customer")?, false));
        }
        let mut lines =
            shown.lines().skip_while(|line| **line != format!("{customer} writes, and is answered")).skip(3);
        for (who, text, is_read) in said {
            let line = lines.next().unwrap_or_default();
            assert!(line.contains(who.as_str()) && line.contains(&text), "{text} is not the next line:\n{shown}");
            assert_eq!(line.trim_end().ends_with("READ"), is_read, "{line}");
        }
    }
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
