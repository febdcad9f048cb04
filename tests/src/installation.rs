//! One installation of LeadFlow: a data directory of its own with its own private Postgres.
//!
//! Each has a *guardian*, a small shell process that waits for a pipe to close, stops whatever still runs in the
//! directory and deletes it. `Drop` alone would not do: statics are never dropped, and neither is anything when the
//! harness is interrupted or killed.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::binary;

/// The Meta app's secret that every server of the harness is given.
pub const APP_SECRET: &str = "the acceptance tests' app secret";

/// The token Meta would send in the handshake.
pub const VERIFY_TOKEN: &str = "the acceptance tests' verify token";

const GUARDIAN: &str = include_str!("guardian.sh");

/// A data directory that nobody else uses. Dropping it stops what runs there and deletes it.
#[derive(Debug)]
pub struct Installation {
    root: PathBuf,
    guardian: Child,
    database: Option<Database>,
}

/// A database that several processes may serve on, in the private server of an installation that plays a managed one.
#[derive(Debug, Clone)]
pub struct Database {
    url: String,
    key: String,
}

impl Database {
    /// Makes one of this name in `host`'s private server, which must run for as long as the database is used.
    ///
    /// # Errors
    /// When it can't be made.
    pub async fn beside(host: &Installation, name: &str) -> Result<Self> {
        host.leadflow(&["db", "psql", "--", "-qc", &format!("create database {name}")]).await?.succeeded()?;
        let url = host.leadflow(&["db", "url"]).await?.succeeded()?.stdout;
        let url = url.trim().replacen("/leadflow?", &format!("/{name}?"), 1);
        ensure!(url.contains(&format!("/{name}?")), "{url}");
        Ok(Self { url, key: "00112233445566778899aabbccddeeff".repeat(2) })
    }
}

impl Installation {
    /// Makes an empty directory under the system's temporary directory. Nothing is started yet.
    ///
    /// # Errors
    /// When the binary can't be built or the directory can't be made.
    pub fn new() -> Result<Self> {
        // First, so that a build that takes minutes is nobody's time-out.
        binary::leadflow()?;
        Self::guarded()
    }

    /// The same, with its data in `database`, which is to be migrated first.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn on(database: &Database) -> Result<Self> {
        let mut installation = Self::new()?;
        installation.database = Some(database.clone());
        Ok(installation)
    }

    fn guarded() -> Result<Self> {
        let root = tempfile::Builder::new()
            .prefix("leadflow-tests-")
            // As root, Postgres runs under another account, which has to pass through.
            .permissions(Permissions::from_mode(0o755))
            .tempdir()
            .context("making the installation's directory")?
            .keep()
            .canonicalize()?;
        let guardian = Command::new("sh")
            .args(["-c", GUARDIAN, "guardian"])
            .arg(&root)
            .stdin(Stdio::piped())
            // Captured output of a finished test must not be held open by its guardian.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C ends the harness; the guardian has work to do then.
            .process_group(0)
            .spawn()
            .context("starting the guardian")?;
        Ok(Self { root, guardian, database: None })
    }

    /// Where files of the installation may be put beside the data directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `LEADFLOW_DATA_DIR`.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.root.join("data")
    }

    /// A `leadflow` command in this installation, with no variable of ours or of Postgres inherited.
    ///
    /// # Errors
    /// When the binary can't be built.
    pub fn command(&self) -> Result<Command> {
        let mut command = Command::new(binary::leadflow()?);
        for (name, _) in std::env::vars_os() {
            if is_ours_or_postgres(&name.to_string_lossy()) {
                command.env_remove(&name);
            }
        }
        command
            .env("LEADFLOW_DATA_DIR", self.data_dir())
            .env("LEADFLOW_LISTEN", "127.0.0.1:0")
            .env("LEADFLOW_META_APP_SECRET", APP_SECRET)
            // Nobody listens there: no test asks Meta.
            .env("LEADFLOW_GRAPH_URL", "http://127.0.0.1:9")
            // All tests come from one address.
            .env("LEADFLOW_LIMITS__LOGIN", "1000000/1s")
            .env("LEADFLOW_LIMITS__ACCOUNT", "1000000/1s")
            .env("LEADFLOW_LIMITS__REGISTER", "1000000/1s")
            .env("LEADFLOW_LIMITS__RECOVERY", "1000000/1s")
            .env("LEADFLOW_LIMITS__WALK_IN", "1000000/1s")
            .env("LEADFLOW_LIMITS__WALK_IN_PAGE", "1000000/1s")
            .env("LEADFLOW_META_VERIFY_TOKEN", VERIFY_TOKEN)
            // The guardian recognises our processes by this.
            .current_dir(&self.root)
            .stdin(Stdio::null());
        if let Some(Database { url, key }) = &self.database {
            command.env("DATABASE_URL", url).env("LEADFLOW_MASTER_KEY", key);
        }
        Ok(command)
    }

    /// Whether a private Postgres of this installation claims to run.
    ///
    /// # Errors
    /// When the data directory can't be read.
    pub fn has_postmaster_pid(&self) -> Result<bool> {
        let found = Command::new("find")
            .arg(&self.root)
            .args(["-name", "postmaster.pid"])
            .output()
            .context("looking for postmaster.pid")?;
        Ok(!found.stdout.is_empty())
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        drop(self.guardian.stdin.take());
        // Waiting keeps the number of clusters that run at once small; nothing depends on the answer.
        let _ = self.guardian.wait();
    }
}

fn is_ours_or_postgres(name: &str) -> bool {
    name == "DATABASE_URL" || name.starts_with("PG") || name.starts_with("LEADFLOW_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guardian_stops_what_runs_in_the_directory_and_deletes_it() {
        let installation = Installation::guarded().unwrap();
        let root = installation.root().to_owned();
        std::fs::create_dir(root.join("cluster")).unwrap();
        // Plays a Postgres that a kill -9 orphaned: it lives below the root and nobody will stop it.
        let mut orphan = Command::new("sleep").arg("600").current_dir(root.join("cluster")).spawn().unwrap();
        drop(installation);
        assert!(!orphan.wait().unwrap().success());
        assert!(!root.exists());
    }

    #[test]
    fn a_neighbour_with_a_similar_name_is_left_alone() {
        let installation = Installation::guarded().unwrap();
        let neighbour = PathBuf::from(format!("{}-neighbour", installation.root().display()));
        std::fs::create_dir(&neighbour).unwrap();
        let mut bystander = Command::new("sleep").arg("600").current_dir(&neighbour).spawn().unwrap();
        drop(installation);
        assert_eq!(bystander.try_wait().unwrap(), None);
        assert!(neighbour.exists());
        bystander.kill().unwrap();
        bystander.wait().unwrap();
        std::fs::remove_dir(neighbour).unwrap();
    }

    #[test]
    fn variables_that_would_lead_a_test_to_a_real_database_are_not_inherited() {
        for name in ["DATABASE_URL", "PGHOST", "PGPASSWORD", "LEADFLOW_MASTER_KEY"] {
            assert!(is_ours_or_postgres(name), "{name}");
        }
        for name in ["PATH", "HOME", "RUST_LOG", "CARGO"] {
            assert!(!is_ours_or_postgres(name), "{name}");
        }
    }
}
