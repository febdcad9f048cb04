//! PostGraphile, as a process of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, ensure};
use leadflow_bench::Bed;
use leadflow_projections::inbox;
use sqlx::Executor;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::MANY;
use super::filled::Filled;

/// What npm is to install, to the last version, and what is then run.
const FILES: [(&str, &str); 3] = [
    ("package.json", include_str!("peer/package.json")),
    ("package-lock.json", include_str!("peer/package-lock.json")),
    ("server.mjs", include_str!("peer/server.mjs")),
];

/// What it needs beside our tables: relations where these have no foreign keys, and an index for its order, since ours are for
/// conversations with messages alone, which it can't be told.
const RELATIONS: &str = "\
create index on conversations (tenant_id, last_activity_at desc, conversation_id desc);
analyze conversations;
comment on table conversations is '@foreignKey (contact_id) references contacts (contact_id)';
comment on table messages is '@foreignKey (conversation_id) references conversations (conversation_id)|@foreignFieldName messages';";

pub(super) struct Peer {
    process: Child,
    address: SocketAddr,
}

impl Peer {
    /// Installs it below the bench's directory, and starts it.
    pub(super) async fn start(bed: &Bed, filled: &Filled) -> anyhow::Result<Self> {
        let folder = bed.folder().join("peer");
        tokio::fs::create_dir(&folder).await?;
        for (name, text) in FILES {
            tokio::fs::write(folder.join(name), text).await?;
        }
        install(&folder).await?;
        let schema = inbox::DEFINITION.schema();
        filled.owner.execute(format!("set search_path = {schema}; {RELATIONS} reset search_path").as_str()).await?;
        let options = filled.options()?;
        let host =
            options.get_socket().map_or_else(|| options.get_host().into(), |socket| socket.as_os_str().to_owned());
        let mut process = Command::new(folder.join("node_modules/.bin/node"))
            .arg("server.mjs")
            .current_dir(&folder)
            .env("NODE_ENV", "production")
            .env("GRAPHILE_ENV", "production")
            .env("SCHEMA", schema)
            .env("CONNECTIONS", MANY.to_string())
            .env("PGHOST", host)
            .env("PGPORT", options.get_port().to_string())
            .env("PGUSER", options.get_username())
            .env("PGDATABASE", options.get_database().unwrap_or_default())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .context("node can't be run")?;
        let told = process.stdout.take().context("its output")?;
        let port = BufReader::new(told).lines().next_line().await?.context("it ended before it listened")?;
        let port = port.parse().with_context(|| format!("it told no port but {port}"))?;
        Ok(Self { process, address: (Ipv4Addr::LOCALHOST, port).into() })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        drop(self.process.stdin.take());
        self.process.wait().await?;
        Ok(())
    }
}

async fn install(folder: &Path) -> anyhow::Result<()> {
    let installed = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .context("npm can't be run")?;
    ensure!(installed.status.success(), "npm ci: {}", String::from_utf8_lossy(&installed.stderr).trim());
    Ok(())
}
