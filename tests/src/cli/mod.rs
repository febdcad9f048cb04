//! The `leadflow` command line, as a script would use it.

mod answers;
mod calls;

use std::process::{Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::de::DeserializeOwned;

pub use self::answers::{Delivery, DeliveryState, FollowerStatus, Verified};
use crate::patience::PATIENCE;

/// A command that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How it was called.
    pub called: String,
    /// How it ended.
    pub status: ExitStatus,
    /// What a script would read.
    pub stdout: String,
    /// Logs and refusals.
    pub stderr: String,
}

impl Ended {
    /// The same, if it succeeded.
    ///
    /// # Errors
    /// When it failed, with what it said.
    pub fn succeeded(self) -> Result<Self> {
        ensure!(self.status.success(), "{}: {}\n{}\n{}", self.called, self.status, self.stdout, self.stderr);
        Ok(self)
    }

    /// The same, if it refused: it ended by itself, not with success, and not by a panic.
    ///
    /// # Errors
    /// When it succeeded, was killed or panicked.
    pub fn refused(self) -> Result<Self> {
        // 101 is what a Rust program that panics ends with.
        let by_itself = self.status.code().is_some_and(|code| code != 0 && code != 101);
        ensure!(by_itself, "{} was not refused: {}\n{}\n{}", self.called, self.status, self.stdout, self.stderr);
        Ok(self)
    }

    /// Its stdout, which holds JSON and nothing else.
    ///
    /// # Errors
    /// When it does not.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.stdout)
            .with_context(|| format!("{}: not the expected JSON: {}", self.called, self.stdout))
    }
}

/// Runs `command` to its end, however it ends.
///
/// # Errors
/// When it can't be started or hangs.
pub async fn run(command: Command) -> Result<Ended> {
    run_within(PATIENCE, command).await
}

/// [`run`], with another patience.
///
/// # Errors
/// As [`run`].
pub async fn run_within(patience: Duration, command: Command) -> Result<Ended> {
    let called = command
        .get_args()
        .fold("leadflow".to_owned(), |called, argument| format!("{called} {}", argument.to_string_lossy()));
    let mut command = tokio::process::Command::from(command);
    let output = tokio::time::timeout(patience, command.kill_on_drop(true).output())
        .await
        .with_context(|| format!("{called}: no end within {patience:?}"))?
        .with_context(|| format!("{called}: can't be run"))?;
    Ok(Ended {
        called,
        status: output.status,
        stdout: String::from_utf8(output.stdout)?,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use serde_json::Value;

    use super::*;

    async fn shell(script: &str) -> Ended {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        run(command).await.unwrap()
    }

    #[tokio::test]
    async fn a_panic_or_a_signal_is_neither_success_nor_refusal() {
        assert!(shell("exit 0").await.succeeded().is_ok());
        assert!(shell("exit 0").await.refused().is_err());
        assert!(shell("exit 1").await.succeeded().is_err());
        assert!(shell("exit 1").await.refused().is_ok());
        assert!(shell("exit 101").await.refused().is_err());
        assert!(shell("kill -9 $$").await.refused().is_err());
    }

    #[tokio::test]
    async fn logs_on_stdout_are_not_json() {
        assert!(shell("echo '{\"a\":1}'").await.json::<Value>().is_ok());
        assert!(shell("echo starting; echo '{\"a\":1}'").await.json::<Value>().is_err());
        assert!(shell("echo starting >&2; echo '{\"a\":1}'").await.json::<Value>().is_ok());
    }
}
