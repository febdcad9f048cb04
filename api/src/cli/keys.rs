//! `leadflow keys`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::output::say;
use crate::app::App;
use crate::auth::{self, Rotated};
use crate::master_key;

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Put the installation under another master key; processes that serve go on undisturbed
    Rotate {
        /// File with the new key, 64 hex digits. Without it a private installation makes one
        #[arg(long, value_name = "FILE")]
        new_key_file: Option<PathBuf>,
    },
    /// Sign access tokens with a new key; nobody is signed out
    RotateSigning,
}

impl Keys {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        match self {
            Self::Rotate { new_key_file } => {
                master_key::rotate(&app.storage, &app.config, new_key_file.as_deref()).await?;
                if master_key::is_given(&app.storage, &app.config) {
                    say!(
                        "Rotated. Processes that serve go on; give the new key to every start from now on, and keep \
                         the old one with backups made before."
                    );
                } else {
                    say!("Rotated. Back up secrets/master.key; backups made before need secrets/master.key.previous.");
                }
            }
            Self::RotateSigning => {
                let Rotated { kid, signs_from } = auth::rotate_signing_key(&app.pool, &app.keys).await?;
                say!(
                    "Key {kid} signs access tokens from {signs_from} on. The one before it is known until its last has run out."
                );
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
