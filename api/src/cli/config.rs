//! `leadflow config`.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use super::output;
use super::output::say;
use crate::config::{Config, DEFAULT};

/// Prints what this call would run with, secrets as `***`.
#[derive(Debug, Args)]
pub(super) struct ShowConfig {
    /// Print the documented defaults instead: every key
    #[arg(long, conflicts_with = "json")]
    default: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl ShowConfig {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<ExitCode> {
        if self.default {
            say!("{}", DEFAULT.trim_end());
        } else if self.json {
            output::json(config)?;
        } else if let Value::Object(keys) = serde_json::to_value(config)? {
            for (key, value) in keys {
                if value.is_null() {
                    say!("# {key} is not set");
                } else {
                    say!("{key} = {value}");
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
