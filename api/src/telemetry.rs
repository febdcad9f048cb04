//! Logs: readable on a terminal, JSON for machines. Always on standard error; standard output belongs to results.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// What is logged unless `RUST_LOG` says otherwise.
const DEFAULT_FILTER: &str = "info,sqlx=warn";

/// The same for calls whose output is their result: warnings, and what takes long.
const QUIET_FILTER: &str = "warn,leadflow_private_postgres::binaries::fetch=info";

/// Sets up logging for this process; `quiet` for calls whose output is their result.
pub fn start(quiet: bool) {
    let default = if quiet { QUIET_FILTER } else { DEFAULT_FILTER };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // It fails only where somebody has set up logging before us, who then keeps it.
    if std::io::stderr().is_terminal() {
        let _ = logs.with_ansi(true).compact().try_init();
    } else {
        let _ = logs.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init();
    }
}
