//! A running `leadflow serve`.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::installation::Installation;
use crate::patience::PATIENCE;
use crate::sender;

/// How often start and stop are looked at. Short, because start times are measured with it.
const GLANCE: Duration = Duration::from_millis(2);

/// A server that is ready, until it is stopped or killed. Dropped, it stops by itself, since its stdin closes.
#[derive(Debug)]
pub struct Server {
    child: Mutex<Child>,
    pid: Pid,
    address: SocketAddr,
    log: PathBuf,
    ready_after: Duration,
}

impl Server {
    /// Starts `serve` on a free port and waits until it takes traffic.
    ///
    /// # Errors
    /// When it ends before that, or takes too long; the error carries the end of its log.
    pub async fn start(installation: &Installation) -> Result<Self> {
        Self::start_with(installation, |_| {}).await
    }

    /// [`start`](Self::start), with the command changed before it runs.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_with(installation: &Installation, change: impl FnOnce(&mut Command)) -> Result<Self> {
        let address_file = installation.data_dir().join("serve.address");
        // A server that was killed left its address behind; ours is the one written after this.
        match std::fs::remove_file(&address_file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error).context("serve.address"),
            Ok(()) | Err(_) => {}
        }
        let log = installation.root().join("serve.log");
        let stderr = File::options().create(true).append(true).open(&log)?;
        let told = Told { address_file, log: log.clone(), from: usize::try_from(stderr.metadata()?.len())? };
        let mut command = installation.command()?;
        command
            .args(["serve", "--until-stdin-closes"])
            .stdin(Stdio::piped())
            .stdout(stderr.try_clone()?)
            .stderr(stderr);
        change(&mut command);

        let begun = Instant::now();
        let mut child = command.spawn().context("starting leadflow serve")?;
        match ready(&mut child, &told, begun).await {
            Ok(address) => {
                let pid = Pid::from_child(&child);
                Ok(Self { child: Mutex::new(child), pid, address, log, ready_after: begun.elapsed() })
            }
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error).with_context(|| format!("leadflow serve:\n{}", end_of(&log)))
            }
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From the spawn of the process to the first 200 of `/health/ready`.
    #[must_use]
    pub fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// The process.
    #[must_use]
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// A URL of this server; `path` begins with `/`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The end of what it has logged, for messages.
    #[must_use]
    pub fn end_of_log(&self) -> String {
        end_of(&self.log)
    }

    /// Whether it has not ended by itself.
    ///
    /// # Errors
    /// When the operating system can't tell.
    pub fn is_running(&self) -> Result<bool> {
        Ok(self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait()?.is_none())
    }

    /// kill -9, answering when it was sent. The private Postgres lives on.
    ///
    /// # Errors
    /// When the process has ended before: then nothing was killed, and an experiment would prove nothing.
    pub fn kill(self) -> Result<Instant> {
        let mut child = self.child.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(status) = child.try_wait()? {
            bail!("serve had ended by itself ({status}):\n{}", end_of(&self.log));
        }
        let killed_at = Instant::now();
        child.kill()?;
        child.wait()?;
        Ok(killed_at)
    }

    /// Stops it where it is, so that it can be looked at what it was at before it is killed.
    ///
    /// # Errors
    /// When the process has ended before.
    pub fn freeze(&self) -> Result<()> {
        ensure!(self.is_running()?, "serve had ended by itself:\n{}", end_of(&self.log));
        Ok(kill_process(self.pid, Signal::STOP)?)
    }

    /// SIGTERM, and waits for the graceful end.
    ///
    /// # Errors
    /// When it doesn't end in time, or with another status than success.
    pub async fn stop(self) -> Result<()> {
        let status = self.terminate().await?;
        ensure!(status.success(), "serve ended with {status} after SIGTERM:\n{}", end_of(&self.log));
        Ok(())
    }

    async fn terminate(&self) -> Result<ExitStatus> {
        kill_process(self.pid, Signal::TERM)?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let ended = self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait()?;
            match ended {
                Some(status) => return Ok(status),
                None => tokio::time::sleep(GLANCE).await,
            }
        }
        bail!("serve did not end after SIGTERM:\n{}", end_of(&self.log))
    }
}

/// Where a server says where it listens.
struct Told {
    /// Of a private database.
    address_file: PathBuf,
    /// Of any other, where others began before this one: from here on.
    log: PathBuf,
    from: usize,
}

impl Told {
    /// What is caught half-written does not parse, and is read again.
    fn address(&self) -> Option<SocketAddr> {
        let in_file = || std::fs::read_to_string(&self.address_file).ok()?.trim().parse().ok();
        let in_log = || {
            let log = std::fs::read_to_string(&self.log).ok()?;
            let line = log.get(self.from..)?.lines().find(|line| line.contains("serve.start: listening on"))?;
            serde_json::from_str::<serde_json::Value>(line).ok()?["address"].as_str()?.parse().ok()
        };
        in_file().or_else(in_log)
    }
}

/// Waits for the address, then for 200 from `/health/ready`.
async fn ready(child: &mut Child, told: &Told, begun: Instant) -> Result<SocketAddr> {
    let client = sender::connection()?;
    let mut state = "it has not told its address".to_owned();
    while begun.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait()? {
            bail!("ended with {status} before it was ready");
        }
        if let Some(address) = told.address() {
            match client.get(format!("http://{address}/health/ready")).send().await {
                Ok(answer) if answer.status().is_success() => return Ok(address),
                Ok(answer) => state = format!("/health/ready: {} {}", answer.status(), answer.text().await?),
                Err(error) => state = format!("/health/ready: {error}"),
            }
        }
        tokio::time::sleep(GLANCE).await;
    }
    bail!("not ready within {PATIENCE:?}: {state}")
}

fn end_of(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
