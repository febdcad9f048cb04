//! `leadflow serve`.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::signals::{asked_to_stop, stdin_closed};
use crate::app::App;
use crate::config::Config;
use crate::serving::Serving;
use crate::storage::Purpose;

/// Takes webhooks and serves the API, until SIGINT or SIGTERM; a second signal ends it at once.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address and port to listen on; port 0 takes a free one [env: LEADFLOW_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<SocketAddr>,
    /// Stop when standard input comes to its end, as with a starting program that has gone
    #[arg(long)]
    until_stdin_closes: bool,
}

impl Serve {
    pub(super) async fn run(&self, config: Config) -> anyhow::Result<ExitCode> {
        let app = App::open(config, Purpose::Serve).await?;
        let data_dir = app.storage.data_dir().map(Path::to_owned);
        let serving = Serving::start(app).await?;
        let address_file = data_dir.map(|data_dir| data_dir.join("serve.address"));
        let served = self.serve(&serving, address_file.as_deref()).await;
        if let Some(path) = address_file {
            // Gone already is as good.
            let _ = std::fs::remove_file(path);
        }
        serving.stop().await?;
        served?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Serve {
    async fn serve(&self, serving: &Serving, address_file: Option<&Path>) -> anyhow::Result<()> {
        if let Some(path) = address_file {
            tell_address(path, serving.address())?;
        }
        tokio::select! {
            asked = asked_to_stop() => asked,
            () = stdin_closed(), if self.until_stdin_closes => Ok(()),
        }
    }
}

/// Writes where we listen, for scripts that asked for a free port: whole or not at all.
fn tell_address(path: &Path, address: SocketAddr) -> anyhow::Result<()> {
    let draft = path.with_extension("draft");
    std::fs::write(&draft, format!("{address}\n"))
        .and_then(|()| std::fs::rename(&draft, path))
        .with_context(|| format!("can't write {}", path.display()))
}
