//! The `leadflow` program.

use std::process::ExitCode;

use clap::Parser;
use leadflow_api::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match leadflow_api::cli::run(Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            // The chain in one line: what failed, and why.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
