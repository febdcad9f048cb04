//! The `leadflow` program.

use std::process::ExitCode;

use clap::Parser;
use leadflow_api::cli::Cli;
use mimalloc::MiMalloc;

/// An answer to a query is thousands of small values, and so is a page of the log.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(leadflow_api::cli::run(Cli::parse())).await {
        Ok(code) => code,
        Err(error) => {
            // The chain in one line: what failed, and why.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
